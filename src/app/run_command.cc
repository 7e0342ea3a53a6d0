#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>

#include "app/attached_server.h"
#include "app/commands.h"
#include "base/log.h"

extern char** environ;

namespace owlet::app {

namespace {

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
  all["SPARK_REMOTE"] = "sc://" + server.spark_address;
  all["AWS_ENDPOINT_URL"] = "http://" + server.address;
  all["AWS_ACCESS_KEY_ID"] = server.access_key_id;
  all["AWS_SECRET_ACCESS_KEY"] = server.secret_access_key;
  all["AWS_DEFAULT_REGION"] = server.region;
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

int RunToItsEnd(std::vector<std::string> command, std::vector<std::string> environment) {
  const std::vector<char*> arguments = Pointers(command);
  const std::vector<char*> variables = Pointers(environment);
  pid_t child = 0;
  const int error =
      posix_spawnp(&child, arguments[0], nullptr, nullptr, arguments.data(), variables.data());
  if (error != 0) {
    fmt::print(stderr, "owlet: cannot start {}: {}; `owlet doctor` says what is missing\n",
               command[0], std::strerror(error));
    return kFailed;
  }
  // Ctrl-C goes to the script too, which shares the terminal: its own end decides.
  signal(SIGINT, SIG_IGN);
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return kFailed;
  }
  return ExitCode(status);
}

}  // namespace

int Run(const Settings& settings, const RunOptions& options) {
  log::StartQuiet();
  if (options.command.empty()) {
    fmt::print(stderr, "owlet: name a script: owlet run SCRIPT.py [ARG...]\n");
    return kMisused;
  }
  if (!std::filesystem::exists(options.command[0])) {
    fmt::print(stderr, "owlet: no such script: {}\n", options.command[0]);
    return kMisused;
  }
  const auto server = AttachedServer::Attach(settings);
  if (!server) {
    fmt::print(stderr, "owlet: {}\n", server.error().message);
    return kFailed;
  }
  // The server of a data folder keeps its launcher there (server.cc).
  std::vector<std::string> command = {
      settings.python.empty() ? "python3" : settings.python,
      (settings.data / "work" / "launcher" / "launcher.py").string()};
  command.insert(command.end(), options.command.begin(), options.command.end());
  return RunToItsEnd(std::move(command), ScriptEnvironment(server->file()));
}

}  // namespace owlet::app
