#include "core/engine/hive_bucket.h"

#include <cstring>
#include <duckdb.hpp>
#include <duckdb/catalog/catalog.hpp>
#include <duckdb/function/scalar_function.hpp>
#include <duckdb/parser/parsed_data/create_scalar_function_info.hpp>

#include "base/result.h"
#include "core/engine/error_carrying.h"

namespace owlet::engine {

using duckdb::LogicalTypeId;

namespace {

std::uint32_t HashLong(std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  return static_cast<std::uint32_t>(bits ^ bits >> 32);
}

std::uint32_t HashText(const std::string& text) {
  std::uint32_t hash = 0;
  for (const char c : text) {
    hash = hash * 31 + static_cast<std::uint32_t>(static_cast<signed char>(c));
  }
  return hash;
}

std::uint32_t HashTimestamp(std::int64_t micros) {
  constexpr std::int64_t kSecond = 1'000'000;
  const std::int64_t seconds = micros / kSecond - (micros % kSecond < 0 ? 1 : 0);
  const std::int64_t nanos = (micros - seconds * kSecond) * 1000;
  return HashLong(static_cast<std::int64_t>(static_cast<std::uint64_t>(seconds) << 30) | nanos);
}

bool CanHash(const duckdb::LogicalType& type) {
  switch (type.id()) {
    case LogicalTypeId::BOOLEAN:
    case LogicalTypeId::TINYINT:
    case LogicalTypeId::SMALLINT:
    case LogicalTypeId::INTEGER:
    case LogicalTypeId::BIGINT:
    case LogicalTypeId::FLOAT:
    case LogicalTypeId::DOUBLE:
    case LogicalTypeId::VARCHAR:
    case LogicalTypeId::DATE:
    case LogicalTypeId::TIMESTAMP:
      return true;
    case LogicalTypeId::LIST:
      return CanHash(duckdb::ListType::GetChildType(type));
    case LogicalTypeId::MAP:
      return CanHash(duckdb::MapType::KeyType(type)) && CanHash(duckdb::MapType::ValueType(type));
    default:
      return false;
  }
}

std::uint32_t Hash(const duckdb::Value& value) {
  if (value.IsNull()) return 0;
  switch (value.type().id()) {
    case LogicalTypeId::BOOLEAN:
      return value.GetValue<bool>() ? 1 : 0;
    case LogicalTypeId::TINYINT:
    case LogicalTypeId::SMALLINT:
    case LogicalTypeId::INTEGER:
      return static_cast<std::uint32_t>(value.GetValue<std::int32_t>());
    case LogicalTypeId::BIGINT:
      return HashLong(value.GetValue<std::int64_t>());
    case LogicalTypeId::FLOAT: {
      const auto number = value.GetValue<float>();
      std::uint32_t bits = 0;
      std::memcpy(&bits, &number, sizeof(bits));
      return bits;
    }
    case LogicalTypeId::DOUBLE: {
      const auto number = value.GetValue<double>();
      std::int64_t bits = 0;
      std::memcpy(&bits, &number, sizeof(bits));
      return HashLong(bits);
    }
    case LogicalTypeId::DATE:
      return static_cast<std::uint32_t>(value.GetValueUnsafe<duckdb::date_t>().days);
    case LogicalTypeId::TIMESTAMP:
      return HashTimestamp(value.GetValueUnsafe<duckdb::timestamp_t>().value);
    case LogicalTypeId::LIST: {
      std::uint32_t hash = 0;
      for (const auto& item : duckdb::ListValue::GetChildren(value)) hash = hash * 31 + Hash(item);
      return hash;
    }
    case LogicalTypeId::MAP: {
      std::uint32_t hash = 0;
      for (const auto& entry : duckdb::MapValue::GetChildren(value)) {
        const auto& pair = duckdb::StructValue::GetChildren(entry);
        hash += Hash(pair[0]) ^ Hash(pair[1]);
      }
      return hash;
    }
    default:
      return HashText(duckdb::StringValue::Get(value));
  }
}

duckdb::unique_ptr<duckdb::FunctionData> BindBucket(
    duckdb::ClientContext&, duckdb::ScalarFunction&,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments) {
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    if (CanHash(arguments[i]->return_type)) continue;
    RaiseDialectError({.reason = Reason::kNotImplemented,
                       .message = "Table bucketing is not supported for a column of this type",
                       .condition = "NOT_SUPPORTED"});
  }
  return nullptr;
}

void Bucket(duckdb::DataChunk& input, duckdb::ExpressionState&, duckdb::Vector& result) {
  result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
  auto* buckets = duckdb::FlatVector::GetData<std::int32_t>(result);
  for (duckdb::idx_t row = 0; row < input.size(); ++row) {
    const auto count = static_cast<std::uint32_t>(input.GetValue(0, row).GetValue<std::int32_t>());
    std::uint32_t hash = 0;
    for (duckdb::idx_t column = 1; column < input.ColumnCount(); ++column) {
      hash = hash * 31 + Hash(input.GetValue(column, row));
    }
    constexpr std::uint32_t kPositive = 0x7fffffff;
    buckets[row] = static_cast<std::int32_t>((hash & kPositive) % count);
  }
}

}  // namespace

void RegisterHiveBucket(duckdb::ClientContext& context) {
  duckdb::ScalarFunction function("owlet_hive_bucket", {duckdb::LogicalType::INTEGER},
                                  duckdb::LogicalType::INTEGER, Bucket, BindBucket);
  function.varargs = duckdb::LogicalType::ANY;
  function.null_handling = duckdb::FunctionNullHandling::SPECIAL_HANDLING;
  duckdb::CreateScalarFunctionInfo info(function);
  duckdb::Catalog::GetSystemCatalog(context).CreateFunction(context, info);
}

}  // namespace owlet::engine
