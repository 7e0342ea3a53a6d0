#include "core/engine/duckdb_types.h"

#include "core/engine/type_map.h"

namespace owlet::engine {

using duckdb::LogicalType;
using duckdb::LogicalTypeId;
using plan::TypeId;

duckdb::LogicalType ToLogicalType(const plan::Type& type) {
  switch (type.id()) {
    case TypeId::kUnknown:
    case TypeId::kInteger:
      return LogicalType::INTEGER;
    case TypeId::kBoolean:
      return LogicalType::BOOLEAN;
    case TypeId::kTinyint:
      return LogicalType::TINYINT;
    case TypeId::kSmallint:
      return LogicalType::SMALLINT;
    case TypeId::kBigint:
      return LogicalType::BIGINT;
    case TypeId::kReal:
      return LogicalType::FLOAT;
    case TypeId::kDouble:
      return LogicalType::DOUBLE;
    case TypeId::kDecimal:
      return LogicalType::DECIMAL(static_cast<std::uint8_t>(type.precision()),
                                  static_cast<std::uint8_t>(type.scale()));
    case TypeId::kVarchar:
    case TypeId::kChar:
    case TypeId::kJson:
    case TypeId::kVariant:
    case TypeId::kIpAddress:
    case TypeId::kFunction:
      return LogicalType::VARCHAR;
    case TypeId::kVarbinary:
    case TypeId::kHyperLogLog:
    case TypeId::kTDigest:
    case TypeId::kQDigest:
      return LogicalType::BLOB;
    case TypeId::kDate:
      return LogicalType::DATE;
    case TypeId::kTime:
      return LogicalType::TIME;
    case TypeId::kTimestamp:
    case TypeId::kTimestampLocalZone:
      return LogicalType::TIMESTAMP;
    case TypeId::kTimestampWithZone:
      return LogicalType::STRUCT(
          {{"instant", LogicalType::TIMESTAMP}, {"zone", LogicalType::VARCHAR}});
    case TypeId::kTimeWithZone:
      return LogicalType::STRUCT({{"instant", LogicalType::TIME}, {"zone", LogicalType::VARCHAR}});
    case TypeId::kIntervalYearMonth:
    case TypeId::kIntervalDayTime:
    case TypeId::kCalendarInterval:
      return LogicalType::INTERVAL;
    case TypeId::kUuid:
      return LogicalType::UUID;
    case TypeId::kArray:
      return LogicalType::LIST(ToLogicalType(type.element()));
    case TypeId::kMap:
      return LogicalType::MAP(ToLogicalType(type.key()), ToLogicalType(type.value()));
    case TypeId::kRow: {
      duckdb::child_list_t<LogicalType> children;
      const std::vector<std::string> names = DuckDbFieldNames(type);
      for (std::size_t i = 0; i < names.size(); ++i) {
        children.emplace_back(names[i], ToLogicalType(type.fields()[i].type));
      }
      return LogicalType::STRUCT(std::move(children));
    }
  }
  return LogicalType::VARCHAR;
}

bool FitsPlanType(const LogicalType& bound, const plan::Type& type) {
  if (bound.id() == LogicalTypeId::SQLNULL || type.id() == TypeId::kUnknown) return true;
  switch (type.id()) {
    case TypeId::kArray:
      return bound.id() == LogicalTypeId::LIST &&
             FitsPlanType(duckdb::ListType::GetChildType(bound), type.element());
    case TypeId::kMap:
      return bound.id() == LogicalTypeId::MAP &&
             FitsPlanType(duckdb::MapType::KeyType(bound), type.key()) &&
             FitsPlanType(duckdb::MapType::ValueType(bound), type.value());
    case TypeId::kRow: {
      if (bound.id() != LogicalTypeId::STRUCT) return false;
      const auto& children = duckdb::StructType::GetChildTypes(bound);
      if (children.size() != type.fields().size()) return false;
      for (std::size_t i = 0; i < children.size(); ++i) {
        if (!FitsPlanType(children[i].second, type.fields()[i].type)) return false;
      }
      return true;
    }
    case TypeId::kTimestampLocalZone:
      return bound.id() == LogicalTypeId::TIMESTAMP || bound.id() == LogicalTypeId::TIMESTAMP_TZ;
    default: {
      const LogicalType wanted = ToLogicalType(type);
      if (wanted.id() == LogicalTypeId::VARCHAR) return bound.id() == LogicalTypeId::VARCHAR;
      return bound == wanted;
    }
  }
}

}  // namespace owlet::engine
