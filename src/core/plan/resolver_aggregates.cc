#include <fmt/format.h>

#include <algorithm>

#include "core/plan/literal_text.h"
#include "core/plan/resolver_binder.h"
#include "core/plan/resolver_select.h"
#include "core/plan/resolver_statement.h"
#include "core/plan/time_windows.h"

// DataFrame aggregates, PIVOT and UNPIVOT.

namespace owlet::plan {

namespace {

struct PivotValue {
  Literal value;
  std::string name;
};

// The aggregate with its rows limited to one pivot value: sum(x) becomes sum(x) FILTER (WHERE
// pivot <=> value), every aggregate inside the expression its own.
ExpressionPtr LimitTo(const ExpressionPtr& expression, const ExpressionPtr& condition,
                      const FunctionTable& table) {
  auto limited = [&](const ExpressionPtr& child) { return LimitTo(child, condition, table); };
  if (const auto* call = std::get_if<FunctionCall>(&expression->node)) {
    FunctionCall copy = *call;
    if (table.Find(call->name) == FunctionKind::kAggregate) {
      copy.filter =
          copy.filter
              ? MakeExpression(FunctionCall{
                    .name = "and", .arguments = {copy.filter, condition}, .is_operator = true})
              : condition;
    } else {
      for (ExpressionPtr& argument : copy.arguments) argument = limited(argument);
    }
    return MakeExpression(std::move(copy), expression->origin);
  }
  if (const auto* cast = std::get_if<Cast>(&expression->node)) {
    return MakeExpression(Cast{limited(cast->input), cast->type, cast->mode}, expression->origin);
  }
  if (const auto* alias = std::get_if<Alias>(&expression->node)) {
    return MakeExpression(Alias{limited(alias->input), alias->names, alias->metadata},
                          expression->origin);
  }
  return expression;
}

std::string PivotName(const Literal& literal) {
  if (literal.IsNull()) return "null";
  if (literal.type.id() == TypeId::kDate) return DateText(std::get<std::int64_t>(literal.value));
  return SparkLiteralText(literal, false);
}

}  // namespace

Result<Scope> Statement::ResolveNode(const Aggregate& node, const Relation& relation,
                                     const Binder* outer) {
  if (IsSpark()) {
    OWLET_TRY(const auto placed, PlaceTimeWindow(node));
    if (placed) return ResolveNode(*placed, relation, outer);
  }
  OWLET_TRY(Scope input, ResolveRelation(node.input, outer));
  SelectParts parts{.items = node.aggregates, .group_by = node.grouping, .origin = relation.origin};
  parts.keys_first = true;
  if (!node.pivot) {
    SelectResolver select(*this, std::move(input), outer);
    return select.Resolve(parts);
  }
  if (node.pivot->columns.size() != 1) {
    return Fail(Reason::kNotImplemented, "PIVOT over several columns");
  }
  const ExpressionPtr& column = node.pivot->columns[0];
  Binder binder(*this, input, outer, "PIVOT");
  std::vector<PivotValue> values;
  for (const auto& [expression, name] : node.pivot->values) {
    OWLET_TRY(BoundPtr bound, binder.Bind(expression));
    const auto* literal = std::get_if<Literal>(&bound->node);
    if (literal == nullptr) {
      return SparkError("NON_LITERAL_PIVOT_VALUES", expression->origin,
                        {{"expression", SparkQuoted(binder.TextOf(expression))}},
                        "Literal expressions required for pivot values.");
    }
    values.push_back({*literal, name.empty() ? PivotName(*literal) : name});
  }
  if (values.empty()) {
    // The distinct values, sorted: asked of the engine now, as Spark does.
    OWLET_TRY(BoundPtr bound, binder.Bind(column));
    Scope keys = ProjectItems(input, {{.expression = bound, .name = "value"}});
    NodePtr distinct =
        std::make_shared<const Node>(Node{DistinctNode{keys.node, {}}, keys.node->columns});
    NodePtr sorted = std::make_shared<const Node>(
        Node{SortNode{distinct, {{ReferTo(distinct->columns[0]), true, true}}}, distinct->columns});
    constexpr std::int64_t kMaximumValues = 10'000;
    NodePtr limited = std::make_shared<const Node>(
        Node{LimitNode{.input = sorted, .limit = kMaximumValues + 1}, sorted->columns});
    OWLET_TRY(auto rows, source_.Evaluate(limited));
    if (rows.size() > kMaximumValues) {
      return SparkError("_LEGACY_ERROR_TEMP_1324", relation.origin,
                        {{"pivotColumn", binder.TextOf(column)},
                         {"maxValues", std::to_string(kMaximumValues)},
                         {"config", "spark.sql.pivotMaxValues"}},
                        fmt::format("The pivot column {} has more than {} distinct values.",
                                    binder.TextOf(column), kMaximumValues));
    }
    for (auto& row : rows) values.push_back({row[0], PivotName(row[0])});
  }
  if (parts.group_by && std::ranges::any_of(*parts.group_by, [](const GroupingElement& element) {
        return element.kind == GroupKind::kPivot;
      })) {
    // SQL: by all columns that neither the aggregates nor the pivot name.
    CallSink used;
    Binder probe(*this, input, outer, "PIVOT");
    probe.aggregates = &used;
    std::vector<BoundPtr> named;
    for (const ExpressionPtr& aggregate : node.aggregates) {
      OWLET_TRY(BoundPtr bound, probe.Bind(aggregate));
      named.push_back(std::move(bound));
    }
    OWLET_TRY(BoundPtr pivot_column, probe.Bind(column));
    named.push_back(std::move(pivot_column));
    named.insert(named.end(), used.calls.begin(), used.calls.end());
    GroupingElement rest;
    rest.sets.emplace_back();
    for (const ScopeColumn& other : input.columns) {
      const bool is_named = std::ranges::any_of(
          named, [&](const BoundPtr& bound) { return UsesColumn(bound, other.column.id); });
      if (other.hidden || is_named) continue;
      std::vector<std::string> name = other.qualifier;
      name.push_back(other.column.name);
      rest.sets[0].push_back(MakeExpression(ColumnReference{.parts = std::move(name)}));
    }
    parts.group_by = std::vector<GroupingElement>{std::move(rest)};
  }
  parts.items.clear();
  for (const PivotValue& value : values) {
    ExpressionPtr condition = MakeExpression(FunctionCall{
        .name = "<=>", .arguments = {column, MakeExpression(value.value)}, .is_operator = true});
    for (const ExpressionPtr& aggregate : node.aggregates) {
      const auto* alias = std::get_if<Alias>(&aggregate->node);
      const ExpressionPtr& inner = alias ? alias->input : aggregate;
      std::string name = value.name;
      if (node.aggregates.size() > 1) {
        name += "_" + (alias ? alias->names.at(0) : binder.TextOf(inner));
      }
      parts.items.push_back(
          MakeExpression(Alias{LimitTo(inner, condition, table_), {std::move(name)}, ""}));
    }
  }
  SelectResolver select(*this, std::move(input), outer);
  return select.Resolve(parts);
}

Result<Scope> Statement::ResolveNode(const Unpivot& node, const Relation& relation,
                                     const Binder* outer) {
  OWLET_TRY(Scope input, ResolveRelation(node.input, outer));
  Binder binder(*this, input, outer, "UNPIVOT");
  std::vector<std::pair<BoundPtr, std::string>> ids;
  auto column_of = [&](const ExpressionPtr& expression) -> Result<BoundPtr> {
    return binder.Bind(expression);
  };
  std::vector<std::vector<ExpressionPtr>> sets = node.value_sets;
  std::vector<BoundPtr> id_bounds;
  for (const ExpressionPtr& id : node.ids) {
    OWLET_TRY(BoundPtr bound, column_of(id));
    ids.emplace_back(bound, binder.NameOf(id));
    id_bounds.push_back(std::move(bound));
  }
  if (sets.empty() && node.values) {
    for (const ExpressionPtr& value : *node.values) sets.push_back({value});
  }
  if (sets.empty()) {
    for (const ScopeColumn& column : input.columns) {
      const bool is_id = std::ranges::any_of(
          id_bounds, [&](const BoundPtr& bound) { return UsesColumn(bound, column.column.id); });
      if (column.hidden || is_id) continue;
      std::vector<std::string> name = column.qualifier;
      name.push_back(column.column.name);
      sets.push_back({MakeExpression(ColumnReference{.parts = std::move(name)})});
    }
  }
  std::vector<std::vector<BoundPtr>> values;
  for (const auto& set : sets) {
    std::vector<BoundPtr> row;
    for (const ExpressionPtr& expression : set) {
      OWLET_TRY(BoundPtr bound, column_of(expression));
      row.push_back(std::move(bound));
    }
    values.push_back(std::move(row));
  }
  if (values.empty()) {
    return SparkError("UNPIVOT_REQUIRES_VALUE_COLUMNS", relation.origin, {},
                      "At least one value column needs to be specified for UNPIVOT.");
  }
  if (node.ids.empty() && !node.value_sets.empty()) {
    for (const ScopeColumn& column : input.columns) {
      const bool is_value = std::ranges::any_of(values, [&](const auto& row) {
        return std::ranges::any_of(
            row, [&](const BoundPtr& bound) { return UsesColumn(bound, column.column.id); });
      });
      if (!column.hidden && !is_value) ids.emplace_back(ReferTo(column.column), column.column.name);
    }
  }
  const std::size_t width = values[0].size();
  std::vector<Type> types(width);
  for (const auto& row : values) {
    for (std::size_t i = 0; i < width; ++i) {
      auto common = CommonType(types[i], row[i]->type, session_);
      if (!common) {
        return SparkError("UNPIVOT_VALUE_DATA_TYPE_MISMATCH", relation.origin,
                          {{"types", fmt::format("\"{}\", \"{}\"", TypeText(types[i], session_),
                                                 TypeText(row[i]->type, session_))}},
                          "Unpivot value columns must share a least common type.");
      }
      types[i] = *common;
    }
  }
  // One row of VALUES a set, beside each row of the input.
  ValuesNode rows;
  std::vector<Column> added;
  added.push_back(
      {.id = NewId(), .name = node.variable_column, .type = Type::Varchar(), .nullable = false});
  for (std::size_t i = 0; i < width; ++i) {
    added.push_back({.id = NewId(),
                     .name = node.value_columns.empty() ? node.value_column : node.value_columns[i],
                     .type = types[i],
                     .nullable = false});
  }
  for (std::size_t r = 0; r < values.size(); ++r) {
    std::string label = r < node.labels.size() ? node.labels[r] : "";
    if (label.empty()) {
      for (const ExpressionPtr& expression : sets[r]) {
        label += (label.empty() ? "" : "_") + binder.NameOf(expression);
      }
    }
    std::vector<BoundPtr> row = {Constant(Literal::String(label))};
    for (std::size_t i = 0; i < width; ++i) {
      row.push_back(Coerce(values[r][i], types[i], session_));
      added[i + 1].nullable = added[i + 1].nullable || row.back()->nullable;
    }
    rows.rows.push_back(std::move(row));
  }
  auto right = std::make_shared<const Node>(Node{std::move(rows), added});
  std::vector<Column> columns = input.node->columns;
  columns.insert(columns.end(), added.begin(), added.end());
  Scope joined = input;
  joined.node = std::make_shared<const Node>(Node{JoinNode{.left = input.node,
                                                           .right = right,
                                                           .kind = JoinKind::kCross,
                                                           .condition = nullptr,
                                                           .lateral = true},
                                                  std::move(columns)});
  if (!node.include_nulls) {
    BoundPtr all_null;
    for (std::size_t i = 1; i < added.size(); ++i) {
      all_null = Conjunction(std::move(all_null), IsNull(ReferTo(added[i])));
    }
    joined = WithNode(std::move(joined), FilterNode{nullptr, Negation(std::move(all_null))});
  }
  std::vector<Item> items;
  for (auto& [bound, name] : ids) items.push_back({.expression = bound, .name = name});
  for (const Column& column : added) {
    items.push_back({.expression = ReferTo(column), .name = column.name});
  }
  return ProjectItems(joined, std::move(items));
}

}  // namespace owlet::plan
