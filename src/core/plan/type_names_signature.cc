#include <fmt/format.h>

#include <array>
#include <cctype>
#include <optional>

#include "core/plan/type_names.h"

// Types in the language of function signatures, for the engine's functions.

namespace owlet::plan {

namespace {

constexpr int kMaximumDepth = 200;

struct ScalarName {
  TypeId id;
  std::string_view name;
};
constexpr std::array kScalars = {
    ScalarName{TypeId::kUnknown, "unknown"},
    ScalarName{TypeId::kBoolean, "boolean"},
    ScalarName{TypeId::kTinyint, "tinyint"},
    ScalarName{TypeId::kSmallint, "smallint"},
    ScalarName{TypeId::kInteger, "int"},
    ScalarName{TypeId::kBigint, "bigint"},
    ScalarName{TypeId::kReal, "real"},
    ScalarName{TypeId::kDouble, "double"},
    ScalarName{TypeId::kDecimal, "decimal"},
    ScalarName{TypeId::kVarchar, "varchar"},
    ScalarName{TypeId::kChar, "char"},
    ScalarName{TypeId::kVarbinary, "binary"},
    ScalarName{TypeId::kDate, "date"},
    ScalarName{TypeId::kTime, "time"},
    ScalarName{TypeId::kTimeWithZone, "time_tz"},
    ScalarName{TypeId::kTimestamp, "timestamp"},
    ScalarName{TypeId::kTimestampWithZone, "timestamp_tz"},
    ScalarName{TypeId::kTimestampLocalZone, "timestamp_ltz"},
    ScalarName{TypeId::kIntervalYearMonth, "interval_ym"},
    ScalarName{TypeId::kIntervalDayTime, "interval_dt"},
    ScalarName{TypeId::kCalendarInterval, "interval_calendar"},
    ScalarName{TypeId::kArray, "array"},
    ScalarName{TypeId::kMap, "map"},
    ScalarName{TypeId::kRow, "row"},
    ScalarName{TypeId::kJson, "json"},
    ScalarName{TypeId::kVariant, "variant"},
    ScalarName{TypeId::kUuid, "uuid"},
    ScalarName{TypeId::kIpAddress, "ipaddress"},
    ScalarName{TypeId::kHyperLogLog, "hyperloglog"},
    ScalarName{TypeId::kTDigest, "tdigest"},
    ScalarName{TypeId::kQDigest, "qdigest"},
    ScalarName{TypeId::kFunction, "function"},
};

std::string FieldText(const Field& field) {
  return SignatureTypeName(field.type) + (field.nullable ? "" : "!");
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Result<Type> Whole() {
    OWLET_TRY(Type type, One(0));
    if (at_ != text_.size()) return Bad();
    return type;
  }

 private:
  std::unexpected<Error> Bad() const {
    return Fail(Reason::kInvalidArgument, fmt::format("not a signature's type: {}", text_));
  }
  bool Take(char c) {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  std::optional<int> Number() {
    int value = 0;
    const auto start = at_;
    while (at_ < text_.size() && std::isdigit(static_cast<unsigned char>(text_[at_])) != 0) {
      value = value * 10 + (text_[at_++] - '0');
      if (at_ - start > 9) return std::nullopt;
    }
    return at_ > start ? std::optional(value) : std::nullopt;
  }
  std::string_view Word() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    const auto start = at_;
    while (at_ < text_.size() &&
           (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0 || text_[at_] == '_')) {
      ++at_;
    }
    return text_.substr(start, at_ - start);
  }
  std::string Quoted() {
    std::string name;
    while (at_ < text_.size()) {
      if (text_[at_] == '"') {
        if (at_ + 1 >= text_.size() || text_[at_ + 1] != '"') break;
        ++at_;
      }
      name += text_[at_++];
    }
    return name;
  }

  Result<Field> NestedField(std::string name, int depth) {
    OWLET_TRY(Type type, One(depth + 1));
    const bool nullable = !Take('!');
    return Field{std::move(name), std::move(type), nullable, ""};
  }

  Result<Type> One(int depth) {
    if (depth > kMaximumDepth) return Bad();
    const std::string_view word = Word();
    for (const auto& [id, name] : kScalars) {
      if (name == word) return Rest(id, depth);
    }
    return Bad();
  }

  Result<Type> Rest(TypeId id, int depth) {
    if (id == TypeId::kRow) return Row(depth);
    if (id == TypeId::kArray || id == TypeId::kMap) {
      if (!Take('<')) return Bad();
      OWLET_TRY(Field first, NestedField("", depth));
      if (id == TypeId::kArray) {
        if (!Take('>')) return Bad();
        return Type::Array(first.type, first.nullable);
      }
      if (!Take(',')) return Bad();
      OWLET_TRY(Field second, NestedField("", depth));
      if (!Take('>')) return Bad();
      return Type::Map(first.type, second.type, second.nullable);
    }
    if (!Take('(')) return Type(id);
    const auto first = Number();
    if (!first) return Bad();
    std::optional<int> second;
    if (Take(',')) second = Number();
    if (!Take(')')) return Bad();
    return Scalar(id, *first, second.value_or(0));
  }

  Result<Type> Scalar(TypeId id, int first, int second) const {
    switch (id) {
      case TypeId::kDecimal:
        return Type::Decimal(first, second);
      case TypeId::kVarchar:
        return Type::Varchar(first);
      case TypeId::kChar:
        return Type::Char(first);
      case TypeId::kTime:
        return Type::Time(first);
      case TypeId::kTimestamp:
        return Type::Timestamp(first);
      case TypeId::kTimestampWithZone:
        return Type::TimestampWithZone(first);
      case TypeId::kIntervalYearMonth:
        return Type::IntervalYearMonth(static_cast<IntervalField>(first),
                                       static_cast<IntervalField>(second));
      case TypeId::kIntervalDayTime:
        return Type::IntervalDayTime(static_cast<IntervalField>(first),
                                     static_cast<IntervalField>(second));
      default:
        return Type(id);
    }
  }

  Result<Type> Row(int depth) {
    if (!Take('(')) return Bad();
    std::vector<Field> fields;
    if (Take(')')) return Type::Row({});
    do {
      std::string name;
      if (Take('"')) {
        name = Quoted();
        if (!Take('"')) return Bad();
      }
      OWLET_TRY(Field field, NestedField(std::move(name), depth));
      fields.push_back(std::move(field));
    } while (Take(','));
    if (!Take(')')) return Bad();
    return Type::Row(std::move(fields));
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::string SignatureTypeName(const Type& type) {
  std::string_view name;
  for (const auto& scalar : kScalars) {
    if (scalar.id == type.id()) name = scalar.name;
  }
  switch (type.id()) {
    case TypeId::kArray:
      return fmt::format("array<{}>", FieldText(type.fields()[0]));
    case TypeId::kMap:
      return fmt::format("map<{},{}>", SignatureTypeName(type.key()), FieldText(type.fields()[1]));
    case TypeId::kRow: {
      std::string text = "row(";
      for (const Field& field : type.fields()) {
        if (text.size() > 4) text += ",";
        if (!field.name.empty()) {
          text += '"';
          for (const char c : field.name) text += c == '"' ? "\"\"" : std::string(1, c);
          text += "\" ";
        }
        text += FieldText(field);
      }
      return text + ")";
    }
    case TypeId::kDecimal:
    case TypeId::kIntervalYearMonth:
    case TypeId::kIntervalDayTime:
      return fmt::format("{}({},{})", name, type.precision(), type.scale());
    default:
      return type.precision() == Type::kUnbounded ? std::string(name)
                                                  : fmt::format("{}({})", name, type.precision());
  }
}

Result<Type> ParseSignatureType(std::string_view text) { return Reader(text).Whole(); }

}  // namespace owlet::plan
