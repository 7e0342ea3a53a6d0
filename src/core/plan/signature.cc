#include "core/plan/signature.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>

#include "core/plan/type_names.h"

namespace owlet::plan {

namespace {

class SignatureReader {
 public:
  explicit SignatureReader(std::string_view text) : text_(text) {}

  Result<Signature> Whole() {
    Signature signature;
    if (Take('@')) {
      signature.whole_rule = std::string(Word());
      return signature;
    }
    if (!Take('(')) return Bad();
    if (!Take(')')) {
      do {
        OWLET_TRY(TypePattern parameter, Pattern());
        signature.parameters.push_back(std::move(parameter));
        if (Starts("...")) signature.repeated = true;
      } while (Take(','));
      if (!Take(')')) return Bad();
    }
    if (!Starts("->")) return Bad();
    if (Take('@')) {
      signature.result_rule = std::string(Word());
    } else {
      OWLET_TRY(signature.result, Pattern());
    }
    Space();
    if (at_ != text_.size()) return Bad();
    return signature;
  }

 private:
  std::unexpected<Error> Bad() const {
    return Fail(Reason::kInternal, fmt::format("bad function signature at {}: {}", at_, text_));
  }
  void Space() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }
  bool Take(char c) {
    Space();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool Starts(std::string_view token) {
    Space();
    if (!text_.substr(at_).starts_with(token)) return false;
    at_ += token.size();
    return true;
  }
  std::string_view Word() {
    Space();
    const auto start = at_;
    while (at_ < text_.size() &&
           (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0 || text_[at_] == '_')) {
      ++at_;
    }
    return text_.substr(start, at_ - start);
  }

  Result<TypePattern> Nested() {
    OWLET_TRY(TypePattern pattern, Pattern());
    pattern.not_null = Take('!');
    return pattern;
  }

  Result<TypePattern> Pattern() {
    if (Take('(')) return Lambda();
    const std::string_view word = Word();
    if (word.empty()) return Bad();
    TypePattern pattern;
    if (word.size() == 1 && std::isupper(static_cast<unsigned char>(word[0])) != 0) {
      pattern.kind = TypePattern::Kind::kVariable;
      pattern.variable = word[0];
      if (Take(':')) pattern.bound = std::string(Word());
      return pattern;
    }
    if (word == "any") {
      pattern.kind = TypePattern::Kind::kAny;
      return pattern;
    }
    if (word == "array" || word == "map") return Collection(word == "array");
    if (word == "row") return Row();
    return Sized(word);
  }

  Result<TypePattern> Lambda() {
    TypePattern pattern;
    pattern.kind = TypePattern::Kind::kLambda;
    if (!Take(')')) {
      do {
        OWLET_TRY(TypePattern parameter, Nested());
        pattern.children.push_back(std::move(parameter));
      } while (Take(','));
      if (!Take(')')) return Bad();
    }
    if (!Starts("->")) return Bad();
    OWLET_TRY(TypePattern result, Pattern());
    pattern.children.push_back(std::move(result));
    return pattern;
  }

  Result<TypePattern> Collection(bool array) {
    TypePattern pattern;
    pattern.kind = array ? TypePattern::Kind::kArray : TypePattern::Kind::kMap;
    if (!Take('<')) return Bad();
    do {
      OWLET_TRY(TypePattern child, Nested());
      pattern.children.push_back(std::move(child));
    } while (Take(','));
    if (!Take('>') || pattern.children.size() != (array ? 1U : 2U)) return Bad();
    return pattern;
  }

  Result<TypePattern> Row() {
    TypePattern pattern;
    pattern.kind = TypePattern::Kind::kRow;
    if (!Take('(')) return Bad();
    do {
      // "name type" or a type alone.
      const auto start = at_;
      std::string name(Word());
      Space();
      const bool named =
          at_ < text_.size() && (std::isalpha(static_cast<unsigned char>(text_[at_])) != 0);
      if (!named) {
        at_ = start;
        name.clear();
      }
      OWLET_TRY(TypePattern child, Nested());
      pattern.names.push_back(std::move(name));
      pattern.children.push_back(std::move(child));
    } while (Take(','));
    if (!Take(')')) return Bad();
    return pattern;
  }

  Result<TypePattern> Sized(std::string_view word) {
    TypePattern pattern;
    std::string name(word);
    if (name == "string") name = "varchar";
    auto base = ParseSignatureType(name == "timestamp_ntz" ? "timestamp" : name);
    if (!base) return Bad();
    pattern.type = *base;
    if (name == "interval_ym") {
      pattern.type = Type::IntervalYearMonth(IntervalField::kYear, IntervalField::kMonth);
    } else if (name == "interval_dt") {
      pattern.type = Type::IntervalDayTime(IntervalField::kDay, IntervalField::kSecond);
    } else if (name == "timestamp_ntz") {
      pattern.type = Type::Timestamp(6);
    }
    if (!Take('(')) {
      if (name == "decimal") {
        pattern.kind = TypePattern::Kind::kSized;
        pattern.first = "p";
        pattern.second = "s";
      }
      return pattern;
    }
    pattern.kind = TypePattern::Kind::kSized;
    pattern.first = std::string(Word());
    if (Take(',')) pattern.second = std::string(Word());
    if (!Take(')')) return Bad();
    const auto number = [](const std::string& text) {
      return text.empty() || std::isdigit(static_cast<unsigned char>(text[0])) != 0;
    };
    if (number(pattern.first) && number(pattern.second)) {
      pattern.type = Instantiate(pattern, {});
      pattern.kind = TypePattern::Kind::kType;
    }
    return pattern;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

int SizeOf(const std::string& text, const Bindings& bindings) {
  if (text.empty()) return 0;
  if (std::isdigit(static_cast<unsigned char>(text[0])) != 0) return std::atoi(text.c_str());
  const auto found = bindings.numbers.find(text[0]);
  return found == bindings.numbers.end() ? Type::kUnbounded : found->second;
}

Type SizedType(TypeId id, int first, int second) {
  switch (id) {
    case TypeId::kDecimal:
      return first < 0 ? Type::Decimal(38, 0) : Type::Decimal(first, second);
    case TypeId::kVarchar:
      return first < 0 ? Type::Varchar() : Type::Varchar(first);
    case TypeId::kChar:
      return Type::Char(first);
    case TypeId::kTime:
      return Type::Time(first);
    case TypeId::kTimestamp:
      return Type::Timestamp(first);
    case TypeId::kTimestampWithZone:
      return Type::TimestampWithZone(first);
    case TypeId::kIntervalDayTime:
      return Type::IntervalDayTime(static_cast<IntervalField>(first),
                                   static_cast<IntervalField>(second));
    case TypeId::kIntervalYearMonth:
      return Type::IntervalYearMonth(static_cast<IntervalField>(first),
                                     static_cast<IntervalField>(second));
    default:
      return Type(id);
  }
}

bool WithinBound(const std::string& bound, const Type& type) {
  if (bound.empty() || type.id() == TypeId::kUnknown) return true;
  if (bound == "numeric") return type.IsNumeric();
  if (bound == "integral") return type.IsInteger();
  if (bound == "fractional") return type.IsNumeric() && !type.IsInteger();
  if (bound == "varchar") return type.id() == TypeId::kVarchar;
  if (bound == "scalar") {
    return !type.IsNested() && type.id() != TypeId::kTimestampWithZone &&
           type.id() != TypeId::kTimeWithZone && type.id() != TypeId::kFunction;
  }
  if (bound == "nested") return type.IsNested();
  if (bound == "sortable") return type.IsNested() && WithinBound("orderable", type);
  if (bound == "interval") {
    return type.id() == TypeId::kIntervalDayTime || type.id() == TypeId::kIntervalYearMonth;
  }
  if (bound == "orderable") {
    return type.id() != TypeId::kMap && type.id() != TypeId::kJson &&
           type.id() != TypeId::kFunction &&
           std::ranges::all_of(type.fields(),
                               [&](const Field& f) { return WithinBound(bound, f.type); });
  }
  return type.id() != TypeId::kFunction;
}

std::optional<int> BindVariable(const TypePattern& pattern, const Type& type,
                                const SessionSettings& session, Bindings& bindings) {
  Type bound = type;
  int cost = 2;
  if (!WithinBound(pattern.bound, type)) {
    // Spark reads a text as a number where a function wants any number.
    const bool number = pattern.bound == "numeric" || pattern.bound == "fractional";
    if (session.dialect != Dialect::kSpark || !number || !type.IsCharacter()) return std::nullopt;
    bound = Type(TypeId::kDouble);
    cost = 50;
  }
  const auto known = bindings.types.find(pattern.variable);
  if (known == bindings.types.end()) {
    bindings.types.emplace(pattern.variable, bound);
    return cost;
  }
  if (known->second == bound) return cost;
  auto common = CommonType(known->second, bound, session);
  if (!common || !WithinBound(pattern.bound, *common)) return std::nullopt;
  const bool same = known->second.SameIgnoringNulls(bound);
  known->second = *common;
  return same ? cost : cost + 5;
}

std::optional<int> BindSized(const TypePattern& pattern, const Type& type,
                             const SessionSettings& session, Bindings& bindings) {
  Type sized = type;
  int cost = 0;
  if (type.id() != pattern.type.id()) {
    if (type.id() == TypeId::kUnknown) {
      sized = SizedType(pattern.type.id(), pattern.type.id() == TypeId::kDecimal ? 1 : 0, 0);
    } else if (pattern.type.id() == TypeId::kDecimal && type.IsInteger()) {
      sized = DecimalOfInteger(type.id(), session.dialect);
    } else {
      const Type widest = SizedType(pattern.type.id(), std::max(type.precision(), 0), 0);
      if (pattern.type.id() == TypeId::kDecimal || !CanCoerce(type, widest, session)) {
        return std::nullopt;
      }
      sized = widest;
    }
    cost = CoercionCost(type, sized, session).value_or(20);
  }
  if (!pattern.first.empty() && std::isalpha(static_cast<unsigned char>(pattern.first[0])) != 0) {
    int& known = bindings.numbers.try_emplace(pattern.first[0], sized.precision()).first->second;
    if (sized.precision() == Type::kUnbounded) known = Type::kUnbounded;
    if (known != Type::kUnbounded) known = std::max(known, sized.precision());
  }
  if (!pattern.second.empty() && std::isalpha(static_cast<unsigned char>(pattern.second[0])) != 0) {
    int& known = bindings.numbers.try_emplace(pattern.second[0], sized.scale()).first->second;
    known = std::max(known, sized.scale());
  }
  return cost;
}

}  // namespace

Result<Signature> ParseSignature(std::string_view text) { return SignatureReader(text).Whole(); }

Type Instantiate(const TypePattern& pattern, const Bindings& bindings) {
  switch (pattern.kind) {
    case TypePattern::Kind::kType:
      return pattern.type;
    case TypePattern::Kind::kVariable: {
      const auto found = bindings.types.find(pattern.variable);
      return found == bindings.types.end() ? Type() : found->second;
    }
    case TypePattern::Kind::kAny:
    case TypePattern::Kind::kLambda:
      return {};
    case TypePattern::Kind::kArray:
      return Type::Array(Instantiate(pattern.children[0], bindings), !pattern.children[0].not_null);
    case TypePattern::Kind::kMap:
      return Type::Map(Instantiate(pattern.children[0], bindings),
                       Instantiate(pattern.children[1], bindings), !pattern.children[1].not_null);
    case TypePattern::Kind::kRow: {
      std::vector<Field> fields;
      for (std::size_t i = 0; i < pattern.children.size(); ++i) {
        fields.push_back({pattern.names[i], Instantiate(pattern.children[i], bindings),
                          !pattern.children[i].not_null, ""});
      }
      return Type::Row(std::move(fields));
    }
    case TypePattern::Kind::kSized:
      return SizedType(pattern.type.id(), SizeOf(pattern.first, bindings),
                       SizeOf(pattern.second, bindings));
  }
  return {};
}

std::optional<int> Bind(const TypePattern& pattern, const Type& type,
                        const SessionSettings& session, Bindings& bindings) {
  switch (pattern.kind) {
    case TypePattern::Kind::kType:
      return CoercionCost(type, pattern.type, session);
    case TypePattern::Kind::kVariable:
      return BindVariable(pattern, type, session, bindings);
    case TypePattern::Kind::kAny:
      return 3;
    case TypePattern::Kind::kLambda:
      return std::nullopt;
    case TypePattern::Kind::kSized:
      return BindSized(pattern, type, session, bindings);
    case TypePattern::Kind::kArray:
    case TypePattern::Kind::kMap:
    case TypePattern::Kind::kRow: {
      if (type.id() == TypeId::kUnknown) return 5;
      const TypeId wanted = pattern.kind == TypePattern::Kind::kArray ? TypeId::kArray
                            : pattern.kind == TypePattern::Kind::kMap ? TypeId::kMap
                                                                      : TypeId::kRow;
      if (type.id() != wanted || type.fields().size() != pattern.children.size()) {
        return std::nullopt;
      }
      int cost = 0;
      for (std::size_t i = 0; i < pattern.children.size(); ++i) {
        const auto part = Bind(pattern.children[i], type.fields()[i].type, session, bindings);
        if (!part) return std::nullopt;
        cost += *part;
      }
      return cost;
    }
  }
  return std::nullopt;
}

std::string PatternText(const TypePattern& pattern, Dialect dialect) {
  const bool trino = dialect == Dialect::kTrino;
  switch (pattern.kind) {
    case TypePattern::Kind::kVariable:
      if (!trino && !pattern.bound.empty()) {
        std::string bound = pattern.bound;
        std::ranges::transform(bound, bound.begin(),
                               [](unsigned char c) { return std::toupper(c); });
        return fmt::format("\"{}\"", bound);
      }
      return trino ? std::string(1, pattern.variable) : "\"ANY\"";
    case TypePattern::Kind::kAny:
      return trino ? "T" : "\"ANY\"";
    case TypePattern::Kind::kArray:
      if (!trino) return "\"ARRAY\"";
      return fmt::format("array({})", PatternText(pattern.children[0], dialect));
    case TypePattern::Kind::kMap:
      if (!trino) return "\"MAP\"";
      return fmt::format("map({},{})", PatternText(pattern.children[0], dialect),
                         PatternText(pattern.children[1], dialect));
    case TypePattern::Kind::kRow:
      return trino ? "row" : "\"STRUCT\"";
    case TypePattern::Kind::kLambda: {
      if (!trino) return "\"FUNCTION\"";
      std::string text = "function(";
      for (const TypePattern& child : pattern.children) {
        if (text.size() > 9) text += ",";
        text += PatternText(child, dialect);
      }
      return text + ")";
    }
    case TypePattern::Kind::kSized:
      if (!trino) return fmt::format("\"{}\"", SparkSqlName(Type(pattern.type.id())));
      if (pattern.type.id() == TypeId::kDecimal) return "decimal(p,s)";
      return fmt::format("{}({})", TrinoTypeName(Type(pattern.type.id())), pattern.first);
    case TypePattern::Kind::kType:
      if (!trino) return fmt::format("\"{}\"", SparkSqlName(pattern.type));
      // Trino's own signatures take a varchar of any length.
      if (pattern.type == Type::Varchar()) return "varchar(x)";
      return TrinoTypeName(pattern.type);
  }
  return "";
}

}  // namespace owlet::plan
