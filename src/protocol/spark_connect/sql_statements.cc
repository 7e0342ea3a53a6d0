#include "protocol/spark_connect/sql_statements.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "core/engine/place_path.h"
#include "core/plan/type_names.h"
#include "protocol/spark_connect/config_values.h"

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

bool MatchesShowPattern(std::string_view name, std::string_view pattern) {
  while (true) {
    const std::size_t bar = pattern.find('|');
    if (MatchesAlternative(name, pattern.substr(0, bar))) return true;
    if (bar == std::string_view::npos) return false;
    pattern.remove_prefix(bar + 1);
  }
}

namespace {

/// Statements that parse and that owlet does not run, by their names.
template <class Node>
constexpr std::string_view kName = "of this kind";
template <>
constexpr std::string_view kName<sql::AnalyzeTables> = "ANALYZE TABLES";
template <>
constexpr std::string_view kName<sql::ShowSession> = "SET -v";

/// Statements that Spark's grammar has and its own catalog refuses.
std::optional<std::string_view> RefusedBySpark(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kRefused = {{
      {"GRANT", "GRANT"},
      {"REVOKE", "REVOKE"},
      {"SHOW GRANT", "SHOW GRANT"},
      {"SHOW ROLES", "SHOW ROLES"},
      {"SHOW PRINCIPALS", "SHOW PRINCIPALS"},
      {"SHOW LOCKS", "SHOW LOCKS"},
      {"LOCK", "LOCK TABLE"},
      {"UNLOCK", "UNLOCK TABLE"},
      {"ALTER TABLE SET FILEFORMAT", "ALTER TABLE SET FILEFORMAT"},
  }};
  const auto* found = std::ranges::find(kRefused, name, [](const auto& one) { return one.first; });
  if (found == kRefused.end()) return std::nullopt;
  return found->second;
}

}  // namespace

std::string StatementRunner::QuotedName(const sql::Name& name) const {
  return Joined({"spark_catalog",
                 name.size() > 1 ? name[name.size() - 2] : context_.session.current_database,
                 name.back()});
}

std::unexpected<Error> StatementRunner::NotFound(const sql::Name& name, SearchScope scope) const {
  const std::string database =
      name.size() > 1 ? name[name.size() - 2] : context_.session.current_database;
  const std::string place = Joined({"spark_catalog", database});
  sql::Name shown = name;
  std::string path = fmt::format("[`system`.`builtin`, `system`.`session`, {}]",
                                 Joined({"spark_catalog", context_.session.current_database}));
  if (scope == SearchScope::kCommand) path = fmt::format("[`system`.`session`, {}]", place);
  if (scope == SearchScope::kDrop) {
    shown = {"spark_catalog", database, name.back()};
    path = fmt::format("[{}]", place);
  }
  return Fail(Error{.reason = Reason::kTableNotFound,
                    .message = "no such table or view: " + Joined(name),
                    .condition = "TABLE_OR_VIEW_NOT_FOUND",
                    .parameters = {{"relationName", Joined(shown)}, {"searchPath", path}}});
}

plan::RelationPtr StatementRunner::Bound(const plan::RelationPtr& query) const {
  if (parameters_.named.empty() && parameters_.positional.empty()) return query;
  plan::BindParameters bound = parameters_;
  bound.input = query;
  return plan::MakeRelation(std::move(bound));
}

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
  if (const auto operation = RefusedBySpark(statement.name)) {
    return Fail(Error{.reason = Reason::kAnalysisError,
                      .message = "Spark does not have it: " + statement.name,
                      .condition = "INVALID_STATEMENT_OR_CLAUSE",
                      .parameters = {{"operation", std::string(*operation)}}});
  }
  return NotImplementedStatement(statement.name);
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
  OWLET_TRY(const std::string warehouse,
            engine::PlacePath(session_->Config("spark.sql.warehouse.dir").value_or("/"),
                              context_.session));
  database.location = fmt::format("{}/{}.db", warehouse, LowerCase(database.name));
  if (create.location) {
    OWLET_TRY(database.location, engine::PlacePath(*create.location, context_.session));
  }
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
  if (drop.cascade) {  // with the files of its own tables
    auto tables = AllPages<catalog::Table>([&](const catalog::PageRequest& page) {
      return services_.catalog.ListTables(*context_.principal, name, page);
    });
    for (std::size_t i = 0; tables && i < tables->size(); ++i) {
      OWLET_CHECK_OK(DropWithFiles((*tables)[i]));
    }
  }
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
  const auto table = TableOf(drop.name, SearchScope::kDrop);
  if (!table) {
    const bool absent = table.error().condition == "TABLE_OR_VIEW_NOT_FOUND";
    if (absent && drop.if_exists) return NoRows();
    return Fail(table.error());
  }
  OWLET_CHECK_OK(DropWithFiles(*table));
  return NoRows();
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
    if (LowerCase(database) != "default" && LowerCase(database) != "global_temp") {
      return SchemaNotFound(database);
    }
    tables = std::vector<catalog::Table>{};
  }
  const auto add = [&](const std::string& space, const std::string& name, bool temporary) {
    if (show.pattern && !MatchesShowPattern(name, *show.pattern)) return;
    rows.rows.push_back(
        {Literal::String(space), Literal::String(name), Literal::Boolean(temporary)});
  };
  for (const catalog::Table& table : *tables) add(table.database, table.name, false);
  if (LowerCase(database) == "global_temp") {
    for (const std::string& view : session_->global_views().Names()) add("global_temp", view, true);
  }
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
  if (!session_->FindView(show.table)) {
    OWLET_TRY([[maybe_unused]] const catalog::Table table, TableOf(show.table));
  }
  OWLET_TRY(const plan::Schema schema, SchemaOfTable(show.table));
  LocalRows rows{{Text("col_name")}, {}};
  for (const plan::Field& field : schema) rows.rows.push_back({Literal::String(field.name)});
  return rows;
}

Result<LocalRows> StatementRunner::Apply(const sql::Describe& describe) {
  using Kind = sql::Describe::Kind;
  if (describe.as_json) return NotImplementedStatement("DESCRIBE AS JSON");
  if (describe.kind == Kind::kDatabase) return DescribeDatabase(describe.name, describe.extended);
  if (describe.kind == Kind::kFunction) return DescribeFunction(describe.name);
  if (describe.kind != Kind::kTable && describe.kind != Kind::kQuery) {
    return NotImplementedStatement("DESCRIBE of what is no table or query");
  }
  if (!describe.column.empty()) return DescribeColumn(describe);
  if (!describe.partition.empty()) {
    OWLET_TRY(const catalog::Table owner, TableOf(describe.name));
    OWLET_TRY(const auto partitions, PartitionsOf(owner));
    OWLET_TRY([[maybe_unused]] const auto values,
              PartitionNamed(owner, describe.partition, partitions));
  }
  if (describe.extended || describe.formatted) return DescribeExtended(describe.name);
  plan::Schema schema;
  if (describe.kind == sql::Describe::Kind::kQuery) {
    const auto source = MakeSource(services_, session_, context_);
    OWLET_TRY(const plan::NodePtr node,
              plan::Resolve(Bound(describe.query), context_.session, *source));
    schema = plan::SchemaOf(*node);
  } else {
    OWLET_TRY(schema, SchemaOfTable(describe.name));
  }
  LocalRows rows{{Text("col_name"), Text("data_type"), Text("comment", true)}, {}};
  std::optional<catalog::Table> table;
  if (describe.kind == Kind::kTable && !session_->FindView(describe.name)) {
    if (auto found = TableOf(describe.name)) table = std::move(*found);
  }
  const auto add = [&](const plan::Field& field) {
    Literal comment{plan::Type::Varchar(), std::monostate{}};
    std::string type = plan::SparkTypeName(field.type);
    if (table) {
      for (const auto* columns : {&table->Columns(), &std::as_const(*table).partition_keys}) {
        for (const catalog::Column& column : *columns) {
          if (LowerCase(column.name) != LowerCase(field.name)) continue;
          if (!column.comment.empty()) comment = Literal::String(column.comment);
          const bool sized =
              column.type.starts_with("char(") || column.type.starts_with("varchar(");
          if (sized) type = column.type;
        }
      }
    }
    rows.rows.push_back(
        {Literal::String(field.name), Literal::String(std::move(type)), std::move(comment)});
  };
  for (const plan::Field& field : schema) add(field);
  if (!table || table->partition_keys.empty()) return rows;
  rows.rows.push_back(
      {Literal::String("# Partition Information"), Literal::String(""), Literal::String("")});
  rows.rows.push_back(
      {Literal::String("# col_name"), Literal::String("data_type"), Literal::String("comment")});
  for (const catalog::Column& key : table->partition_keys) {
    const auto field = std::ranges::find_if(
        schema, [&](const plan::Field& one) { return LowerCase(one.name) == LowerCase(key.name); });
    if (field != schema.end()) add(*field);
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
  if (set.value) {
    OWLET_CHECK_OK(CheckConfigValue(set.key, *set.value));
    session_->SetConfig(set.key, *set.value);
  }
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
    OWLET_TRY(const Values made, Evaluate({set.value}));
    const Literal& value = made.rows.front().front();
    const auto* text = std::get_if<std::string>(&value.value);
    const auto* micros = std::get_if<std::int64_t>(&value.value);
    if (text != nullptr) {
      zone = *text;
    } else if (micros != nullptr && value.type.id() == plan::TypeId::kIntervalDayTime) {
      const std::int64_t minutes = *micros / 60'000'000;
      const std::int64_t distance = minutes < 0 ? -minutes : minutes;
      zone = fmt::format("{}{:02}:{:02}", minutes < 0 ? '-' : '+', distance / 60, distance % 60);
    } else {
      return NotImplementedStatement("SET TIME ZONE with what is no text or interval");
    }
  }
  return Apply(sql::SetConfig{.key = "spark.sql.session.timeZone", .value = zone});
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
  if (!session_->FindView(refresh.name)) {
    OWLET_TRY([[maybe_unused]] const catalog::Table table, TableOf(refresh.name));
  }
  OWLET_TRY(const plan::Schema schema, SchemaOfTable(refresh.name));
  static_cast<void>(schema);
  return NoRows();
}

Result<LocalRows> StatementRunner::Apply(const sql::RefreshPath&) { return NoRows(); }

Result<LocalRows> StatementRunner::Apply(const sql::Explain& explain) {
  const auto* query = std::get_if<sql::Query>(&explain.statement->node);
  if (query == nullptr) return NotImplementedStatement("EXPLAIN of what is no query");
  const auto source = MakeSource(services_, session_, context_);
  OWLET_TRY(const plan::NodePtr node,
            plan::Resolve(Bound(query->relation), context_.session, *source));
  OWLET_TRY(const std::string text, services_.engine.Explain(node, context_));
  return OneText("plan", text);
}

Result<LocalRows> StatementRunner::Apply(const sql::ShowCurrentNamespace&) {
  return LocalRows{
      {Text("catalog"), Text("namespace")},
      {{Literal::String("spark_catalog"), Literal::String(context_.session.current_database)}}};
}

}  // namespace owlet::spark_connect
