#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/plan/relation.h"

namespace owlet::plan {

/// What a table's name is replaced by; null leaves it as it is.
using ReplaceTable = std::function<RelationPtr(const std::vector<std::string>& name)>;

/// A session's Python function of that name; null: it has none.
using FindFunction = std::function<std::shared_ptr<const PythonFunction>(const std::string& name)>;

/// The relation with calls of those names made calls of the session's functions; in FROM too.
[[nodiscard]] RelationPtr InlineFunctions(const RelationPtr& relation, const FindFunction& find);
[[nodiscard]] ExpressionPtr InlineFunctions(const ExpressionPtr& expression,
                                            const FindFunction& find);

/// The relation with named tables replaced, in subqueries too. A common table of the query itself
/// hides a name. A temporary view is stored so: what it refers to is fixed when it is made, and a
/// view may be replaced by a query over itself. Parts that do not change are shared, not copied.
[[nodiscard]] RelationPtr InlineTables(const RelationPtr& relation, const ReplaceTable& replace);

}  // namespace owlet::plan
