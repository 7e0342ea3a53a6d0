#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "core/python/process.h"

namespace owlet::python {

/// A user's Python script, as `python3 script.py args` would run it.
struct ScriptRequest {
  std::filesystem::path script;
  std::vector<std::string> arguments;
  std::filesystem::path folder;  // where it runs
  std::map<std::string, std::string> environment;
  /// What spark-submit was given as --conf, --name, --master ...: the session's settings.
  std::map<std::string, std::string> spark_settings;
  std::filesystem::path stdout_file;
  std::filesystem::path stderr_file;
};

/// Runs the user's programs. Implementations are thread-safe.
class ScriptRunner {
 public:
  virtual ~ScriptRunner() = default;
  /// Waits for the script's end; see RunProcess.
  [[nodiscard]] virtual Result<ProcessEnd> RunScript(const ScriptRequest& request,
                                                     std::stop_token stop) = 0;
  /// Any other program; one that an interpreter's environment brings (python3, aws) is found there
  /// first.
  [[nodiscard]] virtual Result<ProcessEnd> RunCommand(const ProcessRequest& request,
                                                      std::stop_token stop) = 0;
};

/// Each script in a fresh interpreter, through the launcher (launcher.py) that makes the idioms of
/// cluster scripts work over Spark Connect. Thread-safe.
class ProcessScriptRunner final : public ScriptRunner {
 public:
  struct Options {
    std::string interpreter = "python3";  // a path, or a name looked for on PATH
    std::filesystem::path folder;         // where the launcher is put; made when absent
  };
  /// kStorageFull, kReadOnly: the launcher cannot be written.
  [[nodiscard]] static Result<std::unique_ptr<ProcessScriptRunner>> Open(Options options);

  [[nodiscard]] Result<ProcessEnd> RunScript(const ScriptRequest& request,
                                             std::stop_token stop) override;
  [[nodiscard]] Result<ProcessEnd> RunCommand(const ProcessRequest& request,
                                              std::stop_token stop) override;

  [[nodiscard]] const std::filesystem::path& folder() const { return options_.folder; }
  /// How the launcher is started; the script and its arguments follow.
  [[nodiscard]] std::vector<std::string> LauncherCommand() const;
  /// A script's or command's environment, as this interpreter's programs get it.
  [[nodiscard]] std::map<std::string, std::string> EnvironmentOf(
      const std::map<std::string, std::string>& given) const;

 private:
  explicit ProcessScriptRunner(Options options) : options_(std::move(options)) {}

  const Options options_;
};

}  // namespace owlet::python
