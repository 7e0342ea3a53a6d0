#include "core/plan/coercion.h"

#include <algorithm>

namespace owlet::plan {

namespace {

/// The order in which an integer may grow into another number.
int NumericRank(const Type& type) {
  switch (type.id()) {
    case TypeId::kTinyint:
      return 1;
    case TypeId::kSmallint:
      return 2;
    case TypeId::kInteger:
      return 3;
    case TypeId::kBigint:
      return 4;
    case TypeId::kDecimal:
      return 6;
    case TypeId::kReal:
      return 8;
    case TypeId::kDouble:
      return 9;
    default:
      return 0;
  }
}

}  // namespace

Type DecimalOfInteger(TypeId id, Dialect dialect) {
  switch (id) {
    case TypeId::kTinyint:
      return Type::Decimal(3, 0);
    case TypeId::kSmallint:
      return Type::Decimal(5, 0);
    case TypeId::kInteger:
      return Type::Decimal(10, 0);
    default:
      return Type::Decimal(dialect == Dialect::kTrino ? 19 : 20, 0);
  }
}

std::optional<Type> CommonType(const Type& left, const Type& right,
                               const SessionSettings& session) {
  if (session.dialect == Dialect::kTrino) return trino::CommonType(left, right);
  return spark::WiderType(left, right, session.ansi, true);
}

bool CanCoerce(const Type& from, const Type& to, const SessionSettings& session) {
  if (session.dialect == Dialect::kTrino) return trino::CanCoerce(from, to);
  return spark::CanCoerce(from, to, session.ansi);
}

bool CanCast(const Type& from, const Type& to, const SessionSettings& session) {
  if (session.dialect == Dialect::kTrino) return trino::CanCast(from, to);
  return spark::CanCast(from, to, session.ansi);
}

std::optional<int> CoercionCost(const Type& from, const Type& to, const SessionSettings& session) {
  if (from.SameIgnoringNulls(to)) return 0;
  if (from.id() == TypeId::kUnknown) return 1;
  if (from.id() == to.id() && !from.IsNested() && CanCoerce(from, to, session)) {
    const bool sized = from.id() == TypeId::kDecimal || from.id() == TypeId::kIntervalDayTime ||
                       from.id() == TypeId::kIntervalYearMonth;
    return sized ? 1 : 0;
  }
  if (!CanCoerce(from, to, session)) return std::nullopt;
  const int source = NumericRank(from);
  const int target = NumericRank(to);
  if (source > 0 && target > source) return 10 + target - source;
  // Spark: a string becomes whatever the function needs only when nothing nearer is there.
  if (from.IsCharacter() != to.IsCharacter()) return to.id() == TypeId::kDouble ? 55 : 60;
  return source > 0 ? 40 : 20;
}

}  // namespace owlet::plan
