#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "core/plan/python_functions.h"
#include "core/plan/resolver_binder.h"
#include "core/plan/spark_calls.h"

// Calls: overloads from the dialect's table, lambdas, aggregates, windows.

namespace owlet::plan {

namespace {

constexpr std::array<std::string_view, 11> kWindowOnly = {
    "row_number", "rank", "dense_rank",  "ntile",      "percent_rank", "cume_dist",
    "lag",        "lead", "first_value", "last_value", "nth_value"};

bool IsWindowOnly(std::string_view name) {
  return std::ranges::find(kWindowOnly, name) != kWindowOnly.end();
}

Argument ArgumentOf(const BoundPtr& bound) {
  Argument argument{.type = bound->type, .nullable = bound->nullable};
  if (const auto* literal = std::get_if<Literal>(&bound->node)) argument.constant = *literal;
  return argument;
}

// Whether an aggregate stands anywhere in the expression, not counting subqueries.
bool ContainsAggregate(const ExpressionPtr& expression, const FunctionTable& table) {
  if (!expression) return false;
  const auto* call = std::get_if<FunctionCall>(&expression->node);
  if (call != nullptr) {
    if (table.Find(call->name) == FunctionKind::kAggregate) return true;
    return std::ranges::any_of(call->arguments, [&](const ExpressionPtr& argument) {
      return ContainsAggregate(argument, table);
    });
  }
  if (const auto* cast = std::get_if<Cast>(&expression->node)) {
    return ContainsAggregate(cast->input, table);
  }
  if (const auto* alias = std::get_if<Alias>(&expression->node)) {
    return ContainsAggregate(alias->input, table);
  }
  return false;
}

ExpressionPtr RowsOfGroup(std::vector<ExpressionPtr> columns) {
  ExpressionPtr row =
      MakeExpression(FunctionCall{.name = "struct", .arguments = std::move(columns)});
  return MakeExpression(
      FunctionCall{.name = "python.rows", .arguments = {std::move(row)}, .is_operator = true});
}

BoundPtr SinkCall(CallSink& sink, Bound call, ColumnId id, const std::string& name) {
  auto bound = std::make_shared<const Bound>(std::move(call));
  for (std::size_t i = 0; i < sink.calls.size(); ++i) {
    if (SameExpression(sink.calls[i], bound)) return ReferTo(sink.columns[i], bound->origin);
  }
  const Column column{.id = id, .name = name, .type = bound->type, .nullable = bound->nullable};
  BoundPtr reference = ReferTo(column, bound->origin);
  sink.calls.push_back(std::move(bound));
  sink.columns.push_back(column);
  return reference;
}

// Spark calls the fields of arrays_zip as its arguments' columns are called.
BoundPtr NameZipped(const BoundPtr& zipped, const FunctionCall& call) {
  if (zipped->type.id() != TypeId::kArray) return zipped;
  std::vector<Field> fields = zipped->type.element().fields();
  for (std::size_t i = 0; i < fields.size() && i < call.arguments.size(); ++i) {
    const auto* column = std::get_if<ColumnReference>(&call.arguments[i]->node);
    if (column != nullptr && !column->parts.empty()) fields[i].name = column->parts.back();
  }
  Bound named = *zipped;
  named.type = Type::Array(Type::Row(std::move(fields)), zipped->type.fields()[0].nullable);
  return std::make_shared<const Bound>(std::move(named));
}

}  // namespace

// int(x), string(x) ...: Spark's casts by the type's name.
std::optional<Type> CastFunctionType(std::string_view name) {
  static const std::array<std::pair<std::string_view, Type>, 12> kTypes = {{
      {"boolean", Type(TypeId::kBoolean)},
      {"tinyint", Type(TypeId::kTinyint)},
      {"smallint", Type(TypeId::kSmallint)},
      {"int", Type(TypeId::kInteger)},
      {"bigint", Type(TypeId::kBigint)},
      {"float", Type(TypeId::kReal)},
      {"double", Type(TypeId::kDouble)},
      {"decimal", Type::Decimal(10, 0)},
      {"date", Type(TypeId::kDate)},
      {"timestamp", Type(TypeId::kTimestampLocalZone)},
      {"binary", Type(TypeId::kVarbinary)},
      {"string", Type::Varchar()},
  }};
  for (const auto& [known, type] : kTypes) {
    if (known == name) return type;
  }
  return std::nullopt;
}

Error Binder::FillMatchError(Error error, const ExpressionPtr& call,
                             const std::vector<ExpressionPtr>& arguments) const {
  // The table leaves to us what only we can print (functions.h).
  for (auto& [name, value] : error.parameters) {
    if (name == "sqlExpr" && value.empty()) value = SparkQuoted(TextOf(call));
    if (name == "inputSql") {
      const auto index = static_cast<std::size_t>(std::strtoul(value.c_str(), nullptr, 10));
      if (index < arguments.size()) value = SparkQuoted(TextOf(arguments[index]));
    }
  }
  const Dialect dialect = statement_.session().dialect;
  if (dialect == Dialect::kTrino && error.condition == "TYPE_MISMATCH" && arguments.size() >= 2) {
    // LIKE's message stands at the operand that is at fault.
    if (error.message.starts_with("Left side of LIKE")) {
      return PlaceError(std::move(error), dialect, arguments[0]->origin);
    }
    if (error.message.starts_with("Pattern for LIKE")) {
      return PlaceError(std::move(error), dialect, arguments[1]->origin);
    }
  }
  return PlaceError(std::move(error), dialect, call->origin);
}

Result<BoundPtr> Binder::BindLambda(const Lambda& lambda, const std::vector<Field>& parameters,
                                    const OriginPtr& origin) {
  LambdaScope scope;
  std::vector<Type> types;
  for (std::size_t i = 0; i < lambda.parameters.size() && i < parameters.size(); ++i) {
    Field field = parameters[i];
    field.name = lambda.parameters[i];
    types.push_back(field.type);
    scope.parameters.emplace_back(statement_.NewId(), std::move(field));
  }
  lambdas_.push_back(scope);
  const std::string outer_clause = clause;
  CallSink* const outer_aggregates = aggregates;
  CallSink* const outer_windows = windows;
  if (statement_.IsTrino()) {
    clause = "Lambda expression";
    aggregates = nullptr;
    windows = nullptr;
  }
  auto body = Bind(lambda.body);
  clause = outer_clause;
  aggregates = outer_aggregates;
  windows = outer_windows;
  lambdas_.pop_back();
  if (!body) return body;
  const Type type = Type::Function(std::move(types), (*body)->type);
  return std::make_shared<const Bound>(
      Bound{BoundLambda{std::move(scope.parameters), std::move(*body)}, type, false, origin});
}

Result<Binder::Matched> Binder::MatchCall(const std::string& name,
                                          const std::vector<ExpressionPtr>& expressions,
                                          std::vector<BoundPtr> bound, const ExpressionPtr& call) {
  std::vector<Argument> arguments;
  for (std::size_t i = 0; i < bound.size(); ++i) {
    if (bound[i]) {
      arguments.push_back(ArgumentOf(bound[i]));
      continue;
    }
    const auto& lambda = std::get<Lambda>(expressions[i]->node);
    arguments.push_back({.lambda_parameters = static_cast<int>(lambda.parameters.size())});
  }
  // The last binding of a lambda is the one of the overload that is taken: its types are final.
  TypeLambda type_lambda = [&](std::size_t index,
                               std::span<const Field> parameters) -> Result<Type> {
    const auto& lambda = std::get<Lambda>(expressions.at(index)->node);
    OWLET_TRY(bound.at(index), BindLambda(lambda, {parameters.begin(), parameters.end()},
                                          expressions[index]->origin));
    return bound[index]->type.fields().back().type;
  };
  auto match = statement_.table().Match(name, arguments, statement_.session(), type_lambda);
  if (!match) return Fail(FillMatchError(std::move(match).error(), call, expressions));
  for (std::size_t i = 0; i < bound.size(); ++i) {
    if (i >= match->argument_types.size()) break;
    const Type& wanted = match->argument_types[i];
    const auto* lambda = bound[i] ? std::get_if<BoundLambda>(&bound[i]->node) : nullptr;
    if (lambda == nullptr) {
      bound[i] = Coerce(std::move(bound[i]), wanted, statement_.session());
      continue;
    }
    // exists and forall do not know where an element is NULL.
    const Type& array = match->argument_types[0];
    if (match->result.id() == TypeId::kBoolean && array.id() == TypeId::kArray &&
        array.fields()[0].nullable) {
      match->nullable = true;
    }
    if (wanted.id() != TypeId::kFunction || wanted.fields().empty()) continue;
    const Type& result = wanted.fields().back().type;
    if (lambda->body->type.SameIgnoringNulls(result)) continue;
    BoundLambda coerced = *lambda;
    coerced.body = Coerce(coerced.body, result, statement_.session());
    bound[i] =
        std::make_shared<const Bound>(Bound{std::move(coerced), wanted, false, bound[i]->origin});
  }
  // A coercion that can lose a value makes nullable what any NULL argument makes NULL.
  if (match->entry->nullability == Nullability::kAnyArgument && !match->nullable) {
    match->nullable =
        std::ranges::any_of(bound, [](const BoundPtr& argument) { return argument->nullable; });
  }
  return Matched{std::move(*match), std::move(bound)};
}

Result<BoundPtr> Binder::Call(const std::string& name, std::vector<BoundPtr> arguments,
                              const ExpressionPtr& call) {
  std::vector<ExpressionPtr> expressions;
  if (const auto* written = std::get_if<FunctionCall>(&call->node)) {
    expressions = written->arguments;
  }
  if (name == "[]" && statement_.IsTrino() && arguments.size() == 2) {
    const Type& base = arguments[0]->type;
    const bool fits = base.id() == TypeId::kArray ? arguments[1]->type.IsInteger()
                      : base.id() == TypeId::kMap
                          ? CanCoerce(arguments[1]->type, base.key(), statement_.session())
                          : false;
    if (!fits) {
      return TrinoError("TYPE_MISMATCH", call->origin,
                        fmt::format("Cannot use {} for subscript of {}",
                                    TypeText(arguments[1]->type, statement_.session()),
                                    TypeText(base, statement_.session())));
    }
  }
  OWLET_TRY(Matched matched, MatchCall(name, expressions, std::move(arguments), call));
  return std::make_shared<const Bound>(
      Bound{BoundCall{matched.match.entry, std::move(matched.arguments)}, matched.match.result,
            matched.match.nullable, call->origin});
}

std::unexpected<Error> Binder::NotAllowed(const ExpressionPtr& expression, bool window) const {
  if (statement_.IsTrino()) {
    if (inside_aggregate_ > 0) {
      return TrinoError(
          "NESTED_AGGREGATION", expression->origin,
          fmt::format("Cannot nest aggregations inside aggregation: [{}]", TextOf(expression)));
    }
    return TrinoError(
        "EXPRESSION_NOT_SCALAR",
        condition_ && lambdas_.empty() ? condition_->origin : expression->origin,
        fmt::format("{}{} cannot contain aggregations, window functions or grouping operations: "
                    "[{}]",
                    clause, lambdas_.empty() ? " clause" : "", TextOf(expression)));
  }
  if (inside_aggregate_ > 0 && !window) {
    return SparkError("NESTED_AGGREGATE_FUNCTION", expression->origin, {},
                      "It is not allowed to use an aggregate function in the argument of another "
                      "aggregate function. Please use the inner aggregate function in a "
                      "sub-query.");
  }
  if (window) {
    return SparkError(
        "WINDOW_FUNCTION_NOT_ALLOWED_IN_CLAUSE", expression->origin, {{"clauseName", clause}},
        fmt::format("It is not allowed to use window functions inside {} clause.", clause));
  }
  if (clause == "GROUP BY") {
    return SparkError("GROUP_BY_AGGREGATE", expression->origin, {{"sqlExpr", TextOf(expression)}},
                      fmt::format("Aggregate functions are not allowed in GROUP BY, but found {}.",
                                  TextOf(expression)));
  }
  if (clause == "WHERE") {
    return SparkError(
        "INVALID_WHERE_CONDITION", expression->origin,
        {{"condition", SparkQuoted(TextOf(condition_ ? condition_ : expression))},
         {"expressionList", TextOf(expression)}},
        fmt::format("The WHERE condition \"{}\" contains invalid expressions: {}.",
                    TextOf(condition_ ? condition_ : expression), TextOf(expression)));
  }
  return SparkError(
      "UNSUPPORTED_EXPR_FOR_OPERATOR", expression->origin,
      {{"invalidExprSqls", SparkQuoted(TextOf(expression))}},
      fmt::format("A query operator contains unsupported expressions: {}.", TextOf(expression)));
}

// An aggregate over pandas or Arrow gets the rows of its group as one list.
Result<BoundPtr> Binder::BindPython(const PythonFunction& function,
                                    const ExpressionPtr& expression) {
  std::vector<ExpressionPtr> arguments = function.arguments;
  if (IsAggregate(function)) arguments = {RowsOfGroup(std::move(arguments))};
  BoundPython call{std::make_shared<const PythonFunction>(function), {}};
  for (const ExpressionPtr& argument : arguments) {
    OWLET_TRY(BoundPtr bound, Bind(argument));
    call.arguments.push_back(std::move(bound));
  }
  return std::make_shared<const Bound>(
      Bound{std::move(call), function.result_type, true, expression->origin});
}

Result<BoundPtr> Binder::BindCall(const FunctionCall& call, const ExpressionPtr& expression) {
  if (statement_.IsSpark()) {
    if (const auto simpler = SimplerSparkCall(call)) return BindCall(*simpler, expression);
  }
  const auto kind = statement_.table().Find(call.name);
  const bool plain = !call.distinct && !call.filter && call.order_by.empty();
  if (plain && kind != FunctionKind::kAggregate) {
    OWLET_TRY(auto special, BindSpecial(call, expression));
    if (special) return std::move(*special);
  }
  static constexpr std::array<std::string_view, 10> kGenerators = {
      "explode",      "explode_outer", "posexplode",    "posexplode_outer", "inline",
      "inline_outer", "stack",         "flatten_outer", "json_tuple",       "unnest"};
  if (statement_.IsSpark() && kind.value_or(FunctionKind::kGenerator) == FunctionKind::kGenerator &&
      std::ranges::find(kGenerators, call.name) != kGenerators.end()) {
    return BindGenerator(call, expression);
  }
  if (statement_.IsSpark() && !kind && plain && call.arguments.size() == 1) {
    if (const auto type = CastFunctionType(call.name)) {
      return BindCast(Cast{.input = call.arguments[0], .type = *type}, expression);
    }
  }
  if (kind == FunctionKind::kAggregate) return BindAggregate(call, expression);
  if (kind == FunctionKind::kWindow || (!kind && IsWindowOnly(call.name))) {
    if (statement_.IsTrino()) {
      return TrinoError(
          "MISSING_OVER", expression->origin,
          fmt::format("Window function system.builtin.{} requires an OVER clause", call.name));
    }
    return SparkError(
        "WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE", expression->origin,
        {{"funcName", SparkQuoted(TextOf(expression))}},
        fmt::format("Window function {} requires an OVER clause.", TextOf(expression)));
  }
  if (!plain) {
    if (statement_.IsTrino()) {
      return TrinoError("FUNCTION_NOT_AGGREGATE", expression->origin,
                        fmt::format("{} is not supported for non-aggregation functions",
                                    call.distinct ? "DISTINCT" : "FILTER"));
    }
    return SparkError("INVALID_SQL_SYNTAX.FUNCTION_WITH_UNSUPPORTED_SYNTAX", expression->origin,
                      {{"prettyName", SparkName({call.name})},
                       {"syntax", call.distinct ? "DISTINCT" : "FILTER CLAUSE"}},
                      fmt::format("The function `{}` does not support {}.", call.name,
                                  call.distinct ? "DISTINCT" : "FILTER CLAUSE"));
  }
  std::vector<BoundPtr> bound;
  for (const ExpressionPtr& argument : call.arguments) {
    if (std::holds_alternative<Lambda>(argument->node)) {
      bound.emplace_back();
      continue;
    }
    OWLET_TRY(BoundPtr value, Bind(argument));
    bound.push_back(std::move(value));
  }
  OWLET_TRY(BoundPtr value, Call(call.name, std::move(bound), expression));
  return call.name == "arrays_zip" && statement_.IsSpark() ? NameZipped(value, call) : value;
}

Result<BoundAggregate> Binder::AggregateOf(const FunctionCall& call,
                                           const ExpressionPtr& expression, Type& type,
                                           bool& nullable) {
  BoundAggregate aggregate;
  aggregate.distinct = call.distinct;
  aggregate.ignore_nulls = call.ignore_nulls;
  std::vector<ExpressionPtr> arguments = call.arguments;
  // count(*) is count() to the table; Spark also says count(1).
  std::erase_if(arguments, [](const ExpressionPtr& argument) {
    return std::holds_alternative<Star>(argument->node);
  });
  // listagg's order is one of its values; the percentiles' is the value itself.
  const bool orders_values =
      !call.within_group || call.name == "listagg" || call.name == "string_agg";
  if (!orders_values) {
    for (const SortOrder& order : call.order_by) arguments.push_back(order.expression);
    if (call.name == "percentile_cont" || call.name == "percentile_disc") {
      std::ranges::rotate(arguments, arguments.end() - 1);
    }
  }
  std::vector<BoundPtr> bound;
  for (const ExpressionPtr& argument : arguments) {
    if (std::holds_alternative<Lambda>(argument->node)) {
      bound.emplace_back();
      continue;
    }
    OWLET_TRY(BoundPtr value, Bind(argument));
    bound.push_back(std::move(value));
  }
  OWLET_TRY(Matched matched, MatchCall(call.name, arguments, std::move(bound), expression));
  aggregate.function = matched.match.entry;
  aggregate.arguments = std::move(matched.arguments);
  type = matched.match.result;
  nullable = matched.match.nullable;
  if (orders_values || (call.name != "percentile_cont" && call.name != "percentile_disc")) {
    OWLET_TRY(aggregate.order_by, BindSort(call.order_by));
  }
  if (call.filter) {
    const std::string outer_clause = std::exchange(clause, "FILTER");
    auto filter = Bind(call.filter);
    clause = outer_clause;
    if (!filter) return std::unexpected(std::move(filter).error());
    if ((*filter)->type.id() != TypeId::kBoolean) {
      const std::string actual = TypeText((*filter)->type, statement_.session());
      if (statement_.IsTrino()) {
        return TrinoError(
            "TYPE_MISMATCH", call.filter->origin,
            fmt::format("Filter expression must evaluate to a boolean (actual: {})", actual));
      }
      return SparkError("INVALID_AGGREGATE_FILTER.NOT_BOOLEAN", call.filter->origin,
                        {{"filterExpr", SparkQuoted(TextOf(call.filter))},
                         {"aggFunc", SparkQuoted(TextOf(expression))}},
                        "The FILTER expression must be a boolean.");
    }
    aggregate.filter = std::move(*filter);
  }
  return aggregate;
}

Result<BoundPtr> Binder::BindAggregate(const FunctionCall& call, const ExpressionPtr& expression) {
  if (inside_aggregate_ > 0) {
    if (statement_.IsTrino()) {
      return TrinoError(
          "NESTED_AGGREGATION", expression->origin,
          fmt::format("Cannot nest aggregations inside aggregation: [{}]", TextOf(expression)));
    }
    return NotAllowed(expression, false);
  }
  if (aggregates == nullptr) return NotAllowed(expression, false);
  if (statement_.IsTrino()) {
    for (const ExpressionPtr& argument : call.arguments) {
      if (!ContainsAggregate(argument, statement_.table())) continue;
      return TrinoError("NESTED_AGGREGATION", expression->origin,
                        fmt::format("Cannot nest aggregations inside aggregation '{}': [{}]",
                                    call.name, TextOf(argument)));
    }
  }
  Type type;
  bool nullable = true;
  ++inside_aggregate_;
  auto aggregate = AggregateOf(call, expression, type, nullable);
  --inside_aggregate_;
  if (!aggregate) return std::unexpected(std::move(aggregate).error());
  return SinkCall(*aggregates, Bound{std::move(*aggregate), type, nullable, expression->origin},
                  statement_.NewId(), call.name);
}

Result<BoundPtr> Binder::BindWindow(const WindowCall& written, const ExpressionPtr& expression) {
  const auto* python =
      written.function ? std::get_if<PythonFunction>(&written.function->node) : nullptr;
  if (python != nullptr && IsAggregate(*python)) {
    WindowCall rows = written;
    rows.function = RowsOfGroup(python->arguments);
    OWLET_TRY(BoundPtr list, BindWindow(rows, expression));
    BoundPython over{std::make_shared<const PythonFunction>(*python), {std::move(list)}};
    return std::make_shared<const Bound>(
        Bound{std::move(over), python->result_type, true, expression->origin});
  }
  const auto* call =
      written.function ? std::get_if<FunctionCall>(&written.function->node) : nullptr;
  if (call == nullptr) {
    return Fail(Reason::kNotImplemented, "a window over something that is no function call");
  }
  if (windows == nullptr || inside_aggregate_ > 0) return NotAllowed(expression, true);
  if (statement_.IsTrino() && call->filter) {
    return TrinoError("NOT_SUPPORTED", select_origin ? select_origin : expression->origin,
                      "FILTER is not yet supported for window functions");
  }
  const auto kind = statement_.table().Find(call->name);
  if (statement_.IsTrino() && kind == FunctionKind::kScalar) {
    return TrinoError("FUNCTION_NOT_WINDOW", select_origin ? select_origin : expression->origin,
                      fmt::format("Not a window function: {}", call->name));
  }
  WindowCall window = written;
  for (int guard = 0; !window.window_name.empty(); ++guard) {
    const NamedWindow* named = nullptr;
    if (named_windows != nullptr && guard < 64) {
      for (const NamedWindow& candidate : *named_windows) {
        if (SameName(candidate.name, window.window_name, statement_.session())) named = &candidate;
      }
    }
    if (named == nullptr) {
      if (statement_.IsTrino()) {
        return TrinoError("INVALID_WINDOW_REFERENCE", expression->origin,
                          fmt::format("Cannot resolve WINDOW name {}", window.window_name));
      }
      return SparkError(
          "MISSING_WINDOW_SPECIFICATION", expression->origin,
          {{"windowName", window.window_name}, {"docroot", "https://spark.apache.org/docs/latest"}},
          fmt::format("Window specification is not defined in the WINDOW clause for "
                      "{}.",
                      window.window_name));
    }
    window.window_name = named->window.window_name;
    if (window.partition_by.empty()) window.partition_by = named->window.partition_by;
    if (window.order_by.empty()) window.order_by = named->window.order_by;
    if (!window.frame) window.frame = named->window.frame;
  }
  if (statement_.IsTrino()) OWLET_CHECK_OK(CheckTrinoWindow(*call, window, written.function));
  BoundWindow bound;
  Type type;
  bool nullable = true;
  // What stands inside a window may hold aggregates of the query, but no window.
  CallSink* const outer_windows = std::exchange(windows, nullptr);
  auto restore = [&] { windows = outer_windows; };
  auto function = AggregateOf(*call, written.function, type, nullable);
  if (!function) {
    restore();
    return std::unexpected(std::move(function).error());
  }
  bound.function = std::move(*function);
  if (statement_.IsSpark() && (call->name == "lag" || call->name == "lead") &&
      bound.function.arguments.size() == 3) {
    nullable = bound.function.arguments[0]->nullable || bound.function.arguments[2]->nullable;
  }
  for (const ExpressionPtr& key : window.partition_by) {
    auto value = Bind(key);
    if (!value) {
      restore();
      return value;
    }
    bound.partition_by.push_back(std::move(*value));
  }
  auto orders = BindSort(window.order_by);
  restore();
  if (!orders) return std::unexpected(std::move(orders).error());
  bound.order_by = std::move(*orders);
  if (statement_.IsSpark() && bound.order_by.empty()) {
    static constexpr std::array<std::string_view, 8> kOrdered = {
        "row_number", "rank", "dense_rank", "ntile", "percent_rank", "cume_dist", "lag", "lead"};
    if (std::ranges::find(kOrdered, call->name) != kOrdered.end()) {
      return SparkError(
          "WINDOW_FUNCTION_FRAME_NOT_ORDERED", expression->origin,
          {{"wf_name", call->name}, {"wf_expr", TextOf(written.function)}},
          fmt::format("Window function {} requires the window to be ordered.", call->name));
    }
  }
  if (window.frame) {
    bound.unit = window.frame->unit;
    bound.start.bound = window.frame->start.bound;
    bound.end.bound = window.frame->end.bound;
    if (window.frame->start.value) {
      OWLET_TRY(bound.start.value, Bind(window.frame->start.value));
    }
    if (window.frame->end.value) {
      OWLET_TRY(bound.end.value, Bind(window.frame->end.value));
    }
    if (statement_.IsTrino()) OWLET_CHECK_OK(CheckTrinoFrame(window, bound));
  }
  return SinkCall(*windows, Bound{std::move(bound), type, nullable, expression->origin},
                  statement_.NewId(), call->name);
}

}  // namespace owlet::plan
