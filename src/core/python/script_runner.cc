#include "core/python/script_runner.h"

#include <fmt/format.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/file_descriptor.h"
#include "core/python/python_sources.h"

namespace owlet::python {

Result<std::unique_ptr<ProcessScriptRunner>> ProcessScriptRunner::Open(Options options) {
  OWLET_CHECK_OK(MakeFolder(options.folder));
  std::error_code error;
  options.folder = std::filesystem::absolute(options.folder, error);
  // A relative path is meant from where the server runs, not from a step's folder.
  if (options.interpreter.find('/') != std::string::npos) {
    options.interpreter = std::filesystem::absolute(options.interpreter, error).string();
  }
  std::unique_ptr<ProcessScriptRunner> runner(new ProcessScriptRunner(std::move(options)));
  for (const PythonSource& source : PythonSources()) {
    const std::filesystem::path path = runner->folder() / source.name;
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << source.text;
    file.close();
    if (!file) return std::unexpected(FileError(errno, "write", path));
  }
  return runner;
}

std::vector<std::string> ProcessScriptRunner::LauncherCommand() const {
  return {options_.interpreter, (options_.folder / "launcher.py").string()};
}

std::map<std::string, std::string> ProcessScriptRunner::EnvironmentOf(
    const std::map<std::string, std::string>& given) const {
  std::map<std::string, std::string> environment = given;
  const std::filesystem::path interpreter(options_.interpreter);
  if (!interpreter.has_parent_path()) return environment;
  // `python3`, `aws` and the like mean the interpreter's own environment to all of a step.
  std::string& path = environment["PATH"];
  path = path.empty() ? interpreter.parent_path().string()
                      : interpreter.parent_path().string() + ":" + path;
  return environment;
}

Result<ProcessEnd> ProcessScriptRunner::RunScript(const ScriptRequest& request,
                                                  std::stop_token stop) {
  ProcessRequest process{.command = LauncherCommand(),
                         .folder = request.folder,
                         .environment = request.environment,
                         .stdout_file = request.stdout_file,
                         .stderr_file = request.stderr_file};
  process.command.push_back(request.script.string());
  process.command.insert(process.command.end(), request.arguments.begin(), request.arguments.end());
  process.environment["OWLET_SPARK_SETTINGS"] =
      nlohmann::json(request.spark_settings)
          .dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
  // Its stdout is a file: without this what a killed script has printed would be lost.
  process.environment.try_emplace("PYTHONUNBUFFERED", "1");
  return RunCommand(process, std::move(stop));
}

Result<ProcessEnd> ProcessScriptRunner::RunCommand(const ProcessRequest& request,
                                                   std::stop_token stop) {
  ProcessRequest process = request;
  process.environment = EnvironmentOf(request.environment);
  return RunProcess(process, std::move(stop));
}

}  // namespace owlet::python
