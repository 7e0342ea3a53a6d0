#include <fmt/format.h>

#include <array>

#include "core/engine/lowering_expressions.h"
#include "core/engine/type_map.h"
#include "core/plan/literal_text.h"

namespace owlet::engine {

namespace {

using plan::Literal;
using plan::TypeId;

// DuckDB's DATE and TIMESTAMP literals read years 1 to 9999 as everyone writes them.
constexpr std::int64_t kFirstDay = -719'162;
constexpr std::int64_t kLastDay = 2'932'896;
constexpr std::int64_t kMicrosPerDay = 86'400'000'000;

std::string TimestampSql(std::int64_t micros) {
  if (micros / kMicrosPerDay > kFirstDay && micros / kMicrosPerDay < kLastDay) {
    return fmt::format("TIMESTAMP '{}'", plan::TimestampText(micros));
  }
  return fmt::format("make_timestamp(CAST({} AS BIGINT))", micros);
}

std::string IntegerSql(const Literal& literal, std::int64_t value) {
  switch (literal.type.id()) {
    case TypeId::kDate:
      return value >= kFirstDay && value <= kLastDay
                 ? fmt::format("DATE '{}'", plan::DateText(value))
                 : fmt::format("make_date(CAST({} AS INTEGER))", value);
    case TypeId::kTimestamp:
    case TypeId::kTimestampLocalZone:
      return TimestampSql(value);
    case TypeId::kTime:
      return fmt::format("TIME '{}'", plan::TimeText(value));
    case TypeId::kInteger:
      if (value >= 0) return fmt::format("{}", value);
      [[fallthrough]];
    default:
      return fmt::format("CAST('{}' AS {})", value, DuckDbTypeText(literal.type));
  }
}

std::string NestedSql(const Literal& literal, const std::vector<Literal>& elements) {
  std::string text;
  if (literal.type.id() == TypeId::kRow) {
    const auto names = DuckDbFieldNames(literal.type);
    for (std::size_t i = 0; i < elements.size(); ++i) {
      text += fmt::format("{}{} := {}", i > 0 ? ", " : "", QuoteIdentifier(names.at(i)),
                          LiteralSql(elements[i]));
    }
    return fmt::format("CAST(struct_pack({}) AS {})", text, DuckDbTypeText(literal.type));
  }
  if (literal.type.id() == TypeId::kMap) {
    std::string values;
    for (std::size_t i = 0; i + 1 < elements.size(); i += 2) {
      text += (i > 0 ? ", " : "") + LiteralSql(elements[i]);
      values += (i > 0 ? ", " : "") + LiteralSql(elements[i + 1]);
    }
    return fmt::format("CAST(MAP([{}], [{}]) AS {})", text, values, DuckDbTypeText(literal.type));
  }
  for (std::size_t i = 0; i < elements.size(); ++i) {
    text += (i > 0 ? ", " : "") + LiteralSql(elements[i]);
  }
  return fmt::format("CAST([{}] AS {})", text, DuckDbTypeText(literal.type));
}

}  // namespace

std::string LiteralSql(const Literal& literal) {
  const std::string type = DuckDbTypeText(literal.type);
  if (literal.IsNull()) return fmt::format("CAST(NULL AS {})", type);
  if (const auto* flag = std::get_if<bool>(&literal.value)) return *flag ? "true" : "false";
  if (const auto* number = std::get_if<std::int64_t>(&literal.value)) {
    return IntegerSql(literal, *number);
  }
  if (const auto* decimal = std::get_if<plan::Int128>(&literal.value)) {
    return fmt::format("CAST('{}' AS {})", plan::DecimalText(*decimal, literal.type.scale()), type);
  }
  if (const auto* number = std::get_if<double>(&literal.value)) {
    return fmt::format("CAST('{}' AS {})", *number, type);
  }
  if (const auto* text = std::get_if<std::string>(&literal.value)) {
    if (literal.type.id() == TypeId::kVarbinary) {
      std::string hex;
      for (char c : *text) hex += fmt::format("{:02X}", static_cast<unsigned char>(c));
      return fmt::format("unhex('{}')", hex);
    }
    if (literal.type.id() == TypeId::kUuid)
      return fmt::format("CAST({} AS UUID)", QuoteText(*text));
    return QuoteText(*text);
  }
  if (const auto* interval = std::get_if<plan::Interval>(&literal.value)) {
    return fmt::format(
        "(to_months(CAST({} AS INTEGER)) + to_days(CAST({} AS INTEGER)) + "
        "to_microseconds(CAST({} AS BIGINT)))",
        interval->months, interval->days, interval->micros);
  }
  if (const auto* zoned = std::get_if<plan::ZonedInstant>(&literal.value)) {
    const std::string instant = literal.type.id() == TypeId::kTimeWithZone
                                    ? fmt::format("TIME '{}'", plan::TimeText(zoned->micros))
                                    : TimestampSql(zoned->micros);
    return fmt::format("struct_pack(instant := {}, zone := {})", instant, QuoteText(zoned->zone));
  }
  return NestedSql(literal, std::get<std::vector<Literal>>(literal.value));
}

}  // namespace owlet::engine
