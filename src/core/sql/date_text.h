#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/sql/token.h"

// The text of date, time and timestamp literals.

namespace owlet::sql {

/// Days since 1970-01-01. Spark: "yyyy", "yyyy-[m]m", "yyyy-[m]m-[d]d", and after the day a blank
/// or T and anything. Trino: year, month and day, nothing after it.
[[nodiscard]] std::optional<std::int32_t> ParseDateText(std::string_view text, SqlDialect dialect);

struct TimestampText {
  std::int64_t micros = 0;  // of the wall clock; less the offset where one is given
  int precision = 0;        // digits of the fraction as written
  bool has_date = false;
  bool has_time = false;
  bool has_offset = false;     // "Z", "+02:00", "UTC": applied to micros
  std::string_view zone = {};  // anything else after the time: a zone's name
};

/// A timestamp, or nothing for a text that is none. Digits beyond the sixth are cut off.
[[nodiscard]] std::optional<TimestampText> ParseTimestampText(std::string_view text,
                                                              SqlDialect dialect);

/// "hh:mm[:ss[.fraction]][ offset]".
[[nodiscard]] std::optional<TimestampText> ParseTimeText(std::string_view text);

}  // namespace owlet::sql
