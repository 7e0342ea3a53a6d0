#include "core/catalog/hive_types.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace owlet::catalog {
namespace {

using plan::Field;
using plan::Type;
using plan::TypeId;

constexpr int kMaxDepth = 64;

char ToLower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool IsWord(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// Recursive descent over one type's text.
class HiveTypeParser {
 public:
  explicit HiveTypeParser(std::string_view text) : text_(text) {}

  Result<Type> Parse() {
    OWLET_TRY(auto type, ParseType(0));
    SkipSpace();
    if (position_ != text_.size()) return Bad("unexpected text after the type");
    return type;
  }

 private:
  std::unexpected<Error> Bad(std::string_view what) const {
    return Fail(Reason::kInvalidArgument,
                fmt::format("{} at position {} of the Hive type '{}'", what, position_, text_));
  }

  void SkipSpace() {
    while (position_ < text_.size() && IsSpace(text_[position_])) ++position_;
  }

  bool Accept(char c) {
    SkipSpace();
    if (position_ >= text_.size() || text_[position_] != c) return false;
    ++position_;
    return true;
  }

  std::string Word() {
    SkipSpace();
    std::string word;
    while (position_ < text_.size() && IsWord(text_[position_]))
      word += ToLower(text_[position_++]);
    return word;
  }

  bool AcceptWord(std::string_view wanted) {
    const std::size_t before = position_;
    if (Word() == wanted) return true;
    position_ = before;
    return false;
  }

  Result<int> Number() {
    SkipSpace();
    int value = 0;
    const char* end = text_.data() + text_.size();
    const auto [stop, error] = std::from_chars(text_.data() + position_, end, value);
    if (error != std::errc() || value < 0) return Bad("a number is missing");
    position_ = static_cast<std::size_t>(stop - text_.data());
    return value;
  }

  Result<int> ParenthesisedLength(int highest) {
    if (!Accept('(')) return Bad("'(' is missing");
    OWLET_TRY(const int length, Number());
    if (!Accept(')')) return Bad("')' is missing");
    if (length < 1 || length > highest) return Bad("a length is out of range");
    return length;
  }

  Result<Type> Decimal() {
    int precision = 10;
    int scale = 0;
    if (Accept('(')) {
      OWLET_TRY(precision, Number());
      if (Accept(',')) {
        OWLET_TRY(scale, Number());
      }
      if (!Accept(')')) return Bad("')' is missing");
    }
    if (precision < 1 || precision > 38 || scale > precision) {
      return Bad("precision or scale of a decimal is out of range");
    }
    return Type::Decimal(precision, scale);
  }

  Result<std::string> FieldName() {
    SkipSpace();
    std::string name;
    if (position_ < text_.size() && text_[position_] == '`') {
      for (++position_; position_ < text_.size() && text_[position_] != '`'; ++position_) {
        name += text_[position_];
      }
      if (position_ == text_.size()) return Bad("a quoted name does not end");
      ++position_;
    } else {
      while (position_ < text_.size() && text_[position_] != ':' && text_[position_] != ',' &&
             text_[position_] != '<' && text_[position_] != '>' && !IsSpace(text_[position_])) {
        name += text_[position_++];
      }
    }
    if (name.empty()) return Bad("a field's name is missing");
    return name;
  }

  Result<Type> Struct(int depth) {
    if (!Accept('<')) return Bad("'<' is missing");
    std::vector<Field> fields;
    do {
      OWLET_TRY(std::string name, FieldName());
      if (!Accept(':')) return Bad("':' is missing");
      OWLET_TRY(Type type, ParseType(depth + 1));
      if (AcceptWord("comment")) {
        OWLET_CHECK_OK(SkipComment());
      }
      fields.push_back({.name = std::move(name), .type = std::move(type)});
    } while (Accept(','));
    if (!Accept('>')) return Bad("'>' is missing");
    return Type::Row(std::move(fields));
  }

  Status SkipComment() {
    SkipSpace();
    if (position_ == text_.size() || (text_[position_] != '\'' && text_[position_] != '"')) {
      return Bad("a comment is missing");
    }
    const char quote = text_[position_++];
    while (position_ < text_.size() && text_[position_] != quote) {
      position_ += text_[position_] == '\\' ? 2 : 1;
    }
    if (position_ >= text_.size()) return Bad("a comment does not end");
    ++position_;
    return {};
  }

  Result<Type> ParseType(int depth) {
    if (depth > kMaxDepth) return Bad("too many levels");
    const std::string word = Word();
    if (word == "array") {
      if (!Accept('<')) return Bad("'<' is missing");
      OWLET_TRY(Type element, ParseType(depth + 1));
      if (!Accept('>')) return Bad("'>' is missing");
      return Type::Array(std::move(element));
    }
    if (word == "map") {
      if (!Accept('<')) return Bad("'<' is missing");
      OWLET_TRY(Type key, ParseType(depth + 1));
      if (!Accept(',')) return Bad("',' is missing");
      OWLET_TRY(Type value, ParseType(depth + 1));
      if (!Accept('>')) return Bad("'>' is missing");
      return Type::Map(std::move(key), std::move(value));
    }
    if (word == "struct" || word == "row") return Struct(depth);
    if (word == "decimal" || word == "numeric" || word == "dec") return Decimal();
    return Primitive(word);
  }

  Result<Type> Primitive(const std::string& word) {
    if (word == "varchar") {
      OWLET_TRY(const int length, ParenthesisedLength(65535));
      return Type::Varchar(length);
    }
    if (word == "char" || word == "character") {
      OWLET_TRY(const int length, ParenthesisedLength(255));
      return Type::Char(length);
    }
    if (word == "timestamp") {
      if (AcceptWord("with")) {
        const bool local = AcceptWord("local");
        if (!AcceptWord("time") || !AcceptWord("zone")) return Bad("'time zone' is missing");
        return local ? Type(TypeId::kTimestampLocalZone) : Type::TimestampWithZone(3);
      }
      return Type::Timestamp(3);
    }
    if (word == "double") {
      (void)AcceptWord("precision");
      return Type(TypeId::kDouble);
    }
    static constexpr std::pair<std::string_view, TypeId> kPlain[] = {
        {"boolean", TypeId::kBoolean},   {"tinyint", TypeId::kTinyint},
        {"smallint", TypeId::kSmallint}, {"int", TypeId::kInteger},
        {"integer", TypeId::kInteger},   {"bigint", TypeId::kBigint},
        {"float", TypeId::kReal},        {"real", TypeId::kReal},
        {"binary", TypeId::kVarbinary},  {"date", TypeId::kDate},
        {"void", TypeId::kUnknown},
    };
    for (const auto& [name, id] : kPlain) {
      if (word == name) return Type(id);
    }
    if (word == "string") return Type::Varchar();
    return Bad(word.empty() ? "a type is missing" : "a type is not known");
  }

  std::string_view text_;
  std::size_t position_ = 0;
};

std::unexpected<Error> NotHive(std::string_view what) {
  return Fail(Reason::kInvalidArgument, fmt::format("Unsupported Hive type: {}", what),
              "NOT_SUPPORTED");
}

Result<std::string> FormatStruct(const Type& type) {
  std::string text = "struct<";
  for (const Field& field : type.fields()) {
    if (field.name.empty()) {
      return Fail(Reason::kInvalidArgument,
                  "Anonymous row type is not supported in Hive. Please give each field a name",
                  "NOT_SUPPORTED");
    }
    OWLET_TRY(const std::string child, FormatHiveType(field.type));
    if (text.back() != '<') text += ',';
    text += field.name + ":" + child;
  }
  return text + ">";
}

}  // namespace

Result<Type> ParseHiveType(std::string_view text) { return HiveTypeParser(text).Parse(); }

Result<std::string> FormatHiveType(const Type& type) {
  switch (type.id()) {
    case TypeId::kBoolean:
      return "boolean";
    case TypeId::kTinyint:
      return "tinyint";
    case TypeId::kSmallint:
      return "smallint";
    case TypeId::kInteger:
      return "int";
    case TypeId::kBigint:
      return "bigint";
    case TypeId::kReal:
      return "float";
    case TypeId::kDouble:
      return "double";
    case TypeId::kDecimal:
      return fmt::format("decimal({},{})", type.precision(), type.scale());
    case TypeId::kVarchar:
      // Hive's varchar ends at 65535 characters; a longer one is a string there.
      if (type.precision() == Type::kUnbounded || type.precision() > 65535) return "string";
      return fmt::format("varchar({})", type.precision());
    case TypeId::kChar:
      if (type.precision() > 255) return NotHive(fmt::format("char({})", type.precision()));
      return fmt::format("char({})", type.precision());
    case TypeId::kVarbinary:
      return "binary";
    case TypeId::kDate:
      return "date";
    case TypeId::kTimestamp:
    case TypeId::kTimestampLocalZone:
      return "timestamp";
    case TypeId::kArray: {
      OWLET_TRY(const std::string element, FormatHiveType(type.element()));
      return fmt::format("array<{}>", element);
    }
    case TypeId::kMap: {
      OWLET_TRY(const std::string key, FormatHiveType(type.key()));
      OWLET_TRY(const std::string value, FormatHiveType(type.value()));
      return fmt::format("map<{},{}>", key, value);
    }
    case TypeId::kRow:
      return FormatStruct(type);
    case TypeId::kUnknown:
      return NotHive("unknown");
    case TypeId::kTime:
    case TypeId::kTimeWithZone:
      return NotHive("time");
    case TypeId::kTimestampWithZone:
      return NotHive("timestamp with time zone");
    case TypeId::kIntervalYearMonth:
      return NotHive("interval year to month");
    case TypeId::kIntervalDayTime:
      return NotHive("interval day to second");
    case TypeId::kCalendarInterval:
      return NotHive("interval");
    case TypeId::kJson:
      return NotHive("json");
    case TypeId::kVariant:
      return NotHive("variant");
    case TypeId::kUuid:
      return NotHive("uuid");
    case TypeId::kIpAddress:
      return NotHive("ipaddress");
    case TypeId::kHyperLogLog:
      return NotHive("HyperLogLog");
    case TypeId::kTDigest:
      return NotHive("tdigest");
    case TypeId::kQDigest:
      return NotHive("qdigest");
    case TypeId::kFunction:
      return NotHive("function");
  }
  return NotHive("of a number that no type has");
}

std::string CanonicalHiveType(std::string_view text) {
  const auto type = ParseHiveType(text);
  if (!type) return std::string(text);
  if (type->id() == TypeId::kTimestampLocalZone) return "timestamp with local time zone";
  return FormatHiveType(*type).value_or(std::string(text));
}

}  // namespace owlet::catalog
