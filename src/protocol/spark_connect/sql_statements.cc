#include "protocol/spark_connect/sql_statements.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/time_zone.h"
#include "core/plan/type_names.h"

namespace owlet::spark_connect {

using plan::Literal;

namespace {

char Lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

std::string LowerCase(std::string text) {
  std::ranges::transform(text, text.begin(), Lower);
  return text;
}

/// One alternative: `*` matches any run of characters.
bool MatchesAlternative(std::string_view name, std::string_view pattern) {
  std::size_t n = 0, p = 0, star = std::string_view::npos, mark = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      mark = n;
    } else if (p < pattern.size() && (pattern[p] == '.' || Lower(pattern[p]) == Lower(name[n]))) {
      ++p;
      ++n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++mark;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

LocalRows NoRows() { return {}; }

plan::Field Text(std::string name, bool nullable = false) {
  return {std::move(name), plan::Type::Varchar(), nullable, ""};
}
plan::Field Flag(std::string name) {
  return {std::move(name), plan::Type(plan::TypeId::kBoolean), false, ""};
}

std::string Joined(const sql::Name& name) {
  std::string text;
  for (const std::string& part : name) text += fmt::format("{}`{}`", text.empty() ? "" : ".", part);
  return text;
}

std::unexpected<Error> NotImplementedStatement(std::string_view what) {
  return Fail(Reason::kNotImplemented, fmt::format("the statement {} is not implemented", what),
              "UNSUPPORTED_FEATURE");
}

/// Reads all pages of a listing of the catalog.
template <class T, class List>
Result<std::vector<T>> AllPages(List list) {
  std::vector<T> all;
  catalog::PageRequest request;
  while (true) {
    OWLET_TRY(catalog::Page<T> page, list(request));
    std::ranges::move(page.items, std::back_inserter(all));
    if (page.next.empty()) return all;
    request.token = std::move(page.next);
  }
}

}  // namespace

std::unexpected<Error> SchemaNotFound(const std::string& name) {
  return Fail(Error{.reason = Reason::kDatabaseNotFound,
                    .message = fmt::format("The schema `{}` cannot be found.", name),
                    .condition = "SCHEMA_NOT_FOUND",
                    .parameters = {{"schemaName", fmt::format("`spark_catalog`.`{}`", name)}}});
}

std::unexpected<Error> TableNotFound(const sql::Name& name) {
  return Fail(Error{
      .reason = Reason::kTableNotFound,
      .message = "no such table or view: " + Joined(name),
      .condition = "TABLE_OR_VIEW_NOT_FOUND",
      .parameters = {
          {"relationName", Joined(name)},
          {"searchPath", "[`system`.`builtin`, `system`.`session`, `spark_catalog`.`default`]"}}});
}

bool MatchesShowPattern(std::string_view name, std::string_view pattern) {
  while (true) {
    const std::size_t bar = pattern.find('|');
    if (MatchesAlternative(name, pattern.substr(0, bar))) return true;
    if (bar == std::string_view::npos) return false;
    pattern.remove_prefix(bar + 1);
  }
}

namespace {

/// Statements that parse and that owlet does not run yet, by their names.
template <class Node>
constexpr std::string_view kName = "of this kind";
template <>
constexpr std::string_view kName<sql::CreateTableAs> = "CREATE TABLE AS SELECT";
template <>
constexpr std::string_view kName<sql::CreateTableLike> = "CREATE TABLE LIKE";
template <>
constexpr std::string_view kName<sql::Delete> = "DELETE";
template <>
constexpr std::string_view kName<sql::Update> = "UPDATE";
template <>
constexpr std::string_view kName<sql::Merge> = "MERGE";
template <>
constexpr std::string_view kName<sql::AlterTable> = "ALTER TABLE";
template <>
constexpr std::string_view kName<sql::AlterDatabase> = "ALTER DATABASE";
template <>
constexpr std::string_view kName<sql::TruncateTable> = "TRUNCATE TABLE";
template <>
constexpr std::string_view kName<sql::RepairTable> = "MSCK REPAIR TABLE";
template <>
constexpr std::string_view kName<sql::ShowViews> = "SHOW VIEWS";
template <>
constexpr std::string_view kName<sql::ShowPartitions> = "SHOW PARTITIONS";
template <>
constexpr std::string_view kName<sql::ShowCreate> = "SHOW CREATE TABLE";
template <>
constexpr std::string_view kName<sql::ShowTableProperties> = "SHOW TBLPROPERTIES";
template <>
constexpr std::string_view kName<sql::ShowFunctions> = "SHOW FUNCTIONS";
template <>
constexpr std::string_view kName<sql::ShowCatalogs> = "SHOW CATALOGS";

}  // namespace

Result<LocalRows> StatementRunner::Run(const sql::Statement& statement) {
  return std::visit(
      [this]<class Node>(const Node& node) -> Result<LocalRows> {
        if constexpr (requires { this->Apply(node); }) {
          return Apply(node);
        } else {
          return NotImplementedStatement(kName<Node>);
        }
      },
      statement.node);
}

Result<LocalRows> StatementRunner::Apply(const sql::NotImplemented& statement) {
  return NotImplementedStatement(statement.name);
}

Result<LocalRows> StatementRunner::Apply(const sql::CreateView& view) {
  if (!view.temporary) return NotImplementedStatement("CREATE VIEW (only temporary ones are)");
  plan::RelationPtr query = view.query;
  if (query == nullptr) {  // CREATE TEMP VIEW v USING format OPTIONS (...)
    plan::ReadFiles read;
    read.format = LowerCase(view.provider);
    read.schema = view.schema;
    for (const auto& [key, value] : view.options) {
      if (LowerCase(key) == "path") {
        read.paths.push_back(value);
      } else {
        read.options[key] = value;
      }
    }
    query = plan::MakeRelation(std::move(read));
  }
  query = session_->InlineViews(query);
  if (!view.columns.empty()) {
    std::vector<std::string> names;
    for (const sql::ViewColumn& column : view.columns) names.push_back(column.name);
    query = plan::MakeRelation(plan::ToDataFrame{std::move(query), std::move(names)});
  }
  const auto source = MakeSource(services_, session_, context_);
  OWLET_TRY(const plan::NodePtr node, plan::Resolve(query, context_.session, *source));
  const std::string& name = view.name.back();
  const bool exists = view.global ? session_->global_views().Find(name).has_value()
                                  : session_->FindView({name}).has_value();
  if (exists && !view.or_replace) {
    if (view.if_not_exists) return NoRows();
    return Fail(Error{.reason = Reason::kAnalysisError,
                      .message = "the temporary view exists already: " + name,
                      .condition = "TEMP_TABLE_OR_VIEW_ALREADY_EXISTS",
                      .parameters = {{"relationName", fmt::format("`{}`", name)}}});
  }
  TempView stored{std::move(query), context_.session};
  if (view.global) {
    session_->global_views().Put(name, std::move(stored));
  } else {
    session_->PutView(name, std::move(stored));
  }
  return NoRows();
}

Result<LocalRows> StatementRunner::Apply(const sql::DropView& drop) {
  const bool global = drop.name.size() == 2 && LowerCase(drop.name[0]) == "global_temp";
  const bool dropped = global ? session_->global_views().Drop(drop.name[1])
                              : drop.name.size() == 1 && session_->DropView(drop.name[0]);
  if (!dropped && !drop.if_exists) {
    return TableNotFound(drop.name);
  }
  return NoRows();
}

Result<LocalRows> StatementRunner::Apply(const sql::UseDatabase& use) {
  if (use.catalog) return NoRows();  // there is one catalog
  const std::string& name = use.name.back();
  if (const auto found = services_.catalog.GetDatabase(*context_.principal, name); !found) {
    if (found.error().reason != Reason::kDatabaseNotFound) return Fail(found.error());
    if (LowerCase(name) != "default") return SchemaNotFound(name);
  }
  session_->SetCurrentDatabase(LowerCase(name));
  return NoRows();
}

Result<LocalRows> StatementRunner::Apply(const sql::CreateDatabase& create) {
  catalog::Database database;
  database.name = create.name.back();
  database.description = create.comment.value_or("");
  database.location = create.location.value_or("");
  for (const auto& [key, value] : create.properties) database.parameters[key] = value;
  const Status done = services_.catalog.Edit(*context_.principal, [&](catalog::CatalogEdit& edit) {
    return edit.CreateDatabase(database);
  });
  if (!done && done.error().reason == Reason::kEntityExists) {
    if (create.if_not_exists) return NoRows();
    return Fail(Error{.reason = Reason::kEntityExists,
                      .message = "the schema exists already: " + database.name,
                      .condition = "SCHEMA_ALREADY_EXISTS",
                      .parameters = {{"schemaName", fmt::format("`{}`", database.name)}}});
  }
  if (!done) return Fail(done.error());
  return NoRows();
}

Result<LocalRows> StatementRunner::Apply(const sql::DropDatabase& drop) {
  const std::string& name = drop.name.back();
  const Status done = services_.catalog.Edit(*context_.principal, [&](catalog::CatalogEdit& edit) {
    return edit.DeleteDatabase(name, drop.cascade);
  });
  if (!done && done.error().reason == Reason::kDatabaseNotFound) {
    if (drop.if_exists) return NoRows();
    return SchemaNotFound(name);
  }
  if (!done && done.error().reason == Reason::kEntityInUse) {
    return Fail(Error{.reason = Reason::kEntityInUse,
                      .message = "the schema is not empty: " + name,
                      .condition = "SCHEMA_NOT_EMPTY",
                      .parameters = {{"schemaName", fmt::format("`{}`", name)}}});
  }
  if (!done) return Fail(done.error());
  return NoRows();
}

Result<LocalRows> StatementRunner::Apply(const sql::DropTable& drop) {
  if (drop.name.size() == 1 && session_->DropView(drop.name[0])) return NoRows();
  const catalog::TableName name{
      drop.name.size() > 1 ? drop.name[drop.name.size() - 2] : context_.session.current_database,
      drop.name.back()};
  const Status done = services_.catalog.Edit(
      *context_.principal, [&](catalog::CatalogEdit& edit) { return edit.DeleteTable(name); });
  if (done || (drop.if_exists && (done.error().reason == Reason::kTableNotFound ||
                                  done.error().reason == Reason::kDatabaseNotFound))) {
    return NoRows();
  }
  if (done.error().reason == Reason::kTableNotFound ||
      done.error().reason == Reason::kDatabaseNotFound) {
    return TableNotFound(drop.name);
  }
  return Fail(done.error());
}

Result<LocalRows> StatementRunner::Apply(const sql::ShowDatabases& show) {
  OWLET_TRY(const auto databases,
            AllPages<catalog::Database>([&](const catalog::PageRequest& page) {
              return services_.catalog.ListDatabases(*context_.principal, page);
            }));
  std::vector<std::string> names = {"default"};
  for (const catalog::Database& database : databases) names.push_back(database.name);
  std::ranges::sort(names);
  const auto repeated = std::ranges::unique(names);
  names.erase(repeated.begin(), repeated.end());
  LocalRows rows{{Text("namespace")}, {}};
  for (std::string& name : names) {
    if (show.pattern && !MatchesShowPattern(name, *show.pattern)) continue;
    rows.rows.push_back({Literal::String(std::move(name))});
  }
  return rows;
}

Result<LocalRows> StatementRunner::Apply(const sql::ShowTables& show) {
  if (show.extended) return NotImplementedStatement("SHOW TABLE EXTENDED");
  const std::string database =
      show.database.empty() ? context_.session.current_database : show.database.back();
  LocalRows rows{{Text("namespace"), Text("tableName"), Flag("isTemporary")}, {}};
  auto tables = AllPages<catalog::Table>([&](const catalog::PageRequest& page) {
    return services_.catalog.ListTables(*context_.principal, database, page);
  });
  if (!tables) {
    if (tables.error().reason != Reason::kDatabaseNotFound) return Fail(tables.error());
    if (LowerCase(database) != "default") return SchemaNotFound(database);
    tables = std::vector<catalog::Table>{};
  }
  const auto add = [&](const std::string& space, const std::string& name, bool temporary) {
    if (show.pattern && !MatchesShowPattern(name, *show.pattern)) return;
    rows.rows.push_back(
        {Literal::String(space), Literal::String(name), Literal::Boolean(temporary)});
  };
  for (const catalog::Table& table : *tables) add(table.database, table.name, false);
  for (const std::string& view : session_->ViewNames()) add("", view, true);
  return rows;
}

Result<plan::Schema> StatementRunner::SchemaOfTable(const sql::Name& name) {
  const auto source = MakeSource(services_, session_, context_);
  OWLET_TRY(const plan::NodePtr node,
            plan::Resolve(plan::MakeRelation(plan::ReadTable{name}), context_.session, *source));
  return plan::SchemaOf(*node);
}

Result<LocalRows> StatementRunner::Apply(const sql::ShowColumns& show) {
  OWLET_TRY(const plan::Schema schema, SchemaOfTable(show.table));
  LocalRows rows{{Text("col_name")}, {}};
  for (const plan::Field& field : schema) rows.rows.push_back({Literal::String(field.name)});
  return rows;
}

Result<LocalRows> StatementRunner::Apply(const sql::Describe& describe) {
  if (describe.as_json || describe.extended || describe.formatted) {
    return NotImplementedStatement("DESCRIBE EXTENDED");
  }
  if (describe.kind != sql::Describe::Kind::kTable &&
      describe.kind != sql::Describe::Kind::kQuery) {
    return NotImplementedStatement("DESCRIBE of what is no table or query");
  }
  plan::Schema schema;
  if (describe.kind == sql::Describe::Kind::kQuery) {
    const auto source = MakeSource(services_, session_, context_);
    OWLET_TRY(const plan::NodePtr node, plan::Resolve(describe.query, context_.session, *source));
    schema = plan::SchemaOf(*node);
  } else {
    OWLET_TRY(schema, SchemaOfTable(describe.name));
  }
  LocalRows rows{{Text("col_name"), Text("data_type"), Text("comment", true)}, {}};
  for (const plan::Field& field : schema) {
    rows.rows.push_back({Literal::String(field.name),
                         Literal::String(plan::SparkTypeName(field.type)),
                         Literal{plan::Type::Varchar(), std::monostate{}}});
  }
  return rows;
}

Result<LocalRows> StatementRunner::Apply(const sql::SetConfig& set) {
  LocalRows rows{{Text("key"), Text("value")}, {}};
  if (set.key.empty()) {
    for (const auto& [key, value] : session_->AllConfig()) {
      rows.rows.push_back({Literal::String(key), Literal::String(value)});
    }
    return rows;
  }
  if (set.value) session_->SetConfig(set.key, *set.value);
  rows.rows.push_back({Literal::String(set.key),
                       Literal::String(session_->Config(set.key).value_or("<undefined>"))});
  return rows;
}

Result<LocalRows> StatementRunner::Apply(const sql::ResetConfig& reset) {
  if (!reset.key.empty()) {
    session_->UnsetConfig(reset.key);
    return NoRows();
  }
  for (const auto& [key, value] : session_->AllConfig()) session_->UnsetConfig(key);
  return NoRows();
}

Result<LocalRows> StatementRunner::Apply(const sql::SetTimeZone& set) {
  std::string zone = "UTC";
  if (!set.local) {
    const auto* literal = std::get_if<Literal>(&set.value->node);
    const auto* text = literal == nullptr ? nullptr : std::get_if<std::string>(&literal->value);
    if (text == nullptr) return NotImplementedStatement("SET TIME ZONE with an interval");
    zone = *text;
  }
  if (!TimeZone::Find(zone)) {
    return Fail(
        Error{.reason = Reason::kAnalysisError,
              .message = "not a time zone: " + zone,
              .condition = "INVALID_CONF_VALUE.TIME_ZONE",
              .parameters = {{"confValue", zone}, {"confName", "spark.sql.session.timeZone"}}});
  }
  session_->SetConfig("spark.sql.session.timeZone", zone);
  return NoRows();
}

// Nothing is cached by name and every read sees the newest objects: these have nothing to do, but
// the table must be there.
Result<LocalRows> StatementRunner::Apply(const sql::CacheTable& cache) {
  if (cache.query != nullptr) {
    sql::CreateView view;
    view.name = cache.name;
    view.temporary = true;
    view.query = cache.query;
    return Apply(view);
  }
  OWLET_TRY(const plan::Schema schema, SchemaOfTable(cache.name));
  static_cast<void>(schema);
  session_->SetCached(cache.name.back(), true);
  return NoRows();
}

Result<LocalRows> StatementRunner::Apply(const sql::UncacheTable& uncache) {
  session_->SetCached(uncache.name.back(), false);
  if (uncache.if_exists) return NoRows();
  OWLET_TRY(const plan::Schema schema, SchemaOfTable(uncache.name));
  static_cast<void>(schema);
  return NoRows();
}

Result<LocalRows> StatementRunner::Apply(const sql::ClearCache&) {
  session_->ForgetCached();
  return NoRows();
}

Result<LocalRows> StatementRunner::Apply(const sql::RefreshTable& refresh) {
  OWLET_TRY(const plan::Schema schema, SchemaOfTable(refresh.name));
  static_cast<void>(schema);
  return NoRows();
}

Result<LocalRows> StatementRunner::Apply(const sql::RefreshPath&) { return NoRows(); }

Result<LocalRows> StatementRunner::Apply(const sql::Explain& explain) {
  const auto* query = std::get_if<sql::Query>(&explain.statement->node);
  if (query == nullptr) return NotImplementedStatement("EXPLAIN of what is no query");
  const auto source = MakeSource(services_, session_, context_);
  OWLET_TRY(const plan::NodePtr node, plan::Resolve(query->relation, context_.session, *source));
  OWLET_TRY(const std::string text, services_.engine.Explain(node, context_));
  return OneText("plan", text);
}

Result<LocalRows> StatementRunner::Apply(const sql::ShowCurrentNamespace&) {
  return LocalRows{
      {Text("catalog"), Text("namespace")},
      {{Literal::String("spark_catalog"), Literal::String(context_.session.current_database)}}};
}

}  // namespace owlet::spark_connect
