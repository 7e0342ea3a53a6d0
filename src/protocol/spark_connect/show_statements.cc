#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <ctime>

#include "base/ascii.h"
#include "core/catalog/hive_types.h"
#include "core/engine/place_path.h"
#include "core/engine/spark_table_source.h"
#include "core/plan/functions.h"
#include "core/plan/type_names.h"
#include "protocol/spark_connect/insert_rows.h"
#include "protocol/spark_connect/partition_spec.h"
#include "protocol/spark_connect/sql_statements.h"

// SHOW and DESCRIBE of what the catalog knows of tables, views, databases and functions.

namespace owlet::spark_connect {

using plan::Literal;

namespace {

plan::Field Text(std::string name, bool nullable = false) {
  return {std::move(name), plan::Type::Varchar(), nullable, ""};
}

LocalRows TextRows(std::vector<plan::Field> schema) { return {std::move(schema), {}}; }

void Add(LocalRows& rows, std::vector<std::string> texts) {
  std::vector<Literal> row;
  for (std::string& text : texts) row.push_back(Literal::String(std::move(text)));
  rows.rows.push_back(std::move(row));
}

bool IsOwn(const std::string& key) {
  return key == "EXTERNAL" || key == "numFiles" || key == "totalSize" ||
         key == "transient_lastDdlTime" || key.starts_with("spark.sql.") ||
         key.starts_with("view.");
}

std::string ProviderOf(const catalog::Table& table) {
  const auto found = table.parameters.find(engine::kSparkProviderParameter);
  if (found != table.parameters.end()) return found->second;
  return "hive";
}

std::string CommentOf(const catalog::Table& table, const std::string& column) {
  for (const auto* columns : {&table.Columns(), &table.partition_keys}) {
    for (const catalog::Column& one : *columns) {
      if (EqualsIgnoringCase(one.name, column)) return one.comment;
    }
  }
  return "";
}

std::string UpperCase(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return text;
}

std::string SqlText(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "'";
}

std::string KeyList(const catalog::Table& table) {
  std::string keys;
  for (const catalog::Column& key : table.partition_keys) {
    keys += (keys.empty() ? "" : ", ") + key.name;
  }
  return keys;
}

/// "STRING COLLATE UTF8_BINARY" at each depth, as Spark 4.3 writes columns; char(n) as declared.
std::string ColumnType(const catalog::Table& table, const plan::Field& field) {
  std::string type = plan::SparkSqlName(field.type);
  for (const auto* columns : {&table.Columns(), &table.partition_keys}) {
    for (const catalog::Column& column : *columns) {
      const bool sized = column.type.starts_with("char(") || column.type.starts_with("varchar(");
      if (sized && EqualsIgnoringCase(column.name, field.name)) type = UpperCase(column.type);
    }
  }
  constexpr std::string_view kWord = "STRING";
  for (std::size_t at = type.find(kWord); at != std::string::npos; at = type.find(kWord, at + 1)) {
    type.insert(at + kWord.size(), " COLLATE UTF8_BINARY");
  }
  return type;
}

/// What the table's reader was given.
std::string OptionList(const catalog::Table& table) {
  catalog::Properties options;
  if (table.parameters.contains(engine::kSparkProviderParameter) && table.storage->serde) {
    options = table.storage->serde->parameters;
    for (const char* own : {"serialization.format", "field.delim", "path"}) options.erase(own);
  }
  std::string text;
  for (const auto& [key, value] : options) {
    text += fmt::format("{}  {} = {}", text.empty() ? "" : ",\n", SqlText(key), SqlText(value));
  }
  return text;
}

std::string PropertyList(const catalog::Properties& properties) {
  std::string text;
  for (const auto& [key, value] : properties) {
    if (IsOwn(key)) continue;
    text += fmt::format("{}  {} = {}", text.empty() ? "" : ",\n", SqlText(key), SqlText(value));
  }
  return text;
}

}  // namespace

Result<LocalRows> StatementRunner::Apply(const sql::ShowPartitions& show) {
  OWLET_TRY(const catalog::Table table, TableOf(show.table));
  if (table.IsView()) {
    return Fail(
        Error{.reason = Reason::kAnalysisError,
              .message = "a view has no partitions",
              .condition = "EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE",
              .parameters = {{"viewName", QuotedTable(table)}, {"operation", "SHOW PARTITIONS"}}});
  }
  if (table.partition_keys.empty()) {
    return Fail(Error{.reason = Reason::kAnalysisError,
                      .message = "the table has no partitions: " + table.name,
                      .condition = "INVALID_PARTITION_OPERATION.PARTITION_SCHEMA_IS_EMPTY",
                      .parameters = {{"name", fmt::format("`spark_catalog`.`{}`.`{}`",
                                                          table.database, table.name)}}});
  }
  OWLET_TRY(const auto wanted, ReadPartitionSpec(table, show.partition));
  OWLET_TRY(const auto partitions, PartitionsOf(table));
  LocalRows rows = TextRows({Text("partition")});
  for (const catalog::Partition& partition : partitions) {
    bool fits = true;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      fits = fits && (!wanted[i] || *wanted[i] == partition.values[i]);
    }
    if (fits) Add(rows, {catalog::PartitionName(table.partition_keys, partition.values)});
  }
  return rows;
}

Result<LocalRows> StatementRunner::Apply(const sql::ShowTableProperties& show) {
  if (session_->FindView(show.table)) return TextRows({Text("key"), Text("value")});
  OWLET_TRY(const catalog::Table table, TableOf(show.table));
  LocalRows rows = TextRows({Text("key"), Text("value")});
  if (show.key) {
    const auto found = table.parameters.find(*show.key);
    Add(rows, {*show.key, found != table.parameters.end()
                              ? found->second
                              : fmt::format("Table spark_catalog.{}.{} does not have property: {}",
                                            table.database, table.name, *show.key)});
    return rows;
  }
  for (const auto& [key, value] : table.parameters) {
    if (!IsOwn(key)) Add(rows, {key, value});
  }
  return rows;
}

Result<LocalRows> StatementRunner::Apply(const sql::ShowCreate& show) {
  if (session_->FindView(show.name)) {
    return Fail(Error{.reason = Reason::kAnalysisError,
                      .message = "a temporary view has no text",
                      .condition = "EXPECT_PERMANENT_VIEW_NOT_TEMP",
                      .parameters = {{"viewName", fmt::format("`{}`", show.name.back())},
                                     {"operation", "SHOW CREATE TABLE"}}});
  }
  OWLET_TRY(const catalog::Table table, TableOf(show.name));
  OWLET_TRY(const plan::Schema schema, SchemaOfTable({table.database, table.name}));
  std::string text =
      table.IsView()
          ? fmt::format("CREATE VIEW {}.{} (\n", table.database, table.name)
          : fmt::format("CREATE TABLE spark_catalog.{}.{} (\n", table.database, table.name);
  for (std::size_t i = 0; i < schema.size(); ++i) {
    text += "  " + schema[i].name + (table.IsView() ? "" : " " + ColumnType(table, schema[i]));
    const std::string comment = CommentOf(table, schema[i].name);
    if (!comment.empty()) text += " COMMENT " + SqlText(comment);
    text += i + 1 < schema.size() ? ",\n" : ")\n";
  }
  const std::string properties = PropertyList(table.parameters);
  if (table.IsView()) {
    if (!table.description.empty()) text += "COMMENT " + SqlText(table.description) + "\n";
    if (!properties.empty()) text += fmt::format("TBLPROPERTIES (\n{})\n", properties);
    text += "WITH SCHEMA COMPENSATION\nAS " + table.view_original_text + "\n";
  } else {
    text += "USING " + ProviderOf(table) + "\n";
    const std::string options = OptionList(table);
    if (!options.empty()) text += fmt::format("OPTIONS (\n{})\n", options);
    if (!table.partition_keys.empty()) {
      text += fmt::format("PARTITIONED BY ({})\n", KeyList(table));
    }
    if (table.table_type != "MANAGED_TABLE" && table.storage) {
      text += "LOCATION " + SqlText(table.storage->location) + "\n";
    }
    if (!table.description.empty()) text += "COMMENT " + SqlText(table.description) + "\n";
    if (!properties.empty()) text += fmt::format("TBLPROPERTIES (\n{})\n", properties);
  }
  LocalRows rows = TextRows({Text("createtab_stmt")});
  Add(rows, {text});
  return rows;
}

Result<LocalRows> StatementRunner::Apply(const sql::ShowFunctions& show) {
  LocalRows rows = TextRows({Text("function")});
  if (show.scope == "USER") return rows;
  for (const std::string_view name : plan::FunctionTable::Of(plan::Dialect::kSpark).Names()) {
    if (name.find('.') != std::string_view::npos) continue;
    if (show.pattern && !MatchesShowPattern(name, *show.pattern)) continue;
    Add(rows, {std::string(name)});
  }
  return rows;
}

Result<LocalRows> StatementRunner::Apply(const sql::ShowCatalogs& show) {
  LocalRows rows = TextRows({Text("catalog")});
  if (!show.pattern || MatchesShowPattern("spark_catalog", *show.pattern)) {
    Add(rows, {"spark_catalog"});
  }
  return rows;
}

Result<LocalRows> StatementRunner::Apply(const sql::ShowViews& show) {
  const std::string database =
      show.database.empty() ? context_.session.current_database : show.database.back();
  LocalRows rows{{Text("namespace"),
                  Text("viewName"),
                  {"isTemporary", plan::Type(plan::TypeId::kBoolean), false, ""}},
                 {}};
  const auto add = [&](const std::string& space, const std::string& name, bool temporary) {
    if (show.pattern && !MatchesShowPattern(name, *show.pattern)) return;
    rows.rows.push_back(
        {Literal::String(space), Literal::String(name), Literal::Boolean(temporary)});
  };
  catalog::PageRequest request;
  do {
    auto page = services_.catalog.ListTables(*context_.principal, database, request);
    if (!page && page.error().reason == Reason::kDatabaseNotFound) break;
    if (!page) return Fail(page.error());
    for (const catalog::Table& table : page->items) {
      if (table.IsView()) add(table.database, table.name, false);
    }
    request.token = page->next;
  } while (!request.token.empty());
  if (EqualsIgnoringCase(database, "global_temp")) {
    for (const std::string& view : session_->global_views().Names()) add("global_temp", view, true);
  }
  for (const std::string& view : session_->ViewNames()) add("", view, true);
  return rows;
}

// DESCRIBE t c: the column alone; owlet keeps no statistics of columns.
Result<LocalRows> StatementRunner::DescribeColumn(const sql::Describe& describe) {
  OWLET_TRY(const plan::Schema schema, SchemaOfTable(describe.name));
  const std::string& name = describe.column.back();
  const auto field = std::ranges::find_if(
      schema, [&](const plan::Field& one) { return EqualsIgnoringCase(one.name, name); });
  if (field == schema.end() || describe.column.size() != 1) {
    return Fail(Error{.reason = Reason::kAnalysisError,
                      .message = "no such column: " + name,
                      .condition = "COLUMN_NOT_FOUND",
                      .parameters = {{"colName", fmt::format("`{}`", name)},
                                     {"caseSensitiveConfig", "\"spark.sql.caseSensitive\""}}});
  }
  std::string comment;
  if (!session_->FindView(describe.name)) {
    OWLET_TRY(const catalog::Table table, TableOf(describe.name));
    comment = CommentOf(table, field->name);
  }
  LocalRows rows = TextRows({Text("info_name"), Text("info_value")});
  Add(rows, {"col_name", field->name});
  Add(rows, {"data_type", plan::SparkTypeName(field->type)});
  Add(rows, {"comment", comment.empty() ? "NULL" : comment});
  if (!describe.extended && !describe.formatted) return rows;
  for (const char* statistic :
       {"min", "max", "num_nulls", "distinct_count", "avg_col_len", "max_col_len", "histogram"}) {
    Add(rows, {statistic, "NULL"});
  }
  return rows;
}

Result<LocalRows> StatementRunner::DescribeExtended(const sql::Name& name) {
  sql::Describe plain;
  plain.name = name;
  OWLET_TRY(LocalRows rows, Apply(plain));
  if (session_->FindView(name)) return rows;
  OWLET_TRY(const catalog::Table table, TableOf(name));
  Add(rows, {"", "", ""});
  Add(rows, {"# Detailed Table Information", "", ""});
  Add(rows, {"Catalog", "spark_catalog", ""});
  Add(rows, {"Database", table.database, ""});
  Add(rows, {"Table", table.name, ""});
  if (!table.owner.empty()) Add(rows, {"Owner", table.owner, ""});
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(table.create_time.time_since_epoch());
  const std::time_t created = seconds.count();
  std::tm civil{};
  gmtime_r(&created, &civil);
  char shown[64];
  const std::size_t size = std::strftime(shown, sizeof(shown), "%a %b %d %H:%M:%S UTC %Y", &civil);
  Add(rows, {"Created Time", std::string(shown, size), ""});
  Add(rows, {"Last Access", "UNKNOWN", ""});
  Add(rows, {"Created By", "Spark 4.3.0", ""});
  const bool managed = table.table_type == "MANAGED_TABLE";
  Add(rows, {"Type", table.IsView() ? "VIEW" : managed ? "MANAGED" : "EXTERNAL", ""});
  if (table.IsView()) {
    Add(rows, {"View Text", table.view_original_text, ""});
    Add(rows, {"View Original Text", table.view_original_text, ""});
    return rows;
  }
  Add(rows, {"Provider", ProviderOf(table), ""});
  if (!table.description.empty()) Add(rows, {"Comment", table.description, ""});
  if (table.storage) Add(rows, {"Location", table.storage->location, ""});
  if (!table.partition_keys.empty()) Add(rows, {"Partition Provider", "Catalog", ""});
  return rows;
}

Result<LocalRows> StatementRunner::DescribeDatabase(const sql::Name& name, bool extended) {
  OWLET_TRY(auto database, FindDatabase(name.back()));
  if (!database) return SchemaNotFound(name.back());
  if (database->location.empty()) {
    OWLET_TRY(database->location,
              engine::PlacePath(session_->Config("spark.sql.warehouse.dir").value_or("/"),
                                context_.session));
  }
  LocalRows rows = TextRows({Text("info_name"), Text("info_value", true)});
  Add(rows, {"Catalog Name", "spark_catalog"});
  Add(rows, {"Namespace Name", database->name});
  Add(rows, {"Comment", database->description});
  Add(rows, {"Location", database->location});
  Add(rows, {"Owner", context_.session.user});
  if (extended) {
    std::string properties;
    for (const auto& [key, value] : database->parameters) {
      properties += fmt::format("{}({},{})", properties.empty() ? "" : ", ", key, value);
    }
    Add(rows, {"Properties", properties.empty() ? "" : "(" + properties + ")"});
  }
  return rows;
}

Result<LocalRows> StatementRunner::DescribeFunction(const sql::Name& name) {
  LocalRows rows = TextRows({Text("function_desc")});
  const std::string function = ToLowerAscii(name.back());
  if (!plan::FunctionTable::Of(plan::Dialect::kSpark).Find(function)) {
    return Fail(
        Error{.reason = Reason::kAnalysisError,
              .message = "no such function: " + function,
              .condition = "UNRESOLVED_ROUTINE",
              .parameters = {
                  {"routineName", fmt::format("`{}`", name.back())},
                  {"searchPath",
                   fmt::format("[`system`.`builtin`, `system`.`session`, `spark_catalog`.`{}`]",
                               context_.session.current_database)}}});
  }
  Add(rows, {"Function: " + function});
  return rows;
}

Result<LocalRows> StatementRunner::Apply(const sql::AlterDatabase& alter) {
  OWLET_TRY(auto database, FindDatabase(alter.name.back()));
  if (!database) return SchemaNotFound(alter.name.back());
  for (const auto& [key, value] : alter.set_properties) database->parameters[key] = value;
  for (const std::string& key : alter.unset_properties) database->parameters.erase(key);
  if (alter.location) {
    OWLET_TRY(database->location, engine::PlacePath(*alter.location, context_.session));
  }
  OWLET_CHECK_OK(EditCatalog(
      [&](catalog::CatalogEdit& edit) { return edit.UpdateDatabase(database->name, *database); }));
  return LocalRows{};
}

}  // namespace owlet::spark_connect
