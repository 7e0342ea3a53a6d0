#include "protocol/spark_connect/expression_proto.h"

#include <fmt/format.h>
#include <spark/connect/common.pb.h>
#include <spark/connect/expressions.pb.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "core/engine/json_type.h"
#include "core/plan/type_names.h"
#include "core/sql/parser.h"
#include "core/sql/schema_argument.h"
#include "protocol/spark_connect/type_proto.h"

namespace owlet::spark_connect {

namespace proto = ::spark::connect;
using plan::ExpressionPtr;
using plan::MakeExpression;

namespace {

std::shared_ptr<const plan::Origin> ReadOrigin(const proto::Expression& expression) {
  if (!expression.has_common() || !expression.common().origin().has_python_origin()) return nullptr;
  const auto& python = expression.common().origin().python_origin();
  return std::make_shared<const plan::Origin>(
      plan::Origin{std::nullopt, python.fragment(), python.call_site()});
}

/// How the client names an operator, and the plan's one name for it (expression.h).
struct OperatorName {
  std::string_view client;
  std::string_view plan;
};
constexpr std::array kOperators = std::to_array<OperatorName>({
    {"==", "="},
    {"!=", "<>"},
    {"+", "+"},
    {"-", "-"},
    {"*", "*"},
    {"/", "/"},
    {"%", "%"},
    {"<", "<"},
    {"<=", "<="},
    {">", ">"},
    {">=", ">="},
    {"<=>", "<=>"},
    {"and", "and"},
    {"or", "or"},
    {"not", "not"},
    {"!", "not"},
    {"&", "&"},
    {"|", "|"},
    {"^", "^"},
    {"~", "~"},
    {"negative", "negate"},
    {"isNull", "is null"},
    {"isnull", "is null"},
    {"isNotNull", "is not null"},
    {"isnotnull", "is not null"},
    {"in", "in"},
    {"like", "like"},
    {"ilike", "ilike"},
    {"rlike", "rlike"},
    {"when", "case"},
});

Result<plan::FrameEdge> ReadFrameEdge(
    ExpressionReader& reader, const proto::Expression_Window_WindowFrame_FrameBoundary& boundary,
    bool lower) {
  using B = proto::Expression_Window_WindowFrame_FrameBoundary;
  switch (boundary.boundary_case()) {
    case B::kCurrentRow:
    case B::BOUNDARY_NOT_SET:
      return plan::FrameEdge{plan::FrameBound::kCurrentRow, nullptr};
    case B::kUnbounded:
      return plan::FrameEdge{
          lower ? plan::FrameBound::kUnboundedPreceding : plan::FrameBound::kUnboundedFollowing,
          nullptr};
    case B::kValue:
      break;
  }
  OWLET_TRY(ExpressionPtr value, reader.Read(boundary.value()));
  // The client gives a signed offset from the current row; the plan a direction and a distance.
  if (const auto* literal = std::get_if<plan::Literal>(&value->node)) {
    if (const auto* number = std::get_if<std::int64_t>(&literal->value)) {
      if (*number == 0) return plan::FrameEdge{plan::FrameBound::kCurrentRow, nullptr};
      if (*number > 0) return plan::FrameEdge{plan::FrameBound::kFollowing, std::move(value)};
      plan::Literal distance{literal->type, -*number};
      return plan::FrameEdge{plan::FrameBound::kPreceding, MakeExpression(std::move(distance))};
    }
  }
  return plan::FrameEdge{lower ? plan::FrameBound::kPreceding : plan::FrameBound::kFollowing,
                         std::move(value)};
}

Result<ExpressionPtr> ReadWindow(ExpressionReader& reader, const proto::Expression_Window& window,
                                 std::shared_ptr<const plan::Origin> origin) {
  plan::WindowCall call;
  OWLET_TRY(call.function, reader.Read(window.window_function()));
  OWLET_TRY(call.partition_by, reader.ReadAll(window.partition_spec()));
  OWLET_TRY(call.order_by, reader.ReadSortOrders(window.order_spec()));
  if (window.has_frame_spec()) {
    plan::WindowFrame frame;
    frame.unit = window.frame_spec().frame_type() ==
                         proto::Expression_Window_WindowFrame_FrameType_FRAME_TYPE_ROW
                     ? plan::FrameUnit::kRows
                     : plan::FrameUnit::kRange;
    OWLET_TRY(frame.start, ReadFrameEdge(reader, window.frame_spec().lower(), true));
    OWLET_TRY(frame.end, ReadFrameEdge(reader, window.frame_spec().upper(), false));
    call.frame = std::move(frame);
  }
  return MakeExpression(std::move(call), std::move(origin));
}

/// The client sends F.first(x) as first(x, false): the flag's default does not show in names.
void DropDefaultFlag(plan::FunctionCall& call) {
  static constexpr std::array<std::string_view, 6> kWithFlag = {
      "first", "last", "any_value", "first_value", "last_value", "mode"};
  if (call.arguments.size() != 2 || !call.argument_names.empty() ||
      std::ranges::find(kWithFlag, call.name) == kWithFlag.end()) {
    return;
  }
  const auto* literal = std::get_if<plan::Literal>(&call.arguments[1]->node);
  const auto* flag = literal == nullptr ? nullptr : std::get_if<bool>(&literal->value);
  if (flag != nullptr && !*flag) call.arguments.pop_back();
}

/// from_json(x, schema_of_json('...')): the schema is a constant then.
Status InferSchemaArgument(plan::FunctionCall& call) {
  if (call.name != "from_json" || call.arguments.size() < 2) return {};
  const auto* inner = std::get_if<plan::FunctionCall>(&call.arguments[1]->node);
  if (inner == nullptr || inner->name != "schema_of_json" || inner->arguments.size() != 1) {
    return {};
  }
  const auto* literal = std::get_if<plan::Literal>(&inner->arguments[0]->node);
  const auto* text = literal == nullptr ? nullptr : std::get_if<std::string>(&literal->value);
  if (text == nullptr) return {};
  OWLET_TRY(const plan::Type type, engine::JsonTypeOf(*text, "UTC"));
  call.arguments[1] =
      MakeExpression(plan::Literal::String(plan::SparkSqlName(type)), call.arguments[1]->origin);
  return {};
}

Result<ExpressionPtr> ReadFunction(ExpressionReader& reader,
                                   const proto::Expression_UnresolvedFunction& function,
                                   std::shared_ptr<const plan::Origin> origin) {
  plan::FunctionCall call;
  call.name = function.function_name();
  for (const OperatorName& name : kOperators) {
    if (name.client == function.function_name()) {
      call.name = name.plan;
      call.is_operator = true;
    }
  }
  call.distinct = function.is_distinct();
  for (const auto& argument : function.arguments()) {
    if (argument.has_named_argument_expression()) {
      call.argument_names.resize(call.arguments.size());
      call.argument_names.push_back(argument.named_argument_expression().key());
      OWLET_TRY(ExpressionPtr value, reader.Read(argument.named_argument_expression().value()));
      call.arguments.push_back(std::move(value));
      continue;
    }
    OWLET_TRY(ExpressionPtr value, reader.Read(argument));
    call.arguments.push_back(std::move(value));
  }
  if (!call.argument_names.empty()) call.argument_names.resize(call.arguments.size());
  DropDefaultFlag(call);
  OWLET_CHECK_OK(InferSchemaArgument(call));
  OWLET_CHECK_OK(sql::ReadSchemaArgument(call));
  return MakeExpression(std::move(call), std::move(origin));
}

Result<ExpressionPtr> ReadCast(ExpressionReader& reader, const proto::Expression_Cast& cast,
                               std::shared_ptr<const plan::Origin> origin) {
  plan::Cast out;
  OWLET_TRY(out.input, reader.Read(cast.expr()));
  if (cast.has_type()) {
    OWLET_TRY(out.type, TypeFromProto(cast.type()));
  } else {
    OWLET_TRY(out.type, sql::ParseSparkType(cast.type_str()));
  }
  switch (cast.eval_mode()) {
    case proto::Expression_Cast_EvalMode_EVAL_MODE_LEGACY:
      out.mode = plan::CastMode::kLegacy;
      break;
    case proto::Expression_Cast_EvalMode_EVAL_MODE_ANSI:
      out.mode = plan::CastMode::kAnsi;
      break;
    case proto::Expression_Cast_EvalMode_EVAL_MODE_TRY:
      out.mode = plan::CastMode::kTry;
      break;
    default:
      out.mode = plan::CastMode::kDialect;
  }
  return MakeExpression(std::move(out), std::move(origin));
}

Result<ExpressionPtr> ReadStar(const proto::Expression_UnresolvedStar& star,
                               std::shared_ptr<const plan::Origin> origin) {
  plan::Star out;
  if (star.has_unparsed_target()) {
    std::string target = star.unparsed_target();
    if (target.ends_with(".*")) target.resize(target.size() - 2);
    OWLET_TRY(out.qualifier, sql::ParseSparkColumnName(target));
  }
  if (star.has_plan_id()) out.plan_id = star.plan_id();
  return MakeExpression(std::move(out), std::move(origin));
}

Result<ExpressionPtr> ReadLambda(ExpressionReader& reader,
                                 const proto::Expression_LambdaFunction& lambda,
                                 std::shared_ptr<const plan::Origin> origin) {
  plan::Lambda out;
  for (const auto& parameter : lambda.arguments()) {
    out.parameters.push_back(parameter.name_parts_size() > 0 ? parameter.name_parts(0) : "");
  }
  OWLET_TRY(out.body, reader.Read(lambda.function()));
  return MakeExpression(std::move(out), std::move(origin));
}

Result<ExpressionPtr> ReadUpdateFields(ExpressionReader& reader,
                                       const proto::Expression_UpdateFields& update,
                                       std::shared_ptr<const plan::Origin> origin) {
  plan::UpdateField out;
  OWLET_TRY(out.input, reader.Read(update.struct_expression()));
  OWLET_TRY(out.path, sql::ParseSparkColumnName(update.field_name()));
  if (update.has_value_expression()) {
    OWLET_TRY(out.value, reader.Read(update.value_expression()));
  }
  return MakeExpression(std::move(out), std::move(origin));
}

}  // namespace

Result<plan::SortOrder> ExpressionReader::ReadSortOrder(const proto::Expression_SortOrder& order) {
  plan::SortOrder out;
  OWLET_TRY(out.expression, Read(order.child()));
  out.ascending =
      order.direction() != proto::Expression_SortOrder_SortDirection_SORT_DIRECTION_DESCENDING;
  switch (order.null_ordering()) {
    case proto::Expression_SortOrder_NullOrdering_SORT_NULLS_FIRST:
      out.nulls = plan::NullOrder::kFirst;
      break;
    case proto::Expression_SortOrder_NullOrdering_SORT_NULLS_LAST:
      out.nulls = plan::NullOrder::kLast;
      break;
    default:
      break;
  }
  return out;
}

Result<plan::PythonFunction> ExpressionReader::ReadPython(
    const proto::CommonInlineUserDefinedFunction& function) {
  if (!function.has_python_udf()) {
    return Fail(Reason::kNotImplemented,
                "user-defined functions in Java and Scala are not implemented",
                "UNSUPPORTED_FEATURE");
  }
  plan::PythonFunction out;
  out.name = function.function_name();
  for (const auto& argument : function.arguments()) {
    const bool named = argument.has_named_argument_expression();
    out.argument_names.push_back(named ? argument.named_argument_expression().key() : "");
    OWLET_TRY(ExpressionPtr value,
              Read(named ? argument.named_argument_expression().value() : argument));
    out.arguments.push_back(std::move(value));
  }
  auto type = TypeFromProto(function.python_udf().output_type());
  if (!type) {  // columns as text, "a: int, b: string", mean a struct
    auto columns = SchemaFromProto(function.python_udf().output_type());
    if (columns) type = plan::Type::Row(std::move(*columns));
  }
  OWLET_TRY(out.result_type, std::move(type));
  out.eval_type = function.python_udf().eval_type();
  out.command = function.python_udf().command();
  out.python_version = function.python_udf().python_ver();
  out.deterministic = function.deterministic();
  return out;
}

plan::ExpressionPtr ExpressionReader::Called(plan::ExpressionPtr expression) const {
  return find_function_ ? plan::InlineFunctions(expression, find_function_) : expression;
}

Result<ExpressionPtr> ExpressionReader::Read(const proto::Expression& expression) {
  using E = proto::Expression;
  auto origin = ReadOrigin(expression);
  switch (expression.expr_type_case()) {
    case E::kLiteral: {
      OWLET_TRY(plan::Literal literal, LiteralFromProto(expression.literal()));
      return MakeExpression(std::move(literal), std::move(origin));
    }
    case E::kUnresolvedAttribute: {
      const auto& attribute = expression.unresolved_attribute();
      plan::ColumnReference out;
      OWLET_TRY(out.parts, sql::ParseSparkColumnName(attribute.unparsed_identifier()));
      if (attribute.has_plan_id()) out.plan_id = attribute.plan_id();
      out.metadata_column = attribute.is_metadata_column();
      return MakeExpression(std::move(out), std::move(origin));
    }
    case E::kUnresolvedFunction: {
      OWLET_TRY(ExpressionPtr call,
                ReadFunction(*this, expression.unresolved_function(), std::move(origin)));
      return Called(std::move(call));
    }
    case E::kExpressionString: {
      OWLET_TRY(ExpressionPtr written,
                sql::ParseSparkExpression(expression.expression_string().expression()));
      return Called(std::move(written));
    }
    case E::kUnresolvedStar:
      return ReadStar(expression.unresolved_star(), std::move(origin));
    case E::kAlias: {
      plan::Alias out;
      OWLET_TRY(out.input, Read(expression.alias().expr()));
      out.names.assign(expression.alias().name().begin(), expression.alias().name().end());
      out.metadata = expression.alias().metadata();
      return MakeExpression(std::move(out), std::move(origin));
    }
    case E::kCast:
      return ReadCast(*this, expression.cast(), std::move(origin));
    case E::kUnresolvedRegex: {
      plan::ColumnRegex out{expression.unresolved_regex().col_name(), std::nullopt};
      if (expression.unresolved_regex().has_plan_id()) {
        out.plan_id = expression.unresolved_regex().plan_id();
      }
      return MakeExpression(std::move(out), std::move(origin));
    }
    case E::kSortOrder: {
      OWLET_TRY(plan::SortOrder order, ReadSortOrder(expression.sort_order()));
      return MakeExpression(std::move(order), std::move(origin));
    }
    case E::kLambdaFunction:
      return ReadLambda(*this, expression.lambda_function(), std::move(origin));
    case E::kWindow:
      return ReadWindow(*this, expression.window(), std::move(origin));
    case E::kUnresolvedExtractValue: {
      plan::ExtractValue out;
      OWLET_TRY(out.input, Read(expression.unresolved_extract_value().child()));
      OWLET_TRY(out.key, Read(expression.unresolved_extract_value().extraction()));
      return MakeExpression(std::move(out), std::move(origin));
    }
    case E::kUpdateFields:
      return ReadUpdateFields(*this, expression.update_fields(), std::move(origin));
    case E::kUnresolvedNamedLambdaVariable: {
      const auto& variable = expression.unresolved_named_lambda_variable();
      plan::LambdaVariable out{variable.name_parts_size() > 0 ? variable.name_parts(0) : ""};
      return MakeExpression(std::move(out), std::move(origin));
    }
    case E::kCommonInlineUserDefinedFunction: {
      OWLET_TRY(plan::PythonFunction function,
                ReadPython(expression.common_inline_user_defined_function()));
      return MakeExpression(std::move(function), std::move(origin));
    }
    case E::kCallFunction: {
      plan::FunctionCall call;
      OWLET_TRY(const sql::Name name,
                sql::ParseSparkTableName(expression.call_function().function_name()));
      call.name = name.back();
      OWLET_TRY(call.arguments, ReadAll(expression.call_function().arguments()));
      return Called(MakeExpression(std::move(call), std::move(origin)));
    }
    case E::kSubqueryExpression: {
      const auto& subquery = expression.subquery_expression();
      plan::Subquery out;
      OWLET_TRY(out.query, find_subquery_(subquery.plan_id()));
      switch (subquery.subquery_type()) {
        case proto::SubqueryExpression_SubqueryType_SUBQUERY_TYPE_EXISTS:
          out.kind = plan::SubqueryKind::kExists;
          break;
        case proto::SubqueryExpression_SubqueryType_SUBQUERY_TYPE_IN: {
          out.kind = plan::SubqueryKind::kIn;
          OWLET_TRY(out.left, ReadAll(subquery.in_subquery_values()));
          break;
        }
        case proto::SubqueryExpression_SubqueryType_SUBQUERY_TYPE_TABLE_ARG:
          out.kind = plan::SubqueryKind::kTable;
          break;
        default:
          break;
      }
      return MakeExpression(std::move(out), std::move(origin));
    }
    case E::kNamedArgumentExpression:
      return Read(expression.named_argument_expression().value());
    case E::kMergeAction:
    case E::kTypedAggregateExpression:
    case E::kDirectShufflePartitionId:
    case E::kExtension:
      return Fail(Reason::kNotImplemented,
                  "this kind of Spark Connect expression is not implemented",
                  "UNSUPPORTED_FEATURE");
    case E::EXPR_TYPE_NOT_SET:
      break;
  }
  return Fail(Reason::kMalformedRequest, "an expression of the plan is empty",
              "CONNECT_INVALID_PLAN.EXPRESSION_TYPE_NOT_SUPPORTED");
}

}  // namespace owlet::spark_connect
