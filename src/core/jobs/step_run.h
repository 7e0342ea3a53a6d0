#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <stop_token>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "core/access/identity_store.h"
#include "core/jobs/cluster.h"
#include "core/jobs/clusters.h"
#include "core/jobs/step_command.h"
#include "core/python/script_runner.h"
#include "core/store/object_store.h"

namespace owlet::jobs {

/// How a step's program ended.
struct StepOutcome {
  std::optional<StepFailure> failure;  // none: it succeeded, or was cancelled
  bool cancelled = false;
};

/// Runs one step of a cluster from its script's way out of S3 to its logs' way into it. Used by one
/// thread, once; what it is given must outlive it.
class StepRun {
 public:
  /// What the runs of all steps share.
  struct Services {
    store::ObjectStore& objects;
    access::IdentityStore& identities;
    python::ScriptRunner& runner;
    SessionTokens& tokens;
    const Clock& clock;
    ServerAddresses addresses;
    std::string region;
    std::filesystem::path work_folder;
  };

  StepRun(const Services& services, const Cluster& cluster, const Step& step);
  ~StepRun();
  StepRun(const StepRun&) = delete;
  StepRun& operator=(const StepRun&) = delete;

  /// Returns when the logs are where readers look for them.
  [[nodiscard]] StepOutcome Run(const std::stop_token& stop);

 private:
  using Environment = std::map<std::string, std::string>;

  /// One line of the controller log.
  void Note(std::string_view line);
  [[nodiscard]] Result<python::ProcessEnd> Execute(const std::stop_token& stop);
  [[nodiscard]] Status TakeIdentity();
  [[nodiscard]] Result<Environment> MakeEnvironment();
  /// Brings an object into the folder; the file's path.
  [[nodiscard]] Result<std::filesystem::path> Fetch(const std::string& uri,
                                                    const std::filesystem::path& folder);
  [[nodiscard]] StepOutcome Judge(const Result<python::ProcessEnd>& end);
  /// The last line that the program wrote to stderr.
  [[nodiscard]] std::string LastWords() const;
  void PublishLogs();
  [[nodiscard]] Status PublishLog(std::string_view name, const std::filesystem::path& file);

  const Services& services_;
  const Cluster& cluster_;
  const Step& step_;
  const std::filesystem::path folder_;       // of the program
  const std::filesystem::path logs_folder_;  // beside it, out of the program's sight
  std::string log_location_;                 // "s3://…/steps/s-…/", or ""
  std::string controller_;
  access::Principal principal_;
  std::string role_name_;
  std::string token_;
};

}  // namespace owlet::jobs
