#pragma once

#include <string>

#include "core/plan/literal.h"

// Constants as text, in each dialect's way. Pure functions.

namespace owlet::plan {

/// "123.45" of an unscaled decimal.
[[nodiscard]] std::string DecimalText(Int128 unscaled, int scale);
/// "2020-01-31" of days since 1970.
[[nodiscard]] std::string DateText(std::int64_t days);
/// "2020-01-31 12:00:00[.123456]" of microseconds since 1970, without a zone.
[[nodiscard]] std::string TimestampText(std::int64_t micros);
/// "12:00:00[.123456]" of microseconds of the day.
[[nodiscard]] std::string TimeText(std::int64_t micros);
/// A double as Spark and Trino write it: "1.5", "1.0E10", "NaN".
[[nodiscard]] std::string DoubleText(double value);

/// As Spark names a constant column: `1.5`, `DATE '2020-01-01'`; strings bare, or in quotes where
/// `quote_strings`.
[[nodiscard]] std::string SparkLiteralText(const Literal& literal, bool quote_strings);
/// As Trino prints a constant in messages: 'x', 1, DATE '2020-01-01'.
[[nodiscard]] std::string TrinoLiteralText(const Literal& literal);

}  // namespace owlet::plan
