#include "protocol/spark_connect/stored_views.h"

#include <fmt/format.h>

#include "core/sql/parser.h"

namespace owlet::spark_connect {

namespace {

constexpr char kDatabase[] = "view.catalogAndNamespace.part.1";
constexpr char kNumColumns[] = "view.query.out.numCols";

std::string ColumnKey(std::size_t index) { return fmt::format("view.query.out.col.{}", index); }

}  // namespace

void DescribeStoredView(const std::string& current_database, const plan::Schema& columns,
                        catalog::Table& view) {
  view.parameters["view.catalogAndNamespace.numParts"] = "2";
  view.parameters["view.catalogAndNamespace.part.0"] = "spark_catalog";
  view.parameters[kDatabase] = current_database;
  view.parameters[kNumColumns] = std::to_string(columns.size());
  for (std::size_t i = 0; i < columns.size(); ++i) {
    view.parameters[ColumnKey(i)] = columns[i].name;
  }
}

Result<std::optional<plan::ViewDefinition>> ReadStoredView(const catalog::Table& view,
                                                           plan::SessionSettings settings) {
  if (!view.IsView() || view.view_original_text.starts_with("/*")) return std::nullopt;
  OWLET_TRY(const sql::Statement statement, sql::ParseSpark(view.view_original_text));
  const auto* query = std::get_if<sql::Query>(&statement.node);
  if (query == nullptr) return std::nullopt;
  const auto database = view.parameters.find(kDatabase);
  settings.current_database = database == view.parameters.end() ? view.database : database->second;
  // `SELECT *` means the columns of then.
  plan::Project columns{query->relation, {}};
  std::vector<std::string> names;
  for (std::size_t i = 0; i < view.Columns().size(); ++i) {
    names.push_back(view.Columns()[i].name);
    const auto name = view.parameters.find(ColumnKey(i));
    if (name == view.parameters.end()) continue;
    columns.expressions.push_back(
        plan::MakeExpression(plan::ColumnReference{.parts = {name->second}}));
  }
  const bool known = columns.expressions.size() == names.size();
  plan::RelationPtr relation = known ? plan::MakeRelation(std::move(columns)) : query->relation;
  return plan::ViewDefinition{
      plan::MakeRelation(plan::ToDataFrame{std::move(relation), std::move(names)}),
      std::move(settings), std::nullopt};
}

}  // namespace owlet::spark_connect
