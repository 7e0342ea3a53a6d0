#include <fmt/format.h>

#include <cctype>
#include <cmath>

#include "core/engine/functions/cells.h"
#include "core/engine/functions/instants.h"

// Dates and times by calendar: zones, truncation, differences. Patterns are in
// datetime_patterns.cc.

namespace owlet::engine {

namespace {

const TimeZone& ZoneOr(Cells& cells, std::size_t index, std::int64_t origin) {
  const TimeZone* zone = FindZone(cells.Text(index));
  if (zone == nullptr) {
    RaiseTrino("INVALID_FUNCTION_ARGUMENT",
               fmt::format("'{}' is not a valid time zone", cells.Text(index)), origin);
  }
  return *zone;
}

/// local(instant, zone) and utc(local, zone): the two ways between UTC and a zone's clock.
void Local(Cells& cells) {
  const TimeZone& zone = ZoneOr(cells, 1, -1);
  cells.SetInteger(zone.ToLocal(cells.Integer(0)));
}
void Utc(Cells& cells) {
  const TimeZone& zone = ZoneOr(cells, 1, -1);
  cells.SetInteger(zone.ToUtc(cells.Integer(0)));
}
void CheckedZone(Cells& cells) {
  if (FindZone(cells.Text(0)) == nullptr) {
    RaiseTrino("INVALID_FUNCTION_ARGUMENT",
               fmt::format("'{}' is not a valid time zone", cells.Text(0)), cells.Integer(1));
  }
  cells.SetText(cells.Text(0));
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}

enum class Unit : std::uint8_t {
  kMicrosecond,
  kMillisecond,
  kSecond,
  kMinute,
  kHour,
  kDay,
  kWeek,
  kMonth,
  kQuarter,
  kYear,
  kDecade,
  kCentury,
  kMillennium
};

std::optional<Unit> UnitByName(std::string_view name) {
  static const std::pair<std::string_view, Unit> kNames[] = {{"microsecond", Unit::kMicrosecond},
                                                             {"millisecond", Unit::kMillisecond},
                                                             {"second", Unit::kSecond},
                                                             {"minute", Unit::kMinute},
                                                             {"hour", Unit::kHour},
                                                             {"day", Unit::kDay},
                                                             {"week", Unit::kWeek},
                                                             {"month", Unit::kMonth},
                                                             {"quarter", Unit::kQuarter},
                                                             {"year", Unit::kYear},
                                                             {"decade", Unit::kDecade},
                                                             {"century", Unit::kCentury},
                                                             {"millennium", Unit::kMillennium},
                                                             {"dd", Unit::kDay},
                                                             {"mon", Unit::kMonth},
                                                             {"mm", Unit::kMonth},
                                                             {"yyyy", Unit::kYear},
                                                             {"yy", Unit::kYear}};
  const std::string lower = Lower(name);
  for (const auto& [text, unit] : kNames) {
    if (text == lower) return unit;
  }
  return std::nullopt;
}

std::int64_t FixedMicros(Unit unit) {
  switch (unit) {
    case Unit::kMicrosecond:
      return 1;
    case Unit::kMillisecond:
      return 1000;
    case Unit::kSecond:
      return kMicrosPerSecond;
    case Unit::kMinute:
      return 60 * kMicrosPerSecond;
    case Unit::kHour:
      return 3600 * kMicrosPerSecond;
    case Unit::kDay:
      return kMicrosPerDay;
    case Unit::kWeek:
      return 7 * kMicrosPerDay;
    default:
      return 0;
  }
}

std::int64_t MonthsOf(Unit unit) {
  switch (unit) {
    case Unit::kMonth:
      return 1;
    case Unit::kQuarter:
      return 3;
    case Unit::kYear:
      return 12;
    case Unit::kDecade:
      return 120;
    case Unit::kCentury:
      return 1200;
    case Unit::kMillennium:
      return 12000;
    default:
      return 0;
  }
}

std::int64_t Truncate(std::int64_t local, Unit unit) {
  if (unit == Unit::kWeek) {
    const std::int64_t days = FloorDivide(local, kMicrosPerDay);
    return (days - IsoWeekday(days) + 1) * kMicrosPerDay;
  }
  if (const std::int64_t fixed = FixedMicros(unit); fixed > 0) {
    return FloorDivide(local, fixed) * fixed;
  }
  const LocalTime time = SplitLocal(local);
  std::int64_t months = time.year * 12 + time.month - 1;
  const std::int64_t step = MonthsOf(unit);
  // Centuries and millennia count from year 1.
  const std::int64_t shift = unit == Unit::kCentury || unit == Unit::kMillennium ? 12 : 0;
  months = FloorDivide(months - shift, step) * step + shift;
  const auto year = FloorDivide(months, 12);
  return *DaysOf(year, static_cast<int>(months - year * 12) + 1, 1) * kMicrosPerDay;
}

std::int64_t Add(std::int64_t local, Unit unit, std::int64_t count) {
  if (const std::int64_t fixed = FixedMicros(unit); fixed > 0) return local + count * fixed;
  return AddMonths(local, count * MonthsOf(unit));
}

/// Whole units from one time to the other, cut toward zero.
std::int64_t Difference(std::int64_t from, std::int64_t to, Unit unit) {
  if (const std::int64_t fixed = FixedMicros(unit); fixed > 0) return (to - from) / fixed;
  const LocalTime a = SplitLocal(from);
  const LocalTime b = SplitLocal(to);
  std::int64_t months = (b.year - a.year) * 12 + b.month - a.month;
  if (months > 0 && AddMonths(from, months) > to) --months;
  if (months < 0 && AddMonths(from, months) < to) ++months;
  return months / MonthsOf(unit);
}

// ---- Spark.

void SparkTruncDate(Cells& cells) {
  const auto unit = UnitByName(cells.Text(1));
  if (!unit || *unit < Unit::kWeek) return cells.SetNull();
  cells.SetInteger(FloorDivide(Truncate(cells.Integer(0) * kMicrosPerDay, *unit), kMicrosPerDay));
}

void SparkTruncTimestamp(Cells& cells) {
  const auto unit = UnitByName(cells.Text(0));
  if (!unit) return cells.SetNull();
  cells.SetInteger(Truncate(cells.Integer(1), *unit));
}

void SparkMonthsBetween(Cells& cells) {
  const LocalTime a = SplitLocal(cells.Integer(0));
  const LocalTime b = SplitLocal(cells.Integer(1));
  const auto months = static_cast<double>((a.year - b.year) * 12 + a.month - b.month);
  const bool ends = a.day == DaysInMonth(a.year, a.month) && b.day == DaysInMonth(b.year, b.month);
  if (a.day == b.day || ends) return cells.SetDouble(months);
  const auto seconds = [](const LocalTime& time) {
    return static_cast<double>(time.day * 86400 + time.hour * 3600 + time.minute * 60 +
                               time.second);
  };
  constexpr double kSecondsInMonth = 31.0 * 86400;
  const double result = months + (seconds(a) - seconds(b)) / kSecondsInMonth;
  cells.SetDouble(cells.Boolean(2) ? std::round(result * 1e8) / 1e8 : result);
}

void SparkNextDay(Cells& cells) {
  static const std::pair<std::string_view, int> kDays[] = {
      {"mo", 1}, {"mon", 1}, {"monday", 1},    {"tu", 2}, {"tue", 2}, {"tuesday", 2},
      {"we", 3}, {"wed", 3}, {"wednesday", 3}, {"th", 4}, {"thu", 4}, {"thursday", 4},
      {"fr", 5}, {"fri", 5}, {"friday", 5},    {"sa", 6}, {"sat", 6}, {"saturday", 6},
      {"su", 7}, {"sun", 7}, {"sunday", 7}};
  const std::string name = Lower(cells.Text(1));
  for (const auto& [text, weekday] : kDays) {
    if (text != name) continue;
    const std::int64_t days = cells.Integer(0);
    const int ahead = (weekday - IsoWeekday(days) + 6) % 7 + 1;
    return cells.SetInteger(days + ahead);
  }
  RaiseSpark("ILLEGAL_DAY_OF_WEEK",
             fmt::format("Illegal input for day of week: {}.", cells.Text(1)),
             {{"string", std::string(cells.Text(1))}}, cells.Integer(2));
}

void SparkTimestampAdd(Cells& cells) {
  const auto unit = UnitByName(cells.Text(0));
  if (!unit) return cells.SetNull();
  cells.SetInteger(Add(cells.Integer(2), *unit, cells.Integer(1)));
}

void SparkTimestampDiff(Cells& cells) {
  const auto unit = UnitByName(cells.Text(0));
  if (!unit) return cells.SetNull();
  cells.SetInteger(Difference(cells.Integer(1), cells.Integer(2), *unit));
}

// ---- Trino. The unit's name, the type for messages, the origin.

Unit TrinoUnit(std::string_view name, std::string_view type, bool truncates, std::int64_t origin) {
  static constexpr std::string_view kKnown[] = {"millisecond", "second", "minute",  "hour", "day",
                                                "week",        "month",  "quarter", "year"};
  const std::string lower = Lower(name);
  for (const std::string_view known : kKnown) {
    if (known != lower) continue;
    const auto unit = *UnitByName(lower);
    if (type == "DATE" && unit < Unit::kDay) break;
    return unit;
  }
  RaiseTrino("INVALID_FUNCTION_ARGUMENT",
             fmt::format("'{}' is not a valid {} field", name,
                         truncates && type != "DATE" ? "TIMESTAMP" : type),
             origin);
}

void TrinoDateTrunc(Cells& cells) {
  const Unit unit = TrinoUnit(cells.Text(0), cells.Text(2), true, cells.Integer(3));
  cells.SetInteger(Truncate(cells.Integer(1), unit));
}
void TrinoDateAdd(Cells& cells) {
  const Unit unit = TrinoUnit(cells.Text(0), cells.Text(3), false, cells.Integer(4));
  cells.SetInteger(Add(cells.Integer(2), unit, cells.Integer(1)));
}
void TrinoDateDiff(Cells& cells) {
  const Unit unit = TrinoUnit(cells.Text(0), cells.Text(3), false, cells.Integer(4));
  cells.SetInteger(Difference(cells.Integer(1), cells.Integer(2), unit));
}

/// (unit, count, instant, zone, origin): days and longer by the clock on the wall, less in time
/// that passes.
void TrinoDateAddZoned(Cells& cells) {
  const Unit unit = TrinoUnit(cells.Text(0), "TIMESTAMP", false, cells.Integer(4));
  if (unit < Unit::kDay) {
    return cells.SetInteger(Add(cells.Integer(2), unit, cells.Integer(1)));
  }
  const TimeZone* zone = FindZone(cells.Text(3));
  cells.SetInteger(zone->ToUtc(Add(zone->ToLocal(cells.Integer(2)), unit, cells.Integer(1))));
}
/// (unit, from, to, zone of the first, origin).
void TrinoDateDiffZoned(Cells& cells) {
  const Unit unit = TrinoUnit(cells.Text(0), "TIMESTAMP", false, cells.Integer(4));
  const TimeZone* zone = FindZone(cells.Text(3));
  const bool passing = unit < Unit::kDay;
  const auto side = [&](std::size_t index) {
    return passing ? cells.Integer(index) : zone->ToLocal(cells.Integer(index));
  };
  cells.SetInteger(Difference(side(1), side(2), unit));
}

void ZoneSeconds(Cells& cells) {
  const std::int64_t instant = cells.Integer(0);
  cells.SetInteger((FindZone(cells.Text(1))->ToLocal(instant) - instant) / kMicrosPerSecond);
}

std::string OffsetText(std::int64_t minutes) {
  return fmt::format("{}{:02}:{:02}", minutes < 0 ? '-' : '+', std::abs(minutes) / 60,
                     std::abs(minutes) % 60);
}

/// offset_zone(hours, minutes, origin).
void OffsetZone(Cells& cells) {
  const std::int64_t minutes = cells.Integer(0) * 60 + cells.Integer(1);
  constexpr std::int64_t kMost = 14 * 60;
  if (minutes > kMost || minutes < -kMost) {
    RaiseTrino("INVALID_FUNCTION_ARGUMENT", fmt::format("Invalid offset minutes {}", minutes),
               cells.Integer(2));
  }
  cells.SetText(minutes == 0 ? "UTC" : OffsetText(minutes));
}

/// zone_of_interval(interval, origin): AT TIME ZONE INTERVAL.
void ZoneOfInterval(Cells& cells) {
  const plan::Interval interval = cells.Interval(0);
  const std::int64_t minutes =
      (interval.days * kMicrosPerDay + interval.micros) / (60 * kMicrosPerSecond);
  cells.SetText(minutes == 0 ? "UTC" : OffsetText(minutes));
}

/// iso_zoned(instant, zone, digits).
void IsoZoned(Cells& cells) {
  const std::int64_t instant = cells.Integer(0);
  const std::int64_t local = FindZone(cells.Text(1))->ToLocal(instant);
  std::string text = TimestampText(local, static_cast<int>(cells.Integer(2)));
  std::replace(text.begin(), text.end(), ' ', 'T');
  const std::int64_t minutes = (local - instant) / (60 * kMicrosPerSecond);
  cells.SetText(text + (minutes == 0 ? "Z" : OffsetText(minutes)));
}

void IntervalMonths(Cells& cells) { cells.SetInteger(cells.Interval(0).months); }

void TrinoTextToDate(Cells& cells) {
  const auto days = ParseDate(cells.Text(0), TextRules::kTrino);
  if (!days) {
    RaiseTrino("INVALID_CAST_ARGUMENT",
               fmt::format("Value cannot be cast to date: {}", cells.Text(0)), cells.Integer(1));
  }
  cells.SetInteger(*days);
}

void TrinoIsoDate(Cells& cells) {
  const auto days = ParseDate(cells.Text(0), TextRules::kTrino);
  if (!days) {
    RaiseTrino("INVALID_FUNCTION_ARGUMENT", fmt::format("Invalid format: \"{}\"", cells.Text(0)),
               cells.Integer(1));
  }
  cells.SetInteger(*days);
}

std::optional<ParsedInstant> IsoInstant(std::string_view text) {
  // Spark's reading takes ISO's T and a zone right behind the time.
  return ParseInstant(text, TextRules::kSpark);
}

void TrinoIsoInstant(Cells& cells) {
  const auto parsed = IsoInstant(cells.Text(0));
  if (!parsed) {
    RaiseTrino("INVALID_FUNCTION_ARGUMENT", fmt::format("Invalid format: \"{}\"", cells.Text(0)),
               cells.Integer(2));
  }
  const TimeZone* zone = FindZone(parsed->zone.empty() ? cells.Text(1) : parsed->zone);
  cells.SetInteger(zone->ToUtc(parsed->local_micros));
}

void TrinoIsoZone(Cells& cells) {
  const auto parsed = IsoInstant(cells.Text(0));
  if (!parsed) return cells.SetNull();
  if (parsed->zone.empty()) return cells.SetText(cells.Text(1));
  cells.SetText(parsed->zone == "Z" ? "UTC" : parsed->zone);
}

void SparkTextToTimestamp(Cells& cells) {
  const auto parsed = ParseInstant(cells.Text(0), TextRules::kSpark);
  if (!parsed) return cells.SetNull();
  const TimeZone* zone = FindZone(parsed->zone.empty() ? cells.Text(1) : parsed->zone);
  cells.SetInteger(zone->ToUtc(parsed->local_micros));
}

}  // namespace

CellFunctions DateTimeFunctions() {
  return {
      {"*.local", "TIMESTAMP", Local},
      {"*.utc", "TIMESTAMP", Utc},
      {"trino.checked_zone", "VARCHAR", CheckedZone},
      {"spark.trunc_date", "DATE", SparkTruncDate},
      {"spark.trunc_timestamp", "TIMESTAMP", SparkTruncTimestamp},
      {"spark.months_between", "DOUBLE", SparkMonthsBetween},
      {"spark.next_day", "DATE", SparkNextDay},
      {"spark.timestamp_add", "TIMESTAMP", SparkTimestampAdd},
      {"spark.timestamp_diff", "BIGINT", SparkTimestampDiff},
      {"spark.text_to_timestamp", "TIMESTAMP", SparkTextToTimestamp},
      {"trino.date_trunc", "TIMESTAMP", TrinoDateTrunc},
      {"trino.date_add", "TIMESTAMP", TrinoDateAdd},
      {"trino.date_diff", "BIGINT", TrinoDateDiff},
      {"trino.date_add_zoned", "TIMESTAMP", TrinoDateAddZoned},
      {"trino.date_diff_zoned", "BIGINT", TrinoDateDiffZoned},
      {"trino.zone_seconds", "BIGINT", ZoneSeconds},
      {"trino.offset_zone", "VARCHAR", OffsetZone},
      {"trino.zone_of_interval", "VARCHAR", ZoneOfInterval},
      {"trino.iso_zoned", "VARCHAR", IsoZoned},
      {"trino.interval_months", "BIGINT", IntervalMonths},
      {"trino.text_to_date", "DATE", TrinoTextToDate},
      {"trino.from_iso8601_date", "DATE", TrinoIsoDate},
      {"trino.iso_instant", "TIMESTAMP", TrinoIsoInstant},
      {"trino.iso_zone", "VARCHAR", TrinoIsoZone},
  };
}

}  // namespace owlet::engine
