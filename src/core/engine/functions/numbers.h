#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/plan/literal.h"

// Numbers and their texts in both dialects. Pure functions.

namespace owlet::engine {

using plan::Int128;
__extension__ using UInt128 = unsigned __int128;

enum class Rounding : std::uint8_t { kHalfUp, kHalfEven, kDown, kCeiling, kFloor };

/// 10 to the power of 0..38.
[[nodiscard]] Int128 PowerOfTen(int exponent);
/// Whether the value has at most so many digits.
[[nodiscard]] bool FitsPrecision(Int128 value, int precision);
/// value / 10^digits, rounded.
[[nodiscard]] Int128 DropDigits(Int128 value, int digits, Rounding rounding);
/// The value at another scale; nothing when it leaves 128 bits.
[[nodiscard]] std::optional<Int128> Rescale(Int128 value, int from, int to, Rounding rounding);
[[nodiscard]] std::string UnscaledText(Int128 unscaled, int scale);
/// left * right / 10^drop, half up, and left * 10^lift / right, half up: nothing on overflow.
[[nodiscard]] std::optional<Int128> MultiplyRounded(Int128 left, Int128 right, int drop);
[[nodiscard]] std::optional<Int128> DivideRounded(Int128 left, int lift, Int128 right);
/// A decimal's text ("-1.5e3" too) at a scale, rounded half up.
struct ParsedDecimal {
  bool valid = false;
  bool overflow = false;
  Int128 unscaled = 0;
};
[[nodiscard]] ParsedDecimal ParseDecimal(std::string_view text, int precision, int scale);
/// A double's exact value at a scale, by its shortest text; nothing on overflow, NaN, infinity.
[[nodiscard]] std::optional<Int128> DecimalOfDouble(double value, bool real, int precision,
                                                    int scale);

/// Java's Double.toString and Float.toString: "1.0E10", "0.001".
[[nodiscard]] std::string JavaText(double value, bool real);
/// Trino's CAST(double AS varchar): "1.0E10", "1.0E-1", "0E0".
[[nodiscard]] std::string TrinoText(double value, bool real);
/// The whole text as a number, as Java's parseDouble reads it ("Infinity", "NaN", "1e3", "1d").
[[nodiscard]] std::optional<double> ParseJavaDouble(std::string_view text);
/// An optional sign and digits, nothing else.
[[nodiscard]] std::optional<std::int64_t> ParseWhole(std::string_view text);

/// Spaces and control characters off both ends (UTF8String.trimAll, Trino's TRIM).
[[nodiscard]] std::string_view TrimControl(std::string_view text);

}  // namespace owlet::engine
