#include "core/python/spawn.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <system_error>

namespace owlet::python {
namespace {

constexpr int kLine = STDERR_FILENO + 1;

/// The file that the program's name means, as execvp finds it, but on the program's own PATH.
Result<std::string> FindProgram(const SpawnRequest& request) {
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

  void Prepare(const SpawnRequest& request) {
    posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions_, request.out, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, request.err, STDERR_FILENO);
    if (request.line >= 0) posix_spawn_file_actions_adddup2(&actions_, request.line, kLine);
    posix_spawn_file_actions_addclosefrom_np(&actions_, request.line >= 0 ? kLine + 1 : kLine);
    posix_spawn_file_actions_addchdir_np(&actions_, request.folder.c_str());
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes_, &none);
    sigset_t all;
    sigfillset(&all);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setflags(&attributes_,
                             POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }

  [[nodiscard]] Result<pid_t> Start(const std::string& program, const SpawnRequest& request) {
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

}  // namespace

Result<pid_t> Spawn(const SpawnRequest& request) {
  OWLET_TRY(const std::string program, FindProgram(request));
  SpawnPlan plan;
  plan.Prepare(request);
  return plan.Start(program, request);
}

}  // namespace owlet::python
