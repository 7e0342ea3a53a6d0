#include <algorithm>
#include <set>

#include "core/plan/coercion.h"

// Spark's type coercion (4.3): AnsiTypeCoercion, and TypeCoercion for spark.sql.ansi.enabled=false.

namespace owlet::plan::spark {

namespace {

constexpr int kMaximumPrecision = 38;
constexpr int kMinimumAdjustedScale = 6;

bool IsString(const Type& type) { return type.IsCharacter(); }
bool IsFractional(const Type& type) {
  return type.id() == TypeId::kReal || type.id() == TypeId::kDouble ||
         type.id() == TypeId::kDecimal;
}
bool IsFloat(const Type& type) {
  return type.id() == TypeId::kReal || type.id() == TypeId::kDouble;
}
bool IsInterval(const Type& type) {
  return type.id() == TypeId::kIntervalYearMonth || type.id() == TypeId::kIntervalDayTime;
}
bool IsDateTime(const Type& type) {
  return type.id() == TypeId::kDate || type.id() == TypeId::kTimestamp ||
         type.id() == TypeId::kTimestampLocalZone;
}
bool IsAtomic(const Type& type) {
  return !type.IsNested() && type.id() != TypeId::kUnknown && type.id() != TypeId::kFunction &&
         type.id() != TypeId::kCalendarInterval && type.id() != TypeId::kVariant;
}

Type AsDecimal(const Type& type) {
  return type.id() == TypeId::kDecimal ? type : DecimalOfInteger(type.id(), Dialect::kSpark);
}

Type WiderDecimal(const Type& left, const Type& right) {
  const int scale = std::max(left.scale(), right.scale());
  const int whole = std::max(left.precision() - left.scale(), right.precision() - right.scale());
  return BoundedDecimal(whole + scale, scale);
}

std::optional<Type> WiderNumeric(const Type& left, const Type& right, bool ansi) {
  const bool decimal = left.id() == TypeId::kDecimal || right.id() == TypeId::kDecimal;
  if (decimal) {
    if (IsFloat(left) || IsFloat(right)) return Type(TypeId::kDouble);
    return WiderDecimal(AsDecimal(left), AsDecimal(right));
  }
  const TypeId wider = std::max(left.id(), right.id());
  // ANSI: a float does not hold every integer.
  if (wider == TypeId::kReal && ansi && left.id() != right.id()) return Type(TypeId::kDouble);
  return Type(wider);
}

std::optional<Type> WiderDateTime(const Type& left, const Type& right) {
  if (left.id() == TypeId::kTimestampLocalZone || right.id() == TypeId::kTimestampLocalZone) {
    return Type(TypeId::kTimestampLocalZone);
  }
  return Type::Timestamp(6);
}

std::optional<Type> WiderInterval(const Type& left, const Type& right) {
  if (left.id() != right.id()) return std::nullopt;
  const auto start = std::min(left.start_field(), right.start_field());
  const auto end = std::max(left.end_field(), right.end_field());
  return left.id() == TypeId::kIntervalYearMonth ? Type::IntervalYearMonth(start, end)
                                                 : Type::IntervalDayTime(start, end);
}

std::optional<Type> PromoteString(const Type& other, bool ansi) {
  if (!IsAtomic(other)) return std::nullopt;
  if (!ansi) {
    if (other.id() == TypeId::kBoolean || other.id() == TypeId::kVarbinary) return std::nullopt;
    return Type::Varchar();
  }
  if (other.IsInteger()) return Type(TypeId::kBigint);
  if (IsFractional(other)) return Type(TypeId::kDouble);
  if (IsInterval(other)) return std::nullopt;
  return other;
}

std::optional<Type> WiderNested(const Type& left, const Type& right, bool ansi, bool promote) {
  const auto& a = left.fields();
  const auto& b = right.fields();
  if (a.size() != b.size()) return std::nullopt;
  std::vector<Field> fields;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (left.id() == TypeId::kRow && a[i].name != b[i].name) return std::nullopt;
    auto type = WiderType(a[i].type, b[i].type, ansi, promote);
    if (!type) return std::nullopt;
    fields.push_back({a[i].name, *type, a[i].nullable || b[i].nullable, a[i].metadata});
  }
  if (left.id() == TypeId::kArray) return Type::Array(fields[0].type, fields[0].nullable);
  if (left.id() == TypeId::kMap) {
    return Type::Map(fields[0].type, fields[1].type, fields[1].nullable);
  }
  return Type::Row(std::move(fields));
}

}  // namespace

Type BoundedDecimal(int precision, int scale) {
  return Type::Decimal(std::min(precision, kMaximumPrecision), std::min(scale, kMaximumPrecision));
}

Type AdjustedDecimal(int precision, int scale) {
  if (precision <= kMaximumPrecision) return Type::Decimal(precision, scale);
  const int whole = precision - scale;
  const int least = std::min(scale, kMinimumAdjustedScale);
  return Type::Decimal(kMaximumPrecision, std::max(kMaximumPrecision - whole, least));
}

std::optional<Type> WiderType(const Type& left, const Type& right, bool ansi,
                              bool promote_strings) {
  if (left == right) return left;
  if (left.id() == TypeId::kUnknown) return right;
  if (right.id() == TypeId::kUnknown) return left;
  if (left.IsNumeric() && right.IsNumeric()) return WiderNumeric(left, right, ansi);
  if (IsString(left) && IsString(right)) return Type::Varchar();
  if (IsDateTime(left) && IsDateTime(right)) return WiderDateTime(left, right);
  if (IsInterval(left) && IsInterval(right)) return WiderInterval(left, right);
  if (left.IsNested() && left.id() == right.id()) {
    return WiderNested(left, right, ansi, promote_strings);
  }
  if (promote_strings && IsString(left)) return PromoteString(right, ansi);
  if (promote_strings && IsString(right)) return PromoteString(left, ansi);
  return left.id() == right.id() && !left.IsNested() ? std::optional(left) : std::nullopt;
}

bool CanCoerce(const Type& from, const Type& to, bool ansi) {
  if (from.id() == TypeId::kUnknown || from.SameIgnoringNulls(to)) return true;
  if (from.IsNumeric() && to.IsNumeric()) return true;
  if (IsString(from) && IsString(to)) return true;
  if (IsString(to)) return IsAtomic(from);
  if (IsString(from)) {
    return IsAtomic(to) && !(ansi && to.id() == TypeId::kTime);
  }
  if (IsDateTime(from) && IsDateTime(to)) return true;
  if (IsInterval(from) && from.id() == to.id()) return true;
  if (from.id() != to.id()) return false;
  if (!from.IsNested()) return true;
  return std::ranges::equal(from.fields(), to.fields(), [&](const Field& a, const Field& b) {
    return CanCoerce(a.type, b.type, ansi);
  });
}

bool CanCast(const Type& from, const Type& to, bool ansi) {
  if (from.id() == TypeId::kUnknown || from.SameIgnoringNulls(to)) return true;
  if (from.id() == TypeId::kVariant || to.id() == TypeId::kVariant) return true;
  if (to.IsNested()) {
    if (from.id() != to.id() || from.fields().size() != to.fields().size()) return false;
    return std::ranges::equal(from.fields(), to.fields(), [&](const Field& a, const Field& b) {
      return CanCast(a.type, b.type, ansi) && (b.nullable || !a.nullable);
    });
  }
  if (IsString(to)) return true;  // arrays, maps and structs too
  if (from.IsNested()) return false;
  if (IsString(from)) return true;
  if (from.IsNumeric() && to.IsNumeric()) return true;
  const bool boolean = from.id() == TypeId::kBoolean || to.id() == TypeId::kBoolean;
  if (boolean && (from.IsNumeric() || to.IsNumeric())) return true;
  if (IsDateTime(from) && IsDateTime(to)) return true;
  if (IsInterval(from) && from.id() == to.id()) return true;
  if (from.id() == TypeId::kTimestampLocalZone) return to.IsNumeric() || (boolean && !ansi);
  if (to.id() == TypeId::kTimestampLocalZone) return from.IsNumeric() || (boolean && !ansi);
  if (!ansi && from.id() == TypeId::kDate) return to.IsNumeric() || boolean;
  if (from.IsInteger() && to.id() == TypeId::kVarbinary) return !ansi;
  if (IsInterval(from) && to.IsNumeric()) return from.start_field() == from.end_field();
  if (from.IsNumeric() && IsInterval(to)) return to.start_field() == to.end_field();
  return from.id() == to.id();
}

namespace {

/// The fewest digits that hold an integer literal: `x * 2` with a decimal x counts 2 as
/// decimal(1,0).
Type DecimalOfArgument(const Argument& argument) {
  if (argument.type.id() == TypeId::kDecimal) return argument.type;
  if (argument.constant) {
    if (const auto* value = std::get_if<std::int64_t>(&argument.constant->value)) {
      int digits = 1;
      for (std::int64_t rest = *value / 10; rest != 0; rest /= 10) ++digits;
      return Type::Decimal(digits, 0);
    }
  }
  return DecimalOfInteger(argument.type.id(), Dialect::kSpark);
}

std::pair<Type, Type> Same(const Type& type) { return {type, type}; }

std::pair<Type, Type> ArithmeticOperands(std::string_view op, const Argument& left,
                                         const Argument& right, bool ansi) {
  const Type& a = left.type;
  const Type& b = right.type;
  if (op == "div" && (IsFractional(a) || IsFractional(b)) && a.IsNumeric() && b.IsNumeric() &&
      !IsFloat(a) && !IsFloat(b)) {
    return {DecimalOfArgument(left), DecimalOfArgument(right)};
  }
  if (a.IsNumeric() && b.IsNumeric()) {
    const bool decimal = a.id() == TypeId::kDecimal || b.id() == TypeId::kDecimal;
    if (decimal && !IsFloat(a) && !IsFloat(b)) {
      return {DecimalOfArgument(left), DecimalOfArgument(right)};
    }
    if (op == "/") return Same(Type(TypeId::kDouble));
    if (op == "div") return Same(Type(TypeId::kBigint));
    return Same(*WiderNumeric(a, b, ansi));
  }
  const auto numeric_or_null = [](const Type& type) {
    return type.IsNumeric() || type.id() == TypeId::kUnknown;
  };
  if (numeric_or_null(a) && numeric_or_null(b)) {
    if (op == "/" || (a.id() == b.id())) return Same(Type(TypeId::kDouble));
    return Same(a.IsNumeric() ? a : b);
  }
  if (IsString(a) != IsString(b)) {
    const Type& other = IsString(a) ? b : a;
    if (other.IsNumeric() || other.id() == TypeId::kUnknown) {
      if (!ansi || op == "/" || other.id() == TypeId::kUnknown) return Same(Type(TypeId::kDouble));
      if (op == "div") return Same(Type(TypeId::kBigint));
      return Same(*PromoteString(other, ansi));
    }
    if (IsDateTime(other) && op == "-") return Same(other);
  }
  if (!ansi && IsString(a) && IsString(b)) return Same(Type(TypeId::kDouble));
  // Half days and hours: the two kinds of an interval's fields meet.
  if (IsInterval(a) && IsInterval(b)) {
    if (auto wider = WiderInterval(a, b)) return Same(*wider);
  }
  if (op == "-" && IsDateTime(a) && IsDateTime(b) && a.id() != b.id()) {
    return Same(*WiderDateTime(a, b));
  }
  if (op == "*" || op == "/") return {a, b};
  // date + smallint counts days.
  if (a.id() == TypeId::kDate && b.IsInteger()) return {a, Type(TypeId::kInteger)};
  if (b.id() == TypeId::kDate && a.IsInteger()) return {Type(TypeId::kInteger), b};
  return {a, b};
}

}  // namespace

std::pair<Type, Type> OperandTypes(std::string_view op, const Argument& left, const Argument& right,
                                   bool ansi) {
  static const std::set<std::string_view> kArithmetic = {"+",
                                                         "-",
                                                         "*",
                                                         "/",
                                                         "%",
                                                         "div",
                                                         "pmod",
                                                         "mod",
                                                         "try_add",
                                                         "try_subtract",
                                                         "try_multiply",
                                                         "try_divide",
                                                         "try_mod"};
  if (kArithmetic.contains(op)) {
    const std::string_view plain = op == "try_divide" ? "/" : op == "try_subtract" ? "-" : op;
    return ArithmeticOperands(plain, left, right, ansi);
  }
  const Type& a = left.type;
  const Type& b = right.type;
  if (op == "and" || op == "or") {
    return {a.id() == TypeId::kUnknown ? Type(TypeId::kBoolean) : a,
            b.id() == TypeId::kUnknown ? Type(TypeId::kBoolean) : b};
  }
  if (!ansi && IsString(a) != IsString(b)) {
    // Comparisons without ANSI: the string becomes the other side's type.
    const Type& other = IsString(a) ? b : a;
    if (other.IsNumeric())
      return Same(other.id() == TypeId::kDecimal ? Type(TypeId::kDouble) : other);
    if (IsAtomic(other)) return Same(other);
  }
  if (auto wider = WiderType(a, b, ansi, true)) {
    if (wider->id() == TypeId::kUnknown) return Same(Type(TypeId::kBoolean));
    return Same(*wider);
  }
  return {a, b};
}

}  // namespace owlet::plan::spark
