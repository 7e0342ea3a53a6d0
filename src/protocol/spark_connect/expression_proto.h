#pragma once

#include <cstdint>
#include <functional>

#include "base/result.h"
#include "core/plan/expression.h"
#include "core/plan/inline_tables.h"
#include "core/plan/relation.h"

namespace spark::connect {
class CommonInlineUserDefinedFunction;
class Expression;
class Expression_SortOrder;
}  // namespace spark::connect

namespace owlet::spark_connect {

/// Looks up the relation of a SubqueryExpression by its plan id (WithRelations.references).
using FindSubquery = std::function<Result<plan::RelationPtr>(std::int64_t plan_id)>;

/// Turns Spark Connect's expressions into the plan's. Nesting is bounded: protobuf itself refuses
/// messages nested deeper than 100 by default, the server allows kMaximumNesting. Not thread-safe.
class ExpressionReader {
 public:
  explicit ExpressionReader(FindSubquery find_subquery, plan::FindFunction find_function = {})
      : find_subquery_(std::move(find_subquery)), find_function_(std::move(find_function)) {}

  [[nodiscard]] Result<plan::ExpressionPtr> Read(const ::spark::connect::Expression& expression);
  [[nodiscard]] Result<plan::SortOrder> ReadSortOrder(
      const ::spark::connect::Expression_SortOrder& order);

  /// A user's function with the arguments of this call. kNotImplemented: it is no Python.
  [[nodiscard]] Result<plan::PythonFunction> ReadPython(
      const ::spark::connect::CommonInlineUserDefinedFunction& function);

  template <class Expressions>
  [[nodiscard]] Result<std::vector<plan::ExpressionPtr>> ReadAll(const Expressions& expressions) {
    std::vector<plan::ExpressionPtr> all;
    all.reserve(static_cast<std::size_t>(expressions.size()));
    for (const auto& expression : expressions) {
      OWLET_TRY(plan::ExpressionPtr one, Read(expression));
      all.push_back(std::move(one));
    }
    return all;
  }
  template <class Orders>
  [[nodiscard]] Result<std::vector<plan::SortOrder>> ReadSortOrders(const Orders& orders) {
    std::vector<plan::SortOrder> all;
    for (const auto& order : orders) {
      OWLET_TRY(plan::SortOrder one, ReadSortOrder(order));
      all.push_back(std::move(one));
    }
    return all;
  }

 private:
  /// The expression with calls of the session's functions by their names.
  [[nodiscard]] plan::ExpressionPtr Called(plan::ExpressionPtr expression) const;

  FindSubquery find_subquery_;
  plan::FindFunction find_function_;
};

}  // namespace owlet::spark_connect
