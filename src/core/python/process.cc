#include "core/python/process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "base/file_descriptor.h"
#include "core/python/spawn.h"

namespace owlet::python {
namespace {

Result<FileDescriptor> OpenForOutput(const std::filesystem::path& path) {
  FileDescriptor file(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!file.valid()) return std::unexpected(FileError(errno, "open", path));
  return file;
}

/// Until the process has ended (true), `wake` is readable, or the time is over (both false).
/// A negative time has no end.
bool WaitForEnd(int process, int wake, int timeout_ms) {
  pollfd files[] = {{.fd = process, .events = POLLIN, .revents = 0},
                    {.fd = wake, .events = POLLIN, .revents = 0}};
  while (poll(files, wake >= 0 ? 2 : 1, timeout_ms) < 0 && errno == EINTR) {
  }
  return (files[0].revents & POLLIN) != 0;
}

}  // namespace

Result<ProcessEnd> RunProcess(const ProcessRequest& request, std::stop_token stop) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(request.folder, ignored)) {
    return Fail(Reason::kInvalidArgument, fmt::format("no folder {}", request.folder.string()));
  }
  OWLET_TRY(const FileDescriptor out, OpenForOutput(request.stdout_file));
  OWLET_TRY(const FileDescriptor err, OpenForOutput(request.stderr_file));
  const FileDescriptor wake(eventfd(0, EFD_CLOEXEC));
  if (!wake.valid()) return std::unexpected(FileError(errno, "make", "an eventfd"));

  OWLET_TRY(const pid_t pid, Spawn({.command = request.command,
                                    .folder = request.folder,
                                    .environment = request.environment,
                                    .out = out.get(),
                                    .err = err.get()}));
  // Nobody else waits for this child, so its number stays its own until waitpid below.
  const FileDescriptor process(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));

  bool cancelled = false;
  {
    const std::stop_callback on_stop(std::move(stop), [&wake] {
      const std::uint64_t one = 1;
      [[maybe_unused]] const auto written = write(wake.get(), &one, sizeof one);
    });
    if (process.valid() && !WaitForEnd(process.get(), wake.get(), -1)) {
      cancelled = true;
      kill(-pid, SIGTERM);
      WaitForEnd(process.get(), -1, static_cast<int>(request.grace.count()));
    }
  }
  // Its group outlives it: what it left in the background ends with it. The process itself, if it
  // is still there, was cancelled or cannot be watched.
  kill(-pid, SIGKILL);
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  ProcessEnd end{.cancelled = cancelled};
  if (WIFEXITED(status)) end.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) end.signal = WTERMSIG(status);
  if (!process.valid()) {
    return Fail(Reason::kOverloaded, "cannot watch a process: too many open files");
  }
  return end;
}

}  // namespace owlet::python
