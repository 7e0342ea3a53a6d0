#include <algorithm>
#include <array>

#include "core/sql/grammar.h"
#include "core/sql/keywords.h"

namespace owlet::sql {

using plan::Field;
using plan::IntervalField;
using plan::Type;
using plan::TypeId;

namespace {

struct NamedType {
  std::string_view name;
  TypeId id;
};

constexpr std::array<NamedType, 17> kTrinoTypes = {{{"BOOLEAN", TypeId::kBoolean},
                                                    {"TINYINT", TypeId::kTinyint},
                                                    {"SMALLINT", TypeId::kSmallint},
                                                    {"INTEGER", TypeId::kInteger},
                                                    {"INT", TypeId::kInteger},
                                                    {"BIGINT", TypeId::kBigint},
                                                    {"REAL", TypeId::kReal},
                                                    {"DOUBLE", TypeId::kDouble},
                                                    {"VARBINARY", TypeId::kVarbinary},
                                                    {"DATE", TypeId::kDate},
                                                    {"JSON", TypeId::kJson},
                                                    {"UUID", TypeId::kUuid},
                                                    {"IPADDRESS", TypeId::kIpAddress},
                                                    {"HYPERLOGLOG", TypeId::kHyperLogLog},
                                                    {"TDIGEST", TypeId::kTDigest},
                                                    {"QDIGEST", TypeId::kQDigest},
                                                    {"UNKNOWN", TypeId::kUnknown}}};

// Spark's words; Hive's are a part of them.
constexpr std::array<NamedType, 20> kSparkTypes = {{{"BOOLEAN", TypeId::kBoolean},
                                                    {"TINYINT", TypeId::kTinyint},
                                                    {"BYTE", TypeId::kTinyint},
                                                    {"SMALLINT", TypeId::kSmallint},
                                                    {"SHORT", TypeId::kSmallint},
                                                    {"INT", TypeId::kInteger},
                                                    {"INTEGER", TypeId::kInteger},
                                                    {"BIGINT", TypeId::kBigint},
                                                    {"LONG", TypeId::kBigint},
                                                    {"FLOAT", TypeId::kReal},
                                                    {"REAL", TypeId::kReal},
                                                    {"DOUBLE", TypeId::kDouble},
                                                    {"DATE", TypeId::kDate},
                                                    {"TIMESTAMP", TypeId::kTimestampLocalZone},
                                                    {"TIMESTAMP_LTZ", TypeId::kTimestampLocalZone},
                                                    {"STRING", TypeId::kVarchar},
                                                    {"BINARY", TypeId::kVarbinary},
                                                    {"VOID", TypeId::kUnknown},
                                                    {"VARIANT", TypeId::kVariant},
                                                    {"UNKNOWN", TypeId::kUnknown}}};

template <class Table>
std::optional<TypeId> FindType(const Table& table, std::string_view name) {
  for (const NamedType& entry : table) {
    if (entry.name == name) return entry.id;
  }
  return std::nullopt;
}

std::optional<IntervalField> FieldOf(std::string_view word) {
  constexpr std::array<std::string_view, 6> kNames = {"YEAR", "MONTH",  "DAY",
                                                      "HOUR", "MINUTE", "SECOND"};
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (word == kNames[i]) return static_cast<IntervalField>(i);
  }
  return std::nullopt;
}

/// {"comment":"..."} as Spark keeps it.
std::string CommentMetadata(const std::string& comment) {
  std::string out = R"({"comment":")";
  for (const char c : comment) {
    if (c == '"' || c == '\\') out.push_back('\\');
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c == '\r') {
      out += "\\r";
    } else {
      out.push_back(c);
    }
  }
  return out + "\"}";
}

}  // namespace

Result<Type> Grammar::TypeName() {
  const Depth depth(depth_);
  if (depth.TooDeep()) return NestedTooDeep();
  if (tokens.trino()) return TrinoType();
  return tokens.spark() ? SparkType() : HiveType();
}

/// "(10, 2)"; nothing when no parenthesis stands here.
Result<std::vector<int>> Grammar::TypeParameters() {
  std::vector<int> parameters;
  if (!tokens.Accept("(")) return parameters;
  if (tokens.trino() && AtIdentifier()) {
    return Invalid(tokens.position(), "TYPE_NOT_FOUND", "", "Unknown type");
  }
  do {
    OWLET_TRY(const std::int64_t value, Integer());
    parameters.push_back(static_cast<int>(std::clamp<std::int64_t>(value, 0, 2147483647)));
  } while (tokens.Accept(","));
  OWLET_CHECK_OK(tokens.Expect(")"));
  return parameters;
}

Result<Type> Grammar::TrinoType() {
  OWLET_TRY(Type type, TrinoTypeBase());
  while (tokens.Accept("ARRAY")) {
    if (tokens.Accept("[")) {
      OWLET_TRY([[maybe_unused]] const std::int64_t size, Integer());
      OWLET_CHECK_OK(tokens.Expect("]"));
    }
    type = Type::Array(std::move(type));
  }
  return type;
}

Result<Type> Grammar::TrinoTypeBase() {
  const std::size_t start = tokens.position();
  if (!AtIdentifier()) {
    tokens.Want("<type>");
    return tokens.Unexpected();
  }
  if (tokens.Is("ROW") && tokens.Is("(", 1)) return TrinoRow();
  if (tokens.Is("INTERVAL") && FieldOf(tokens.Peek(1).value)) {
    tokens.Next();
    const IntervalField from = *FieldOf(tokens.Next().value);
    IntervalField to = from;
    if (tokens.Accept("TO")) {
      const auto field = FieldOf(tokens.Peek().value);
      if (!field) return tokens.Unexpected();
      tokens.Next();
      to = *field;
    }
    if (from == IntervalField::kYear && to == IntervalField::kMonth) {
      return Type::IntervalYearMonth(from, to);
    }
    if (from == IntervalField::kDay && to == IntervalField::kSecond) {
      return Type::IntervalDayTime(from, to);
    }
    return Invalid(start, "TYPE_NOT_FOUND", "", "Unknown type: interval with these fields");
  }
  if (tokens.IsWords("DOUBLE PRECISION")) {
    tokens.Next();
    tokens.Next();
    return Type(TypeId::kDouble);
  }
  if (tokens.IsAny({"TIME", "TIMESTAMP"})) {
    const bool time = tokens.Next().value == "TIME";
    OWLET_TRY(const auto parameters, TypeParameters());
    const int precision = parameters.empty() ? 3 : parameters.front();
    bool zone = false;
    if (tokens.IsWords("WITH TIME ZONE") || tokens.IsWords("WITHOUT TIME ZONE")) {
      zone = tokens.Next().value == "WITH";
      tokens.Next();
      tokens.Next();
    }
    if (precision > 12) {
      return Invalid(start, "TYPE_NOT_FOUND", "",
                     "Unknown type: " + std::string(tokens.TextFrom(start)));
    }
    if (time) return zone ? Type(TypeId::kTimeWithZone) : Type::Time(precision);
    return zone ? Type::TimestampWithZone(precision) : Type::Timestamp(precision);
  }
  if (tokens.IsAny({"ARRAY", "MAP"}) && tokens.IsAny({"(", "<"}, 1)) {
    const bool array = tokens.Next().value == "ARRAY";
    const bool angle = tokens.Next().text == "<";
    OWLET_TRY(Type first, TypeName());
    Type type;
    if (array) {
      type = Type::Array(std::move(first));
    } else {
      OWLET_CHECK_OK(tokens.Expect(","));
      OWLET_TRY(Type second, TypeName());
      type = Type::Map(std::move(first), std::move(second));
    }
    OWLET_CHECK_OK(angle ? CloseAngle() : tokens.Expect(")"));
    return type;
  }
  return TrinoNamedType(start);
}

Result<Type> Grammar::TrinoNamedType(std::size_t start) {
  OWLET_TRY(const std::string word, Identifier());
  std::string name;
  for (const char c : word) {
    name.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
  }
  if (tokens.Is("(") && FindType(kTrinoTypes, name) == TypeId::kQDigest) {
    tokens.Next();
    OWLET_TRY([[maybe_unused]] Type element, TypeName());
    OWLET_CHECK_OK(tokens.Expect(")"));
    return Type(TypeId::kQDigest);
  }
  if (tokens.IsAny({"<", "<>"})) return tokens.UnexpectedBut("(");
  OWLET_TRY(const auto parameters, TypeParameters());
  if (name == "VARCHAR") {
    return parameters.empty() ? Type::Varchar() : Type::Varchar(parameters[0]);
  }
  if (name == "CHAR") return Type::Char(parameters.empty() ? 1 : parameters[0]);
  if (name == "DECIMAL" || name == "NUMERIC" || name == "DEC") {
    const int precision = parameters.empty() ? 38 : parameters[0];
    const int scale = parameters.size() > 1 ? parameters[1] : 0;
    if (precision < 1 || precision > 38) {
      return Fail(Error{
          .reason = Reason::kAnalysisError,
          .message = "DECIMAL precision must be in range [1, 38]: " + std::to_string(precision),
          .condition = "INVALID_FUNCTION_ARGUMENT"});
    }
    if (scale > precision) {
      return Fail(Error{.reason = Reason::kAnalysisError,
                        .message = "DECIMAL scale must be in range [0, precision (" +
                                   std::to_string(precision) + ")]: " + std::to_string(scale),
                        .condition = "INVALID_FUNCTION_ARGUMENT"});
    }
    return Type::Decimal(precision, scale);
  }
  const auto id = FindType(kTrinoTypes, name);
  if (!id || !parameters.empty()) {
    return Invalid(start, "TYPE_NOT_FOUND", "",
                   "Unknown type: " + std::string(tokens.TextFrom(start)));
  }
  return Type(*id);
}

/// row(a bigint, varchar, ...): names are optional.
Result<Type> Grammar::TrinoRow() {
  tokens.Next();
  OWLET_CHECK_OK(tokens.Expect("("));
  std::vector<Field> fields;
  do {
    Field field;
    // A name is an identifier with a type after it: not `,`, `)` or what goes on with a type.
    const bool interval = tokens.Is("INTERVAL") && FieldOf(tokens.Peek(1).value).has_value() &&
                          tokens.IsAny({"TO", ",", ")"}, 2);
    const bool named =
        AtIdentifier() && AtIdentifier(1) && !interval && !tokens.IsWords("DOUBLE PRECISION") &&
        !(tokens.Is("ARRAY", 1) && tokens.IsAny({",", ")", "["}, 2)) &&
        !(tokens.IsAny({"TIME", "TIMESTAMP"}) && tokens.IsAny({"WITH", "WITHOUT"}, 1));
    if (named) {
      OWLET_TRY(field.name, Identifier());
    }
    OWLET_TRY(field.type, TypeName());
    fields.push_back(std::move(field));
  } while (tokens.Accept(","));
  OWLET_CHECK_OK(tokens.Expect(")"));
  return Type::Row(std::move(fields));
}

Status Grammar::CloseAngle() { return tokens.Expect(">"); }

Result<Field> Grammar::SparkColumn(bool colon) {
  Field field;
  OWLET_TRY(field.name, Identifier());
  if (colon) tokens.Accept(":");
  OWLET_TRY(field.type, TypeName());
  while (true) {
    if (tokens.IsWords("NOT NULL")) {
      tokens.Next();
      tokens.Next();
      field.nullable = false;
    } else if (tokens.Is("COMMENT") && tokens.Peek(1).kind == TokenKind::kString) {
      tokens.Next();
      OWLET_TRY(const std::string comment, String());
      field.metadata = CommentMetadata(comment);
    } else if (tokens.Is("COLLATE")) {
      tokens.Next();
      OWLET_TRY([[maybe_unused]] const std::string collation, Identifier());
    } else {
      return field;
    }
  }
}

Result<Type> Grammar::SparkStruct() {
  std::vector<Field> fields;
  if (tokens.Is("<>")) {
    tokens.Next();
    return Type::Row({});
  }
  OWLET_CHECK_OK(tokens.Expect("<"));
  if (!tokens.Is(">")) {
    do {
      OWLET_TRY(Field field, SparkColumn(true));
      fields.push_back(std::move(field));
    } while (tokens.Accept(","));
  }
  OWLET_CHECK_OK(CloseAngle());
  return Type::Row(std::move(fields));
}

Result<Type> Grammar::SparkType() {
  const std::size_t start = tokens.position();
  if (tokens.Peek().kind != TokenKind::kWord) {
    if (tokens.Peek().kind != TokenKind::kQuoted) return tokens.Unexpected();
  }
  const std::string name = tokens.Peek().value;
  if (name == "INTERVAL" && FieldOf(tokens.Peek(1).value)) {
    tokens.Next();
    const IntervalField from = *FieldOf(tokens.Next().value);
    IntervalField to = from;
    if (tokens.Accept("TO")) {
      const auto field = FieldOf(tokens.Peek().value);
      if (!field) return tokens.Unexpected();
      tokens.Next();
      to = *field;
    }
    return to <= IntervalField::kMonth ? Type::IntervalYearMonth(from, to)
                                       : Type::IntervalDayTime(from, to);
  }
  tokens.Next();
  if (name == "ARRAY" && tokens.Is("<")) {
    tokens.Next();
    OWLET_TRY(Type element, TypeName());
    OWLET_CHECK_OK(CloseAngle());
    return Type::Array(std::move(element));
  }
  if (name == "MAP" && tokens.Is("<")) {
    tokens.Next();
    OWLET_TRY(Type key, TypeName());
    OWLET_CHECK_OK(tokens.Expect(","));
    OWLET_TRY(Type value, TypeName());
    OWLET_CHECK_OK(CloseAngle());
    return Type::Map(std::move(key), std::move(value));
  }
  if (name == "STRUCT" && tokens.IsAny({"<", "<>"})) return SparkStruct();
  if (name == "ARRAY" || name == "MAP" || name == "STRUCT") {
    const std::string elements = name == "ARRAY" ? "<INT>"
                                 : name == "MAP" ? "<INT, STRING>"
                                                 : "<col1 INT, col2 STRING>";
    return Invalid(start, "INCOMPLETE_TYPE_DEFINITION." + name, "42K01",
                   "Incomplete complex type: The definition of \"" + name +
                       "\" type is incomplete. You must provide an element type. For example: \"" +
                       name + elements + "\".",
                   {{"elementType", elements}});
  }
  if (name == "INTERVAL") return Type(TypeId::kCalendarInterval);
  OWLET_TRY(const auto parameters, TypeParameters());
  if (name == "TIME") return Type::Time(parameters.empty() ? 6 : parameters[0]);
  if (name == "TIMESTAMP" &&
      (tokens.IsWords("WITHOUT TIME ZONE") || tokens.IsWords("WITH LOCAL TIME ZONE"))) {
    const bool local = tokens.Is("WITH");
    for (int i = local ? 4 : 3; i > 0; --i) tokens.Next();
    return local ? Type(TypeId::kTimestampLocalZone) : Type::Timestamp(6);
  }
  if (name == "TIMESTAMP_NTZ") return Type::Timestamp(6);
  if (name == "DECIMAL" || name == "DEC" || name == "NUMERIC") {
    const int precision = parameters.empty() ? 10 : parameters[0];
    const int scale = parameters.size() > 1 ? parameters[1] : 0;
    if (precision > 38) {
      return Invalid(
          start, "DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION", "22003",
          "Decimal precision " + std::to_string(precision) + " exceeds max precision 38.",
          {{"precision", std::to_string(precision)}, {"maxPrecision", "38"}});
    }
    if (scale > precision) {
      return Invalid(start, "DECIMAL_SCALE_EXCEEDS_PRECISION", "42K01",
                     "Decimal scale (" + std::to_string(scale) +
                         ") cannot be greater than precision (" + std::to_string(precision) + ").",
                     {{"scale", std::to_string(scale)}, {"precision", std::to_string(precision)}});
    }
    return Type::Decimal(precision, scale);
  }
  if (name == "VARCHAR" || name == "CHAR" || name == "CHARACTER") {
    if (parameters.size() != 1) {
      return Invalid(start, "DATATYPE_MISSING_SIZE", "42K01",
                     "DataType \"" + name + "\" requires a length parameter, for example \"" +
                         name + "\"(10). Please specify the length.",
                     {{"type", "\"" + name + "\""}});
    }
    return name == "VARCHAR" ? Type::Varchar(parameters[0]) : Type::Char(parameters[0]);
  }
  const auto id = FindType(kSparkTypes, name);
  if (!id || !parameters.empty()) {
    std::string type(tokens.TextFrom(start));
    for (char& c : type) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    return Invalid(start, "UNSUPPORTED_DATATYPE", "0A000",
                   "Unsupported data type \"" + type + "\".", {{"typeName", "\"" + type + "\""}});
  }
  if (id == TypeId::kVarchar && tokens.Is("COLLATE")) {
    tokens.Next();
    OWLET_TRY([[maybe_unused]] const Name collation, QualifiedName());
  }
  return Type(*id == TypeId::kVarchar ? Type::Varchar() : Type(*id));
}

/// Hive's types; timestamps have no zone there.
Result<Type> Grammar::HiveType() {
  const std::size_t start = tokens.position();
  if (tokens.Peek().kind != TokenKind::kWord) return tokens.Unexpected();
  const std::string name = tokens.Peek().value;
  if (name == "STRUCT") {
    tokens.Next();
    OWLET_CHECK_OK(tokens.Expect("<"));
    std::vector<Field> fields;
    do {
      Field field;
      OWLET_TRY(field.name, Identifier());
      OWLET_CHECK_OK(tokens.Expect(":"));
      OWLET_TRY(field.type, TypeName());
      if (tokens.Accept("COMMENT")) {
        OWLET_TRY(const std::string comment, String());
        field.metadata = CommentMetadata(comment);
      }
      fields.push_back(std::move(field));
    } while (tokens.Accept(","));
    OWLET_CHECK_OK(CloseAngle());
    return Type::Row(std::move(fields));
  }
  if (name == "ARRAY" || name == "MAP") {
    tokens.Next();
    OWLET_CHECK_OK(tokens.Expect("<"));
    OWLET_TRY(Type first, TypeName());
    if (name == "ARRAY") {
      OWLET_CHECK_OK(CloseAngle());
      return Type::Array(std::move(first));
    }
    OWLET_CHECK_OK(tokens.Expect(","));
    OWLET_TRY(Type second, TypeName());
    OWLET_CHECK_OK(CloseAngle());
    return Type::Map(std::move(first), std::move(second));
  }
  if (name == "TIMESTAMP") {
    tokens.Next();
    OWLET_TRY([[maybe_unused]] const auto precision, TypeParameters());
    if (tokens.IsWords("WITH LOCAL TIME ZONE") || tokens.IsWords("WITH TIME ZONE")) {
      while (!tokens.Is("ZONE")) tokens.Next();
      tokens.Next();
      return Type::TimestampWithZone(3);
    }
    return Type::Timestamp(3);
  }
  if (tokens.IsWords("DOUBLE PRECISION")) tokens.Next();
  for (const std::string_view unknown :
       {"BYTE", "SHORT", "LONG", "VOID", "VARIANT", "JSON", "UNKNOWN", "REAL", "TIMESTAMP_LTZ",
        "TIMESTAMP_NTZ", "TIME"}) {
    if (name == unknown) return tokens.Unexpected();
  }
  if (name == "INTERVAL" ||
      (!FindType(kSparkTypes, name) && name != "DECIMAL" && name != "NUMERIC" && name != "DEC" &&
       name != "VARCHAR" && name != "CHAR" && name != "PRECISION")) {
    return tokens.Unexpected();
  }
  if (name == "VARCHAR" || name == "CHAR") {
    tokens.Next();
    OWLET_TRY(const auto parameters, TypeParameters());
    if (parameters.empty()) return tokens.UnexpectedBut("(");
    return name == "VARCHAR" ? Type::Varchar(parameters[0]) : Type::Char(parameters[0]);
  }
  tokens.Restore(start);
  if (name == "DOUBLE") {
    tokens.Next();
    tokens.Accept("PRECISION");
    return Type(TypeId::kDouble);
  }
  return SparkType();
}

}  // namespace owlet::sql
