#include "core/plan/type_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "core/plan/coercion.h"
#include "core/plan/match_errors.h"
#include "core/plan/number_format.h"
#include "core/plan/type_names.h"

namespace owlet::plan {

namespace {

using Types = std::span<const Type>;
using Arguments = std::span<const Argument>;

constexpr int kMaximumPrecision = 38;

/// The constant of a whole-number argument, for round(x, 2).
std::optional<std::int64_t> WholeConstant(Arguments arguments, std::size_t index) {
  if (index >= arguments.size() || !arguments[index].constant) return std::nullopt;
  if (const auto* value = std::get_if<std::int64_t>(&arguments[index].constant->value)) {
    return *value;
  }
  return std::nullopt;
}

std::string TextConstant(Arguments arguments, std::size_t index) {
  if (index >= arguments.size() || !arguments[index].constant) return "";
  if (const auto* value = std::get_if<std::string>(&arguments[index].constant->value)) {
    return *value;
  }
  return "";
}

Result<Type> Add(Types types, Arguments, const SessionSettings& session) {
  const int scale = std::max(types[0].scale(), types[1].scale());
  const int whole =
      std::max(types[0].precision() - types[0].scale(), types[1].precision() - types[1].scale());
  if (session.dialect == Dialect::kSpark) return spark::AdjustedDecimal(whole + scale + 1, scale);
  return Type::Decimal(std::min(kMaximumPrecision, whole + scale + 1), scale);
}

Result<Type> Multiply(Types types, Arguments, const SessionSettings& session) {
  const int scale = types[0].scale() + types[1].scale();
  const int precision = types[0].precision() + types[1].precision();
  if (session.dialect == Dialect::kSpark) return spark::AdjustedDecimal(precision + 1, scale);
  if (scale > kMaximumPrecision) {
    return Fail(Reason::kAnalysisError,
                fmt::format("DECIMAL scale must be in range [0, precision ({})]: {}",
                            kMaximumPrecision, scale),
                "INVALID_FUNCTION_ARGUMENT");
  }
  return Type::Decimal(std::min(kMaximumPrecision, precision), scale);
}

Result<Type> Divide(Types types, Arguments, const SessionSettings& session) {
  const Type& a = types[0];
  const Type& b = types[1];
  if (session.dialect == Dialect::kSpark) {
    constexpr int kMinimumScale = 6;
    const int whole = a.precision() - a.scale() + b.scale();
    const int scale = std::max(kMinimumScale, a.scale() + b.precision() + 1);
    return spark::AdjustedDecimal(whole + scale, scale);
  }
  const int precision = a.precision() + b.scale() + std::max(b.scale() - a.scale(), 0);
  return Type::Decimal(std::min(kMaximumPrecision, precision), std::max(a.scale(), b.scale()));
}

Result<Type> Modulus(Types types, Arguments, const SessionSettings& session) {
  const int scale = std::max(types[0].scale(), types[1].scale());
  const int whole =
      std::min(types[0].precision() - types[0].scale(), types[1].precision() - types[1].scale());
  if (session.dialect == Dialect::kSpark) return spark::AdjustedDecimal(whole + scale, scale);
  return Type::Decimal(std::min(kMaximumPrecision, whole + scale), scale);
}

Result<Type> Sum(Types types, Arguments, const SessionSettings& session) {
  if (session.dialect == Dialect::kTrino) return Type::Decimal(kMaximumPrecision, types[0].scale());
  return spark::BoundedDecimal(types[0].precision() + 10, types[0].scale());
}

Result<Type> Average(Types types, Arguments, const SessionSettings& session) {
  if (session.dialect == Dialect::kTrino) return types[0];
  return spark::BoundedDecimal(types[0].precision() + 4, types[0].scale() + 4);
}

/// Spark's round, bround, ceil and floor of a decimal with a number of digits.
Result<Type> Round(Types types, Arguments arguments, const SessionSettings& session) {
  const Type& type = types[0];
  if (session.dialect == Dialect::kTrino) {
    if (types.size() > 1) {
      return Type::Decimal(std::min(kMaximumPrecision, type.precision() + 1), type.scale());
    }
    const int extra = type.scale() > 0 ? 1 : 0;
    return Type::Decimal(std::clamp(type.precision() - type.scale() + extra, 1, kMaximumPrecision),
                         0);
  }
  const auto digits =
      static_cast<int>(std::clamp<std::int64_t>(WholeConstant(arguments, 1).value_or(0), -39, 39));
  const int whole = type.precision() - type.scale() + 1;
  if (digits < 0) return Type::Decimal(std::min(kMaximumPrecision, std::max(whole, 1 - digits)), 0);
  const int scale = std::min(type.scale(), digits);
  return Type::Decimal(std::min(kMaximumPrecision, whole + scale), scale);
}

/// ceil and floor of a decimal: no digits behind the point.
Result<Type> Ceiling(Types types, Arguments, const SessionSettings& session) {
  const Type& type = types[0];
  const int whole = type.precision() - type.scale();
  const int extra = session.dialect == Dialect::kSpark || type.scale() > 0 ? 1 : 0;
  return Type::Decimal(std::clamp(whole + extra, 1, kMaximumPrecision), 0);
}

/// Trino: a time plus an interval of milliseconds.
Result<Type> WithMillis(Types types, Arguments, const SessionSettings&) {
  constexpr int kMillis = 3;
  for (const Type& type : types) {
    const int precision = std::max(type.precision(), kMillis);
    if (type.id() == TypeId::kTimestamp) return Type::Timestamp(precision);
    if (type.id() == TypeId::kTimestampWithZone) return Type::TimestampWithZone(precision);
    if (type.id() == TypeId::kTime) return Type::Time(precision);
  }
  return types[0];
}

/// to_iso8601 of a timestamp: as long as its text can become.
Result<Type> IsoText(Types types, Arguments, const SessionSettings&) {
  const int digits = types[0].precision() > 0 ? types[0].precision() + 1 : 0;
  constexpr int kLocal = 22;
  constexpr int kZoned = 28;
  return Type::Varchar((types[0].id() == TypeId::kTimestamp ? kLocal : kZoned) + digits);
}

Result<Type> Truncate(Types types, Arguments, const SessionSettings&) {
  return Type::Decimal(std::max(types[0].precision() - types[0].scale(), 1), 0);
}

Result<Type> MakeArray(Types types, Arguments arguments, const SessionSettings&) {
  const bool null = std::ranges::any_of(arguments, &Argument::nullable);
  return Type::Array(types.empty() ? Type() : types[0], null);
}

/// The union of the nullability of arrays: concat, array_union.
Result<Type> JoinArrays(Types types, Arguments arguments, const SessionSettings&) {
  bool null = false;
  for (const Argument& argument : arguments) {
    null = null || argument.type.fields().empty() || argument.type.fields()[0].nullable;
  }
  if (types[0].id() != TypeId::kArray) return types[0];
  return Type::Array(types[0].element(), null);
}

/// May hold NULL only where both do; where the first does.
Result<Type> BothArrays(Types types, Arguments arguments, const SessionSettings&) {
  if (types[0].id() != TypeId::kArray) return types[0];
  const bool null = std::ranges::all_of(arguments, [](const Argument& argument) {
    return argument.type.fields().empty() || argument.type.fields()[0].nullable;
  });
  return Type::Array(types[0].element(), null);
}

Result<Type> FirstArray(Types types, Arguments arguments, const SessionSettings& session) {
  return JoinArrays(types, arguments.subspan(0, 1), session);
}

Result<Type> Flat(Types types, Arguments arguments, const SessionSettings& session) {
  const Type& outer = arguments[0].type;
  if (types[0].id() != TypeId::kArray || outer.id() != TypeId::kArray) return types[0];
  const std::array inner{Argument{.type = outer.element()}};
  return FirstArray(std::span(&outer.element(), 1), inner, session);
}

/// A map whose values may be NULL where those of an argument may.
Result<Type> JoinMaps(Types types, Arguments arguments, const SessionSettings&) {
  if (types[0].id() != TypeId::kMap) return types[0];
  const bool null = std::ranges::any_of(arguments, [](const Argument& argument) {
    return argument.type.id() == TypeId::kMap && argument.type.fields()[1].nullable;
  });
  return Type::Map(types[0].key(), types[0].value(), null);
}

Result<Type> MapValues(Types types, Arguments arguments, const SessionSettings&) {
  const Type& map = arguments[0].type;
  const bool null = map.id() != TypeId::kMap || map.fields()[1].nullable;
  return Type::Array(types[0].value(), null);
}

Result<Type> MakeRow(Types types, Arguments, const SessionSettings& session) {
  std::vector<Field> fields;
  for (std::size_t i = 0; i < types.size(); ++i) {
    const bool named = session.dialect == Dialect::kSpark;
    fields.push_back({named ? fmt::format("col{}", i + 1) : "", types[i], true, ""});
  }
  return Type::Row(std::move(fields));
}

Result<Type> Zip(Types types, Arguments, const SessionSettings& session) {
  std::vector<Field> fields;
  for (std::size_t i = 0; i < types.size(); ++i) {
    const bool named = session.dialect == Dialect::kSpark;
    fields.push_back({named ? std::to_string(i) : "", types[i].element(), true, ""});
  }
  return Type::Array(Type::Row(std::move(fields)), session.dialect == Dialect::kTrino);
}

Result<Type> LongerVarchar(Types types, Arguments, const SessionSettings&) {
  int length = 0;
  for (const Type& type : types) {
    if (type.precision() == Type::kUnbounded) return Type::Varchar();
    length += type.precision();
  }
  return Type::Varchar(length);
}

/// char(x) || char(y).
Result<Type> LongerChar(Types types, Arguments, const SessionSettings&) {
  constexpr int kMaximumLength = 65536;
  return Type::Char(std::min(kMaximumLength, types[0].precision() + types[1].precision()));
}

/// Trino's bound of a result's length; a length that is not known makes none.
Type BoundedVarchar(std::initializer_list<int> lengths, std::int64_t length) {
  if (std::ranges::any_of(lengths, [](int part) { return part == Type::kUnbounded; })) {
    return Type::Varchar();
  }
  constexpr std::int64_t kMaximumLength = 2147483646;
  return length > kMaximumLength ? Type::Varchar() : Type::Varchar(static_cast<int>(length));
}

Result<Type> Replaced(Types types, Arguments, const SessionSettings&) {
  const std::int64_t text = types[0].precision();
  const std::int64_t with = types[2].precision();
  return BoundedVarchar({types[0].precision(), types[1].precision(), types[2].precision()},
                        text + with * (text + 1));
}

Result<Type> ReplacedPattern(Types types, Arguments, const SessionSettings&) {
  const std::int64_t text = types[0].precision();
  const std::int64_t with = types[2].precision();
  return BoundedVarchar({types[0].precision(), types[2].precision()},
                        text + std::max(text * with / 2, with) * (text + 1));
}

Result<Type> UrlEncoded(Types types, Arguments, const SessionSettings&) {
  constexpr std::int64_t kMostOfOne = 12;  // four bytes, three characters each
  return BoundedVarchar({types[0].precision()}, types[0].precision() * kMostOfOne);
}

/// Spark's to_number: what the format has room for.
Result<Type> OfNumberFormat(Types, Arguments arguments, const SessionSettings&) {
  if (arguments.size() < 2 || !arguments[1].constant || arguments[1].constant->IsNull()) {
    return Type::Decimal(kMaximumPrecision, 0);
  }
  OWLET_TRY(const NumberFormat format, NumberFormat::Parse(TextConstant(arguments, 1)));
  return Type::Decimal(format.precision(), format.scale());
}

using ResultRule = Result<Type> (*)(Types, Arguments, const SessionSettings&);

const std::map<std::string_view, ResultRule>& ResultRules() {
  static const std::map<std::string_view, ResultRule> rules = {
      {"add", Add},
      {"multiply", Multiply},
      {"divide", Divide},
      {"modulus", Modulus},
      {"sum", Sum},
      {"avg", Average},
      {"round", Round},
      {"ceiling", Ceiling},
      {"truncate", Truncate},
      {"array", MakeArray},
      {"arrays", JoinArrays},
      {"row", MakeRow},
      {"zip", Zip},
      {"longer_varchar", LongerVarchar},
      {"longer_char", LongerChar},
      {"replaced", Replaced},
      {"with_millis", WithMillis},
      {"iso_text", IsoText},
      {"replaced_pattern", ReplacedPattern},
      {"url_encoded", UrlEncoded},
      {"both_arrays", BothArrays},
      {"first_array", FirstArray},
      {"flat", Flat},
      {"maps", JoinMaps},
      {"map_values", MapValues},
      {"number_format", OfNumberFormat},
  };
  return rules;
}

// ---- Whole overloads.

Result<RuleMatch> MatchCase(std::string_view function, Arguments arguments,
                            const SessionSettings& session) {
  RuleMatch match;
  std::optional<Type> common = Type();
  const bool has_else = arguments.size() % 2 == 1;
  match.nullable = !has_else;
  std::vector<Type> results;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const bool condition = i % 2 == 0 && i + 1 < arguments.size();
    if (condition) {
      const Type& type = arguments[i].type;
      if (type.id() != TypeId::kBoolean && type.id() != TypeId::kUnknown) {
        return WrongCondition(function, type, i, session);
      }
      continue;
    }
    results.push_back(arguments[i].type);
    match.nullable = match.nullable || arguments[i].nullable;
    common = CommonType(*common, arguments[i].type, session);
    if (!common) return NoCommonType(function, results, arguments, session);
  }
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const bool condition = i % 2 == 0 && i + 1 < arguments.size();
    match.argument_types.push_back(condition ? Type(TypeId::kBoolean) : *common);
  }
  match.result = *common;
  return match;
}

Result<RuleMatch> MatchIf(std::string_view function, Arguments arguments,
                          const SessionSettings& session) {
  if (arguments.size() < 2 || arguments.size() > 3) {
    return WrongArgumentCount(function, arguments.size(), {2, 3}, session);
  }
  return MatchCase(function, arguments, session);
}

Result<RuleMatch> MatchCoalesce(std::string_view function, Arguments arguments,
                                const SessionSettings& session) {
  if (arguments.empty() || (session.dialect == Dialect::kTrino && arguments.size() < 2)) {
    return WrongArgumentCount(function, arguments.size(), {1}, session);
  }
  RuleMatch match;
  std::optional<Type> common = Type();
  std::vector<Type> seen;
  for (const Argument& argument : arguments) {
    seen.push_back(argument.type);
    match.nullable = match.nullable && argument.nullable;
    common = CommonType(*common, argument.type, session);
    if (!common) return NoCommonType(function, seen, arguments, session);
  }
  match.argument_types.assign(arguments.size(), *common);
  match.result = *common;
  return match;
}

/// Spark's greatest and least: no text becomes a number here.
Result<RuleMatch> MatchGreatest(std::string_view function, Arguments arguments,
                                const SessionSettings& session) {
  if (arguments.size() < 2) {
    return WrongArgumentCount(function, arguments.size(), {2}, session, true);
  }
  RuleMatch match;
  std::optional<Type> common = Type();
  for (const Argument& argument : arguments) {
    match.nullable = match.nullable && argument.nullable;
    common = spark::WiderType(*common, argument.type, session.ansi, false);
    if (!common) return DifferentTypes(function, arguments);
  }
  match.argument_types.assign(arguments.size(), *common);
  match.result = *common;
  return match;
}

/// "in" (value, item ...) of Spark; all become one type.
Result<RuleMatch> MatchIn(std::string_view function, Arguments arguments,
                          const SessionSettings& session) {
  RuleMatch match;
  std::optional<Type> common = Type();
  std::vector<Type> seen;
  match.nullable = false;
  for (const Argument& argument : arguments) {
    seen.push_back(argument.type);
    match.nullable = match.nullable || argument.nullable;
    common = CommonType(*common, argument.type, session);
    if (!common) return NoCommonType(function, seen, arguments, session);
  }
  match.argument_types.assign(arguments.size(), *common);
  match.result = Type(TypeId::kBoolean);
  return match;
}

Result<RuleMatch> MatchNamedStruct(std::string_view function, Arguments arguments,
                                   const SessionSettings& session) {
  if (arguments.size() % 2 != 0) {
    return WrongArgumentCount(function, arguments.size(), {2}, session);
  }
  RuleMatch match;
  std::vector<Field> fields;
  for (std::size_t i = 0; i + 1 < arguments.size(); i += 2) {
    if (!arguments[i].constant || !arguments[i].type.IsCharacter()) {
      return UnexpectedInput(i, "\"STRING\"", arguments[i].type);
    }
    match.argument_types.push_back(Type::Varchar());
    match.argument_types.push_back(arguments[i + 1].type);
    fields.push_back(
        {TextConstant(arguments, i), arguments[i + 1].type, arguments[i + 1].nullable, ""});
  }
  match.result = Type::Row(std::move(fields));
  match.nullable = false;
  return match;
}

Result<RuleMatch> MatchRow(std::string_view, Arguments arguments, const SessionSettings& session) {
  RuleMatch match;
  std::vector<Field> fields;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    match.argument_types.push_back(arguments[i].type);
    const bool named = session.dialect == Dialect::kSpark;
    fields.push_back(
        {named ? fmt::format("col{}", i + 1) : "", arguments[i].type, arguments[i].nullable, ""});
  }
  match.result = Type::Row(std::move(fields));
  match.nullable = false;
  return match;
}

/// Spark's map (k, v, ...).
Result<RuleMatch> MatchMap(std::string_view function, Arguments arguments,
                           const SessionSettings& session) {
  if (arguments.size() % 2 != 0) {
    return WrongArgumentCount(function, arguments.size(), {2}, session);
  }
  RuleMatch match;
  std::optional<Type> key = Type();
  std::optional<Type> value = Type();
  bool null_values = false;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    auto& side = i % 2 == 0 ? key : value;
    side = CommonType(*side, arguments[i].type, session);
    if (!side) return DifferentTypes(function, arguments);
    if (i % 2 == 1) null_values = null_values || arguments[i].nullable;
  }
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    match.argument_types.push_back(i % 2 == 0 ? *key : *value);
  }
  match.result = Type::Map(*key, *value, null_values);
  match.nullable = false;
  return match;
}

using WholeRule = Result<RuleMatch> (*)(std::string_view, Arguments, const SessionSettings&);

const std::map<std::string_view, WholeRule>& WholeRules() {
  static const std::map<std::string_view, WholeRule> rules = {
      {"case", MatchCase},         {"if", MatchIf},   {"coalesce", MatchCoalesce},
      {"greatest", MatchGreatest}, {"in", MatchIn},   {"named_struct", MatchNamedStruct},
      {"row", MatchRow},           {"map", MatchMap},
  };
  return rules;
}

}  // namespace

Result<Type> ResultByRule(std::string_view rule, std::span<const Type> types,
                          std::span<const Argument> arguments, const SessionSettings& session) {
  const auto found = ResultRules().find(rule);
  if (found == ResultRules().end()) {
    return Fail(Reason::kInternal, fmt::format("no type rule named {}", rule));
  }
  return found->second(types, arguments, session);
}

Result<RuleMatch> MatchByRule(std::string_view rule, std::string_view function,
                              std::span<const Argument> arguments, const SessionSettings& session) {
  const auto found = WholeRules().find(rule);
  if (found == WholeRules().end()) {
    return Fail(Reason::kInternal, fmt::format("no type rule named {}", rule));
  }
  return found->second(function, arguments, session);
}

bool IsRule(std::string_view name) {
  return ResultRules().contains(name) || WholeRules().contains(name);
}

}  // namespace owlet::plan
