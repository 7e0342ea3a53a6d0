#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "core/plan/relation.h"

// Expressions as text: Spark's names of unnamed columns ("sum(x)", "(a + b)") and both dialects'
// way to print an expression in messages. Internal to the resolver.

namespace owlet::plan {

/// How a column reference shows: Spark leaves out qualifiers and keeps fields ("s.x").
using ColumnText = std::function<std::string(const ColumnReference&)>;

/// What Spark prints for the expression, and so the name of a column that has none.
/// `zone` is the session's, in which instants show; `windows` are the query's named windows, shown
/// in full where they are used.
[[nodiscard]] std::string SparkText(const ExpressionPtr& expression, const ColumnText& column,
                                    std::string_view zone,
                                    const std::vector<NamedWindow>* windows = nullptr);

/// What Trino prints for the expression in messages.
[[nodiscard]] std::string TrinoText(const ExpressionPtr& expression);

/// Whether EXTRACT(field FROM value) of Trino has a meaning for values of that type; the field in
/// capitals.
[[nodiscard]] bool HasField(const Type& type, std::string_view field);

}  // namespace owlet::plan
