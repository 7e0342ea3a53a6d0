#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "core/sql/statement.h"
#include "protocol/spark_connect/local_rows.h"
#include "protocol/spark_connect/plan_executor.h"

namespace spark::connect {
class Catalog;
}

namespace owlet::spark_connect {

/// Runs Spark SQL's statements that are no queries: views, databases, settings, SHOW, DESCRIBE.
/// Their rows have Spark's columns. What is not here is kNotImplemented by its name. Used by one
/// thread.
class StatementRunner {
 public:
  StatementRunner(Services& services, std::shared_ptr<Session> session,
                  const engine::ExecutionContext& context)
      : services_(services), session_(std::move(session)), context_(context) {}

  [[nodiscard]] Result<LocalRows> Run(const sql::Statement& statement);
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
  [[nodiscard]] Result<LocalRows> Apply(const sql::NotImplemented& statement);

 private:
  [[nodiscard]] Result<plan::Schema> SchemaOfTable(const sql::Name& name);
  /// None where it is not there; `default` always is.
  [[nodiscard]] Result<std::optional<catalog::Database>> FindDatabase(const std::string& name);
  [[nodiscard]] Result<LocalRows> ListTables(const std::string& database,
                                             const std::string& pattern, bool views_only);
  [[nodiscard]] Result<LocalRows> DescribeTable(const sql::Name& name);
  [[nodiscard]] Result<LocalRows> ListColumns(const sql::Name& name);

  Services& services_;
  std::shared_ptr<Session> session_;
  const engine::ExecutionContext& context_;
};

/// Spark's pattern of SHOW: `*` any characters, `|` alternatives, without case.
[[nodiscard]] bool MatchesShowPattern(std::string_view name, std::string_view pattern);

[[nodiscard]] std::unexpected<Error> SchemaNotFound(const std::string& name);
[[nodiscard]] std::unexpected<Error> TableNotFound(const sql::Name& name);

}  // namespace owlet::spark_connect
