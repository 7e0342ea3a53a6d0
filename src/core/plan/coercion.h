#pragma once

#include <optional>
#include <span>

#include "core/plan/functions.h"
#include "core/plan/types.h"

// What one type may become without being asked: each dialect's rules, pure functions. The dialect's
// front door is CommonType, CanCoerce and CanCast in functions.h.

namespace owlet::plan {

/// The decimal that holds every value of an integer type: Trino's and Spark's numbers agree but for
/// bigint (Trino 19 digits, Spark 20).
[[nodiscard]] Type DecimalOfInteger(TypeId id, Dialect dialect);

/// How far a coercion is from no coercion, for choosing between overloads; nothing when `from` does
/// not become `to` by itself.
[[nodiscard]] std::optional<int> CoercionCost(const Type& from, const Type& to,
                                              const SessionSettings& session);

namespace trino {
[[nodiscard]] std::optional<Type> CommonType(const Type& left, const Type& right);
[[nodiscard]] bool CanCoerce(const Type& from, const Type& to);
[[nodiscard]] bool CanCast(const Type& from, const Type& to);
}  // namespace trino

namespace spark {
/// Spark's findWiderTypeForTwo (with string promotion) or ...WithoutStringPromotion.
[[nodiscard]] std::optional<Type> WiderType(const Type& left, const Type& right, bool ansi,
                                            bool promote_strings);
/// Spark's implicitCast to a parameter's type.
[[nodiscard]] bool CanCoerce(const Type& from, const Type& to, bool ansi);
[[nodiscard]] bool CanCast(const Type& from, const Type& to, bool ansi);
/// Spark's DecimalType.adjustPrecisionScale: 38 digits at most, the whole part kept, the scale cut
/// down to 6 where needed.
[[nodiscard]] Type AdjustedDecimal(int precision, int scale);
[[nodiscard]] Type BoundedDecimal(int precision, int scale);
/// What the operands of an operator ("+", "=", "and", "&" ...) are cast to: the rules that Spark
/// applies to BinaryOperator before its types are checked. Unchanged types where no rule applies.
[[nodiscard]] std::pair<Type, Type> OperandTypes(std::string_view op, const Argument& left,
                                                 const Argument& right, bool ansi);
}  // namespace spark

}  // namespace owlet::plan
