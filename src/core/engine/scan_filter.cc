#include "core/engine/scan_filter.h"

#include <duckdb/planner/expression/bound_operator_expression.hpp>
#include <duckdb/planner/filter/conjunction_filter.hpp>
#include <duckdb/planner/filter/constant_filter.hpp>
#include <duckdb/planner/filter/expression_filter.hpp>
#include <duckdb/planner/filter/in_filter.hpp>
#include <duckdb/planner/filter/optional_filter.hpp>

namespace owlet::engine {

using duckdb::ExpressionType;
using duckdb::LogicalTypeId;
using duckdb::TableFilterType;
using Kind = scan::ColumnFilter::Kind;

namespace {

Kind KindOf(ExpressionType comparison) {
  switch (comparison) {
    case ExpressionType::COMPARE_EQUAL:
      return Kind::kEqual;
    case ExpressionType::COMPARE_NOTEQUAL:
      return Kind::kNotEqual;
    case ExpressionType::COMPARE_LESSTHAN:
      return Kind::kLess;
    case ExpressionType::COMPARE_LESSTHANOREQUALTO:
      return Kind::kLessOrEqual;
    case ExpressionType::COMPARE_GREATERTHAN:
      return Kind::kGreater;
    case ExpressionType::COMPARE_GREATERTHANOREQUALTO:
      return Kind::kGreaterOrEqual;
    default:
      return Kind::kAny;
  }
}

scan::ColumnFilter Compare(Kind kind, const duckdb::Value& constant) {
  scan::ColumnFilter filter;
  if (constant.IsNull()) return filter;
  switch (constant.type().id()) {
    case LogicalTypeId::BOOLEAN:
      filter.integer = constant.GetValueUnsafe<bool>() ? 1 : 0;
      break;
    case LogicalTypeId::TINYINT:
      filter.integer = constant.GetValueUnsafe<std::int8_t>();
      break;
    case LogicalTypeId::SMALLINT:
      filter.integer = constant.GetValueUnsafe<std::int16_t>();
      break;
    case LogicalTypeId::INTEGER:
      filter.integer = constant.GetValueUnsafe<std::int32_t>();
      break;
    case LogicalTypeId::DATE:
      filter.integer = constant.GetValueUnsafe<duckdb::date_t>().days;
      break;
    case LogicalTypeId::BIGINT:
      filter.integer = constant.GetValueUnsafe<std::int64_t>();
      break;
    case LogicalTypeId::TIMESTAMP:
    case LogicalTypeId::TIMESTAMP_TZ:
      filter.integer = constant.GetValueUnsafe<duckdb::timestamp_t>().value;
      break;
    case LogicalTypeId::DOUBLE:
      filter.real = constant.GetValueUnsafe<double>();
      break;
    case LogicalTypeId::VARCHAR:
      filter.text = duckdb::StringValue::Get(constant);
      break;
    default:
      return filter;
  }
  filter.kind = kind;
  return filter;
}

template <class Children, class Convert>
scan::ColumnFilter Join(Kind kind, const Children& children, const Convert& convert) {
  scan::ColumnFilter filter;
  filter.kind = kind;
  for (const auto& child : children) filter.children.push_back(convert(child));
  return filter;
}

bool IsColumn(const duckdb::Expression& expression) {
  return expression.GetExpressionClass() == duckdb::ExpressionClass::BOUND_REF ||
         expression.GetExpressionClass() == duckdb::ExpressionClass::BOUND_COLUMN_REF;
}

scan::ColumnFilter FromCondition(const duckdb::Expression& condition) {
  scan::ColumnFilter filter;
  if (IsColumn(condition)) {
    filter.kind = Kind::kEqual;
    filter.integer = 1;
    return filter;
  }
  if (condition.GetExpressionClass() != duckdb::ExpressionClass::BOUND_OPERATOR) return filter;
  const auto& children = condition.Cast<duckdb::BoundOperatorExpression>().children;
  if (children.size() != 1 || !IsColumn(*children[0])) return filter;
  switch (condition.GetExpressionType()) {
    case ExpressionType::OPERATOR_NOT:
      filter.kind = Kind::kEqual;
      break;
    case ExpressionType::OPERATOR_IS_NULL:
      filter.kind = Kind::kIsNull;
      break;
    case ExpressionType::OPERATOR_IS_NOT_NULL:
      filter.kind = Kind::kIsNotNull;
      break;
    default:
      break;
  }
  return filter;
}

}  // namespace

bool IsColumnFilter(const duckdb::Expression& condition) {
  return FromCondition(condition).kind != Kind::kAny;
}

scan::ColumnFilter ToColumnFilter(const duckdb::TableFilter& filter) {
  const auto convert = [](const auto& child) { return ToColumnFilter(*child); };
  switch (filter.filter_type) {
    case TableFilterType::IS_NULL:
      return {.kind = Kind::kIsNull, .text = {}, .children = {}};
    case TableFilterType::IS_NOT_NULL:
      return {.kind = Kind::kIsNotNull, .text = {}, .children = {}};
    case TableFilterType::CONSTANT_COMPARISON: {
      const auto& comparison = filter.Cast<duckdb::ConstantFilter>();
      return Compare(KindOf(comparison.comparison_type), comparison.constant);
    }
    case TableFilterType::CONJUNCTION_AND:
      return Join(Kind::kAnd, filter.Cast<duckdb::ConjunctionAndFilter>().child_filters, convert);
    case TableFilterType::CONJUNCTION_OR:
      return Join(Kind::kOr, filter.Cast<duckdb::ConjunctionOrFilter>().child_filters, convert);
    case TableFilterType::IN_FILTER:
      return Join(Kind::kOr, filter.Cast<duckdb::InFilter>().values,
                  [](const duckdb::Value& value) { return Compare(Kind::kEqual, value); });
    case TableFilterType::EXPRESSION_FILTER:
      return FromCondition(*filter.Cast<duckdb::ExpressionFilter>().expr);
    case TableFilterType::OPTIONAL_FILTER: {
      const auto& child = filter.Cast<duckdb::OptionalFilter>().child_filter;
      return child ? ToColumnFilter(*child) : scan::ColumnFilter();
    }
    default:
      return {};
  }
}

}  // namespace owlet::engine
