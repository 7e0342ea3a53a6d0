#include "core/jobs/query_executions.h"

#include <gmock/gmock.h>

#include "core/jobs/query_fixture.h"
#include "core/jobs/query_records.h"

namespace owlet::jobs {
namespace {

using testing::HasSubstr;

using QueryExecutionsTest = QueryFixture;

TEST_F(QueryExecutionsTest, TellsWhatAStatementWas) {
  const QueryExecution execution = Run("CREATE DATABASE db");
  EXPECT_EQ(execution.state, QueryState::kSucceeded);
  EXPECT_EQ(execution.statement_type, "DDL");
  EXPECT_EQ(execution.substatement_type, "CREATE_DATABASE");
  EXPECT_EQ(execution.output_location, "s3://results/out/" + execution.id + ".txt");
  EXPECT_GT(execution.statistics.queue_ms, 0);
  EXPECT_GT(execution.statistics.engine_ms, 0);
  EXPECT_GE(execution.statistics.total_ms, execution.statistics.engine_ms);
  EXPECT_EQ(Read(execution.output_location), "");
  EXPECT_FALSE(Read(execution.output_location + ".metadata").empty());
}

TEST_F(QueryExecutionsTest, RefusesAtOnceWhatAthenaRefusesAtOnce) {
  EXPECT_EQ(executions_->Start(root_, {.text = "SHOW DATABASES"}).error().reason,
            Reason::kInvalidArgument);
  QueryRequest bad{.text = "SELECT FROM WHERE"};
  bad.results.output_location = "s3://results/";
  EXPECT_EQ(executions_->Start(root_, bad).error().reason, Reason::kSyntaxError);
  bad.text = "SHOW DATABASES";
  bad.workgroup = "nope";
  EXPECT_EQ(executions_->Start(root_, bad).error().message, "WorkGroup nope is not found.");
  bad.workgroup = "primary";
  bad.results.output_location = "http://x";
  EXPECT_EQ(executions_->Start(root_, bad).error().reason, Reason::kInvalidArgument);
}

TEST_F(QueryExecutionsTest, HivesSyntaxErrorsFailTheExecution) {
  const QueryExecution execution = Run("CREATE EXTERNAL TABLE t (");
  EXPECT_EQ(execution.state, QueryState::kFailed);
  ASSERT_TRUE(execution.failure);
  EXPECT_THAT(execution.failure->message, HasSubstr("ParseException"));
  EXPECT_EQ(execution.failure->category, 2);
}

TEST_F(QueryExecutionsTest, TheSameTokenStartsOnce) {
  QueryRequest request{.text = "SHOW DATABASES", .client_token = "token"};
  request.results.output_location = "s3://results/";
  const std::string first = executions_->Start(root_, request).value();
  EXPECT_EQ(executions_->Start(root_, request).value(), first);
  request.text = "SHOW SCHEMAS";
  EXPECT_EQ(executions_->Start(root_, request).error().reason, Reason::kInvalidArgument);
}

TEST_F(QueryExecutionsTest, HistoryIsNewestFirstInPages) {
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) ids.insert(ids.begin(), Run("SHOW DATABASES").id);
  const auto first = executions_->List(root_, "primary", "", 3).value();
  const auto second = executions_->List(root_, "primary", first.next, 3).value();
  auto listed = first.ids;
  listed.insert(listed.end(), second.ids.begin(), second.ids.end());
  EXPECT_EQ(listed, ids);
  EXPECT_EQ(second.next, "");
  Open();
  EXPECT_EQ(executions_->Get(root_, ids[0])->state, QueryState::kSucceeded);
}

TEST_F(QueryExecutionsTest, WhatARestartInterruptsHasFailed) {
  QueryExecution running{.id = "11111111-1111-4111-8111-111111111111",
                         .request = {.text = "SELECT 1"},
                         .state = QueryState::kRunning,
                         .submitted = clock_.Now()};
  ASSERT_TRUE(kv_->Update([&](kv::Transaction& transaction) -> Status {
    transaction.Put(kv::Column::kQueries, query_keys::Execution(running.id),
                    EncodeExecution(running));
    transaction.Put(kv::Column::kQueries, query_keys::Active(running.id), "");
    return {};
  }));
  Open();
  const auto found = executions_->Get(root_, running.id).value();
  EXPECT_EQ(found.state, QueryState::kFailed);
  EXPECT_EQ(found.failure->category, 1);
}

TEST_F(QueryExecutionsTest, EnforcedWorkgroupsDecideTheLocation) {
  Workgroup workgroup{.name = "wg"};
  workgroup.results.output_location = "s3://results/enforced/";
  ASSERT_TRUE(workgroups_->Create(root_, workgroup));
  QueryRequest request{.text = "SHOW DATABASES", .workgroup = "wg"};
  request.results.output_location = "s3://results/own/";
  const std::string id = executions_->Start(root_, request).value();
  EXPECT_THAT(executions_->Wait(root_, id, {})->output_location,
              testing::StartsWith("s3://results/enforced/"));
  EXPECT_EQ(workgroups_->Delete(root_, "wg", false).error().reason, Reason::kEntityInUse);
  EXPECT_TRUE(workgroups_->Delete(root_, "wg", true));
}

TEST_F(QueryExecutionsTest, PreparedStatementsLiveInTheWorkgroup) {
  EXPECT_EQ(Run("PREPARE p FROM SELECT ?").state, QueryState::kSucceeded);
  EXPECT_EQ(workgroups_->GetPrepared(root_, "primary", "p")->text, "SELECT ?");
  EXPECT_EQ(Run("DEALLOCATE PREPARE p").state, QueryState::kSucceeded);
  EXPECT_EQ(Run("EXECUTE p USING 1").state, QueryState::kFailed);
}

TEST_F(QueryExecutionsTest, ReadsRowsInPages) {
  const std::string csv = "\"a\",\"b\"\n\"x\"\"y\",\n\"line\nbreak\",\"\"\n";
  Put("s3://results/r.csv", csv);
  QueryExecution execution{.state = QueryState::kSucceeded,
                           .output_location = "s3://results/r.csv",
                           .form = ResultForm::kRows};
  const auto first = executions_->ReadRows(root_, execution, 0, 2).value();
  ASSERT_EQ(first.rows.size(), 2U);
  EXPECT_EQ(first.rows[1][0], "x\"y");
  EXPECT_EQ(first.rows[1][1], std::nullopt);
  const auto second = executions_->ReadRows(root_, execution, first.next, 2).value();
  ASSERT_EQ(second.rows.size(), 1U);
  EXPECT_EQ(second.rows[0][0], "line\nbreak");
  EXPECT_EQ(second.rows[0][1], "");
  EXPECT_EQ(second.next, 0U);
}

}  // namespace
}  // namespace owlet::jobs
