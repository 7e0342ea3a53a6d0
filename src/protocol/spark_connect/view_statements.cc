#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/ascii.h"
#include "core/catalog/hive_types.h"
#include "core/sql/lexer.h"
#include "protocol/spark_connect/insert_rows.h"
#include "protocol/spark_connect/sql_statements.h"
#include "protocol/spark_connect/stored_views.h"

// CREATE, ALTER and DROP VIEW of Spark SQL: temporary views live in the session, the others in the
// catalog as the text they were made with.

namespace owlet::spark_connect {

namespace {

std::unexpected<Error> Refuse(std::string condition, std::string message,
                              std::vector<std::pair<std::string, std::string>> parameters) {
  return Fail(Error{.reason = Reason::kAnalysisError,
                    .message = std::move(message),
                    .condition = std::move(condition),
                    .parameters = std::move(parameters)});
}

std::vector<std::string> NamesOf(const std::vector<sql::ViewColumn>& columns) {
  std::vector<std::string> names;
  for (const sql::ViewColumn& column : columns) names.push_back(column.name);
  return names;
}

template <class Items>
std::string QuotedNames(const Items& items) {
  std::string text;
  for (const auto& item : items) text += fmt::format("{}`{}`", text.empty() ? "" : ", ", item.name);
  return text;
}

Status CheckColumns(const sql::CreateView& view, const std::string& quoted,
                    const plan::Schema& data) {
  if (!view.columns.empty() && view.columns.size() != data.size()) {
    return Refuse(data.size() > view.columns.size()
                      ? "CREATE_VIEW_COLUMN_ARITY_MISMATCH.TOO_MANY_DATA_COLUMNS"
                      : "CREATE_VIEW_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS",
                  "the view and its query have not the same number of columns",
                  {{"viewName", quoted},
                   {"viewColumns", QuotedNames(view.columns)},
                   {"dataColumns", QuotedNames(data)}});
  }
  std::set<std::string> seen;
  for (std::size_t i = 0; i < data.size(); ++i) {
    const std::string name =
        ToLowerAscii(view.columns.empty() ? data[i].name : view.columns[i].name);
    if (seen.insert(name).second) continue;
    return Refuse("COLUMN_ALREADY_EXISTS", "two columns of one name: " + name,
                  {{"columnName", fmt::format("`{}`", name)}});
  }
  return {};
}

/// CREATE TEMP VIEW v USING format OPTIONS (...).
plan::RelationPtr FilesOf(const sql::CreateView& view) {
  plan::ReadFiles read;
  read.format = ToLowerAscii(view.provider);
  read.schema = view.schema;
  for (const auto& [key, value] : view.options) {
    if (EqualsIgnoringCase(key, "path")) {
      read.paths.push_back(value);
    } else {
      read.options[key] = value;
    }
  }
  return plan::MakeRelation(std::move(read));
}

}  // namespace

Result<LocalRows> StatementRunner::Apply(const sql::CreateView& view) {
  const bool session_view = view.alter && session_->FindView(view.name).has_value();
  if (!view.temporary && !session_view) {
    OWLET_CHECK_OK(CreateStoredView(view));
    return LocalRows{};
  }
  const bool global = view.global || view.name.size() > 1;
  const std::string& name = view.name.back();
  if (!session_view && view.name.size() > 1) {
    return Refuse("INVALID_TEMP_OBJ_QUALIFIER", "a temporary view has no database",
                  {{"objectType", "VIEW"},
                   {"objectName", fmt::format("`{}`", name)},
                   {"qualifier", fmt::format("`{}`", view.name.front())}});
  }
  plan::RelationPtr query = view.query == nullptr ? FilesOf(view) : Bound(view.query);
  query = session_->InlineViews(query);
  const auto source = MakeSource(services_, session_, context_);
  OWLET_TRY(const plan::NodePtr alone, plan::Resolve(query, context_.session, *source));
  OWLET_CHECK_OK(CheckColumns(view, fmt::format("`{}`", name), plan::SchemaOf(*alone)));
  if (!view.columns.empty()) {
    query = plan::MakeRelation(plan::ToDataFrame{std::move(query), NamesOf(view.columns)});
  }
  const bool exists = global ? session_->global_views().Find(name).has_value()
                             : session_->FindView({name}).has_value();
  if (exists && !view.or_replace) {
    if (view.if_not_exists) return LocalRows{};
    return Refuse("TEMP_TABLE_OR_VIEW_ALREADY_EXISTS", "the temporary view exists already: " + name,
                  {{"relationName", fmt::format("`{}`", name)}});
  }
  TempView stored{std::move(query), context_.session};
  if (global) {
    session_->global_views().Put(name, std::move(stored));
  } else {
    session_->PutView(name, std::move(stored));
  }
  return LocalRows{};
}

// What a stored view names must be there for all sessions.
Status StatementRunner::CheckTemporary(const sql::CreateView& view, const std::string& quoted) {
  const auto tokens = sql::Tokenize(view.query_text, sql::SqlDialect::kSpark);
  if (!tokens) return {};
  for (std::size_t i = 0; i < tokens->size(); ++i) {
    const sql::Token& token = (*tokens)[i];
    const bool name = token.kind == sql::TokenKind::kWord || token.kind == sql::TokenKind::kQuoted;
    if (!name || (i > 0 && (*tokens)[i - 1].text == ".")) continue;
    const std::string text =
        token.kind == sql::TokenKind::kQuoted ? token.value : std::string(token.text);
    const bool behind_from =
        i > 0 && ((*tokens)[i - 1].value == "FROM" || (*tokens)[i - 1].value == "JOIN");
    const bool is_view = behind_from && session_->FindView({text}).has_value();
    if (!is_view && (behind_from || !session_->variables().Find(text))) continue;
    return Refuse("INVALID_TEMP_OBJ_REFERENCE", "a stored view refers to what is temporary",
                  {{"obj", "VIEW"},
                   {"objName", quoted},
                   {"tempObj", is_view ? "VIEW" : "VARIABLE"},
                   {"tempObjName", fmt::format("`{}`", text)}});
  }
  return {};
}

// A view keeps its text; SessionSource reads it again for each query.
Status StatementRunner::CreateStoredView(const sql::CreateView& view) {
  catalog::Table table;
  table.database = ToLowerAscii(view.name.size() > 1 ? view.name[view.name.size() - 2]
                                                     : context_.session.current_database);
  table.name = ToLowerAscii(view.name.back());
  const std::string quoted = QuotedTable(table);
  const auto present =
      services_.catalog.GetTable(*context_.principal, {table.database, table.name});
  if (view.alter && !present) return NotFound(view.name, SearchScope::kCommand);
  if (view.alter && !present->IsView()) {
    return Refuse("EXPECT_VIEW_NOT_TABLE.NO_ALTERNATIVE", "no view: " + quoted,
                  {{"tableName", quoted}, {"operation", "ALTER VIEW ... AS"}});
  }
  if (present && view.if_not_exists) return {};
  const auto source = MakeSource(services_, session_, context_);
  OWLET_TRY(const plan::NodePtr node, plan::Resolve(Bound(view.query), context_.session, *source));
  const plan::Schema data = plan::SchemaOf(*node);
  OWLET_CHECK_OK(CheckColumns(view, quoted, data));
  OWLET_CHECK_OK(CheckTemporary(view, quoted));
  table.description = view.comment.value_or("");
  table.owner = context_.session.user;
  table.table_type = "VIRTUAL_VIEW";
  table.view_original_text = view.query_text;
  table.view_expanded_text = view.query_text;
  for (const auto& [key, value] : view.properties) table.parameters[key] = value;
  DescribeStoredView(context_.session.current_database, data, table);
  auto& storage = table.storage.emplace();
  for (std::size_t i = 0; i < data.size(); ++i) {
    OWLET_TRY(std::string type, catalog::FormatHiveType(data[i].type));
    catalog::Column column{.name = data[i].name, .type = std::move(type)};
    if (!view.columns.empty()) {
      column.name = view.columns[i].name;
      column.comment = view.columns[i].comment.value_or("");
    }
    storage.columns.push_back(std::move(column));
  }
  if (view.alter) table.parameters.insert(present->parameters.begin(), present->parameters.end());
  const Status done = EditCatalog([&](catalog::CatalogEdit& edit) -> Status {
    if (table.database == "default" && !edit.GetDatabase("default")) {
      OWLET_CHECK_OK(edit.CreateDatabase({.name = "default"}));
    }
    const auto known = edit.GetTable({table.database, table.name});
    if (known && known->IsView() && view.or_replace) return edit.UpdateTable(table);
    return edit.CreateTable(table);
  });
  if (done || done.error().reason != Reason::kEntityExists) return done;
  return Refuse("TABLE_OR_VIEW_ALREADY_EXISTS", "there is a table or view of that name",
                {{"relationName", quoted}});
}

Result<LocalRows> StatementRunner::Apply(const sql::DropView& drop) {
  const bool global = drop.name.size() == 2 && EqualsIgnoringCase(drop.name[0], "global_temp");
  const bool dropped = global ? session_->global_views().Drop(drop.name[1])
                              : drop.name.size() == 1 && session_->DropView(drop.name[0]);
  if (dropped) return LocalRows{};
  const auto table = TableOf(drop.name, SearchScope::kDrop);
  if (!table && table.error().condition != "TABLE_OR_VIEW_NOT_FOUND") return Fail(table.error());
  if (!table) {
    if (drop.if_exists) return LocalRows{};
    return Fail(table.error());
  }
  if (!table->IsView()) {
    return Refuse("WRONG_COMMAND_FOR_OBJECT_TYPE", "a table is dropped by DROP TABLE",
                  {{"operation", "DROP VIEW"},
                   {"requiredType", "VIEW or METRIC_VIEW"},
                   {"objectName", fmt::format("spark_catalog.{}.{}", table->database, table->name)},
                   {"foundType", table->table_type == "MANAGED_TABLE" ? "MANAGED" : "EXTERNAL"},
                   {"alternative", "DROP TABLE"}});
  }
  OWLET_CHECK_OK(EditCatalog([&](catalog::CatalogEdit& edit) {
    return edit.DeleteTable({table->database, table->name});
  }));
  return LocalRows{};
}

}  // namespace owlet::spark_connect
