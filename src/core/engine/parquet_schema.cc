#include "core/engine/parquet_schema.h"

#include <fmt/format.h>

#include <set>

#include "core/engine/type_map.h"
#include "core/plan/type_names.h"

namespace owlet::engine {

using duckdb::LogicalTypeId;
using plan::Type;
using plan::TypeId;

namespace {

constexpr const char* kSparkSchemaKey = "org.apache.spark.sql.parquet.row.metadata";

Result<Type> FromLogicalType(const duckdb::LogicalType& type, bool int96) {
  switch (type.id()) {
    case LogicalTypeId::BOOLEAN:
      return Type(TypeId::kBoolean);
    case LogicalTypeId::TINYINT:
      return Type(TypeId::kTinyint);
    case LogicalTypeId::SMALLINT:
    case LogicalTypeId::UTINYINT:
      return Type(TypeId::kSmallint);
    case LogicalTypeId::INTEGER:
    case LogicalTypeId::USMALLINT:
      return Type(TypeId::kInteger);
    case LogicalTypeId::BIGINT:
    case LogicalTypeId::UINTEGER:
      return Type(TypeId::kBigint);
    case LogicalTypeId::UBIGINT:
      return Type::Decimal(20, 0);
    case LogicalTypeId::FLOAT:
      return Type(TypeId::kReal);
    case LogicalTypeId::DOUBLE:
      return Type(TypeId::kDouble);
    case LogicalTypeId::DECIMAL:
      return Type::Decimal(duckdb::DecimalType::GetWidth(type),
                           duckdb::DecimalType::GetScale(type));
    case LogicalTypeId::VARCHAR:
    case LogicalTypeId::ENUM:
      return Type::Varchar();
    case LogicalTypeId::BLOB:
    case LogicalTypeId::UUID:
      return Type(TypeId::kVarbinary);
    case LogicalTypeId::DATE:
      return Type(TypeId::kDate);
    case LogicalTypeId::TIME:
      return Type::Time(6);
    case LogicalTypeId::TIMESTAMP:
    case LogicalTypeId::TIMESTAMP_MS:
    case LogicalTypeId::TIMESTAMP_NS:
    case LogicalTypeId::TIMESTAMP_SEC:
      return int96 ? Type(TypeId::kTimestampLocalZone) : Type::Timestamp();
    case LogicalTypeId::TIMESTAMP_TZ:
      return Type(TypeId::kTimestampLocalZone);
    case LogicalTypeId::LIST: {
      OWLET_TRY(Type element, FromLogicalType(duckdb::ListType::GetChildType(type), int96));
      return Type::Array(std::move(element));
    }
    case LogicalTypeId::MAP: {
      OWLET_TRY(Type key, FromLogicalType(duckdb::MapType::KeyType(type), int96));
      OWLET_TRY(Type value, FromLogicalType(duckdb::MapType::ValueType(type), int96));
      return Type::Map(std::move(key), std::move(value));
    }
    case LogicalTypeId::STRUCT: {
      std::vector<plan::Field> fields;
      for (const auto& [name, child] : duckdb::StructType::GetChildTypes(type)) {
        OWLET_TRY(Type field, FromLogicalType(child, int96));
        fields.push_back({.name = name, .type = std::move(field)});
      }
      return Type::Row(std::move(fields));
    }
    default:
      return Fail(Reason::kNotImplemented, "Parquet columns of the type " + type.ToString());
  }
}

Type AsNullable(const Type& type) {
  switch (type.id()) {
    case TypeId::kArray:
      return Type::Array(AsNullable(type.element()));
    case TypeId::kMap:
      return Type::Map(AsNullable(type.key()), AsNullable(type.value()));
    case TypeId::kRow: {
      std::vector<plan::Field> fields = type.fields();
      for (plan::Field& field : fields) {
        field.type = AsNullable(field.type);
        field.nullable = true;
      }
      return Type::Row(std::move(fields));
    }
    default:
      return type;
  }
}

}  // namespace

Result<plan::Schema> ReadParquetSchema(Runtime& runtime, const std::string& uri,
                                       duckdb::shared_ptr<StatementState> state) {
  auto schema = StopExceptions([&]() -> Result<plan::Schema> {
    auto connection = runtime.Connect();
    connection->context->registered_state->Insert(StatementState::kKey, state);
    const std::string file = QuoteText(uri);
    const auto run = [&](const std::string& sql) {
      auto result = connection->Query(sql);
      if (result->HasError()) result->ThrowError();
      return result;
    };
    auto spark =
        run(fmt::format("SELECT decode(value) FROM parquet_kv_metadata({}) "
                        "WHERE decode(key) = '{}'",
                        file, kSparkSchemaKey));
    if (spark->RowCount() > 0) {
      auto parsed = plan::ParseSparkSchemaJson(spark->GetValue(0, 0).ToString());
      if (parsed) {
        for (plan::Field& field : *parsed) {
          field.nullable = true;
          field.type = AsNullable(field.type);
        }
        return *std::move(parsed);
      }
    }
    auto int96_columns =
        run(fmt::format("SELECT name FROM parquet_schema({}) WHERE type = 'INT96'", file));
    std::set<std::string> int96;
    for (duckdb::idx_t i = 0; i < int96_columns->RowCount(); ++i) {
      int96.insert(int96_columns->GetValue(0, i).ToString());
    }
    auto prepared = connection->Prepare(fmt::format("SELECT * FROM read_parquet({})", file));
    if (prepared->HasError()) prepared->error.Throw();
    plan::Schema columns;
    for (std::size_t i = 0; i < prepared->GetNames().size(); ++i) {
      const std::string& name = prepared->GetNames()[i];
      OWLET_TRY(Type type, FromLogicalType(prepared->GetTypes()[i], !int96.empty()));
      columns.push_back({.name = name, .type = std::move(type)});
    }
    return columns;
  });
  if (!schema && schema.error().message.find("agic bytes") != std::string::npos) {
    Error error{Reason::kExecutionError,
                "Encountered error while reading file " + uri + ". Could not read footer.",
                "FAILED_READ_FILE.CANNOT_READ_FILE_FOOTER"};
    error.parameters = {{"path", uri}};
    return Fail(std::move(error));
  }
  return schema;
}

}  // namespace owlet::engine
