#pragma once

#include <string_view>

#include "base/result.h"
#include "core/plan/types.h"

namespace owlet::engine {

/// The type that spark.read.json would find for the value: what schema_of_json says. Text that is
/// no JSON is a string's.
[[nodiscard]] Result<plan::Type> JsonTypeOf(std::string_view text, std::string_view time_zone);

}  // namespace owlet::engine
