#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time_zone.h"

// Dates and times as numbers and texts. Local times are microseconds since 1970-01-01 00:00:00.

namespace owlet::engine {

inline constexpr std::int64_t kMicrosPerSecond = 1'000'000;
inline constexpr std::int64_t kMicrosPerDay = 86'400 * kMicrosPerSecond;

struct LocalTime {
  std::int64_t year = 1970;
  int month = 1;
  int day = 1;
  int hour = 0;
  int minute = 0;
  int second = 0;
  int micros = 0;
};

[[nodiscard]] LocalTime SplitLocal(std::int64_t micros);
/// Nothing for a day or time that does not exist.
[[nodiscard]] std::optional<std::int64_t> JoinLocal(const LocalTime& time);
[[nodiscard]] std::optional<std::int64_t> DaysOf(std::int64_t year, int month, int day);
[[nodiscard]] int DaysInMonth(std::int64_t year, int month);
/// Monday 1 .. Sunday 7.
[[nodiscard]] int IsoWeekday(std::int64_t days);
[[nodiscard]] std::int64_t FloorDivide(std::int64_t value, std::int64_t by);
[[nodiscard]] std::int64_t AddMonths(std::int64_t local_micros, std::int64_t months);

/// The zone, found once a thread and name; nothing for a name that is none.
[[nodiscard]] const TimeZone* FindZone(std::string_view name);

/// "2020-01-02 03:04:05" with `digits` behind the second's point; -1: as many as needed.
[[nodiscard]] std::string TimestampText(std::int64_t local_micros, int digits);
[[nodiscard]] std::string DateText(std::int64_t days);

/// A text as Spark's and Trino's casts read it: date, then maybe time, then maybe a zone.
struct ParsedInstant {
  std::int64_t local_micros = 0;
  bool has_time = false;
  std::string zone;  // "" when there is none
};
enum class TextRules : std::uint8_t { kSpark, kTrino };
[[nodiscard]] std::optional<ParsedInstant> ParseInstant(std::string_view text, TextRules rules);
/// The date alone, in days. Spark takes "2020", "2020-1" and a time behind it too.
[[nodiscard]] std::optional<std::int64_t> ParseDate(std::string_view text, TextRules rules);

}  // namespace owlet::engine
