#include "core/engine/functions/cast_sql.h"

#include <fmt/format.h>

#include "core/engine/type_map.h"
#include "core/plan/type_names.h"

namespace owlet::engine {

namespace {

using plan::CastMode;
using plan::Dialect;
using plan::Type;
using plan::TypeId;

/// Writes one cast. Lambda parameters are numbered by depth, so that nested ones do not meet.
class CastWriter {
 public:
  CastWriter(CastMode mode, const CastSqlContext& context) : mode_(mode), context_(context) {}

  std::string Cast(const std::string& input, const Type& from, const Type& to, int depth) const {
    if (from.id() == TypeId::kUnknown) return Native(input, to);
    if (from.SameIgnoringNulls(to)) return input;
    if (from.IsNested() && to.id() == from.id()) return Nested(input, from, to, depth);
    if (trino() && from.id() == TypeId::kJson && to.IsCharacter()) {
      return ToText(JsonScalar(input, "v", to), Type::Varchar(), to, depth);
    }
    if (to.IsCharacter()) return ToText(input, from, to, depth);
    if (to.id() == TypeId::kJson) return ToJson(input, from);
    if (from.id() == TypeId::kJson) return FromJson(input, to);
    if (from.IsCharacter()) return FromText(input, to);
    return Scalar(input, from, to);
  }

 private:
  [[nodiscard]] bool trino() const { return context_.dialect == Dialect::kTrino; }
  [[nodiscard]] std::string Schema() const { return trino() ? "trino" : "spark"; }

  static std::string Native(const std::string& input, const Type& to) {
    return fmt::format("CAST({} AS {})", input, DuckDbTypeText(to));
  }

  [[nodiscard]] int ModeNumber() const {
    if (mode_ == CastMode::kTry) return 1;
    return mode_ == CastMode::kLegacy ? 2 : 0;
  }

  /// A call of our own cast function with its five arguments.
  [[nodiscard]] std::string Own(std::string_view function, const std::string& input, const Type& to,
                                std::string_view zone) const {
    return fmt::format("{}.{}({}, CAST(NULL AS {}), {}, {}, {})", Schema(), function, input,
                       DuckDbTypeText(to), ModeNumber(), QuoteText(zone), context_.origin);
  }
  [[nodiscard]] std::string Own(std::string_view function, const std::string& input,
                                const Type& to) const {
    return Own(function, input, to, context_.time_zone);
  }

  [[nodiscard]] std::string Local(const std::string& instant) const {
    return fmt::format("{}.local({}, {})", Schema(), instant, QuoteText(context_.time_zone));
  }
  [[nodiscard]] std::string Utc(const std::string& local) const {
    return fmt::format("{}.utc({}, {})", Schema(), local, QuoteText(context_.time_zone));
  }
  [[nodiscard]] static std::string ZonedLocal(const std::string& zoned) {
    return fmt::format("trino.local(({0}).instant, ({0}).zone)", zoned);
  }

  [[nodiscard]] std::string Nested(const std::string& input, const Type& from, const Type& to,
                                   int depth) const {
    if (from.id() == TypeId::kArray) {
      const std::string variable = fmt::format("e{}", depth);
      return fmt::format("list_transform({}, lambda {}: {})", input, variable,
                         Cast(variable, from.element(), to.element(), depth + 1));
    }
    if (from.id() == TypeId::kMap) {
      const std::string variable = fmt::format("e{}", depth);
      return fmt::format(
          "CAST(map_from_entries(list_transform(map_entries({}), lambda {}: struct_pack(k := {}, v "
          ":= {}))) AS {})",
          input, variable, Cast(variable + ".key", from.key(), to.key(), depth + 1),
          Cast(variable + ".value", from.value(), to.value(), depth + 1), DuckDbTypeText(to));
    }
    const auto names = DuckDbFieldNames(from);
    const auto new_names = DuckDbFieldNames(to);
    std::string fields;
    for (std::size_t i = 0; i < from.fields().size(); ++i) {
      const std::string part = fmt::format("struct_extract({}, {})", input, QuoteText(names[i]));
      if (!fields.empty()) fields += ", ";
      fields += fmt::format("{} := {}", QuoteIdentifier(new_names[i]),
                            Cast(part, from.fields()[i].type, to.fields()[i].type, depth));
    }
    return fmt::format("CASE WHEN {} IS NULL THEN NULL ELSE struct_pack({}) END", input, fields);
  }

  /// The text without the target's length.
  [[nodiscard]] std::string PlainText(const std::string& input, const Type& from, int depth) const {
    switch (from.id()) {
      case TypeId::kReal:
      case TypeId::kDouble:
        return fmt::format("{}.float_text({})", Schema(), input);
      case TypeId::kTimestamp: {
        const int digits = trino() ? (from.precision() < 0 ? 3 : from.precision()) : -1;
        return fmt::format("{}.timestamp_text({}, {})", Schema(), input, digits);
      }
      case TypeId::kTimestampLocalZone:
        return fmt::format("{}.timestamp_text({}, -1)", Schema(), Local(input));
      case TypeId::kTimestampWithZone:
        return fmt::format("(trino.timestamp_text({}, {}) || ' ' || ({}).zone)", ZonedLocal(input),
                           from.precision() < 0 ? 3 : from.precision(), input);
      case TypeId::kTime:
        return fmt::format("substr(trino.timestamp_text(TIMESTAMP '1970-01-01' + {}, {}), 12)",
                           fmt::format("to_microseconds(epoch_us({}))", input),
                           from.precision() < 0 ? 3 : from.precision());
      case TypeId::kVarbinary:
        return fmt::format("{}.utf8({})", Schema(), input);
      case TypeId::kIntervalDayTime:
        if (trino()) return fmt::format("trino.day_interval_text({})", input);
        return fmt::format("spark.day_interval_text({}, {}, {})", input,
                           static_cast<int>(from.start_field()),
                           static_cast<int>(from.end_field()));
      case TypeId::kCalendarInterval:
        return fmt::format("spark.interval_text({})", input);
      case TypeId::kIntervalYearMonth:
        if (trino()) return fmt::format("trino.month_interval_text({})", input);
        return fmt::format("spark.month_interval_text({}, {}, {})", input,
                           static_cast<int>(from.start_field()),
                           static_cast<int>(from.end_field()));
      case TypeId::kArray:
      case TypeId::kMap:
      case TypeId::kRow:
        return NestedText(input, from, depth);
      default:
        return fmt::format("CAST({} AS VARCHAR)", input);
    }
  }

  /// Spark's "[1, null]", "{1 -> a}", "{1, a}".
  [[nodiscard]] std::string NestedText(const std::string& input, const Type& from,
                                       int depth) const {
    const auto shown = [&](const std::string& part, const Type& type) {
      return fmt::format("coalesce({}, 'null')", Cast(part, type, Type::Varchar(), depth + 1));
    };
    const std::string variable = fmt::format("e{}", depth);
    if (from.id() == TypeId::kArray) {
      return fmt::format("('[' || array_to_string(list_transform({}, lambda {}: {}), ', ') || ']')",
                         input, variable, shown(variable, from.element()));
    }
    if (from.id() == TypeId::kMap) {
      return fmt::format(
          "('{{' || array_to_string(list_transform(map_entries({}), lambda {}: {} || ' -> ' || "
          "{}), "
          "', ') || '}}')",
          input, variable, shown(variable + ".key", from.key()),
          shown(variable + ".value", from.value()));
    }
    const auto names = DuckDbFieldNames(from);
    std::string parts;
    for (std::size_t i = 0; i < from.fields().size(); ++i) {
      if (!parts.empty()) parts += " || ', ' || ";
      parts += shown(fmt::format("struct_extract({}, {})", input, QuoteText(names[i])),
                     from.fields()[i].type);
    }
    return fmt::format("CASE WHEN {} IS NULL THEN NULL ELSE '{{' || {} || '}}' END", input,
                       parts.empty() ? "''" : parts);
  }

  [[nodiscard]] std::string ToText(const std::string& input, const Type& from, const Type& to,
                                   int depth) const {
    std::string text = from.IsCharacter() ? input : PlainText(input, from, depth);
    const bool bounded = to.precision() != Type::kUnbounded;
    if (to.id() == TypeId::kChar && bounded) {
      return fmt::format("rpad({}, {}, ' ')", text, to.precision());
    }
    if (!bounded) return text;
    if (from.IsCharacter()) {
      // A longer varchar is cut; one that cannot be longer is left alone.
      const bool fits = from.precision() != Type::kUnbounded && from.precision() <= to.precision();
      return fits ? text : fmt::format("left({}, {})", text, to.precision());
    }
    if (!trino()) return fmt::format("left({}, {})", text, to.precision());
    return fmt::format("trino.fit_text({}, {}, {}, {})", text, to.precision(), ModeNumber(),
                       context_.origin);
  }

  [[nodiscard]] std::string FromText(const std::string& input, const Type& to) const {
    switch (to.id()) {
      case TypeId::kBoolean:
        return Own("cast_text_boolean", input, to);
      case TypeId::kTinyint:
      case TypeId::kSmallint:
      case TypeId::kInteger:
      case TypeId::kBigint:
        return Own("cast_text_integer", input, to);
      case TypeId::kReal:
      case TypeId::kDouble:
        return Own("cast_text_float", input, to);
      case TypeId::kDecimal:
        return Own("cast_text_decimal", input, to);
      case TypeId::kDate:
        return Own("cast_text_date", input, to);
      case TypeId::kTimestamp:
        return Rounded(Own("cast_text_timestamp", input, to, ""), to);
      case TypeId::kTimestampLocalZone:
        return Own("cast_text_timestamp", input, to);
      case TypeId::kTimestampWithZone:
        return fmt::format("trino.zoned({}, trino.text_zone({}, {}))",
                           Rounded(Own("cast_text_timestamp", input, Type::Timestamp()), to), input,
                           QuoteText(context_.time_zone));
      case TypeId::kVarbinary:
        return fmt::format("encode({})", input);
      default:
        return mode_ == CastMode::kAnsi
                   ? Native(input, to)
                   : fmt::format("TRY_CAST({} AS {})", input, DuckDbTypeText(to));
    }
  }

  /// Trino rounds to the digits of the target's type.
  [[nodiscard]] std::string Rounded(const std::string& timestamp, const Type& to) const {
    if (!trino() || to.precision() < 0 || to.precision() >= 6) return timestamp;
    return fmt::format("trino.round_timestamp({}, {})", timestamp, to.precision());
  }

  [[nodiscard]] std::string Scalar(const std::string& input, const Type& from,
                                   const Type& to) const {
    if (from.IsNumeric() && to.IsNumeric()) return Number(input, from, to);
    if (from.id() == TypeId::kBoolean || to.id() == TypeId::kBoolean) {
      if (to.id() == TypeId::kDecimal || from.id() == TypeId::kDecimal) {
        return from.id() == TypeId::kDecimal
                   ? fmt::format("({} <> 0)", input)
                   : Native(fmt::format("CAST({} AS TINYINT)", input), to);
      }
      return Native(input, to);
    }
    switch (to.id()) {
      case TypeId::kDate:
        if (from.id() == TypeId::kTimestampLocalZone) return Native(Local(input), to);
        if (from.id() == TypeId::kTimestampWithZone) return Native(ZonedLocal(input), to);
        return Native(input, to);
      case TypeId::kTimestamp:
        if (from.id() == TypeId::kTimestampLocalZone) return Local(input);
        if (from.id() == TypeId::kTimestampWithZone) return Rounded(ZonedLocal(input), to);
        if (from.id() == TypeId::kTimestamp) {
          return from.precision() > to.precision() ? Rounded(input, to) : input;
        }
        return Native(input, to);
      case TypeId::kTimestampLocalZone:
        return ToLocalZone(input, from);
      case TypeId::kTimestampWithZone:
        return ToZoned(input, from, to);
      case TypeId::kTime:
        if (from.id() == TypeId::kTimestampWithZone) return Native(ZonedLocal(input), to);
        return Native(input, to);
      default:
        break;
    }
    if (from.id() == TypeId::kTimestampLocalZone && to.IsNumeric()) {
      const std::string micros = fmt::format("epoch_us({})", input);
      if (to.IsInteger()) {
        return Number(fmt::format("CAST(floor({} / 1000000.0) AS BIGINT)", micros),
                      Type(TypeId::kBigint), to);
      }
      return Number(fmt::format("({} / 1000000)", micros), Type(TypeId::kDouble), to);
    }
    if (from.id() == to.id()) return input;  // intervals of other fields
    return Native(input, to);
  }

  [[nodiscard]] std::string ToLocalZone(const std::string& input, const Type& from) const {
    if (from.id() == TypeId::kDate) return Utc(fmt::format("CAST({} AS TIMESTAMP)", input));
    if (from.id() == TypeId::kTimestamp) return Utc(input);
    if (from.id() == TypeId::kTimestampWithZone) return fmt::format("({}).instant", input);
    if (from.IsInteger()) return fmt::format("make_timestamp(CAST({} AS BIGINT) * 1000000)", input);
    return Own("seconds_to_timestamp", fmt::format("CAST({} AS DOUBLE)", input),
               Type(TypeId::kTimestampLocalZone));
  }

  [[nodiscard]] std::string ToZoned(const std::string& input, const Type& from,
                                    const Type& to) const {
    if (from.id() == TypeId::kTimestampWithZone) {
      if (from.precision() <= to.precision()) return input;
      return fmt::format("trino.zoned({}, ({}).zone)",
                         Rounded(fmt::format("({}).instant", input), to), input);
    }
    const std::string local =
        from.id() == TypeId::kDate ? fmt::format("CAST({} AS TIMESTAMP)", input) : input;
    return fmt::format("trino.zoned({}, {})", Rounded(Utc(local), to),
                       QuoteText(context_.time_zone));
  }

  [[nodiscard]] std::string Number(const std::string& input, const Type& from,
                                   const Type& to) const {
    if (from.id() == to.id() && from.id() != TypeId::kDecimal) return input;
    if (to.id() == TypeId::kReal || to.id() == TypeId::kDouble) return Native(input, to);
    if (to.IsInteger()) {
      const bool wider = from.IsInteger() && from.id() < to.id();
      return wider ? Native(input, to) : Own("cast_number_integer", input, to);
    }
    const int whole = to.precision() - to.scale();
    if (from.id() == TypeId::kDecimal && to.scale() >= from.scale() &&
        whole >= from.precision() - from.scale()) {
      return Native(input, to);
    }
    constexpr int kBigintDigits = 19;
    const int digits = from.id() == TypeId::kTinyint    ? 3
                       : from.id() == TypeId::kSmallint ? 5
                       : from.id() == TypeId::kInteger  ? 10
                                                        : kBigintDigits;
    if (from.IsInteger() && whole >= digits) return Native(input, to);
    return Own("cast_number_decimal", input, to);
  }

  [[nodiscard]] std::string ToJson(const std::string& input, const Type& from) const {
    if (from.id() == TypeId::kDate || from.id() == TypeId::kTimestamp) {
      return fmt::format("CAST(to_json({}) AS VARCHAR)", PlainText(input, from, 0));
    }
    return fmt::format("CAST(to_json({}) AS VARCHAR)", input);
  }

  [[nodiscard]] std::string FromJson(const std::string& input, const Type& to) const {
    if (to.IsCharacter()) return fmt::format("(CAST({} AS JSON) ->> '$')", input);
    if (to.IsNested())
      return fmt::format("CAST(CAST({} AS JSON) AS {})", input, DuckDbTypeText(to));
    if (!trino()) return FromText(fmt::format("(CAST({} AS JSON) ->> '$')", input), to);
    const char* kind = to.IsInteger() ? "i" : to.id() == TypeId::kBoolean ? "b" : "n";
    return FromText(JsonScalar(input, kind, to), to);
  }

  /// The text of a JSON scalar from which a value of the kind is read (trino_json_functions.cc).
  [[nodiscard]] std::string JsonScalar(const std::string& input, const char* kind,
                                       const Type& to) const {
    return fmt::format("trino.json_scalar({}, '{}', {}, {}, {})", input, kind,
                       QuoteText(plan::TrinoTypeName(to)), mode_ == CastMode::kTry,
                       context_.origin);
  }

  CastMode mode_;
  const CastSqlContext& context_;
};

}  // namespace

std::string CastSql(std::string_view input, const plan::Type& from, const plan::Type& to,
                    plan::CastMode mode, const CastSqlContext& context) {
  return CastWriter(mode, context).Cast(std::string(input), from, to, 0);
}

}  // namespace owlet::engine
