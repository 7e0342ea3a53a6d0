#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "core/sql/statement.h"
#include "protocol/spark_connect/local_rows.h"
#include "protocol/spark_connect/new_table.h"
#include "protocol/spark_connect/plan_executor.h"

namespace spark::connect {
class Catalog;
}

namespace owlet::spark_connect {

/// What EXECUTE IMMEDIATE runs.
struct ImmediateStatement {
  std::string text;
  plan::BindParameters parameters;  // without an input
};

/// Runs Spark SQL's statements that are no queries: views, databases, settings, SHOW, DESCRIBE.
/// Their rows have Spark's columns. What is not here is kNotImplemented by its name. Used by one
/// thread.
class StatementRunner {
 public:
  StatementRunner(Services& services, std::shared_ptr<Session> session,
                  const engine::ExecutionContext& context)
      : services_(services), session_(std::move(session)), context_(context) {}

  [[nodiscard]] Result<LocalRows> Run(const sql::Statement& statement);
  /// What the statement's parameters stand for (spark.sql(text, args), EXECUTE IMMEDIATE .. USING).
  void SetParameters(plan::BindParameters parameters) { parameters_ = std::move(parameters); }
  /// The query with the statement's parameters.
  [[nodiscard]] plan::RelationPtr Bound(const plan::RelationPtr& query) const;
  /// Text and arguments of EXECUTE IMMEDIATE.
  [[nodiscard]] Result<ImmediateStatement> ReadImmediate(const sql::Execute& execute);
  /// Gives the variables the values of a query's one row.
  [[nodiscard]] Status AssignRow(const std::vector<sql::Name>& names,
                                 const plan::RelationPtr& query);
  /// A call of spark.catalog; its rows are what the client reads by position.
  [[nodiscard]] Result<LocalRows> Catalog(const ::spark::connect::Catalog& request);

  // One a statement; those not named here fall to the template.
  [[nodiscard]] Result<LocalRows> Apply(const sql::CreateView& view);
  [[nodiscard]] Result<LocalRows> Apply(const sql::DropView& drop);
  [[nodiscard]] Result<LocalRows> Apply(const sql::UseDatabase& use);
  [[nodiscard]] Result<LocalRows> Apply(const sql::CreateDatabase& create);
  [[nodiscard]] Result<LocalRows> Apply(const sql::DropDatabase& drop);
  [[nodiscard]] Result<LocalRows> Apply(const sql::CreateTable& create);
  [[nodiscard]] Result<LocalRows> Apply(const sql::Insert& insert);
  [[nodiscard]] Result<LocalRows> Apply(const sql::DropTable& drop);
  [[nodiscard]] Result<LocalRows> Apply(const sql::ShowDatabases& show);
  [[nodiscard]] Result<LocalRows> Apply(const sql::ShowTables& show);
  [[nodiscard]] Result<LocalRows> Apply(const sql::ShowColumns& show);
  [[nodiscard]] Result<LocalRows> Apply(const sql::Describe& describe);
  [[nodiscard]] Result<LocalRows> Apply(const sql::SetConfig& set);
  [[nodiscard]] Result<LocalRows> Apply(const sql::ResetConfig& reset);
  [[nodiscard]] Result<LocalRows> Apply(const sql::SetTimeZone& set);
  [[nodiscard]] Result<LocalRows> Apply(const sql::CacheTable& cache);
  [[nodiscard]] Result<LocalRows> Apply(const sql::UncacheTable& uncache);
  [[nodiscard]] Result<LocalRows> Apply(const sql::ClearCache& clear);
  [[nodiscard]] Result<LocalRows> Apply(const sql::RefreshTable& refresh);
  [[nodiscard]] Result<LocalRows> Apply(const sql::RefreshPath& refresh);
  [[nodiscard]] Result<LocalRows> Apply(const sql::Explain& explain);
  [[nodiscard]] Result<LocalRows> Apply(const sql::ShowCurrentNamespace& show);
  [[nodiscard]] Result<LocalRows> Apply(const sql::AlterTable& alter);
  [[nodiscard]] Result<LocalRows> Apply(const sql::AlterDatabase& alter);
  [[nodiscard]] Result<LocalRows> Apply(const sql::TruncateTable& truncate);
  [[nodiscard]] Result<LocalRows> Apply(const sql::RepairTable& repair);
  [[nodiscard]] Result<LocalRows> Apply(const sql::ShowPartitions& show);
  [[nodiscard]] Result<LocalRows> Apply(const sql::ShowTableProperties& show);
  [[nodiscard]] Result<LocalRows> Apply(const sql::ShowCreate& show);
  [[nodiscard]] Result<LocalRows> Apply(const sql::ShowFunctions& show);
  [[nodiscard]] Result<LocalRows> Apply(const sql::ShowCatalogs& show);
  [[nodiscard]] Result<LocalRows> Apply(const sql::ShowViews& show);
  [[nodiscard]] Result<LocalRows> Apply(const sql::CommentOn& comment);
  [[nodiscard]] Result<LocalRows> Apply(const sql::AnalyzeTable& analyze);
  [[nodiscard]] Result<LocalRows> Apply(const sql::Update& update);
  [[nodiscard]] Result<LocalRows> Apply(const sql::Delete& statement);
  [[nodiscard]] Result<LocalRows> Apply(const sql::Merge& merge);
  [[nodiscard]] Result<LocalRows> Apply(const sql::CreateTableLike& like);
  [[nodiscard]] Result<LocalRows> Apply(const sql::DeclareVariables& declare);
  [[nodiscard]] Result<LocalRows> Apply(const sql::SetVariables& set);
  [[nodiscard]] Result<LocalRows> Apply(const sql::DropVariable& drop);
  [[nodiscard]] Result<LocalRows> Apply(const sql::NotImplemented& statement);

 private:
  struct Values {
    plan::Schema schema;
    std::vector<std::vector<plan::Literal>> rows;
  };
  [[nodiscard]] Result<Values> Evaluate(const plan::RelationPtr& relation);
  [[nodiscard]] Result<Values> Evaluate(std::vector<plan::ExpressionPtr> expressions);
  [[nodiscard]] Result<plan::Schema> SchemaOfTable(const sql::Name& name);
  /// None where it is not there; `default` always is.
  [[nodiscard]] Result<std::optional<catalog::Database>> FindDatabase(const std::string& name);
  [[nodiscard]] Result<LocalRows> ListTables(const std::string& database,
                                             const std::string& pattern, bool views_only);
  [[nodiscard]] Result<LocalRows> DescribeTable(const sql::Name& name);
  [[nodiscard]] Result<LocalRows> ListColumns(const sql::Name& name);
  [[nodiscard]] Result<LocalRows> ListFunctions(const std::string& pattern);
  [[nodiscard]] Result<LocalRows> DescribeExtended(const sql::Name& name);
  [[nodiscard]] Result<LocalRows> DescribeColumn(const sql::Describe& describe);
  [[nodiscard]] Result<LocalRows> DescribeDatabase(const sql::Name& name, bool extended);
  [[nodiscard]] Result<LocalRows> DescribeFunction(const sql::Name& name);
  /// What CREATE TABLE says: the table, and its columns.
  [[nodiscard]] Result<NewTable> Wanted(const sql::CreateTable& create, plan::Schema& schema);
  [[nodiscard]] Result<LocalRows> InsertDirectory(const sql::Insert& insert);
  /// The table or view that a statement would change, as messages name it.
  [[nodiscard]] Result<std::string> TargetOf(const sql::Name& name);
  /// "`spark_catalog`.`db`.`t`", in the current database where the name has none.
  [[nodiscard]] std::string QuotedName(const sql::Name& name) const;
  [[nodiscard]] Status CreateStoredView(const sql::CreateView& view);
  [[nodiscard]] Status CheckTemporary(const sql::CreateView& view, const std::string& quoted);

  // table_changes.cc
  /// Where Spark says that it looked for a table that is not there.
  enum class SearchScope : std::uint8_t { kQuery, kCommand, kDrop };
  [[nodiscard]] std::unexpected<Error> NotFound(const sql::Name& name, SearchScope scope) const;
  [[nodiscard]] Result<catalog::Table> TableOf(const sql::Name& name,
                                               SearchScope scope = SearchScope::kCommand);
  [[nodiscard]] Status DropPartition(const catalog::Table& table,
                                     const catalog::Partition& partition);
  /// The values of a clause that names one of the partitions.
  [[nodiscard]] Result<std::vector<std::string>> PartitionNamed(
      const catalog::Table& table, const sql::PartitionSpec& spec,
      const std::vector<catalog::Partition>& partitions) const;
  [[nodiscard]] Result<std::vector<catalog::Partition>> PartitionsOf(const catalog::Table& table);
  [[nodiscard]] Status EditCatalog(const std::function<Status(catalog::CatalogEdit&)>& body);
  [[nodiscard]] Status Recover(const catalog::Table& table, bool add, bool drop);
  [[nodiscard]] Status DropWithFiles(const catalog::Table& table);
  // One an action of ALTER TABLE.
  [[nodiscard]] Status Change(const catalog::Table& table, const sql::AddPartitions& add);
  [[nodiscard]] Status Change(const catalog::Table& table, const sql::DropPartitions& drop);
  [[nodiscard]] Status Change(const catalog::Table& table, const sql::RenamePartition& rename);
  [[nodiscard]] Status Change(const catalog::Table& table, const sql::RecoverPartitions& recover);
  [[nodiscard]] Status Change(catalog::Table table, const sql::AddColumns& add);
  [[nodiscard]] Status Change(catalog::Table table, const sql::ChangeColumn& change);
  [[nodiscard]] Status Change(const catalog::Table& table, const sql::RenameColumn& rename);
  [[nodiscard]] Status Change(const catalog::Table& table, const sql::DropColumns& drop);
  [[nodiscard]] Status Change(const catalog::Table& table, const sql::ReplaceColumns& replace);
  [[nodiscard]] Status Change(const catalog::Table& table, const sql::RenameTable& rename);
  [[nodiscard]] Status Change(catalog::Table table, const sql::SetLocation& set);
  [[nodiscard]] Status Change(catalog::Table table, const sql::SetTableProperties& set);
  [[nodiscard]] Status Change(catalog::Table table, const sql::UnsetTableProperties& unset);
  [[nodiscard]] Status Change(catalog::Table table, const sql::SetSerde& set);

  Services& services_;
  std::shared_ptr<Session> session_;
  const engine::ExecutionContext& context_;
  plan::BindParameters parameters_;  // without an input
};

/// A field's metadata with that default, or without one.
[[nodiscard]] std::string MetadataWithDefault(const std::string& metadata,
                                              const std::optional<std::string>& text);

/// Spark's pattern of SHOW: `*` any characters, `|` alternatives, without case.
[[nodiscard]] bool MatchesShowPattern(std::string_view name, std::string_view pattern);

[[nodiscard]] std::unexpected<Error> SchemaNotFound(const std::string& name);

}  // namespace owlet::spark_connect
