#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "protocol/common/schema.h"

// Scalars as the text that stands in headers, labels, query strings, form bodies and XML.

namespace owlet::protocol {

/// Reads `text` as a value of the scalar shape into `value`; false when it is none. A timestamp may
/// have any of the three formats, whatever the shape says, as clients differ.
[[nodiscard]] bool ReadScalarText(const Shape& shape, std::string_view text, void* value);

/// `fallback` is the protocol's own format of timestamps at this place.
[[nodiscard]] std::string WriteScalarText(const Shape& shape, const void* value,
                                          TimestampFormat fallback);

/// "2026-01-31T23:59:59[.123][Z|+01:00]", "Sat, 31 Jan 2026 23:59:59 GMT" or "1769903999.123".
[[nodiscard]] std::optional<Timestamp> ParseTimestamp(std::string_view text);

/// Seconds as a decimal number without trailing zeros: "1769903999.123".
[[nodiscard]] std::string FormatUnixSeconds(Timestamp time);
[[nodiscard]] Timestamp TimestampFromSeconds(double seconds);

/// A number as JSON and XML write it; "NaN", "Infinity" and "-Infinity" for those.
[[nodiscard]] std::string FormatDouble(double number);

}  // namespace owlet::protocol
