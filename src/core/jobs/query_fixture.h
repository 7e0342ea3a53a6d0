#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/access/authorizer.h"
#include "core/access/principal.h"
#include "core/catalog/catalog.h"
#include "core/engine/engine.h"
#include "core/jobs/query_executions.h"
#include "core/jobs/statement_runner.h"
#include "core/jobs/workgroups.h"
#include "core/kv/key_value_store.h"
#include "core/store/object_store.h"

namespace owlet::jobs {

/// For statements that need no engine: everything asked of it fails.
class NoEngine final : public engine::Engine {
 public:
  std::unique_ptr<plan::RelationSource> Source(const engine::ExecutionContext&) override;
  Result<std::unique_ptr<engine::ResultStream>> Execute(const plan::NodePtr&,
                                                        const engine::ExecutionContext&) override;
  Result<engine::WriteResult> Write(const plan::NodePtr&, const engine::WriteSpec&,
                                    const engine::ExecutionContext&) override;
  Result<std::vector<std::string>> ListFiles(const plan::TableSource&,
                                             const engine::ExecutionContext&) override;
  Status RemoveFolder(const std::string&, const engine::ExecutionContext&,
                      const std::function<Status(kv::Transaction&)>&) override;
  Result<std::string> Explain(const plan::NodePtr&, const engine::ExecutionContext&) override;
};

/// Query executions over stores in memory and a bucket `results`.
class QueryFixture : public testing::Test {
 protected:
  QueryFixture();
  ~QueryFixture() override;

  /// Opens the executions (again, as after a restart).
  void Open();
  QueryExecution Run(const std::string& text, const std::string& database = "db");
  /// The lines of a successful statement's text; its failure as one line otherwise.
  std::vector<std::string> Lines(const std::string& text, const std::string& database = "db");
  /// Runs it and expects success.
  void Do(const std::string& text);
  std::string Read(const std::string& uri);
  void Put(const std::string& uri, const std::string& bytes);

  std::filesystem::path folder_;
  access::Principal root_ = access::Principal::Root();
  access::AllowAll authorizer_;
  SystemClock clock_;
  std::unique_ptr<kv::KeyValueStore> kv_;
  std::unique_ptr<store::ObjectStore> objects_;
  std::unique_ptr<catalog::Catalog> catalog_;
  std::unique_ptr<Workgroups> workgroups_;
  NoEngine engine_;
  std::unique_ptr<StatementRunner> runner_;
  std::unique_ptr<QueryExecutions> executions_;
};

}  // namespace owlet::jobs
