#include "core/plan/inline_tables.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace owlet::plan {
namespace {

/// Walks one plan. `hidden_` are the common tables in scope, innermost last.
class Inliner {
 public:
  explicit Inliner(const ReplaceTable& replace) : replace_(&replace) {}
  explicit Inliner(const FindFunction& find) : find_(&find) {}

  void Visit(RelationPtr& relation) {
    if (relation == nullptr) return;
    if (const auto* table = std::get_if<ReadTable>(&relation->node)) {
      if (replace_ == nullptr || IsHidden(table->name)) return;
      if (RelationPtr replacement = (*replace_)(table->name)) {
        // The name stays a qualifier: SELECT v.x FROM v.
        relation = std::make_shared<const Relation>(
            Relation{SubqueryAlias{std::move(replacement), {table->name.back()}}, relation->plan_id,
                     relation->origin});
      }
      return;
    }
    Relation copy = *relation;
    if (const auto* function = std::get_if<TableFunction>(&relation->node)) {
      if (auto called = Called(function->name, function->arguments, function->argument_names)) {
        relation = std::make_shared<const Relation>(Relation{
            RowsOf(std::move(*called), relation->origin), relation->plan_id, relation->origin});
        return;
      }
    }
    const bool outer_changed = std::exchange(changed_, false);
    std::visit([this](auto& node) { VisitNode(node); }, copy.node);
    if (changed_) relation = std::make_shared<const Relation>(std::move(copy));
    changed_ = changed_ || outer_changed;
  }

  void Visit(ExpressionPtr& expression) {
    if (expression == nullptr) return;
    Expression copy = *expression;
    if (const auto* call = std::get_if<FunctionCall>(&expression->node);
        call != nullptr && !call->is_operator) {
      if (auto called = Called(call->name, call->arguments, call->argument_names)) {
        expression = MakeExpression(std::move(*called), expression->origin);
        return;
      }
    }
    const bool outer_changed = std::exchange(changed_, false);
    std::visit([this](auto& node) { VisitNode(node); }, copy.node);
    if (changed_) expression = std::make_shared<const Expression>(std::move(copy));
    changed_ = changed_ || outer_changed;
  }

 private:
  bool IsHidden(const std::vector<std::string>& name) const {
    return name.size() == 1 && std::ranges::find(hidden_, name[0]) != hidden_.end();
  }

  /// The call of the session's function of that name, if it has one.
  std::optional<PythonFunction> Called(const std::string& name,
                                       const std::vector<ExpressionPtr>& arguments,
                                       const std::vector<std::string>& argument_names) {
    const auto function = find_ == nullptr ? nullptr : (*find_)(name);
    if (!function) return std::nullopt;
    PythonFunction called = *function;
    called.arguments = arguments;
    called.argument_names = argument_names;
    for (ExpressionPtr& argument : called.arguments) Visit(argument);
    return called;
  }
  static Project RowsOf(PythonFunction function, const std::shared_ptr<const Origin>& origin) {
    FunctionCall rows{.name = "inline", .arguments = {MakeExpression(std::move(function), origin)}};
    return {MakeRelation(OneRow{}), {MakeExpression(std::move(rows), origin)}};
  }

  /// Visits one child and notes whether it became another.
  template <class Pointer>
  void Child(Pointer& child) {
    const auto* before = child.get();
    Visit(child);
    if (child.get() != before) changed_ = true;
  }
  template <class Pointer>
  void Children(std::vector<Pointer>& children) {
    for (Pointer& child : children) Child(child);
  }
  void Children(std::vector<SortOrder>& orders) {
    for (SortOrder& order : orders) Child(order.expression);
  }
  void Children(std::vector<GroupingElement>& elements) {
    for (GroupingElement& element : elements) {
      for (auto& set : element.sets) Children(set);
    }
  }

  // Relations.
  void VisitNode(With& with) {
    const std::size_t depth = hidden_.size();
    for (CommonTable& table : with.tables) {
      if (with.recursive) hidden_.push_back(table.name);
      Child(table.query);
      if (!with.recursive) hidden_.push_back(table.name);
    }
    Child(with.body);
    hidden_.resize(depth);
  }
  void VisitNode(Select& select) {
    Child(select.from);
    for (LateralView& view : select.lateral_views) Child(view.generator);
    Child(select.where);
    Children(select.items);
    if (select.group_by) Children(*select.group_by);
    Child(select.having);
    Child(select.qualify);
  }
  void VisitNode(Aggregate& aggregate) {
    Child(aggregate.input);
    Children(aggregate.grouping);
    Children(aggregate.aggregates);
  }
  void VisitNode(Join& join) {
    Child(join.left);
    Child(join.right);
    Child(join.condition);
  }
  void VisitNode(SetOperation& operation) {
    Child(operation.left);
    Child(operation.right);
  }
  void VisitNode(Values& values) {
    for (auto& row : values.rows) Children(row);
  }
  void VisitNode(TableFunction& function) { Children(function.arguments); }
  void VisitNode(Project& project) {
    Child(project.input);
    Children(project.expressions);
  }
  void VisitNode(Filter& filter) {
    Child(filter.input);
    Child(filter.condition);
  }
  void VisitNode(Sort& sort) {
    Child(sort.input);
    Children(sort.orders);
  }
  void VisitNode(WithColumns& with) {
    Child(with.input);
    for (Alias& column : with.columns) Child(column.input);
  }
  void VisitNode(Drop& drop) {
    Child(drop.input);
    Children(drop.columns);
  }
  void VisitNode(Repartition& repartition) {
    Child(repartition.input);
    Children(repartition.expressions);
  }
  void VisitNode(BindParameters& bind) {
    Child(bind.input);
    for (auto& [name, value] : bind.named) Child(value);
    Children(bind.positional);
  }

  // Expressions.
  void VisitNode(FunctionCall& call) {
    Children(call.arguments);
    Child(call.filter);
    Children(call.order_by);
  }
  void VisitNode(WindowCall& call) {
    Child(call.function);
    Children(call.partition_by);
    Children(call.order_by);
  }
  void VisitNode(SortOrder& order) { Child(order.expression); }
  void VisitNode(Lambda& lambda) { Child(lambda.body); }
  void VisitNode(ExtractValue& extract) {
    Child(extract.input);
    Child(extract.key);
  }
  void VisitNode(UpdateField& update) {
    Child(update.input);
    Child(update.value);
  }
  void VisitNode(Subquery& subquery) {
    Child(subquery.query);
    Children(subquery.left);
  }
  void VisitNode(PythonFunction& function) { Children(function.arguments); }

  /// Everything else has at most one `input`.
  template <class Node>
  void VisitNode(Node& node) {
    if constexpr (requires { node.input; }) Child(node.input);
  }

  const ReplaceTable* replace_ = nullptr;
  const FindFunction* find_ = nullptr;
  std::vector<std::string> hidden_;
  bool changed_ = false;
};

}  // namespace

RelationPtr InlineFunctions(const RelationPtr& relation, const FindFunction& find) {
  RelationPtr result = relation;
  Inliner(find).Visit(result);
  return result;
}

ExpressionPtr InlineFunctions(const ExpressionPtr& expression, const FindFunction& find) {
  ExpressionPtr result = expression;
  Inliner(find).Visit(result);
  return result;
}

RelationPtr InlineTables(const RelationPtr& relation, const ReplaceTable& replace) {
  RelationPtr result = relation;
  Inliner(replace).Visit(result);
  return result;
}

}  // namespace owlet::plan
