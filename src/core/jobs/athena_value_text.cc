#include "core/jobs/athena_value_text.h"

#include <fmt/format.h>
#include <nanoarrow/nanoarrow.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <string_view>

#include "base/time_zone.h"
#include "core/plan/literal.h"
#include "core/plan/literal_text.h"
#include "core/plan/type_names.h"

namespace owlet::jobs {
namespace {

using plan::Type;
using plan::TypeId;

constexpr std::int64_t kMicrosPerSecond = 1'000'000;
constexpr std::int64_t kMicrosPerDay = 86'400 * kMicrosPerSecond;

bool IsNull(const ArrowArray& column, std::int64_t row) {
  if (column.n_buffers == 0) return true;  // Arrow's null type
  const auto* validity = static_cast<const std::uint8_t*>(column.buffers[0]);
  if (validity == nullptr || column.null_count == 0) return false;
  const std::int64_t at = column.offset + row;
  return (validity[at / 8] >> (at % 8) & 1) == 0;
}

template <class T>
T Value(const ArrowArray& column, std::int64_t row) {
  return static_cast<const T*>(column.buffers[1])[column.offset + row];
}

std::string_view Bytes(const ArrowArray& column, std::int64_t row) {
  const auto* offsets = static_cast<const std::int32_t*>(column.buffers[1]) + column.offset + row;
  const auto size = static_cast<std::size_t>(offsets[1] - offsets[0]);
  if (size == 0) return {};
  return {static_cast<const char*>(column.buffers[2]) + offsets[0], size};
}

/// The shortest digits that read back, laid out as java.lang.Double.toString lays them out.
template <class Float>
std::string JavaText(Float value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  if (value == 0) return std::signbit(value) ? "-0.0" : "0.0";
  char buffer[64];
  const auto end = std::to_chars(std::begin(buffer), std::end(buffer), std::abs(value),
                                 std::chars_format::scientific)
                       .ptr;
  const std::string_view text(buffer, static_cast<std::size_t>(end - buffer));
  const std::size_t e = text.find('e');
  std::string digits(1, text[0]);
  if (e > 2) digits += text.substr(2, e - 2);
  const int exponent = std::atoi(std::string(text.substr(e + 1)).c_str());
  std::string result = value < 0 ? "-" : "";
  const auto size = static_cast<int>(digits.size());
  if (exponent >= -3 && exponent < 7) {
    if (exponent < 0) {
      result += "0." + std::string(static_cast<std::size_t>(-exponent - 1), '0') + digits;
    } else if (exponent + 1 >= size) {
      result += digits + std::string(static_cast<std::size_t>(exponent + 1 - size), '0') + ".0";
    } else {
      const auto point = static_cast<std::size_t>(exponent + 1);
      result += digits.substr(0, point) + "." + digits.substr(point);
    }
    return result;
  }
  result += digits.substr(0, 1) + "." + (size > 1 ? digits.substr(1) : "0");
  return result + "E" + std::to_string(exponent);
}

std::string DateText(std::int64_t days) {
  const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(days))};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

/// "01:02:03.456" with `precision` digits of the fraction.
std::string TimeText(std::int64_t micros, int precision) {
  const std::int64_t seconds = micros / kMicrosPerSecond;
  std::string text =
      fmt::format("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
  if (precision <= 0) return text;
  std::string fraction = fmt::format("{:06}000000", micros % kMicrosPerSecond);
  return text + "." + fraction.substr(0, static_cast<std::size_t>(std::min(precision, 12)));
}

std::string TimestampText(std::int64_t micros, int precision) {
  std::int64_t days = micros / kMicrosPerDay;
  if (micros % kMicrosPerDay < 0) --days;
  return DateText(days) + " " + TimeText(micros - days * kMicrosPerDay, precision);
}

/// Results never show less than milliseconds: drivers read them by one pattern.
int PrecisionOf(const Type& type) { return std::max(3, type.precision()); }

std::string ZonedText(const ArrowArray& column, std::int64_t row, int precision) {
  const std::int64_t at = column.offset + row;
  const auto instant = Value<std::int64_t>(*column.children[0], at);
  const std::string zone(Bytes(*column.children[1], at));
  const auto found = TimeZone::Find(zone);
  const std::int64_t local = found ? found->ToLocal(instant) : instant;
  return TimestampText(local, precision) + " " + zone;
}

std::string DayTimeText(std::int64_t micros) {
  const std::string sign = micros < 0 ? "-" : "";
  const std::int64_t size = std::abs(micros);
  return fmt::format("{}{} {}", sign, size / kMicrosPerDay, TimeText(size % kMicrosPerDay, 3));
}

std::string YearMonthText(std::int32_t months) {
  return fmt::format("{}{}-{}", months < 0 ? "-" : "", std::abs(months) / 12,
                     std::abs(months) % 12);
}

void AppendHexPairs(std::string_view bytes, std::string& out) {
  static constexpr char kDigits[] = "0123456789abcdef";
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    if (i > 0) out += ' ';
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
}

/// char(n) is shown with its blanks.
void AppendPadded(std::string_view text, int length, std::string& out) {
  out += text;
  const auto characters = std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
  if (characters < length) out.append(static_cast<std::size_t>(length - characters), ' ');
}

void AppendItem(const ArrowArray& column, const Type& type, std::int64_t row, std::string& out) {
  if (!AppendAthenaText(column, type, row, out)) out += "null";
}

void AppendNested(const ArrowArray& column, const Type& type, std::int64_t row, std::string& out) {
  const std::int64_t at = column.offset + row;
  if (type.id() == TypeId::kRow) {
    out += '{';
    for (std::size_t i = 0; i < type.fields().size(); ++i) {
      if (i > 0) out += ", ";
      const std::string& name = type.fields()[i].name;
      out += name.empty() ? fmt::format("field{}", i) : name;
      out += '=';
      AppendItem(*column.children[i], type.fields()[i].type, at, out);
    }
    out += '}';
    return;
  }
  const auto* offsets = static_cast<const std::int32_t*>(column.buffers[1]) + at;
  const ArrowArray& items = *column.children[0];
  const bool is_map = type.id() == TypeId::kMap;
  out += is_map ? '{' : '[';
  for (std::int32_t i = offsets[0]; i < offsets[1]; ++i) {
    if (i > offsets[0]) out += ", ";
    if (is_map) {
      AppendItem(*items.children[0], type.key(), items.offset + i, out);
      out += '=';
      AppendItem(*items.children[1], type.value(), items.offset + i, out);
    } else {
      AppendItem(items, type.element(), i, out);
    }
  }
  out += is_map ? '}' : ']';
}

}  // namespace

std::string JavaDouble(double value) { return JavaText(value); }
std::string JavaFloat(float value) { return JavaText(value); }

bool AppendAthenaText(const ArrowArray& column, const Type& type, std::int64_t row,
                      std::string& out) {
  if (type.id() == TypeId::kUnknown || IsNull(column, row)) return false;
  switch (type.id()) {
    case TypeId::kUnknown:
    case TypeId::kFunction:
      return false;
    case TypeId::kBoolean: {
      const std::int64_t at = column.offset + row;
      const auto* bits = static_cast<const std::uint8_t*>(column.buffers[1]);
      out += (bits[at / 8] >> (at % 8) & 1) != 0 ? "true" : "false";
      return true;
    }
    case TypeId::kTinyint:
      out += std::to_string(Value<std::int8_t>(column, row));
      return true;
    case TypeId::kSmallint:
      out += std::to_string(Value<std::int16_t>(column, row));
      return true;
    case TypeId::kInteger:
      out += std::to_string(Value<std::int32_t>(column, row));
      return true;
    case TypeId::kBigint:
      out += std::to_string(Value<std::int64_t>(column, row));
      return true;
    case TypeId::kReal:
      out += JavaFloat(Value<float>(column, row));
      return true;
    case TypeId::kDouble:
      out += JavaDouble(Value<double>(column, row));
      return true;
    case TypeId::kDecimal:
      out += plan::DecimalText(Value<plan::Int128>(column, row), type.scale());
      return true;
    case TypeId::kVarchar:
    case TypeId::kJson:
    case TypeId::kVariant:
    case TypeId::kUuid:
    case TypeId::kIpAddress:
      out += Bytes(column, row);
      return true;
    case TypeId::kChar:
      AppendPadded(Bytes(column, row), type.precision(), out);
      return true;
    case TypeId::kVarbinary:
    case TypeId::kHyperLogLog:
    case TypeId::kTDigest:
    case TypeId::kQDigest:
      AppendHexPairs(Bytes(column, row), out);
      return true;
    case TypeId::kDate:
      out += DateText(Value<std::int32_t>(column, row));
      return true;
    case TypeId::kTime:
      out += TimeText(Value<std::int64_t>(column, row), PrecisionOf(type));
      return true;
    case TypeId::kTimeWithZone: {
      const std::int64_t at = column.offset + row;
      out += TimeText(Value<std::int64_t>(*column.children[0], at), PrecisionOf(type));
      out += Bytes(*column.children[1], at);
      return true;
    }
    case TypeId::kTimestamp:
    case TypeId::kTimestampLocalZone:
      out += TimestampText(Value<std::int64_t>(column, row), PrecisionOf(type));
      return true;
    case TypeId::kTimestampWithZone:
      out += ZonedText(column, row, PrecisionOf(type));
      return true;
    case TypeId::kIntervalYearMonth:
      out += YearMonthText(Value<std::int32_t>(column, row));
      return true;
    case TypeId::kIntervalDayTime:
    case TypeId::kCalendarInterval:
      out += DayTimeText(Value<std::int64_t>(column, row));
      return true;
    case TypeId::kArray:
    case TypeId::kMap:
    case TypeId::kRow:
      AppendNested(column, type, row, out);
      return true;
  }
  return false;
}

ResultColumn DescribeColumn(std::string name, const Type& type) {
  ResultColumn column{.name = std::move(name), .type = plan::AthenaColumnType(type)};
  switch (type.id()) {
    case TypeId::kTinyint:
      column.precision = 3;
      break;
    case TypeId::kSmallint:
      column.precision = 5;
      break;
    case TypeId::kInteger:
      column.precision = 10;
      break;
    case TypeId::kBigint:
      column.precision = 19;
      break;
    case TypeId::kReal:
    case TypeId::kDouble:
      column.precision = 17;
      break;
    case TypeId::kDecimal:
      column.precision = type.precision();
      column.scale = type.scale();
      break;
    case TypeId::kVarchar:
    case TypeId::kChar:
      column.precision = type.precision() == Type::kUnbounded ? 2147483647 : type.precision();
      column.case_sensitive = true;
      break;
    case TypeId::kVarbinary:
      column.precision = 1073741824;
      break;
    case TypeId::kTime:
    case TypeId::kTimeWithZone:
    case TypeId::kTimestamp:
    case TypeId::kTimestampWithZone:
      column.precision = 3;
      break;
    default:
      break;
  }
  return column;
}

}  // namespace owlet::jobs
