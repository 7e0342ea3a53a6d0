#pragma once

#include <string>

#include "core/sql/statement.h"

// Statements as stable S-expressions, for tests and for looking at what the parser made.

namespace owlet::sql {

/// (select (item (+ 1 a)) (from (table t))): names as written, literals with their type's letter.
[[nodiscard]] std::string PlanText(const plan::ExpressionPtr& expression);
[[nodiscard]] std::string PlanText(const plan::RelationPtr& relation);

}  // namespace owlet::sql
