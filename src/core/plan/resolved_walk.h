#pragma once

#include <functional>

#include "core/plan/resolved.h"

// Walks over resolved trees. All functions are pure: what changes is copied, the rest is shared.

namespace owlet::plan {

using BoundMap = std::function<BoundPtr(const BoundPtr&)>;
using BoundVisit = std::function<void(const BoundPtr&)>;

/// The expression with each direct child replaced by what `map` gives for it. The expressions of a
/// subquery's plan are children too. Null children stay null and are not shown to `map`.
[[nodiscard]] BoundPtr MapChildren(const BoundPtr& bound, const BoundMap& map);

/// The plan with every expression in it replaced by what `map` gives for it.
[[nodiscard]] NodePtr MapExpressions(const NodePtr& node, const BoundMap& map);

/// Calls `visit` for each direct child, a subquery's expressions included.
void VisitChildren(const BoundPtr& bound, const BoundVisit& visit);

/// Calls `visit` for every expression of the plan and of the plans below it, not for its children.
void VisitExpressions(const NodePtr& node, const BoundVisit& visit);

/// The direct inputs of a node.
[[nodiscard]] std::vector<NodePtr> InputsOf(const Node& node);

/// The node with other inputs, as many as InputsOf gives and in its order.
[[nodiscard]] NodePtr WithInputs(const NodePtr& node, const std::vector<NodePtr>& inputs);

/// Whether two expressions are the same text with the same columns. Subqueries are the same only
/// when they are one object.
[[nodiscard]] bool SameExpression(const BoundPtr& left, const BoundPtr& right);

/// Whether the column is used anywhere in the expression.
[[nodiscard]] bool UsesColumn(const BoundPtr& bound, ColumnId id);

}  // namespace owlet::plan
