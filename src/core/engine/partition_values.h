#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/plan/types.h"

namespace owlet::engine {

/// The type that Spark gives to a partition column with these values: the narrowest of int, bigint,
/// decimal, double, date, timestamp that all have, else string.
[[nodiscard]] plan::Type InferPartitionType(const std::vector<std::optional<std::string>>& values);

}  // namespace owlet::engine
