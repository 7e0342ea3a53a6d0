#include "core/engine/type_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>

namespace owlet::engine {

namespace {

std::string Quote(std::string_view text, char quote) {
  std::string quoted(1, quote);
  for (char c : text) {
    quoted += c;
    if (c == quote) quoted += c;
  }
  return quoted += quote;
}

std::string Fold(std::string_view name) {
  std::string folded(name);
  for (char& c : folded) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return folded;
}

}  // namespace

std::string QuoteIdentifier(std::string_view name) { return Quote(name, '"'); }
std::string QuoteText(std::string_view text) { return Quote(text, '\''); }

std::vector<std::string> DuckDbFieldNames(const plan::Type& row) {
  std::vector<std::string> names;
  std::set<std::string> seen;
  bool distinct = true;
  for (const plan::Field& field : row.fields()) {
    distinct = distinct && !field.name.empty() && seen.insert(Fold(field.name)).second;
    names.push_back(field.name);
  }
  if (!distinct) {
    for (std::size_t i = 0; i < names.size(); ++i) names[i] = fmt::format("f{}", i);
  }
  return names;
}

std::string DuckDbTypeText(const plan::Type& type) {
  using plan::TypeId;
  switch (type.id()) {
    case TypeId::kUnknown:
    case TypeId::kInteger:
      return "INTEGER";
    case TypeId::kBoolean:
      return "BOOLEAN";
    case TypeId::kTinyint:
      return "TINYINT";
    case TypeId::kSmallint:
      return "SMALLINT";
    case TypeId::kBigint:
      return "BIGINT";
    case TypeId::kReal:
      return "FLOAT";
    case TypeId::kDouble:
      return "DOUBLE";
    case TypeId::kDecimal:
      return fmt::format("DECIMAL({},{})", type.precision(), type.scale());
    case TypeId::kVarchar:
    case TypeId::kChar:
    case TypeId::kJson:
    case TypeId::kVariant:
    case TypeId::kIpAddress:
    case TypeId::kFunction:
      return "VARCHAR";
    case TypeId::kVarbinary:
    case TypeId::kHyperLogLog:
    case TypeId::kTDigest:
    case TypeId::kQDigest:
      return "BLOB";
    case TypeId::kDate:
      return "DATE";
    case TypeId::kTime:
      return "TIME";
    case TypeId::kTimestamp:
    case TypeId::kTimestampLocalZone:
      return "TIMESTAMP";
    case TypeId::kTimestampWithZone:
      return "STRUCT(\"instant\" TIMESTAMP, \"zone\" VARCHAR)";
    case TypeId::kTimeWithZone:
      return "STRUCT(\"instant\" TIME, \"zone\" VARCHAR)";
    case TypeId::kIntervalYearMonth:
    case TypeId::kIntervalDayTime:
    case TypeId::kCalendarInterval:
      return "INTERVAL";
    case TypeId::kUuid:
      return "UUID";
    case TypeId::kArray:
      return DuckDbTypeText(type.element()) + "[]";
    case TypeId::kMap:
      return fmt::format("MAP({}, {})", DuckDbTypeText(type.key()), DuckDbTypeText(type.value()));
    case TypeId::kRow: {
      const std::vector<std::string> names = DuckDbFieldNames(type);
      std::string text = "STRUCT(";
      for (std::size_t i = 0; i < names.size(); ++i) {
        if (i > 0) text += ", ";
        text += QuoteIdentifier(names[i]) + " " + DuckDbTypeText(type.fields()[i].type);
      }
      return text + ")";
    }
  }
  return "VARCHAR";
}

}  // namespace owlet::engine
