#include <fmt/format.h>

#include <algorithm>

#include "base/time_zone.h"
#include "core/plan/resolver_binder.h"
#include "core/plan/type_names.h"

// The dispatch over kinds of expressions, casts and constants.

namespace owlet::plan {

namespace {

constexpr std::int64_t kInt128SafeDigits = 18;

Int128 PowerOfTen(int exponent) {
  Int128 power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

// A constant as a constant of a wider type, where that is exact.
std::optional<Literal> WidenConstant(const Literal& literal, const Type& type) {
  if (literal.IsNull()) return Literal{type, {}};
  if (const auto* number = std::get_if<std::int64_t>(&literal.value);
      number != nullptr && literal.type.IsInteger()) {
    if (type.IsInteger() && type.id() >= literal.type.id()) return Literal{type, *number};
    if (type.id() == TypeId::kDouble) return Literal{type, static_cast<double>(*number)};
    if (type.id() == TypeId::kDecimal && type.scale() < kInt128SafeDigits) {
      const Int128 unscaled = static_cast<Int128>(*number) * PowerOfTen(type.scale());
      if (unscaled < PowerOfTen(type.precision()) && -unscaled < PowerOfTen(type.precision())) {
        return Literal{type, unscaled};
      }
    }
    return std::nullopt;
  }
  if (const auto* decimal = std::get_if<Int128>(&literal.value);
      decimal != nullptr && type.id() == TypeId::kDecimal) {
    const int more = type.scale() - literal.type.scale();
    if (more >= 0 &&
        type.precision() - type.scale() >= literal.type.precision() - literal.type.scale()) {
      return Literal{type, *decimal * PowerOfTen(more)};
    }
    return std::nullopt;
  }
  if (std::holds_alternative<std::string>(literal.value) && literal.type.id() == TypeId::kVarchar &&
      type.id() == TypeId::kVarchar &&
      (type.precision() == Type::kUnbounded || (literal.type.precision() != Type::kUnbounded &&
                                                literal.type.precision() <= type.precision()))) {
    return Literal{type, literal.value};
  }
  return std::nullopt;
}

// Spark's Cast.forceNullable: conversions whose result may be NULL though the input is not.
bool CanLoseValue(const Type& from, const Type& to, CastMode mode, const SessionSettings& session) {
  if (session.dialect == Dialect::kTrino) return mode == CastMode::kTry;
  const TypeId source = from.id();
  const TypeId target = to.id();
  if (source == TypeId::kUnknown || from.SameIgnoringNulls(to) || to.IsCharacter()) return false;
  if (from.IsCharacter()) return target != TypeId::kVarbinary;
  const bool floating = source == TypeId::kReal || source == TypeId::kDouble;
  if (target == TypeId::kTimestampLocalZone || target == TypeId::kTimestamp) return floating;
  if (target == TypeId::kDate) {
    return source != TypeId::kTimestampLocalZone && source != TypeId::kTimestamp;
  }
  if (source == TypeId::kDate || target == TypeId::kCalendarInterval) return true;
  if (target == TypeId::kDecimal) {
    const int digits = to.precision() - to.scale();
    switch (source) {
      case TypeId::kBoolean:
        return digits < 1;
      case TypeId::kTinyint:
        return digits < 3;
      case TypeId::kSmallint:
        return digits < 5;
      case TypeId::kInteger:
        return digits < 10;
      case TypeId::kBigint:
        return digits < 20;
      case TypeId::kDecimal:
        // One digit more before the point outweighs what is cut off behind it.
        return digits < from.precision() - from.scale() ||
               (digits == from.precision() - from.scale() && to.scale() < from.scale());
      default:
        return true;
    }
  }
  if (to.IsInteger() && (floating || source == TypeId::kDecimal)) return true;
  return mode == CastMode::kTry && to.IsInteger() && from.IsInteger() && source > target;
}

}  // namespace

BoundPtr Constant(Literal literal, OriginPtr origin) {
  Type type = literal.type;
  const bool nullable = literal.IsNull();
  return std::make_shared<const Bound>(
      Bound{std::move(literal), std::move(type), nullable, std::move(origin)});
}

BoundPtr Coerce(BoundPtr bound, const Type& type, const SessionSettings& session) {
  if (bound->type.SameIgnoringNulls(type)) return bound;
  const bool nullable =
      bound->nullable || CanLoseValue(bound->type, type, CastMode::kAnsi, session);
  OriginPtr origin = bound->origin;
  if (const auto* literal = std::get_if<Literal>(&bound->node)) {
    if (auto wider = WidenConstant(*literal, type)) {
      return std::make_shared<const Bound>(
          Bound{std::move(*wider), type, nullable, std::move(origin)});
    }
  }
  const bool legacy = session.dialect == Dialect::kSpark && !session.ansi;
  return std::make_shared<const Bound>(
      Bound{BoundCast{std::move(bound), legacy ? CastMode::kLegacy : CastMode::kAnsi}, type,
            nullable, std::move(origin)});
}

std::string TypeText(const Type& type, const SessionSettings& session) {
  return session.dialect == Dialect::kTrino ? TrinoTypeName(type) : SparkSqlName(type);
}

Result<BoundPtr> Binder::Bind(const ExpressionPtr& expression) {
  OWLET_CHECK_OK(statement_.Enter());
  auto bound = BindNode(expression);
  statement_.Leave();
  return bound;
}

Result<BoundPtr> Binder::BindNode(const ExpressionPtr& expression) {
  const OriginPtr& origin = expression->origin;
  const auto& node = expression->node;
  if (const auto* literal = std::get_if<Literal>(&node)) return Constant(*literal, origin);
  if (const auto* reference = std::get_if<ColumnReference>(&node)) {
    return BindReference(*reference, expression);
  }
  if (const auto* call = std::get_if<FunctionCall>(&node)) return BindCall(*call, expression);
  if (const auto* cast = std::get_if<Cast>(&node)) return BindCast(*cast, expression);
  if (const auto* alias = std::get_if<Alias>(&node)) return Bind(alias->input);
  if (const auto* order = std::get_if<SortOrder>(&node)) return Bind(order->expression);
  if (const auto* window = std::get_if<WindowCall>(&node)) return BindWindow(*window, expression);
  if (const auto* extract = std::get_if<ExtractValue>(&node)) {
    return BindExtract(*extract, expression);
  }
  if (const auto* update = std::get_if<UpdateField>(&node)) return BindUpdate(*update, expression);
  if (const auto* subquery = std::get_if<Subquery>(&node)) {
    return BindSubquery(*subquery, expression);
  }
  if (const auto* variable = std::get_if<LambdaVariable>(&node)) {
    return BindReference(ColumnReference{.parts = {variable->name}}, expression);
  }
  if (const auto* python = std::get_if<PythonFunction>(&node)) {
    return BindPython(*python, expression);
  }
  if (const auto* parameter = std::get_if<Parameter>(&node)) {
    if (const BindParameters* given = statement_.parameters_) {
      if (!parameter->name.empty()) {
        const auto value = given->named.find(parameter->name);
        if (value != given->named.end()) return Bind(value->second);
      } else if (parameter->position < given->positional.size()) {
        return Bind(given->positional[parameter->position]);
      }
    }
    if (statement_.IsTrino()) {
      return TrinoError("INVALID_PARAMETER_USAGE", select_origin ? select_origin : origin,
                        "Incorrect number of parameters: expected 1 but found 0");
    }
    const std::string name =
        parameter->name.empty() ? fmt::format("_{}", parameter->position) : parameter->name;
    return SparkError("UNBOUND_SQL_PARAMETER", origin, {{"name", name}},
                      fmt::format("Found the unbound parameter: {}.", name));
  }
  if (std::holds_alternative<Lambda>(node)) {
    if (statement_.IsTrino()) {
      return TrinoError("TYPE_MISMATCH", origin,
                        "Lambda expression should always be used inside a function");
    }
    return SparkError("UNSUPPORTED_FEATURE.LAMBDA_FUNCTION", origin, {},
                      "A lambda function can only be used as an argument of a function.");
  }
  if (statement_.IsTrino()) {
    return TrinoError("INVALID_ARGUMENTS", origin, "* is not allowed here");
  }
  return SparkError("INVALID_USAGE_OF_STAR_OR_REGEX", origin,
                    {{"elem", "'*'"}, {"prettyName", clause}},
                    fmt::format("Invalid usage of '*' in {}.", clause));
}

Result<BoundPtr> Binder::BindCondition(const ExpressionPtr& expression) {
  condition_ = expression;
  OWLET_TRY(BoundPtr bound, Bind(expression));
  if (bound->type.id() == TypeId::kBoolean) return bound;
  if (bound->type.id() == TypeId::kUnknown)
    return Coerce(bound, Type(TypeId::kBoolean), statement_.session());
  const std::string type = TypeText(bound->type, statement_.session());
  if (statement_.IsTrino()) {
    if (clause == "JOIN") {
      return TrinoError(
          "TYPE_MISMATCH", expression->origin,
          fmt::format("JOIN ON clause must evaluate to a boolean: actual type {}", type));
    }
    return TrinoError(
        "TYPE_MISMATCH", expression->origin,
        fmt::format("{} clause must evaluate to a boolean: actual type {}", clause, type));
  }
  const std::string text = SparkQuoted(TextOf(expression));
  if (clause == "JOIN") {
    return SparkError("JOIN_CONDITION_IS_NOT_BOOLEAN_TYPE", expression->origin,
                      {{"joinCondition", text}, {"conditionType", SparkQuoted(type)}},
                      fmt::format("The join condition {} has the invalid type \"{}\", expected "
                                  "\"BOOLEAN\".",
                                  text, type));
  }
  return SparkError(
      "DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN", expression->origin,
      {{"sqlExpr", text}, {"filter", text}, {"type", SparkQuoted(type)}},
      fmt::format("Filter expression {} of type \"{}\" is not a boolean.", text, type));
}

Result<std::vector<BoundSort>> Binder::BindSort(const std::vector<SortOrder>& orders) {
  std::vector<BoundSort> bound;
  for (const SortOrder& order : orders) {
    OWLET_TRY(BoundPtr expression, Bind(order.expression));
    const bool json = statement_.IsTrino() && expression->type.id() == TypeId::kJson;
    if (expression->type.id() == TypeId::kMap || json) {
      const std::string type = TypeText(expression->type, statement_.session());
      if (statement_.IsTrino()) {
        return TrinoError("TYPE_MISMATCH", select_origin ? select_origin : order.expression->origin,
                          fmt::format("Type {} is not orderable, and therefore cannot be used in "
                                      "ORDER BY: {}",
                                      type, TextOf(order.expression)));
      }
      return SparkError("DATATYPE_MISMATCH.INVALID_ORDERING_TYPE", order.expression->origin,
                        {{"sqlExpr", SparkQuoted(TextOf(order.expression))},
                         {"functionName", "`sortorder`"},
                         {"dataType", SparkQuoted(type)}},
                        "The ordering does not support this type.");
    }
    const bool nulls_first =
        order.nulls == NullOrder::kFirst ||
        (order.nulls == NullOrder::kDefault && statement_.IsSpark() && order.ascending);
    bound.push_back({std::move(expression), order.ascending, nulls_first});
  }
  return bound;
}

Result<BoundPtr> Binder::BindCast(const Cast& cast, const ExpressionPtr& expression) {
  OWLET_TRY(BoundPtr input, Bind(cast.input));
  const SessionSettings& session = statement_.session();
  CastMode mode = cast.mode;
  if (mode == CastMode::kDialect) {
    mode = statement_.IsSpark() && !session.ansi ? CastMode::kLegacy : CastMode::kAnsi;
  }
  if (!CanCast(input->type, cast.type, session)) {
    const std::string from = TypeText(input->type, session);
    const std::string to = TypeText(cast.type, session);
    if (statement_.IsTrino()) {
      return TrinoError("TYPE_MISMATCH", expression->origin,
                        fmt::format("Cannot cast {} to {}", from, to));
    }
    return SparkError("DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION", expression->origin,
                      {{"sqlExpr", SparkQuoted(TextOf(expression))},
                       {"srcType", SparkQuoted(from)},
                       {"targetType", SparkQuoted(to)}},
                      fmt::format("Cannot resolve \"{}\" due to data type mismatch: cannot cast "
                                  "\"{}\" to \"{}\".",
                                  TextOf(expression), from, to));
  }
  if (input->type == cast.type) return input;
  if (cast.mode == CastMode::kAnsi && cast.type.id() == TypeId::kTimestampLocalZone) {
    // TIMESTAMP '...' without a zone is a constant once the session's is known.
    const auto* literal = std::get_if<Literal>(&input->node);
    if (literal != nullptr && literal->type.id() == TypeId::kTimestamp && !literal->IsNull()) {
      OWLET_TRY(const TimeZone zone, TimeZone::Find(session.time_zone));
      return Constant(Literal{cast.type, zone.ToUtc(std::get<std::int64_t>(literal->value))},
                      expression->origin);
    }
  }
  const bool nullable = input->nullable || CanLoseValue(input->type, cast.type, mode, session);
  if (mode != CastMode::kTry) {
    if (const auto* literal = std::get_if<Literal>(&input->node); literal && literal->IsNull()) {
      return Constant(Literal{cast.type, {}}, expression->origin);
    }
  }
  return std::make_shared<const Bound>(
      Bound{BoundCast{std::move(input), mode}, cast.type, nullable, expression->origin});
}

}  // namespace owlet::plan
