#pragma once

#include <optional>

#include "core/plan/expression.h"

namespace owlet::plan {

/// Calls of Spark that mean another call: trim(characters, value), last(x, true), decode with
/// results, json_tuple. Nothing for those that mean themselves.
[[nodiscard]] std::optional<FunctionCall> SimplerSparkCall(const FunctionCall& call);

}  // namespace owlet::plan
