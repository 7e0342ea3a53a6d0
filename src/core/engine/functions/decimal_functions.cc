#include <fmt/format.h>

#include "core/engine/functions/cells.h"
#include "core/engine/functions/numbers.h"

// Arithmetic of decimals. The result's precision and scale are the resolver's ($result).

namespace owlet::engine {

namespace {

enum class Dialect : std::uint8_t { kSpark, kTrino };
enum class OnError : std::uint8_t { kRaise, kNull };

/// Spark computes exactly and then fits the result; so does Trino, at its own scale.
[[noreturn]] void RaiseOverflow(Dialect dialect, const std::string& shown, int precision, int scale,
                                std::int64_t origin) {
  if (dialect == Dialect::kTrino) {
    RaiseTrino("NUMERIC_VALUE_OUT_OF_RANGE", "Decimal overflow", origin);
  }
  RaiseSpark("NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION",
             fmt::format("{} cannot be represented as Decimal({}, {}).", shown, precision, scale),
             {{"value", shown},
              {"precision", std::to_string(precision)},
              {"scale", std::to_string(scale)},
              {"config", std::string(kAnsiConfig)}},
             origin);
}

void Finish(Cells& cells, std::optional<Int128> value, Dialect dialect, OnError on_error) {
  if (value && FitsPrecision(*value, cells.ResultPrecision())) {
    cells.SetUnscaled(*value);
    return;
  }
  if (on_error == OnError::kNull) {
    cells.SetNull();
    return;
  }
  const std::string shown = value ? UnscaledText(*value, cells.ResultScale()) : "overflow";
  RaiseOverflow(dialect, shown, cells.ResultPrecision(), cells.ResultScale(), cells.Integer(3));
}

template <bool kMinus>
CellCall Add(Dialect dialect, OnError on_error) {
  return [=](Cells& cells) {
    const int scale = std::max(cells.Scale(0), cells.Scale(1));
    const auto left = Rescale(cells.Unscaled(0), cells.Scale(0), scale, Rounding::kHalfUp);
    const auto right = Rescale(cells.Unscaled(1), cells.Scale(1), scale, Rounding::kHalfUp);
    std::optional<Int128> sum;
    Int128 exact = 0;
    if (left && right &&
        !(kMinus ? __builtin_sub_overflow(*left, *right, &exact)
                 : __builtin_add_overflow(*left, *right, &exact))) {
      sum = Rescale(exact, scale, cells.ResultScale(), Rounding::kHalfUp);
    }
    Finish(cells, sum, dialect, on_error);
  };
}

CellCall Multiply(Dialect dialect, OnError on_error) {
  return [=](Cells& cells) {
    Finish(cells,
           MultiplyRounded(cells.Unscaled(0), cells.Unscaled(1),
                           cells.Scale(0) + cells.Scale(1) - cells.ResultScale()),
           dialect, on_error);
  };
}

[[noreturn]] void RaiseZero(Dialect dialect, bool modulus, std::int64_t origin) {
  if (dialect == Dialect::kTrino) RaiseTrino("DIVISION_BY_ZERO", "Division by zero", origin);
  RaiseSpark(modulus ? "REMAINDER_BY_ZERO" : "DIVIDE_BY_ZERO",
             modulus ? "Remainder by zero." : "Division by zero.",
             {{"config", std::string(kAnsiConfig)}}, origin);
}

CellCall Divide(Dialect dialect, OnError on_error) {
  return [=](Cells& cells) {
    if (cells.Unscaled(1) == 0) {
      if (on_error == OnError::kNull) return cells.SetNull();
      RaiseZero(dialect, false, cells.Integer(3));
    }
    const int lift = cells.ResultScale() + cells.Scale(1) - cells.Scale(0);
    Finish(cells, DivideRounded(cells.Unscaled(0), lift, cells.Unscaled(1)), dialect, on_error);
  };
}

template <bool kPositive>
CellCall Modulus(Dialect dialect, OnError on_error) {
  return [=](Cells& cells) {
    if (cells.Unscaled(1) == 0) {
      if (on_error == OnError::kNull) return cells.SetNull();
      RaiseZero(dialect, true, cells.Integer(3));
    }
    const int scale = std::max(cells.Scale(0), cells.Scale(1));
    const auto left = Rescale(cells.Unscaled(0), cells.Scale(0), scale, Rounding::kHalfUp);
    const auto right = Rescale(cells.Unscaled(1), cells.Scale(1), scale, Rounding::kHalfUp);
    std::optional<Int128> rest;
    if (left && right) {
      Int128 exact = *left % *right;
      if (kPositive && exact < 0) exact = (exact + *right) % *right;
      rest = Rescale(exact, scale, cells.ResultScale(), Rounding::kHalfUp);
    }
    Finish(cells, rest, dialect, on_error);
  };
}

/// Spark's `div` of decimals: the whole part as a bigint.
void SparkDiv(Cells& cells) {
  if (cells.Unscaled(1) == 0) RaiseZero(Dialect::kSpark, false, cells.Integer(2));
  const int scale = std::max(cells.Scale(0), cells.Scale(1));
  const auto left = Rescale(cells.Unscaled(0), cells.Scale(0), scale, Rounding::kHalfUp);
  const auto right = Rescale(cells.Unscaled(1), cells.Scale(1), scale, Rounding::kHalfUp);
  if (!left || !right) RaiseSparkOverflow("overflow", "", cells.Integer(2));
  cells.SetInteger(static_cast<std::int64_t>(*left / *right));
}

std::optional<Rounding> RoundingByName(std::string_view name) {
  if (name == "up") return Rounding::kHalfUp;
  if (name == "even") return Rounding::kHalfEven;
  if (name == "down") return Rounding::kDown;
  if (name == "ceil") return Rounding::kCeiling;
  return Rounding::kFloor;
}

/// round_decimal(value, digits, how, $result, origin).
CellCall Round(Dialect dialect) {
  return [=](Cells& cells) {
    const int scale = cells.Scale(0);
    const auto digits = static_cast<int>(std::clamp<std::int64_t>(cells.Integer(1), -40, 40));
    const Rounding rounding = *RoundingByName(cells.Text(2));
    std::optional<Int128> value = cells.Unscaled(0);
    if (digits < scale) {
      const Int128 cut = DropDigits(*value, scale - digits, rounding);
      value = Rescale(cut, digits, cells.ResultScale(), Rounding::kDown);
    } else {
      value = Rescale(*value, scale, cells.ResultScale(), Rounding::kDown);
    }
    if (value && FitsPrecision(*value, cells.ResultPrecision())) return cells.SetUnscaled(*value);
    RaiseOverflow(dialect, UnscaledText(cells.Unscaled(0), scale), cells.ResultPrecision(),
                  cells.ResultScale(), cells.Integer(4));
  };
}

}  // namespace

CellFunctions DecimalFunctions() {
  using enum Dialect;
  using enum OnError;
  CellFunctions functions;
  const auto add = [&](std::string_view name, CellCall call, int typed_null = 2) {
    functions.push_back({name, "$result", std::move(call), false, typed_null});
  };
  add("trino.add_decimal", Add<false>(kTrino, kRaise));
  add("trino.subtract_decimal", Add<true>(kTrino, kRaise));
  add("trino.multiply_decimal", Multiply(kTrino, kRaise));
  add("trino.divide_decimal", Divide(kTrino, kRaise));
  add("trino.modulus_decimal", Modulus<false>(kTrino, kRaise));
  add("spark.add_decimal", Add<false>(kSpark, kRaise));
  add("spark.subtract_decimal", Add<true>(kSpark, kRaise));
  add("spark.multiply_decimal", Multiply(kSpark, kRaise));
  add("spark.divide_decimal", Divide(kSpark, kRaise));
  add("spark.modulus_decimal", Modulus<false>(kSpark, kRaise));
  add("spark.pmod_decimal", Modulus<true>(kSpark, kRaise));
  add("spark.add_decimal_or_null", Add<false>(kSpark, kNull));
  add("spark.subtract_decimal_or_null", Add<true>(kSpark, kNull));
  add("spark.multiply_decimal_or_null", Multiply(kSpark, kNull));
  add("spark.divide_decimal_or_null", Divide(kSpark, kNull));
  add("spark.modulus_decimal_or_null", Modulus<false>(kSpark, kNull));
  add("spark.pmod_decimal_or_null", Modulus<true>(kSpark, kNull));
  add("spark.round_decimal", Round(kSpark), 3);
  add("trino.round_decimal", Round(kTrino), 3);
  functions.push_back({"spark.div_decimal", "BIGINT", SparkDiv});
  return functions;
}

}  // namespace owlet::engine
