#include "core/datetime/field_resolver.h"

#include <fmt/format.h>

#include "core/datetime/civil_date.h"
#include "core/datetime/java_pattern_names.h"

namespace owlet::datetime {

namespace {

using Field = JavaPattern::Field;

/// A field's name and bounds as java.time.temporal.ChronoField has them.
struct FieldRange {
  std::string_view name;
  std::int64_t least;
  std::int64_t most;
  std::string_view bounds;
};

constexpr std::int64_t kMostYear = 999'999'999;

const FieldRange& RangeOf(Field field) {
  static constexpr std::array<FieldRange, JavaPattern::kFields> kRanges = {{
      {"Era", 0, 1, "0 - 1"},
      {"YearOfEra", 1, kMostYear + 1, "1 - 999999999/1000000000"},
      {"Year", -kMostYear, kMostYear, "-999999999 - 999999999"},
      {"QuarterOfYear", 1, 4, "1 - 4"},
      {"MonthOfYear", 1, 12, "1 - 12"},
      {"DayOfMonth", 1, 31, "1 - 28/31"},
      {"DayOfYear", 1, 366, "1 - 365/366"},
      {"AlignedWeekOfMonth", 1, 5, "1 - 4/5"},
      {"DayOfWeek", 1, 7, "1 - 7"},
      {"ModifiedJulianDay", -365243219162, 365241780471, "-365243219162 - 365241780471"},
      {"AmPmOfDay", 0, 1, "0 - 1"},
      {"HourOfDay", 0, 23, "0 - 23"},
      {"ClockHourOfDay", 1, 24, "1 - 24"},
      {"HourOfAmPm", 0, 11, "0 - 11"},
      {"ClockHourOfAmPm", 1, 12, "1 - 12"},
      {"MinuteOfHour", 0, 59, "0 - 59"},
      {"SecondOfMinute", 0, 59, "0 - 59"},
      {"NanoOfSecond", 0, 999'999'999, "0 - 999999999"},
  }};
  return kRanges[static_cast<std::size_t>(field)];
}

constexpr std::int64_t kModifiedJulianEpoch = 40'587;  // of 1970-01-01

class FieldResolver {
 public:
  FieldResolver(const JavaPattern::FieldValues& values, JavaPattern::Failure& failure)
      : values_(values), failure_(failure) {}

  std::optional<std::int64_t> Resolve() {
    if (!ResolveYear() || !ResolveWholeDate() || !ResolveHour() || !ResolveWholeTime()) {
      return std::nullopt;
    }
    // From here on Spark fills in what the text did not say.
    failure_.outside_of_parsing = true;
    if (!days_ && !DateWithDefaults()) return std::nullopt;
    if (!hour_) hour_ = HourWithDefaults();
    const std::int64_t seconds =
        (*hour_ * 60 + Value(Field::kMinute).value_or(0)) * 60 + Value(Field::kSecond).value_or(0);
    return *days_ * kMicrosPerDay + seconds * kMicrosPerSecond +
           Value(Field::kNano).value_or(0) / 1000;
  }

 private:
  [[nodiscard]] const std::optional<std::int64_t>& Value(Field field) const {
    return values_[static_cast<std::size_t>(field)];
  }

  bool Fail(std::string sentence) {
    failure_.unresolved = std::move(sentence);
    return false;
  }

  bool Check(Field field) {
    const auto& value = Value(field);
    const FieldRange& range = RangeOf(field);
    if (!value || (*value >= range.least && *value <= range.most)) return true;
    return Fail(fmt::format("Invalid value for {} (valid values {}): {}", range.name, range.bounds,
                            *value));
  }

  bool ResolveYear() {
    year_ = Value(Field::kYear);
    if (!Check(Field::kYearOfEra)) return false;
    if (const auto& of_era = Value(Field::kYearOfEra); of_era && Value(Field::kEra)) {
      year_ = *Value(Field::kEra) == 1 ? *of_era : 1 - *of_era;
    }
    return true;
  }

  /// LocalDate.of: a day that does not exist is named.
  bool DateOf(std::int64_t year, std::int64_t month, std::int64_t day) {
    days_ = DaysOf({year, static_cast<int>(month), static_cast<int>(day)});
    if (days_) return true;
    if (day == 29) {
      return Fail(fmt::format("Invalid date 'February 29' as '{}' is not a leap year", year));
    }
    std::string name(FieldNames(Field::kMonth, true)[static_cast<std::size_t>(month - 1)]);
    for (char& c : name) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return Fail(fmt::format("Invalid date '{} {}'", name, day));
  }

  bool DateOfYearDay(std::int64_t year, std::int64_t day) {
    if (day == 366 && !IsLeapYear(year)) {
      return Fail(fmt::format("Invalid date 'DayOfYear 366' as '{}' is not a leap year", year));
    }
    days_ = *DaysOf({year, 1, 1}) + day - 1;
    return true;
  }

  bool CheckYear() {
    const FieldRange& range = RangeOf(Field::kYear);
    if (*year_ >= range.least && *year_ <= range.most) return true;
    return Fail(fmt::format("Invalid value for Year (valid values {}): {}", range.bounds, *year_));
  }

  /// A date of which no part is missing.
  bool ResolveWholeDate() {
    const auto& month = Value(Field::kMonth);
    const auto& day = Value(Field::kDay);
    if (const auto& julian = Value(Field::kModifiedJulianDay)) {
      if (!Check(Field::kModifiedJulianDay)) return false;
      days_ = *julian - kModifiedJulianEpoch;
      return true;
    }
    if (!year_) return true;
    if (month && day) {
      if (!CheckYear() || !Check(Field::kMonth) || !Check(Field::kDay)) return false;
      return DateOf(*year_, *month, *day) && DayOfYearAgrees();
    }
    const auto& day_of_year = Value(Field::kDayOfYear);
    if (!day_of_year) return true;
    return CheckYear() && Check(Field::kDayOfYear) && DateOfYearDay(*year_, *day_of_year);
  }

  bool DayOfYearAgrees() {
    const auto& given = Value(Field::kDayOfYear);
    const std::int64_t derived = *days_ - *DaysOf({*year_, 1, 1}) + 1;
    if (!given || *given == derived) return true;
    const CivilDate date = DateOfDays(*days_);
    return Fail(
        fmt::format("Conflict found: Field DayOfYear {} differs from DayOfYear {} derived from "
                    "{:04}-{:02}-{:02}",
                    derived, *given, date.year, date.month, date.day));
  }

  bool ResolveHour() {
    for (const Field field : {Field::kClockHour, Field::kClockHourOfHalf, Field::kHalfOfDay,
                              Field::kHourOfHalf, Field::kHour}) {
      if (!Check(field)) return false;
    }
    hour_ = Value(Field::kHour);
    if (const auto& clock = Value(Field::kClockHour)) hour_ = *clock % 24;
    hour_of_half_ = Value(Field::kHourOfHalf);
    if (const auto& clock = Value(Field::kClockHourOfHalf)) hour_of_half_ = *clock % 12;
    const auto& half = Value(Field::kHalfOfDay);
    if (half && hour_of_half_) hour_ = *half * 12 + *hour_of_half_;
    return true;
  }

  bool ResolveWholeTime() {
    for (const Field field : {Field::kMinute, Field::kNano, Field::kSecond}) {
      if (!Check(field)) return false;
    }
    const auto& half = Value(Field::kHalfOfDay);
    if (!hour_ || !half || *hour_ / 12 == *half) return true;
    return Fail(fmt::format(
        "Conflict found: Field AmPmOfDay {} differs from AmPmOfDay {} derived from {:02}:{:02}",
        *hour_ / 12, *half, *hour_, Value(Field::kMinute).value_or(0)));
  }

  bool DateWithDefaults() {
    constexpr std::int64_t kDefaultYear = 1970;
    const std::int64_t year = year_.value_or(kDefaultYear);
    const auto& day_of_year = Value(Field::kDayOfYear);
    if (day_of_year && !Value(Field::kMonth) && !Value(Field::kDay)) {
      return Check(Field::kDayOfYear) && DateOfYearDay(year, *day_of_year);
    }
    if (!Check(Field::kMonth) || !Check(Field::kDay)) return false;
    return DateOf(year, Value(Field::kMonth).value_or(1), Value(Field::kDay).value_or(1));
  }

  [[nodiscard]] std::int64_t HourWithDefaults() const {
    if (hour_of_half_) return *hour_of_half_;
    return Value(Field::kHalfOfDay).value_or(0) == 1 ? 12 : 0;
  }

  const JavaPattern::FieldValues& values_;
  JavaPattern::Failure& failure_;
  std::optional<std::int64_t> year_, days_, hour_, hour_of_half_;
};

}  // namespace

std::optional<std::int64_t> ResolveFields(const JavaPattern::FieldValues& values,
                                          JavaPattern::Failure& failure) {
  return FieldResolver(values, failure).Resolve();
}

}  // namespace owlet::datetime
