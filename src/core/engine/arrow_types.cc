#include "core/engine/arrow_types.h"

#include <fmt/format.h>
#include <nanoarrow/nanoarrow.h>

#include <cerrno>

namespace owlet::engine {

using plan::Field;
using plan::Type;
using plan::TypeId;

namespace {

int SetType(ArrowSchema* out, const Type& type, const std::string& zone);

int SetField(ArrowSchema* out, const Field& field, const std::string& name,
             const std::string& zone) {
  NANOARROW_RETURN_NOT_OK(SetType(out, field.type, zone));
  NANOARROW_RETURN_NOT_OK(ArrowSchemaSetName(out, name.c_str()));
  if (field.nullable) {
    out->flags |= ARROW_FLAG_NULLABLE;
  } else {
    out->flags &= ~static_cast<std::int64_t>(ARROW_FLAG_NULLABLE);
  }
  return NANOARROW_OK;
}

int SetZoned(ArrowSchema* out, ArrowType instant) {
  NANOARROW_RETURN_NOT_OK(ArrowSchemaSetTypeStruct(out, 2));
  NANOARROW_RETURN_NOT_OK(
      ArrowSchemaSetTypeDateTime(out->children[0], instant, NANOARROW_TIME_UNIT_MICRO, nullptr));
  NANOARROW_RETURN_NOT_OK(ArrowSchemaSetName(out->children[0], "instant"));
  NANOARROW_RETURN_NOT_OK(ArrowSchemaSetType(out->children[1], NANOARROW_TYPE_STRING));
  return ArrowSchemaSetName(out->children[1], "zone");
}

int SetType(ArrowSchema* out, const Type& type, const std::string& zone) {
  const auto simple = [&](ArrowType id) { return ArrowSchemaSetType(out, id); };
  const auto temporal = [&](ArrowType id, const char* in_zone) {
    return ArrowSchemaSetTypeDateTime(out, id, NANOARROW_TIME_UNIT_MICRO, in_zone);
  };
  switch (type.id()) {
    case TypeId::kUnknown:
      return simple(NANOARROW_TYPE_NA);
    case TypeId::kBoolean:
      return simple(NANOARROW_TYPE_BOOL);
    case TypeId::kTinyint:
      return simple(NANOARROW_TYPE_INT8);
    case TypeId::kSmallint:
      return simple(NANOARROW_TYPE_INT16);
    case TypeId::kInteger:
      return simple(NANOARROW_TYPE_INT32);
    case TypeId::kBigint:
      return simple(NANOARROW_TYPE_INT64);
    case TypeId::kReal:
      return simple(NANOARROW_TYPE_FLOAT);
    case TypeId::kDouble:
      return simple(NANOARROW_TYPE_DOUBLE);
    case TypeId::kDecimal:
      return ArrowSchemaSetTypeDecimal(out, NANOARROW_TYPE_DECIMAL128, type.precision(),
                                       type.scale());
    case TypeId::kVarchar:
    case TypeId::kChar:
    case TypeId::kJson:
    case TypeId::kVariant:
    case TypeId::kUuid:
    case TypeId::kIpAddress:
    case TypeId::kFunction:
      return simple(NANOARROW_TYPE_STRING);
    case TypeId::kVarbinary:
    case TypeId::kHyperLogLog:
    case TypeId::kTDigest:
    case TypeId::kQDigest:
      return simple(NANOARROW_TYPE_BINARY);
    case TypeId::kDate:
      return simple(NANOARROW_TYPE_DATE32);
    case TypeId::kTime:
      return temporal(NANOARROW_TYPE_TIME64, nullptr);
    case TypeId::kTimestamp:
      return temporal(NANOARROW_TYPE_TIMESTAMP, nullptr);
    case TypeId::kTimestampLocalZone:
      return temporal(NANOARROW_TYPE_TIMESTAMP, zone.c_str());
    case TypeId::kTimestampWithZone:
      return SetZoned(out, NANOARROW_TYPE_TIMESTAMP);
    case TypeId::kTimeWithZone:
      return SetZoned(out, NANOARROW_TYPE_TIME64);
    case TypeId::kIntervalYearMonth:
      return simple(NANOARROW_TYPE_INTERVAL_MONTHS);
    case TypeId::kIntervalDayTime:
      return temporal(NANOARROW_TYPE_DURATION, nullptr);
    case TypeId::kCalendarInterval:
      return simple(NANOARROW_TYPE_INTERVAL_MONTH_DAY_NANO);
    case TypeId::kArray:
      NANOARROW_RETURN_NOT_OK(simple(NANOARROW_TYPE_LIST));
      return SetField(out->children[0], type.fields()[0], "element", zone);
    case TypeId::kMap: {
      NANOARROW_RETURN_NOT_OK(simple(NANOARROW_TYPE_MAP));
      ArrowSchema* entries = out->children[0];
      Field key = type.fields()[0];
      key.nullable = false;
      NANOARROW_RETURN_NOT_OK(SetField(entries->children[0], key, "key", zone));
      return SetField(entries->children[1], type.fields()[1], "value", zone);
    }
    case TypeId::kRow:
      NANOARROW_RETURN_NOT_OK(
          ArrowSchemaSetTypeStruct(out, static_cast<std::int64_t>(type.fields().size())));
      for (std::size_t i = 0; i < type.fields().size(); ++i) {
        const Field& field = type.fields()[i];
        NANOARROW_RETURN_NOT_OK(SetField(out->children[i], field, field.name, zone));
      }
      return NANOARROW_OK;
  }
  return EINVAL;
}

Result<Field> ImportField(const ArrowSchema& schema);

Result<Type> ImportType(const ArrowSchema& schema) {
  ArrowSchemaView view;
  ArrowError error;
  if (ArrowSchemaViewInit(&view, &schema, &error) != NANOARROW_OK) {
    return Fail(Reason::kInvalidArgument, fmt::format("bad Arrow schema: {}", error.message));
  }
  switch (view.type) {
    case NANOARROW_TYPE_NA:
      return Type(TypeId::kUnknown);
    case NANOARROW_TYPE_BOOL:
      return Type(TypeId::kBoolean);
    case NANOARROW_TYPE_INT8:
      return Type(TypeId::kTinyint);
    case NANOARROW_TYPE_INT16:
    case NANOARROW_TYPE_UINT8:
      return Type(TypeId::kSmallint);
    case NANOARROW_TYPE_INT32:
    case NANOARROW_TYPE_UINT16:
      return Type(TypeId::kInteger);
    case NANOARROW_TYPE_INT64:
    case NANOARROW_TYPE_UINT32:
      return Type(TypeId::kBigint);
    case NANOARROW_TYPE_UINT64:
      return Type::Decimal(20, 0);
    case NANOARROW_TYPE_HALF_FLOAT:
    case NANOARROW_TYPE_FLOAT:
      return Type(TypeId::kReal);
    case NANOARROW_TYPE_DOUBLE:
      return Type(TypeId::kDouble);
    case NANOARROW_TYPE_DECIMAL128:
      return Type::Decimal(view.decimal_precision, view.decimal_scale);
    case NANOARROW_TYPE_STRING:
    case NANOARROW_TYPE_LARGE_STRING:
      return Type::Varchar();
    case NANOARROW_TYPE_BINARY:
    case NANOARROW_TYPE_LARGE_BINARY:
    case NANOARROW_TYPE_FIXED_SIZE_BINARY:
      return Type(TypeId::kVarbinary);
    case NANOARROW_TYPE_DATE32:
    case NANOARROW_TYPE_DATE64:
      return Type(TypeId::kDate);
    case NANOARROW_TYPE_TIME32:
    case NANOARROW_TYPE_TIME64:
      return Type::Time(6);
    case NANOARROW_TYPE_TIMESTAMP:
      return view.timezone != nullptr && view.timezone[0] != '\0'
                 ? Type(TypeId::kTimestampLocalZone)
                 : Type::Timestamp();
    case NANOARROW_TYPE_DURATION:
      return Type::IntervalDayTime(plan::IntervalField::kDay, plan::IntervalField::kSecond);
    case NANOARROW_TYPE_INTERVAL_MONTHS:
      return Type::IntervalYearMonth(plan::IntervalField::kYear, plan::IntervalField::kMonth);
    case NANOARROW_TYPE_INTERVAL_MONTH_DAY_NANO:
      return Type(TypeId::kCalendarInterval);
    case NANOARROW_TYPE_LIST:
    case NANOARROW_TYPE_LARGE_LIST:
    case NANOARROW_TYPE_FIXED_SIZE_LIST: {
      OWLET_TRY(Field element, ImportField(*schema.children[0]));
      return Type::Array(std::move(element.type), element.nullable);
    }
    case NANOARROW_TYPE_MAP: {
      OWLET_TRY(Field key, ImportField(*schema.children[0]->children[0]));
      OWLET_TRY(Field value, ImportField(*schema.children[0]->children[1]));
      return Type::Map(std::move(key.type), std::move(value.type), value.nullable);
    }
    case NANOARROW_TYPE_STRUCT: {
      std::vector<Field> fields;
      for (std::int64_t i = 0; i < schema.n_children; ++i) {
        OWLET_TRY(Field field, ImportField(*schema.children[i]));
        fields.push_back(std::move(field));
      }
      return Type::Row(std::move(fields));
    }
    default:
      return Fail(Reason::kNotImplemented,
                  fmt::format("Arrow columns of type {}", ArrowTypeString(view.type)));
  }
}

Result<Field> ImportField(const ArrowSchema& schema) {
  OWLET_TRY(Type type, ImportType(schema));
  return Field{.name = schema.name != nullptr ? schema.name : "",
               .type = std::move(type),
               .nullable = (schema.flags & ARROW_FLAG_NULLABLE) != 0};
}

}  // namespace

Result<ArrowSchemaPtr> ToArrowSchema(const plan::Schema& schema, const std::string& time_zone) {
  ArrowSchemaPtr out(new ArrowSchema{}, [](ArrowSchema* owned) {
    if (owned->release != nullptr) owned->release(owned);
    delete owned;
  });
  ArrowSchemaInit(out.get());
  const Field root{.name = "", .type = Type::Row(schema), .nullable = false};
  if (SetField(out.get(), root, "", time_zone) != NANOARROW_OK) {
    return Fail(Reason::kInternal, "a schema that Arrow cannot say");
  }
  return out;
}

Result<plan::Schema> FromArrowSchema(const ArrowSchema& schema) {
  plan::Schema columns;
  for (std::int64_t i = 0; i < schema.n_children; ++i) {
    OWLET_TRY(Field field, ImportField(*schema.children[i]));
    columns.push_back(std::move(field));
  }
  return columns;
}

}  // namespace owlet::engine
