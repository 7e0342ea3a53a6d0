#include "value_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/encoding.h"
#include "base/time_zone.h"
#include "core/datetime/civil_date.h"
#include "core/engine/text_writer.h"
#include "core/plan/literal_text.h"

namespace owlet::tests {

using plan::Literal;
using plan::TypeId;

namespace {

constexpr std::int64_t kMicrosPerDay = 86'400'000'000;

std::string Join(const std::vector<std::string>& parts, std::string_view open,
                 std::string_view close) {
  std::string text(open);
  for (std::size_t i = 0; i < parts.size(); ++i) text += (i > 0 ? ", " : "") + parts[i];
  return text.append(close);
}

// Python's repr of a float: the shortest digits, an exponent below 1e-4 and from 1e16 on.
std::string DoubleText(double value, bool single) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  const double magnitude = std::abs(value);
  const bool plain = value == 0 || (magnitude >= 1e-4 && magnitude < 1e16);
  std::string text =
      single ? fmt::format("{}", static_cast<float>(value)) : fmt::format("{}", value);
  if (plain && text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

std::string DateText(std::int64_t days) {
  const datetime::CivilDate date = datetime::DateOfDays(days);
  return fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day);
}

// `digits` of the fraction; -1: as many as are needed, six or none, as Python does.
std::string TimeText(std::int64_t micros, int digits) {
  const std::int64_t seconds = micros / 1'000'000, fraction = micros % 1'000'000;
  std::string text =
      fmt::format("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
  if (digits < 0) digits = fraction != 0 ? 6 : 0;
  if (digits > 0) {
    text += "." + fmt::format("{:06}000000", fraction).substr(0, static_cast<std::size_t>(digits));
  }
  return text;
}

std::string TimestampText(std::int64_t micros, int digits) {
  const std::int64_t days = micros / kMicrosPerDay - (micros % kMicrosPerDay < 0 ? 1 : 0);
  return DateText(days) + " " + TimeText(micros - days * kMicrosPerDay, digits);
}

// Python's timedelta.
std::string DayTimeText(const plan::Interval& interval) {
  const std::int64_t micros = interval.days * kMicrosPerDay + interval.micros;
  const std::int64_t days = micros / kMicrosPerDay - (micros % kMicrosPerDay < 0 ? 1 : 0);
  const std::int64_t rest = micros - days * kMicrosPerDay;
  std::string text;
  if (days != 0) text = fmt::format("{} day{}, ", days, std::abs(days) == 1 ? "" : "s");
  text += TimeText(rest, -1);
  const std::size_t hour = days != 0 ? text.find(", ") + 2 : 0;
  if (text[hour] == '0') text.erase(hour, 1);
  return text;
}

// Trino's "1 02:03:04.005".
std::string TrinoDayTimeText(const plan::Interval& interval) {
  const std::int64_t micros = interval.days * kMicrosPerDay + interval.micros;
  const std::int64_t magnitude = std::abs(micros);
  return fmt::format("{}{} {}", micros < 0 ? "-" : "", magnitude / kMicrosPerDay,
                     TimeText(magnitude % kMicrosPerDay, 3));
}

}  // namespace

std::string EscapeText(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\\') {
      escaped += "\\\\";
    } else if (c == '\t') {
      escaped += "\\t";
    } else if (c == '\n') {
      escaped += "\\n";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

std::string ValueText(const Literal& value, plan::Dialect dialect) {
  if (value.IsNull()) return "NULL";
  // Trino writes as many digits as the type has; Spark's client needs six or none.
  const bool typed = value.type.precision() >= 0 && value.type.precision() != 6;
  switch (value.type.id()) {
    case TypeId::kBoolean:
      return std::get<bool>(value.value) ? "true" : "false";
    case TypeId::kTinyint:
    case TypeId::kSmallint:
    case TypeId::kInteger:
    case TypeId::kBigint:
      return fmt::format("{}", std::get<std::int64_t>(value.value));
    case TypeId::kReal:
    case TypeId::kDouble:
      return DoubleText(std::get<double>(value.value), value.type.id() == TypeId::kReal);
    case TypeId::kDecimal:
      return plan::DecimalText(std::get<plan::Int128>(value.value), value.type.scale());
    case TypeId::kDate:
      return DateText(std::get<std::int64_t>(value.value));
    case TypeId::kTime:
      return TimeText(std::get<std::int64_t>(value.value), typed ? value.type.precision() : -1);
    case TypeId::kTimestamp:
      return TimestampText(std::get<std::int64_t>(value.value),
                           typed ? value.type.precision() : -1);
    case TypeId::kTimestampLocalZone:
      return TimestampText(std::get<std::int64_t>(value.value), -1);
    case TypeId::kTimestampWithZone: {
      const auto& zoned = std::get<plan::ZonedInstant>(value.value);
      const auto zone = TimeZone::Find(zoned.zone);
      return TimestampText(zone ? zone->ToLocal(zoned.micros) : zoned.micros,
                           value.type.precision()) +
             " " + zoned.zone;
    }
    case TypeId::kIntervalDayTime:
      return dialect == plan::Dialect::kTrino
                 ? TrinoDayTimeText(std::get<plan::Interval>(value.value))
                 : DayTimeText(std::get<plan::Interval>(value.value));
    case TypeId::kIntervalYearMonth: {
      const int months = std::get<plan::Interval>(value.value).months;
      return fmt::format("{}{}-{}", months < 0 ? "-" : "", std::abs(months) / 12,
                         std::abs(months) % 12);
    }
    case TypeId::kVarbinary:
      return EncodeHex(std::get<std::string>(value.value));
    case TypeId::kArray:
    case TypeId::kRow: {
      std::vector<std::string> parts;
      for (const Literal& item : std::get<std::vector<Literal>>(value.value)) {
        parts.push_back(ValueText(item, dialect));
      }
      return value.type.id() == TypeId::kArray ? Join(parts, "[", "]") : Join(parts, "(", ")");
    }
    case TypeId::kMap: {
      const auto& items = std::get<std::vector<Literal>>(value.value);
      std::vector<std::string> parts;
      for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
        parts.push_back(ValueText(items[i], dialect) + ": " + ValueText(items[i + 1], dialect));
      }
      std::sort(parts.begin(), parts.end());
      return Join(parts, "{", "}");
    }
    default: {
      const auto* text = std::get_if<std::string>(&value.value);
      return text != nullptr ? EscapeText(*text) : "?";
    }
  }
}

}  // namespace owlet::tests
