#include <fmt/format.h>

#include <cmath>
#include <type_traits>

#include "core/engine/functions/function_adapter.h"

// Arithmetic of integers with each dialect's errors: the hot functions of every expression, so they
// work on whole vectors. The last argument is the origin's number, a constant.

namespace owlet::engine {

namespace {

using duckdb::LogicalType;
using duckdb::Vector;

enum class Operation : std::uint8_t { kAdd, kSubtract, kMultiply, kDivide, kModulus, kPmod };

template <class T>
constexpr std::string_view TrinoTypeOf() {
  if constexpr (sizeof(T) == 1) return "tinyint";
  if constexpr (sizeof(T) == 2) return "smallint";
  if constexpr (sizeof(T) == 4) return "integer";
  return "bigint";
}

/// False when the result does not fit. Division by zero is the caller's.
template <Operation kOperation, class T>
bool Compute(T left, T right, T& result) {
  if constexpr (kOperation == Operation::kAdd) return !__builtin_add_overflow(left, right, &result);
  if constexpr (kOperation == Operation::kSubtract) {
    return !__builtin_sub_overflow(left, right, &result);
  }
  if constexpr (kOperation == Operation::kMultiply) {
    return !__builtin_mul_overflow(left, right, &result);
  }
  if constexpr (kOperation == Operation::kDivide) {
    if (right == -1) return !__builtin_sub_overflow(T{0}, left, &result);
    result = static_cast<T>(left / right);
    return true;
  }
  if (right == -1) {
    result = 0;
    return true;
  }
  result = static_cast<T>(left % right);
  if constexpr (kOperation == Operation::kPmod) {
    // Spark: r < 0 ? (r + n) % n : r, so the sign of n stays for negative n.
    if (result < 0) {
      using Wide = Int128;
      result = static_cast<T>((static_cast<Wide>(result) + right) % right);
    }
  }
  return true;
}

constexpr std::string_view TrinoVerb(Operation operation) {
  switch (operation) {
    case Operation::kAdd:
      return "addition";
    case Operation::kSubtract:
      return "subtraction";
    case Operation::kMultiply:
      return "multiplication";
    default:
      return "division";
  }
}

constexpr char SignOf(Operation operation) {
  switch (operation) {
    case Operation::kAdd:
      return '+';
    case Operation::kSubtract:
      return '-';
    case Operation::kMultiply:
      return '*';
    default:
      return '/';
  }
}

constexpr std::string_view SparkTryName(Operation operation) {
  switch (operation) {
    case Operation::kAdd:
      return "try_add";
    case Operation::kSubtract:
      return "try_subtract";
    case Operation::kMultiply:
      return "try_multiply";
    default:
      return "";
  }
}

template <Operation kOperation, class T>
[[noreturn]] void RaiseOverflow(bool trino, T left, T right, std::int64_t origin) {
  if (trino) {
    if (kOperation == Operation::kDivide) {
      RaiseTrino("NUMERIC_VALUE_OUT_OF_RANGE",
                 fmt::format("{} division overflow: {} / {}", TrinoTypeOf<T>(), left, right),
                 origin);
    }
    RaiseTrino("NUMERIC_VALUE_OUT_OF_RANGE",
               fmt::format("{} {} overflow: {} {} {}", TrinoTypeOf<T>(), TrinoVerb(kOperation),
                           left, SignOf(kOperation), right),
               origin);
  }
  const std::string_view alternative = SparkTryName(kOperation);
  if (sizeof(T) <= 2) {
    // Spark widens bytes to shorts in this message.
    const char suffix = sizeof(T) == 1 ? 'S' : 'S';
    const auto shown = [&](T value) { return fmt::format("{}{}", value, suffix); };
    RaiseSpark(
        "BINARY_ARITHMETIC_OVERFLOW",
        fmt::format("{} {} {} caused overflow. Use `{}` to tolerate overflow and return NULL "
                    "instead.",
                    shown(left), SignOf(kOperation), shown(right), alternative),
        {{"value1", shown(left)},
         {"symbol", std::string(1, SignOf(kOperation))},
         {"value2", shown(right)},
         {"functionName", fmt::format("`{}`", alternative)}},
        origin);
  }
  RaiseSparkOverflow("overflow", alternative, origin);
}

[[noreturn]] void RaiseZeroDivisor(bool trino, bool modulus, std::int64_t origin) {
  if (trino) RaiseTrino("DIVISION_BY_ZERO", "Division by zero", origin);
  if (modulus) {
    RaiseSpark("REMAINDER_BY_ZERO",
               "Remainder by zero. Use `try_mod` to tolerate divisor being 0 and return NULL "
               "instead.",
               {{"config", std::string(kAnsiConfig)}}, origin);
  }
  RaiseSpark("DIVIDE_BY_ZERO",
             "Division by zero. Use `try_divide` to tolerate divisor being 0 and return NULL "
             "instead.",
             {{"config", std::string(kAnsiConfig)}}, origin);
}

std::int64_t OriginOf(duckdb::DataChunk& arguments, duckdb::idx_t index) {
  const auto value = arguments.data[index].GetValue(0);
  return value.IsNull() ? -1 : value.GetValue<std::int64_t>();
}

enum class OnError : std::uint8_t { kRaise, kNull, kWrap };

template <Operation kOperation, class T, bool kTrino, OnError kOnError>
void Binary(duckdb::DataChunk& arguments, duckdb::ExpressionState&, Vector& result) {
  constexpr bool kDivides = kOperation == Operation::kDivide || kOperation == Operation::kModulus ||
                            kOperation == Operation::kPmod;
  const std::int64_t origin = kOnError == OnError::kRaise ? OriginOf(arguments, 2) : -1;
  duckdb::BinaryExecutor::ExecuteWithNulls<T, T, T>(
      arguments.data[0], arguments.data[1], result, arguments.size(),
      [origin](T left, T right, duckdb::ValidityMask& mask, duckdb::idx_t row) -> T {
        if constexpr (std::is_floating_point_v<T>) {
          if (right == 0 && !kTrino) {
            if constexpr (kOnError == OnError::kRaise) {
              RaiseZeroDivisor(false, kOperation != Operation::kDivide, origin);
            }
            mask.SetInvalid(row);
            return 0;
          }
          if constexpr (kOperation == Operation::kDivide) return left / right;
          const T rest = std::fmod(left, right);
          if constexpr (kOperation == Operation::kPmod) {
            return rest < 0 ? std::fmod(rest + right, right) : rest;
          }
          return rest;
        } else {
          if constexpr (kDivides) {
            if (right == 0) {
              if constexpr (kOnError == OnError::kRaise) {
                RaiseZeroDivisor(kTrino, kOperation != Operation::kDivide, origin);
              }
              mask.SetInvalid(row);
              return 0;
            }
          }
          T value = 0;
          if (!Compute<kOperation, T>(left, right, value)) {
            if constexpr (kOnError == OnError::kRaise) {
              RaiseOverflow<kOperation, T>(kTrino, left, right, origin);
            }
            if constexpr (kOnError == OnError::kNull) mask.SetInvalid(row);
          }
          return value;
        }
      });
}

template <class T, bool kTrino, bool kAbsolute, bool kWrap>
void Unary(duckdb::DataChunk& arguments, duckdb::ExpressionState&, Vector& result) {
  const std::int64_t origin = kWrap ? -1 : OriginOf(arguments, 1);
  duckdb::UnaryExecutor::Execute<T, T>(
      arguments.data[0], result, arguments.size(), [origin](T value) -> T {
        if (kAbsolute && value >= 0) return value;
        T negated = 0;
        if (__builtin_sub_overflow(T{0}, value, &negated) && !kWrap) {
          if (!kTrino) RaiseSparkOverflow("overflow", "", origin);
          if (kAbsolute) {
            RaiseTrino("NUMERIC_VALUE_OUT_OF_RANGE",
                       fmt::format("Value {} is out of range for abs({})", value, TrinoTypeOf<T>()),
                       origin);
          }
          RaiseTrino("NUMERIC_VALUE_OUT_OF_RANGE",
                     fmt::format("{} negation overflow: {}", TrinoTypeOf<T>(), value), origin);
        }
        return negated;
      });
}

duckdb::ScalarFunction Fallible(duckdb::ScalarFunction function) {
  function.SetFallible();
  return function;
}

duckdb::ScalarFunction BinaryFunction(const std::string& name, const LogicalType& type,
                                      bool with_origin, duckdb::scalar_function_t call) {
  duckdb::vector<LogicalType> arguments = {type, type};
  if (with_origin) arguments.push_back(LogicalType::INTEGER);
  return Fallible(duckdb::ScalarFunction(name, arguments, type, std::move(call)));
}

template <class T>
void AddSparkOf(const LogicalType& type, const AddScalar& add) {
  using enum Operation;
  const auto one = [&](const std::string& name, bool origin, duckdb::scalar_function_t call) {
    add("spark", BinaryFunction(name, type, origin, std::move(call)));
  };
  if constexpr (!std::is_floating_point_v<T>) {
    one("add", true, Binary<kAdd, T, false, OnError::kRaise>);
    one("subtract", true, Binary<kSubtract, T, false, OnError::kRaise>);
    one("multiply", true, Binary<kMultiply, T, false, OnError::kRaise>);
    one("add_wrap", false, Binary<kAdd, T, false, OnError::kWrap>);
    one("subtract_wrap", false, Binary<kSubtract, T, false, OnError::kWrap>);
    one("multiply_wrap", false, Binary<kMultiply, T, false, OnError::kWrap>);
    one("add_or_null", false, Binary<kAdd, T, false, OnError::kNull>);
    one("subtract_or_null", false, Binary<kSubtract, T, false, OnError::kNull>);
    one("multiply_or_null", false, Binary<kMultiply, T, false, OnError::kNull>);
    one("div", true, Binary<kDivide, T, false, OnError::kRaise>);
    one("div_or_null", false, Binary<kDivide, T, false, OnError::kNull>);
    duckdb::vector<LogicalType> with_origin = {type, LogicalType::INTEGER};
    add("spark", Fallible({"negate", with_origin, type, Unary<T, false, false, false>}));
    add("spark", Fallible({"abs", with_origin, type, Unary<T, false, true, false>}));
    add("spark", {"negate_wrap", {type}, type, Unary<T, false, false, true>});
    add("spark", {"abs_wrap", {type}, type, Unary<T, false, true, true>});
  } else {
    one("divide", true, Binary<kDivide, T, false, OnError::kRaise>);
    one("divide_or_null", false, Binary<kDivide, T, false, OnError::kNull>);
  }
  one("modulus", true, Binary<kModulus, T, false, OnError::kRaise>);
  one("modulus_or_null", false, Binary<kModulus, T, false, OnError::kNull>);
  one("pmod", true, Binary<kPmod, T, false, OnError::kRaise>);
  one("pmod_or_null", false, Binary<kPmod, T, false, OnError::kNull>);
}

template <class T>
void AddTrinoOf(const LogicalType& type, const AddScalar& add) {
  using enum Operation;
  const auto one = [&](const std::string& name, bool origin, duckdb::scalar_function_t call) {
    add("trino", BinaryFunction(name, type, origin, std::move(call)));
  };
  if constexpr (std::is_floating_point_v<T>) {
    one("divide_float", false, Binary<kDivide, T, true, OnError::kNull>);
    one("modulus_float", false, Binary<kModulus, T, true, OnError::kNull>);
  } else {
    one("add", true, Binary<kAdd, T, true, OnError::kRaise>);
    one("subtract", true, Binary<kSubtract, T, true, OnError::kRaise>);
    one("multiply", true, Binary<kMultiply, T, true, OnError::kRaise>);
    one("divide", true, Binary<kDivide, T, true, OnError::kRaise>);
    one("modulus", true, Binary<kModulus, T, true, OnError::kRaise>);
    duckdb::vector<LogicalType> with_origin = {type, LogicalType::INTEGER};
    add("trino", Fallible({"negate", with_origin, type, Unary<T, true, false, false>}));
    add("trino", Fallible({"abs", with_origin, type, Unary<T, true, true, false>}));
  }
}

template <class T>
void AddBoth(const LogicalType& type, const AddScalar& add) {
  AddSparkOf<T>(type, add);
  AddTrinoOf<T>(type, add);
}

}  // namespace

void AddIntegerArithmetic(const AddScalar& add) {
  AddBoth<std::int8_t>(LogicalType::TINYINT, add);
  AddBoth<std::int16_t>(LogicalType::SMALLINT, add);
  AddBoth<std::int32_t>(LogicalType::INTEGER, add);
  AddBoth<std::int64_t>(LogicalType::BIGINT, add);
  AddBoth<float>(LogicalType::FLOAT, add);
  AddBoth<double>(LogicalType::DOUBLE, add);
}

}  // namespace owlet::engine
