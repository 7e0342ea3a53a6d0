#include <fmt/format.h>

#include <algorithm>

#include "core/plan/resolver_binder.h"
#include "core/plan/resolver_statement.h"

// Joins and set operations.

namespace owlet::plan {

namespace {

constexpr std::string_view SetName(SetKind kind) {
  switch (kind) {
    case SetKind::kUnion:
      return "UNION";
    case SetKind::kIntersect:
      return "INTERSECT";
    case SetKind::kExcept:
      return "EXCEPT";
  }
  return "";
}

bool KeepsRight(JoinKind kind) {
  return kind != JoinKind::kLeftSemi && kind != JoinKind::kLeftAnti;
}

void MakeNullable(Scope& scope) {
  for (ScopeColumn& column : scope.columns) column.column.nullable = true;
}

}  // namespace

Result<Scope> Statement::MakeJoin(const Join& node, Scope left, Scope right, BoundPtr condition) {
  JoinNode join{.left = left.node,
                .right = right.node,
                .kind = node.kind,
                .condition = std::move(condition),
                .lateral = node.lateral};
  if (join.kind == JoinKind::kInner && !join.condition) join.kind = JoinKind::kCross;
  if (join.kind == JoinKind::kCross && join.condition) join.kind = JoinKind::kInner;
  if (node.kind == JoinKind::kLeft || node.kind == JoinKind::kFull) MakeNullable(right);
  if (node.kind == JoinKind::kRight || node.kind == JoinKind::kFull) MakeNullable(left);
  std::vector<Column> columns = left.node->columns;
  if (KeepsRight(node.kind)) {
    columns.insert(columns.end(), right.node->columns.begin(), right.node->columns.end());
  }
  Scope scope;
  scope.columns = left.columns;
  scope.plans = left.plans;
  if (KeepsRight(node.kind)) {
    scope.columns.insert(scope.columns.end(), right.columns.begin(), right.columns.end());
  }
  scope.plans.insert(scope.plans.end(), right.plans.begin(), right.plans.end());
  for (Column& column : columns) {
    const ScopeColumn* known = FindColumn(scope, column.id);
    if (known != nullptr) column.nullable = known->column.nullable;
  }
  scope.node = std::make_shared<const Node>(Node{std::move(join), std::move(columns)});
  return scope;
}

Result<Scope> Statement::ResolveUsing(const Join& node, Scope left, Scope right,
                                      const OriginPtr& origin) {
  std::vector<std::string> names = node.using_columns;
  if (node.natural) {
    for (const ScopeColumn& column : left.columns) {
      const bool common =
          !column.hidden && std::ranges::any_of(right.columns, [&](const ScopeColumn& other) {
            return !other.hidden && SameName(other.column.name, column.column.name, session_);
          });
      if (common) names.push_back(column.column.name);
    }
  }
  auto key = [&](const Scope& scope, const std::string& name,
                 const char* side) -> Result<ScopeColumn> {
    const NameMatch match = FindName(scope.columns, {name}, session_);
    if (match.columns.size() == 1) return *match.columns[0];
    if (match.columns.size() > 1) {
      if (IsTrino()) {
        return TrinoError("AMBIGUOUS_NAME", origin, fmt::format("Column '{}' is ambiguous", name));
      }
      return SparkError("AMBIGUOUS_REFERENCE", origin,
                        {{"name", SparkName({name})},
                         {"referenceNames", fmt::format("[{0}, {0}]", SparkName({name}))}},
                        fmt::format("Reference {} is ambiguous.", SparkName({name})));
    }
    if (IsTrino()) {
      return TrinoError("COLUMN_NOT_FOUND", origin,
                        fmt::format("Column '{}' is missing from {} side of join", name, side));
    }
    std::vector<std::string> own;
    for (const ScopeColumn& column : scope.columns) {
      if (!column.hidden) own.push_back(column.column.name);
    }
    std::ranges::sort(own);
    std::string suggestion;
    for (const std::string& column : own) {
      suggestion += (suggestion.empty() ? "" : ", ") + SparkName({column});
    }
    return SparkError("UNRESOLVED_USING_COLUMN_FOR_JOIN", origin,
                      {{"colName", SparkName({name})}, {"side", side}, {"suggestion", suggestion}},
                      fmt::format("USING column {} cannot be resolved on the {} side of the join. "
                                  "The {}-side columns: [{}].",
                                  SparkName({name}), side, side, suggestion));
  };
  BoundPtr condition;
  std::vector<std::pair<ScopeColumn, ScopeColumn>> pairs;
  for (const std::string& name : names) {
    OWLET_TRY(ScopeColumn left_key, key(left, name, "left"));
    OWLET_TRY(ScopeColumn right_key, key(right, name, "right"));
    Scope both;
    both.columns = {left_key, right_key};
    Binder binder(*this, both, nullptr, "JOIN");
    // For a message both sides are written by name.
    ExpressionPtr reference = MakeExpression(ColumnReference{.parts = {name}}, origin);
    ExpressionPtr call = MakeExpression(
        FunctionCall{.name = "=", .arguments = {reference, reference}, .is_operator = true},
        origin);
    OWLET_TRY(BoundPtr equal,
              binder.Compare("=", ReferTo(left_key.column), ReferTo(right_key.column), call));
    condition = Conjunction(std::move(condition), std::move(equal));
    pairs.emplace_back(left_key, right_key);
  }
  const std::vector<ScopeColumn> left_columns = left.columns;
  const std::vector<ScopeColumn> right_columns = right.columns;
  OWLET_TRY(Scope joined, MakeJoin(node, std::move(left), std::move(right), std::move(condition)));
  // The keys once, first; then the rest of both sides. Spark still finds the other side's key by
  // a qualified name or a plan id; Trino does not.
  std::vector<Item> items;
  std::vector<ColumnId> used;
  auto item_of = [&](const ScopeColumn& column, bool hidden) {
    const ScopeColumn* known = FindColumn(joined, column.column.id);
    return Item{.expression = ReferTo(known->column),
                .name = column.column.name,
                .qualifier = column.qualifier,
                .metadata = column.column.metadata,
                .hidden = hidden};
  };
  for (const auto& [left_key, right_key] : pairs) {
    Item item;
    if (node.kind == JoinKind::kFull || (IsTrino() && node.kind == JoinKind::kRight)) {
      auto common = CommonType(left_key.column.type, right_key.column.type, session_);
      const ScopeColumn* a = FindColumn(joined, left_key.column.id);
      const ScopeColumn* b = FindColumn(joined, right_key.column.id);
      item = {
          .expression = FirstNotNull({ReferTo(a->column), ReferTo(b->column)}, *common, session_),
          .name = left_key.column.name};
    } else if (node.kind == JoinKind::kRight) {
      item = item_of(right_key, false);
      used.push_back(right_key.column.id);
    } else {
      item = item_of(left_key, false);
      used.push_back(left_key.column.id);
    }
    if (IsTrino()) item.qualifier.clear();
    items.push_back(std::move(item));
  }
  auto is_key = [&](const ScopeColumn& column) {
    return std::ranges::any_of(pairs, [&](const auto& pair) {
      return pair.first.column.id == column.column.id || pair.second.column.id == column.column.id;
    });
  };
  for (const ScopeColumn& column : left_columns) {
    if (!is_key(column)) items.push_back(item_of(column, column.hidden));
  }
  if (KeepsRight(node.kind)) {
    for (const ScopeColumn& column : right_columns) {
      if (!is_key(column)) items.push_back(item_of(column, column.hidden));
    }
  }
  if (IsSpark()) {
    for (const auto& [left_key, right_key] : pairs) {
      for (const ScopeColumn* column : {&left_key, &right_key}) {
        const bool shown = std::ranges::find(used, column->column.id) != used.end();
        if (shown || (column == &right_key && !KeepsRight(node.kind))) continue;
        items.push_back(item_of(*column, true));
      }
    }
  }
  Scope scope = ProjectItems(joined, std::move(items));
  scope.plans = joined.plans;
  return scope;
}

Result<Scope> Statement::ResolveNode(const Join& node, const Relation& relation,
                                     const Binder* outer) {
  OWLET_TRY(Scope left, ResolveRelation(node.left, outer));
  left.below = nullptr;
  // UNNEST and its kin always see the left side.
  const Relation* function = node.right.get();
  const SubqueryAlias* alias = std::get_if<SubqueryAlias>(&function->node);
  if (alias != nullptr) function = alias->input.get();
  if (const auto* table = std::get_if<TableFunction>(&function->node);
      table != nullptr && (node.kind == JoinKind::kCross || node.kind == JoinKind::kInner ||
                           node.kind == JoinKind::kLeft)) {
    const auto* literal = node.condition ? std::get_if<Literal>(&node.condition->node) : nullptr;
    const bool no_condition = node.condition == nullptr || literal != nullptr;
    if (IsTrino() && node.kind == JoinKind::kLeft && !no_condition) {
      return TrinoError("NOT_SUPPORTED", node.condition->origin,
                        "LEFT JOIN involving UNNEST is only supported with condition ON TRUE");
    }
    if (no_condition && (node.lateral || table->name == "unnest")) {
      TableFunction generator = *table;
      generator.outer = generator.outer || node.kind == JoinKind::kLeft;
      OWLET_TRY(Scope scope, Unnested(generator, left, outer, function->origin));
      if (alias == nullptr) return scope;
      Scope added;
      added.columns.assign(scope.columns.begin() + static_cast<std::ptrdiff_t>(left.columns.size()),
                           scope.columns.end());
      OWLET_CHECK_OK(RenameColumns(added, alias->columns,
                                   alias->name.empty() ? std::string() : alias->name.back(),
                                   relation.origin));
      scope.columns.resize(left.columns.size());
      for (ScopeColumn& column : added.columns) {
        column.qualifier = alias->name;
        scope.columns.push_back(std::move(column));
      }
      return scope;
    }
  }
  Result<Scope> right_result = Scope{};
  if (node.lateral) {
    Binder sideways(*this, left, outer, "LATERAL");
    right_result = ResolveRelation(node.right, &sideways);
  } else {
    right_result = ResolveRelation(node.right, outer);
  }
  if (!right_result) return right_result;
  Scope right = std::move(*right_result);
  right.below = nullptr;
  if (!node.using_columns.empty() || node.natural) {
    return ResolveUsing(node, std::move(left), std::move(right), relation.origin);
  }
  BoundPtr condition;
  if (node.condition) {
    Scope both;
    both.node = left.node;
    both.columns = left.columns;
    both.columns.insert(both.columns.end(), right.columns.begin(), right.columns.end());
    both.plans = left.plans;
    both.plans.insert(both.plans.end(), right.plans.begin(), right.plans.end());
    Binder binder(*this, both, outer, "JOIN");
    OWLET_TRY(condition, binder.BindCondition(node.condition));
  }
  return MakeJoin(node, std::move(left), std::move(right), std::move(condition));
}

Result<Scope> Statement::CombineSets(Scope left, Scope right, SetKind kind, bool all,
                                     const OriginPtr& origin) {
  NodePtr left_node = VisibleNode(left);
  NodePtr right_node = VisibleNode(right);
  const std::size_t width = left_node->columns.size();
  if (right_node->columns.size() != width) {
    const std::size_t other = right_node->columns.size();
    if (IsTrino()) {
      return TrinoError("TYPE_MISMATCH", origin,
                        fmt::format("{} query has different number of fields: {}, {}",
                                    SetName(kind), width, other));
    }
    return SparkError("NUM_COLUMNS_MISMATCH", origin,
                      {{"operator", std::string(SetName(kind))},
                       {"firstNumColumns", std::to_string(width)},
                       {"invalidOrdinalNum", "second"},
                       {"invalidNumColumns", std::to_string(other)}},
                      fmt::format("{} can only be performed on inputs with the same number of "
                                  "columns, but the first input has {} columns and the second "
                                  "input has {} columns.",
                                  SetName(kind), width, other));
  }
  Scope scope;
  std::vector<Column> columns;
  std::vector<Item> left_items;
  std::vector<Item> right_items;
  bool left_cast = false;
  bool right_cast = false;
  for (std::size_t i = 0; i < width; ++i) {
    const Column& a = left_node->columns[i];
    const Column& b = right_node->columns[i];
    auto common = CommonType(a.type, b.type, session_);
    if (!common) {
      const std::string left_type = TypeText(a.type, session_);
      const std::string right_type = TypeText(b.type, session_);
      if (IsTrino()) {
        return TrinoError("TYPE_MISMATCH", origin,
                          fmt::format("column {} in {} query has incompatible types: {}, {}", i + 1,
                                      SetName(kind), left_type, right_type));
      }
      static constexpr std::array<std::string_view, 3> kOrdinals = {"first", "second", "third"};
      return SparkError(
          "INCOMPATIBLE_COLUMN_TYPE", origin,
          {{"operator", std::string(SetName(kind))},
           {"columnOrdinalNumber",
            i < 3 ? std::string(kOrdinals.at(i)) : fmt::format("{}th", i + 1)},
           {"tableOrdinalNumber", "second"},
           {"dataType1", SparkQuoted(right_type)},
           {"dataType2", SparkQuoted(left_type)},
           {"hint", ""}},
          fmt::format("{} can only be performed on tables with compatible column types. The "
                      "column {} of the second table is \"{}\" type which is not compatible with "
                      "\"{}\" at the same column of the first table.",
                      SetName(kind), i + 1, right_type, left_type));
    }
    left_cast = left_cast || !a.type.SameIgnoringNulls(*common);
    right_cast = right_cast || !b.type.SameIgnoringNulls(*common);
    left_items.push_back({.expression = Coerce(ReferTo(a), *common, session_), .name = a.name});
    right_items.push_back({.expression = Coerce(ReferTo(b), *common, session_), .name = b.name});
    const bool left_null = left_items.back().expression->nullable;
    const bool right_null = right_items.back().expression->nullable;
    const bool nullable = kind == SetKind::kUnion       ? left_null || right_null
                          : kind == SetKind::kIntersect ? left_null && right_null
                                                        : left_null;
    columns.push_back({.id = NewId(),
                       .name = a.name,
                       .type = *common,
                       .nullable = nullable,
                       .metadata = a.metadata});
    scope.columns.push_back({.column = columns.back()});
  }
  left.node = left_node;
  right.node = right_node;
  if (left_cast) left_node = ProjectItems(left, std::move(left_items)).node;
  if (right_cast) right_node = ProjectItems(right, std::move(right_items)).node;
  scope.node =
      std::make_shared<const Node>(Node{SetNode{left_node, right_node, kind, all}, columns});
  // df.union(..)["x"]: the plan's own id is added by the caller; the inputs' ids end here, except
  // that Spark keeps the left side's attributes as the output.
  for (const PlanOccurrence& plan : left.plans) {
    PlanOccurrence renamed = plan;
    for (ScopeColumn& column : renamed.columns) {
      for (std::size_t i = 0; i < width; ++i) {
        if (left.node->columns[i].id == column.column.id) column.column = columns[i];
      }
    }
    scope.plans.push_back(std::move(renamed));
  }
  return scope;
}

Result<Scope> Statement::UnionByName(const SetOperation& node, Scope left, Scope right,
                                     const OriginPtr& origin) {
  NodePtr left_node = VisibleNode(left);
  NodePtr right_node = VisibleNode(right);
  std::vector<Item> left_items;
  std::vector<Item> right_items;
  for (const Column& column : left_node->columns) {
    left_items.push_back({.expression = ReferTo(column), .name = column.name});
    const auto found = std::ranges::find_if(right_node->columns, [&](const Column& other) {
      return SameName(other.name, column.name, session_);
    });
    if (found != right_node->columns.end()) {
      right_items.push_back({.expression = ReferTo(*found), .name = column.name});
    } else if (node.allow_missing_columns) {
      right_items.push_back(
          {.expression = Constant(Literal{column.type, {}}), .name = column.name});
    } else {
      std::vector<std::string> fields;
      for (const Column& other : right_node->columns) fields.push_back(other.name);
      return NotAmongFieldNames(column.name, fields, origin);
    }
  }
  for (const Column& column : right_node->columns) {
    const bool known = std::ranges::any_of(left_node->columns, [&](const Column& other) {
      return SameName(other.name, column.name, session_);
    });
    if (known) continue;
    if (!node.allow_missing_columns) {
      // Spark then says that the widths differ.
      return CombineSets(std::move(left), std::move(right), node.kind, node.all, origin);
    }
    right_items.push_back({.expression = ReferTo(column), .name = column.name});
    left_items.push_back({.expression = Constant(Literal{column.type, {}}), .name = column.name});
  }
  left.node = left_node;
  right.node = right_node;
  return CombineSets(ProjectItems(left, std::move(left_items)),
                     ProjectItems(right, std::move(right_items)), node.kind, node.all, origin);
}

Result<Scope> Statement::ResolveNode(const SetOperation& node, const Relation& relation,
                                     const Binder* outer) {
  OWLET_TRY(Scope left, ResolveRelation(node.left, outer));
  OWLET_TRY(Scope right, ResolveRelation(node.right, outer));
  if (node.by_name) {
    return UnionByName(node, std::move(left), std::move(right), relation.origin);
  }
  return CombineSets(std::move(left), std::move(right), node.kind, node.all, relation.origin);
}

}  // namespace owlet::plan
