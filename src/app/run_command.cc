#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <map>

#include "app/attached_server.h"
#include "app/commands.h"
#include "app/end_signals.h"
#include "base/log.h"

extern char** environ;

namespace owlet::app {

namespace {

/// With the token of the server's own user, whose files the script may name (file://). PySpark
/// sends a token without TLS to "localhost" alone, so a server elsewhere sees root without one.
std::string SparkRemote(const ServerFile& server) {
  const auto address = SplitAddress(server.spark_address);
  if (!address || !IsLoopback(address->first) || server.user_token.empty()) {
    return "sc://" + server.spark_address;
  }
  return fmt::format("sc://localhost:{}/;token={}", address->second, server.user_token);
}

/// The caller's environment with what points a script at the server in place of its own.
std::vector<std::string> ScriptEnvironment(const ServerFile& server) {
  std::map<std::string, std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const std::size_t equals = text.find('=');
    if (equals != std::string_view::npos) {
      all[std::string(text.substr(0, equals))] = text.substr(equals + 1);
    }
  }
  all["SPARK_REMOTE"] = SparkRemote(server);
  all["AWS_ENDPOINT_URL"] = "http://" + server.address;
  all["AWS_ACCESS_KEY_ID"] = server.access_key_id;
  all["AWS_SECRET_ACCESS_KEY"] = server.secret_access_key;
  all["AWS_DEFAULT_REGION"] = server.region;
  // The client's own bar for what takes long; it writes to standard output.
  if (isatty(STDOUT_FILENO) != 0) all.try_emplace("SPARK_CONNECT_PROGRESS_BAR_ENABLED", "1");
  all.erase("AWS_SESSION_TOKEN");
  all.erase("AWS_PROFILE");
  std::vector<std::string> out;
  for (const auto& [name, value] : all) out.push_back(fmt::format("{}={}", name, value));
  return out;
}

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

/// As a shell tells it: the exit code, or 128 and the signal's number.
int ExitCode(int status) {
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/// Runs the child to its end. Ctrl-C reaches the script through the terminal that they share, so
/// its own end decides; a signal sent to owlet alone is passed on, a second SIGTERM as SIGKILL.
int WaitForChild(pid_t child, EndSignals& signals) {
  bool asked = false;
  while (true) {
    int status = 0;
    const pid_t ended = waitpid(child, &status, WNOHANG);
    if (ended == child) return ExitCode(status);
    if (ended < 0 && errno != EINTR) return kFailed;
    const auto signal = signals.WaitFor(std::chrono::seconds(1));
    if (!signal || signal->si_signo == SIGCHLD || signal->si_code == SI_KERNEL) continue;
    kill(child, asked && signal->si_signo == SIGTERM ? SIGKILL : signal->si_signo);
    asked = true;
  }
}

int RunToItsEnd(std::vector<std::string> command, std::vector<std::string> environment,
                EndSignals& signals) {
  const std::vector<char*> arguments = Pointers(command);
  const std::vector<char*> variables = Pointers(environment);
  // The script takes signals as any program does: what owlet blocks or ignores is not for it.
  posix_spawnattr_t attributes;
  sigset_t none;
  sigset_t defaults;
  sigemptyset(&none);
  sigemptyset(&defaults);
  sigaddset(&defaults, SIGPIPE);
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  signals.AddChildren();
  pid_t child = 0;
  const int error =
      posix_spawnp(&child, arguments[0], nullptr, &attributes, arguments.data(), variables.data());
  posix_spawnattr_destroy(&attributes);
  if (error != 0) {
    fmt::print(stderr, "owlet: cannot start {}: {}; `owlet doctor` says what is missing\n",
               command[0], std::strerror(error));
    return kFailed;
  }
  return WaitForChild(child, signals);
}

}  // namespace

int Run(const Settings& settings, const RunOptions& options) {
  log::StartQuiet();
  EndSignals signals;
  if (options.command.empty()) {
    fmt::print(stderr, "owlet: name a script: owlet run SCRIPT.py [ARG...]\n");
    return kMisused;
  }
  const std::string& script = options.command[0];
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(script, ignored) &&
      !std::filesystem::is_fifo(script, ignored)) {
    const bool flag = script.starts_with('-') && script.size() > 1;
    const bool there = std::filesystem::exists(script, ignored);
    fmt::print(stderr, "owlet: {}: {}{}\n",
               flag ? "no such option" : (there ? "not a script" : "no such script"), script,
               flag ? " (see owlet run --help)" : "");
    return kMisused;
  }
  const auto server = AttachedServer::Attach(settings);
  if (!server) {
    fmt::print(stderr, "owlet: {}\n", server.error().message);
    return kNoServer;
  }
  // The server of a data folder keeps its launcher there (server.cc).
  std::vector<std::string> command = {
      settings.python.empty() ? "python3" : settings.python,
      (settings.data / "work" / "launcher" / "launcher.py").string()};
  command.insert(command.end(), options.command.begin(), options.command.end());
  return RunToItsEnd(std::move(command), ScriptEnvironment(server->file()), signals);
}

}  // namespace owlet::app
