#include "protocol/spark_connect/type_proto.h"

#include <fmt/format.h>
#include <spark/connect/expressions.pb.h>
#include <spark/connect/types.pb.h>

#include <limits>

#include "core/plan/literal_text.h"
#include "core/sql/parser.h"

namespace owlet::spark_connect {

namespace proto = ::spark::connect;
using plan::IntervalField;
using plan::Literal;
using plan::Schema;
using plan::Type;
using plan::TypeId;

namespace {

// Spark numbers day-time fields 0 (day) to 3 (second) and year-month fields 0 and 1.
Type YearMonth(const proto::DataType_YearMonthInterval& interval) {
  const auto field = [](int number) {
    return number == 0 ? IntervalField::kYear : IntervalField::kMonth;
  };
  const int start = interval.has_start_field() ? interval.start_field() : 0;
  const int end =
      interval.has_end_field() ? interval.end_field() : (interval.has_start_field() ? start : 1);
  return Type::IntervalYearMonth(field(start), field(end));
}

Type DayTime(const proto::DataType_DayTimeInterval& interval) {
  const auto field = [](int number) {
    return static_cast<IntervalField>(static_cast<int>(IntervalField::kDay) + number);
  };
  const int start = interval.has_start_field() ? interval.start_field() : 0;
  const int end =
      interval.has_end_field() ? interval.end_field() : (interval.has_start_field() ? start : 3);
  return Type::IntervalDayTime(field(start), field(end));
}

Result<Type> StructFromProto(const proto::DataType_Struct& type) {
  std::vector<plan::Field> fields;
  fields.reserve(static_cast<std::size_t>(type.fields_size()));
  for (const auto& field : type.fields()) {
    OWLET_TRY(Type child, TypeFromProto(field.data_type()));
    fields.push_back({field.name(), std::move(child), field.nullable(), field.metadata()});
  }
  return Type::Row(std::move(fields));
}

}  // namespace

Result<Type> TypeFromProto(const proto::DataType& type) {
  switch (type.kind_case()) {
    case proto::DataType::kNull:
    case proto::DataType::KIND_NOT_SET:
      return Type();
    case proto::DataType::kBinary:
      return Type(TypeId::kVarbinary);
    case proto::DataType::kBoolean:
      return Type(TypeId::kBoolean);
    case proto::DataType::kByte:
      return Type(TypeId::kTinyint);
    case proto::DataType::kShort:
      return Type(TypeId::kSmallint);
    case proto::DataType::kInteger:
      return Type(TypeId::kInteger);
    case proto::DataType::kLong:
      return Type(TypeId::kBigint);
    case proto::DataType::kFloat:
      return Type(TypeId::kReal);
    case proto::DataType::kDouble:
      return Type(TypeId::kDouble);
    case proto::DataType::kDecimal:
      return Type::Decimal(type.decimal().has_precision() ? type.decimal().precision() : 10,
                           type.decimal().scale());
    case proto::DataType::kString:
      return Type::Varchar();
    case proto::DataType::kChar:
      return Type::Char(type.char_().length());
    case proto::DataType::kVarChar:
      return Type::Varchar(type.var_char().length());
    case proto::DataType::kDate:
      return Type(TypeId::kDate);
    case proto::DataType::kTimestamp:
      return Type(TypeId::kTimestampLocalZone);
    case proto::DataType::kTimestampNtz:
      return Type::Timestamp();
    case proto::DataType::kTime:
      return Type::Time(type.time().has_precision() ? type.time().precision() : 6);
    case proto::DataType::kCalendarInterval:
      return Type(TypeId::kCalendarInterval);
    case proto::DataType::kYearMonthInterval:
      return YearMonth(type.year_month_interval());
    case proto::DataType::kDayTimeInterval:
      return DayTime(type.day_time_interval());
    case proto::DataType::kArray: {
      OWLET_TRY(Type element, TypeFromProto(type.array().element_type()));
      return Type::Array(std::move(element), type.array().contains_null());
    }
    case proto::DataType::kMap: {
      OWLET_TRY(Type key, TypeFromProto(type.map().key_type()));
      OWLET_TRY(Type value, TypeFromProto(type.map().value_type()));
      return Type::Map(std::move(key), std::move(value), type.map().value_contains_null());
    }
    case proto::DataType::kStruct:
      return StructFromProto(type.struct_());
    case proto::DataType::kVariant:
      return Type(TypeId::kVariant);
    case proto::DataType::kUdt:
      return TypeFromProto(type.udt().sql_type());
    case proto::DataType::kUnparsed:
      return sql::ParseSparkType(type.unparsed().data_type_string());
    case proto::DataType::kGeometry:
    case proto::DataType::kGeography:
      break;
  }
  return Fail(Reason::kNotImplemented, "the data types geometry and geography are not implemented",
              "UNSUPPORTED_DATATYPE");
}

Result<Schema> SchemaFromProto(const proto::DataType& type) {
  if (type.kind_case() == proto::DataType::kUnparsed) {
    return sql::ParseSparkSchema(type.unparsed().data_type_string());
  }
  OWLET_TRY(const Type row, TypeFromProto(type));
  if (row.id() != TypeId::kRow) {
    return Fail(Reason::kInvalidArgument, "a schema must be a struct type", "INVALID_SCHEMA");
  }
  return row.fields();
}

void TypeToProto(const Type& type, proto::DataType* out) {
  switch (type.id()) {
    case TypeId::kUnknown:
      out->mutable_null();
      return;
    case TypeId::kBoolean:
      out->mutable_boolean();
      return;
    case TypeId::kTinyint:
      out->mutable_byte();
      return;
    case TypeId::kSmallint:
      out->mutable_short_();
      return;
    case TypeId::kInteger:
      out->mutable_integer();
      return;
    case TypeId::kBigint:
      out->mutable_long_();
      return;
    case TypeId::kReal:
      out->mutable_float_();
      return;
    case TypeId::kDouble:
      out->mutable_double_();
      return;
    case TypeId::kDecimal:
      out->mutable_decimal()->set_precision(type.precision());
      out->mutable_decimal()->set_scale(type.scale());
      return;
    case TypeId::kVarchar:
      if (type.precision() == Type::kUnbounded) {
        out->mutable_string()->set_collation("UTF8_BINARY");
      } else {
        out->mutable_var_char()->set_length(type.precision());
      }
      return;
    case TypeId::kChar:
      out->mutable_char_()->set_length(type.precision());
      return;
    case TypeId::kVarbinary:
      out->mutable_binary();
      return;
    case TypeId::kDate:
      out->mutable_date();
      return;
    case TypeId::kTime:
    case TypeId::kTimeWithZone:
      out->mutable_time()->set_precision(type.precision());
      return;
    case TypeId::kTimestamp:
      out->mutable_timestamp_ntz();
      return;
    case TypeId::kTimestampLocalZone:
    case TypeId::kTimestampWithZone:
      out->mutable_timestamp();
      return;
    case TypeId::kIntervalYearMonth: {
      const auto number = [](IntervalField field) { return field == IntervalField::kYear ? 0 : 1; };
      out->mutable_year_month_interval()->set_start_field(number(type.start_field()));
      out->mutable_year_month_interval()->set_end_field(number(type.end_field()));
      return;
    }
    case TypeId::kIntervalDayTime: {
      const auto number = [](IntervalField field) {
        return static_cast<int>(field) - static_cast<int>(IntervalField::kDay);
      };
      out->mutable_day_time_interval()->set_start_field(number(type.start_field()));
      out->mutable_day_time_interval()->set_end_field(number(type.end_field()));
      return;
    }
    case TypeId::kCalendarInterval:
      out->mutable_calendar_interval();
      return;
    case TypeId::kArray: {
      auto* array = out->mutable_array();
      TypeToProto(type.element(), array->mutable_element_type());
      array->set_contains_null(type.fields()[0].nullable);
      return;
    }
    case TypeId::kMap: {
      auto* map = out->mutable_map();
      TypeToProto(type.key(), map->mutable_key_type());
      TypeToProto(type.value(), map->mutable_value_type());
      map->set_value_contains_null(type.fields()[1].nullable);
      return;
    }
    case TypeId::kRow:
    case TypeId::kFunction:
      SchemaToProto(type.fields(), out);
      return;
    case TypeId::kVariant:
      out->mutable_variant();
      return;
    case TypeId::kJson:
    case TypeId::kUuid:
    case TypeId::kIpAddress:
      out->mutable_string()->set_collation("UTF8_BINARY");
      return;
    case TypeId::kHyperLogLog:
    case TypeId::kTDigest:
    case TypeId::kQDigest:
      out->mutable_binary();
      return;
  }
}

void SchemaToProto(const Schema& schema, proto::DataType* out) {
  auto* row = out->mutable_struct_();
  for (const plan::Field& field : schema) {
    auto* child = row->add_fields();
    child->set_name(field.name);
    TypeToProto(field.type, child->mutable_data_type());
    child->set_nullable(field.nullable);
    if (!field.metadata.empty()) child->set_metadata(field.metadata);
  }
}

namespace {

// "-12.340" -> -12340 at scale 3; digits beyond 38 are an error, as the type cannot hold them.
Result<Literal> DecimalFromText(const proto::Expression_Literal_Decimal& decimal) {
  plan::Int128 unscaled = 0;
  int digits = 0;
  int scale = 0;
  bool negative = false;
  bool after_point = false;
  bool exponent = false;
  int exponent_value = 0;
  bool exponent_negative = false;
  for (const char c : decimal.value()) {
    if (exponent) {
      if (c == '-') exponent_negative = true;
      if (c >= '0' && c <= '9' && exponent_value < 1000) {
        exponent_value = exponent_value * 10 + (c - '0');
      }
    } else if (c == '-') {
      negative = true;
    } else if (c == '.') {
      after_point = true;
    } else if (c == 'E' || c == 'e') {
      exponent = true;
    } else if (c >= '0' && c <= '9') {
      if (digits > 0 || c != '0') ++digits;
      if (digits > 38) {
        return Fail(Reason::kInvalidArgument,
                    fmt::format("the decimal {} has more than 38 digits", decimal.value()),
                    "DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION");
      }
      unscaled = unscaled * 10 + (c - '0');
      if (after_point) ++scale;
    } else if (c != '+') {
      return Fail(Reason::kInvalidArgument,
                  fmt::format("not a decimal number: {}", decimal.value()));
    }
  }
  scale -= exponent_negative ? -exponent_value : exponent_value;
  // Clients send the default type decimal(10,0) with a value of more digits: the larger counts.
  const int wanted_scale = std::max({scale, decimal.has_scale() ? decimal.scale() : 0, 0});
  for (; scale < wanted_scale && digits <= 38; ++scale, ++digits) unscaled *= 10;
  if (scale != wanted_scale || digits > 38 + 1) {
    return Fail(Reason::kInvalidArgument,
                fmt::format("the decimal {} does not fit scale {}", decimal.value(), wanted_scale));
  }
  const int precision =
      std::max({decimal.has_precision() ? decimal.precision() : 1, digits, wanted_scale});
  return Literal{Type::Decimal(precision, wanted_scale), negative ? -unscaled : unscaled};
}

template <class Values, class Make>
Literal ArrayOf(const Type& element, const Values& values, Make make) {
  std::vector<Literal> items;
  for (const auto& value : values) items.push_back(make(value));
  return {Type::Array(element, false), std::move(items)};
}

Result<Literal> SpecializedArray(const proto::Expression_Literal_SpecializedArray& array) {
  switch (array.value_type_case()) {
    case proto::Expression_Literal_SpecializedArray::kBools:
      return ArrayOf(Type(TypeId::kBoolean), array.bools().values(), Literal::Boolean);
    case proto::Expression_Literal_SpecializedArray::kInts:
      return ArrayOf(Type(TypeId::kInteger), array.ints().values(), Literal::Integer);
    case proto::Expression_Literal_SpecializedArray::kLongs:
      return ArrayOf(Type(TypeId::kBigint), array.longs().values(), Literal::Bigint);
    case proto::Expression_Literal_SpecializedArray::kFloats:
      return ArrayOf(Type(TypeId::kReal), array.floats().values(), [](float value) {
        return Literal{Type(TypeId::kReal), static_cast<double>(value)};
      });
    case proto::Expression_Literal_SpecializedArray::kDoubles:
      return ArrayOf(Type(TypeId::kDouble), array.doubles().values(), Literal::Double);
    case proto::Expression_Literal_SpecializedArray::kStrings:
      return ArrayOf(Type::Varchar(), array.strings().values(),
                     [](const std::string& value) { return Literal::String(value); });
    case proto::Expression_Literal_SpecializedArray::VALUE_TYPE_NOT_SET:
      break;
  }
  return Fail(Reason::kMalformedRequest, "an array literal without elements' type");
}

Literal Whole(TypeId id, std::int64_t value) { return {Type(id), value}; }

// The type stands in `data_type` (4.1 and later) or in the container's own, deprecated field; where
// neither does, the elements tell it.
Result<Literal> ArrayFromProto(const proto::Expression_Literal& literal) {
  std::vector<Literal> items;
  for (const auto& element : literal.array().elements()) {
    OWLET_TRY(Literal item, LiteralFromProto(element));
    items.push_back(std::move(item));
  }
  if (literal.has_data_type()) {
    OWLET_TRY(Type type, TypeFromProto(literal.data_type()));
    return Literal{std::move(type), std::move(items)};
  }
  Type element = items.empty() ? Type() : items.front().type;
  if (literal.array().has_element_type()) {
    OWLET_TRY(element, TypeFromProto(literal.array().element_type()));
  }
  return Literal{Type::Array(std::move(element)), std::move(items)};
}

Result<Literal> MapFromProto(const proto::Expression_Literal& literal) {
  const auto& map = literal.map();
  if (map.keys_size() != map.values_size()) {
    return Fail(Reason::kMalformedRequest, "a map literal needs as many values as keys");
  }
  std::vector<Literal> items;
  for (int i = 0; i < map.keys_size(); ++i) {
    OWLET_TRY(Literal key, LiteralFromProto(map.keys(i)));
    OWLET_TRY(Literal value, LiteralFromProto(map.values(i)));
    items.push_back(std::move(key));
    items.push_back(std::move(value));
  }
  if (literal.has_data_type()) {
    OWLET_TRY(Type type, TypeFromProto(literal.data_type()));
    return Literal{std::move(type), std::move(items)};
  }
  Type key = items.empty() ? Type() : items[0].type;
  Type value = items.empty() ? Type() : items[1].type;
  if (map.has_key_type()) {
    OWLET_TRY(key, TypeFromProto(map.key_type()));
  }
  if (map.has_value_type()) {
    OWLET_TRY(value, TypeFromProto(map.value_type()));
  }
  return Literal{Type::Map(std::move(key), std::move(value)), std::move(items)};
}

Result<Literal> StructLiteralFromProto(const proto::Expression_Literal& literal) {
  std::vector<Literal> items;
  for (const auto& element : literal.struct_().elements()) {
    OWLET_TRY(Literal item, LiteralFromProto(element));
    items.push_back(std::move(item));
  }
  OWLET_TRY(Type type, TypeFromProto(literal.has_data_type() ? literal.data_type()
                                                             : literal.struct_().struct_type()));
  if (type.id() != TypeId::kRow || type.fields().size() != items.size()) {
    return Fail(Reason::kMalformedRequest, "a struct literal does not fit its type");
  }
  return Literal{std::move(type), std::move(items)};
}

}  // namespace

Result<Literal> LiteralFromProto(const proto::Expression_Literal& literal) {
  using P = proto::Expression_Literal;
  switch (literal.literal_type_case()) {
    case P::kNull: {
      OWLET_TRY(Type type, TypeFromProto(literal.null()));
      return Literal{std::move(type), std::monostate{}};
    }
    case P::LITERAL_TYPE_NOT_SET:
      return Literal::Null();
    case P::kBinary:
      return Literal{Type(TypeId::kVarbinary), literal.binary()};
    case P::kBoolean:
      return Literal::Boolean(literal.boolean());
    case P::kByte:
      return Whole(TypeId::kTinyint, literal.byte());
    case P::kShort:
      return Whole(TypeId::kSmallint, literal.short_());
    case P::kInteger:
      return Literal::Integer(literal.integer());
    case P::kLong:
      return Literal::Bigint(literal.long_());
    case P::kFloat:
      return Literal{Type(TypeId::kReal), static_cast<double>(literal.float_())};
    case P::kDouble:
      return Literal::Double(literal.double_());
    case P::kDecimal:
      return DecimalFromText(literal.decimal());
    case P::kString:
      return Literal::String(literal.string());
    case P::kDate:
      return Whole(TypeId::kDate, literal.date());
    case P::kTimestamp:
      return Whole(TypeId::kTimestampLocalZone, literal.timestamp());
    case P::kTimestampNtz:
      return Literal{Type::Timestamp(), literal.timestamp_ntz()};
    case P::kTime:
      return Literal{Type::Time(literal.time().has_precision() ? literal.time().precision() : 6),
                     literal.time().nano() / 1000};
    case P::kCalendarInterval:
      return Literal{
          Type(TypeId::kCalendarInterval),
          plan::Interval{literal.calendar_interval().months(), literal.calendar_interval().days(),
                         literal.calendar_interval().microseconds()}};
    case P::kYearMonthInterval:
      return Literal{Type::IntervalYearMonth(IntervalField::kYear, IntervalField::kMonth),
                     plan::Interval{.months = literal.year_month_interval()}};
    case P::kDayTimeInterval:
      return Literal{Type::IntervalDayTime(IntervalField::kDay, IntervalField::kSecond),
                     plan::Interval{.micros = literal.day_time_interval()}};
    case P::kArray:
      return ArrayFromProto(literal);
    case P::kMap:
      return MapFromProto(literal);
    case P::kStruct:
      return StructLiteralFromProto(literal);
    case P::kSpecializedArray:
      return SpecializedArray(literal.specialized_array());
  }
  return Fail(Reason::kNotImplemented, "a literal of an unknown kind");
}

void LiteralToProto(const Literal& literal, proto::Expression_Literal* out) {
  if (literal.IsNull()) {
    TypeToProto(literal.type, out->mutable_null());
    return;
  }
  const auto whole = [&] { return std::get<std::int64_t>(literal.value); };
  switch (literal.type.id()) {
    case TypeId::kBoolean:
      out->set_boolean(std::get<bool>(literal.value));
      return;
    case TypeId::kTinyint:
      out->set_byte(static_cast<std::int32_t>(whole()));
      return;
    case TypeId::kSmallint:
      out->set_short_(static_cast<std::int32_t>(whole()));
      return;
    case TypeId::kInteger:
      out->set_integer(static_cast<std::int32_t>(whole()));
      return;
    case TypeId::kBigint:
      out->set_long_(whole());
      return;
    case TypeId::kReal:
      out->set_float_(static_cast<float>(std::get<double>(literal.value)));
      return;
    case TypeId::kDouble:
      out->set_double_(std::get<double>(literal.value));
      return;
    case TypeId::kDecimal:
      out->mutable_decimal()->set_value(
          plan::DecimalText(std::get<plan::Int128>(literal.value), literal.type.scale()));
      out->mutable_decimal()->set_precision(literal.type.precision());
      out->mutable_decimal()->set_scale(literal.type.scale());
      return;
    case TypeId::kDate:
      out->set_date(static_cast<std::int32_t>(whole()));
      return;
    case TypeId::kTimestampLocalZone:
      out->set_timestamp(whole());
      return;
    case TypeId::kTimestamp:
      out->set_timestamp_ntz(whole());
      return;
    case TypeId::kVarbinary:
      out->set_binary(std::get<std::string>(literal.value));
      return;
    case TypeId::kArray:
      TypeToProto(literal.type.element(), out->mutable_array()->mutable_element_type());
      for (const Literal& item : std::get<std::vector<Literal>>(literal.value)) {
        LiteralToProto(item, out->mutable_array()->add_elements());
      }
      return;
    case TypeId::kRow:
      TypeToProto(literal.type, out->mutable_struct_()->mutable_struct_type());
      for (const Literal& item : std::get<std::vector<Literal>>(literal.value)) {
        LiteralToProto(item, out->mutable_struct_()->add_elements());
      }
      return;
    default:
      if (const auto* text = std::get_if<std::string>(&literal.value)) {
        out->set_string(*text);
      } else {
        TypeToProto(literal.type, out->mutable_null());
      }
  }
}

}  // namespace owlet::spark_connect
