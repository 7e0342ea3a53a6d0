#include "core/python/warm_script_runner.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "base/log.h"
#include "core/python/spawn.h"

namespace owlet::python {
namespace {

using Clock = std::chrono::steady_clock;
using Environment = std::map<std::string, std::string>;

/// A script waits that long for a process that is just being warmed: a cold start takes as long.
constexpr std::chrono::milliseconds kWarmUpPatience(1000);
/// A warm process answers within a few milliseconds, unless something stopped it.
constexpr std::chrono::seconds kAnswerPatience(5);
constexpr std::chrono::milliseconds kFirstPause(500);
constexpr std::chrono::milliseconds kLongestPause = std::chrono::minutes(1);
constexpr std::size_t kLargestMessage = 64;  // as in warm_driver.py

/// What Python, its libraries and the loader read when they start or are imported; a script that
/// sets one of these must not get what was imported without it. PYTHONPATH is added later on.
constexpr std::array<std::string_view, 21> kReadAtImport = {"ARROW_",
                                                            "BLIS_",
                                                            "GLIBC_",
                                                            "GOTO_",
                                                            "GRPC_",
                                                            "LANG",
                                                            "LC_",
                                                            "LD_",
                                                            "MALLOC_",
                                                            "MKL_",
                                                            "NPY_",
                                                            "NUMEXPR_",
                                                            "NUMPY_",
                                                            "OMP_",
                                                            "OPENBLAS_",
                                                            "PANDAS_",
                                                            "PROTOCOL_BUFFERS_",
                                                            "PYSPARK_",
                                                            "PYTHON",
                                                            "SPARK_CONNECT_LOG_",
                                                            "SPARK_TESTING"};

Environment ReadAtImport(const Environment& environment) {
  Environment found;
  for (const auto& entry : environment) {
    const std::string_view name = entry.first;
    if (name == "PYTHONPATH") continue;
    if (std::ranges::any_of(kReadAtImport,
                            [name](auto start) { return name.starts_with(start); })) {
      found.insert(entry);
    }
  }
  return found;
}

/// The warm process's own: what a step has, as far as it matters at import.
Environment WarmEnvironment(const std::filesystem::path& folder) {
  const char* path = std::getenv("PATH");
  return {{"PATH", path == nullptr ? "/usr/local/bin:/usr/bin:/bin" : path},
          {"HOME", folder.string()},
          {"LANG", "C.UTF-8"},
          {"PYTHONUNBUFFERED", "1"},
          {"OWLET_WARM_SOCKET", "3"}};
}

struct Line {
  FileDescriptor ours;
  FileDescriptor theirs;
};

Result<Line> NewLine() {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
    return std::unexpected(FileError(errno, "make", "a socket pair"));
  }
  return Line{.ours = FileDescriptor(ends[0]), .theirs = FileDescriptor(ends[1])};
}

/// The next message; empty when the other side is gone.
std::string Receive(const FileDescriptor& line) {
  std::array<char, kLargestMessage> bytes;
  ssize_t size = 0;
  do {
    size = recv(line.get(), bytes.data(), bytes.size(), 0);
  } while (size < 0 && errno == EINTR);
  return size <= 0 ? std::string() : std::string(bytes.data(), static_cast<std::size_t>(size));
}

bool Say(const FileDescriptor& line, std::string_view word) {
  return send(line.get(), word.data(), word.size(), MSG_NOSIGNAL) ==
         static_cast<ssize_t>(word.size());
}

/// "pid 17" or "ended 256": the number, when the message is that one.
std::optional<int> NumberAfter(std::string_view message, std::string_view word) {
  if (!message.starts_with(word)) return std::nullopt;
  message.remove_prefix(word.size());
  int number = 0;
  const auto read = std::from_chars(message.data(), message.data() + message.size(), number);
  return read.ec == std::errc() ? std::optional(number) : std::nullopt;
}

/// Which of the two can be read, the first before the second; none when the time is over. A
/// negative descriptor is not looked at, a negative time has no end.
enum class Readable { kFirst, kSecond, kNone };
Readable WaitForEither(int first, int second, std::chrono::milliseconds time) {
  pollfd files[] = {{.fd = first, .events = POLLIN, .revents = 0},
                    {.fd = second, .events = POLLIN, .revents = 0}};
  while (poll(files, 2, static_cast<int>(time.count())) < 0 && errno == EINTR) {
  }
  if (files[0].revents != 0) return Readable::kFirst;
  return files[1].revents != 0 ? Readable::kSecond : Readable::kNone;
}

/// A file in memory with the request, to be read from its start; none when the request cannot be
/// written as JSON, having bytes that are no UTF-8.
FileDescriptor Describe(const ScriptRequest& request, const Environment& environment) {
  const nlohmann::json document = {{"script", request.script.string()},
                                   {"arguments", request.arguments},
                                   {"folder", request.folder.string()},
                                   {"environment", environment},
                                   {"settings", request.spark_settings}};
  std::string text;
  try {
    text = document.dump();
  } catch (const nlohmann::json::exception&) {
    return {};
  }
  FileDescriptor file(memfd_create("script", MFD_CLOEXEC));
  std::string_view rest = text;
  while (file.valid() && !rest.empty()) {
    const ssize_t written = write(file.get(), rest.data(), rest.size());
    if (written <= 0) return {};
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  lseek(file.get(), 0, SEEK_SET);
  return file;
}

FileDescriptor OpenForOutput(const std::filesystem::path& path) {
  return FileDescriptor(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
}

/// Talks to a script's keeper until the script has ended.
ProcessEnd SeeToItsEnd(const FileDescriptor& line, std::stop_token stop) {
  ProcessEnd end;
  const FileDescriptor wake(eventfd(0, EFD_CLOEXEC));
  const std::stop_callback on_stop(std::move(stop), [&wake] { eventfd_write(wake.get(), 1); });
  std::chrono::milliseconds time(-1);
  pid_t script = -1;
  while (true) {
    switch (WaitForEither(line.get(), end.cancelled ? -1 : wake.get(), time)) {
      case Readable::kSecond:
        end.cancelled = true;
        Say(line, "terminate");
        time = ProcessRequest().grace;
        continue;
      case Readable::kNone:
        Say(line, "kill");
        time = std::chrono::milliseconds(-1);
        continue;
      case Readable::kFirst:
        break;
    }
    const std::string message = Receive(line);
    if (const auto number = NumberAfter(message, "pid ")) {
      script = *number;
    } else if (const auto status = NumberAfter(message, "ended ")) {
      if (WIFEXITED(*status)) end.exit_code = WEXITSTATUS(*status);
      if (WIFSIGNALED(*status)) end.signal = WTERMSIG(*status);
      return end;
    } else if (message.empty()) {
      // The script has killed its keeper and died of that; its children are still to end.
      if (script > 0) kill(-script, SIGKILL);
      end.signal = SIGKILL;
      return end;
    }
  }
}

}  // namespace

WarmScriptRunner::WarmScriptRunner(std::unique_ptr<ProcessScriptRunner> cold)
    : cold_(std::move(cold)), wake_(eventfd(0, EFD_CLOEXEC)) {}

WarmScriptRunner::~WarmScriptRunner() {
  keeper_.request_stop();
  eventfd_write(wake_.get(), 1);
  changed_.notify_all();
}

void WarmScriptRunner::Start() {
  if (keeper_.joinable() || !wake_.valid()) return;
  Become(State::kStarting);
  keeper_ = std::jthread([this](const std::stop_token& stop) { Keep(stop); });
}

bool WarmScriptRunner::WaitUntilWarm(std::chrono::milliseconds patience) {
  const auto end = Clock::now() + patience;
  MutexLock lock(mutex_);
  while (state_ == State::kStarting && Clock::now() < end) {
    lock.WaitFor(changed_, end - Clock::now());
  }
  return state_ == State::kWarm;
}

void WarmScriptRunner::Become(State state) {
  MutexLock lock(mutex_);
  state_ = state;
  control_ = FileDescriptor();
  process_ = -1;
  changed_.notify_all();
}

void WarmScriptRunner::Keep(const std::stop_token& stop) {
  auto pause = kFirstPause;
  while (!stop.stop_requested()) {
    const Result<bool> warm = KeepOne(stop);
    if (stop.stop_requested()) return;
    if (warm && *warm) {
      log::info("the warm Python process has ended; another one is started");
      pause = kFirstPause;
      continue;
    }
    std::string why = warm ? "" : warm.error().message;
    std::ifstream words(cold_->folder() / "warm_driver.log");
    for (std::string line; std::getline(words, line);) why = line;
    log::warn("no warm Python process, steps take longer to start: {}", why);
    pollfd woken{.fd = wake_.get(), .events = POLLIN, .revents = 0};
    poll(&woken, 1, static_cast<int>(pause.count()));
    pause = std::min(pause * 2, kLongestPause);
  }
}

Result<bool> WarmScriptRunner::KeepOne(const std::stop_token& stop) {
  OWLET_TRY(Line line, NewLine());
  const FileDescriptor words = OpenForOutput(cold_->folder() / "warm_driver.log");
  OWLET_TRY(const pid_t process,
            Spawn({.command = cold_->LauncherCommand(),
                   .folder = cold_->folder(),
                   .environment = cold_->EnvironmentOf(WarmEnvironment(cold_->folder())),
                   .out = words.get(),
                   .err = words.get(),
                   .line = line.theirs.get()}));
  line.theirs = FileDescriptor();
  const FileDescriptor end(static_cast<int>(syscall(SYS_pidfd_open, process, 0)));
  bool warm = false;
  if (!end.valid()) log::warn("the warm Python process cannot be watched: too many open files");
  // It says one word, once, and then nothing until its end.
  if (end.valid() &&
      WaitForEither(line.ours.get(), wake_.get(), std::chrono::milliseconds(-1)) ==
          Readable::kFirst &&
      Receive(line.ours) == "ready") {
    warm = true;
    {
      MutexLock lock(mutex_);
      control_ = FileDescriptor(fcntl(line.ours.get(), F_DUPFD_CLOEXEC, 0));
      process_ = process;
      state_ = State::kWarm;
      changed_.notify_all();
    }
    WaitForEither(end.get(), wake_.get(), std::chrono::milliseconds(-1));
  }
  // One that never came to be warm is not waited for by scripts a second time.
  Become(warm && !stop.stop_requested() ? State::kStarting : State::kNone);
  kill(process, SIGKILL);
  while (waitpid(process, nullptr, 0) < 0 && errno == EINTR) {
  }
  return warm;
}

bool WarmScriptRunner::Send(const FileDescriptor& request, const FileDescriptor& out,
                            const FileDescriptor& err, const FileDescriptor& line) {
  const std::array<int, 4> files = {request.get(), out.get(), err.get(), line.get()};
  char word = 's';
  iovec data{.iov_base = &word, .iov_len = 1};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof files)> space{};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = space.data();
  message.msg_controllen = space.size();
  cmsghdr* const header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof files);
  std::memcpy(CMSG_DATA(header), files.data(), sizeof files);
  MutexLock lock(mutex_);
  return state_ == State::kWarm &&
         sendmsg(control_.get(), &message, MSG_NOSIGNAL | MSG_DONTWAIT) == 1;
}

void WarmScriptRunner::GiveUpOnProcess() {
  MutexLock lock(mutex_);
  // The keeping thread waits for it, so its number is still its own.
  if (process_ > 0) kill(process_, SIGKILL);
}

std::optional<FileDescriptor> WarmScriptRunner::AskForProcess(const ScriptRequest& request) {
  if (!WaitUntilWarm(kWarmUpPatience)) return std::nullopt;
  Environment environment = cold_->EnvironmentOf(request.environment);
  environment.try_emplace("PYTHONUNBUFFERED", "1");
  if (ReadAtImport(environment) != ReadAtImport(WarmEnvironment({}))) return std::nullopt;
  std::error_code ignored;
  if (!std::filesystem::is_directory(request.folder, ignored)) return std::nullopt;
  const FileDescriptor description = Describe(request, environment);
  const FileDescriptor out = OpenForOutput(request.stdout_file);
  const FileDescriptor err = OpenForOutput(request.stderr_file);
  auto line = NewLine();
  if (!description.valid() || !out.valid() || !err.valid() || !line) return std::nullopt;
  if (!Send(description, out, err, line->theirs)) return std::nullopt;
  line->theirs = FileDescriptor();
  if (WaitForEither(line->ours.get(), -1, kAnswerPatience) == Readable::kNone) {
    log::warn("the warm Python process does not answer");
    GiveUpOnProcess();
    return std::nullopt;
  }
  // Only with our word does it begin: before that, a script is free to begin elsewhere.
  const std::string answer = Receive(line->ours);
  if (answer == "accepted" && Say(line->ours, "go")) return std::move(line->ours);
  log::debug("{} runs in a fresh Python: {}", request.script.string(), answer);
  return std::nullopt;
}

Result<ProcessEnd> WarmScriptRunner::RunScript(const ScriptRequest& request, std::stop_token stop) {
  const auto line = AskForProcess(request);
  if (!line) return cold_->RunScript(request, std::move(stop));
  return SeeToItsEnd(*line, std::move(stop));
}

Result<ProcessEnd> WarmScriptRunner::RunCommand(const ProcessRequest& request,
                                                std::stop_token stop) {
  return cold_->RunCommand(request, std::move(stop));
}

}  // namespace owlet::python
