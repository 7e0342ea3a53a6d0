#include <fmt/format.h>

#include <bit>
#include <charconv>
#include <cmath>
#include <limits>

#include "core/engine/functions/cells.h"
#include "core/engine/functions/numbers.h"

// Mathematics, bits and the checked indexes of arrays.

namespace owlet::engine {

namespace {

/// Spark's round of a double: through its shortest decimal text.
void RoundFloat(Cells& cells) {
  const double value = cells.Double(0);
  const auto digits = static_cast<int>(std::clamp<std::int64_t>(cells.Integer(1), -400, 400));
  if (!std::isfinite(value) || digits > 37) return cells.SetDouble(value);
  const bool even = cells.Text(2) == "even";
  if (std::fabs(value) < 1e18 && digits >= 0 && digits <= 18) {
    constexpr int kGuard = 19;
    if (const auto exact =
            DecimalOfDouble(value, cells.IsReal(0), 38, std::min(digits + kGuard, 37))) {
      const int drop = std::min(digits + kGuard, 37) - digits;
      const Int128 rounded =
          DropDigits(*exact, drop, even ? Rounding::kHalfEven : Rounding::kHalfUp);
      return cells.SetDouble(*ParseJavaDouble(UnscaledText(rounded, digits)));
    }
  }
  const double power = std::pow(10.0, digits);
  const double scaled = value * power;
  const double rounded = even ? std::nearbyint(scaled) : std::round(scaled);
  cells.SetDouble(std::isfinite(scaled) && power != 0 ? rounded / power : value);
}

/// Trino rounds the double itself: round(1.255, 2) is 1.25.
void TrinoRoundFloat(Cells& cells) {
  const double value = cells.Double(0);
  const double power = std::pow(10.0, static_cast<double>(cells.Integer(1)));
  const double rounded = std::round(value * power) / power;
  cells.SetDouble(std::isfinite(rounded) ? rounded : value);
}

void RoundInteger(Cells& cells) {
  const Int128 value = cells.Integer(0);
  const std::int64_t digits = cells.Integer(1);
  if (digits >= 0) return cells.SetUnscaled(value);
  if (digits < -38) return cells.SetInteger(0);
  const auto rounding = cells.Text(2) == "even" ? Rounding::kHalfEven : Rounding::kHalfUp;
  const auto drop = static_cast<int>(-digits);
  const Int128 rounded = DropDigits(value, drop, rounding);
  const auto lifted = Rescale(rounded, 0, rounded == 0 ? 0 : drop, Rounding::kDown);
  const int bits = cells.ResultWidth() * 8 - 1;
  const Int128 limit = Int128{1} << bits;
  if (!lifted || *lifted >= limit || *lifted < -limit) {
    RaiseSparkOverflow("overflow", "", cells.Integer(3));
  }
  cells.SetUnscaled(*lifted);
}

void SparkDoubleToBigint(Cells& cells) {
  const double value = cells.Double(0);
  // 2^63 as a double; Spark's ceil and floor clamp as Java's cast does.
  constexpr double kLimit = 9223372036854775808.0;
  if (std::isnan(value)) return cells.SetInteger(0);
  if (value >= kLimit) return cells.SetInteger(INT64_MAX);
  if (value < -kLimit) return cells.SetInteger(INT64_MIN);
  cells.SetInteger(static_cast<std::int64_t>(value));
}

/// As Java's: the sum of two exponentials, whose last digit the C library rounds otherwise.
double JavaCosh(double x) {
  constexpr double kLarge = 22;
  const double size = std::abs(x);
  if (!(size > 0.35) || size > kLarge) return std::cosh(x);
  const double power = std::exp(size);
  return 0.5 * power + 0.5 / power;
}

CellCall OfDouble(double (*call)(double)) {
  return [call](Cells& cells) { cells.SetDouble(call(cells.Double(0))); };
}

void SparkLog1p(Cells& cells) {
  const double value = cells.Double(0);
  if (value <= -1) return cells.SetNull();
  cells.SetDouble(std::log1p(value));
}

template <bool kSpark>
void WidthBucket(Cells& cells) {
  const double value = cells.Double(0);
  const double low = cells.Double(1);
  const double high = cells.Double(2);
  const std::int64_t buckets = cells.Integer(3);
  const bool bad = buckets <= 0 || low == high || !std::isfinite(low) || !std::isfinite(high) ||
                   std::isnan(value);
  if (bad && kSpark) return cells.SetNull();
  if (bad) {
    RaiseTrino(
        "INVALID_FUNCTION_ARGUMENT",
        buckets <= 0 ? "bucketCount must be greater than 0" : "bounds cannot equal each other", -1);
  }
  const bool down = low > high;
  const double from = down ? high : low;
  const double to = down ? low : high;
  if (value < from) return cells.SetInteger(down ? buckets + 1 : 0);
  if (value >= to && !(down && value == to)) return cells.SetInteger(down ? 0 : buckets + 1);
  const double share = down ? (low - value) / (low - high) : (value - low) / (high - low);
  cells.SetInteger(static_cast<std::int64_t>(static_cast<double>(buckets) * share) + 1);
}

// Java takes the shift modulo the width; Trino gives 0 (or the sign) beyond it.
template <int kDirection, bool kSpark>
void Shift(Cells& cells) {
  const int bits = cells.IntegerWidth(0) * 8;
  const std::int64_t value = cells.Integer(0);
  std::int64_t by = cells.Integer(1);
  if (kSpark) by &= bits - 1;
  if (by < 0) RaiseTrino("INVALID_FUNCTION_ARGUMENT", "Specified shift must be nonnegative", -1);
  const auto narrow = [&](std::uint64_t raw) {
    cells.SetInteger(bits == 32 ? static_cast<std::int32_t>(static_cast<std::uint32_t>(raw))
                                : static_cast<std::int64_t>(raw));
  };
  if (by >= bits) return narrow(kDirection == 1 && value < 0 ? ~std::uint64_t{0} : 0);
  const auto raw =
      bits == 32 ? static_cast<std::uint32_t>(value) : static_cast<std::uint64_t>(value);
  if (kDirection == 0) return narrow(raw << by);
  if (kDirection == 1) return narrow(static_cast<std::uint64_t>(value >> by));
  narrow(raw >> by);
}

void TrinoBitCount(Cells& cells) {
  const std::int64_t bits = cells.Integer(1);
  if (bits <= 1 || bits > 64) {
    RaiseTrino("INVALID_FUNCTION_ARGUMENT",
               "Bits specified in bit_count must be between 2 and 64, got " + std::to_string(bits),
               cells.Integer(2));
  }
  const auto value = static_cast<std::uint64_t>(cells.Integer(0));
  const auto mask = bits == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1;
  cells.SetInteger(std::popcount(value & mask));
}

std::string InBase(std::uint64_t value, int base) {
  std::string text;
  do {
    const auto digit = static_cast<int>(value % static_cast<std::uint64_t>(base));
    text += static_cast<char>(digit < 10 ? '0' + digit : 'a' + digit - 10);
    value /= static_cast<std::uint64_t>(base);
  } while (value > 0);
  return {text.rbegin(), text.rend()};
}

void TrinoToBase(Cells& cells) {
  const std::int64_t value = cells.Integer(0);
  const auto base = static_cast<int>(cells.Integer(1));
  if (base < 2 || base > 36) {
    RaiseTrino("INVALID_FUNCTION_ARGUMENT", "Radix must be between 2 and 36", -1);
  }
  const auto magnitude =
      value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
  cells.SetText((value < 0 ? "-" : "") + InBase(magnitude, base));
}

void TrinoFromBase(Cells& cells) {
  const std::string_view text = cells.Text(0);
  const auto base = static_cast<int>(cells.Integer(1));
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (base < 2 || base > 36 || error != std::errc() || end != text.data() + text.size()) {
    RaiseTrino("INVALID_FUNCTION_ARGUMENT",
               fmt::format("Not a valid base-{} number: {}", base, text), cells.Integer(2));
  }
  cells.SetInteger(value);
}

/// Spark's conv: unsigned 64 bits, garbage ends the number.
void SparkConv(Cells& cells) {
  const std::string_view text = TrimControl(cells.Text(0));
  const auto from = static_cast<int>(cells.Integer(1));
  const auto to = static_cast<int>(cells.Integer(2));
  if (from < 2 || from > 36 || std::abs(to) < 2 || std::abs(to) > 36 || text.empty()) {
    return cells.SetNull();
  }
  const bool negative = text[0] == '-';
  std::uint64_t value = 0;
  bool overflow = false;
  for (const char c : text.substr(negative ? 1 : 0)) {
    int digit = 99;
    if (c >= '0' && c <= '9') digit = c - '0';
    if (c >= 'a' && c <= 'z') digit = c - 'a' + 10;
    if (c >= 'A' && c <= 'Z') digit = c - 'A' + 10;
    if (digit >= from) break;
    const auto base = static_cast<std::uint64_t>(from);
    overflow = overflow || __builtin_mul_overflow(value, base, &value) ||
               __builtin_add_overflow(value, static_cast<std::uint64_t>(digit), &value);
  }
  if (overflow) RaiseSparkOverflow("Overflow in function conv()", "", -1);
  if (negative) value = 0 - value;
  std::string sign;
  if (to < 0 && static_cast<std::int64_t>(value) < 0) {
    sign = "-";
    value = 0 - value;
  }
  std::string result = sign + InBase(value, std::abs(to));
  for (char& c : result) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  cells.SetText(result);
}

// ---- Indexes of arrays: each gives the index DuckDB's list_extract takes, counted from 1.

void SparkIndexFromZero(Cells& cells) {
  const std::int64_t length = cells.Integer(0);
  const std::int64_t index = cells.Integer(1);
  if (index < 0 || index >= length) {
    RaiseSpark(
        "INVALID_ARRAY_INDEX",
        fmt::format("The index {} is out of bounds. The array has {} elements.", index, length),
        {{"indexValue", std::to_string(index)}, {"arraySize", std::to_string(length)}},
        cells.Integer(2));
  }
  cells.SetInteger(index + 1);
}

void SparkIndexFromOne(Cells& cells) {
  const std::int64_t length = cells.Integer(0);
  const std::int64_t index = cells.Integer(1);
  if (index == 0) {
    RaiseSpark("INVALID_INDEX_OF_ZERO",
               "The index 0 is invalid. An index shall be either < 0 or > 0 (the first element has "
               "index 1).",
               {}, cells.Integer(2));
  }
  if (index > length || -index > length) {
    RaiseSpark(
        "INVALID_ARRAY_INDEX_IN_ELEMENT_AT",
        fmt::format("The index {} is out of bounds. The array has {} elements.", index, length),
        {{"indexValue", std::to_string(index)}, {"arraySize", std::to_string(length)}},
        cells.Integer(2));
  }
  cells.SetInteger(index);
}

void TrinoSubscript(Cells& cells) {
  const std::int64_t length = cells.Integer(0);
  const std::int64_t index = cells.Integer(1);
  const std::int64_t origin = cells.Integer(2);
  if (index == 0) RaiseTrino("INVALID_FUNCTION_ARGUMENT", "SQL array indices start at 1", origin);
  if (index < 0) {
    RaiseTrino("INVALID_FUNCTION_ARGUMENT", fmt::format("Array subscript is negative: {}", index),
               origin);
  }
  if (index > length) {
    RaiseTrino("INVALID_FUNCTION_ARGUMENT",
               fmt::format("Array subscript must be less than or equal to array length: {} > {}",
                           index, length),
               origin);
  }
  cells.SetInteger(index);
}

void TrinoNonzeroSubscript(Cells& cells) {
  if (cells.Integer(0) == 0) {
    RaiseTrino("INVALID_FUNCTION_ARGUMENT", "SQL array indices start at 1", cells.Integer(1));
  }
  cells.SetInteger(cells.Integer(0));
}

void TrinoMissingKey(Cells& cells) {
  RaiseTrino("INVALID_FUNCTION_ARGUMENT",
             fmt::format("Key not present in map: {}", cells.Printed(0)), cells.Integer(1));
}

std::int64_t SliceStart(Cells& cells, bool spark) {
  const std::int64_t length = cells.Integer(0);
  const std::int64_t start = cells.Integer(1);
  const std::int64_t count = cells.Integer(2);
  const std::int64_t origin = cells.Integer(3);
  if (start == 0) {
    if (!spark) RaiseTrino("INVALID_FUNCTION_ARGUMENT", "SQL array indices start at 1", origin);
    RaiseSpark("INVALID_PARAMETER_VALUE.START",
               "Expects a positive or a negative value for `start`, but got 0.",
               {{"parameter", "`start`"}, {"functionName", "`slice`"}}, origin);
  }
  if (count < 0) {
    if (!spark) {
      RaiseTrino("INVALID_FUNCTION_ARGUMENT", "length must be greater than or equal to 0", origin);
    }
    RaiseSpark(
        "INVALID_PARAMETER_VALUE.LENGTH",
        fmt::format("Expects `length` greater than or equal to 0, but got {}.", count),
        {{"parameter", "`length`"}, {"length", std::to_string(count)}, {"functionName", "`slice`"}},
        origin);
  }
  return start > 0 ? start : length + start + 1;
}

CellCall SliceEdge(bool spark, bool end) {
  return [=](Cells& cells) {
    const std::int64_t start = SliceStart(cells, spark);
    const std::int64_t length = cells.Integer(0);
    if (start < 1 || start > length) return cells.SetInteger(end ? 0 : 1);
    cells.SetInteger(end ? std::min(length, start - 1 + cells.Integer(2)) : start);
  };
}

CellCall CheckedStep(bool spark) {
  return [=](Cells& cells) {
    const std::int64_t from = cells.Integer(0);
    const std::int64_t to = cells.Integer(1);
    const std::int64_t step = cells.Integer(2);
    const bool wrong =
        (step == 0 && from != to) || (step > 0 && from > to) || (step < 0 && from < to);
    if (step == 0 && !spark) {
      RaiseTrino("INVALID_FUNCTION_ARGUMENT", "step must not be zero", cells.Integer(3));
    }
    if (wrong && !spark) {
      RaiseTrino("INVALID_FUNCTION_ARGUMENT",
                 "sequence stop value should be greater than or equal to start value if step is "
                 "greater than zero otherwise stop should be less than or equal to start",
                 cells.Integer(3));
    }
    if (wrong) {
      RaiseSpark("_LEGACY_ERROR_TEMP_3235",
                 fmt::format("Illegal sequence boundaries: {} to {} by {}", from, to, step), {},
                 cells.Integer(3));
    }
    constexpr std::int64_t kMaximumEntries = 10000;
    const Int128 steps = step == 0 ? Int128{0} : (Int128{to} - from) / step;
    if (spark) {
      constexpr Int128 kMost = std::numeric_limits<std::int64_t>::max();
      CheckValueSize(static_cast<std::int64_t>(std::min(steps, kMost)), sizeof(std::int64_t));
    } else if (steps >= kMaximumEntries) {
      RaiseTrino("INVALID_FUNCTION_ARGUMENT",
                 "result of sequence function must not have more than 10000 entries",
                 cells.Integer(3));
    }
    cells.SetInteger(step == 0 ? 1 : step);
  };
}

/// copies(count, bytes of one): how many there are, none for a negative count.
void Copies(Cells& cells) {
  const std::int64_t count = std::max<std::int64_t>(cells.Integer(0), 0);
  CheckValueSize(count, cells.Integer(1));
  cells.SetInteger(count);
}

/// repeat_count(count, origin): Trino's bounds of repeat.
void RepeatCount(Cells& cells) {
  constexpr std::int64_t kMaximumEntries = 10000;
  const std::int64_t count = cells.Integer(0);
  if (count < 0) {
    RaiseTrino("INVALID_FUNCTION_ARGUMENT",
               "count argument of repeat function must be greater than or equal to 0",
               cells.Integer(1));
  }
  if (count > kMaximumEntries) {
    RaiseTrino("INVALID_FUNCTION_ARGUMENT",
               "count argument of repeat function must be less than or equal to 10000",
               cells.Integer(1));
  }
  cells.SetInteger(count);
}

void AllNotNull(Cells& cells) {
  bool all = true;
  for (std::size_t i = 0; i < cells.size(); ++i) all = all && !cells.IsNull(i);
  cells.SetBoolean(all);
}

/// check_map(keys, values, distinct keys, keys that are not NULL, origin).
CellCall CheckMap(bool spark) {
  return [=](Cells& cells) {
    const std::int64_t keys = cells.Integer(0);
    const std::int64_t origin = cells.Integer(4);
    if (keys != cells.Integer(1)) {
      if (!spark) {
        RaiseTrino("INVALID_FUNCTION_ARGUMENT", "Key and value arrays must be the same length",
                   origin);
      }
      RaiseSpark("_LEGACY_ERROR_TEMP_2013",
                 "The key array and value array of MapData must have the same length.", {}, origin);
    }
    if (keys != cells.Integer(3)) {
      if (!spark) RaiseTrino("INVALID_FUNCTION_ARGUMENT", "map key cannot be null", origin);
      RaiseSpark("NULL_MAP_KEY", "Cannot use null as map key.", {}, origin);
    }
    if (keys != cells.Integer(2)) {
      if (!spark) {
        RaiseTrino("INVALID_FUNCTION_ARGUMENT", "Duplicate map keys are not allowed", origin);
      }
      RaiseSpark("DUPLICATED_MAP_KEY", "Duplicate map key was found.",
                 {{"key", ""}, {"mapKeyDedupPolicy", "\"spark.sql.mapKeyDedupPolicy\""}}, origin);
    }
    cells.SetBoolean(true);
  };
}

}  // namespace

CellFunctions NumberFunctions() {
  return {
      {"spark.round_float", "$1", RoundFloat},
      {"trino.round_float", "$1", TrinoRoundFloat},
      {"*.round_integer", "$1", RoundInteger},
      {"spark.double_to_bigint", "BIGINT", SparkDoubleToBigint},
      {"spark.expm1", "DOUBLE", OfDouble([](double x) { return std::expm1(x); })},
      {"spark.log1p", "DOUBLE", SparkLog1p},
      {"trino.ln", "DOUBLE", OfDouble([](double x) { return std::log(x); })},
      {"trino.cbrt", "DOUBLE", OfDouble([](double x) { return std::cbrt(x); })},
      {"*.cosh", "DOUBLE", OfDouble(JavaCosh)},
      {"trino.log10", "DOUBLE", OfDouble([](double x) { return std::log10(x); })},
      {"spark.width_bucket", "BIGINT", WidthBucket<true>},
      {"trino.width_bucket", "BIGINT", WidthBucket<false>},
      {"spark.shiftleft", "$1", Shift<0, true>},
      {"spark.shiftright", "$1", Shift<1, true>},
      {"spark.shiftrightunsigned", "$1", Shift<2, true>},
      {"trino.shiftleft", "$1", Shift<0, false>},
      {"trino.shiftright", "$1", Shift<1, false>},
      {"trino.shiftrightunsigned", "$1", Shift<2, false>},
      {"trino.bit_count", "BIGINT", TrinoBitCount},
      {"trino.to_base", "VARCHAR", TrinoToBase},
      {"trino.from_base", "BIGINT", TrinoFromBase},
      {"spark.conv", "VARCHAR", SparkConv},
      {"spark.index_from_zero", "BIGINT", SparkIndexFromZero},
      {"spark.index_from_one", "BIGINT", SparkIndexFromOne},
      {"trino.checked_subscript", "BIGINT", TrinoSubscript},
      {"trino.nonzero_subscript", "BIGINT", TrinoNonzeroSubscript},
      {"trino.missing_key", "$1", TrinoMissingKey},
      {"spark.slice_start", "BIGINT", SliceEdge(true, false)},
      {"spark.slice_end", "BIGINT", SliceEdge(true, true)},
      {"trino.slice_start", "BIGINT", SliceEdge(false, false)},
      {"trino.slice_end", "BIGINT", SliceEdge(false, true)},
      {"spark.all_not_null", "BOOLEAN", AllNotNull, true},
      {"spark.check_map", "BOOLEAN", CheckMap(true)},
      {"trino.check_map", "BOOLEAN", CheckMap(false)},
      {"spark.checked_step", "BIGINT", CheckedStep(true)},
      {"trino.checked_step", "BIGINT", CheckedStep(false)},
      {"spark.copies", "BIGINT", Copies},
      {"trino.repeat_count", "BIGINT", RepeatCount},
  };
}

}  // namespace owlet::engine
