#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/time_zone.h"
#include "core/sql/date_text.h"
#include "core/sql/grammar.h"
#include "core/sql/lexer.h"
#include "core/sql/syntax_error.h"

namespace owlet::sql {

using plan::ExpressionPtr;
using plan::Literal;
using plan::Type;
using plan::TypeId;

namespace {

int CountCharacters(std::string_view text) {
  return static_cast<int>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

/// Digits with an optional dot and exponent as a decimal of just the size it needs, or nothing when
/// that is more than 38 digits.
std::optional<Literal> DecimalOf(std::string_view text, bool negative) {
  std::string digits;
  int scale = 0;
  bool dot = false;
  std::size_t i = 0;
  for (; i < text.size() && text[i] != 'e' && text[i] != 'E'; ++i) {
    if (text[i] == '.') {
      dot = true;
    } else {
      digits.push_back(text[i]);
      if (dot) ++scale;
    }
  }
  if (i < text.size()) scale -= std::atoi(std::string(text.substr(i + 1)).c_str());
  if (scale < -80 || scale > 80) return std::nullopt;
  for (; scale < 0; ++scale) digits.push_back('0');
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  const int precision = std::max({static_cast<int>(digits.size()), scale, 1});
  if (precision > 38) return std::nullopt;
  plan::Int128 value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return Literal{Type::Decimal(precision, scale), negative ? -value : value};
}

double DoubleOf(std::string_view text, bool negative) {
  const double value = std::strtod(std::string(text).c_str(), nullptr);
  return negative ? -value : value;
}

/// The value of decimal, hexadecimal, octal or binary digits, or nothing above 2^63.
std::optional<std::uint64_t> Magnitude(std::string_view text) {
  int base = 10;
  if (text.size() > 2 && text[0] == '0') {
    const char c = static_cast<char>(text[1] | 0x20);
    base = c == 'x' ? 16 : c == 'o' ? 8 : c == 'b' ? 2 : 10;
    if (base != 10) text.remove_prefix(2);
  }
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (value > (std::uint64_t{1} << 63U)) return std::nullopt;
  return value;
}

/// The signed value, when it lies within `lowest` and `highest`.
std::optional<std::int64_t> SignedWithin(std::string_view text, bool negative, std::int64_t lowest,
                                         std::int64_t highest) {
  const auto magnitude = Magnitude(text);
  if (!magnitude) return std::nullopt;
  const std::uint64_t minimum = std::uint64_t{1} << 63U;
  if (!negative && *magnitude == minimum) return std::nullopt;
  const std::int64_t value = *magnitude == minimum ? std::numeric_limits<std::int64_t>::min()
                             : negative            ? -static_cast<std::int64_t>(*magnitude)
                                                   : static_cast<std::int64_t>(*magnitude);
  if (value < lowest || value > highest) return std::nullopt;
  return value;
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::string Upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return out;
}

}  // namespace

Result<ExpressionPtr> Grammar::StringLiteral() {
  const std::size_t start = tokens.position();
  std::string value = tokens.Next().value;
  if (tokens.trino()) {
    const int length = CountCharacters(value);
    return Make(Literal{Type::Varchar(length), std::move(value)}, start);
  }
  while (tokens.Peek().kind == TokenKind::kString) value += tokens.Next().value;
  return Make(Literal::String(std::move(value)), start);
}

Result<ExpressionPtr> Grammar::UnicodeStringLiteral() {
  const std::size_t start = tokens.position();
  const Token& token = tokens.Next();
  char escape = '\\';
  if (tokens.Accept("UESCAPE")) {
    const std::size_t at = tokens.position();
    OWLET_TRY(std::string text, String());
    if (text.size() != 1) {
      return Invalid(at, "SYNTAX_ERROR", "", "Invalid Unicode escape character: " + text);
    }
    escape = text[0];
  }
  OWLET_TRY(std::string value, DecodeUnicodeString(token.value, escape, token.span));
  const int length = CountCharacters(value);
  return Make(Literal{Type::Varchar(length), std::move(value)}, start);
}

Result<ExpressionPtr> Grammar::BinaryLiteral() {
  const std::size_t start = tokens.position();
  std::string digits;
  for (const char c : tokens.Next().value) {
    if (c == ' ' || c == '\n' || c == '\t' || c == '\r') continue;
    if (HexDigit(c) < 0) {
      return Invalid(start, "SYNTAX_ERROR", "",
                     "Binary literal can only contain hexadecimal digits");
    }
    digits.push_back(c);
  }
  if (digits.size() % 2 != 0) {
    return Invalid(start, "SYNTAX_ERROR", "",
                   "Binary literal must contain an even number of digits");
  }
  std::string bytes;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    bytes.push_back(static_cast<char>(HexDigit(digits[i]) * 16 + HexDigit(digits[i + 1])));
  }
  return Make(Literal{Type(TypeId::kVarbinary), std::move(bytes)}, start);
}

Result<ExpressionPtr> Grammar::NumberLiteral() {
  const std::size_t start = tokens.position();
  const bool negative = tokens.Is("-");
  if (negative) tokens.Next();
  const Token& token = tokens.Peek();
  if (!tokens.trino()) return SparkNumber(token, start);
  tokens.Next();
  if (token.kind == TokenKind::kDouble) {
    return Make(Literal::Double(DoubleOf(token.value, negative)), start);
  }
  if (token.kind == TokenKind::kDecimal) {
    if (auto literal = DecimalOf(token.value, negative)) return Make(*std::move(literal), start);
    return Invalid(start, "INVALID_LITERAL", "",
                   "'" + std::string(tokens.TextFrom(start)) + "' is not a valid DECIMAL literal");
  }
  const auto value = SignedWithin(token.value, negative, std::numeric_limits<std::int64_t>::min(),
                                  std::numeric_limits<std::int64_t>::max());
  if (!value) {
    return Invalid(start, "SYNTAX_ERROR", "",
                   "Invalid numeric literal: " + std::string(tokens.TextFrom(start)));
  }
  if (*value >= std::numeric_limits<std::int32_t>::min() &&
      *value <= std::numeric_limits<std::int32_t>::max()) {
    return Make(Literal::Integer(static_cast<std::int32_t>(*value)), start);
  }
  return Make(Literal::Bigint(*value), start);
}

Result<ExpressionPtr> Grammar::SparkNumber(const Token& token, std::size_t start) {
  const bool negative = tokens.position() > start;
  tokens.Next();
  const std::string raw(tokens.TextFrom(start));
  struct Sized {
    std::string_view suffix, name, lowest, highest;
    TypeId type;
    std::int64_t minimum, maximum;
  };
  using Long = std::numeric_limits<std::int64_t>;
  const Sized kSized[] = {{"Y", "tinyint", "-128", "127", TypeId::kTinyint, -128, 127},
                          {"S", "smallint", "-32768", "32767", TypeId::kSmallint, -32768, 32767},
                          {"L", "bigint", "-9223372036854775808", "9223372036854775807",
                           TypeId::kBigint, Long::min(), Long::max()}};
  for (const Sized& sized : kSized) {
    if (token.suffix != sized.suffix) continue;
    const auto value = SignedWithin(token.value, negative, sized.minimum, sized.maximum);
    if (value) return Make(Literal{Type(sized.type), *value}, start);
    const std::string digits = (negative ? "-" : "") + token.value;
    return Invalid(start, "INVALID_NUMERIC_LITERAL_RANGE", "22003",
                   "Numeric literal " + digits + " is outside the valid range for " +
                       std::string(sized.name) + " with minimum value of " +
                       std::string(sized.lowest) + " and maximum value of " +
                       std::string(sized.highest) + ". Please adjust the value accordingly.",
                   {{"rawLiteralQualifier", ""},
                    {"rawStrippedQualifier", digits},
                    {"typeName", std::string(sized.name)},
                    {"minValue", std::string(sized.lowest)},
                    {"maxValue", std::string(sized.highest)}});
  }
  if (token.suffix == "D" || (token.suffix.empty() && token.kind == TokenKind::kDouble)) {
    return Make(Literal::Double(DoubleOf(token.value, negative)), start);
  }
  if (token.suffix == "F") {
    return Make(Literal{Type(TypeId::kReal),
                        static_cast<double>(static_cast<float>(DoubleOf(token.value, negative)))},
                start);
  }
  if (token.suffix.empty() && token.kind == TokenKind::kInteger) {
    using Int = std::numeric_limits<std::int32_t>;
    if (const auto value = SignedWithin(token.value, negative, Int::min(), Int::max())) {
      return Make(Literal::Integer(static_cast<std::int32_t>(*value)), start);
    }
    if (const auto value = SignedWithin(token.value, negative, Long::min(), Long::max())) {
      return Make(Literal::Bigint(*value), start);
    }
  }
  if (auto literal = DecimalOf(token.value, negative)) return Make(*std::move(literal), start);
  const auto digits = std::to_string(std::count_if(token.value.begin(), token.value.end(),
                                                   [](char c) { return c >= '0' && c <= '9'; }));
  return Invalid(start, "DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION", "22003",
                 "Decimal precision " + digits + " exceeds max precision 38.",
                 {{"precision", digits}, {"maxPrecision", "38"}});
}

Result<ExpressionPtr> Grammar::TypedLiteral(bool& found) {
  const std::size_t start = tokens.position();
  const auto is_text = [&](std::size_t ahead) {
    const TokenKind kind = tokens.Peek(ahead).kind;
    return kind == TokenKind::kString || kind == TokenKind::kUnicodeString;
  };
  found = true;
  if (tokens.Is("INTERVAL")) {
    const bool sign = tokens.IsAny({"+", "-"}, 1);
    const std::size_t value = sign ? 2 : 1;
    const TokenKind kind = tokens.Peek(value).kind;
    const bool number =
        !tokens.trino() && (kind == TokenKind::kInteger || kind == TokenKind::kDecimal);
    const bool unit = tokens.Peek(value + 1).kind == TokenKind::kWord;
    if ((is_text(value) && (tokens.trino() || !sign || unit)) || (number && unit)) {
      return IntervalLiteral();
    }
  }
  if (AtIdentifier() && is_text(1)) {
    return tokens.trino() ? TrinoTypedLiteral(start) : SparkTypedLiteral(start);
  }
  if (tokens.trino() && tokens.IsWords("DOUBLE PRECISION") && is_text(2)) {
    tokens.Next();
    tokens.Next();
    OWLET_TRY(ExpressionPtr text, StringLiteral());
    return Make(plan::Cast{std::move(text), Type(TypeId::kDouble)}, start);
  }
  found = false;
  return ExpressionPtr();
}

namespace {

/// Whether the text of a literal is a value of the type: of numbers and booleans, which Trino looks
/// at before it runs anything.
bool IsLiteralOf(const Type& type, const std::string& text) {
  const char* const end = text.data() + text.size();
  if (type.IsInteger()) {
    const int bits = type.id() == TypeId::kTinyint    ? 8
                     : type.id() == TypeId::kSmallint ? 16
                     : type.id() == TypeId::kInteger  ? 32
                                                      : 64;
    std::int64_t value = 0;
    const char* const begin = text.data() + (text.starts_with('+') ? 1 : 0);
    const auto read = std::from_chars(begin, end, value);
    const std::int64_t rest = value >> (bits - 1);
    return read.ec == std::errc() && read.ptr == end && (rest == 0 || rest == -1);
  }
  if (type.id() == TypeId::kBoolean) {
    std::string lower = text;
    for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return lower == "t" || lower == "true" || lower == "1" || lower == "f" || lower == "false" ||
           lower == "0";
  }
  if (type.id() == TypeId::kDouble || type.id() == TypeId::kReal) {
    double value = 0;
    const char* const begin = text.data() + (text.starts_with('+') ? 1 : 0);
    const auto read = std::from_chars(begin, end, value);
    return read.ptr == end && begin != end;
  }
  return true;
}

}  // namespace

Result<ExpressionPtr> Grammar::TrinoTypedLiteral(std::size_t start) {
  const std::string name = tokens.Peek().value;
  const auto invalid = [&](const std::string& text) {
    return Invalid(start, "INVALID_LITERAL", "",
                   "'" + text + "' is not a valid " + name + " literal");
  };
  if (name == "DATE" || name == "TIMESTAMP" || name == "TIME" || name == "DECIMAL" ||
      name == "JSON" || name == "CHAR") {
    tokens.Next();
    OWLET_TRY(std::string text, String());
    if (name == "JSON") {
      // In the form that json_parse gives it.
      if (!nlohmann::json::accept(text)) return invalid(text);
      return Call("json_parse", {Text(std::move(text), start)}, start);
    }
    if (name == "CHAR") {
      const int length = CountCharacters(text);
      return Make(Literal{Type::Char(length), std::move(text)}, start);
    }
    if (name == "DATE") {
      const auto days = ParseDateText(text, SqlDialect::kTrino);
      if (!days) return invalid(text);
      return Make(Literal{Type(TypeId::kDate), std::int64_t{*days}}, start);
    }
    if (name == "DECIMAL") {
      std::string_view digits = text;
      const bool negative = digits.starts_with('-');
      if (negative || digits.starts_with('+')) digits.remove_prefix(1);
      const bool plain = !digits.empty() && std::count(digits.begin(), digits.end(), '.') <= 1 &&
                         digits.find_first_not_of("0123456789.") == std::string_view::npos &&
                         digits != ".";
      auto literal = plain ? DecimalOf(digits, negative) : std::nullopt;
      if (!literal) return invalid(text);
      return Make(*std::move(literal), start);
    }
    const auto time =
        name == "TIME" ? ParseTimeText(text) : ParseTimestampText(text, SqlDialect::kTrino);
    if (!time) return invalid(text);
    const bool zoned = !time->zone.empty();
    const Type type = name == "TIME" ? Type::Time(time->precision)
                      : zoned        ? Type::TimestampWithZone(time->precision)
                                     : Type::Timestamp(time->precision);
    if (zoned || time->precision > 6) {
      if (zoned && name == "TIME") {
        return Make(plan::Cast{Text(std::move(text), start), Type(TypeId::kTimeWithZone)}, start);
      }
      return Make(plan::Cast{Text(std::move(text), start), type}, start);
    }
    return Make(Literal{type, time->micros}, start);
  }
  OWLET_TRY(Type type, TrinoNamedType(tokens.position()));
  const std::size_t at = tokens.position();
  OWLET_TRY(std::string text, String());
  const int length = CountCharacters(text);
  if (type.id() == TypeId::kVarchar) {
    return Make(Literal{std::move(type), std::move(text)}, start);
  }
  if (!IsLiteralOf(type, text)) return invalid(text);
  ExpressionPtr value = Make(Literal{Type::Varchar(length), std::move(text)}, at);
  return Make(plan::Cast{std::move(value), std::move(type)}, start);
}

Result<ExpressionPtr> Grammar::SparkTypedLiteral(std::size_t start) {
  const std::string name = Upper(tokens.Peek().text);
  if (name == "INTERVAL") return IntervalLiteral();
  tokens.Next();
  const bool known = name == "DATE" || name == "TIMESTAMP" || name == "TIMESTAMP_NTZ" ||
                     name == "TIMESTAMP_LTZ" || name == "TIME" || name == "X";
  OWLET_TRY(std::string text, String());
  if (!known) {
    return Invalid(start, "UNSUPPORTED_TYPED_LITERAL", "0A000",
                   "Literals of the type \"" + name +
                       "\" are not supported. Supported types are \"DATE\", \"TIMESTAMP_NTZ\", "
                       "\"TIMESTAMP_LTZ\", \"TIMESTAMP\", \"INTERVAL\", \"X\", \"TIME\".",
                   {{"unsupportedType", "\"" + name + "\""},
                    {"supportedTypes",
                     "\"DATE\", \"TIMESTAMP_NTZ\", \"TIMESTAMP_LTZ\", \"TIMESTAMP\", \"INTERVAL\", "
                     "\"X\", \"TIME\""}});
  }
  const auto invalid = [&] {
    return Invalid(start, "INVALID_TYPED_LITERAL", "42604",
                   "The value of the typed literal \"" + name + "\" is invalid: '" + text + "'.",
                   {{"valueType", "\"" + name + "\""}, {"value", "'" + text + "'"}});
  };
  if (name == "X") {
    std::string digits = text.size() % 2 != 0 ? "0" + text : text;
    std::string bytes;
    for (std::size_t i = 0; i < digits.size(); i += 2) {
      if (HexDigit(digits[i]) < 0 || HexDigit(digits[i + 1]) < 0) return invalid();
      bytes.push_back(static_cast<char>(HexDigit(digits[i]) * 16 + HexDigit(digits[i + 1])));
    }
    return Make(Literal{Type(TypeId::kVarbinary), std::move(bytes)}, start);
  }
  if (name == "DATE") {
    const auto days = ParseDateText(text, SqlDialect::kSpark);
    if (!days) return invalid();
    return Make(Literal{Type(TypeId::kDate), std::int64_t{*days}}, start);
  }
  if (name == "TIME") {
    const auto time = ParseTimeText(text);
    if (!time || !time->zone.empty()) return invalid();
    return Make(Literal{Type::Time(6), time->micros}, start);
  }
  const auto time = ParseTimestampText(text, SqlDialect::kSpark);
  if (!time) return invalid();
  if (name == "TIMESTAMP_NTZ") {
    if (!time->zone.empty()) return invalid();
    return Make(Literal{Type::Timestamp(6), time->micros}, start);
  }
  if (time->has_offset)
    return Make(Literal{Type(TypeId::kTimestampLocalZone), time->micros}, start);
  if (!time->zone.empty()) {
    const auto zone = TimeZone::Find(time->zone);
    if (!zone) return invalid();
    return Make(Literal{Type(TypeId::kTimestampLocalZone), zone->ToUtc(time->micros)}, start);
  }
  // The instant depends on the session's zone: the resolver makes this a constant.
  return Make(plan::Cast{Make(Literal{Type::Timestamp(6), time->micros}, start),
                         Type(TypeId::kTimestampLocalZone), plan::CastMode::kAnsi},
              start);
}

}  // namespace owlet::sql
