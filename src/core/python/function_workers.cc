#include "core/python/function_workers.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <utility>

#include "core/python/python_sources.h"
#include "core/python/spawn.h"

namespace owlet::python {

namespace {

constexpr std::string_view kSource = "function_worker.py";
constexpr std::size_t kMostIdle = 4;
constexpr std::chrono::seconds kLongestIdle(60);
constexpr int kAskEveryMs = 50;  // how soon a stop is seen
constexpr std::size_t kHeaderBytes = 9;
/// More than any batch of results can be: what says more is no reply.
constexpr std::uint64_t kLargestReply = 1ULL << 32;

std::string BigEndian(std::uint64_t value, int bytes) {
  std::string text;
  for (int i = bytes - 1; i >= 0; --i) text += static_cast<char>((value >> (8 * i)) & 0xFF);
  return text;
}

std::map<std::string, std::string> Environment(const std::filesystem::path& folder) {
  const char* path = std::getenv("PATH");
  return {{"PATH", path == nullptr ? "/usr/local/bin:/usr/bin:/bin" : path},
          {"HOME", folder.string()},
          {"LANG", "C.UTF-8"},
          {"TZ", "UTC"},
          {"OMP_NUM_THREADS", "1"}};
}

}  // namespace

FunctionWorker::~FunctionWorker() {
  kill(-process_, SIGKILL);
  kill(process_, SIGKILL);
  int status = 0;
  while (waitpid(process_, &status, 0) < 0 && errno == EINTR) {
  }
}

std::unexpected<Error> FunctionWorker::Broken() {
  usable_ = false;
  return Fail(Reason::kExecutionError, "the Python worker ended unexpectedly");
}

Status FunctionWorker::Wait(short events, const Cancelled& cancelled) {
  for (;;) {
    pollfd ready{line_.get(), events, 0};
    const int count = poll(&ready, 1, kAskEveryMs);
    if (count > 0) return {};
    if (count < 0 && errno != EINTR) return Broken();
    if (cancelled && cancelled()) {
      usable_ = false;
      return Fail(Reason::kCancelled, "the statement was cancelled");
    }
  }
}

Status FunctionWorker::Send(char kind, std::string_view head, std::string_view body,
                            const Cancelled& cancelled) {
  const std::string header =
      std::string(1, kind) + BigEndian(head.size() + body.size(), 8) + std::string(head);
  for (std::string_view part : {std::string_view(header), body}) {
    while (!part.empty()) {
      OWLET_CHECK_OK(Wait(POLLOUT, cancelled));
      const ssize_t sent = send(line_.get(), part.data(), part.size(), MSG_NOSIGNAL);
      if (sent < 0 && (errno == EINTR || errno == EAGAIN)) continue;
      if (sent <= 0) return Broken();
      part.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  return {};
}

Result<std::string> FunctionWorker::Receive(std::size_t size, const Cancelled& cancelled) {
  std::string bytes(size, '\0');
  std::size_t at = 0;
  while (at < size) {
    OWLET_CHECK_OK(Wait(POLLIN, cancelled));
    const ssize_t count = recv(line_.get(), bytes.data() + at, size - at, 0);
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (count <= 0) return Broken();
    at += static_cast<std::size_t>(count);
  }
  return bytes;
}

Result<std::string> FunctionWorker::Answer(const Cancelled& cancelled) {
  OWLET_TRY(const std::string header, Receive(kHeaderBytes, cancelled));
  std::uint64_t size = 0;
  for (std::size_t i = 1; i < kHeaderBytes; ++i) {
    size = size << 8 | static_cast<unsigned char>(header[i]);
  }
  if (size > kLargestReply) return Broken();
  OWLET_TRY(std::string body, Receive(size, cancelled));
  if (header[0] == 'R') return body;
  return Fail(Reason::kPythonError, std::move(body));
}

Result<std::uint32_t> FunctionWorker::Load(const UserFunction& function,
                                           const Cancelled& cancelled) {
  const std::uint32_t number = next_number_++;
  const std::string head =
      BigEndian(number, 4) + BigEndian(function.description.size(), 4) + function.description;
  OWLET_CHECK_OK(Send('L', head, function.command, cancelled));
  OWLET_TRY(const std::string nothing, Answer(cancelled));
  return number;
}

Result<std::string> FunctionWorker::Call(std::uint32_t number, std::string_view arguments,
                                         const Cancelled& cancelled) {
  OWLET_CHECK_OK(Send('C', BigEndian(number, 4), arguments, cancelled));
  return Answer(cancelled);
}

void FunctionWorker::Forget(std::uint32_t number) {
  if (!usable_) return;
  if (!Send('F', BigEndian(number, 4), "", {})) usable_ = false;
}

Result<std::shared_ptr<FunctionWorkers>> FunctionWorkers::Open(Options options) {
  OWLET_CHECK_OK(MakeFolder(options.folder));
  std::error_code error;
  options.folder = std::filesystem::absolute(options.folder, error);
  // A relative path is meant from where the server runs.
  if (options.interpreter.find('/') != std::string::npos) {
    options.interpreter = std::filesystem::absolute(options.interpreter, error).string();
  }
  for (const PythonSource& source : PythonSources()) {
    if (source.name != kSource) continue;
    const std::filesystem::path path = options.folder / source.name;
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << source.text;
    file.close();
    if (!file) return std::unexpected(FileError(errno, "write", path));
  }
  return std::shared_ptr<FunctionWorkers>(new FunctionWorkers(std::move(options)));
}

void FunctionWorkers::DropOld() {
  const auto now = std::chrono::steady_clock::now();
  std::erase_if(idle_, [&](const Idle& idle) { return now - idle.since > kLongestIdle; });
}

Result<std::unique_ptr<FunctionWorker>> FunctionWorkers::Take() {
  {
    const MutexLock lock(mutex_);
    DropOld();
    if (!idle_.empty()) {
      auto worker = std::move(idle_.back().worker);
      idle_.pop_back();
      return worker;
    }
  }
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    return std::unexpected(FileError(errno, "make", "a socket pair"));
  }
  FileDescriptor ours(ends[0]);
  const FileDescriptor theirs(ends[1]);
  const FileDescriptor nowhere(open("/dev/null", O_WRONLY | O_CLOEXEC));
  if (!nowhere.valid()) return std::unexpected(FileError(errno, "open", "/dev/null"));
  const std::vector<std::string> command = {options_.interpreter,
                                            (options_.folder / kSource).string()};
  const auto environment = Environment(options_.folder);
  OWLET_TRY(const pid_t process, Spawn({.command = command,
                                        .folder = options_.folder,
                                        .environment = environment,
                                        .out = nowhere.get(),
                                        .err = nowhere.get(),
                                        .line = theirs.get()}));
  return std::make_unique<FunctionWorker>(process, std::move(ours));
}

void FunctionWorkers::GiveBack(std::unique_ptr<FunctionWorker> worker) {
  if (!worker || !worker->usable()) return;
  const MutexLock lock(mutex_);
  DropOld();
  if (idle_.size() >= kMostIdle) return;
  idle_.push_back({std::move(worker), std::chrono::steady_clock::now()});
}

}  // namespace owlet::python
