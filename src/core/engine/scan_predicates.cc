#include "core/engine/scan_predicates.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>

#include "core/engine/lowering.h"
#include "core/plan/resolved_walk.h"

namespace owlet::engine {

using plan::Bound;
using plan::BoundCall;
using plan::BoundColumn;
using plan::BoundPtr;
using plan::ColumnId;
using plan::Literal;
using plan::NodePtr;

namespace {

using Conditions = std::vector<BoundPtr>;

/// The terms that AND joins.
void SplitAnd(const BoundPtr& condition, Conditions& terms) {
  if (condition == nullptr) return;
  const auto* call = std::get_if<BoundCall>(&condition->node);
  if (call != nullptr && call->function->name == "and") {
    for (const BoundPtr& argument : call->arguments) SplitAnd(argument, terms);
    return;
  }
  terms.push_back(condition);
}

/// Whether the expression is the same wherever it is asked: no subquery, aggregate, lambda, chance.
bool IsPure(const BoundPtr& bound) {
  const bool simple = std::holds_alternative<Literal>(bound->node) ||
                      std::holds_alternative<BoundColumn>(bound->node) ||
                      std::holds_alternative<BoundCall>(bound->node) ||
                      std::holds_alternative<plan::BoundCast>(bound->node) ||
                      std::holds_alternative<plan::BoundField>(bound->node) ||
                      std::holds_alternative<plan::BoundCase>(bound->node);
  if (!simple) return false;
  const auto* call = std::get_if<BoundCall>(&bound->node);
  if (call != nullptr && !call->function->deterministic) return false;
  bool pure = true;
  plan::VisitChildren(bound, [&](const BoundPtr& child) { pure = pure && IsPure(child); });
  return pure;
}

void CollectColumns(const BoundPtr& bound, std::set<ColumnId>& ids) {
  if (const auto* column = std::get_if<BoundColumn>(&bound->node)) ids.insert(column->id);
  plan::VisitChildren(bound, [&](const BoundPtr& child) { CollectColumns(child, ids); });
}

/// Those that use no other columns than the node's.
Conditions Within(const Conditions& conditions, const plan::Node& node) {
  Conditions kept;
  for (const BoundPtr& condition : conditions) {
    std::set<ColumnId> ids;
    CollectColumns(condition, ids);
    std::erase_if(ids, [&](ColumnId id) {
      return std::ranges::any_of(node.columns,
                                 [id](const auto& column) { return column.id == id; });
    });
    if (ids.empty()) kept.push_back(condition);
  }
  return kept;
}

/// The conditions with columns replaced by what they stand for; those that cannot be are left out.
Conditions Replaced(const Conditions& conditions, const std::map<ColumnId, BoundPtr>& values) {
  Conditions replaced;
  for (const BoundPtr& condition : conditions) {
    bool possible = true;
    const plan::BoundMap replace = [&](const BoundPtr& bound) -> BoundPtr {
      if (const auto* column = std::get_if<BoundColumn>(&bound->node)) {
        const auto found = values.find(column->id);
        possible = possible && found != values.end() && IsPure(found->second);
        return possible ? found->second : bound;
      }
      return plan::MapChildren(bound, replace);
    };
    BoundPtr term = replace(condition);
    if (possible) replaced.push_back(std::move(term));
  }
  return replaced;
}

/// What the conditions say of one column, said of the columns that they make equal to it.
Conditions OfEqualColumns(const Conditions& conditions) {
  Conditions said;
  for (const BoundPtr& condition : conditions) {
    const auto* call = std::get_if<BoundCall>(&condition->node);
    if (call == nullptr || call->function->name != "=" || call->arguments.size() != 2) continue;
    for (std::size_t side = 0; side < 2; ++side) {
      const auto* from = std::get_if<BoundColumn>(&call->arguments[side]->node);
      const BoundPtr& to = call->arguments[1 - side];
      if (from == nullptr || !std::holds_alternative<BoundColumn>(to->node)) continue;
      for (BoundPtr& term : Replaced(conditions, {{from->id, to}})) said.push_back(std::move(term));
    }
  }
  return said;
}

/// The columns of `node` as those of `input` at the same places.
Conditions ByPlace(const Conditions& conditions, const plan::Node& node, const plan::Node& input) {
  std::map<ColumnId, BoundPtr> values;
  for (std::size_t i = 0; i < node.columns.size() && i < input.columns.size(); ++i) {
    const plan::Column& column = input.columns[i];
    values[node.columns[i].id] = std::make_shared<const Bound>(
        Bound{BoundColumn{column.id}, column.type, column.nullable, nullptr});
  }
  return Replaced(conditions, values);
}

}  // namespace

ScanPredicates::ScanPredicates(const NodePtr& query) { Visit(query, {}); }

const std::vector<BoundPtr>& ScanPredicates::Of(const plan::ScanNode& scan) const {
  static const std::vector<BoundPtr> kNone;
  const auto found = of_scan_.find(&scan);
  return found == of_scan_.end() ? kNone : found->second;
}

void ScanPredicates::VisitSubqueries(const plan::Node& node) {
  const plan::BoundVisit visit = [&](const BoundPtr& bound) {
    if (const auto* subquery = std::get_if<plan::BoundSubquery>(&bound->node)) {
      Visit(subquery->query, {});
      for (const BoundPtr& left : subquery->left) visit(left);
      return;
    }
    plan::VisitChildren(bound, visit);
  };
  // Only this node's own expressions: the inputs are visited by themselves.
  std::visit(
      [&]<class T>(const T& value) {
        if constexpr (std::is_same_v<T, plan::FilterNode>) visit(value.condition);
        if constexpr (std::is_same_v<T, plan::JoinNode>) {
          if (value.condition) visit(value.condition);
        }
        if constexpr (std::is_same_v<T, plan::ProjectNode>) {
          for (const BoundPtr& expression : value.expressions) visit(expression);
        }
        if constexpr (std::is_same_v<T, plan::AggregateNode>) {
          for (const BoundPtr& key : value.keys) visit(key);
          for (const BoundPtr& aggregate : value.aggregates) visit(aggregate);
        }
        if constexpr (std::is_same_v<T, plan::WindowNode>) {
          for (const BoundPtr& window : value.windows) visit(window);
        }
        if constexpr (std::is_same_v<T, plan::SortNode>) {
          for (const auto& order : value.orders) visit(order.expression);
        }
        if constexpr (std::is_same_v<T, plan::UnnestNode>) {
          for (const BoundPtr& collection : value.collections) visit(collection);
        }
        if constexpr (std::is_same_v<T, plan::ValuesNode>) {
          for (const auto& row : value.rows) {
            for (const BoundPtr& cell : row) visit(cell);
          }
        }
      },
      node.node);
}

void ScanPredicates::VisitJoin(const plan::JoinNode& join, const Conditions& conditions) {
  Conditions on;
  SplitAnd(join.condition, on);
  std::erase_if(on, [](const BoundPtr& term) { return !IsPure(term); });
  Conditions left, right;
  const auto add = [](Conditions& to, const Conditions& from) {
    to.insert(to.end(), from.begin(), from.end());
  };
  // What is said of the rows of a join is said of a side's rows where that side's rows are kept as
  // they are; ON says it of the side that it can drop rows of.
  switch (join.kind) {
    case plan::JoinKind::kInner:
    case plan::JoinKind::kCross:
      add(left, conditions);
      add(left, on);
      add(left, OfEqualColumns(left));
      right = left;
      break;
    case plan::JoinKind::kLeft:
      left = conditions;
      right = on;
      break;
    case plan::JoinKind::kRight:
      right = conditions;
      left = on;
      break;
    case plan::JoinKind::kLeftSemi:
      add(left, conditions);
      add(left, on);
      right = on;
      break;
    case plan::JoinKind::kLeftAnti:
      left = conditions;
      right = on;
      break;
    default:
      break;
  }
  Visit(join.left, Within(left, *join.left));
  // A lateral side may use the left one's columns: what is left of it uses its own only.
  Visit(join.right, Within(right, *join.right));
}

void ScanPredicates::Visit(const NodePtr& node, Conditions conditions) {
  VisitSubqueries(*node);
  if (const auto* scan = std::get_if<plan::ScanNode>(&node->node)) {
    const auto [known, added] = of_scan_.emplace(scan, std::move(conditions));
    if (!added) known->second.clear();  // used twice: no condition holds for both
    return;
  }
  if (const auto* filter = std::get_if<plan::FilterNode>(&node->node)) {
    SplitAnd(filter->condition, conditions);
    std::erase_if(conditions, [](const BoundPtr& term) { return !IsPure(term); });
    Visit(filter->input, Within(conditions, *filter->input));
  } else if (const auto* project = std::get_if<plan::ProjectNode>(&node->node)) {
    std::map<ColumnId, BoundPtr> values;
    for (std::size_t i = 0; i < project->expressions.size(); ++i) {
      values[node->columns[i].id] = project->expressions[i];
    }
    Visit(project->input, Replaced(conditions, values));
  } else if (const auto* sort = std::get_if<plan::SortNode>(&node->node)) {
    Visit(sort->input, Within(conditions, *sort->input));
  } else if (const auto* join = std::get_if<plan::JoinNode>(&node->node)) {
    VisitJoin(*join, conditions);
  } else if (const auto* set = std::get_if<plan::SetNode>(&node->node)) {
    Visit(set->left, ByPlace(conditions, *node, *set->left));
    Visit(set->right, ByPlace(conditions, *node, *set->right));
  } else if (const auto* distinct = std::get_if<plan::DistinctNode>(&node->node)) {
    if (!distinct->keys.empty()) conditions.clear();
    Visit(distinct->input, Within(conditions, *distinct->input));
  } else if (const auto* unnest = std::get_if<plan::UnnestNode>(&node->node)) {
    Visit(unnest->input, Within(conditions, *unnest->input));
  } else if (const auto* aggregate = std::get_if<plan::AggregateNode>(&node->node)) {
    std::map<ColumnId, BoundPtr> values;
    const bool plain = aggregate->sets.size() <= 1 && !aggregate->keys.empty();
    for (std::size_t i = 0; plain && i < aggregate->keys.size(); ++i) {
      values[node->columns[i].id] = aggregate->keys[i];
    }
    Visit(aggregate->input, Replaced(plain ? conditions : Conditions{}, values));
  } else if (const auto* reference = std::get_if<plan::CteReference>(&node->node)) {
    at_references_.emplace(reference->cte, std::pair(node, std::move(conditions)));
  } else if (const auto* cte = std::get_if<plan::CteNode>(&node->node)) {
    VisitCommonTable(*cte);
  } else {
    for (const NodePtr& input : plan::InputsOf(*node)) Visit(input, {});
  }
}

void ScanPredicates::VisitCommonTable(const plan::CteNode& cte) {
  Visit(cte.body, {});
  Conditions conditions;
  if (cte.recursive_step == nullptr && at_references_.count(cte.cte) == 1) {
    const auto& [place, said] = at_references_.find(cte.cte)->second;
    conditions = ByPlace(said, *place, *cte.definition);
  }
  if (cte.recursive_step != nullptr) Visit(cte.recursive_step, {});
  Visit(cte.definition, std::move(conditions));
}

namespace {

/// A plan of constants has no leaves.
class NoLeaves final : public LeafSql {
 public:
  Result<std::string> Scan(const plan::ScanNode&, const std::vector<plan::Column>&) override {
    return Fail(Reason::kInternal, "a condition on partitions has a scan");
  }
  Result<std::string> Local(const plan::LocalNode&, const std::vector<plan::Column>&) override {
    return Fail(Reason::kInternal, "a condition on partitions has rows");
  }
};

BoundPtr Constant(const Literal& literal) {
  return std::make_shared<const Bound>(Bound{literal, literal.type, true, nullptr});
}

/// The place of each row that fulfils the conditions; nothing when that cannot be said.
std::optional<std::vector<std::size_t>> RowsThatFit(Runtime& runtime, StatementState& state,
                                                    std::vector<plan::Column> columns,
                                                    const std::vector<std::vector<Literal>>& rows,
                                                    const Conditions& conditions) {
  ColumnId place = 0;
  for (const plan::Column& column : columns) place = std::max(place, column.id + 1);
  columns.push_back({.id = place, .name = "place", .type = plan::Type(plan::TypeId::kBigint)});
  plan::ValuesNode values;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    std::vector<BoundPtr> cells;
    for (const Literal& value : rows[row]) cells.push_back(Constant(value));
    cells.push_back(Constant(Literal::Bigint(static_cast<std::int64_t>(row))));
    values.rows.push_back(std::move(cells));
  }
  auto node = std::make_shared<const plan::Node>(plan::Node{std::move(values), columns});
  for (const BoundPtr& condition : conditions) {
    node = std::make_shared<const plan::Node>(
        plan::Node{plan::FilterNode{.input = node, .condition = condition}, columns});
  }
  NoLeaves leaves;
  const auto lowered = LowerToSql(node, state.context().session, leaves);
  if (!lowered || !lowered->pythons.empty()) return std::nullopt;
  const auto read = StopExceptions([&]() -> Result<std::vector<std::size_t>> {
    auto connection = runtime.Connect();
    auto result = connection->Query(fmt::format("SELECT c{} FROM ({})", place, lowered->sql));
    if (result->HasError()) return Fail(Reason::kExecutionError, result->GetError());
    std::vector<std::size_t> kept;
    for (duckdb::idx_t i = 0; i < result->RowCount(); ++i) {
      kept.push_back(static_cast<std::size_t>(result->GetValue(0, i).GetValue<std::int64_t>()));
    }
    return kept;
  });
  if (!read) return std::nullopt;
  return *read;
}

const BoundPtr& WithoutCast(const BoundPtr& bound) {
  const auto* cast = std::get_if<plan::BoundCast>(&bound->node);
  const bool text = cast != nullptr && bound->type.IsCharacter() && cast->input->type.IsCharacter();
  return text ? WithoutCast(cast->input) : bound;
}

/// The constants that the condition says a column is one of; adds none where it says no such thing.
bool EqualTo(const BoundPtr& condition, ColumnId column, std::vector<Literal>& constants) {
  const auto* call = std::get_if<BoundCall>(&condition->node);
  if (call == nullptr || call->arguments.size() < 2) return false;
  if (call->function->name == "or") {
    return std::ranges::all_of(call->arguments, [&](const BoundPtr& argument) {
      return EqualTo(argument, column, constants);
    });
  }
  const bool in = call->function->name == "in";
  if (!in && call->function->name != "=") return false;
  std::vector<BoundPtr> sides = call->arguments;
  const auto is_column = [&](const BoundPtr& bound) {
    const auto* named = std::get_if<BoundColumn>(&WithoutCast(bound)->node);
    return named != nullptr && named->id == column;
  };
  if (!in && is_column(sides[1])) std::swap(sides[0], sides[1]);
  if (!is_column(sides[0])) return false;
  for (std::size_t i = 1; i < sides.size(); ++i) {
    const auto* literal = std::get_if<Literal>(&WithoutCast(sides[i])->node);
    if (literal == nullptr || literal->IsNull()) return false;
    constants.push_back(*literal);
  }
  return true;
}

}  // namespace

plan::PartitionQuestion AskPartitions(Runtime& runtime, StatementState& state,
                                      const plan::ScanNode& scan,
                                      const std::vector<plan::Column>& columns,
                                      const std::vector<BoundPtr>& conditions) {
  plan::PartitionQuestion question;
  const std::size_t files = scan.source->file_schema.size();
  // The statement's column of each partition column.
  std::map<std::size_t, plan::Column> named;
  for (std::size_t i = 0; i < scan.fields.size(); ++i) {
    if (scan.fields[i] >= files) named.emplace(scan.fields[i] - files, columns[i]);
  }
  for (const auto& [field, column] : named) {
    for (const BoundPtr& condition : conditions) {
      std::vector<Literal> constants;
      if (!EqualTo(condition, column.id, constants)) continue;
      question.equal_to.emplace(field, std::move(constants));
      break;
    }
  }
  question.keeps = [&runtime, &state, named = std::move(named), conditions](
                       const std::vector<std::size_t>& fields,
                       const std::vector<std::vector<Literal>>& rows) -> Result<std::vector<bool>> {
    std::vector<plan::Column> told;
    std::set<ColumnId> ids;
    for (const std::size_t field : fields) {
      const auto column = named.find(field);
      if (column == named.end()) return std::vector<bool>(rows.size(), true);
      told.push_back(column->second);
      ids.insert(column->second.id);
    }
    Conditions asked;
    for (const BoundPtr& condition : conditions) {
      std::set<ColumnId> used;
      CollectColumns(condition, used);
      if (!used.empty() && std::ranges::includes(ids, used)) asked.push_back(condition);
    }
    std::vector<bool> kept(rows.size(), asked.empty());
    if (asked.empty() || rows.empty()) return kept;
    const auto fit = RowsThatFit(runtime, state, told, rows, asked);
    if (!fit) return std::vector<bool>(rows.size(), true);
    for (const std::size_t row : *fit) kept[row] = true;
    return kept;
  };
  return question;
}

}  // namespace owlet::engine
