#include "core/jobs/step_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <utility>

namespace owlet::jobs {
namespace {

/// An option of spark-submit that takes a value, and the setting that it is short for.
struct SubmitOption {
  std::string_view name;
  std::string_view setting;  // "" for those that say nothing to a session
};
constexpr auto kSubmitOptions = std::to_array<SubmitOption>({
    {"--master", "spark.master"},
    {"--deploy-mode", "spark.submit.deployMode"},
    {"--name", "spark.app.name"},
    {"--class", ""},
    {"--jars", "spark.jars"},
    {"--packages", "spark.jars.packages"},
    {"--exclude-packages", "spark.jars.excludes"},
    {"--repositories", "spark.jars.repositories"},
    {"--driver-memory", "spark.driver.memory"},
    {"--driver-java-options", "spark.driver.extraJavaOptions"},
    {"--driver-library-path", "spark.driver.extraLibraryPath"},
    {"--driver-class-path", "spark.driver.extraClassPath"},
    {"--driver-cores", "spark.driver.cores"},
    {"--executor-memory", "spark.executor.memory"},
    {"--executor-cores", "spark.executor.cores"},
    {"--total-executor-cores", "spark.cores.max"},
    {"--num-executors", "spark.executor.instances"},
    {"--queue", "spark.yarn.queue"},
    {"--principal", "spark.kerberos.principal"},
    {"--keytab", "spark.kerberos.keytab"},
    {"--proxy-user", ""},
});

/// Programs of a cluster that are not here, whatever this machine's PATH has.
constexpr std::array<std::string_view, 13> kClusterPrograms = {
    "spark-example", "spark-sql",  "spark-shell", "hive-script",      "hive",
    "pig-script",    "pig",        "hadoop",      "hadoop-streaming", "s3-dist-cp",
    "hdfs",          "presto-cli", "flink"};

void AppendList(std::string_view list, std::vector<std::string>& out) {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    if (comma > 0) out.emplace_back(list.substr(0, comma));
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
}

std::string_view FileName(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

Status CheckRemote(std::string_view what, std::string_view path) {
  if (IsS3Uri(path)) return {};
  return Fail(Reason::kInvalidArgument,
              fmt::format("{} must be in S3 (s3://bucket/key), for the steps of a cluster have no "
                          "files of their own here: {}",
                          what, path));
}

/// The arguments behind "spark-submit", from left to right.
class SubmitParser {
 public:
  SubmitParser(std::span<const std::string> words, std::map<std::string, std::string> defaults)
      : words_(words) {
    command_.kind = StepCommand::Kind::kPython;
    command_.spark_settings = std::move(defaults);
  }

  Result<StepCommand> Parse() {
    while (next_ < words_.size() && words_[next_].starts_with('-')) OWLET_CHECK_OK(TakeOption());
    if (next_ == words_.size()) {
      return Fail(Reason::kInvalidArgument,
                  "Missing application resource: spark-submit names no script");
    }
    command_.script = words_[next_++];
    command_.words.assign(words_.begin() + static_cast<std::ptrdiff_t>(next_), words_.end());
    if (command_.script.ends_with(".jar") || command_.script.ends_with(".R")) {
      return Fail(Reason::kNotImplemented,
                  fmt::format("spark-submit runs Python scripts only; not implemented: {}",
                              command_.script));
    }
    OWLET_CHECK_OK(CheckRemote("The script of spark-submit", command_.script));
    for (const std::string& file : command_.python_files) {
      OWLET_CHECK_OK(CheckRemote("A file of --py-files", file));
    }
    for (const std::string& file : command_.files) {
      OWLET_CHECK_OK(CheckRemote("A file of --files", file));
    }
    return std::move(command_);
  }

 private:
  Status TakeOption() {
    std::string name = words_[next_++];
    std::optional<std::string> value;
    if (const std::size_t equals = name.find('='); equals != std::string::npos) {
      value = name.substr(equals + 1);
      name.resize(equals);
    }
    if (name == "--verbose" || name == "-v" || name == "--supervise") return {};
    const auto known = std::ranges::find(kSubmitOptions, name, &SubmitOption::name);
    const bool is_conf = name == "--conf" || name == "-c";
    const bool is_files = name == "--py-files" || name == "--files";
    const bool absent = name == "--archives" || name == "--properties-file";
    if (known == kSubmitOptions.end() && !is_conf && !is_files && !absent) {
      return Fail(Reason::kInvalidArgument, fmt::format("Unrecognized option: {}", name));
    }
    if (!value) {
      if (next_ == words_.size()) {
        return Fail(Reason::kInvalidArgument,
                    fmt::format("Missing argument for option '{}'", name));
      }
      value = words_[next_++];
    }
    if (absent) {
      return Fail(Reason::kNotImplemented,
                  fmt::format("spark-submit {} is not implemented: {}", name, *value));
    }
    if (is_files) {
      AppendList(*value, name == "--files" ? command_.files : command_.python_files);
    } else if (is_conf) {
      const std::size_t equals = value->find('=');
      if (equals == std::string::npos) {
        return Fail(Reason::kInvalidArgument, fmt::format("Spark config without '=': {}", *value));
      }
      TakeSetting(value->substr(0, equals), value->substr(equals + 1));
    } else if (!known->setting.empty()) {
      command_.spark_settings[std::string(known->setting)] = *value;
    }
    return {};
  }

  void TakeSetting(const std::string& name, const std::string& value) {
    if (name == "spark.submit.pyFiles") {
      AppendList(value, command_.python_files);
    } else if (name == "spark.files") {
      AppendList(value, command_.files);
    } else {
      command_.spark_settings[name] = value;
    }
  }

  std::span<const std::string> words_;
  std::size_t next_ = 0;
  StepCommand command_;
};

}  // namespace

bool IsS3Uri(std::string_view uri) {
  return uri.starts_with("s3://") || uri.starts_with("s3a://") || uri.starts_with("s3n://");
}

Result<StepCommand> ParseStepCommand(const StepRequest& request,
                                     const std::map<std::string, std::string>& defaults) {
  const std::string_view jar = FileName(request.jar);
  const std::vector<std::string>& words = request.arguments;
  if (jar == "script-runner.jar") {
    if (words.empty()) {
      return Fail(Reason::kInvalidArgument, "script-runner.jar names no script to run");
    }
    if (words.front().find("/state-pusher/") != std::string::npos) {
      return StepCommand{.kind = StepCommand::Kind::kNothing};
    }
    OWLET_CHECK_OK(CheckRemote("The script of script-runner.jar", words.front()));
    return StepCommand{.kind = StepCommand::Kind::kRemoteScript,
                       .script = words.front(),
                       .words = {words.begin() + 1, words.end()}};
  }
  if (jar != "command-runner.jar") {
    return Fail(Reason::kNotImplemented,
                fmt::format("A step runs command-runner.jar or script-runner.jar; not implemented: "
                            "custom jar {}",
                            request.jar));
  }
  if (words.empty()) {
    return Fail(Reason::kInvalidArgument, "command-runner.jar names no command to run");
  }
  if (words.front() == "spark-submit") {
    return SubmitParser(std::span(words).subspan(1), defaults).Parse();
  }
  if (words.front() == "state-pusher-script") {
    return StepCommand{.kind = StepCommand::Kind::kNothing};
  }
  if (std::ranges::find(kClusterPrograms, FileName(words.front())) != kClusterPrograms.end()) {
    return Fail(Reason::kNotImplemented,
                fmt::format("Not implemented: {} of command-runner.jar", FileName(words.front())));
  }
  return StepCommand{.kind = StepCommand::Kind::kProgram, .words = words};
}

}  // namespace owlet::jobs
