#include "core/jobs/step_run.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <span>
#include <system_error>
#include <utility>
#include <vector>

#include "base/file_descriptor.h"
#include "base/log.h"
#include "core/jobs/step_logs.h"
#include "core/store/names.h"

namespace owlet::jobs {
namespace {

constexpr std::chrono::seconds kCredentialsLife = std::chrono::hours(12);
constexpr std::size_t kLongestMessage = 1000;

/// The properties of a configuration, with those of `export` inside it for *-env ones.
std::map<std::string, std::string> PropertiesOf(const std::vector<Configuration>& configurations,
                                                std::string_view classification) {
  std::map<std::string, std::string> found;
  for (const Configuration& each : configurations) {
    if (each.classification != classification) continue;
    found.insert(each.properties.begin(), each.properties.end());
    for (const Configuration& inner : each.configurations) {
      if (inner.classification == "export") {
        found.insert(inner.properties.begin(), inner.properties.end());
      }
    }
  }
  return found;
}

std::string LogLocation(const Cluster& cluster, const Step& step) {
  std::string location = cluster.request.log_uri;
  if (location.empty()) return location;
  if (!location.ends_with('/')) location += '/';
  return fmt::format("{}{}/steps/{}/", location, cluster.id, step.id);
}

/// The session's name of what runs on a cluster's first machine, as on EC2: the machine's id.
std::string SessionName(const Cluster& cluster) {
  for (const InstanceGroup& group : cluster.request.instance_groups) {
    if (group.role == "MASTER" && !group.instance_ids.empty()) return group.instance_ids.front();
  }
  for (const InstanceFleet& fleet : cluster.request.instance_fleets) {
    if (fleet.type == "MASTER" && !fleet.instance_ids.empty()) return fleet.instance_ids.front();
  }
  return cluster.id;
}

}  // namespace

StepRun::StepRun(const Services& services, const Cluster& cluster, const Step& step)
    : services_(services),
      cluster_(cluster),
      step_(step),
      folder_(services.work_folder / cluster.id / step.id / "work"),
      logs_folder_(services.work_folder / cluster.id / step.id / "logs"),
      log_location_(LogLocation(cluster, step)) {}

StepRun::~StepRun() {
  if (!token_.empty()) services_.tokens.Withdraw(token_);
  std::error_code ignored;
  std::filesystem::remove_all(folder_.parent_path(), ignored);
  std::filesystem::remove(folder_.parent_path().parent_path(), ignored);  // when it is empty
}

void StepRun::Note(std::string_view line) {
  controller_ += fmt::format("{} INFO {}\n", FormatIso8601Millis(services_.clock.Now()), line);
}

StepOutcome StepRun::Run(const std::stop_token& stop) {
  const Timestamp started = services_.clock.Now();
  Note(fmt::format("Step {} of cluster {}: {}", step_.id, cluster_.id, step_.request.name));
  Note(fmt::format("Jar {} with arguments {}", step_.request.jar,
                   fmt::join(step_.request.arguments, " ")));
  const Result<python::ProcessEnd> end = Execute(stop);
  const auto seconds = std::chrono::duration<double>(services_.clock.Now() - started).count();
  StepOutcome outcome = Judge(end);
  if (end) {
    Note(end->signal != 0 ? fmt::format("The process was killed by signal {}", end->signal)
                          : fmt::format("The process ended with exit code {}", end->exit_code));
  }
  if (outcome.cancelled) {
    Note(fmt::format("Step was cancelled after {:.3f} seconds", seconds));
  } else if (outcome.failure) {
    Note(fmt::format("Step failed after {:.3f} seconds: {}", seconds, outcome.failure->message));
  } else {
    Note(fmt::format("Step succeeded and took {:.3f} seconds", seconds));
  }
  PublishLogs();
  return outcome;
}

Status StepRun::TakeIdentity() {
  role_name_ = cluster_.role_name;
  if (!step_.request.execution_role_arn.empty()) {
    OWLET_TRY(const access::Role role,
              services_.identities.FindRoleByArn(step_.request.execution_role_arn));
    role_name_ = role.name;
  }
  OWLET_TRY(principal_, services_.identities.RoleIdentity(role_name_, SessionName(cluster_)));
  return {};
}

Result<StepRun::Environment> StepRun::MakeEnvironment() {
  OWLET_TRY(
      const access::Credentials credentials,
      services_.identities.OpenRoleSession(role_name_, SessionName(cluster_), kCredentialsLife));
  token_ = services_.tokens.Issue(principal_);
  const char* path = std::getenv("PATH");
  Environment environment{
      {"PATH", path == nullptr ? "/usr/local/bin:/usr/bin:/bin" : path},
      {"HOME", folder_.string()},
      {"TMPDIR", (folder_ / "tmp").string()},
      {"USER", "hadoop"},
      {"LANG", "C.UTF-8"},
      {"AWS_ENDPOINT_URL", services_.addresses.endpoint_url},
      {"AWS_REGION", services_.region},
      {"AWS_DEFAULT_REGION", services_.region},
      {"AWS_ACCESS_KEY_ID", credentials.access_key_id},
      {"AWS_SECRET_ACCESS_KEY", credentials.secret_access_key},
      {"AWS_SESSION_TOKEN", credentials.session_token},
      {"AWS_EC2_METADATA_DISABLED", "true"},
      {"EMR_CLUSTER_ID", cluster_.id},
      {"EMR_STEP_ID", step_.id},
      // The one host name that PySpark lets a token pass to without TLS.
      {"SPARK_REMOTE",
       fmt::format("sc://localhost:{}/;token={}", services_.addresses.spark_port, token_)},
  };
  for (const std::string_view classification : {"hadoop-env", "yarn-env", "spark-env"}) {
    for (const auto& [name, value] :
         PropertiesOf(cluster_.request.configurations, classification)) {
      // A cluster's own interpreter is not on this machine.
      if (!name.starts_with("PYSPARK_")) environment.try_emplace(name, value);
    }
  }
  return environment;
}

Result<std::filesystem::path> StepRun::Fetch(const std::string& uri,
                                             const std::filesystem::path& folder) {
  OWLET_TRY(const auto path, store::ObjectPath::ParseUri(uri));
  const auto reader = services_.objects.Open(principal_, path.bucket, path.key);
  if (!reader) {
    Error error = reader.error();
    error.message = fmt::format("cannot read {}: {}", uri, error.message);
    return std::unexpected(std::move(error));
  }
  const std::string& key = path.key.text();
  std::filesystem::path target = folder / key.substr(key.rfind('/') + 1);
  std::ofstream file(target, std::ios::binary | std::ios::trunc);
  OWLET_CHECK_OK(reader->Stream(0, reader->size(), [&](std::span<const std::byte> bytes) -> Status {
    file.write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
    if (!file) return std::unexpected(FileError(errno, "write", target));
    return {};
  }));
  file.close();
  if (!file) return std::unexpected(FileError(errno, "write", target));
  return target;
}

Result<python::ProcessEnd> StepRun::Execute(const std::stop_token& stop) {
  OWLET_TRY(StepCommand command,
            ParseStepCommand(step_.request,
                             PropertiesOf(cluster_.request.configurations, "spark-defaults")));
  if (command.kind == StepCommand::Kind::kNothing) {
    Note("Debugging needs no set-up here: the logs are written at the end of each step");
    return python::ProcessEnd{};
  }
  OWLET_CHECK_OK(MakeFolder(folder_ / "tmp"));
  OWLET_CHECK_OK(MakeFolder(logs_folder_));
  OWLET_CHECK_OK(TakeIdentity());
  OWLET_TRY(Environment environment, MakeEnvironment());
  const std::filesystem::path out = logs_folder_ / "stdout";
  const std::filesystem::path err = logs_folder_ / "stderr";
  if (command.kind == StepCommand::Kind::kProgram) {
    Note(fmt::format("Running {}", fmt::join(command.words, " ")));
    return services_.runner.RunCommand({.command = command.words,
                                        .folder = folder_,
                                        .environment = std::move(environment),
                                        .stdout_file = out,
                                        .stderr_file = err},
                                       stop);
  }

  OWLET_TRY(const auto script, Fetch(command.script, folder_));
  if (command.kind == StepCommand::Kind::kRemoteScript) {
    std::error_code ignored;
    std::filesystem::permissions(script, std::filesystem::perms::owner_all, ignored);
    std::vector<std::string> words = {script.string()};
    words.insert(words.end(), command.words.begin(), command.words.end());
    std::string start(2, '\0');
    std::ifstream(script, std::ios::binary).read(start.data(), 2);
    if (start != "#!") words.insert(words.begin(), "bash");
    Note(fmt::format("Running {}", fmt::join(words, " ")));
    return services_.runner.RunCommand({.command = std::move(words),
                                        .folder = folder_,
                                        .environment = std::move(environment),
                                        .stdout_file = out,
                                        .stderr_file = err},
                                       stop);
  }
  std::string python_path;
  for (const std::string& uri : command.python_files) {
    OWLET_TRY(const auto file, Fetch(uri, folder_));
    // A single .py is found where it is: beside the script.
    if (file.extension() != ".py") python_path += file.string() + ":";
  }
  if (!python_path.empty()) {
    python_path.pop_back();
    environment["PYTHONPATH"] = python_path;
  }
  for (const std::string& uri : command.files) {
    OWLET_TRY(const auto file, Fetch(uri, folder_));
  }
  environment["OWLET_APPLICATION_ID"] = fmt::format(
      "application_{}_{:04}", step_.created.time_since_epoch().count() / 1000, step_.number);
  Note(fmt::format("Running spark-submit {} {}", command.script, fmt::join(command.words, " ")));
  return services_.runner.RunScript({.script = script,
                                     .arguments = std::move(command.words),
                                     .folder = folder_,
                                     .environment = std::move(environment),
                                     .spark_settings = std::move(command.spark_settings),
                                     .stdout_file = out,
                                     .stderr_file = err},
                                    stop);
}

StepOutcome StepRun::Judge(const Result<python::ProcessEnd>& end) {
  if (end && end->cancelled) return {.cancelled = true};
  if (end && end->Succeeded()) return {};
  StepFailure failure;
  if (!end) {
    failure.reason = end.error().reason == Reason::kNotImplemented ? "Not implemented."
                     : end.error().reason == Reason::kObjectNotFound ||
                             end.error().reason == Reason::kBucketNotFound
                         ? "The given path does not exist."
                         : "The step could not be started.";
    failure.message = end.error().message;
    // Readers of the log look into stderr first.
    std::error_code ignored;
    std::filesystem::create_directories(logs_folder_, ignored);
    std::ofstream(logs_folder_ / "stderr", std::ios::app) << end.error().message << "\n";
  } else {
    failure.reason = "Unknown Error.";
    failure.message = LastWords();
    if (failure.message.empty()) {
      failure.message = end->signal != 0 ? fmt::format("killed by signal {}", end->signal)
                                         : fmt::format("exit code {}", end->exit_code);
    }
  }
  if (!log_location_.empty()) failure.log_file = log_location_ + "stderr.gz";
  return {.failure = std::move(failure)};
}

std::string StepRun::LastWords() const {
  std::ifstream file(logs_folder_ / "stderr", std::ios::binary | std::ios::ate);
  if (!file) return {};
  constexpr std::streamoff kTail = 8 << 10;
  const std::streamoff size = file.tellg();
  file.seekg(std::max<std::streamoff>(0, size - kTail));
  std::string last;
  for (std::string line; std::getline(file, line);) {
    if (line.find_first_not_of(" \t\r") != std::string::npos) last = std::move(line);
  }
  if (last.size() > kLongestMessage) last.resize(kLongestMessage);
  return last;
}

Status StepRun::PublishLog(std::string_view name, const std::filesystem::path& file) {
  OWLET_TRY(const auto target,
            store::ObjectPath::ParseUri(fmt::format("{}{}.gz", log_location_, name)));
  return file.empty() ? PublishLogText(services_.objects, principal_, target, controller_)
                      : PublishLogFile(services_.objects, principal_, target, file);
}

void StepRun::PublishLogs() {
  if (log_location_.empty()) return;
  // A step that failed before it had its role's identity still writes its logs as that role.
  if (principal_.IsAnonymous()) {
    if (const Status taken = TakeIdentity(); !taken) return;
  }
  Status published = PublishLog("stdout", logs_folder_ / "stdout");
  if (published) published = PublishLog("stderr", logs_folder_ / "stderr");
  if (published) published = PublishLog("controller", {});
  // The step's result stands without its logs.
  if (!published) {
    log::warn("the logs of step {} are lost: {}", step_.id, published.error().message);
  }
}

}  // namespace owlet::jobs
