#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "core/access/policy.h"

namespace owlet::access {

/// Where the statements of a policy stand in its text, from the first character of each to behind
/// its last. `json` is valid JSON.
[[nodiscard]] std::vector<std::pair<PolicyPosition, PolicyPosition>> PlacesOfStatements(
    std::string_view json);

}  // namespace owlet::access
