#include "core/plan/type_names.h"

#include <fmt/format.h>

#include <array>
#include <cctype>
#include <limits>

namespace owlet::plan {

namespace {

constexpr std::array<std::string_view, 6> kFieldNames = {"year", "month",  "day",
                                                         "hour", "minute", "second"};

std::string_view FieldName(IntervalField field) {
  return kFieldNames.at(static_cast<std::size_t>(field));
}

std::string WithPrecision(std::string_view name, const Type& type, std::string_view tail = "") {
  if (type.precision() == Type::kUnbounded) return fmt::format("{}{}", name, tail);
  return fmt::format("{}({}){}", name, type.precision(), tail);
}

std::string SparkIntervalName(const Type& type) {
  if (type.start_field() == type.end_field()) {
    return fmt::format("interval {}", FieldName(type.start_field()));
  }
  return fmt::format("interval {} to {}", FieldName(type.start_field()),
                     FieldName(type.end_field()));
}

std::string TrinoName(const Type& type, bool quoted) {
  switch (type.id()) {
    case TypeId::kUnknown:
      return "unknown";
    case TypeId::kBoolean:
      return "boolean";
    case TypeId::kTinyint:
      return "tinyint";
    case TypeId::kSmallint:
      return "smallint";
    case TypeId::kInteger:
      return "integer";
    case TypeId::kBigint:
      return "bigint";
    case TypeId::kReal:
      return "real";
    case TypeId::kDouble:
      return "double";
    case TypeId::kDecimal:
      return fmt::format("decimal({},{})", type.precision(), type.scale());
    case TypeId::kVarchar:
      return WithPrecision("varchar", type);
    case TypeId::kChar:
      return WithPrecision("char", type);
    case TypeId::kVarbinary:
      return "varbinary";
    case TypeId::kDate:
      return "date";
    case TypeId::kTime:
      return WithPrecision("time", type);
    case TypeId::kTimeWithZone:
      return WithPrecision("time", type, " with time zone");
    case TypeId::kTimestamp:
      return WithPrecision("timestamp", type);
    case TypeId::kTimestampWithZone:
      return WithPrecision("timestamp", type, " with time zone");
    case TypeId::kTimestampLocalZone:
      return "timestamp(6) with time zone";
    case TypeId::kIntervalYearMonth:
      return "interval year to month";
    case TypeId::kIntervalDayTime:
    case TypeId::kCalendarInterval:
      return "interval day to second";
    case TypeId::kArray:
      return fmt::format("array({})", TrinoName(type.element(), quoted));
    case TypeId::kMap:
      return fmt::format("map({}, {})", TrinoName(type.key(), quoted),
                         TrinoName(type.value(), quoted));
    case TypeId::kRow: {
      std::string text = "row(";
      for (const Field& field : type.fields()) {
        if (text.size() > 4) text += ", ";
        if (!field.name.empty()) {
          text += quoted ? fmt::format("\"{}\" ", field.name) : field.name + " ";
        }
        text += TrinoName(field.type, quoted);
      }
      return text + ")";
    }
    case TypeId::kFunction: {
      std::string text = "function(";
      for (const Field& field : type.fields()) {
        if (text.size() > 9) text += ",";
        text += TrinoName(field.type, quoted);
      }
      return text + ")";
    }
    case TypeId::kJson:
      return "json";
    case TypeId::kVariant:
      return "variant";
    case TypeId::kUuid:
      return "uuid";
    case TypeId::kIpAddress:
      return "ipaddress";
    case TypeId::kHyperLogLog:
      return "HyperLogLog";
    case TypeId::kTDigest:
      return "tdigest";
    case TypeId::kQDigest:
      return "qdigest(bigint)";
  }
  return "unknown";
}

/// The types that Spark writes in one word, "" for others. Types that only Trino has keep
/// Trino's name: they can reach Spark in a message only.
std::string SparkScalarName(const Type& type) {
  switch (type.id()) {
    case TypeId::kUnknown:
      return "void";
    case TypeId::kInteger:
      return "int";
    case TypeId::kReal:
      return "float";
    case TypeId::kVarchar:
      return type.precision() == Type::kUnbounded ? "string" : WithPrecision("varchar", type);
    case TypeId::kVarbinary:
      return "binary";
    case TypeId::kTimestamp:
      return "timestamp_ntz";
    case TypeId::kTimestampLocalZone:
      return "timestamp";
    case TypeId::kIntervalYearMonth:
    case TypeId::kIntervalDayTime:
      return SparkIntervalName(type);
    case TypeId::kCalendarInterval:
      return "interval";
    case TypeId::kArray:
    case TypeId::kMap:
    case TypeId::kRow:
      return "";
    default:
      return TrinoName(type, false);
  }
}

std::string SparkName(const Type& type, std::size_t maximum_fields) {
  switch (type.id()) {
    case TypeId::kArray:
      return fmt::format("array<{}>", SparkName(type.element(), maximum_fields));
    case TypeId::kMap:
      return fmt::format("map<{},{}>", SparkName(type.key(), maximum_fields),
                         SparkName(type.value(), maximum_fields));
    case TypeId::kRow: {
      std::string text = "struct<";
      const auto& fields = type.fields();
      const bool cut = fields.size() > maximum_fields;
      const std::size_t shown = cut ? maximum_fields - 1 : fields.size();
      for (std::size_t i = 0; i < shown; ++i) {
        if (i > 0) text += ",";
        text += fmt::format("{}:{}", fields[i].name, SparkName(fields[i].type, maximum_fields));
      }
      if (cut) text += fmt::format(",... {} more fields", fields.size() - shown);
      return text + ">";
    }
    default:
      return SparkScalarName(type);
  }
}

/// Spark's QuotingUtils.quoteIfNeeded: letters, digits and _ stand alone, numbers do not.
std::string SparkQuoteIfNeeded(std::string_view name) {
  bool plain = !name.empty();
  bool digits = true;
  for (const char c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '_') plain = false;
    if (std::isdigit(static_cast<unsigned char>(c)) == 0) digits = false;
  }
  if (plain && !digits) return std::string(name);
  std::string quoted = "`";
  for (const char c : name) quoted += c == '`' ? "``" : std::string(1, c);
  return quoted + "`";
}

std::string Upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

/// The comment in StructField.metadata, as DDL writes it: " COMMENT 'x'".
std::string CommentDdl(const Field& field) {
  constexpr std::string_view kKey = "\"comment\":\"";
  const auto start = field.metadata.find(kKey);
  if (start == std::string::npos) return "";
  std::string comment;
  for (auto i = start + kKey.size(); i < field.metadata.size() && field.metadata[i] != '"'; ++i) {
    if (field.metadata[i] == '\\' && i + 1 < field.metadata.size()) ++i;
    if (field.metadata[i] == '\'') comment += '\\';
    comment += field.metadata[i];
  }
  return fmt::format(" COMMENT '{}'", comment);
}

std::string TreeTypeName(const Type& type) {
  switch (type.id()) {
    case TypeId::kArray:
      return "array";
    case TypeId::kMap:
      return "map";
    case TypeId::kRow:
      return "struct";
    case TypeId::kInteger:
      return "integer";
    case TypeId::kBigint:
      return "long";
    case TypeId::kSmallint:
      return "short";
    case TypeId::kTinyint:
      return "byte";
    default:
      return SparkScalarName(type);
  }
}

class TreePrinter {
 public:
  explicit TreePrinter(int levels) : levels_(levels) {}

  void Fields(const std::vector<Field>& fields, const std::string& prefix, int level) {
    if (levels_ > 0 && level > levels_) return;
    for (const Field& field : fields) {
      text_ += fmt::format("{}-- {}: {} (nullable = {})\n", prefix, field.name,
                           TreeTypeName(field.type), field.nullable);
      Inside(field.type, prefix + "    |", level + 1);
    }
  }

  std::string text_ = "root\n";

 private:
  void Inside(const Type& type, const std::string& prefix, int level) {
    if (levels_ > 0 && level > levels_) return;
    switch (type.id()) {
      case TypeId::kArray:
        text_ += fmt::format("{}-- element: {} (containsNull = {})\n", prefix,
                             TreeTypeName(type.element()), type.fields()[0].nullable);
        Inside(type.element(), prefix + "    |", level + 1);
        break;
      case TypeId::kMap:
        text_ += fmt::format("{}-- key: {}\n", prefix, TreeTypeName(type.key()));
        Inside(type.key(), prefix + "    |", level + 1);
        text_ += fmt::format("{}-- value: {} (valueContainsNull = {})\n", prefix,
                             TreeTypeName(type.value()), type.fields()[1].nullable);
        Inside(type.value(), prefix + "    |", level + 1);
        break;
      case TypeId::kRow:
        Fields(type.fields(), prefix, level);
        break;
      default:
        break;
    }
  }

  int levels_;
};

}  // namespace

std::string TrinoTypeName(const Type& type) { return TrinoName(type, false); }
std::string TrinoQuotedTypeName(const Type& type) { return TrinoName(type, true); }

std::string SparkTypeName(const Type& type) {
  return SparkName(type, std::numeric_limits<std::size_t>::max());
}

std::string SparkSimpleString(const Type& type) {
  constexpr std::size_t kMaximumFields = 25;  // spark.sql.debug.maxToStringFields
  return SparkName(type, kMaximumFields);
}

std::string SparkSqlName(const Type& type) {
  switch (type.id()) {
    case TypeId::kArray:
      return fmt::format("ARRAY<{}>", SparkSqlName(type.element()));
    case TypeId::kMap:
      return fmt::format("MAP<{}, {}>", SparkSqlName(type.key()), SparkSqlName(type.value()));
    case TypeId::kRow: {
      std::string text = "STRUCT<";
      for (const Field& field : type.fields()) {
        if (text.size() > 7) text += ", ";
        text += fmt::format("{}: {}{}{}", SparkQuoteIfNeeded(field.name), SparkSqlName(field.type),
                            field.nullable ? "" : " NOT NULL", CommentDdl(field));
      }
      return text + ">";
    }
    default:
      return Upper(SparkScalarName(type));
  }
}

std::string SparkSchemaDdl(const Schema& schema) {
  std::string text;
  for (const Field& field : schema) {
    if (!text.empty()) text += ",";
    text += fmt::format("{} {}{}{}", SparkQuoteIfNeeded(field.name), SparkSqlName(field.type),
                        field.nullable ? "" : " NOT NULL", CommentDdl(field));
  }
  return text;
}

std::string SparkTreeString(const Schema& schema, int level) {
  TreePrinter printer(level);
  printer.Fields(schema, " |", 1);
  return printer.text_;
}

std::string AthenaColumnType(const Type& type) {
  switch (type.id()) {
    case TypeId::kArray:
      return "array";
    case TypeId::kMap:
      return "map";
    case TypeId::kRow:
      return "row";
    case TypeId::kDecimal:
      return "decimal";
    case TypeId::kReal:
      return "float";  // seen in Athena's answers
    case TypeId::kVarchar:
      return "varchar";
    case TypeId::kChar:
      return "char";
    case TypeId::kTime:
      return "time";
    case TypeId::kTimestamp:
      return "timestamp";
    case TypeId::kTimeWithZone:
      return "time with time zone";
    case TypeId::kTimestampWithZone:
    case TypeId::kTimestampLocalZone:
      return "timestamp with time zone";
    default:
      return TrinoTypeName(type);
  }
}

}  // namespace owlet::plan
