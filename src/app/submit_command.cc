#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "app/api_client.h"
#include "app/attached_server.h"
#include "app/commands.h"
#include "app/end_signals.h"
#include "app/progress_line.h"
#include "base/log.h"

namespace owlet::app {
namespace {

using Json = nlohmann::json;

/// Logs of steps that the command line submits.
constexpr const char* kLogBucket = "owlet-step-logs";

/// A step on its way, as a client of EMR sees it.
struct StepEnd {
  std::string state;
  std::string message;  // of a failed one
  std::string logs;     // "cluster/steps/step/" in the bucket of logs
};

Result<std::string> Gunzip(std::string_view compressed) {
  z_stream stream{};
  constexpr int kGzip = 16 + MAX_WBITS;
  if (inflateInit2(&stream, kGzip) != Z_OK) return Fail(Reason::kOverloaded, "no memory for a log");
  // zlib's interface has no const; it does not write to its input.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(compressed.data()));
  stream.avail_in = static_cast<uInt>(compressed.size());
  std::string text;
  int code = Z_OK;
  while (code == Z_OK) {
    std::array<char, 16384> piece;
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_out = piece.size();
    code = inflate(&stream, Z_NO_FLUSH);
    text.append(piece.data(), piece.size() - stream.avail_out);
  }
  inflateEnd(&stream);
  if (code != Z_STREAM_END) return Fail(Reason::kCorruption, "a log is cut off");
  return text;
}

/// The number that follows the words in a controller log.
std::optional<int> NumberAfter(std::string_view text, std::string_view words) {
  const std::size_t at = text.find(words);
  if (at == std::string_view::npos) return std::nullopt;
  text.remove_prefix(at + words.size());
  int number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  return read.ec == std::errc() ? std::optional(number) : std::nullopt;
}

/// One step on a cluster of its own, which ends with it.
class Submission {
 public:
  Submission(ServerFile server, const EndSignals& signals)
      : client_(std::move(server)), signals_(signals) {}

  Result<StepEnd> Run(const SubmitOptions& options) {
    OWLET_CHECK_OK(client_.EnsureBucket(kLogBucket));
    std::vector<std::string> words = {"spark-submit"};
    words.insert(words.end(), options.command.begin(), options.command.end());
    const std::string& script = options.command.front();
    const Json step = {{"Name", script.substr(script.rfind('/') + 1)},
                       {"ActionOnFailure", "CONTINUE"},
                       {"HadoopJarStep", {{"Jar", "command-runner.jar"}, {"Args", words}}}};
    OWLET_TRY(const Json made, Call("RunJobFlow", {{"Name", "owlet submit"},
                                                   {"ReleaseLabel", "emr-7.9.0"},
                                                   {"LogUri", fmt::format("s3://{}/", kLogBucket)},
                                                   {"JobFlowRole", "EMR_EC2_DefaultRole"},
                                                   {"ServiceRole", "EMR_DefaultRole"},
                                                   {"Instances",
                                                    {{"InstanceCount", 1},
                                                     {"MasterInstanceType", "m5.xlarge"},
                                                     {"KeepJobFlowAliveWhenNoSteps", false}}},
                                                   {"Steps", Json::array({step})}}));
    const std::string cluster = made.at("JobFlowId");
    OWLET_TRY(const Json steps, Call("ListSteps", {{"ClusterId", cluster}}));
    return Follow(cluster, steps.at("Steps").at(0).at("Id"));
  }

  /// One of the step's logs; empty when it is not there.
  [[nodiscard]] std::string Log(const StepEnd& end, std::string_view name) const {
    const auto object = client_.GetObject(fmt::format("{}/{}{}.gz", kLogBucket, end.logs, name));
    return object ? Gunzip(*object).value_or("") : "";
  }
  /// The signal that cancelled the step, or 0.
  [[nodiscard]] int stopped_by() const { return stopped_by_; }

 private:
  Result<Json> Call(const char* operation, const Json& input) const {
    return client_.Call("elasticmapreduce", std::string("ElasticMapReduce.") + operation, input);
  }

  Result<StepEnd> Follow(const std::string& cluster, const std::string& step) {
    ProgressLine progress;
    std::chrono::milliseconds pause{2};
    while (true) {
      OWLET_TRY(const Json reply, Call("DescribeStep", {{"ClusterId", cluster}, {"StepId", step}}));
      const Json& status = reply.at("Step").at("Status");
      const std::string state = status.value("State", "");
      if (state != "PENDING" && state != "RUNNING" && state != "CANCEL_PENDING") {
        return StepEnd{
            .state = state,
            .message = status.value("FailureDetails", Json::object()).value("Message", ""),
            .logs = fmt::format("{}/steps/{}/", cluster, step)};
      }
      progress.Show(fmt::format("{} {}", step, state));
      if (const auto signal = signals_.WaitFor(pause); signal && stopped_by_ == 0) {
        stopped_by_ = signal->si_signo;
        OWLET_CHECK_OK(Call("CancelSteps", {{"ClusterId", cluster}, {"StepIds", {step}}}));
      }
      pause = std::min(pause * 2, std::chrono::milliseconds(100));
    }
  }

  const ApiClient client_;
  const EndSignals& signals_;
  int stopped_by_ = 0;
};

/// The script's own exit code, or what tells that it never ran.
int ExitCodeOf(const Submission& submission, const StepEnd& end) {
  if (submission.stopped_by() != 0) return kSignalled + submission.stopped_by();
  if (end.state == "COMPLETED") return kDone;
  const std::string controller = submission.Log(end, "controller");
  if (const auto code = NumberAfter(controller, "The process ended with exit code ")) return *code;
  const auto signal = NumberAfter(controller, "The process was killed by signal ");
  return signal ? kSignalled + *signal : kFailed;
}

}  // namespace

int Submit(const Settings& settings, const SubmitOptions& options) {
  log::StartQuiet();
  const EndSignals signals;
  if (options.engine != "native") {
    fmt::print(stderr, "owlet: --engine {} is not implemented; the one engine is native\n",
               options.engine);
    return kMisused;
  }
  if (options.command.empty() || !options.command.front().starts_with("s3://")) {
    fmt::print(stderr,
               "owlet: name a script in S3: owlet submit s3://BUCKET/SCRIPT.py [ARG...]; "
               "`owlet run` takes a local one\n");
    return kMisused;
  }
  const auto server = AttachedServer::Attach(settings);
  if (!server) {
    fmt::print(stderr, "owlet: {}\n", server.error().message);
    return kNoServer;
  }
  Submission submission(server->file(), signals);
  const auto end = submission.Run(options);
  if (!end) {
    fmt::print(stderr, "owlet: {}\n", end.error().message);
    return kFailed;
  }
  fmt::print("{}", submission.Log(*end, "stdout"));
  std::fflush(stdout);
  fmt::print(stderr, "{}", submission.Log(*end, "stderr"));
  if (end->state != "COMPLETED") {
    fmt::print(stderr, "owlet: the step is {}{}{}; its logs are in s3://{}/{}\n", end->state,
               end->message.empty() ? "" : ": ", end->message, kLogBucket, end->logs);
  }
  return ExitCodeOf(submission, *end);
}

}  // namespace owlet::app
