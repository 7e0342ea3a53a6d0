#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/plan/resolver_binder.h"
#include "core/plan/resolver_statement.h"

namespace owlet::plan {

/// What a SELECT, a DataFrame's select or agg() computes over its input.
struct SelectParts {
  std::vector<ExpressionPtr> items;
  std::optional<std::vector<GroupingElement>> group_by = std::nullopt;
  bool group_by_all = false;
  bool group_by_distinct = false;
  ExpressionPtr having = nullptr;
  ExpressionPtr qualify = nullptr;
  const std::vector<NamedWindow>* windows = nullptr;
  bool distinct = false;
  const std::vector<SortOrder>* order_by = nullptr;
  bool keys_first = false;  // DataFrame: the grouping expressions, then the items
  OriginPtr origin = nullptr;
};

/// Resolves one SELECT: binds all its clauses first, then builds the nodes below each other:
/// aggregate, HAVING, windows, QUALIFY, generator, projection, DISTINCT, sort. Internal.
class SelectResolver {
 public:
  SelectResolver(Statement& statement, Scope from, const Binder* outer)
      : statement_(statement), from_(std::move(from)), outer_(outer) {}

  [[nodiscard]] Result<Scope> Resolve(const SelectParts& parts);

 private:
  struct Item {
    BoundPtr expression;
    std::string name;
    std::vector<std::string> qualifier;
    std::string metadata;
    ExpressionPtr source;  // null for a column of `*`
    bool alias = false;    // written with AS
    ColumnId same_as = 0;
  };

  [[nodiscard]] Status BindItems(const SelectParts& parts);
  [[nodiscard]] Status BindItem(Binder& binder, const ExpressionPtr& given);
  [[nodiscard]] ExpressionPtr WithoutStars(const Binder& binder,
                                           const ExpressionPtr& expression) const;
  [[nodiscard]] Status ExpandStar(Binder& binder, const Star& star, const ExpressionPtr& source);
  [[nodiscard]] Status ExpandRegex(const ColumnRegex& regex, const ExpressionPtr& source);
  [[nodiscard]] Status BindKeys(const SelectParts& parts);
  [[nodiscard]] Result<BoundPtr> BindKey(Binder& binder, const ExpressionPtr& key);
  [[nodiscard]] Result<std::vector<std::vector<std::size_t>>> ExpandElement(
      Binder& binder, const GroupingElement& element);
  [[nodiscard]] Status BindOrders(const SelectParts& parts);
  [[nodiscard]] Status CheckAndReplace(const SelectParts& parts);
  [[nodiscard]] Result<BoundPtr> ReplaceKeys(const BoundPtr& bound, const ExpressionPtr& source);
  [[nodiscard]] BoundPtr GroupingValue(const BoundCall& call, const Type& type, bool& valid);
  [[nodiscard]] NodePtr BuildAggregate();
  [[nodiscard]] Result<Scope> BuildOutput(const SelectParts& parts, NodePtr node);
  [[nodiscard]] std::size_t KeyIndex(const BoundPtr& key);
  void Configure(Binder& binder, const SelectParts& parts);

  Statement& statement_;
  Scope from_;
  const Binder* outer_;
  std::vector<Item> items_;
  std::vector<NamedExpression> aliases_;  // of the items, for other clauses
  std::vector<NamedExpression> outputs_;  // every item by its output name, for ORDER BY
  CallSink aggregates_;
  CallSink windows_;
  GeneratorSink generator_;
  bool aggregated_ = false;
  std::vector<BoundPtr> keys_;
  std::vector<Column> key_columns_;
  std::vector<ExpressionPtr> key_sources_;
  std::vector<std::vector<std::size_t>> sets_;
  std::optional<Column> grouping_id_;
  BoundPtr having_;
  BoundPtr qualify_;
  std::vector<BoundSort> orders_;
  std::vector<ExpressionPtr> order_sources_;
};

}  // namespace owlet::plan
