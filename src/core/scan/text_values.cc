#include "core/scan/text_values.h"

#include <charconv>
#include <limits>

#include "core/datetime/civil_date.h"

namespace owlet::scan {

namespace {

constexpr std::int64_t kMicrosPerSecond = 1'000'000;
constexpr std::int64_t kMicrosPerDay = 86'400 * kMicrosPerSecond;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

/// Reads up to `most` digits; how many there were is left in `count`.
std::int64_t ReadDigits(std::string_view& text, std::size_t most, std::size_t& count) {
  std::int64_t value = 0;
  count = 0;
  while (count < most && count < text.size() && IsDigit(text[count])) {
    value = value * 10 + (text[count++] - '0');
  }
  text.remove_prefix(count);
  return value;
}

struct DatePart {
  std::int32_t days = 0;
  bool complete = false;  // year, month and day
};

// Year of at least four digits, then -m[m] and -d[d].
std::optional<DatePart> ReadDate(std::string_view& text) {
  bool negative = false;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    negative = text[0] == '-';
    text.remove_prefix(1);
  }
  std::size_t count = 0;
  std::int64_t year = ReadDigits(text, 7, count);
  if (count < 4) return std::nullopt;
  if (negative) year = -year;
  std::int64_t parts[2] = {1, 1};
  int read = 0;
  for (; read < 2 && !text.empty() && text[0] == '-'; ++read) {
    text.remove_prefix(1);
    parts[read] = ReadDigits(text, 2, count);
    if (count == 0) return std::nullopt;
  }
  const auto days =
      datetime::DaysOf({year, static_cast<int>(parts[0]), static_cast<int>(parts[1])});
  if (!days || *days < INT32_MIN || *days > INT32_MAX) return std::nullopt;
  return DatePart{static_cast<std::int32_t>(*days), read == 2};
}

// h[h]:m[m][:s[s][.ffffff...]] in microseconds of the day.
std::optional<std::int64_t> ReadTime(std::string_view& text) {
  std::int64_t parts[3] = {0, 0, 0};
  std::size_t count = 0;
  int read = 0;
  for (; read < 3; ++read) {
    if (read > 0) {
      if (text.empty() || text[0] != ':') break;
      text.remove_prefix(1);
    }
    parts[read] = ReadDigits(text, 2, count);
    if (count == 0) return std::nullopt;
  }
  if (read < 2 || parts[0] > 23 || parts[1] > 59 || parts[2] > 59) return std::nullopt;
  std::int64_t micros = ((parts[0] * 60 + parts[1]) * 60 + parts[2]) * kMicrosPerSecond;
  if (read == 3 && !text.empty() && text[0] == '.') {
    text.remove_prefix(1);
    std::int64_t unit = 100'000;
    while (!text.empty() && IsDigit(text[0])) {
      micros += (text[0] - '0') * unit;
      unit /= 10;
      text.remove_prefix(1);
    }
  }
  return micros;
}

struct TimestampText {
  std::int64_t local_micros = 0;
  std::string_view zone;
};

std::optional<TimestampText> ReadTimestamp(std::string_view text) {
  text = Trim(text);
  const auto date = ReadDate(text);
  if (!date) return std::nullopt;
  TimestampText result{date->days * kMicrosPerDay, {}};
  if (text.empty()) return result;
  if (!date->complete || (text[0] != ' ' && text[0] != 'T')) return std::nullopt;
  text.remove_prefix(1);
  const auto time = ReadTime(text);
  if (!time) return std::nullopt;
  result.local_micros += *time;
  result.zone = Trim(text);
  return result;
}

}  // namespace

std::string_view Trim(std::string_view text) {
  while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  return text;
}

std::optional<std::int32_t> ParseSparkDate(std::string_view text) {
  text = Trim(text);
  const auto date = ReadDate(text);
  if (!date) return std::nullopt;
  // Behind a whole date anything may stand, if a blank or a T parts it.
  if (text.empty() || (date->complete && (text[0] == ' ' || text[0] == 'T'))) return date->days;
  return std::nullopt;
}

std::optional<std::int64_t> ParseSparkTimestamp(std::string_view text, const TimeZone& zone) {
  const auto read = ReadTimestamp(text);
  if (!read) return std::nullopt;
  if (read->zone.empty()) return zone.ToUtc(read->local_micros);
  if (read->zone == "Z") return read->local_micros;
  const auto named = TimeZone::Find(read->zone);
  if (!named) return std::nullopt;
  return named->ToUtc(read->local_micros);
}

std::optional<std::int64_t> ParseSparkTimestampNtz(std::string_view text) {
  const auto read = ReadTimestamp(text);
  if (!read || !read->zone.empty()) return std::nullopt;
  return read->local_micros;
}

std::optional<plan::Int128> ParseDecimal(std::string_view text, int precision, int scale) {
  text = Trim(text);
  bool negative = false;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    negative = text[0] == '-';
    text.remove_prefix(1);
  }
  std::string digits;
  int exponent = 0;  // of the last digit, in powers of ten
  bool any = false, point = false;
  std::size_t i = 0;
  for (; i < text.size(); ++i) {
    if (IsDigit(text[i])) {
      any = true;
      if (!digits.empty() || text[i] != '0') digits += text[i];
      if (point) --exponent;
    } else if (text[i] == '.' && !point) {
      point = true;
    } else {
      break;
    }
  }
  if (!any) return std::nullopt;
  if (i < text.size()) {
    if (text[i] != 'e' && text[i] != 'E') return std::nullopt;
    std::string_view power = text.substr(i + 1);
    if (power.starts_with('+')) power.remove_prefix(1);
    int value = 0;
    const auto [end, code] = std::from_chars(power.data(), power.data() + power.size(), value);
    if (code != std::errc() || end != power.data() + power.size() || value > 1000 ||
        value < -1000) {
      return std::nullopt;
    }
    exponent += value;
  }
  // digits * 10^exponent, as a whole number of 10^-scale.
  int shift = exponent + scale;
  if (!digits.empty() && static_cast<int>(digits.size()) + shift > 39) return std::nullopt;
  bool round_up = false;
  if (shift < 0) {
    const auto drop = static_cast<std::size_t>(-shift);
    if (drop > digits.size()) {
      digits.clear();
    } else {
      round_up = digits[digits.size() - drop] >= '5';
      digits.resize(digits.size() - drop);
    }
    shift = 0;
  }
  plan::Int128 value = 0;
  for (char c : digits) value = value * 10 + (c - '0');
  for (; shift > 0 && value != 0; --shift) value *= 10;
  if (round_up) ++value;
  plan::Int128 limit = 1;
  for (int p = 0; p < precision; ++p) limit *= 10;
  if (value >= limit) return std::nullopt;
  return negative ? -value : value;
}

std::optional<double> ParseDouble(std::string_view text) {
  text = Trim(text);
  bool negative = false;
  std::string_view number = text;
  if (!number.empty() && (number[0] == '+' || number[0] == '-')) {
    negative = number[0] == '-';
    number.remove_prefix(1);
  }
  double value = 0;
  if (number == "NaN") {
    value = std::numeric_limits<double>::quiet_NaN();
  } else if (number == "Infinity") {
    value = std::numeric_limits<double>::infinity();
  } else {
    if (number.empty() || (!IsDigit(number[0]) && number[0] != '.')) return std::nullopt;
    const char* const last = number.data() + number.size();
    const auto [end, code] = std::from_chars(number.data(), last, value);
    // "1d" and "1f" are numbers to Java.
    const bool suffix =
        end + 1 == last && (*end == 'd' || *end == 'D' || *end == 'f' || *end == 'F');
    if (code == std::errc::invalid_argument || (end != last && !suffix)) return std::nullopt;
    if (code == std::errc::result_out_of_range) {
      // from_chars does not say which way: a number below one is too small.
      const std::size_t e = number.find_first_of("eE");
      const bool tiny = e != std::string_view::npos && number.substr(e + 1).starts_with('-');
      value = tiny ? 0.0 : std::numeric_limits<double>::infinity();
    }
  }
  return negative ? -value : value;
}

}  // namespace owlet::scan
