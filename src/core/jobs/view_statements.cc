#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/encoding.h"
#include "core/catalog/hive_types.h"
#include "core/jobs/statement_run.h"
#include "core/plan/type_names.h"

namespace owlet::jobs {
namespace {

constexpr std::string_view kViewStart = "/* Presto View: ";
constexpr std::string_view kViewEnd = " */";

/// A view's column in the catalog: its Hive type, or string for a type that Hive does not have.
std::vector<catalog::Column> ViewColumns(const plan::Schema& schema) {
  std::vector<catalog::Column> columns;
  for (const plan::Field& field : schema) {
    columns.push_back(
        {.name = field.name, .type = catalog::FormatHiveType(field.type).value_or("string")});
  }
  return columns;
}

}  // namespace

std::string EncodePrestoView(std::string_view sql, std::string_view database,
                             const plan::Schema& columns) {
  nlohmann::json view = {{"originalSql", sql},
                         {"catalog", "awsdatacatalog"},
                         {"schema", database},
                         {"columns", nlohmann::json::array()}};
  for (const plan::Field& column : columns) {
    view["columns"].push_back({{"name", column.name}, {"type", plan::TrinoTypeName(column.type)}});
  }
  // A statement's text may hold bytes that are no UTF-8: they must not stop the write.
  const std::string json = view.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return fmt::format("{}{}{}", kViewStart, EncodeBase64(json), kViewEnd);
}

Result<PrestoView> DecodePrestoView(std::string_view text) {
  const auto bad = [] {
    return Fail(Reason::kInvalidArgument, "The view's text in the catalog is no view of Athena's",
                "INVALID_VIEW");
  };
  if (!text.starts_with(kViewStart) || !text.ends_with(kViewEnd)) return bad();
  text.remove_prefix(kViewStart.size());
  text.remove_suffix(kViewEnd.size());
  const auto json = DecodeBase64(text);
  if (!json) return bad();
  const auto view = nlohmann::json::parse(*json, nullptr, false);
  if (!view.is_object() || !view.contains("originalSql") || !view["originalSql"].is_string()) {
    return bad();
  }
  PrestoView result{.sql = view["originalSql"].get<std::string>(), .database = {}};
  if (view.contains("schema") && view["schema"].is_string()) {
    result.database = view["schema"].get<std::string>();
  }
  return result;
}

Result<StatementOutcome> StatementRun::Run(const sql::CreateView& statement) {
  OWLET_TRY(const auto name, ResolveName(statement.name));
  OWLET_TRY(const plan::NodePtr node, Resolve(statement.query));
  const plan::Schema schema = plan::SchemaOf(*node);
  for (std::size_t i = 0; i < schema.size(); ++i) {
    if (schema[i].name != fmt::format("_col{}", i)) continue;
    Error error{Reason::kAnalysisError,
                fmt::format("Column name not specified at position {}", i + 1),
                "MISSING_COLUMN_NAME"};
    error.span = SourceSpan{};
    return Fail(std::move(error));
  }
  catalog::Table view;
  view.database = name.database;
  view.name = name.table;
  view.table_type = "VIRTUAL_VIEW";
  view.description = statement.comment.value_or("");
  view.storage.emplace().columns = ViewColumns(schema);
  view.storage->serde.emplace();
  view.view_original_text = EncodePrestoView(statement.query_text, CurrentDatabase(), schema);
  view.view_expanded_text = "/* Presto View */";
  view.parameters = {{"comment", "Presto View"}, {"presto_view", "true"}};
  OWLET_CHECK_OK(runner_.catalog_.Edit(principal(), [&](catalog::CatalogEdit& edit) -> Status {
    const auto before = edit.GetTable(name);
    if (!before && before.error().reason == Reason::kDatabaseNotFound) {
      return Fail(Reason::kDatabaseNotFound, fmt::format("Schema {} does not exist", name.database),
                  "SCHEMA_NOT_FOUND");
    }
    if (!before) return edit.CreateTable(view);
    if (!before->IsView()) {
      return Fail(Reason::kEntityExists,
                  fmt::format("View already exists: 'awsdatacatalog.{}.{}' is a table",
                              name.database, name.table),
                  "TABLE_ALREADY_EXISTS");
    }
    if (!statement.or_replace) {
      return Fail(
          Reason::kEntityExists,
          fmt::format("View already exists: 'awsdatacatalog.{}.{}'", name.database, name.table),
          "ALREADY_EXISTS");
    }
    return edit.UpdateTable(view, {});
  }));
  return Nothing();
}

Result<StatementOutcome> StatementRun::Run(const sql::DropView& statement) {
  OWLET_TRY(const auto name, ResolveName(statement.name));
  const Status dropped =
      runner_.catalog_.Edit(principal(), [&](catalog::CatalogEdit& edit) -> Status {
        const auto before = edit.GetTable(name);
        if (before && before->IsView()) return edit.DeleteTable(name);
        if (before) {
          return Fail(Reason::kTableNotFound,
                      "FAILED: SemanticException [Error 10016]: Cannot drop a base table with DROP "
                      "VIEW");
        }
        if (statement.if_exists) return {};
        return Fail(Reason::kTableNotFound,
                    fmt::format("FAILED: SemanticException [Error 10001]: Table not found {}.{}",
                                name.database, name.table));
      });
  if (!dropped) return std::unexpected(HiveError(dropped.error()));
  return Nothing();
}

Result<StatementOutcome> StatementRun::ShowCreateView(const catalog::Table& table) {
  OWLET_TRY(const PrestoView view, DecodePrestoView(table.view_original_text));
  std::vector<std::string> lines = {
      fmt::format("CREATE VIEW {}.{} AS", table.database, table.name)};
  for (std::string& line : SplitLines(view.sql)) lines.push_back(std::move(line));
  return Text(lines, {"Create View"});
}

}  // namespace owlet::jobs
