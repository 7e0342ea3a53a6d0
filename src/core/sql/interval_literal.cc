#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "core/sql/grammar.h"

// INTERVAL literals. A year-month interval holds months; a day-time interval holds everything in
// microseconds, a day being 24 hours in both dialects.

namespace owlet::sql {

using plan::ExpressionPtr;
using plan::Interval;
using plan::IntervalField;
using plan::Literal;
using plan::Type;

namespace {

struct Unit {
  std::string_view name;
  IntervalField field;
  std::int64_t months;  // of one
  std::int64_t micros;
};

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::array<Unit, 10> kUnits = {{{"YEAR", IntervalField::kYear, 12, 0},
                                          {"MONTH", IntervalField::kMonth, 1, 0},
                                          {"WEEK", IntervalField::kDay, 0, 7 * 86'400 * kSecond},
                                          {"DAY", IntervalField::kDay, 0, 86'400 * kSecond},
                                          {"HOUR", IntervalField::kHour, 0, 3'600 * kSecond},
                                          {"MINUTE", IntervalField::kMinute, 0, 60 * kSecond},
                                          {"SECOND", IntervalField::kSecond, 0, kSecond},
                                          {"MILLISECOND", IntervalField::kSecond, 0, 1'000},
                                          {"MICROSECOND", IntervalField::kSecond, 0, 1},
                                          {"NANOSECOND", IntervalField::kSecond, 0, 0}}};

/// The unit of this name, in the plural too for Spark.
const Unit* FindUnit(std::string_view word, bool plural) {
  for (const Unit& unit : kUnits) {
    if (word == unit.name) return &unit;
    if (plural && word.size() == unit.name.size() + 1 && word.back() == 'S' &&
        word.starts_with(unit.name)) {
      return &unit;
    }
  }
  return nullptr;
}

Type IntervalType(IntervalField start, IntervalField end) {
  return end <= IntervalField::kMonth ? Type::IntervalYearMonth(start, end)
                                      : Type::IntervalDayTime(start, end);
}

/// Reads digits, with a fraction of up to 9 digits where a second may have one.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}
  std::optional<std::int64_t> Number() {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (error != std::errc() || rest_.front() == '-') return std::nullopt;
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return value;
  }
  bool Take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  std::int64_t Fraction() {
    std::int64_t micros = 0;
    std::int64_t place = 100'000;
    while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') {
      micros += place * (rest_.front() - '0');
      place /= 10;
      rest_.remove_prefix(1);
    }
    return micros;
  }
  [[nodiscard]] bool empty() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

/// "1-2" (year to month), "1 2:03:04.5" (day to second) and what lies between.
std::optional<Interval> ParseFields(std::string_view text, IntervalField from, IntervalField to) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  bool negative = false;
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    negative = text.front() == '-';
    text.remove_prefix(1);
  }
  if (text.empty()) return std::nullopt;
  Reader reader(text);
  Interval interval;
  for (int field = static_cast<int>(from); field <= static_cast<int>(to); ++field) {
    if (field > static_cast<int>(from)) {
      const char separator = field == static_cast<int>(IntervalField::kMonth)  ? '-'
                             : field == static_cast<int>(IntervalField::kHour) ? ' '
                                                                               : ':';
      if (!reader.Take(separator)) return std::nullopt;
    }
    if (reader.empty()) return std::nullopt;
    const auto number = reader.Number();
    if (!number) return std::nullopt;
    for (const Unit& unit : kUnits) {
      if (unit.name == "WEEK" || static_cast<int>(unit.field) != field) continue;
      std::int64_t product = 0;
      if (__builtin_mul_overflow(*number, unit.months, &product)) return std::nullopt;
      interval.months += static_cast<std::int32_t>(product);
      if (__builtin_mul_overflow(*number, unit.micros, &product)) return std::nullopt;
      interval.micros += product;
      break;
    }
    if (field == static_cast<int>(IntervalField::kSecond) && reader.Take('.')) {
      interval.micros += reader.Fraction();
    }
  }
  if (!reader.empty()) return std::nullopt;
  if (negative) {
    interval.months = -interval.months;
    interval.micros = -interval.micros;
  }
  return interval;
}

}  // namespace

Result<ExpressionPtr> Grammar::IntervalLiteral() {
  const std::size_t start = tokens.position();
  OWLET_CHECK_OK(tokens.Expect("INTERVAL"));
  return tokens.trino() ? TrinoInterval(start) : SparkInterval(start);
}

Result<ExpressionPtr> Grammar::TrinoInterval(std::size_t start) {
  // `INTERVAL '1' DAYS` reads as a literal of a type INTERVAL, named DAYS: Trino says so too.
  const bool negative = tokens.Is("-");
  if (negative || tokens.Is("+")) tokens.Next();
  OWLET_TRY(std::string text, String());
  const Unit* from = FindUnit(tokens.Peek().value, false);
  if (from == nullptr || from->name == "WEEK" || from->micros == 1 || from->micros == 1'000) {
    return Invalid(start, "TYPE_NOT_FOUND", "", "Unknown resolvedType: INTERVAL");
  }
  tokens.Next();
  const Unit* to = from;
  std::string fields(from->name);
  if (tokens.Is("TO")) {
    tokens.Next();
    to = FindUnit(tokens.Peek().value, false);
    if (to == nullptr) {
      for (const std::string_view word : {"DAY", "HOUR", "MINUTE", "MONTH", "SECOND", "YEAR"}) {
        tokens.Want(word);
      }
      return tokens.Unexpected();
    }
    tokens.Next();
    fields += " TO " + std::string(to->name);
  }
  const bool year_month = from->field <= IntervalField::kMonth;
  const bool mixed = year_month != (to->field <= IntervalField::kMonth) || to->field < from->field;
  auto interval = mixed ? std::nullopt : ParseFields(text, from->field, to->field);
  if (!interval) {
    return Invalid(start, "INVALID_LITERAL", "", "Invalid INTERVAL " + fields + " value: " + text);
  }
  if (negative) {
    interval->months = -interval->months;
    interval->micros = -interval->micros;
  }
  const Type type = year_month
                        ? Type::IntervalYearMonth(IntervalField::kYear, IntervalField::kMonth)
                        : Type::IntervalDayTime(IntervalField::kDay, IntervalField::kSecond);
  return Make(Literal{type, *interval}, start);
}

/// INTERVAL 1 DAY 2 HOURS, INTERVAL '1' DAY, INTERVAL '1-2' YEAR TO MONTH, INTERVAL '1 day 2
/// hours'.
Result<ExpressionPtr> Grammar::SparkInterval(std::size_t start) {
  const bool text_only =
      tokens.Peek().kind == TokenKind::kString && FindUnit(tokens.Peek(1).value, true) == nullptr;
  if (text_only) return SparkIntervalText(start);
  Interval total;
  bool months = false;
  bool micros = false;
  IntervalField first = IntervalField::kSecond;
  IntervalField last = IntervalField::kYear;
  do {
    bool negative = tokens.Is("-");
    if (negative || tokens.Is("+")) tokens.Next();
    const std::size_t value_start = tokens.position();
    const Token& value = tokens.Next();
    const Unit* unit = FindUnit(tokens.Peek().value, true);
    if (unit == nullptr || tokens.Peek().kind != TokenKind::kWord) return tokens.Unexpected();
    tokens.Next();
    if (tokens.Is("TO") && value.kind == TokenKind::kString) {
      tokens.Next();
      const Unit* to = FindUnit(tokens.Peek().value, true);
      if (to == nullptr) return tokens.Unexpected();
      tokens.Next();
      const bool fits = to->field > unit->field && (unit->field <= IntervalField::kMonth) ==
                                                       (to->field <= IntervalField::kMonth);
      auto interval = fits ? ParseFields(value.value, unit->field, to->field) : std::nullopt;
      if (!interval) {
        return Invalid(value_start, "INVALID_INTERVAL_FORMAT.UNMATCHED_FORMAT_STRING", "22006",
                       "Error parsing '" + value.value + "' to interval.",
                       {{"input", value.value}});
      }
      if (negative) *interval = {-interval->months, 0, -interval->micros};
      return Make(Literal{IntervalType(unit->field, to->field), *interval}, start);
    }
    const IntervalField end =
        unit->field == IntervalField::kMonth ? IntervalField::kMonth : unit->field;
    std::string_view digits = value.value;
    if (digits.starts_with('-')) {
      negative = !negative;
      digits.remove_prefix(1);
    } else if (digits.starts_with('+')) {
      digits.remove_prefix(1);
    }
    auto number =
        ParseFields(digits, unit->name == "SECOND" ? IntervalField::kSecond : IntervalField::kMonth,
                    unit->name == "SECOND" ? IntervalField::kSecond : IntervalField::kMonth);
    if (!number) {
      return Invalid(value_start, "_LEGACY_ERROR_TEMP_0026", "42601",
                     "Can only use numbers in the interval value part for multiple unit value "
                     "pairs interval form, but got invalid value: " +
                         value.value + ".",
                     {{"value", value.value}});
    }
    const std::int64_t sign = negative ? -1 : 1;
    total.months += static_cast<std::int32_t>(sign * number->months * unit->months);
    total.micros +=
        unit->name == "SECOND" ? sign * number->micros : sign * number->months * unit->micros;
    (unit->months != 0 ? months : micros) = true;
    first = std::min(first, unit->field);
    last = std::max(last, end);
  } while ((tokens.Peek().kind == TokenKind::kInteger ||
            tokens.Peek().kind == TokenKind::kDecimal || tokens.Peek().kind == TokenKind::kString ||
            tokens.Is("-")) &&
           FindUnit(tokens.Peek(tokens.Is("-") ? 2 : 1).value, true) != nullptr);
  if (months && micros) {
    const std::string literal(tokens.TextFrom(start));
    return Invalid(start, "_LEGACY_ERROR_TEMP_0029", "42601",
                   "Cannot mix year-month and day-time fields: " + literal + ".",
                   {{"literal", literal}});
  }
  return Make(Literal{IntervalType(first, last), total}, start);
}

Result<ExpressionPtr> Grammar::SparkIntervalText(std::size_t start) {
  const std::string text = tokens.Next().value;
  const auto invalid = [&] {
    return Invalid(start, "INVALID_TYPED_LITERAL", "42604",
                   "The value of the typed literal \"INTERVAL\" is invalid: '" + text + "'.",
                   {{"valueType", "\"INTERVAL\""}, {"value", "'" + text + "'"}});
  };
  std::string upper;
  for (const char c : text) {
    upper.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
  }
  std::string_view rest = upper;
  const auto word = [&rest] {
    while (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
    const std::size_t end = std::min(rest.find(' '), rest.size());
    const std::string_view out = rest.substr(0, end);
    rest.remove_prefix(end);
    return out;
  };
  Interval total;
  bool months = false;
  bool micros = false;
  IntervalField first = IntervalField::kSecond;
  IntervalField last = IntervalField::kYear;
  std::string_view number = word();
  if (number == "INTERVAL") number = word();
  do {
    const Unit* unit = FindUnit(word(), true);
    const bool second = unit != nullptr && unit->name == "SECOND";
    const auto value = ParseFields(number, second ? IntervalField::kSecond : IntervalField::kMonth,
                                   second ? IntervalField::kSecond : IntervalField::kMonth);
    if (unit == nullptr || !value) return invalid();
    total.months += static_cast<std::int32_t>(value->months * unit->months);
    total.micros += second ? value->micros : value->months * unit->micros;
    (unit->months != 0 ? months : micros) = true;
    first = std::min(first, unit->field);
    last = std::max(last, unit->field);
    number = word();
  } while (!number.empty());
  if (months && micros) {
    const std::string literal(tokens.TextFrom(start));
    return Invalid(start, "_LEGACY_ERROR_TEMP_0029", "42601",
                   "Cannot mix year-month and day-time fields: " + literal + ".",
                   {{"literal", literal}});
  }
  return Make(Literal{IntervalType(first, last), total}, start);
}

}  // namespace owlet::sql
