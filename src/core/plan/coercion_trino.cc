#include <algorithm>

#include "core/plan/coercion.h"

// Trino's type coercions (476): seen with typeof(coalesce(a, b)) and by what CAST refuses.

namespace owlet::plan::trino {

namespace {

constexpr int kMaximumPrecision = 38;
constexpr int kMaximumCharLength = 65536;

int LongerLength(int left, int right) {
  if (left == Type::kUnbounded || right == Type::kUnbounded) return Type::kUnbounded;
  return std::max(left, right);
}

Type CommonDecimal(const Type& left, const Type& right) {
  const int scale = std::max(left.scale(), right.scale());
  const int whole = std::max(left.precision() - left.scale(), right.precision() - right.scale());
  return Type::Decimal(std::min(kMaximumPrecision, whole + scale), scale);
}

std::optional<Type> CommonNumeric(const Type& left, const Type& right) {
  if (left.id() == TypeId::kDouble || right.id() == TypeId::kDouble) return Type(TypeId::kDouble);
  if (left.id() == TypeId::kReal || right.id() == TypeId::kReal) return Type(TypeId::kReal);
  if (left.id() == TypeId::kDecimal || right.id() == TypeId::kDecimal) {
    const auto as_decimal = [](const Type& type) {
      return type.id() == TypeId::kDecimal ? type : DecimalOfInteger(type.id(), Dialect::kTrino);
    };
    return CommonDecimal(as_decimal(left), as_decimal(right));
  }
  return Type(std::max(left.id(), right.id()));
}

std::optional<Type> CommonCharacter(const Type& left, const Type& right) {
  if (left.id() == TypeId::kVarchar && right.id() == TypeId::kVarchar) {
    const int length = LongerLength(left.precision(), right.precision());
    return length == Type::kUnbounded ? Type::Varchar() : Type::Varchar(length);
  }
  const int length = LongerLength(left.precision(), right.precision());
  return Type::Char(length == Type::kUnbounded ? kMaximumCharLength
                                               : std::min(length, kMaximumCharLength));
}

/// The dates and times among which the later one of this order is common.
int TemporalRank(TypeId id) {
  switch (id) {
    case TypeId::kDate:
      return 1;
    case TypeId::kTimestamp:
      return 2;
    case TypeId::kTimestampWithZone:
      return 3;
    case TypeId::kTime:
      return 11;
    case TypeId::kTimeWithZone:
      return 12;
    default:
      return 0;
  }
}

std::optional<Type> CommonTemporal(const Type& left, const Type& right) {
  const int a = TemporalRank(left.id());
  const int b = TemporalRank(right.id());
  if (a / 10 != b / 10) return std::nullopt;
  const int precision = std::max(left.precision(), right.precision());
  switch (a > b ? left.id() : right.id()) {
    case TypeId::kDate:
      return Type(TypeId::kDate);
    case TypeId::kTimestamp:
      return Type::Timestamp(precision);
    case TypeId::kTimestampWithZone:
      return Type::TimestampWithZone(precision);
    case TypeId::kTime:
      return Type::Time(precision);
    default: {
      const Type& zoned = a > b ? left : right;
      return zoned;
    }
  }
}

std::optional<Type> CommonRow(const Type& left, const Type& right) {
  const auto& a = left.fields();
  const auto& b = right.fields();
  if (a.size() != b.size()) return std::nullopt;
  std::vector<Field> fields;
  for (std::size_t i = 0; i < a.size(); ++i) {
    auto type = trino::CommonType(a[i].type, b[i].type);
    if (!type) return std::nullopt;
    fields.push_back({a[i].name == b[i].name ? a[i].name : "", *type, true, ""});
  }
  return Type::Row(std::move(fields));
}

}  // namespace

std::optional<Type> CommonType(const Type& left, const Type& right) {
  if (left == right) return left;
  if (left.id() == TypeId::kUnknown) return right;
  if (right.id() == TypeId::kUnknown) return left;
  if (left.IsNumeric() && right.IsNumeric()) return CommonNumeric(left, right);
  if (left.IsCharacter() && right.IsCharacter()) return CommonCharacter(left, right);
  if (TemporalRank(left.id()) > 0 && TemporalRank(right.id()) > 0) {
    return CommonTemporal(left, right);
  }
  if (left.id() != right.id()) return std::nullopt;
  switch (left.id()) {
    case TypeId::kArray: {
      auto element = CommonType(left.element(), right.element());
      if (!element) return std::nullopt;
      return Type::Array(*element);
    }
    case TypeId::kMap: {
      auto key = CommonType(left.key(), right.key());
      auto value = CommonType(left.value(), right.value());
      if (!key || !value) return std::nullopt;
      return Type::Map(*key, *value);
    }
    case TypeId::kRow:
      return CommonRow(left, right);
    case TypeId::kIntervalDayTime:
      return Type::IntervalDayTime(IntervalField::kDay, IntervalField::kSecond);
    case TypeId::kIntervalYearMonth:
      return Type::IntervalYearMonth(IntervalField::kYear, IntervalField::kMonth);
    default:
      return left;
  }
}

bool CanCoerce(const Type& from, const Type& to) {
  if (from.id() == TypeId::kUnknown || from.SameIgnoringNulls(to)) return true;
  if (from.id() == TypeId::kIntervalDayTime || from.id() == TypeId::kIntervalYearMonth) {
    return from.id() == to.id();
  }
  if (from.id() == TypeId::kRow && to.id() == TypeId::kRow) {
    return std::ranges::equal(from.fields(), to.fields(), [](const Field& a, const Field& b) {
      return CanCoerce(a.type, b.type);
    });
  }
  const auto common = CommonType(from, to);
  return common.has_value() && common->SameIgnoringNulls(to);
}

bool CanCast(const Type& from, const Type& to) {
  if (CanCoerce(from, to)) return true;
  if (from.id() == to.id()) {
    switch (from.id()) {
      case TypeId::kArray:
        return CanCast(from.element(), to.element());
      case TypeId::kMap:
        return CanCast(from.key(), to.key()) && CanCast(from.value(), to.value());
      case TypeId::kRow:
        return std::ranges::equal(from.fields(), to.fields(), [](const Field& a, const Field& b) {
          return CanCast(a.type, b.type);
        });
      default:
        return true;
    }
  }
  if (from.id() == TypeId::kJson || to.id() == TypeId::kJson) {
    const Type& other = from.id() == TypeId::kJson ? to : from;
    switch (other.id()) {
      case TypeId::kArray:
        return from.id() == TypeId::kJson ? CanCast(from, to.element())
                                          : CanCast(from.element(), to);
      case TypeId::kMap:
        return from.id() == TypeId::kJson ? CanCast(from, to.value()) : CanCast(from.value(), to);
      case TypeId::kRow:
      case TypeId::kBoolean:
      case TypeId::kVarchar:
        return true;
      case TypeId::kDate:
      case TypeId::kTimestamp:
        return to.id() == TypeId::kJson;
      default:
        return other.IsNumeric();
    }
  }
  if (from.IsNested() || to.IsNested()) return false;
  const bool from_scalar = from.IsNumeric() || from.id() == TypeId::kBoolean;
  const bool to_scalar = to.IsNumeric() || to.id() == TypeId::kBoolean;
  if (from_scalar && to_scalar) return true;
  if (from.IsCharacter() && to.IsCharacter()) return true;
  if (to.id() == TypeId::kVarchar) {
    return from_scalar || TemporalRank(from.id()) > 0 || from.id() == TypeId::kUuid ||
           from.id() == TypeId::kIpAddress || from.id() == TypeId::kIntervalDayTime ||
           from.id() == TypeId::kIntervalYearMonth;
  }
  if (from.id() == TypeId::kVarchar) {
    return to_scalar || TemporalRank(to.id()) > 0 || to.id() == TypeId::kUuid ||
           to.id() == TypeId::kIpAddress;
  }
  if (to.id() == TypeId::kChar) return from.id() == TypeId::kBoolean;
  if (from.id() == TypeId::kVarbinary || to.id() == TypeId::kVarbinary) {
    const TypeId other = from.id() == TypeId::kVarbinary ? to.id() : from.id();
    return other == TypeId::kUuid || other == TypeId::kIpAddress || other == TypeId::kHyperLogLog ||
           other == TypeId::kTDigest || other == TypeId::kQDigest;
  }
  const int a = TemporalRank(from.id());
  const int b = TemporalRank(to.id());
  if (a == 0 || b == 0) return false;
  if (a == 1 || b == 1) return a < 10 && b < 10;
  return true;
}

}  // namespace owlet::plan::trino
