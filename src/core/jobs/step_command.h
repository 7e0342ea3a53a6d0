#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/jobs/cluster.h"

namespace owlet::jobs {

/// What a step's jar and arguments ask for.
struct StepCommand {
  enum class Kind {
    kPython,        // spark-submit of a script in S3
    kRemoteScript,  // script-runner.jar: any script in S3
    kProgram,       // command-runner.jar with any other program: `words`
    kNothing,       // EMR's own debugging set-up: there is nothing to set up here
  };
  Kind kind = Kind::kProgram;
  std::string script = {};              // "s3://bucket/key"
  std::vector<std::string> words = {};  // the script's arguments, or the program and its own
  std::map<std::string, std::string> spark_settings = {};
  std::vector<std::string> python_files = {};  // --py-files
  std::vector<std::string> files = {};         // --files
};

/// Reads them as EMR's runners and spark-submit do. `defaults` are the cluster's spark-defaults.
/// kInvalidArgument, or kNotImplemented with the part's name: the step fails with that message.
[[nodiscard]] Result<StepCommand> ParseStepCommand(
    const StepRequest& request, const std::map<std::string, std::string>& defaults);

/// "s3://", "s3a://", "s3n://".
[[nodiscard]] bool IsS3Uri(std::string_view uri);

}  // namespace owlet::jobs
