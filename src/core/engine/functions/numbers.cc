#include "core/engine/functions/numbers.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/multiprecision/cpp_int.hpp>
#include <charconv>
#include <cmath>

namespace owlet::engine {

namespace {

using Int256 = boost::multiprecision::int256_t;

constexpr std::array<Int128, 39> MakePowers() {
  std::array<Int128, 39> powers{};
  Int128 power = 1;
  powers[0] = power;
  for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = power *= 10;
  return powers;
}
constexpr auto kPowers = MakePowers();

Int256 Wide(Int128 value) {
  const bool negative = value < 0;
  auto magnitude = static_cast<UInt128>(value);
  if (negative) magnitude = -magnitude;
  Int256 wide = static_cast<std::uint64_t>(magnitude >> 64);
  wide <<= 64;
  wide += static_cast<std::uint64_t>(magnitude);
  return negative ? Int256(-wide) : wide;
}

std::optional<Int128> Narrow(const Int256& value) {
  static const Int256 limit = Wide(kPowers[38]);
  if (value >= limit || value <= -limit) return std::nullopt;
  const bool negative = value < 0;
  const Int256 magnitude = negative ? Int256(-value) : value;
  const auto high = static_cast<std::uint64_t>(magnitude >> 64);
  const auto low = static_cast<std::uint64_t>(magnitude & Int256(~std::uint64_t{0}));
  const auto joined = static_cast<Int128>((static_cast<UInt128>(high) << 64) | low);
  return negative ? -joined : joined;
}

Int256 WidePower(int exponent) {
  Int256 power = 1;
  for (; exponent >= 38; exponent -= 38) power *= Wide(kPowers[38]);
  return power * Wide(kPowers[static_cast<std::size_t>(exponent)]);
}

Int256 DivideHalfUp(const Int256& left, const Int256& right) {
  const Int256 quotient = left / right;
  Int256 rest = left % right;
  if (rest < 0) rest = -rest;
  const Int256 divisor = right < 0 ? Int256(-right) : right;
  if (rest * 2 < divisor) return quotient;
  return (left < 0) != (right < 0) ? Int256(quotient - 1) : Int256(quotient + 1);
}

/// The shortest digits that give the number back, and the power of ten of the first one.
struct Digits {
  std::string digits;
  int exponent = 0;
};

Digits ShortestDigits(double value, bool real) {
  std::array<char, 64> buffer{};
  const auto end = real ? std::to_chars(buffer.data(), buffer.data() + buffer.size(),
                                        static_cast<float>(value), std::chars_format::scientific)
                        : std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                        std::chars_format::scientific);
  const std::string_view text(buffer.data(), static_cast<std::size_t>(end.ptr - buffer.data()));
  const auto e = text.find('e');
  Digits result;
  for (const char c : text.substr(0, e)) {
    if (c != '.') result.digits += c;
  }
  const char* first = text.data() + e + 1;
  if (*first == '+') ++first;
  std::from_chars(first, text.data() + text.size(), result.exponent);
  while (result.digits.size() > 1 && result.digits.back() == '0') result.digits.pop_back();
  return result;
}

std::string Scientific(const Digits& digits, bool negative) {
  return fmt::format("{}{}.{}E{}", negative ? "-" : "", digits.digits[0],
                     digits.digits.size() > 1 ? digits.digits.substr(1) : "0", digits.exponent);
}

}  // namespace

Int128 PowerOfTen(int exponent) { return kPowers.at(static_cast<std::size_t>(exponent)); }

bool FitsPrecision(Int128 value, int precision) {
  const Int128 limit = kPowers.at(static_cast<std::size_t>(std::clamp(precision, 0, 38)));
  return value < limit && value > -limit;
}

Int128 DropDigits(Int128 value, int digits, Rounding rounding) {
  if (digits <= 0) return value;
  if (digits > 38) {
    if (rounding == Rounding::kCeiling) return value > 0 ? 1 : 0;
    if (rounding == Rounding::kFloor) return value < 0 ? -1 : 0;
    return 0;
  }
  const Int128 divisor = PowerOfTen(digits);
  const Int128 quotient = value / divisor;
  const Int128 rest = value % divisor;
  if (rest == 0) return quotient;
  const int sign = value < 0 ? -1 : 1;
  const Int128 magnitude = rest < 0 ? -rest : rest;
  const Int128 half = divisor / 2;
  switch (rounding) {
    case Rounding::kHalfUp:
      return magnitude >= half ? quotient + sign : quotient;
    case Rounding::kHalfEven:
      if (magnitude == half) return quotient % 2 == 0 ? quotient : quotient + sign;
      return magnitude > half ? quotient + sign : quotient;
    case Rounding::kCeiling:
      return sign > 0 ? quotient + 1 : quotient;
    case Rounding::kFloor:
      return sign < 0 ? quotient - 1 : quotient;
    case Rounding::kDown:
      break;
  }
  return quotient;
}

std::optional<Int128> Rescale(Int128 value, int from, int to, Rounding rounding) {
  if (to <= from) return DropDigits(value, from - to, rounding);
  if (value == 0) return Int128{0};
  if (to - from > 38) return std::nullopt;
  Int128 result = 0;
  if (__builtin_mul_overflow(value, PowerOfTen(to - from), &result)) return std::nullopt;
  return result;
}

std::string UnscaledText(Int128 unscaled, int scale) {
  const bool negative = unscaled < 0;
  auto magnitude = static_cast<UInt128>(unscaled);
  if (negative) magnitude = -magnitude;
  std::string digits;
  do {
    digits += static_cast<char>('0' + static_cast<int>(magnitude % 10));
    magnitude /= 10;
  } while (magnitude > 0);
  while (static_cast<int>(digits.size()) <= scale) digits += '0';
  if (scale > 0) digits.insert(static_cast<std::size_t>(scale), ".");
  if (negative) digits += '-';
  std::ranges::reverse(digits);
  return digits;
}

std::optional<Int128> MultiplyRounded(Int128 left, Int128 right, int drop) {
  Int128 product = 0;
  if (!__builtin_mul_overflow(left, right, &product)) {
    const Int128 rounded = DropDigits(product, drop, Rounding::kHalfUp);
    return FitsPrecision(rounded, 38) ? std::optional(rounded) : std::nullopt;
  }
  const Int256 wide = Wide(left) * Wide(right);
  return Narrow(drop > 0 ? DivideHalfUp(wide, WidePower(drop)) : wide);
}

std::optional<Int128> DivideRounded(Int128 left, int lift, Int128 right) {
  Int256 numerator = Wide(left);
  Int256 denominator = Wide(right);
  if (lift >= 0) {
    numerator *= WidePower(std::min(lift, 38));
  } else {
    denominator *= WidePower(-lift);
  }
  return Narrow(DivideHalfUp(numerator, denominator));
}

ParsedDecimal ParseDecimal(std::string_view text, int precision, int scale) {
  ParsedDecimal parsed;
  std::size_t at = 0;
  const bool negative = !text.empty() && text[0] == '-';
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) ++at;
  std::string digits;
  int point = -1;
  bool any = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c >= '0' && c <= '9') {
      any = true;
      digits += c;
    } else if (c == '.' && point < 0) {
      point = static_cast<int>(digits.size());
    } else {
      break;
    }
  }
  if (!any) return parsed;
  int exponent = 0;
  if (at < text.size()) {
    if (text[at] != 'e' && text[at] != 'E') return parsed;
    const char* first = text.data() + at + 1;
    const char* last = text.data() + text.size();
    if (first < last && *first == '+') ++first;
    const auto [end, error] = std::from_chars(first, last, exponent);
    if (error != std::errc() || end != last) return parsed;
  }
  parsed.valid = true;
  if (point < 0) point = static_cast<int>(digits.size());
  // The number is 0.digits * 10^(point + exponent); keep `scale` digits behind the point.
  const std::int64_t keep = static_cast<std::int64_t>(point) + exponent + scale;
  const auto first = digits.find_first_not_of('0');
  if (first == std::string::npos || keep < 0) return parsed;
  if (keep - static_cast<std::int64_t>(first) > 39) {
    parsed.overflow = true;
    return parsed;
  }
  Int128 value = 0;
  for (std::int64_t i = 0; i < keep; ++i) {
    const auto index = static_cast<std::size_t>(i);
    value = value * 10 + (index < digits.size() ? digits[index] - '0' : 0);
  }
  if (static_cast<std::size_t>(keep) < digits.size() &&
      digits[static_cast<std::size_t>(keep)] >= '5') {
    ++value;
  }
  if (!FitsPrecision(value, precision)) parsed.overflow = true;
  parsed.unscaled = negative ? -value : value;
  return parsed;
}

std::optional<Int128> DecimalOfDouble(double value, bool real, int precision, int scale) {
  if (!std::isfinite(value)) return std::nullopt;
  const Digits digits = ShortestDigits(std::fabs(value), real);
  const auto parsed = ParseDecimal(
      fmt::format("{}{}.{}e{}", value < 0 ? "-" : "", digits.digits[0],
                  digits.digits.size() > 1 ? digits.digits.substr(1) : "0", digits.exponent),
      precision, scale);
  if (!parsed.valid || parsed.overflow) return std::nullopt;
  return parsed.unscaled;
}

std::string JavaText(double value, bool real) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  if (value == 0) return std::signbit(value) ? "-0.0" : "0.0";
  const bool negative = value < 0;
  const Digits digits = ShortestDigits(std::fabs(value), real);
  if (digits.exponent < -3 || digits.exponent >= 7) return Scientific(digits, negative);
  std::string text = negative ? "-" : "";
  if (digits.exponent < 0) {
    return text + "0." + std::string(static_cast<std::size_t>(-digits.exponent - 1), '0') +
           digits.digits;
  }
  const auto whole = static_cast<std::size_t>(digits.exponent) + 1;
  std::string padded = digits.digits;
  if (padded.size() < whole) padded.append(whole - padded.size(), '0');
  text += padded.substr(0, whole) + ".";
  return text + (padded.size() > whole ? padded.substr(whole) : "0");
}

std::string TrinoText(double value, bool real) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  if (value == 0) return "0E0";
  return Scientific(ShortestDigits(std::fabs(value), real), value < 0);
}

std::optional<double> ParseJavaDouble(std::string_view text) {
  bool negative = false;
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
    negative = text[0] == '-';
    text.remove_prefix(1);
  }
  if (text == "NaN") return std::nan("");
  if (text == "Infinity") return negative ? -HUGE_VAL : HUGE_VAL;
  if (text.empty() || (text[0] != '.' && (text[0] < '0' || text[0] > '9'))) return std::nullopt;
  if (text.size() > 1 && std::string_view("dDfF").find(text.back()) != std::string_view::npos) {
    text.remove_suffix(1);
  }
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size() || error == std::errc::invalid_argument) {
    return std::nullopt;
  }
  if (error == std::errc::result_out_of_range) {
    const bool tiny =
        text.find("e-") != std::string_view::npos || text.find("E-") != std::string_view::npos;
    value = tiny ? 0.0 : HUGE_VAL;
  }
  return negative ? -value : value;
}

std::optional<std::int64_t> ParseWhole(std::string_view text) {
  if (!text.empty() && text[0] == '+') {
    text.remove_prefix(1);
    if (!text.empty() && text[0] == '-') return std::nullopt;
  }
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string_view TrimControl(std::string_view text) {
  const auto blank = [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace owlet::engine
