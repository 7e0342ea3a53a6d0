#pragma once

#include <cstdint>
#include <optional>

namespace owlet::datetime {

/// A day of the proleptic Gregorian calendar; year 0 is 1 BC.
struct CivilDate {
  std::int64_t year = 1970;
  int month = 1;
  int day = 1;
};

[[nodiscard]] bool IsLeapYear(std::int64_t year);
[[nodiscard]] int DaysInMonth(std::int64_t year, int month);
/// Days since 1970-01-01. Nothing for a day that does not exist.
[[nodiscard]] std::optional<std::int64_t> DaysOf(const CivilDate& date);
[[nodiscard]] CivilDate DateOfDays(std::int64_t days);
/// Monday 1 .. Sunday 7.
[[nodiscard]] int IsoWeekday(std::int64_t days);
/// The quotient rounded down; `by` is positive.
[[nodiscard]] constexpr std::int64_t FloorDivide(std::int64_t value, std::int64_t by) {
  return value / by - (value % by < 0 ? 1 : 0);
}

}  // namespace owlet::datetime
