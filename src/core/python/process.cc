#include "core/python/process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/file_descriptor.h"

namespace owlet::python {
namespace {

/// The file that the program's name means, as execvp finds it, but on the program's own PATH.
Result<std::string> FindProgram(const ProcessRequest& request) {
  if (request.command.empty()) return Fail(Reason::kInvalidArgument, "no program to run");
  const std::string& name = request.command.front();
  if (name.find('/') != std::string::npos) {
    const std::filesystem::path path = request.folder / name;
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored)) {
      return Fail(Reason::kEntityNotFound, fmt::format("{}: No such file or directory", name));
    }
    return path.string();
  }
  const auto found = request.environment.find("PATH");
  std::string_view rest = found == request.environment.end() ? "/usr/local/bin:/usr/bin:/bin"
                                                             : std::string_view(found->second);
  while (!rest.empty()) {
    const std::size_t colon = std::min(rest.find(':'), rest.size());
    const std::filesystem::path path = std::filesystem::path(rest.substr(0, colon)) / name;
    struct stat status{};
    if (stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
        access(path.c_str(), X_OK) == 0) {
      return path.string();
    }
    rest.remove_prefix(std::min(colon + 1, rest.size()));
  }
  return Fail(Reason::kEntityNotFound, fmt::format("{}: command not found", name));
}

Result<FileDescriptor> OpenForOutput(const std::filesystem::path& path) {
  FileDescriptor file(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!file.valid()) return std::unexpected(FileError(errno, "open", path));
  return file;
}

/// posix_spawn's two records, freed at the end.
class SpawnPlan {
 public:
  SpawnPlan() {
    posix_spawn_file_actions_init(&actions_);
    posix_spawnattr_init(&attributes_);
  }
  ~SpawnPlan() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  void Prepare(const std::filesystem::path& folder, int out, int err) {
    posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions_, out, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, err, STDERR_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
    posix_spawn_file_actions_addchdir_np(&actions_, folder.c_str());
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes_, &none);
    sigset_t all;
    sigfillset(&all);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setflags(&attributes_,
                             POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }

  [[nodiscard]] Result<pid_t> Spawn(const std::string& program, const ProcessRequest& request) {
    std::vector<std::string> words = request.command;
    std::vector<std::string> settings;
    for (const auto& [name, value] : request.environment) settings.push_back(name + "=" + value);
    const auto pointers = [](std::vector<std::string>& texts) {
      std::vector<char*> result;
      for (std::string& text : texts) result.push_back(text.data());
      result.push_back(nullptr);
      return result;
    };
    pid_t pid = -1;
    const int code = posix_spawn(&pid, program.c_str(), &actions_, &attributes_,
                                 pointers(words).data(), pointers(settings).data());
    if (code == 0) return pid;
    const std::string why = std::generic_category().message(code);
    if (code == EAGAIN || code == ENOMEM) {
      return Fail(Reason::kOverloaded, fmt::format("cannot start a process: {}", why));
    }
    return Fail(Reason::kInvalidArgument,
                fmt::format("{}: cannot run: {}", request.command.front(), why));
  }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

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
  OWLET_TRY(const std::string program, FindProgram(request));
  OWLET_TRY(const FileDescriptor out, OpenForOutput(request.stdout_file));
  OWLET_TRY(const FileDescriptor err, OpenForOutput(request.stderr_file));
  const FileDescriptor wake(eventfd(0, EFD_CLOEXEC));
  if (!wake.valid()) return std::unexpected(FileError(errno, "make", "an eventfd"));

  SpawnPlan plan;
  plan.Prepare(request.folder, out.get(), err.get());
  OWLET_TRY(const pid_t pid, plan.Spawn(program, request));
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
