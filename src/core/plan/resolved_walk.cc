#include "core/plan/resolved_walk.h"

#include <algorithm>
#include <type_traits>

namespace owlet::plan {

namespace {

// One function names the children of each kind of expression, mutable or not, so that mapping,
// visiting and comparing cannot disagree about them.
template <class BoundNode, class Visit>
void ForEachChild(BoundNode& node, const Visit& visit) {
  auto list = [&](auto& children) {
    for (auto& child : children) {
      if (child) visit(child);
    }
  };
  auto sorts = [&](auto& orders) {
    for (auto& order : orders) visit(order.expression);
  };
  auto aggregate = [&](auto& call) {
    list(call.arguments);
    if (call.filter) visit(call.filter);
    sorts(call.order_by);
  };
  std::visit(
      [&](auto& value) {
        using Kind = std::remove_cvref_t<decltype(value)>;
        if constexpr (std::is_same_v<Kind, BoundCall> || std::is_same_v<Kind, BoundPython>) {
          list(value.arguments);
        } else if constexpr (std::is_same_v<Kind, BoundAggregate>) {
          aggregate(value);
        } else if constexpr (std::is_same_v<Kind, BoundWindow>) {
          aggregate(value.function);
          list(value.partition_by);
          sorts(value.order_by);
          if (value.start.value) visit(value.start.value);
          if (value.end.value) visit(value.end.value);
        } else if constexpr (std::is_same_v<Kind, BoundCast> || std::is_same_v<Kind, BoundField>) {
          visit(value.input);
        } else if constexpr (std::is_same_v<Kind, BoundLambda>) {
          visit(value.body);
        } else if constexpr (std::is_same_v<Kind, BoundCase>) {
          for (auto& [condition, result] : value.branches) {
            visit(condition);
            visit(result);
          }
          if (value.otherwise) visit(value.otherwise);
        } else if constexpr (std::is_same_v<Kind, BoundSubquery>) {
          list(value.left);
        }
      },
      node);
}

template <class PlanNode, class Visit>
void ForEachExpression(PlanNode& node, const Visit& visit) {
  auto list = [&](auto& children) {
    for (auto& child : children) visit(child);
  };
  auto sorts = [&](auto& orders) {
    for (auto& order : orders) visit(order.expression);
  };
  std::visit(
      [&](auto& value) {
        using Kind = std::remove_cvref_t<decltype(value)>;
        if constexpr (std::is_same_v<Kind, ValuesNode>) {
          for (auto& row : value.rows) list(row);
        } else if constexpr (std::is_same_v<Kind, ProjectNode>) {
          list(value.expressions);
        } else if constexpr (std::is_same_v<Kind, FilterNode>) {
          visit(value.condition);
        } else if constexpr (std::is_same_v<Kind, SortNode>) {
          sorts(value.orders);
        } else if constexpr (std::is_same_v<Kind, LimitNode>) {
          sorts(value.ties);
        } else if constexpr (std::is_same_v<Kind, AggregateNode>) {
          list(value.keys);
          list(value.aggregates);
        } else if constexpr (std::is_same_v<Kind, WindowNode>) {
          list(value.windows);
        } else if constexpr (std::is_same_v<Kind, JoinNode>) {
          if (value.condition) visit(value.condition);
        } else if constexpr (std::is_same_v<Kind, UnnestNode>) {
          list(value.collections);
        }
      },
      node);
}

template <class PlanNode, class Visit>
void ForEachInput(PlanNode& node, const Visit& visit) {
  std::visit(
      [&](auto& value) {
        if constexpr (requires { value.input; }) {
          visit(value.input);
        } else if constexpr (requires { value.left; }) {
          visit(value.left);
          visit(value.right);
        } else if constexpr (requires { value.definition; }) {
          visit(value.definition);
          if (value.recursive_step) visit(value.recursive_step);
          visit(value.body);
        }
      },
      node);
}

// What an expression is beside its children.
bool SameHead(const Bound& left, const Bound& right) {
  if (left.node.index() != right.node.index() || !(left.type == right.type)) return false;
  if (const auto* literal = std::get_if<Literal>(&left.node)) {
    return literal->value == std::get<Literal>(right.node).value;
  }
  if (const auto* column = std::get_if<BoundColumn>(&left.node)) {
    return column->id == std::get<BoundColumn>(right.node).id;
  }
  if (const auto* call = std::get_if<BoundCall>(&left.node)) {
    return call->function == std::get<BoundCall>(right.node).function;
  }
  auto same_aggregate = [](const BoundAggregate& a, const BoundAggregate& b) {
    return a.function == b.function && a.distinct == b.distinct &&
           a.ignore_nulls == b.ignore_nulls && (a.filter == nullptr) == (b.filter == nullptr) &&
           std::ranges::equal(a.order_by, b.order_by, [](const auto& x, const auto& y) {
             return x.ascending == y.ascending && x.nulls_first == y.nulls_first;
           });
  };
  if (const auto* aggregate = std::get_if<BoundAggregate>(&left.node)) {
    return same_aggregate(*aggregate, std::get<BoundAggregate>(right.node));
  }
  if (const auto* a = std::get_if<BoundWindow>(&left.node)) {
    const auto& b = std::get<BoundWindow>(right.node);
    return same_aggregate(a->function, b.function) && a->unit == b.unit &&
           a->start.bound == b.start.bound && a->end.bound == b.end.bound &&
           a->partition_by.size() == b.partition_by.size() &&
           std::ranges::equal(a->order_by, b.order_by, [](const auto& x, const auto& y) {
             return x.ascending == y.ascending && x.nulls_first == y.nulls_first;
           });
  }
  if (const auto* cast = std::get_if<BoundCast>(&left.node)) {
    return cast->mode == std::get<BoundCast>(right.node).mode;
  }
  if (const auto* field = std::get_if<BoundField>(&left.node)) {
    return field->index == std::get<BoundField>(right.node).index;
  }
  if (const auto* variable = std::get_if<BoundLambdaVariable>(&left.node)) {
    return variable->id == std::get<BoundLambdaVariable>(right.node).id;
  }
  if (const auto* choice = std::get_if<BoundCase>(&left.node)) {
    return (choice->otherwise == nullptr) == (std::get<BoundCase>(right.node).otherwise == nullptr);
  }
  if (const auto* python = std::get_if<BoundPython>(&left.node)) {
    const PythonFunction& one = *python->function;
    const PythonFunction& other = *std::get<BoundPython>(right.node).function;
    return one.deterministic && one.eval_type == other.eval_type && one.command == other.command &&
           one.argument_names == other.argument_names;
  }
  // Lambdas have ids of their own, subqueries columns of their own.
  return !std::holds_alternative<BoundSubquery>(left.node) &&
         !std::holds_alternative<BoundLambda>(left.node);
}

}  // namespace

BoundPtr MapChildren(const BoundPtr& bound, const BoundMap& map) {
  Bound copy = *bound;
  bool changed = false;
  ForEachChild(copy.node, [&](BoundPtr& child) {
    BoundPtr mapped = map(child);
    changed |= mapped != child;
    child = std::move(mapped);
  });
  if (auto* subquery = std::get_if<BoundSubquery>(&copy.node)) {
    NodePtr query = MapExpressions(subquery->query, map);
    changed |= query != subquery->query;
    subquery->query = std::move(query);
  }
  return changed ? std::make_shared<const Bound>(std::move(copy)) : bound;
}

NodePtr MapExpressions(const NodePtr& node, const BoundMap& map) {
  Node copy = *node;
  bool changed = false;
  ForEachInput(copy.node, [&](NodePtr& input) {
    NodePtr mapped = MapExpressions(input, map);
    changed |= mapped != input;
    input = std::move(mapped);
  });
  ForEachExpression(copy.node, [&](BoundPtr& expression) {
    BoundPtr mapped = map(expression);
    changed |= mapped != expression;
    expression = std::move(mapped);
  });
  return changed ? std::make_shared<const Node>(std::move(copy)) : node;
}

void VisitChildren(const BoundPtr& bound, const BoundVisit& visit) {
  ForEachChild(bound->node, visit);
  if (const auto* subquery = std::get_if<BoundSubquery>(&bound->node)) {
    VisitExpressions(subquery->query, visit);
  }
}

void VisitExpressions(const NodePtr& node, const BoundVisit& visit) {
  ForEachExpression(node->node, visit);
  ForEachInput(node->node, [&](const NodePtr& input) { VisitExpressions(input, visit); });
}

std::vector<NodePtr> InputsOf(const Node& node) {
  std::vector<NodePtr> inputs;
  ForEachInput(node.node, [&](const NodePtr& input) { inputs.push_back(input); });
  return inputs;
}

NodePtr WithInputs(const NodePtr& node, const std::vector<NodePtr>& inputs) {
  Node copy = *node;
  std::size_t next = 0;
  ForEachInput(copy.node, [&](NodePtr& input) { input = inputs[next++]; });
  return std::make_shared<const Node>(std::move(copy));
}

bool SameExpression(const BoundPtr& left, const BoundPtr& right) {
  if (left == right) return true;
  if (!left || !right || !SameHead(*left, *right)) return false;
  std::vector<BoundPtr> lefts;
  std::vector<BoundPtr> rights;
  ForEachChild(left->node, [&](const BoundPtr& child) { lefts.push_back(child); });
  ForEachChild(right->node, [&](const BoundPtr& child) { rights.push_back(child); });
  return std::ranges::equal(lefts, rights, SameExpression);
}

bool UsesColumn(const BoundPtr& bound, ColumnId id) {
  if (const auto* column = std::get_if<BoundColumn>(&bound->node)) return column->id == id;
  bool found = false;
  VisitChildren(bound, [&](const BoundPtr& child) { found = found || UsesColumn(child, id); });
  return found;
}

}  // namespace owlet::plan
