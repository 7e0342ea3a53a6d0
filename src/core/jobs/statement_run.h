#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/catalog/catalog.h"
#include "core/engine/engine.h"
#include "core/jobs/statement_runner.h"
#include "core/plan/relation.h"
#include "core/plan/resolver.h"
#include "core/sql/statement.h"

namespace owlet::jobs {

/// One run of one statement: a function a kind of statement, in files by theme. Internal to
/// StatementRunner. Not thread-safe.
class StatementRun {
 public:
  StatementRun(StatementRunner& runner, const StatementContext& context)
      : runner_(runner), context_(context) {}

  [[nodiscard]] Result<StatementOutcome> Dispatch(const sql::Statement& statement);

 private:
  using Outcome = Result<StatementOutcome>;

  // query_statements.cc
  [[nodiscard]] Outcome Run(const sql::Query& statement);
  [[nodiscard]] Outcome Run(const sql::Explain& statement);
  [[nodiscard]] Outcome Run(const sql::Prepare& statement);
  [[nodiscard]] Outcome Run(const sql::Execute& statement);
  [[nodiscard]] Outcome Run(const sql::Deallocate& statement);
  [[nodiscard]] Result<plan::NodePtr> Resolve(const plan::RelationPtr& relation);
  [[nodiscard]] engine::ExecutionContext EngineContext() const;
  [[nodiscard]] plan::RelationPtr Bound(const plan::RelationPtr& relation) const;

  // write_statements.cc
  [[nodiscard]] Outcome Run(const sql::CreateTableAs& statement);
  [[nodiscard]] Outcome Run(const sql::Insert& statement);
  [[nodiscard]] Outcome Run(const sql::Unload& statement);
  /// The manifest of written files, named `<folder><id>-manifest.csv`.
  [[nodiscard]] Outcome FinishWrite(const engine::WriteResult& written, std::string_view folder);

  // view_statements.cc
  [[nodiscard]] Outcome Run(const sql::CreateView& statement);
  [[nodiscard]] Outcome Run(const sql::DropView& statement);
  [[nodiscard]] Outcome ShowCreateView(const catalog::Table& table);

  // ddl_statements.cc
  [[nodiscard]] Outcome Run(const sql::CreateDatabase& statement);
  [[nodiscard]] Outcome Run(const sql::AlterDatabase& statement);
  [[nodiscard]] Outcome Run(const sql::DropDatabase& statement);
  [[nodiscard]] Outcome Run(const sql::CreateTable& statement);
  [[nodiscard]] Outcome Run(const sql::DropTable& statement);

  // alter_table.cc
  [[nodiscard]] Outcome Run(const sql::AlterTable& statement);
  [[nodiscard]] Outcome Run(const sql::RepairTable& statement);

  // show_statements.cc
  [[nodiscard]] Outcome Run(const sql::ShowDatabases& statement);
  [[nodiscard]] Outcome Run(const sql::ShowTables& statement);
  [[nodiscard]] Outcome Run(const sql::ShowViews& statement);
  [[nodiscard]] Outcome Run(const sql::ShowColumns& statement);
  [[nodiscard]] Outcome Run(const sql::ShowPartitions& statement);
  [[nodiscard]] Outcome Run(const sql::ShowCreate& statement);
  [[nodiscard]] Outcome Run(const sql::ShowTableProperties& statement);
  [[nodiscard]] Outcome Run(const sql::Describe& statement);

  [[nodiscard]] Outcome Run(const sql::NotImplemented& statement);

  /// Everything that Athena does not have, or owlet not yet.
  template <class Other>
  [[nodiscard]] Outcome Run(const Other&) {
    return Fail(Reason::kNotImplemented, "Queries of this type are not supported", "NOT_SUPPORTED");
  }

  /// The result of DDL: lines of text under the given columns.
  [[nodiscard]] Outcome Text(const std::vector<std::string>& lines,
                             std::vector<std::string> columns);
  [[nodiscard]] Outcome Nothing() { return Text({}, {}); }

  /// Database and table of 1 to 3 parts. kNotImplemented for another catalog.
  [[nodiscard]] Result<catalog::TableName> ResolveName(const sql::Name& name) const;
  [[nodiscard]] Result<std::string> ResolveDatabase(const sql::Name& name) const;
  [[nodiscard]] std::string CurrentDatabase() const;
  /// The table of a Hive statement, or Hive's words for none.
  [[nodiscard]] Result<catalog::Table> FindTable(const sql::Name& name) const;
  [[nodiscard]] const access::Principal& principal() const { return *context_.principal; }

  StatementRunner& runner_;
  const StatementContext& context_;
  std::int64_t planning_ms_ = 0;
  /// Values for `?`, from EXECUTE or ExecutionParameters.
  std::vector<plan::ExpressionPtr> parameters_;
};

/// Turns a catalog's error into Hive's: "FAILED: Execution Error, return code 1 from ...DDLTask.
/// ...".
[[nodiscard]] Error HiveError(const Error& error);
/// Also of a Status: `return HiveStatus(catalog.Edit(...))`.
[[nodiscard]] Status HiveStatus(Status status);

/// The value of a literal in a partition spec or property as text; kInvalidArgument for
/// expressions.
[[nodiscard]] Result<std::string> LiteralText(const plan::ExpressionPtr& expression);
/// ARRAY['a', 'b'] as texts.
[[nodiscard]] Result<std::vector<std::string>> LiteralTexts(const plan::ExpressionPtr& expression);

/// The values of `spec` in the order of the table's keys. Errors: kInvalidArgument when one is
/// missing or no key.
[[nodiscard]] Result<std::vector<std::string>> PartitionValues(const catalog::Table& table,
                                                               const sql::PartitionSpec& spec);

/// Whether a name matches Hive's pattern: `*` for any text, `|` between alternatives, without case.
[[nodiscard]] bool MatchesHivePattern(std::string_view name, std::string_view pattern);

// show_create.cc: texts of SHOW CREATE TABLE and DESCRIBE, one string a line.
[[nodiscard]] std::vector<std::string> ShowCreateTableLines(const catalog::Table& table);
[[nodiscard]] std::vector<std::string> DescribeLines(const catalog::Table& table);
/// `partition` may be null: then of the table.
[[nodiscard]] std::vector<std::string> DescribeExtendedLines(const catalog::Table& table,
                                                             const catalog::Partition* partition);
[[nodiscard]] std::vector<std::string> DescribeFormattedLines(const catalog::Table& table,
                                                              const catalog::Partition* partition);

/// The lines of a text.
[[nodiscard]] std::vector<std::string> SplitLines(std::string_view text);

/// A table's text as Athena keeps views: "/* Presto View: <base64 of JSON> */".
[[nodiscard]] std::string EncodePrestoView(std::string_view sql, std::string_view database,
                                           const plan::Schema& columns);
/// The SQL of such a text and the database it was made in. kInvalidArgument.
struct PrestoView {
  std::string sql;
  std::string database;
};
[[nodiscard]] Result<PrestoView> DecodePrestoView(std::string_view text);

}  // namespace owlet::jobs
