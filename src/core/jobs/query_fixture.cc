#include "core/jobs/query_fixture.h"

#include <stdlib.h>

#include <utility>

#include "core/jobs/statement_run.h"

namespace owlet::jobs {
namespace {

std::unexpected<Error> NotHere() { return Fail(Reason::kUnavailable, "this test has no engine"); }

class NoTables final : public plan::RelationSource {
 public:
  Result<plan::NamedRelation> FindTable(const std::vector<std::string>&) override {
    return Fail(Reason::kTableNotFound, "no tables");
  }
  Result<std::shared_ptr<const plan::TableSource>> DescribeFiles(
      const plan::ReadFiles&, const plan::SessionSettings&) override {
    return NotHere();
  }
  Result<plan::Schema> DescribeArrow(const std::string&) override { return NotHere(); }
  Result<std::vector<std::vector<plan::Literal>>> Evaluate(const plan::NodePtr&) override {
    return NotHere();
  }
};

}  // namespace

std::unique_ptr<plan::RelationSource> NoEngine::Source(const engine::ExecutionContext&) {
  return std::make_unique<NoTables>();
}
Result<std::unique_ptr<engine::ResultStream>> NoEngine::Execute(const plan::NodePtr&,
                                                                const engine::ExecutionContext&) {
  return NotHere();
}
Result<engine::WriteResult> NoEngine::Write(const plan::NodePtr&, const engine::WriteSpec&,
                                            const engine::ExecutionContext&) {
  return NotHere();
}
Result<std::vector<std::string>> NoEngine::ListFiles(const plan::TableSource&,
                                                     const engine::ExecutionContext&) {
  return Fail(Reason::kNotImplemented, "no engine");
}

Status NoEngine::RemoveFolder(const std::string&, const engine::ExecutionContext&,
                              const std::function<Status(kv::Transaction&)>&) {
  return Fail(Reason::kNotImplemented, "no engine");
}

Result<std::string> NoEngine::Explain(const plan::NodePtr&, const engine::ExecutionContext&) {
  return NotHere();
}

QueryFixture::QueryFixture() {
  std::string name = (std::filesystem::temp_directory_path() / "owlet-jobs-XXXXXX").string();
  folder_ = mkdtemp(name.data());
  kv_ = kv::KeyValueStore::OpenInMemory().value();
  objects_ =
      store::ObjectStore::Open({.blobs = folder_ / "blobs"}, *kv_, authorizer_, clock_).value();
  catalog_ =
      std::make_unique<catalog::Catalog>(catalog::Catalog::Options{}, *kv_, authorizer_, clock_);
  workgroups_ = Workgroups::Open(*kv_, authorizer_, clock_).value();
  runner_ = std::make_unique<StatementRunner>(*objects_, *catalog_, engine_, *workgroups_, clock_);
  EXPECT_TRUE(objects_->CreateBucket(root_, store::BucketName::Parse("results").value()));
  Open();
}

QueryFixture::~QueryFixture() {
  executions_.reset();
  objects_.reset();
  std::filesystem::remove_all(folder_);
}

void QueryFixture::Open() {
  executions_.reset();
  executions_ = QueryExecutions::Open({.max_running = 2, .max_queued = 10}, *kv_, *objects_,
                                      *workgroups_, *runner_, clock_)
                    .value();
}

QueryExecution QueryFixture::Run(const std::string& text, const std::string& database) {
  QueryRequest request{.text = text, .database = database};
  request.results.output_location = "s3://results/out/";
  const auto id = executions_->Start(root_, std::move(request));
  EXPECT_TRUE(id) << text << ": " << id.error().message;
  if (!id) return {};
  return executions_->Wait(root_, *id, {}).value();
}

std::vector<std::string> QueryFixture::Lines(const std::string& text, const std::string& database) {
  const QueryExecution execution = Run(text, database);
  if (execution.failure) return {execution.failure->message};
  return SplitLines(Read(execution.output_location));
}

void QueryFixture::Do(const std::string& text) {
  const QueryExecution execution = Run(text);
  EXPECT_EQ(execution.state, QueryState::kSucceeded)
      << text << ": " << (execution.failure ? execution.failure->message : "");
}

std::string QueryFixture::Read(const std::string& uri) {
  const auto path = store::ObjectPath::ParseUri(uri).value();
  const auto reader = objects_->Open(root_, path.bucket, path.key);
  EXPECT_TRUE(reader) << uri;
  return reader ? reader->ReadAll().value() : std::string();
}

void QueryFixture::Put(const std::string& uri, const std::string& bytes) {
  const auto path = store::ObjectPath::ParseUri(uri).value();
  EXPECT_TRUE(objects_->PutBytes(root_, path.bucket, path.key, bytes));
}

}  // namespace owlet::jobs
