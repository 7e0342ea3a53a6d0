#include "core/datetime/civil_date.h"

#include <array>

namespace owlet::datetime {

namespace {

// Years that begin in March and eras of 400 years make the leap day the last of its year.
constexpr std::int64_t kDaysOfEra = 146'097;
constexpr std::int64_t kDaysToEpoch = 719'468;  // 0000-03-01 to 1970-01-01

}  // namespace

bool IsLeapYear(std::int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int DaysInMonth(std::int64_t year, int month) {
  constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && IsLeapYear(year) ? 29 : kDays[static_cast<std::size_t>(month - 1)];
}

std::optional<std::int64_t> DaysOf(const CivilDate& date) {
  if (date.month < 1 || date.month > 12 || date.day < 1) return std::nullopt;
  if (date.day > DaysInMonth(date.year, date.month)) return std::nullopt;
  const std::int64_t year = date.year - (date.month <= 2 ? 1 : 0);
  const std::int64_t era = FloorDivide(year, 400);
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t month_of_year = date.month + (date.month > 2 ? -3 : 9);
  const std::int64_t day_of_year = (153 * month_of_year + 2) / 5 + date.day - 1;
  return era * kDaysOfEra + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
         kDaysToEpoch;
}

CivilDate DateOfDays(std::int64_t days) {
  days += kDaysToEpoch;
  const std::int64_t era = FloorDivide(days, kDaysOfEra);
  const std::int64_t day_of_era = days - era * kDaysOfEra;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t month_of_year = (5 * day_of_year + 2) / 153;
  const int month = static_cast<int>(month_of_year < 10 ? month_of_year + 3 : month_of_year - 9);
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month,
          static_cast<int>(day_of_year - (153 * month_of_year + 2) / 5 + 1)};
}

int IsoWeekday(std::int64_t days) {
  return static_cast<int>(days + 3 - FloorDivide(days + 3, 7) * 7) + 1;  // 1970-01-01: Thursday
}

}  // namespace owlet::datetime
