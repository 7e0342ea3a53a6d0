#include "core/plan/literal_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <string_view>

namespace owlet::plan {

namespace {

__extension__ using UInt128 = unsigned __int128;

constexpr std::int64_t kMicrosPerSecond = 1'000'000;
constexpr std::int64_t kMicrosPerDay = 86'400 * kMicrosPerSecond;

std::string QuoteSingle(std::string_view text) {
  std::string quoted = "'";
  for (char c : text) quoted += c == '\'' ? "''" : std::string(1, c);
  return quoted + "'";
}

std::string HexText(std::string_view bytes) {
  std::string text;
  for (char c : bytes) text += fmt::format("{:02X}", static_cast<unsigned char>(c));
  return text;
}

std::string IntervalText(const Literal& literal, const Interval& interval) {
  if (literal.type.id() == TypeId::kIntervalYearMonth) {
    const bool negative = interval.months < 0;
    const std::int64_t months = std::abs(static_cast<std::int64_t>(interval.months));
    const std::string sign = negative ? "-" : "";
    if (literal.type.end_field() == IntervalField::kYear) {
      return fmt::format("INTERVAL '{}{}' YEAR", sign, months / 12);
    }
    if (literal.type.start_field() == IntervalField::kMonth) {
      return fmt::format("INTERVAL '{}{}' MONTH", sign, months);
    }
    return fmt::format("INTERVAL '{}{}-{}' YEAR TO MONTH", sign, months / 12, months % 12);
  }
  const std::int64_t total = interval.days * kMicrosPerDay + interval.micros;
  const std::string sign = total < 0 ? "-" : "";
  const std::int64_t micros = std::abs(total);
  const std::int64_t seconds = micros / kMicrosPerSecond;
  std::string fraction;
  if (micros % kMicrosPerSecond != 0) {
    fraction = fmt::format(".{:06}", micros % kMicrosPerSecond);
    while (fraction.back() == '0') fraction.pop_back();
  }
  const IntervalField start = literal.type.start_field();
  const IntervalField end = literal.type.end_field();
  static constexpr std::array<std::string_view, 6> kNames = {"YEAR", "MONTH",  "DAY",
                                                             "HOUR", "MINUTE", "SECOND"};
  std::string value;
  const auto starts_at = [&](IntervalField field) { return start == field; };
  const auto reaches = [&](IntervalField field) { return start <= field && field <= end; };
  if (starts_at(IntervalField::kDay)) value += fmt::format("{}", seconds / 86'400);
  if (reaches(IntervalField::kHour)) {
    value += starts_at(IntervalField::kHour) ? fmt::format("{:02}", seconds / 3'600)
                                             : fmt::format(" {:02}", seconds / 3'600 % 24);
  }
  if (reaches(IntervalField::kMinute)) {
    value += starts_at(IntervalField::kMinute) ? fmt::format("{:02}", seconds / 60)
                                               : fmt::format(":{:02}", seconds / 60 % 60);
  }
  if (reaches(IntervalField::kSecond)) {
    value += starts_at(IntervalField::kSecond) ? fmt::format("{:02}{}", seconds, fraction)
                                               : fmt::format(":{:02}{}", seconds % 60, fraction);
  }
  const std::string fields =
      start == end ? std::string(kNames.at(static_cast<std::size_t>(start)))
                   : fmt::format("{} TO {}", kNames.at(static_cast<std::size_t>(start)),
                                 kNames.at(static_cast<std::size_t>(end)));
  return fmt::format("INTERVAL '{}{}' {}", sign, value, fields);
}

}  // namespace

std::string DecimalText(Int128 unscaled, int scale) {
  const bool negative = unscaled < 0;
  // The magnitude as unsigned: the least Int128 has no positive counterpart.
  auto magnitude = static_cast<UInt128>(unscaled);
  if (negative) magnitude = -magnitude;
  std::string digits;
  do {
    digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(magnitude % 10)));
    magnitude /= 10;
  } while (magnitude != 0);
  if (scale > 0) {
    const auto places = static_cast<std::size_t>(scale);
    if (digits.size() <= places) digits.insert(0, places + 1 - digits.size(), '0');
    digits.insert(digits.size() - places, ".");
  }
  return negative ? "-" + digits : digits;
}

std::string DateText(std::int64_t days) {
  const std::chrono::year_month_day date{
      std::chrono::sys_days{std::chrono::days{static_cast<int>(days)}}};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

std::string TimeText(std::int64_t micros) {
  const std::int64_t seconds = micros / kMicrosPerSecond;
  std::string text =
      fmt::format("{:02}:{:02}:{:02}", seconds / 3'600, seconds / 60 % 60, seconds % 60);
  if (micros % kMicrosPerSecond != 0) {
    text += fmt::format(".{:06}", micros % kMicrosPerSecond);
    while (text.back() == '0') text.pop_back();
  }
  return text;
}

std::string TimestampText(std::int64_t micros) {
  std::int64_t days = micros / kMicrosPerDay;
  std::int64_t rest = micros % kMicrosPerDay;
  if (rest < 0) {
    --days;
    rest += kMicrosPerDay;
  }
  return DateText(days) + " " + TimeText(rest);
}

std::string DoubleText(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  if (value == 0) return std::signbit(value) ? "-0.0" : "0.0";
  const double magnitude = std::abs(value);
  if (magnitude >= 1e-3 && magnitude < 1e7) {
    std::string text = fmt::format("{}", value);
    if (text.find('.') == std::string::npos) text += ".0";
    return text;
  }
  // Java's computerized scientific notation: one digit before the point, at least one behind it.
  std::string text = fmt::format("{:e}", value);
  for (int digits = 0; digits <= 17; ++digits) {
    text = fmt::format("{:.{}e}", value, digits);
    if (std::stod(text) == value) break;
  }
  const std::size_t e = text.find('e');
  std::string mantissa = text.substr(0, e);
  if (mantissa.find('.') == std::string::npos) mantissa += ".0";
  return fmt::format("{}E{}", mantissa, std::stoi(text.substr(e + 1)));
}

std::string SparkLiteralText(const Literal& literal, bool quote_strings) {
  if (literal.IsNull()) return "NULL";
  if (const auto* flag = std::get_if<bool>(&literal.value)) return *flag ? "true" : "false";
  if (const auto* text = std::get_if<std::string>(&literal.value)) {
    if (literal.type.id() == TypeId::kVarbinary) return fmt::format("X'{}'", HexText(*text));
    return quote_strings ? QuoteSingle(*text) : *text;
  }
  if (const auto* number = std::get_if<std::int64_t>(&literal.value)) {
    switch (literal.type.id()) {
      case TypeId::kDate:
        return fmt::format("DATE '{}'", DateText(*number));
      case TypeId::kTimestamp:
        return fmt::format("TIMESTAMP_NTZ '{}'", TimestampText(*number));
      case TypeId::kTimestampLocalZone:
        return fmt::format("TIMESTAMP '{}'", TimestampText(*number));
      case TypeId::kTime:
        return fmt::format("TIME '{}'", TimeText(*number));
      default:
        return fmt::format("{}", *number);
    }
  }
  if (const auto* decimal = std::get_if<Int128>(&literal.value)) {
    return DecimalText(*decimal, literal.type.scale());
  }
  if (const auto* number = std::get_if<double>(&literal.value)) return DoubleText(*number);
  if (const auto* interval = std::get_if<Interval>(&literal.value)) {
    return IntervalText(literal, *interval);
  }
  if (const auto* elements = std::get_if<std::vector<Literal>>(&literal.value)) {
    std::string text;
    for (const Literal& element : *elements) {
      text += (text.empty() ? "" : ", ") + SparkLiteralText(element, quote_strings);
    }
    const char* name = literal.type.id() == TypeId::kArray ? "ARRAY"
                       : literal.type.id() == TypeId::kMap ? "MAP"
                                                           : "STRUCT";
    return fmt::format("{}({})", name, text);
  }
  return "";
}

std::string TrinoLiteralText(const Literal& literal) {
  if (literal.IsNull()) return "null";
  if (const auto* text = std::get_if<std::string>(&literal.value)) {
    return literal.type.id() == TypeId::kVarbinary ? fmt::format("X'{}'", HexText(*text))
                                                   : QuoteSingle(*text);
  }
  if (const auto* number = std::get_if<double>(&literal.value)) {
    return fmt::format("{:E}", *number);
  }
  if (literal.type.id() == TypeId::kTimestamp) {
    return fmt::format("TIMESTAMP '{}'", TimestampText(std::get<std::int64_t>(literal.value)));
  }
  return SparkLiteralText(literal, true);
}

}  // namespace owlet::plan
