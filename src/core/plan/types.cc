#include "core/plan/types.h"

#include <algorithm>

#include "base/check.h"

namespace owlet::plan {

namespace {

const std::vector<Field>& NoFields() {
  static const std::vector<Field> none;
  return none;
}

}  // namespace

Type Type::Decimal(int precision, int scale) {
  Type type(TypeId::kDecimal);
  type.precision_ = precision;
  type.scale_ = scale;
  return type;
}

Type Type::Varchar() { return Type(TypeId::kVarchar); }

Type Type::Varchar(int length) {
  Type type(TypeId::kVarchar);
  type.precision_ = length;
  return type;
}

Type Type::Char(int length) {
  Type type(TypeId::kChar);
  type.precision_ = length;
  return type;
}

Type Type::Time(int precision) {
  Type type(TypeId::kTime);
  type.precision_ = precision;
  return type;
}

Type Type::Timestamp(int precision) {
  Type type(TypeId::kTimestamp);
  type.precision_ = precision;
  return type;
}

Type Type::TimestampWithZone(int precision) {
  Type type(TypeId::kTimestampWithZone);
  type.precision_ = precision;
  return type;
}

Type Type::IntervalYearMonth(IntervalField start, IntervalField end) {
  Type type(TypeId::kIntervalYearMonth);
  type.precision_ = static_cast<int>(start);
  type.scale_ = static_cast<int>(end);
  return type;
}

Type Type::IntervalDayTime(IntervalField start, IntervalField end) {
  Type type(TypeId::kIntervalDayTime);
  type.precision_ = static_cast<int>(start);
  type.scale_ = static_cast<int>(end);
  return type;
}

Type Type::Array(Type element, bool contains_null) {
  Type type(TypeId::kArray);
  type.fields_ = std::make_shared<const std::vector<Field>>(
      std::vector<Field>{{"element", std::move(element), contains_null, ""}});
  return type;
}

Type Type::Map(Type key, Type value, bool value_contains_null) {
  Type type(TypeId::kMap);
  type.fields_ = std::make_shared<const std::vector<Field>>(std::vector<Field>{
      {"key", std::move(key), false, ""}, {"value", std::move(value), value_contains_null, ""}});
  return type;
}

Type Type::Row(std::vector<Field> fields) {
  Type type(TypeId::kRow);
  type.fields_ = std::make_shared<const std::vector<Field>>(std::move(fields));
  return type;
}

Type Type::Function(std::vector<Type> parameters, Type result) {
  std::vector<Field> fields;
  fields.reserve(parameters.size() + 1);
  for (Type& parameter : parameters) fields.push_back({"", std::move(parameter), true, ""});
  fields.push_back({"", std::move(result), true, ""});
  Type type(TypeId::kFunction);
  type.fields_ = std::make_shared<const std::vector<Field>>(std::move(fields));
  return type;
}

const std::vector<Field>& Type::fields() const { return fields_ ? *fields_ : NoFields(); }

const Type& Type::element() const {
  OWLET_CHECK(id_ == TypeId::kArray);
  return fields()[0].type;
}

const Type& Type::key() const {
  OWLET_CHECK(id_ == TypeId::kMap);
  return fields()[0].type;
}

const Type& Type::value() const {
  OWLET_CHECK(id_ == TypeId::kMap);
  return fields()[1].type;
}

bool Type::IsInteger() const { return id_ >= TypeId::kTinyint && id_ <= TypeId::kBigint; }
bool Type::IsNumeric() const { return id_ >= TypeId::kTinyint && id_ <= TypeId::kDecimal; }
bool Type::IsCharacter() const { return id_ == TypeId::kVarchar || id_ == TypeId::kChar; }
bool Type::IsNested() const {
  return id_ == TypeId::kArray || id_ == TypeId::kMap || id_ == TypeId::kRow;
}

bool Type::operator==(const Type& other) const {
  if (id_ != other.id_ || precision_ != other.precision_ || scale_ != other.scale_) return false;
  return fields_ == other.fields_ || fields() == other.fields();
}

bool Type::SameIgnoringNulls(const Type& other) const {
  if (id_ != other.id_ || precision_ != other.precision_ || scale_ != other.scale_) return false;
  return std::ranges::equal(fields(), other.fields(), [](const Field& left, const Field& right) {
    return left.name == right.name && left.type.SameIgnoringNulls(right.type);
  });
}

}  // namespace owlet::plan
