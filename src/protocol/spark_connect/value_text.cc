#include "protocol/spark_connect/value_text.h"

#include <fmt/format.h>

#include <cstdlib>

#include "core/plan/literal_text.h"

namespace owlet::spark_connect {

using plan::IntervalField;
using plan::Literal;
using plan::TypeId;

namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;

/// "04", "04.5": seconds with as many digits of the fraction as there are.
std::string SecondsText(std::int64_t micros, int width) {
  std::string text = fmt::format("{:0{}}", micros / kSecond, width);
  if (const std::int64_t fraction = micros % kSecond; fraction != 0) {
    std::string digits = fmt::format("{:06}", fraction);
    digits.erase(digits.find_last_not_of('0') + 1);
    text += "." + digits;
  }
  return text;
}

std::string_view FieldName(IntervalField field) {
  switch (field) {
    case IntervalField::kYear:
      return "YEAR";
    case IntervalField::kMonth:
      return "MONTH";
    case IntervalField::kDay:
      return "DAY";
    case IntervalField::kHour:
      return "HOUR";
    case IntervalField::kMinute:
      return "MINUTE";
    case IntervalField::kSecond:
      return "SECOND";
  }
  return "";
}

std::string FieldsText(const plan::Type& type) {
  if (type.start_field() == type.end_field()) return std::string(FieldName(type.start_field()));
  return fmt::format("{} TO {}", FieldName(type.start_field()), FieldName(type.end_field()));
}

// "1 years 2 months -3 days 4 hours 0.5 seconds": only what is not zero.
std::string CalendarIntervalText(const plan::Interval& interval) {
  std::string text;
  const auto add = [&text](std::int64_t value, std::string_view unit) {
    if (value != 0) text += fmt::format("{}{} {}", text.empty() ? "" : " ", value, unit);
  };
  add(interval.months / 12, "years");
  add(interval.months % 12, "months");
  add(interval.days, "days");
  add(interval.micros / kHour, "hours");
  add(interval.micros % kHour / kMinute, "minutes");
  if (const std::int64_t rest = interval.micros % kMinute; rest != 0) {
    text += fmt::format("{}{}{} seconds", text.empty() ? "" : " ", rest < 0 ? "-" : "",
                        SecondsText(std::abs(rest), 1));
  }
  return text.empty() ? "0 seconds" : text;
}

std::string BinaryText(const std::string& bytes) {
  std::string text = "[";
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    text += fmt::format("{}{:02X}", i == 0 ? "" : " ", static_cast<unsigned char>(bytes[i]));
  }
  return text + "]";
}

std::string NestedText(const Literal& value, const TimeZone& zone) {
  const auto& items = std::get<std::vector<Literal>>(value.value);
  const bool array = value.type.id() == TypeId::kArray;
  const bool map = value.type.id() == TypeId::kMap;
  std::string text = array ? "[" : "{";
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) text += map && i % 2 == 1 ? " -> " : ", ";
    text += ValueText(items[i], zone);
  }
  return text + (array ? "]" : "}");
}

}  // namespace

std::string DayTimeIntervalText(std::int64_t micros, const plan::Type& type) {
  const IntervalField start = type.start_field();
  const IntervalField end = type.end_field();
  const bool negative = micros < 0;
  std::int64_t rest = std::abs(micros);
  std::string text;
  // The first field takes all that larger fields would; the others have two digits.
  const auto add = [&](IntervalField field, std::int64_t unit, std::string_view separator) {
    if (field < start || field > end) return;
    if (field == start) {
      text += fmt::format("{}", rest / unit);
    } else {
      text += fmt::format("{}{:02}", separator, rest / unit);
    }
    rest %= unit;
  };
  add(IntervalField::kDay, kDay, "");
  add(IntervalField::kHour, kHour, " ");
  add(IntervalField::kMinute, kMinute, ":");
  if (end == IntervalField::kSecond) {
    text += start == end ? SecondsText(rest, 1) : ":" + SecondsText(rest, 2);
  }
  if (start == IntervalField::kHour || start == IntervalField::kMinute ||
      start == IntervalField::kSecond) {
    if (start != end && text.find_first_of(":.") == 1) text.insert(0, "0");
  }
  return fmt::format("INTERVAL '{}{}' {}", negative ? "-" : "", text, FieldsText(type));
}

std::string YearMonthIntervalText(std::int32_t months, const plan::Type& type) {
  const std::int64_t total = std::abs(static_cast<std::int64_t>(months));
  std::string text = months < 0 ? "-" : "";
  if (type.start_field() != type.end_field()) {
    text += fmt::format("{}-{}", total / 12, total % 12);
  } else {
    text += fmt::format("{}", type.start_field() == IntervalField::kYear ? total / 12 : total);
  }
  return fmt::format("INTERVAL '{}' {}", text, FieldsText(type));
}

std::string ValueText(const Literal& value, const TimeZone& zone) {
  if (value.IsNull()) return "NULL";
  const auto whole = [&] { return std::get<std::int64_t>(value.value); };
  switch (value.type.id()) {
    case TypeId::kUnknown:
      return "NULL";
    case TypeId::kBoolean:
      return std::get<bool>(value.value) ? "true" : "false";
    case TypeId::kTinyint:
    case TypeId::kSmallint:
    case TypeId::kInteger:
    case TypeId::kBigint:
      return fmt::format("{}", whole());
    case TypeId::kReal: {
      // The shortest digits that give this float again, read as a double, print the same.
      const auto number = static_cast<float>(std::get<double>(value.value));
      return plan::DoubleText(std::strtod(fmt::format("{}", number).c_str(), nullptr));
    }
    case TypeId::kDouble:
      return plan::DoubleText(std::get<double>(value.value));
    case TypeId::kDecimal:
      return plan::DecimalText(std::get<plan::Int128>(value.value), value.type.scale());
    case TypeId::kVarbinary:
    case TypeId::kHyperLogLog:
    case TypeId::kTDigest:
    case TypeId::kQDigest:
      return BinaryText(std::get<std::string>(value.value));
    case TypeId::kDate:
      return plan::DateText(whole());
    case TypeId::kTime:
    case TypeId::kTimeWithZone:
      return plan::TimeText(whole());
    case TypeId::kTimestamp:
      return plan::TimestampText(whole());
    case TypeId::kTimestampLocalZone:
      return plan::TimestampText(zone.ToLocal(whole()));
    case TypeId::kTimestampWithZone:
      return plan::TimestampText(zone.ToLocal(std::get<plan::ZonedInstant>(value.value).micros));
    case TypeId::kIntervalYearMonth:
      return YearMonthIntervalText(std::get<plan::Interval>(value.value).months, value.type);
    case TypeId::kIntervalDayTime: {
      const auto& interval = std::get<plan::Interval>(value.value);
      return DayTimeIntervalText(interval.days * kDay + interval.micros, value.type);
    }
    case TypeId::kCalendarInterval:
      return CalendarIntervalText(std::get<plan::Interval>(value.value));
    case TypeId::kArray:
    case TypeId::kMap:
    case TypeId::kRow:
    case TypeId::kFunction:
      return NestedText(value, zone);
    case TypeId::kVarchar:
    case TypeId::kChar:
    case TypeId::kJson:
    case TypeId::kVariant:
    case TypeId::kUuid:
    case TypeId::kIpAddress:
      return std::get<std::string>(value.value);
  }
  return "";
}

}  // namespace owlet::spark_connect
