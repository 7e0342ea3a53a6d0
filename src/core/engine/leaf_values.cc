#include "core/engine/leaf_values.h"

#include "core/engine/duckdb_types.h"

namespace owlet::engine {

using duckdb::Value;
using plan::TypeId;

duckdb::Value ToDuckDbValue(const plan::Literal& literal) {
  const duckdb::LogicalType type = ToLogicalType(literal.type);
  if (literal.IsNull()) return Value(type);
  if (const auto* text = std::get_if<std::string>(&literal.value)) return Value(*text);
  if (const auto* flag = std::get_if<bool>(&literal.value)) return Value::BOOLEAN(*flag);
  if (const auto* real = std::get_if<double>(&literal.value)) {
    return Value::DOUBLE(*real).DefaultCastAs(type);
  }
  if (const auto* wide = std::get_if<plan::Int128>(&literal.value)) {
    const duckdb::hugeint_t huge(static_cast<std::int64_t>(*wide >> 64),
                                 static_cast<std::uint64_t>(*wide));
    return Value::DECIMAL(huge, static_cast<std::uint8_t>(literal.type.precision()),
                          static_cast<std::uint8_t>(literal.type.scale()));
  }
  if (const auto* zoned = std::get_if<plan::ZonedInstant>(&literal.value)) {
    const auto& fields = duckdb::StructType::GetChildTypes(type);
    return Value::STRUCT(
        type, {Value::TIMESTAMP(duckdb::timestamp_t(zoned->micros)).DefaultCastAs(fields[0].second),
               Value(zoned->zone)});
  }
  if (const auto* number = std::get_if<std::int64_t>(&literal.value)) {
    switch (literal.type.id()) {
      case TypeId::kDate:
        return Value::DATE(duckdb::date_t(static_cast<std::int32_t>(*number)));
      case TypeId::kTimestamp:
      case TypeId::kTimestampLocalZone:
        return Value::TIMESTAMP(duckdb::timestamp_t(*number));
      default:
        return Value::BIGINT(*number).DefaultCastAs(type);
    }
  }
  return Value(type);
}

}  // namespace owlet::engine
