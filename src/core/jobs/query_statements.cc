#include <nanoarrow/nanoarrow.h>

#include <algorithm>
#include <chrono>
#include <utility>
#include <variant>

#include "base/ascii.h"
#include "core/jobs/athena_value_text.h"
#include "core/jobs/information_schema.h"
#include "core/jobs/result_files.h"
#include "core/jobs/statement_run.h"
#include "core/sql/parser.h"

namespace owlet::jobs {
namespace {

/// The catalog's views in front of the engine's tables: only here is SQL text understood.
class ViewsInFront final : public plan::RelationSource {
 public:
  ViewsInFront(std::unique_ptr<plan::RelationSource> tables, const catalog::Catalog& catalog,
               const access::Principal& principal, plan::SessionSettings session)
      : tables_(std::move(tables)),
        catalog_(catalog),
        principal_(principal),
        session_(std::move(session)) {}

  Result<plan::NamedRelation> FindTable(const std::vector<std::string>& name) override {
    catalog::TableName table_name{session_.current_database, ToLowerAscii(name.back())};
    if (name.size() == 3 && !EqualsIgnoringCase(name[0], "awsdatacatalog")) {
      return Fail(Reason::kAnalysisError, "Catalog '" + ToLowerAscii(name[0]) + "' not found",
                  "CATALOG_NOT_FOUND");
    }
    if (name.size() > 1) table_name.database = ToLowerAscii(name[name.size() - 2]);
    if (table_name.database == "information_schema") {
      OWLET_TRY(const auto rows, InformationSchema(catalog_, principal_, table_name.table));
      if (rows) return plan::ViewDefinition{.query = *rows, .settings = session_};
    }
    constexpr std::string_view kPartitions = "$partitions";
    if (table_name.table.ends_with(kPartitions)) {
      table_name.table.resize(table_name.table.size() - kPartitions.size());
      OWLET_TRY(const auto partitioned, catalog_.GetTable(principal_, table_name));
      if (partitioned.partition_keys.empty()) return tables_->FindTable(name);
      OWLET_TRY(auto rows, PartitionsRelation(catalog_, principal_, partitioned));
      return plan::ViewDefinition{.query = std::move(rows), .settings = session_};
    }
    const auto table = catalog_.GetTable(principal_, table_name);
    if (!table || !table->IsView()) return tables_->FindTable(name);
    OWLET_TRY(const PrestoView view, DecodePrestoView(table->view_original_text));
    OWLET_TRY(const sql::Statement statement, sql::ParseTrino(view.sql));
    const auto* query = std::get_if<sql::Query>(&statement.node);
    if (query == nullptr) {
      return Fail(Reason::kAnalysisError, "View text is no query", "INVALID_VIEW");
    }
    plan::ViewDefinition definition{.query = query->relation, .settings = session_};
    if (!view.database.empty()) definition.settings.current_database = view.database;
    return definition;
  }
  Result<std::shared_ptr<const plan::TableSource>> DescribeFiles(
      const plan::ReadFiles& read, const plan::SessionSettings& session) override {
    return tables_->DescribeFiles(read, session);
  }
  Result<plan::Schema> DescribeArrow(const std::string& arrow_ipc) override {
    return tables_->DescribeArrow(arrow_ipc);
  }
  Result<std::vector<std::vector<plan::Literal>>> Evaluate(const plan::NodePtr& query) override {
    return tables_->Evaluate(query);
  }

 private:
  std::unique_ptr<plan::RelationSource> tables_;
  const catalog::Catalog& catalog_;
  const access::Principal& principal_;
  plan::SessionSettings session_;
};

Status AppendRows(const engine::Batch& batch, const plan::Schema& schema,
                  ResultFileWriter& writer) {
  std::string value;
  std::string lines;
  for (std::int64_t row = 0; row < batch.num_rows(); ++row) {
    for (std::size_t i = 0; i < schema.size(); ++i) {
      if (i > 0) lines += ',';
      value.clear();
      if (AppendAthenaText(*batch.array().children[i], schema[i].type, batch.array().offset + row,
                           value)) {
        AppendCsvValue(value, lines);
      }
    }
    lines += '\n';
    if (lines.size() > (64 << 10)) {
      OWLET_CHECK_OK(writer.Append(lines));
      lines.clear();
    }
  }
  return writer.Append(lines);
}

}  // namespace

engine::ExecutionContext StatementRun::EngineContext() const {
  plan::SessionSettings session;
  session.dialect = plan::Dialect::kTrino;
  session.current_database = CurrentDatabase();
  session.user = principal().arn;
  session.query_start = context_.execution.submitted;
  return {.principal = context_.principal,
          .session = std::move(session),
          .stop = context_.stop,
          .query_id = context_.execution.id};
}

plan::RelationPtr StatementRun::Bound(const plan::RelationPtr& relation) const {
  if (parameters_.empty()) return relation;
  return plan::MakeRelation(plan::BindParameters{.input = relation, .positional = parameters_});
}

Result<plan::NodePtr> StatementRun::Resolve(const plan::RelationPtr& relation) {
  const auto start = std::chrono::steady_clock::now();
  const engine::ExecutionContext context = EngineContext();
  ViewsInFront source(runner_.engine_.Source(context), runner_.catalog_, principal(),
                      context.session);
  auto node = plan::Resolve(Bound(relation), context.session, source);
  planning_ms_ += std::chrono::duration_cast<std::chrono::milliseconds>(
                      std::chrono::steady_clock::now() - start)
                      .count();
  return node;
}

Result<StatementOutcome> StatementRun::Run(const sql::Query& statement) {
  OWLET_TRY(const plan::NodePtr node, Resolve(statement.relation));
  OWLET_TRY(auto stream, runner_.engine_.Execute(node, EngineContext()));
  OWLET_TRY(auto writer,
            ResultFileWriter::Begin(runner_.objects_, principal(), context_.execution, ".csv"));
  const plan::Schema& schema = stream->schema();
  StatementOutcome outcome;
  outcome.form = ResultForm::kRows;
  std::string header;
  for (std::size_t i = 0; i < schema.size(); ++i) {
    if (i > 0) header += ',';
    AppendCsvValue(schema[i].name, header);
    outcome.columns.push_back(DescribeColumn(schema[i].name, schema[i].type));
  }
  OWLET_CHECK_OK(writer.Append(header + "\n"));
  while (true) {
    OWLET_TRY(const auto batch, stream->Next());
    if (!batch) break;
    outcome.output_rows += batch->num_rows();
    OWLET_CHECK_OK(AppendRows(*batch, schema, writer));
    const auto scanned = static_cast<std::int64_t>(stream->progress().bytes_scanned);
    if (context_.bytes_scanned_cutoff && scanned > *context_.bytes_scanned_cutoff) {
      return Fail(Reason::kCancelled, "Query cancelled! : Bytes scanned limit was exceeded");
    }
  }
  const engine::QueryProgress progress = stream->progress();
  outcome.scanned_bytes = static_cast<std::int64_t>(progress.bytes_scanned);
  outcome.scanned_rows = static_cast<std::int64_t>(progress.rows_scanned);
  outcome.output_bytes = static_cast<std::int64_t>(writer.size());
  outcome.planning_ms = planning_ms_;
  OWLET_TRY(outcome.output_location, writer.Commit(".csv.metadata", outcome.columns));
  return outcome;
}

Result<StatementOutcome> StatementRun::Run(const sql::Explain& statement) {
  const auto* query = std::get_if<sql::Query>(&statement.statement->node);
  if (query == nullptr || statement.analyze) {
    return Fail(Reason::kNotImplemented,
                statement.analyze ? "EXPLAIN ANALYZE is not supported"
                                  : "EXPLAIN of a statement that is no query is not supported",
                "NOT_SUPPORTED");
  }
  OWLET_TRY(const plan::NodePtr node, Resolve(query->relation));
  if (EqualsIgnoringCase(statement.type, "VALIDATE")) return Text({"true"}, {"Valid"});
  OWLET_TRY(const std::string text, runner_.engine_.Explain(node, EngineContext()));
  return Text(SplitLines(text), {"Query Plan"});
}

Result<StatementOutcome> StatementRun::Run(const sql::Prepare& statement) {
  OWLET_CHECK_OK(runner_.workgroups_.PutPrepared(principal(),
                                                 {.name = statement.name,
                                                  .workgroup = context_.execution.request.workgroup,
                                                  .text = statement.text}));
  return Nothing();
}

Result<StatementOutcome> StatementRun::Run(const sql::Execute& statement) {
  std::string text;
  if (statement.immediate != nullptr) {
    OWLET_TRY(text, LiteralText(statement.immediate));
  } else {
    OWLET_TRY(const auto prepared,
              runner_.workgroups_.GetPrepared(principal(), context_.execution.request.workgroup,
                                              statement.name));
    text = prepared.text;
  }
  OWLET_TRY(const sql::Statement inner, sql::ParseAthena(text));
  if (std::holds_alternative<sql::Execute>(inner.node)) {
    return Fail(Reason::kAnalysisError, "EXECUTE of an EXECUTE is not supported", "NOT_SUPPORTED");
  }
  if (!statement.parameters.empty()) parameters_ = statement.parameters;
  return Dispatch(inner);
}

Result<StatementOutcome> StatementRun::Run(const sql::Deallocate& statement) {
  OWLET_CHECK_OK(runner_.workgroups_.DeletePrepared(
      principal(), context_.execution.request.workgroup, statement.name));
  return Nothing();
}

}  // namespace owlet::jobs
