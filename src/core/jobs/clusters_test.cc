#include "core/jobs/clusters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "core/jobs/step_command.h"

namespace owlet::jobs {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const access::Principal kRoot = access::Principal::Root();

/// Does what the last word of the command says.
class FakeRunner final : public python::ScriptRunner {
 public:
  Result<python::ProcessEnd> RunScript(const python::ScriptRequest& request,
                                       std::stop_token stop) override {
    std::ifstream(request.script) >> script_text;
    settings = request.spark_settings;
    return Do(request.arguments.empty() ? "" : request.arguments.back(), request.environment,
              request.stdout_file, request.stderr_file, std::move(stop));
  }
  Result<python::ProcessEnd> RunCommand(const python::ProcessRequest& request,
                                        std::stop_token stop) override {
    return Do(request.command.back(), request.environment, request.stdout_file, request.stderr_file,
              std::move(stop));
  }

  std::map<std::string, std::string> environment;
  std::map<std::string, std::string> settings;
  std::string script_text;
  std::atomic<int> started = 0;

 private:
  Result<python::ProcessEnd> Do(const std::string& wish,
                                const std::map<std::string, std::string>& given,
                                const std::filesystem::path& out, const std::filesystem::path& err,
                                std::stop_token stop) {
    ++started;
    environment = given;
    std::ofstream(out) << "printed\n";
    if (wish == "fail") {
      std::ofstream(err) << "Traceback\nValueError: boom\n";
      return python::ProcessEnd{.exit_code = 1};
    }
    while (wish == "hang" && !stop.stop_requested()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return python::ProcessEnd{.cancelled = stop.stop_requested()};
  }
};

class FakeTokens final : public SessionTokens {
 public:
  std::string Issue(access::Principal principal) override {
    issued = std::move(principal);
    return "the-token";
  }
  void Withdraw(const std::string&) override { ++withdrawn; }

  access::Principal issued;
  std::atomic<int> withdrawn = 0;
};

class ClustersTest : public testing::Test {
 protected:
  ClustersTest() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "owlet-clusters-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    kv_ = std::move(kv::KeyValueStore::OpenInMemory()).value();
    identities_ = std::move(access::IdentityStore::Open(*kv_, clock_, {})).value();
    EXPECT_TRUE(identities_->MakeEmrDefaultRoles());
    objects_ =
        std::move(store::ObjectStore::Open({.blobs = folder_ / "blobs"}, *kv_, authorizer_, clock_))
            .value();
    EXPECT_TRUE(objects_->CreateBucket(kRoot, Bucket()));
    EXPECT_TRUE(objects_->PutBytes(kRoot, Bucket(), Key("main.py"), "text"));
    Open();
  }
  ~ClustersTest() override {
    clusters_.reset();
    objects_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  void Open() {
    clusters_.reset();
    clusters_ = std::move(Clusters::Open({.work_folder = folder_ / "work"}, *kv_, *objects_,
                                         *identities_, authorizer_, runner_, tokens_, clock_))
                    .value();
  }
  void Start() { clusters_->Start({.endpoint_url = "http://localhost:9000", .spark_port = 15}); }

  static store::BucketName Bucket() { return store::BucketName::Parse("data").value(); }
  static store::ObjectKey Key(std::string_view key) { return store::ObjectKey::Parse(key).value(); }

  static StepRequest StepThat(std::vector<std::string> words,
                              ActionOnFailure action = ActionOnFailure::kContinue) {
    return {.name = "step",
            .action_on_failure = action,
            .jar = "command-runner.jar",
            .arguments = std::move(words)};
  }
  Cluster Create(std::vector<StepRequest> steps,
                 ClusterRequest request = {.name = "c", .keep_alive = true}) {
    auto cluster = clusters_->Create(kRoot, std::move(request), std::move(steps));
    EXPECT_TRUE(cluster.has_value()) << cluster.error().message;
    return std::move(cluster).value();
  }
  /// The steps when all are final, oldest first.
  std::vector<Step> Finished(const Cluster& cluster) {
    std::vector<Step> steps = clusters_->ListSteps(kRoot, cluster.id).value();
    for (Step& step : steps) step = clusters_->Wait(kRoot, cluster.id, step.id, {}).value();
    return {steps.rbegin(), steps.rend()};
  }
  void WaitUntilStarted(int count) {
    while (runner_.started < count) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  ClusterState StateOf(const Cluster& cluster) {
    return clusters_->Find(kRoot, cluster.id).value().state;
  }

  std::filesystem::path folder_;
  SystemClock clock_;
  access::AllowAll authorizer_;
  FakeRunner runner_;
  FakeTokens tokens_;
  std::unique_ptr<kv::KeyValueStore> kv_;
  std::unique_ptr<access::IdentityStore> identities_;
  std::unique_ptr<store::ObjectStore> objects_;
  std::unique_ptr<Clusters> clusters_;
};

TEST_F(ClustersTest, RunsAScriptAsTheClustersRole) {
  Start();
  const Cluster cluster =
      Create({StepThat({"spark-submit", "--deploy-mode", "cluster", "--conf",
                        "spark.sql.shuffle.partitions=7", "s3://data/main.py", "word"})},
             {.name = "c", .log_uri = "s3n://data/logs", .keep_alive = true});
  const std::vector<Step> steps = Finished(cluster);
  ASSERT_EQ(steps.size(), 1U);
  EXPECT_EQ(steps[0].state, StepState::kCompleted);
  EXPECT_TRUE(steps[0].started && steps[0].ended);
  EXPECT_EQ(StateOf(cluster), ClusterState::kWaiting);
  EXPECT_EQ(runner_.script_text, "text");
  EXPECT_EQ(runner_.settings["spark.sql.shuffle.partitions"], "7");
  EXPECT_EQ(runner_.environment["SPARK_REMOTE"], "sc://localhost:15/;token=the-token");
  EXPECT_EQ(runner_.environment["AWS_ENDPOINT_URL"], "http://localhost:9000");
  EXPECT_FALSE(runner_.environment["AWS_SESSION_TOKEN"].empty());
  EXPECT_EQ(tokens_.issued.name, "EMR_EC2_DefaultRole");
  const std::string logs = "logs/" + cluster.id + "/steps/" + steps[0].id + "/";
  for (const char* name : {"stdout.gz", "stderr.gz", "controller.gz"}) {
    EXPECT_TRUE(objects_->Head(kRoot, Bucket(), Key(logs + name)).has_value()) << name;
  }
}

TEST_F(ClustersTest, EachActionOnFailure) {
  Start();
  const Cluster goes_on = Create({StepThat({"fail"}), StepThat({"true"})});
  EXPECT_EQ(Finished(goes_on)[1].state, StepState::kCompleted);
  EXPECT_EQ(Finished(goes_on)[0].failure->message, "ValueError: boom");

  const Cluster waits =
      Create({StepThat({"fail"}, ActionOnFailure::kCancelAndWait), StepThat({"true"})});
  EXPECT_EQ(Finished(waits)[1].state, StepState::kCancelled);
  EXPECT_EQ(StateOf(waits), ClusterState::kWaiting);

  const Cluster ends =
      Create({StepThat({"fail"}, ActionOnFailure::kTerminateCluster), StepThat({"true"})});
  EXPECT_EQ(Finished(ends)[1].state, StepState::kCancelled);
  EXPECT_EQ(StateOf(ends), ClusterState::kTerminatedWithErrors);
  EXPECT_EQ(clusters_->Find(kRoot, ends.id)->reason_code, "STEP_FAILURE");
  EXPECT_FALSE(clusters_->AddSteps(kRoot, ends.id, {StepThat({"true"})}).has_value());
}

TEST_F(ClustersTest, EndsAfterItsLastStep) {
  Start();
  const Cluster cluster = Create({StepThat({"true"})}, {.name = "c", .keep_alive = false});
  EXPECT_EQ(Finished(cluster)[0].state, StepState::kCompleted);
  const Cluster ended = clusters_->Find(kRoot, cluster.id).value();
  EXPECT_EQ(ended.state, ClusterState::kTerminated);
  EXPECT_EQ(ended.reason_code, "ALL_STEPS_COMPLETED");
  EXPECT_EQ(ended.reason, "Steps completed");
}

TEST_F(ClustersTest, CancelAndTerminateEndWhatRuns) {
  Start();
  const Cluster cluster = Create({StepThat({"hang"}), StepThat({"hang"}), StepThat({"true"})});
  WaitUntilStarted(1);
  const std::vector<Step> before = clusters_->ListSteps(kRoot, cluster.id).value();
  ASSERT_TRUE(clusters_->CancelSteps(kRoot, cluster.id, {before[2].id}).has_value());
  EXPECT_EQ(clusters_->Wait(kRoot, cluster.id, before[2].id, {})->state, StepState::kCancelled);
  WaitUntilStarted(2);
  ASSERT_TRUE(clusters_->Terminate(kRoot, {cluster.id}));
  const std::vector<Step> steps = Finished(cluster);
  EXPECT_EQ(steps[1].state, StepState::kInterrupted);
  EXPECT_EQ(steps[2].state, StepState::kCancelled);
  EXPECT_EQ(StateOf(cluster), ClusterState::kTerminated);
  EXPECT_EQ(tokens_.withdrawn, 2);
}

TEST_F(ClustersTest, ConcurrencyIsTheClusters) {
  Start();
  const Cluster cluster = Create({StepThat({"hang"}), StepThat({"hang"}), StepThat({"hang"})},
                                 {.name = "c", .keep_alive = true, .step_concurrency = 2});
  WaitUntilStarted(2);
  std::this_thread::sleep_for(std::chrono::milliseconds(30));
  EXPECT_EQ(runner_.started, 2);
}

TEST_F(ClustersTest, ProtectionKeepsIt) {
  Start();
  const Cluster cluster =
      Create({}, {.name = "c", .keep_alive = true, .termination_protected = true});
  EXPECT_FALSE(clusters_->Terminate(kRoot, {cluster.id}));
  EXPECT_EQ(StateOf(cluster), ClusterState::kWaiting);
}

TEST_F(ClustersTest, ARestartKeepsAllAndSaysWhatWasLost) {
  Start();
  const Cluster cluster = Create({StepThat({"hang"}), StepThat({"true"})});
  WaitUntilStarted(1);
  Open();
  std::vector<Step> steps = clusters_->ListSteps(kRoot, cluster.id).value();
  EXPECT_EQ(steps[1].state, StepState::kFailed);
  EXPECT_THAT(steps[1].failure->reason, HasSubstr("stopped"));
  EXPECT_EQ(steps[0].state, StepState::kPending);
  Start();
  EXPECT_EQ(Finished(cluster)[1].state, StepState::kCompleted);
}

TEST_F(ClustersTest, ResultsOutliveTheirLogs) {
  Start();
  const Cluster cluster =
      Create({StepThat({"true"})}, {.name = "c", .log_uri = "s3://nowhere/", .keep_alive = true});
  EXPECT_EQ(Finished(cluster)[0].state, StepState::kCompleted);
}

TEST_F(ClustersTest, RefusesWhatIsNotThere) {
  Start();
  const auto no_profile = clusters_->Create(kRoot, {.name = "c", .instance_profile = "Nobody"}, {});
  EXPECT_EQ(no_profile.error().message, "Invalid InstanceProfile: Nobody.");
  EXPECT_EQ(no_profile.error().condition, "ValidationException");
  EXPECT_EQ(clusters_->Find(kRoot, "j-1").error().message, "Cluster id 'j-1' is not valid.");

  const Cluster cluster = Create({StepThat({"spark-submit", "s3://data/absent.py"}),
                                  StepThat({"spark-submit", "/home/hadoop/main.py"}),
                                  StepThat({"hive-script", "--run-hive-script"})});
  const std::vector<Step> steps = Finished(cluster);
  for (const Step& step : steps) EXPECT_EQ(step.state, StepState::kFailed);
  EXPECT_THAT(steps[0].failure->message, HasSubstr("s3://data/absent.py"));
  EXPECT_THAT(steps[1].failure->message, HasSubstr("must be in S3"));
  EXPECT_THAT(steps[2].failure->message, HasSubstr("hive-script"));
}

TEST(StepCommandTest, ReadsSparkSubmit) {
  const auto command = ParseStepCommand(
      {.name = "s",
       .jar = "command-runner.jar",
       .arguments = {"spark-submit", "--master=yarn", "--num-executors", "4", "-v", "--py-files",
                     "s3://b/a.zip,s3://b/c.py", "--conf", "spark.x=a=b", "--name", "job",
                     "s3://b/main.py", "--flag", "value"}},
      {{"spark.executor.memory", "1g"}});
  ASSERT_TRUE(command.has_value()) << command.error().message;
  EXPECT_EQ(command->script, "s3://b/main.py");
  EXPECT_THAT(command->words, ElementsAre("--flag", "value"));
  EXPECT_THAT(command->python_files, ElementsAre("s3://b/a.zip", "s3://b/c.py"));
  EXPECT_EQ(command->spark_settings.at("spark.x"), "a=b");
  EXPECT_EQ(command->spark_settings.at("spark.app.name"), "job");
  EXPECT_EQ(command->spark_settings.at("spark.executor.instances"), "4");
  EXPECT_EQ(command->spark_settings.at("spark.executor.memory"), "1g");
}

TEST(StepCommandTest, NamesWhatItDoesNotTake) {
  const auto message = [](std::vector<std::string> words) {
    return ParseStepCommand(
               {.name = "s", .jar = "command-runner.jar", .arguments = std::move(words)}, {})
        .error()
        .message;
  };
  EXPECT_EQ(message({"spark-submit", "--bogus", "x"}), "Unrecognized option: --bogus");
  EXPECT_EQ(message({"spark-submit", "--name"}), "Missing argument for option '--name'");
  EXPECT_THAT(message({"spark-submit", "--class", "A", "s3://b/a.jar"}), HasSubstr("s3://b/a.jar"));
  EXPECT_THAT(message({"spark-submit", "file:///main.py"}), HasSubstr("file:///main.py"));
  EXPECT_THAT(message({}), HasSubstr("no command"));
}

}  // namespace
}  // namespace owlet::jobs
