#include <fmt/format.h>

#include <cctype>
#include <cmath>

#include "core/engine/functions/cells.h"
#include "core/engine/functions/instants.h"
#include "core/engine/functions/numbers.h"

// Casts between scalars with each dialect's rules and errors. All have the arguments
// (value, $result, mode, zone, origin); nested types are taken apart in SQL (cast_sql.cc).

namespace owlet::engine {

namespace {

constexpr std::size_t kMode = 2;
constexpr std::size_t kZone = 3;
constexpr std::size_t kOrigin = 4;

enum class Dialect : std::uint8_t { kSpark, kTrino };

// Mode of a cast: raise, NULL, or Spark's without ANSI (NULL for texts, wrapping for numbers).
bool Raises(const Cells& cells) { return cells.Integer(kMode) == 0; }
bool Wraps(const Cells& cells) { return cells.Integer(kMode) == 2; }

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}

std::string_view IntegerName(int width, Dialect dialect) {
  switch (width) {
    case 1:
      return "TINYINT";
    case 2:
      return "SMALLINT";
    case 4:
      return dialect == Dialect::kSpark ? "INT" : "INTEGER";
    default:
      return "BIGINT";
  }
}

std::string SourceName(const Cells& cells) {
  switch (cells.Family(0)) {
    case 'i':
      return std::string(IntegerName(cells.IntegerWidth(0), Dialect::kSpark));
    case 'f':
      return cells.IsReal(0) ? "FLOAT" : "DOUBLE";
    case 'n':
      return fmt::format("DECIMAL({},{})", cells.Precision(0), cells.Scale(0));
    default:
      return "STRING";
  }
}

/// Spark's text literal in a message: '...' with quotes escaped.
std::string SparkTextLiteral(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "'";
}

void InvalidSparkInput(Cells& cells, std::string_view target) {
  if (!Raises(cells)) return cells.SetNull();
  const std::string shown = SparkTextLiteral(cells.Text(0));
  RaiseSpark(
      "CAST_INVALID_INPUT",
      fmt::format("The value {} of the type \"STRING\" cannot be cast to \"{}\" because it is "
                  "malformed.",
                  shown, target),
      {{"expression", shown},
       {"sourceType", "\"STRING\""},
       {"targetType", fmt::format("\"{}\"", target)},
       {"ansiConfig", std::string(kAnsiConfig)}},
      cells.Integer(kOrigin));
}

void InvalidTrinoInput(Cells& cells, std::string message) {
  if (!Raises(cells)) return cells.SetNull();
  RaiseTrino("INVALID_CAST_ARGUMENT", std::move(message), cells.Integer(kOrigin));
}

void SparkDecimalRange(Cells& cells, const std::string& shown) {
  if (!Raises(cells)) return cells.SetNull();
  RaiseSpark("NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION",
             fmt::format("{} cannot be represented as Decimal({}, {}).", shown,
                         cells.ResultPrecision(), cells.ResultScale()),
             {{"value", shown},
              {"precision", std::to_string(cells.ResultPrecision())},
              {"scale", std::to_string(cells.ResultScale())},
              {"config", std::string(kAnsiConfig)}},
             cells.Integer(kOrigin));
}

bool FitsWidth(Int128 value, int width) {
  const Int128 limit = Int128{1} << (width * 8 - 1);
  return value < limit && value >= -limit;
}

// ---- From text.

template <Dialect kDialect>
void TextToInteger(Cells& cells) {
  const int width = cells.ResultWidth();
  std::string_view text = TrimControl(cells.Text(0));
  if (kDialect == Dialect::kSpark && Wraps(cells)) {
    // Without ANSI a fraction is cut off.
    const auto point = text.find('.');
    if (point != std::string_view::npos && point + 1 <= text.size() &&
        text.find_first_not_of("0123456789", point + 1) == std::string_view::npos) {
      text = text.substr(0, point);
    }
  }
  const auto value = ParseWhole(text);
  if (value && FitsWidth(*value, width)) return cells.SetInteger(*value);
  if (kDialect == Dialect::kSpark) {
    return InvalidSparkInput(cells, IntegerName(width, Dialect::kSpark));
  }
  InvalidTrinoInput(cells, fmt::format("Cannot cast '{}' to {}", cells.Text(0),
                                       IntegerName(width, Dialect::kSpark)));
}

template <Dialect kDialect>
void TextToFloat(Cells& cells) {
  const bool real = cells.ResultWidth() == 4;
  std::string_view text = TrimControl(cells.Text(0));
  auto value = ParseJavaDouble(text);
  if (!value && kDialect == Dialect::kSpark) {
    const std::string lower = Lower(text);
    if (lower == "inf" || lower == "+inf" || lower == "infinity" || lower == "+infinity") {
      value = HUGE_VAL;
    } else if (lower == "-inf" || lower == "-infinity") {
      value = -HUGE_VAL;
    } else if (lower == "nan") {
      value = std::nan("");
    }
  }
  if (value) return cells.SetDouble(*value);
  if (kDialect == Dialect::kSpark) return InvalidSparkInput(cells, real ? "FLOAT" : "DOUBLE");
  InvalidTrinoInput(cells,
                    fmt::format("Cannot cast '{}' to {}", cells.Text(0), real ? "REAL" : "DOUBLE"));
}

template <Dialect kDialect>
void TextToDecimal(Cells& cells) {
  const std::string_view text = TrimControl(cells.Text(0));
  const auto parsed = ParseDecimal(text, cells.ResultPrecision(), cells.ResultScale());
  if (parsed.valid && !parsed.overflow) return cells.SetUnscaled(parsed.unscaled);
  if (kDialect == Dialect::kSpark) {
    if (!parsed.valid) {
      return InvalidSparkInput(
          cells, fmt::format("DECIMAL({},{})", cells.ResultPrecision(), cells.ResultScale()));
    }
    return SparkDecimalRange(cells, std::string(text));
  }
  InvalidTrinoInput(cells,
                    fmt::format("Cannot cast VARCHAR '{}' to DECIMAL({}, {}). {}", cells.Text(0),
                                cells.ResultPrecision(), cells.ResultScale(),
                                parsed.valid ? "Value too large." : "Value is not a number."));
}

template <Dialect kDialect>
void TextToBoolean(Cells& cells) {
  const bool spark = kDialect == Dialect::kSpark;
  const std::string text = Lower(spark ? TrimControl(cells.Text(0)) : cells.Text(0));
  if (text == "t" || text == "true" || text == "1" || (spark && (text == "y" || text == "yes"))) {
    return cells.SetBoolean(true);
  }
  if (text == "f" || text == "false" || text == "0" || (spark && (text == "n" || text == "no"))) {
    return cells.SetBoolean(false);
  }
  if (spark) return InvalidSparkInput(cells, "BOOLEAN");
  InvalidTrinoInput(cells, fmt::format("Cannot cast '{}' to BOOLEAN", cells.Text(0)));
}

template <Dialect kDialect>
void TextToDate(Cells& cells) {
  const bool spark = kDialect == Dialect::kSpark;
  const auto days = ParseDate(cells.Text(0), spark ? TextRules::kSpark : TextRules::kTrino);
  if (days) return cells.SetInteger(*days);
  if (spark) return InvalidSparkInput(cells, "DATE");
  InvalidTrinoInput(cells, fmt::format("Value cannot be cast to date: {}", cells.Text(0)));
}

/// The zone argument "" means a timestamp without a zone: one in the text is left out.
template <Dialect kDialect>
void TextToTimestamp(Cells& cells) {
  const bool spark = kDialect == Dialect::kSpark;
  const std::string_view session = cells.Text(kZone);
  const auto parsed = ParseInstant(cells.Text(0), spark ? TextRules::kSpark : TextRules::kTrino);
  if (parsed) {
    if (session.empty()) return cells.SetInteger(parsed->local_micros);
    const TimeZone* zone = FindZone(parsed->zone.empty() ? session : parsed->zone);
    if (zone != nullptr) return cells.SetInteger(zone->ToUtc(parsed->local_micros));
  }
  if (spark) return InvalidSparkInput(cells, session.empty() ? "TIMESTAMP_NTZ" : "TIMESTAMP");
  InvalidTrinoInput(cells, fmt::format("Value cannot be cast to timestamp{}: {}",
                                       session.empty() ? "" : " with time zone", cells.Text(0)));
}

/// The zone that a text with an instant names, else the session's.
void TrinoTextZone(Cells& cells) {
  const auto parsed = ParseInstant(cells.Text(0), TextRules::kTrino);
  if (!parsed) return cells.SetNull();
  cells.SetText(parsed->zone.empty() ? cells.Text(1) : std::string_view(parsed->zone));
}

// ---- From numbers.

std::string SparkNumber(const Cells& cells) {
  switch (cells.Family(0)) {
    case 'f':
      return JavaText(cells.Double(0), cells.IsReal(0)) + (cells.IsReal(0) ? "" : "D");
    case 'n':
      return UnscaledText(cells.Unscaled(0), cells.Scale(0)) + "BD";
    default: {
      const int width = cells.IntegerWidth(0);
      return fmt::format("{}{}", cells.Integer(0),
                         width == 8   ? "L"
                         : width == 2 ? "S"
                         : width == 1 ? "Y"
                                      : "");
    }
  }
}

void SparkCastOverflow(Cells& cells, std::string_view target) {
  if (!Raises(cells)) return cells.SetNull();
  const std::string shown = SparkNumber(cells);
  const std::string source = SourceName(cells);
  RaiseSpark("CAST_OVERFLOW",
             fmt::format("The value {} of the type \"{}\" cannot be cast to \"{}\" due to an "
                         "overflow.",
                         shown, source, target),
             {{"value", shown},
              {"sourceType", fmt::format("\"{}\"", source)},
              {"targetType", fmt::format("\"{}\"", target)},
              {"ansiConfig", std::string(kAnsiConfig)}},
             cells.Integer(kOrigin));
}

/// The whole number of a value: cut off in Spark, rounded half up in Trino; nothing beyond 128
/// bits.
std::optional<Int128> WholeOf(const Cells& cells, Dialect dialect) {
  switch (cells.Family(0)) {
    case 'f': {
      const double value = cells.Double(0);
      const double whole = dialect == Dialect::kSpark ? std::trunc(value) : std::round(value);
      constexpr double kFar = 1e37;
      if (!(std::fabs(whole) < kFar)) return std::nullopt;
      return static_cast<Int128>(whole);
    }
    case 'n':
      return DropDigits(cells.Unscaled(0), cells.Scale(0),
                        dialect == Dialect::kSpark ? Rounding::kDown : Rounding::kHalfUp);
    default:
      return cells.Unscaled(0);
  }
}

void WrapToInteger(Cells& cells, std::optional<Int128> whole) {
  const int width = cells.ResultWidth();
  if (cells.Family(0) == 'f') {
    // Java: a double becomes an int (or long) by clamping; bytes and shorts then cut the int.
    const double value = cells.Double(0);
    if (std::isnan(value)) return cells.SetInteger(0);
    const Int128 limit = Int128{1} << (width == 8 ? 63 : 31);
    Int128 clamped = whole ? *whole : (value > 0 ? limit : -limit);
    clamped = std::min(std::max(clamped, -limit), limit - 1);
    whole = clamped;
  }
  const auto raw = static_cast<std::int64_t>(*whole);
  switch (width) {
    case 1:
      return cells.SetInteger(static_cast<std::int8_t>(raw));
    case 2:
      return cells.SetInteger(static_cast<std::int16_t>(raw));
    case 4:
      return cells.SetInteger(static_cast<std::int32_t>(raw));
    default:
      return cells.SetInteger(raw);
  }
}

template <Dialect kDialect>
void NumberToInteger(Cells& cells) {
  const int width = cells.ResultWidth();
  const auto whole = WholeOf(cells, kDialect);
  if (whole && FitsWidth(*whole, width)) return cells.SetUnscaled(*whole);
  if (kDialect == Dialect::kSpark) {
    if (Wraps(cells) && cells.Family(0) != 'n') return WrapToInteger(cells, whole);
    return SparkCastOverflow(cells, IntegerName(width, Dialect::kSpark));
  }
  if (!Raises(cells)) return cells.SetNull();
  const std::string name = Lower(IntegerName(width, Dialect::kTrino));
  if (cells.Family(0) == 'f') {
    const std::string shown = JavaText(cells.Double(0), cells.IsReal(0));
    const std::string_view type = cells.IsReal(0) ? "real" : "double";
    if (std::isnan(cells.Double(0))) {
      return InvalidTrinoInput(cells, fmt::format("Cannot cast {} NaN to {}", type, name));
    }
    if (width < 8) {
      RaiseTrino("NUMERIC_VALUE_OUT_OF_RANGE", fmt::format("Out of range for {}: {}", name, shown),
                 cells.Integer(kOrigin));
    }
    return InvalidTrinoInput(cells, fmt::format("Unable to cast {} to {}", shown, name));
  }
  if (cells.Family(0) == 'n') {
    return InvalidTrinoInput(cells, fmt::format("Cannot cast '{}' to {}",
                                                UnscaledText(cells.Unscaled(0), cells.Scale(0)),
                                                IntegerName(width, Dialect::kTrino)));
  }
  RaiseTrino("NUMERIC_VALUE_OUT_OF_RANGE",
             fmt::format("Out of range for {}: {}", name, cells.Integer(0)),
             cells.Integer(kOrigin));
}

template <Dialect kDialect>
void NumberToDecimal(Cells& cells) {
  const int precision = cells.ResultPrecision();
  const int scale = cells.ResultScale();
  std::string shown;
  std::optional<Int128> value;
  if (cells.Family(0) == 'f') {
    shown = JavaText(cells.Double(0), cells.IsReal(0));
    value = DecimalOfDouble(cells.Double(0), cells.IsReal(0), precision, scale);
    const double number = cells.Double(0);
    if (!value && kDialect == Dialect::kSpark && !std::isfinite(number)) return cells.SetNull();
  } else {
    shown = UnscaledText(cells.Unscaled(0), cells.Scale(0));
    value = Rescale(cells.Unscaled(0), cells.Scale(0), scale, Rounding::kHalfUp);
  }
  if (value && FitsPrecision(*value, precision)) return cells.SetUnscaled(*value);
  if (kDialect == Dialect::kSpark) return SparkDecimalRange(cells, shown);
  std::string source = cells.Family(0) == 'f' ? (cells.IsReal(0) ? "REAL" : "DOUBLE")
                       : cells.Family(0) == 'n'
                           ? fmt::format("DECIMAL({}, {})", cells.Precision(0), cells.Scale(0))
                           : std::string(IntegerName(cells.IntegerWidth(0), Dialect::kTrino));
  InvalidTrinoInput(cells, fmt::format("Cannot cast {} '{}' to DECIMAL({}, {})", source, shown,
                                       precision, scale));
}

void SparkFloatText(Cells& cells) { cells.SetText(JavaText(cells.Double(0), cells.IsReal(0))); }
void TrinoFloatText(Cells& cells) { cells.SetText(TrinoText(cells.Double(0), cells.IsReal(0))); }

/// Spark: seconds to an instant.
void SparkSecondsToTimestamp(Cells& cells) {
  const double value = cells.Double(0);
  if (!std::isfinite(value)) {
    if (!Raises(cells)) return cells.SetNull();
    return SparkCastOverflow(cells, "TIMESTAMP");
  }
  cells.SetInteger(static_cast<std::int64_t>(value * static_cast<double>(kMicrosPerSecond)));
}

/// Trino: varchar(n) that does not hold a number's text.
void TrinoFitText(Cells& cells) {
  const std::string_view text = cells.Text(0);
  const std::int64_t length = cells.Integer(1);
  if (static_cast<std::int64_t>(text.size()) <= length) return cells.SetText(text);
  if (cells.Integer(2) != 0) return cells.SetNull();
  RaiseTrino("INVALID_CAST_ARGUMENT",
             fmt::format("Value {} cannot be represented as varchar({})", text, length),
             cells.Integer(3));
}

// ---- Dates and times to text.

/// timestamp_text(local, digits); -1 digits: as Spark, without zeros at the end.
void TimestampToText(Cells& cells) {
  cells.SetText(TimestampText(cells.Integer(0), static_cast<int>(cells.Integer(1))));
}

/// round_timestamp(value, digits): Trino rounds half up to fewer digits.
void RoundTimestamp(Cells& cells) {
  const auto digits = static_cast<int>(cells.Integer(1));
  const auto unit = static_cast<std::int64_t>(PowerOfTen(6 - std::min(digits, 6)));
  cells.SetInteger(FloorDivide(cells.Integer(0) + unit / 2, unit) * unit);
}

std::int64_t MicrosOf(const plan::Interval& value) {
  return value.days * kMicrosPerDay + value.micros;
}

void TrinoDayIntervalText(Cells& cells) {
  const std::int64_t millis = MicrosOf(cells.Interval(0)) / 1000;
  const bool negative = millis < 0;
  const std::int64_t rest = negative ? -millis : millis;
  cells.SetText(fmt::format("{}{} {:02}:{:02}:{:02}.{:03}", negative ? "-" : "", rest / 86400000,
                            rest / 3600000 % 24, rest / 60000 % 60, rest / 1000 % 60, rest % 1000));
}

void TrinoMonthIntervalText(Cells& cells) {
  const int months = cells.Interval(0).months;
  const int rest = std::abs(months);
  cells.SetText(fmt::format("{}{}-{}", months < 0 ? "-" : "", rest / 12, rest % 12));
}

/// Spark: interval_text(value, start field, end field), as ANSI SQL writes it.
void SparkMonthIntervalText(Cells& cells) {
  const int months = cells.Interval(0).months;
  const int rest = std::abs(months);
  const std::string sign = months < 0 ? "-" : "";
  const std::int64_t start = cells.Integer(1);
  const std::int64_t end = cells.Integer(2);
  if (start == 0 && end == 0) {
    return cells.SetText(fmt::format("INTERVAL '{}{}' YEAR", sign, rest / 12));
  }
  if (start == 1) return cells.SetText(fmt::format("INTERVAL '{}{}' MONTH", sign, rest));
  cells.SetText(fmt::format("INTERVAL '{}{}-{}' YEAR TO MONTH", sign, rest / 12, rest % 12));
}

void SparkDayIntervalText(Cells& cells) {
  constexpr std::string_view kNames[] = {"YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"};
  const std::int64_t micros = MicrosOf(cells.Interval(0));
  const auto start = static_cast<std::size_t>(cells.Integer(1));
  const auto end = static_cast<std::size_t>(cells.Integer(2));
  std::int64_t rest = micros < 0 ? -micros : micros;
  std::string text = micros < 0 ? "-" : "";
  const std::int64_t units[] = {
      0, 0, kMicrosPerDay, 3600 * kMicrosPerSecond, 60 * kMicrosPerSecond, kMicrosPerSecond};
  for (std::size_t field = start; field <= end; ++field) {
    if (field > start) text += field == 3 ? " " : ":";
    const std::int64_t value = rest / units[field];
    rest %= units[field];
    text += field == start ? std::to_string(value) : fmt::format("{:02}", value);
    if (field == 5 && rest > 0) {
      std::string fraction = fmt::format(".{:06}", rest);
      while (fraction.back() == '0') fraction.pop_back();
      text += fraction;
    }
  }
  const std::string unit = start == end ? std::string(kNames[start])
                                        : fmt::format("{} TO {}", kNames[start], kNames[end]);
  cells.SetText(fmt::format("INTERVAL '{}' {}", text, unit));
}

}  // namespace

CellFunctions CastFunctions() {
  CellFunctions functions;
  const auto both = [&](std::string_view spark, std::string_view trino, std::string_view result,
                        CellCall spark_call, CellCall trino_call) {
    functions.push_back({spark, result, std::move(spark_call), false, 1});
    functions.push_back({trino, result, std::move(trino_call), false, 1});
  };
  using enum Dialect;
  both("spark.cast_text_integer", "trino.cast_text_integer", "$result", TextToInteger<kSpark>,
       TextToInteger<kTrino>);
  both("spark.cast_text_float", "trino.cast_text_float", "$result", TextToFloat<kSpark>,
       TextToFloat<kTrino>);
  both("spark.cast_text_decimal", "trino.cast_text_decimal", "$result", TextToDecimal<kSpark>,
       TextToDecimal<kTrino>);
  both("spark.cast_text_boolean", "trino.cast_text_boolean", "BOOLEAN", TextToBoolean<kSpark>,
       TextToBoolean<kTrino>);
  both("spark.cast_text_date", "trino.cast_text_date", "DATE", TextToDate<kSpark>,
       TextToDate<kTrino>);
  both("spark.cast_text_timestamp", "trino.cast_text_timestamp", "TIMESTAMP",
       TextToTimestamp<kSpark>, TextToTimestamp<kTrino>);
  both("spark.cast_number_integer", "trino.cast_number_integer", "$result", NumberToInteger<kSpark>,
       NumberToInteger<kTrino>);
  both("spark.cast_number_decimal", "trino.cast_number_decimal", "$result", NumberToDecimal<kSpark>,
       NumberToDecimal<kTrino>);
  functions.push_back({"trino.text_zone", "VARCHAR", TrinoTextZone});
  functions.push_back({"spark.float_text", "VARCHAR", SparkFloatText});
  functions.push_back({"trino.float_text", "VARCHAR", TrinoFloatText});
  functions.push_back(
      {"spark.seconds_to_timestamp", "TIMESTAMP", SparkSecondsToTimestamp, false, 1});
  functions.push_back({"trino.fit_text", "VARCHAR", TrinoFitText});
  functions.push_back({"*.timestamp_text", "VARCHAR", TimestampToText});
  functions.push_back({"*.round_timestamp", "TIMESTAMP", RoundTimestamp});
  functions.push_back({"trino.day_interval_text", "VARCHAR", TrinoDayIntervalText});
  functions.push_back({"trino.month_interval_text", "VARCHAR", TrinoMonthIntervalText});
  functions.push_back({"spark.month_interval_text", "VARCHAR", SparkMonthIntervalText});
  functions.push_back({"spark.day_interval_text", "VARCHAR", SparkDayIntervalText});
  return functions;
}

}  // namespace owlet::engine
