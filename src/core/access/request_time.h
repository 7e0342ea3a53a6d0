#pragma once

#include <optional>
#include <string_view>

#include "base/clock.h"

namespace owlet::access {

/// "20260131T235959Z", the form of x-amz-date.
[[nodiscard]] std::optional<Timestamp> ParseBasicTime(std::string_view text);
/// "Sat, 31 Jan 2026 23:59:59 GMT" (or "+0000"), the form of Date.
[[nodiscard]] std::optional<Timestamp> ParseHttpTime(std::string_view text);
/// "2026-01-31T23:59:59Z", also with fractions or an offset, or a date alone: as policies write it.
[[nodiscard]] std::optional<Timestamp> ParsePolicyTime(std::string_view text);

}  // namespace owlet::access
