#include <fmt/format.h>
#include <spark/connect/catalog.pb.h>

#include <algorithm>
#include <optional>
#include <set>

#include "core/plan/functions.h"
#include "core/plan/type_names.h"
#include "core/sql/parser.h"
#include "protocol/spark_connect/sql_statements.h"
#include "protocol/spark_connect/type_proto.h"

// The catalog relations of spark.catalog: each answers with rows whose columns the client reads by
// position.

namespace owlet::spark_connect {

namespace proto = ::spark::connect;
using plan::Literal;

namespace {

constexpr char kCatalogName[] = "spark_catalog";

plan::Field Text(std::string name) {
  return {std::move(name), plan::Type::Varchar(), /*nullable=*/true, ""};
}
plan::Field Flag(std::string name) {
  return {std::move(name), plan::Type(plan::TypeId::kBoolean), /*nullable=*/false, ""};
}
plan::Field Texts(std::string name) {
  return {std::move(name), plan::Type::Array(plan::Type::Varchar()), /*nullable=*/true, ""};
}

Literal TextOrNull(const std::string& text) {
  if (text.empty()) return {plan::Type::Varchar(), std::monostate{}};
  return Literal::String(text);
}

Literal OneText(const std::string& text) {
  return {plan::Type::Array(plan::Type::Varchar()), std::vector<Literal>{Literal::String(text)}};
}

LocalRows Answer(bool value) { return {{Flag("value")}, {{Literal::Boolean(value)}}}; }
LocalRows Answer(const std::string& value) { return {{Text("value")}, {{Literal::String(value)}}}; }
LocalRows Databases() {
  return {{Text("name"), Text("catalog"), Text("description"), Text("locationUri")}, {}};
}
LocalRows Tables() {
  return {{Text("name"), Text("catalog"), Texts("namespace"), Text("description"),
           Text("tableType"), Flag("isTemporary")},
          {}};
}

bool IsNotFound(const Error& error) {
  return error.reason == Reason::kTableNotFound || error.reason == Reason::kDatabaseNotFound ||
         error.condition == "TABLE_OR_VIEW_NOT_FOUND" || error.condition == "SCHEMA_NOT_FOUND";
}

template <class Request>
sql::Name Qualified(const Request& request, sql::Name name) {
  if (request.has_db_name() && name.size() == 1) name.insert(name.begin(), request.db_name());
  return name;
}

std::string LastPart(const std::string& text) {
  const auto name = sql::ParseSparkTableName(text);
  return name && !name->empty() ? name->back() : text;
}

/// catalog.createTable as the statement that makes the same table.
template <class Request>
Result<sql::CreateTable> TableToCreate(const Request& request) {
  sql::CreateTable create;
  OWLET_TRY(create.name, sql::ParseSparkTableName(request.table_name()));
  create.provider = request.has_source() ? request.source() : "parquet";
  if (request.has_path()) create.location = request.path();
  if constexpr (requires { request.description(); }) {
    if (request.has_description()) create.comment = request.description();
  }
  for (const auto& [key, value] : request.options()) create.options.emplace_back(key, value);
  if (!request.has_schema()) return create;
  OWLET_TRY(const plan::Type row, TypeFromProto(request.schema()));
  for (const plan::Field& field : row.fields()) {
    sql::ColumnDefinition column;
    column.name = field.name;
    column.type = field.type;
    column.nullable = field.nullable;
    create.columns.push_back(std::move(column));
  }
  return create;
}

std::vector<Literal> DatabaseRow(const catalog::Database& database) {
  return {Literal::String(database.name), Literal::String(kCatalogName),
          Literal::String(database.description), Literal::String(database.location)};
}

std::vector<Literal> ViewRow(const std::string& name, bool global) {
  const plan::Type texts = plan::Type::Array(plan::Type::Varchar());
  return {Literal::String(name),
          TextOrNull(""),
          global ? OneText("global_temp") : Literal{texts, std::vector<Literal>{}},
          TextOrNull(""),
          Literal::String("TEMPORARY"),
          Literal::Boolean(true)};
}

std::vector<Literal> TableRow(const catalog::Table& table) {
  std::string type = "EXTERNAL";
  if (table.IsView()) type = "VIEW";
  if (table.table_type == "MANAGED_TABLE") type = "MANAGED";
  return {Literal::String(table.name),   Literal::String(kCatalogName),    OneText(table.database),
          TextOrNull(table.description), Literal::String(std::move(type)), Literal::Boolean(false)};
}

}  // namespace

Result<std::optional<catalog::Database>> StatementRunner::FindDatabase(const std::string& name) {
  auto found = services_.catalog.GetDatabase(*context_.principal, name);
  if (found) return std::move(*found);
  if (found.error().reason != Reason::kDatabaseNotFound) return Fail(found.error());
  if (name != "default") return std::nullopt;
  return catalog::Database{.name = "default", .description = "default database"};
}

Result<LocalRows> StatementRunner::ListTables(const std::string& database,
                                              const std::string& pattern, bool views_only) {
  LocalRows rows = Tables();
  const bool global = database == "global_temp";
  for (const std::string& view : session_->global_views().Names()) {
    if (global && MatchesShowPattern(view, pattern)) rows.rows.push_back(ViewRow(view, true));
  }
  OWLET_TRY(const auto found, FindDatabase(database));
  if (!found && !global) return SchemaNotFound(database);
  catalog::PageRequest request;
  do {
    auto page = services_.catalog.ListTables(*context_.principal, database, request);
    if (!page && page.error().reason == Reason::kDatabaseNotFound) break;  // "default", not made
    if (!page) return Fail(page.error());
    for (const catalog::Table& table : page->items) {
      if (views_only && !table.IsView()) continue;
      if (MatchesShowPattern(table.name, pattern)) rows.rows.push_back(TableRow(table));
    }
    request.token = page->next;
  } while (!request.token.empty());
  for (const std::string& view : session_->ViewNames()) {
    if (MatchesShowPattern(view, pattern)) rows.rows.push_back(ViewRow(view, false));
  }
  return rows;
}

Result<LocalRows> StatementRunner::DescribeTable(const sql::Name& name) {
  if (session_->FindView(name)) {
    LocalRows rows = Tables();
    rows.rows.push_back(ViewRow(name.back(), name.size() > 1));
    return rows;
  }
  const std::string database =
      name.size() > 1 ? name[name.size() - 2] : context_.session.current_database;
  const auto table = services_.catalog.GetTable(*context_.principal, {database, name.back()});
  if (!table && IsNotFound(table.error())) return NotFound(name, SearchScope::kCommand);
  if (!table) return Fail(table.error());
  LocalRows rows = Tables();
  rows.rows.push_back(TableRow(*table));
  return rows;
}

Result<LocalRows> StatementRunner::ListFunctions(const std::string& pattern) {
  LocalRows rows{{Text("name"), Text("catalog"), Texts("namespace"), Text("description"),
                  Text("className"), Flag("isTemporary")},
                 {}};
  const plan::Type texts = plan::Type::Array(plan::Type::Varchar());
  for (const std::string_view name : plan::FunctionTable::Of(plan::Dialect::kSpark).Names()) {
    if (!MatchesShowPattern(name, pattern)) continue;
    rows.rows.push_back({Literal::String(std::string(name)), TextOrNull(""), Literal{texts, {}},
                         TextOrNull(""), Literal::String(std::string(name)),
                         Literal::Boolean(true)});
  }
  return rows;
}

Result<LocalRows> StatementRunner::ListColumns(const sql::Name& name) {
  std::set<std::string> keys;
  if (!session_->FindView(name)) {
    OWLET_TRY(const catalog::Table table, TableOf(name));
    for (const catalog::Column& key : table.partition_keys) keys.insert(key.name);
  }
  OWLET_TRY(const plan::Schema schema, SchemaOfTable(name));
  LocalRows rows{{Text("name"), Text("description"), Text("dataType"), Flag("nullable"),
                  Flag("isPartition"), Flag("isBucket"), Flag("isCluster")},
                 {}};
  for (const plan::Field& field : schema) {
    rows.rows.push_back({Literal::String(field.name), TextOrNull(""),
                         Literal::String(plan::SparkTypeName(field.type)),
                         Literal::Boolean(field.nullable),
                         Literal::Boolean(keys.contains(field.name)), Literal::Boolean(false),
                         Literal::Boolean(false)});
  }
  return rows;
}

Result<LocalRows> StatementRunner::Catalog(const proto::Catalog& request) {
  using C = proto::Catalog;
  const std::string& current = context_.session.current_database;
  const auto pattern = [](const auto& message) {
    return message.has_pattern() ? message.pattern() : std::string("*");
  };
  const auto parse = [](const std::string& text) { return sql::ParseSparkTableName(text); };
  switch (request.cat_type_case()) {
    case C::kCurrentDatabase:
      return Answer(current);
    case C::kCurrentCatalog:
      return Answer(std::string(kCatalogName));
    case C::kSetCurrentCatalog:
      if (request.set_current_catalog().catalog_name() == kCatalogName) return LocalRows{};
      return Fail(Error{
          .reason = Reason::kAnalysisError,
          .message = "no such catalog: " + request.set_current_catalog().catalog_name(),
          .condition = "CATALOG_NOT_FOUND",
          .parameters = {
              {"catalogName", fmt::format("`{}`", request.set_current_catalog().catalog_name())},
              {"config", fmt::format("\"spark.sql.catalog.{}\"",
                                     request.set_current_catalog().catalog_name())}}});
    case C::kListCatalogs: {
      LocalRows rows{{Text("name"), Text("description")}, {}};
      if (MatchesShowPattern(kCatalogName, pattern(request.list_catalogs()))) {
        rows.rows.push_back({Literal::String(kCatalogName), TextOrNull("")});
      }
      return rows;
    }
    case C::kSetCurrentDatabase:
      return Apply(sql::UseDatabase{{LastPart(request.set_current_database().db_name())}});
    case C::kListDatabases: {
      sql::ShowDatabases show;
      show.pattern = pattern(request.list_databases());
      OWLET_TRY(const LocalRows names, Apply(show));
      LocalRows rows = Databases();
      for (const auto& row : names.rows) {
        OWLET_TRY(const auto database, FindDatabase(std::get<std::string>(row[0].value)));
        if (database) rows.rows.push_back(DatabaseRow(*database));
      }
      return rows;
    }
    case C::kGetDatabase: {
      const std::string name = LastPart(request.get_database().db_name());
      OWLET_TRY(const auto database, FindDatabase(name));
      if (!database) return SchemaNotFound(name);
      LocalRows rows = Databases();
      rows.rows.push_back(DatabaseRow(*database));
      return rows;
    }
    case C::kDatabaseExists: {
      OWLET_TRY(const auto database, FindDatabase(LastPart(request.database_exists().db_name())));
      return Answer(database.has_value());
    }
    case C::kListTables:
      return ListTables(
          request.list_tables().has_db_name() ? request.list_tables().db_name() : current,
          pattern(request.list_tables()), /*views_only=*/false);
    case C::kListViews:
      return ListTables(
          request.list_views().has_db_name() ? request.list_views().db_name() : current,
          pattern(request.list_views()), /*views_only=*/true);
    case C::kGetTable: {
      OWLET_TRY(sql::Name name, parse(request.get_table().table_name()));
      return DescribeTable(Qualified(request.get_table(), std::move(name)));
    }
    case C::kTableExists: {
      OWLET_TRY(sql::Name name, parse(request.table_exists().table_name()));
      const auto found = DescribeTable(Qualified(request.table_exists(), std::move(name)));
      if (!found && !IsNotFound(found.error())) return Fail(found.error());
      return Answer(found.has_value());
    }
    case C::kListColumns: {
      OWLET_TRY(sql::Name name, parse(request.list_columns().table_name()));
      return ListColumns(Qualified(request.list_columns(), std::move(name)));
    }
    case C::kListFunctions:
      return ListFunctions(pattern(request.list_functions()));
    case C::kGetFunction: {
      const std::string name = LastPart(request.get_function().function_name());
      OWLET_TRY(LocalRows rows, ListFunctions(name));
      if (rows.rows.empty()) {
        return Fail(
            Error{.reason = Reason::kAnalysisError,
                  .message = "no such function: " + name,
                  .condition = "UNRESOLVED_ROUTINE",
                  .parameters = {
                      {"routineName", fmt::format("`{}`", name)},
                      {"searchPath",
                       fmt::format("[`system`.`builtin`, `system`.`session`, `spark_catalog`.`{}`]",
                                   context_.session.current_database)}}});
      }
      return rows;
    }
    case C::kRecoverPartitions: {
      OWLET_TRY(const sql::Name name, parse(request.recover_partitions().table_name()));
      OWLET_TRY(const catalog::Table table, TableOf(name));
      OWLET_CHECK_OK(Change(table, sql::RecoverPartitions{}));
      return LocalRows{};
    }
    case C::kTruncateTable: {
      OWLET_TRY(const sql::Name name, parse(request.truncate_table().table_name()));
      return Apply(sql::TruncateTable{.name = name, .partition = {}});
    }
    case C::kGetTableProperties: {
      OWLET_TRY(const sql::Name name, parse(request.get_table_properties().table_name()));
      return Apply(sql::ShowTableProperties{.table = name, .key = std::nullopt});
    }
    case C::kGetCreateTableString: {
      OWLET_TRY(const sql::Name name, parse(request.get_create_table_string().table_name()));
      return Apply(sql::ShowCreate{.name = name});
    }
    case C::kListPartitions: {
      OWLET_TRY(const sql::Name name, parse(request.list_partitions().table_name()));
      return Apply(sql::ShowPartitions{.table = name, .partition = {}});
    }
    case C::kFunctionExists:
      return Answer(plan::FunctionTable::Of(plan::Dialect::kSpark)
                        .Find(LastPart(request.function_exists().function_name()))
                        .has_value());
    case C::kDropTempView:
      return Answer(session_->DropView(request.drop_temp_view().view_name()));
    case C::kDropGlobalTempView:
      return Answer(session_->global_views().Drop(request.drop_global_temp_view().view_name()));
    case C::kCacheTable: {
      OWLET_TRY(const sql::Name name, parse(request.cache_table().table_name()));
      sql::CacheTable cache;
      cache.name = name;
      return Apply(cache);
    }
    case C::kUncacheTable: {
      OWLET_TRY(const sql::Name name, parse(request.uncache_table().table_name()));
      return Apply(sql::UncacheTable{name});
    }
    case C::kIsCached: {
      OWLET_TRY(const sql::Name name, parse(request.is_cached().table_name()));
      OWLET_TRY(const plan::Schema schema, SchemaOfTable(name));
      static_cast<void>(schema);
      return Answer(session_->IsCached(name.back()));
    }
    case C::kClearCache:
      return Apply(sql::ClearCache{});
    case C::kRefreshTable: {
      OWLET_TRY(const sql::Name name, parse(request.refresh_table().table_name()));
      OWLET_TRY([[maybe_unused]] const plan::Schema schema, SchemaOfTable(name));
      return LocalRows{};
    }
    case C::kRefreshByPath:
      return LocalRows{};
    case C::kDropTable: {
      OWLET_TRY(const sql::Name name, parse(request.drop_table().table_name()));
      return Apply(sql::DropTable{.name = name, .if_exists = request.drop_table().if_exists()});
    }
    case C::kDropView: {
      OWLET_TRY(const sql::Name name, parse(request.drop_view().view_name()));
      return Apply(sql::DropView{.name = name, .if_exists = request.drop_view().if_exists()});
    }
    case C::kCreateTable: {
      OWLET_TRY(const sql::CreateTable create, TableToCreate(request.create_table()));
      OWLET_CHECK_OK(Apply(create));
      OWLET_TRY(plan::Schema schema, SchemaOfTable(create.name));
      return LocalRows{std::move(schema), {}};
    }
    case C::kCreateExternalTable: {
      OWLET_TRY(const sql::CreateTable create, TableToCreate(request.create_external_table()));
      OWLET_CHECK_OK(Apply(create));
      OWLET_TRY(plan::Schema schema, SchemaOfTable(create.name));
      return LocalRows{std::move(schema), {}};
    }
    case C::kCreateDatabase: {
      sql::CreateDatabase create;
      create.name = {LastPart(request.create_database().db_name())};
      create.if_not_exists = request.create_database().if_not_exists();
      return Apply(create);
    }
    case C::kDropDatabase:
      return Apply(sql::DropDatabase{.name = {LastPart(request.drop_database().db_name())},
                                     .if_exists = request.drop_database().if_exists(),
                                     .cascade = request.drop_database().cascade()});
    default:
      break;
  }
  const auto* field =
      request.GetDescriptor()->FindFieldByNumber(static_cast<int>(request.cat_type_case()));
  return Fail(Reason::kNotImplemented,
              fmt::format("the catalog relation {} is not implemented",
                          field == nullptr ? "(empty)" : field->message_type()->name()),
              "UNSUPPORTED_FEATURE");
}

}  // namespace owlet::spark_connect
