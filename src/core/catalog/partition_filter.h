#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/catalog/model.h"

namespace owlet::catalog {

/// Compiles the Expression of Glue's GetPartitions: comparisons =, <>, !=, <, <=, >, >=, LIKE, IN,
/// BETWEEN and IS [NOT] NULL between partition keys and literals, joined by AND, OR, NOT and
/// parentheses. A key of a number's type compares as a number, any other as text; the default
/// partition's value is NULL, and logic is three-valued. The function gets a partition's values in
/// the order of `keys` and says whether the expression is true. Thread-safe to call.
/// Errors: kInvalidArgument for a text that is no such expression or names another column.
[[nodiscard]] Result<std::function<bool(const std::vector<std::string>& values)>>
CompilePartitionFilter(std::string_view expression, const std::vector<Column>& keys);

}  // namespace owlet::catalog
