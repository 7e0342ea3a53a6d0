#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/plan/functions.h"

// Types of results that no pattern can say: decimal arithmetic, roundings by a constant, rows and
// maps by their items. A signature names its rule with "@".

namespace owlet::plan {

/// What a whole-overload rule ("@case") decides.
struct RuleMatch {
  std::vector<Type> argument_types;
  Type result;
  bool nullable = true;
};

/// "-> @name": the result for arguments of these (already coerced) types. `arguments` are the
/// call's own, for constants and nullability. Errors: the dialect's, or kInternal for an unknown
/// rule.
[[nodiscard]] Result<Type> ResultByRule(std::string_view rule, std::span<const Type> types,
                                        std::span<const Argument> arguments,
                                        const SessionSettings& session);

/// "@name". `function` is the name for messages.
[[nodiscard]] Result<RuleMatch> MatchByRule(std::string_view rule, std::string_view function,
                                            std::span<const Argument> arguments,
                                            const SessionSettings& session);

/// Whether a rule of either kind has that name: checked for every table by a test.
[[nodiscard]] bool IsRule(std::string_view name);

}  // namespace owlet::plan
