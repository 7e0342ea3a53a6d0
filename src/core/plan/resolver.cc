#include "core/plan/resolver.h"

#include <fmt/format.h>

#include "core/plan/resolver_binder.h"
#include "core/plan/resolver_select.h"
#include "core/plan/resolver_statement.h"
#include "core/plan/time_windows.h"

// The door of the resolver, the dispatch over relations, and what every relation needs.

namespace owlet::plan {

Schema SchemaOf(const Node& node) {
  Schema schema;
  for (const Column& column : node.columns) {
    schema.push_back({column.name, column.type, column.nullable, column.metadata});
  }
  return schema;
}

Result<NodePtr> Resolve(const RelationPtr& relation, const SessionSettings& session,
                        RelationSource& source) {
  Statement statement(session, source);
  OWLET_TRY(Scope scope, statement.ResolveRelation(relation, nullptr));
  NodePtr node = statement.VisibleNode(scope);
  if (session.dialect != Dialect::kTrino) return node;
  // Trino numbers the columns that have no name by their place.
  Node named = *node;
  for (std::size_t i = 0; i < named.columns.size(); ++i) {
    if (named.columns[i].name.empty()) named.columns[i].name = fmt::format("_col{}", i);
  }
  return std::make_shared<const Node>(std::move(named));
}

Status Statement::Enter() {
  if (++depth_ > kMaximumDepth) {
    --depth_;
    if (IsTrino()) {
      return Fail(Reason::kSyntaxError,
                  "line 1:1: statement is too large (stack overflow while parsing)",
                  "SYNTAX_ERROR");
    }
    return Fail(Reason::kRequestTooLarge,
                fmt::format("the statement is nested deeper than {} levels", kMaximumDepth));
  }
  return {};
}

Result<Scope> Statement::ResolveRelation(const RelationPtr& relation, const Binder* outer) {
  OWLET_CHECK_OK(Enter());
  auto scope = Dispatch(*relation, outer);
  Leave();
  if (!scope) {
    // Only what the statement says has a place in its text.
    Error error = std::move(scope).error();
    if (error.reason != Reason::kAnalysisError) return std::unexpected(std::move(error));
    return std::unexpected(PlaceError(std::move(error), session_.dialect, relation->origin));
  }
  if (relation->plan_id) scope->plans.push_back({*relation->plan_id, scope->columns});
  return scope;
}

Result<Scope> Statement::Dispatch(const Relation& relation, const Binder* outer) {
  return std::visit([&](const auto& node) { return ResolveNode(node, relation, outer); },
                    relation.node);
}

NodePtr Statement::VisibleNode(const Scope& scope) {
  bool same = scope.columns.size() == scope.node->columns.size();
  for (std::size_t i = 0; same && i < scope.columns.size(); ++i) {
    const Column& column = scope.node->columns[i];
    same = !scope.columns[i].hidden && column.id == scope.columns[i].column.id &&
           column.name == scope.columns[i].column.name;
  }
  if (same) return scope.node;
  std::vector<Item> items;
  for (const ScopeColumn& column : scope.columns) {
    if (column.hidden) continue;
    items.push_back({.expression = ReferTo(column.column),
                     .name = column.column.name,
                     .metadata = column.column.metadata});
  }
  return ProjectItems(scope, std::move(items)).node;
}

Scope Statement::ProjectItems(const Scope& input, std::vector<Item> items) {
  ProjectNode project{.input = input.node, .expressions = {}};
  Scope scope;
  std::vector<Column> columns;
  for (Item& item : items) {
    const auto* reference = std::get_if<BoundColumn>(&item.expression->node);
    ColumnId id = 0;
    ColumnId same_as = 0;
    if (reference != nullptr) {
      const bool used = std::ranges::any_of(
          columns, [&](const Column& column) { return column.id == reference->id; });
      const bool own = std::ranges::any_of(
          input.node->columns, [&](const Column& column) { return column.id == reference->id; });
      if (own && !used) id = reference->id;
      same_as = reference->id;
    }
    if (id == 0) id = NewId();
    Column column{.id = id,
                  .name = std::move(item.name),
                  .type = item.expression->type,
                  .nullable = item.expression->nullable,
                  .metadata = std::move(item.metadata)};
    columns.push_back(column);
    scope.columns.push_back({.column = std::move(column),
                             .qualifier = std::move(item.qualifier),
                             .hidden = item.hidden,
                             .same_as = same_as});
    project.expressions.push_back(std::move(item.expression));
  }
  scope.node = std::make_shared<const Node>(Node{std::move(project), std::move(columns)});
  scope.plans = input.plans;
  return scope;
}

NodePtr Statement::ExtendNode(const NodePtr& node, const std::vector<ColumnId>& wanted) {
  std::vector<ColumnId> missing;
  for (ColumnId id : wanted) {
    const bool has =
        std::ranges::any_of(node->columns, [&](const Column& column) { return column.id == id; });
    if (!has) missing.push_back(id);
  }
  if (missing.empty()) return node;
  const bool transparent = std::holds_alternative<ProjectNode>(node->node) ||
                           std::holds_alternative<FilterNode>(node->node) ||
                           std::holds_alternative<SortNode>(node->node) ||
                           std::holds_alternative<LimitNode>(node->node) ||
                           std::holds_alternative<WindowNode>(node->node) ||
                           std::holds_alternative<SampleNode>(node->node) ||
                           std::holds_alternative<UnnestNode>(node->node);
  if (!transparent) return nullptr;
  NodePtr input = ExtendNode(InputsOf(*node)[0], missing);
  if (!input) return nullptr;
  Node extended = *WithInputs(node, {input});
  for (ColumnId id : missing) {
    const auto column = std::ranges::find(input->columns, id, &Column::id);
    if (auto* project = std::get_if<ProjectNode>(&extended.node)) {
      project->expressions.push_back(ReferTo(*column));
    }
    extended.columns.push_back(*column);
  }
  return std::make_shared<const Node>(std::move(extended));
}

Result<const ScopeColumn*> Statement::OneColumn(const Scope& scope, const std::string& name,
                                                const OriginPtr& origin) {
  Binder binder(*this, scope, nullptr, "SELECT");
  OWLET_TRY(BoundPtr bound, binder.Bind(MakeExpression(ColumnReference{.parts = {name}}, origin)));
  return FindColumn(scope, std::get<BoundColumn>(bound->node).id);
}

Result<Scope> Statement::ResolveNode(const Project& node, const Relation& relation,
                                     const Binder* outer) {
  if (IsSpark()) {
    OWLET_TRY(const auto placed, PlaceTimeWindow(node));
    if (placed) return ResolveNode(*placed, relation, outer);
  }
  OWLET_TRY(Scope input, ResolveRelation(node.input, outer));
  SelectResolver select(*this, std::move(input), outer);
  return select.Resolve({.items = node.expressions, .origin = relation.origin});
}

Result<Scope> Statement::ResolveNode(const Select& node, const Relation& relation,
                                     const Binder* outer) {
  return ResolveSelect(node, nullptr, relation, outer);
}

Result<Scope> Statement::ResolveSelect(const Select& node, const std::vector<SortOrder>* orders,
                                       const Relation& relation, const Binder* outer) {
  if (IsSpark()) {
    OWLET_TRY(const auto placed, PlaceTimeWindow(node));
    if (placed) return ResolveSelect(*placed, orders, relation, outer);
  }
  OWLET_TRY(Scope from, ResolveRelation(node.from, outer));
  for (const LateralView& view : node.lateral_views) {
    OWLET_TRY(from, ResolveLateralView(view, std::move(from), outer));
  }
  if (node.where) {
    Binder binder(*this, from, outer, "WHERE");
    OWLET_TRY(BoundPtr condition, binder.BindCondition(node.where));
    from = WithNode(std::move(from), FilterNode{nullptr, std::move(condition)});
  }
  SelectResolver select(*this, std::move(from), outer);
  return select.Resolve({.items = node.items,
                         .group_by = node.group_by,
                         .group_by_all = node.group_by_all,
                         .group_by_distinct = node.group_by_distinct,
                         .having = node.having,
                         .qualify = node.qualify,
                         .windows = &node.windows,
                         .distinct = node.distinct,
                         .order_by = orders,
                         .origin = relation.origin});
}

Result<Scope> Statement::ResolveNode(const Filter& node, const Relation& /*relation*/,
                                     const Binder* outer) {
  OWLET_TRY(Scope input, ResolveRelation(node.input, outer));
  Binder binder(*this, input, outer, "WHERE");
  std::vector<ColumnId> reached;
  binder.reached_below = &reached;
  auto condition = binder.BindCondition(node.condition);
  if (!condition) {
    return AboveAggregate(node.input, node.condition, nullptr, outer, std::move(condition).error());
  }
  OWLET_CHECK_OK(Reach(input, reached));
  return WithNode(std::move(input), FilterNode{nullptr, std::move(*condition)});
}

Result<Scope> Statement::AboveAggregate(const RelationPtr& input, const ExpressionPtr& condition,
                                        const std::vector<SortOrder>* orders, const Binder* outer,
                                        Error error) {
  const auto* aggregate = std::get_if<Aggregate>(&input->node);
  if (aggregate == nullptr || aggregate->pivot) return std::unexpected(std::move(error));
  auto from = ResolveRelation(aggregate->input, outer);
  if (!from) return std::unexpected(std::move(error));
  SelectResolver select(*this, std::move(*from), outer);
  auto scope = select.Resolve({.items = aggregate->aggregates,
                               .group_by = aggregate->grouping,
                               .having = condition,
                               .order_by = orders,
                               .keys_first = true,
                               .origin = input->origin});
  if (!scope) return std::unexpected(std::move(error));
  if (input->plan_id) scope->plans.push_back({*input->plan_id, scope->columns});
  return scope;
}

Status Statement::Reach(Scope& scope, const std::vector<ColumnId>& reached) {
  if (reached.empty()) return {};
  NodePtr extended = ExtendNode(scope.node, reached);
  if (!extended) {
    return Fail(Reason::kNotImplemented, "a reference to a column that the input dropped");
  }
  for (std::size_t i = scope.node->columns.size(); i < extended->columns.size(); ++i) {
    scope.columns.push_back({.column = extended->columns[i], .qualifier = {}, .hidden = true});
  }
  scope.node = std::move(extended);
  return {};
}

Result<Scope> Statement::ResolveNode(const Sort& node, const Relation& relation,
                                     const Binder* outer) {
  if (const auto* select = std::get_if<Select>(&node.input->node)) {
    return ResolveSelect(*select, &node.orders, *node.input, outer);
  }
  if (const auto* with = std::get_if<With>(&node.input->node);
      with != nullptr && std::holds_alternative<Select>(with->body->node)) {
    With inside = *with;
    inside.body = std::make_shared<const Relation>(
        Relation{Sort{with->body, node.orders, node.global}, std::nullopt, relation.origin});
    return ResolveNode(inside, relation, outer);
  }
  OWLET_TRY(Scope input, ResolveRelation(node.input, outer));
  Binder binder(*this, input, outer, "ORDER BY");
  std::vector<ColumnId> reached;
  binder.reached_below = &reached;
  SortNode sort;
  for (const SortOrder& order : node.orders) {
    const auto* literal = std::get_if<Literal>(&order.expression->node);
    const auto* ordinal =
        literal && literal->type.IsInteger() ? std::get_if<std::int64_t>(&literal->value) : nullptr;
    if (ordinal == nullptr) {
      auto bound = binder.BindSort({order});
      if (!bound) {
        return AboveAggregate(node.input, nullptr, &node.orders, outer, std::move(bound).error());
      }
      sort.orders.push_back(std::move((*bound)[0]));
      continue;
    }
    std::vector<const ScopeColumn*> visible = ColumnsOf(input.columns, {}, session_);
    if (*ordinal < 1 || static_cast<std::size_t>(*ordinal) > visible.size()) {
      if (IsTrino()) {
        return TrinoError("INVALID_COLUMN_REFERENCE", order.expression->origin,
                          fmt::format("ORDER BY position {} is not in select list", *ordinal));
      }
      return SparkError(
          "ORDER_BY_POS_OUT_OF_RANGE", order.expression->origin,
          {{"index", std::to_string(*ordinal)}, {"size", std::to_string(visible.size())}},
          fmt::format("ORDER BY position {} is not in select list (valid range is [1, {}]).",
                      *ordinal, visible.size()));
    }
    const bool nulls_first = order.nulls == NullOrder::kFirst ||
                             (order.nulls == NullOrder::kDefault && IsSpark() && order.ascending);
    sort.orders.push_back({ReferTo(visible[static_cast<std::size_t>(*ordinal) - 1]->column),
                           order.ascending, nulls_first});
  }
  OWLET_CHECK_OK(Reach(input, reached));
  return WithNode(std::move(input), std::move(sort));
}

Result<std::int64_t> Statement::ConstantCount(const ExpressionPtr& expression,
                                              std::string_view count_clause) {
  Scope nothing;
  Binder binder(*this, nothing, nullptr, std::string(count_clause));
  OWLET_TRY(BoundPtr bound, binder.Bind(expression));
  const auto* literal = std::get_if<Literal>(&bound->node);
  const auto* count = literal ? std::get_if<std::int64_t>(&literal->value) : nullptr;
  if (count == nullptr) {
    // Constant arithmetic: the engine knows what it comes to.
    Scope one;
    one.node = std::make_shared<const Node>(Node{ValuesNode{{{}}}, {}});
    Scope projected = ProjectItems(
        one, {{.expression = Coerce(bound, Type(TypeId::kBigint), session_), .name = "count"}});
    OWLET_TRY(auto rows, source_.Evaluate(projected.node));
    const auto* value =
        rows.empty() || rows[0].empty() ? nullptr : std::get_if<std::int64_t>(&rows[0][0].value);
    if (value == nullptr) {
      return SparkError(
          "INVALID_LIMIT_LIKE_EXPRESSION.IS_NULL", expression->origin,
          {{"name", std::string(count_clause)}, {"expr", SparkQuoted(binder.TextOf(expression))}},
          "The evaluated expression must not be null.");
    }
    return *value;
  }
  if (*count < 0) {
    return SparkError("INVALID_LIMIT_LIKE_EXPRESSION.IS_NEGATIVE", expression->origin,
                      {{"name", std::string(count_clause)},
                       {"expr", SparkQuoted(binder.TextOf(expression))},
                       {"v", std::to_string(*count)}},
                      fmt::format("The {} expression must be equal to or greater than 0, but got "
                                  "{}.",
                                  count_clause, *count));
  }
  return *count;
}

Result<Scope> Statement::ResolveNode(const Limit& node, const Relation& relation,
                                     const Binder* outer) {
  OWLET_TRY(Scope input, ResolveRelation(node.input, outer));
  LimitNode limit;
  if (node.limit) {
    OWLET_TRY(limit.limit, ConstantCount(node.limit, "limit"));
  }
  if (node.offset) {
    OWLET_TRY(limit.offset, ConstantCount(node.offset, "offset"));
  }
  if (node.with_ties) {
    if (const auto* sort = std::get_if<SortNode>(&input.node->node)) limit.ties = sort->orders;
    if (limit.ties.empty()) {
      return TrinoError("MISSING_ORDER_BY", relation.origin,
                        "FETCH FIRST WITH TIES clause requires ORDER BY");
    }
  }
  return WithNode(std::move(input), std::move(limit));
}

Result<Scope> Statement::ResolveNode(const Tail& node, const Relation& /*relation*/,
                                     const Binder* outer) {
  OWLET_TRY(Scope input, ResolveRelation(node.input, outer));
  LimitNode limit{.input = nullptr, .limit = node.limit, .offset = 0, .ties = {}, .from_end = true};
  return WithNode(std::move(input), std::move(limit));
}

Result<Scope> Statement::ResolveNode(const Repartition& node, const Relation& /*relation*/,
                                     const Binder* outer) {
  OWLET_TRY(Scope input, ResolveRelation(node.input, outer));
  Binder binder(*this, input, outer, "REPARTITION");
  std::vector<ColumnId> reached;  // columns that SELECT dropped may still place the rows
  binder.reached_below = &reached;
  for (const ExpressionPtr& expression : node.expressions) {
    OWLET_TRY(BoundPtr bound, binder.Bind(expression));
    static_cast<void>(bound);
  }
  return input;
}

Result<Scope> Statement::ResolveNode(const BindParameters& node, const Relation& /*relation*/,
                                     const Binder* outer) {
  const BindParameters* before = std::exchange(parameters_, &node);
  auto scope = ResolveRelation(node.input, outer);
  parameters_ = before;
  return scope;
}

Result<double> Statement::SamplePercentage(const ExpressionPtr& expression) {
  Scope one;
  one.node = std::make_shared<const Node>(Node{ValuesNode{{{}}}, {}});
  Binder binder(*this, one, nullptr, "TABLESAMPLE");
  OWLET_TRY(BoundPtr bound, binder.Bind(expression));
  if (!bound->type.IsNumeric()) {
    return TrinoError("TYPE_MISMATCH", expression->origin,
                      "Sample percentage should be a numeric expression");
  }
  Scope projected =
      ProjectItems(one, {{.expression = Coerce(std::move(bound), Type(TypeId::kDouble), session_),
                          .name = "percentage"}});
  OWLET_TRY(auto rows, source_.Evaluate(projected.node));
  const auto* percent =
      rows.empty() || rows[0].empty() ? nullptr : std::get_if<double>(&rows[0][0].value);
  if (percent == nullptr || !(*percent >= 0)) {
    return TrinoError("NUMERIC_VALUE_OUT_OF_RANGE", expression->origin,
                      "Sample percentage must be greater than or equal to 0");
  }
  if (*percent > 100) {
    return TrinoError("NUMERIC_VALUE_OUT_OF_RANGE", expression->origin,
                      "Sample percentage must be less than or equal to 100");
  }
  return *percent;
}

Result<Scope> Statement::ResolveNode(const Sample& node, const Relation& /*relation*/,
                                     const Binder* outer) {
  OWLET_TRY(Scope input, ResolveRelation(node.input, outer));
  SampleNode sample{.input = nullptr,
                    .fraction = node.upper - node.lower,
                    .with_replacement = node.with_replacement,
                    .seed = node.seed,
                    .method = node.method};
  if (node.percentage) {
    OWLET_TRY(const double percent, SamplePercentage(node.percentage));
    sample.fraction = percent / 100.0;
  }
  return WithNode(std::move(input), std::move(sample));
}

}  // namespace owlet::plan
