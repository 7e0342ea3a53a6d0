#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/plan/type_names.h"

// Spark's JSON form of types: what StructType.json() writes and pyspark's clients parse.

namespace owlet::plan {

namespace {

using Json = nlohmann::ordered_json;

constexpr int kMaximumDepth = 200;

std::string JsonScalarName(const Type& type) {
  switch (type.id()) {
    case TypeId::kTinyint:
      return "byte";
    case TypeId::kSmallint:
      return "short";
    case TypeId::kInteger:
      return "integer";
    case TypeId::kBigint:
      return "long";
    default:
      return SparkTypeName(type);
  }
}

Json TypeToJson(const Type& type);

Json FieldsToJson(const std::vector<Field>& fields) {
  Json list = Json::array();
  for (const Field& field : fields) {
    Json metadata = Json::parse(field.metadata.empty() ? "{}" : field.metadata, nullptr, false);
    if (metadata.is_discarded()) metadata = Json::object();
    list.push_back(Json{{"name", field.name},
                        {"type", TypeToJson(field.type)},
                        {"nullable", field.nullable},
                        {"metadata", std::move(metadata)}});
  }
  return Json{{"type", "struct"}, {"fields", std::move(list)}};
}

Json TypeToJson(const Type& type) {
  switch (type.id()) {
    case TypeId::kArray:
      return Json{{"type", "array"},
                  {"elementType", TypeToJson(type.element())},
                  {"containsNull", type.fields()[0].nullable}};
    case TypeId::kMap:
      return Json{{"type", "map"},
                  {"keyType", TypeToJson(type.key())},
                  {"valueType", TypeToJson(type.value())},
                  {"valueContainsNull", type.fields()[1].nullable}};
    case TypeId::kRow:
      return FieldsToJson(type.fields());
    default:
      return JsonScalarName(type);
  }
}

std::unexpected<Error> BadType(const Json& json) {
  return Fail(Reason::kInvalidArgument,
              fmt::format("not a type of Spark's JSON: {}", json.dump().substr(0, 200)));
}

std::optional<Type> IntervalByName(std::string_view name) {
  constexpr std::array<std::string_view, 6> kNames = {"year", "month",  "day",
                                                      "hour", "minute", "second"};
  if (!name.starts_with("interval ")) return std::nullopt;
  name.remove_prefix(9);
  const auto to = name.find(" to ");
  const std::string_view first = name.substr(0, to);
  const std::string_view last = to == std::string_view::npos ? first : name.substr(to + 4);
  const auto start = std::ranges::find(kNames, first) - kNames.begin();
  const auto end = std::ranges::find(kNames, last) - kNames.begin();
  if (start > 5 || end > 5 || end < start || (start < 2 && end > 1)) return std::nullopt;
  const auto from = static_cast<IntervalField>(start);
  const auto until = static_cast<IntervalField>(end);
  return start < 2 ? Type::IntervalYearMonth(from, until) : Type::IntervalDayTime(from, until);
}

Result<Type> ScalarByName(const std::string& name, const Json& json) {
  static const std::map<std::string_view, Type> kByName = {
      {"void", Type()},
      {"null", Type()},
      {"boolean", Type(TypeId::kBoolean)},
      {"byte", Type(TypeId::kTinyint)},
      {"tinyint", Type(TypeId::kTinyint)},
      {"short", Type(TypeId::kSmallint)},
      {"smallint", Type(TypeId::kSmallint)},
      {"integer", Type(TypeId::kInteger)},
      {"int", Type(TypeId::kInteger)},
      {"long", Type(TypeId::kBigint)},
      {"bigint", Type(TypeId::kBigint)},
      {"float", Type(TypeId::kReal)},
      {"double", Type(TypeId::kDouble)},
      {"decimal", Type::Decimal(10, 0)},
      {"string", Type::Varchar()},
      {"binary", Type(TypeId::kVarbinary)},
      {"date", Type(TypeId::kDate)},
      {"time", Type::Time(6)},
      {"timestamp", Type(TypeId::kTimestampLocalZone)},
      {"timestamp_ltz", Type(TypeId::kTimestampLocalZone)},
      {"timestamp_ntz", Type::Timestamp(6)},
      {"interval", Type(TypeId::kCalendarInterval)},
      {"variant", Type(TypeId::kVariant)},
  };
  if (const auto found = kByName.find(name); found != kByName.end()) return found->second;
  if (const auto interval = IntervalByName(name)) return *interval;
  int first = 0;
  int second = 0;
  char close = 0;
  if (std::sscanf(name.c_str(), "decimal(%d,%d%c", &first, &second, &close) == 3 && close == ')' &&
      first >= 1 && first <= 38 && second >= 0 && second <= first) {
    return Type::Decimal(first, second);
  }
  if (std::sscanf(name.c_str(), "varchar(%d%c", &first, &close) == 2 && close == ')') {
    return Type::Varchar(first);
  }
  if (std::sscanf(name.c_str(), "char(%d%c", &first, &close) == 2 && close == ')') {
    return Type::Char(first);
  }
  if (std::sscanf(name.c_str(), "time(%d%c", &first, &close) == 2 && close == ')') {
    return Type::Time(first);
  }
  return BadType(json);
}

Result<Type> TypeFromJson(const Json& json, int depth);

Result<std::vector<Field>> FieldsFromJson(const Json& json, int depth) {
  const auto list = json.find("fields");
  if (list == json.end() || !list->is_array()) return BadType(json);
  std::vector<Field> fields;
  for (const Json& item : *list) {
    if (!item.is_object() || !item.contains("name") || !item["name"].is_string() ||
        !item.contains("type")) {
      return BadType(item);
    }
    Field field;
    field.name = item["name"].get<std::string>();
    OWLET_TRY(field.type, TypeFromJson(item["type"], depth + 1));
    field.nullable = item.value("nullable", true);
    if (const auto metadata = item.find("metadata");
        metadata != item.end() && metadata->is_object() && !metadata->empty()) {
      field.metadata = metadata->dump();
    }
    fields.push_back(std::move(field));
  }
  return fields;
}

Result<Type> TypeFromJson(const Json& json, int depth) {
  if (depth > kMaximumDepth) return BadType(json);
  if (json.is_string()) return ScalarByName(json.get<std::string>(), json);
  if (!json.is_object() || !json.contains("type") || !json["type"].is_string()) {
    return BadType(json);
  }
  const auto kind = json["type"].get<std::string>();
  if (kind == "array" && json.contains("elementType")) {
    OWLET_TRY(Type element, TypeFromJson(json["elementType"], depth + 1));
    return Type::Array(std::move(element), json.value("containsNull", true));
  }
  if (kind == "map" && json.contains("keyType") && json.contains("valueType")) {
    OWLET_TRY(Type key, TypeFromJson(json["keyType"], depth + 1));
    OWLET_TRY(Type value, TypeFromJson(json["valueType"], depth + 1));
    return Type::Map(std::move(key), std::move(value), json.value("valueContainsNull", true));
  }
  if (kind == "struct") {
    OWLET_TRY(auto fields, FieldsFromJson(json, depth));
    return Type::Row(std::move(fields));
  }
  if (kind == "udt" && json.contains("sqlType")) return TypeFromJson(json["sqlType"], depth + 1);
  return BadType(json);
}

Result<Json> ParseJson(std::string_view text) {
  Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) {
    return Fail(Reason::kInvalidArgument,
                fmt::format("not JSON: {}", std::string(text.substr(0, 200))));
  }
  return json;
}

}  // namespace

std::string SparkTypeJson(const Type& type) { return TypeToJson(type).dump(); }
std::string SparkSchemaJson(const Schema& schema) { return FieldsToJson(schema).dump(); }

Result<Type> ParseSparkTypeJson(std::string_view json) {
  OWLET_TRY(const Json document, ParseJson(json));
  return TypeFromJson(document, 0);
}

Result<Schema> ParseSparkSchemaJson(std::string_view json) {
  OWLET_TRY(const Json document, ParseJson(json));
  if (!document.is_object() || document.value("type", "") != "struct") return BadType(document);
  return FieldsFromJson(document, 0);
}

}  // namespace owlet::plan
