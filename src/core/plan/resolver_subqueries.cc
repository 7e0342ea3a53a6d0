#include <fmt/format.h>

#include "core/plan/resolver_binder.h"

// Queries inside expressions, and generators in a SELECT list.

namespace owlet::plan {

Result<BoundPtr> Binder::BindSubquery(const Subquery& subquery, const ExpressionPtr& expression) {
  const SessionSettings& session = statement_.session();
  const OriginPtr& origin = expression->origin;
  if (statement_.IsTrino() && !lambdas_.empty()) {
    return TrinoError("NOT_SUPPORTED", origin, "Lambda expression cannot contain subqueries");
  }
  OWLET_TRY(Scope scope, statement_.ResolveRelation(subquery.query, this));
  NodePtr query = statement_.VisibleNode(scope);
  BoundSubquery bound{.kind = subquery.kind,
                      .query = query,
                      .left = {},
                      .comparison = subquery.comparison,
                      .all = subquery.all};
  const std::size_t width = query->columns.size();
  if (subquery.kind == SubqueryKind::kExists) {
    return std::make_shared<const Bound>(
        Bound{std::move(bound), Type(TypeId::kBoolean), false, origin});
  }
  if (subquery.kind == SubqueryKind::kTable) {
    return Fail(Reason::kNotImplemented, "TABLE arguments of table functions");
  }
  if (subquery.kind == SubqueryKind::kScalar) {
    if (width != 1) {
      if (statement_.IsTrino() && width > 1) {
        // Trino: several columns are one row.
        std::vector<Field> fields;
        for (const Column& column : query->columns) {
          fields.push_back({column.name, column.type, true, ""});
        }
        std::vector<BoundPtr> values;
        for (const Column& column : query->columns) values.push_back(ReferTo(column));
        static const FunctionEntry kRow{.name = "row", .signature = "", .lowering = "$row"};
        const Type type = Type::Row(std::move(fields));
        Scope packed = statement_.ProjectItems(
            scope,
            {{.expression = TemplateCall(kRow, std::move(values), type, false), .name = "_row"}});
        bound.query = packed.node;
        return std::make_shared<const Bound>(Bound{std::move(bound), type, true, origin});
      }
      return SparkError(
          "INVALID_SUBQUERY_EXPRESSION.SCALAR_SUBQUERY_RETURN_MORE_THAN_ONE_OUTPUT_"
          "COLUMN",
          origin, {{"number", std::to_string(width)}},
          fmt::format("Scalar subquery must return only one column, but got {}.", width));
    }
    const Type type = query->columns[0].type;
    return std::make_shared<const Bound>(Bound{std::move(bound), type, true, origin});
  }
  for (const ExpressionPtr& left : subquery.left) {
    OWLET_TRY(BoundPtr value, Bind(left));
    bound.left.push_back(std::move(value));
  }
  if (bound.left.size() == 1 && width > 1 && bound.left[0]->type.id() == TypeId::kRow) {
    // (a, b) IN (SELECT x, y ..): the row's fields one by one.
    const BoundPtr row = bound.left[0];
    bound.left.clear();
    const auto* made = std::get_if<BoundCall>(&row->node);
    for (std::size_t i = 0; i < row->type.fields().size(); ++i) {
      const Field& field = row->type.fields()[i];
      bound.left.push_back(made != nullptr && made->function->lowering == "$row"
                               ? made->arguments[i]
                               : std::make_shared<const Bound>(
                                     Bound{BoundField{row, i}, field.type, true, row->origin}));
    }
  }
  auto mismatch = [&]() -> std::unexpected<Error> {
    if (statement_.IsTrino()) {
      std::string left_types;
      std::string right_types;
      for (const BoundPtr& left : bound.left) {
        left_types += (left_types.empty() ? "" : ", ") + TypeText(left->type, session);
      }
      for (const Column& column : query->columns) {
        right_types += (right_types.empty() ? "" : ", ") +
                       (column.name.empty() ? "" : column.name + " ") +
                       TypeText(column.type, session);
      }
      return TrinoError("TYPE_MISMATCH", origin,
                        fmt::format("Value expression and result of subquery must be of the same "
                                    "type: row({}) vs row({})",
                                    left_types, right_types));
    }
    if (bound.left.size() != width) {
      std::string left;
      std::string right;
      for (const ExpressionPtr& value : subquery.left) {
        left += (left.empty() ? "\"" : ", \"") + TextOf(value) + "\"";
      }
      for (const Column& column : query->columns) {
        right += (right.empty() ? "\"" : ", \"") + column.name + "\"";
      }
      return SparkError("DATATYPE_MISMATCH.IN_SUBQUERY_LENGTH_MISMATCH", origin,
                        {{"sqlExpr", SparkQuoted(TextOf(expression))},
                         {"leftLength", std::to_string(bound.left.size())},
                         {"rightLength", std::to_string(width)},
                         {"leftColumns", left},
                         {"rightColumns", right}},
                        "The number of columns of IN's sides differs.");
    }
    return SparkError("DATATYPE_MISMATCH.IN_SUBQUERY_DATA_TYPE_MISMATCH", origin,
                      {{"sqlExpr", SparkQuoted(TextOf(expression))},
                       {"mismatchedColumns", ""},
                       {"leftType", SparkQuoted(TypeText(bound.left[0]->type, session))},
                       {"rightType", SparkQuoted(TypeText(query->columns[0].type, session))}},
                      "The types of IN's sides differ.");
  };
  if (bound.left.size() != width) return mismatch();
  bool nullable = false;
  bool cast_needed = false;
  std::vector<Statement::Item> items;
  for (std::size_t i = 0; i < width; ++i) {
    const Column& column = query->columns[i];
    auto common = CommonType(bound.left[i]->type, column.type, session);
    if (!common) return mismatch();
    nullable = nullable || bound.left[i]->nullable || column.nullable;
    bound.left[i] = Coerce(bound.left[i], *common, statement_.session());
    BoundPtr value = Coerce(ReferTo(column), *common, statement_.session());
    cast_needed = cast_needed || !column.type.SameIgnoringNulls(*common);
    items.push_back({.expression = std::move(value), .name = column.name});
  }
  if (cast_needed) bound.query = statement_.ProjectItems(scope, std::move(items)).node;
  return std::make_shared<const Bound>(
      Bound{std::move(bound), Type(TypeId::kBoolean), nullable, origin});
}

Result<BoundPtr> Binder::BindGenerator(const FunctionCall& call, const ExpressionPtr& expression) {
  if (generator == nullptr || inside_aggregate_ > 0) {
    return SparkError("UNSUPPORTED_GENERATOR.OUTSIDE_SELECT", expression->origin,
                      {{"plan", clause}},
                      "Generators are not supported outside the SELECT clause.");
  }
  if (generator->node || !generator->stack_rows.empty()) {
    return SparkError("UNSUPPORTED_GENERATOR.MULTI_GENERATOR", expression->origin,
                      {{"num", "2"}, {"exprs", SparkQuoted(TextOf(expression))}},
                      "Only one generator is allowed per SELECT clause.");
  }
  std::vector<BoundPtr> arguments;
  GeneratorSink* const sink = std::exchange(generator, nullptr);
  auto restore = [&] { generator = sink; };
  for (const ExpressionPtr& argument : call.arguments) {
    auto value = Bind(argument);
    if (!value) {
      restore();
      if (value.error().condition == "UNSUPPORTED_GENERATOR.OUTSIDE_SELECT") {
        return SparkError("UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS", expression->origin,
                          {{"expression", SparkQuoted(TextOf(expression))}},
                          "Generators are not supported when nested in expressions.");
      }
      return value;
    }
    arguments.push_back(std::move(*value));
  }
  restore();
  auto add_column = [&](std::string name, const Type& type, bool nullable) {
    sink->columns.push_back(
        {.id = statement_.NewId(), .name = std::move(name), .type = type, .nullable = nullable});
  };
  const bool outer = call.name.ends_with("_outer");
  const std::string base = outer ? call.name.substr(0, call.name.size() - 6) : call.name;
  if (base == "stack") {
    const auto* count = arguments.empty() ? nullptr : std::get_if<Literal>(&arguments[0]->node);
    const auto* rows = count == nullptr ? nullptr : std::get_if<std::int64_t>(&count->value);
    if (rows == nullptr || *rows <= 0 || arguments.size() < 2) {
      return SparkError("DATATYPE_MISMATCH.NON_FOLDABLE_INPUT", expression->origin,
                        {{"sqlExpr", SparkQuoted(TextOf(expression))},
                         {"inputName", "`n`"},
                         {"inputType", "\"INT\""},
                         {"inputExpr", ""}},
                        "The number of rows of stack must be a positive constant.");
    }
    const auto num_rows = static_cast<std::size_t>(*rows);
    const std::size_t width = (arguments.size() - 1 + num_rows - 1) / num_rows;
    sink->stack_rows.assign(num_rows, {});
    for (std::size_t column = 0; column < width; ++column) {
      Type type;
      for (std::size_t row = 0; row < num_rows; ++row) {
        const std::size_t index = 1 + row * width + column;
        if (index >= arguments.size()) continue;
        auto common = CommonType(type, arguments[index]->type, statement_.session());
        if (!common) {
          return SparkError(
              "DATATYPE_MISMATCH.STACK_COLUMN_DIFF_TYPES", expression->origin,
              {{"sqlExpr", SparkQuoted(TextOf(expression))},
               {"columnIndex", std::to_string(column)},
               {"leftParamIndex", "1"},
               {"leftType", SparkQuoted(TypeText(type, statement_.session()))},
               {"rightParamIndex", std::to_string(index)},
               {"rightType", SparkQuoted(TypeText(arguments[index]->type, statement_.session()))}},
              "The types of a column of stack differ.");
        }
        type = *common;
      }
      for (std::size_t row = 0; row < num_rows; ++row) {
        const std::size_t index = 1 + row * width + column;
        BoundPtr value = index < arguments.size() ? arguments[index] : Constant(Literal::Null());
        sink->stack_rows[row].push_back(Coerce(std::move(value), type, statement_.session()));
      }
      add_column(fmt::format("col{}", column), type, true);
    }
    return ReferTo(sink->columns[0], expression->origin);
  }
  const TypeId wanted = arguments.size() == 1 ? arguments[0]->type.id() : TypeId::kUnknown;
  const bool is_inline = base == "inline";
  if (arguments.size() != 1 ||
      !(wanted == TypeId::kArray || (wanted == TypeId::kMap && !is_inline)) ||
      (is_inline && arguments[0]->type.element().id() != TypeId::kRow)) {
    if (arguments.size() != 1) {
      return SparkError("WRONG_NUM_ARGS.WITHOUT_SUGGESTION", expression->origin,
                        {{"functionName", SparkName({call.name})},
                         {"expectedNum", "1"},
                         {"actualNum", std::to_string(arguments.size())},
                         {"docroot", "https://spark.apache.org/docs/latest"}},
                        fmt::format("The `{}` requires 1 parameters but the actual number is {}.",
                                    call.name, arguments.size()));
    }
    return SparkError(
        "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", expression->origin,
        {{"sqlExpr", SparkQuoted(TextOf(expression))},
         {"paramIndex", "first"},
         {"inputSql", SparkQuoted(TextOf(call.arguments[0]))},
         {"inputType", SparkQuoted(TypeText(arguments[0]->type, statement_.session()))},
         {"requiredType", is_inline ? "\"ARRAY<STRUCT>\"" : "(\"ARRAY\" or \"MAP\")"}},
        fmt::format("{} needs an array or a map.", call.name));
  }
  const Type type = arguments[0]->type;
  UnnestNode unnest{.input = nullptr,
                    .collections = {arguments[0]},
                    .with_ordinality = base == "posexplode",
                    .outer = outer,
                    .ordinality_first = true,
                    .zero_based = true};
  if (unnest.with_ordinality) add_column("pos", Type(TypeId::kInteger), outer);
  if (is_inline) {
    unnest.expand_rows = true;
    for (const Field& field : type.element().fields()) {
      add_column(field.name, field.type, outer || field.nullable || type.fields()[0].nullable);
    }
  } else if (wanted == TypeId::kMap) {
    add_column("key", type.key(), outer);
    add_column("value", type.value(), outer || type.fields()[1].nullable);
  } else {
    add_column("col", type.element(), outer || type.fields()[0].nullable);
  }
  if (sink->columns.empty()) {  // inline of array<struct<>>; DataFrame.foreachPartition asks for it
    return Fail(Reason::kNotImplemented, "a generator whose rows have no columns");
  }
  sink->node = std::move(unnest);
  return ReferTo(sink->columns[0], expression->origin);
}

}  // namespace owlet::plan
