#include "core/engine/functions/value_literal.h"

namespace owlet::engine {

using plan::Literal;
using plan::TypeId;

namespace {

plan::Int128 ToInt128(duckdb::hugeint_t value) {
  return (static_cast<plan::Int128>(value.upper) << 64) | static_cast<plan::Int128>(value.lower);
}

plan::Int128 Unscaled(const duckdb::Value& value) {
  switch (value.type().InternalType()) {
    case duckdb::PhysicalType::INT16:
      return value.GetValueUnsafe<std::int16_t>();
    case duckdb::PhysicalType::INT32:
      return value.GetValueUnsafe<std::int32_t>();
    case duckdb::PhysicalType::INT64:
      return value.GetValueUnsafe<std::int64_t>();
    default:
      return ToInt128(value.GetValueUnsafe<duckdb::hugeint_t>());
  }
}

Literal Nested(const duckdb::Value& value, const plan::Type& type) {
  std::vector<Literal> items;
  if (type.id() == TypeId::kArray) {
    for (const auto& item : duckdb::ListValue::GetChildren(value)) {
      items.push_back(ToLiteral(item, type.element()));
    }
  } else if (type.id() == TypeId::kMap) {
    for (const auto& entry : duckdb::MapValue::GetChildren(value)) {
      const auto& pair = duckdb::StructValue::GetChildren(entry);
      items.push_back(ToLiteral(pair[0], type.key()));
      items.push_back(ToLiteral(pair[1], type.value()));
    }
  } else {
    const auto& children = duckdb::StructValue::GetChildren(value);
    for (std::size_t i = 0; i < children.size() && i < type.fields().size(); ++i) {
      items.push_back(ToLiteral(children[i], type.fields()[i].type));
    }
  }
  return {type, std::move(items)};
}

}  // namespace

Literal ToLiteral(const duckdb::Value& value, const plan::Type& type) {
  if (value.IsNull()) return {type, {}};
  switch (type.id()) {
    case TypeId::kBoolean:
      return {type, value.GetValue<bool>()};
    case TypeId::kTinyint:
    case TypeId::kSmallint:
    case TypeId::kInteger:
    case TypeId::kBigint:
      return {type, value.GetValue<std::int64_t>()};
    case TypeId::kReal:
    case TypeId::kDouble:
      return {type, value.GetValue<double>()};
    case TypeId::kDecimal:
      return {type, Unscaled(value)};
    case TypeId::kDate:
      return {type, std::int64_t{value.GetValueUnsafe<duckdb::date_t>().days}};
    case TypeId::kTime:
      return {type, std::int64_t{value.GetValueUnsafe<duckdb::dtime_t>().micros}};
    case TypeId::kTimestamp:
    case TypeId::kTimestampLocalZone:
      return {type, std::int64_t{value.GetValueUnsafe<duckdb::timestamp_t>().value}};
    case TypeId::kIntervalDayTime:
    case TypeId::kIntervalYearMonth:
    case TypeId::kCalendarInterval: {
      const auto interval = value.GetValueUnsafe<duckdb::interval_t>();
      return {type, plan::Interval{interval.months, interval.days, interval.micros}};
    }
    case TypeId::kArray:
    case TypeId::kMap:
    case TypeId::kRow:
      return Nested(value, type);
    case TypeId::kVarchar:
    case TypeId::kChar:
    case TypeId::kVarbinary:
      return {type, duckdb::StringValue::Get(value)};
    default:
      return {plan::Type::Varchar(), value.ToString()};
  }
}

}  // namespace owlet::engine
