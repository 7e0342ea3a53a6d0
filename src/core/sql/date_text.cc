#include "core/sql/date_text.h"

#include <chrono>

namespace owlet::sql {
namespace {

/// Reads a text from the front.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest(text) {}

  bool Take(char c) {
    if (rest.empty() || rest.front() != c) return false;
    rest.remove_prefix(1);
    return true;
  }
  /// A number of `least` to `most` digits.
  std::optional<int> Number(std::size_t least, std::size_t most) {
    std::size_t count = 0;
    int value = 0;
    while (count < rest.size() && count < most && rest[count] >= '0' && rest[count] <= '9') {
      value = value * 10 + (rest[count] - '0');
      ++count;
    }
    if (count < least) return std::nullopt;
    rest.remove_prefix(count);
    return value;
  }

  std::string_view rest;
};

std::string_view Trim(std::string_view text) {
  while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  return text;
}

std::optional<std::int32_t> ScanDate(Scanner& scanner, SqlDialect dialect) {
  const bool negative = scanner.Take('-');
  if (!negative) scanner.Take('+');
  const auto year = scanner.Number(4, 7);
  if (!year) return std::nullopt;
  int month = 1;
  int day = 1;
  const bool spark = dialect != SqlDialect::kTrino;
  if (scanner.Take('-')) {
    const auto m = scanner.Number(1, 2);
    if (!m) return std::nullopt;
    month = *m;
    if (scanner.Take('-')) {
      const auto d = scanner.Number(1, 2);
      if (!d) return std::nullopt;
      day = *d;
    } else if (!spark) {
      return std::nullopt;
    }
  } else if (!spark) {
    return std::nullopt;
  }
  // Months and days in a proleptic Gregorian calendar; std::chrono's years end at 32767.
  if (month < 1 || month > 12 || day < 1) return std::nullopt;
  const int cycles = *year / 400;
  const std::chrono::year_month_day date(std::chrono::year(negative ? -(*year % 400) : *year % 400),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day)));
  if (!date.ok()) return std::nullopt;
  const auto days = std::chrono::sys_days(date).time_since_epoch().count();
  return static_cast<std::int32_t>(days +
                                   static_cast<std::int64_t>(negative ? -cycles : cycles) * 146097);
}

bool ScanTime(Scanner& scanner, TimestampText& out, SqlDialect dialect) {
  const bool spark = dialect != SqlDialect::kTrino;
  const auto hour = scanner.Number(1, 2);
  if (!hour || *hour > 23) return false;
  int minute = 0;
  int second = 0;
  std::int64_t fraction = 0;
  if (scanner.Take(':')) {
    const auto m = scanner.Number(1, 2);
    if (!m || *m > 59) return false;
    minute = *m;
    if (scanner.Take(':')) {
      const auto s = scanner.Number(1, 2);
      if (!s || *s > 59) return false;
      second = *s;
      if (scanner.Take('.')) {
        while (!scanner.rest.empty() && scanner.rest.front() >= '0' &&
               scanner.rest.front() <= '9') {
          if (out.precision < 6) fraction = fraction * 10 + (scanner.rest.front() - '0');
          ++out.precision;
          scanner.rest.remove_prefix(1);
        }
        if (!spark && (out.precision == 0 || out.precision > 12)) return false;
        for (int digits = out.precision; digits < 6; ++digits) fraction *= 10;
      }
    }
  } else if (!spark) {
    return false;
  }
  out.has_time = true;
  out.micros += ((*hour * 60LL + minute) * 60 + second) * 1'000'000 + fraction;
  return true;
}

/// "Z", "UTC", "GMT", "[UTC|GMT|UT]+h[h][:mm[:ss]]" of both dialects, in seconds.
std::optional<std::int64_t> ScanOffset(std::string_view text) {
  if (text == "Z" || text == "UTC" || text == "GMT" || text == "UT") return 0;
  for (const std::string_view prefix : {"UTC", "GMT", "UT"}) {
    if (text.starts_with(prefix)) {
      text.remove_prefix(prefix.size());
      break;
    }
  }
  Scanner scanner(text);
  const bool negative = scanner.Take('-');
  if (!negative && !scanner.Take('+')) return std::nullopt;
  const auto hour = scanner.Number(1, 2);
  if (!hour || *hour > 18) return std::nullopt;
  int minute = 0;
  int second = 0;
  if (scanner.Take(':') || !scanner.rest.empty()) {
    const auto m = scanner.Number(1, 2);
    if (!m || *m > 59) return std::nullopt;
    minute = *m;
    if (scanner.Take(':')) {
      const auto s = scanner.Number(1, 2);
      if (!s || *s > 59) return std::nullopt;
      second = *s;
    }
  }
  if (!scanner.rest.empty()) return std::nullopt;
  const std::int64_t seconds = (*hour * 60LL + minute) * 60 + second;
  return negative ? -seconds : seconds;
}

void ScanZone(std::string_view rest, TimestampText& out) {
  rest = Trim(rest);
  if (rest.empty()) return;
  if (const auto offset = ScanOffset(rest)) {
    out.has_offset = true;
    out.micros -= *offset * 1'000'000;
  }
  out.zone = rest;
}

/// A zone's name or offset; anything else after a time is no timestamp.
bool LooksLikeZone(std::string_view text) {
  if (text.empty()) return false;
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool digit = c >= '0' && c <= '9';
    if (!letter && !digit && c != '/' && c != '_' && c != '+' && c != '-' && c != ':') return false;
  }
  const char first = text.front();
  if (first == '+' || first == '-') return ScanOffset(text).has_value();
  return !(first >= '0' && first <= '9');
}

}  // namespace

std::optional<std::int32_t> ParseDateText(std::string_view text, SqlDialect dialect) {
  Scanner scanner(Trim(text));
  const auto days = ScanDate(scanner, dialect);
  if (!days) return std::nullopt;
  if (scanner.rest.empty()) return days;
  const bool cut =
      dialect != SqlDialect::kTrino && (scanner.rest.front() == ' ' || scanner.rest.front() == 'T');
  return cut ? days : std::nullopt;
}

std::optional<TimestampText> ParseTimestampText(std::string_view text, SqlDialect dialect) {
  Scanner scanner(Trim(text));
  TimestampText out;
  const auto days = ScanDate(scanner, dialect);
  if (!days) return std::nullopt;
  out.has_date = true;
  out.micros = *days * 86'400'000'000LL;
  if (scanner.rest.empty()) return out;
  const bool spark = dialect != SqlDialect::kTrino;
  if (!scanner.Take(' ') && !(spark && scanner.Take('T'))) return std::nullopt;
  Scanner at_time = scanner;
  if (!scanner.rest.empty() && scanner.rest.front() >= '0' && scanner.rest.front() <= '9') {
    if (!ScanTime(scanner, out, dialect)) return std::nullopt;
  } else {
    scanner = at_time;
  }
  if (scanner.rest.empty()) return out;
  if (!LooksLikeZone(Trim(scanner.rest))) return std::nullopt;
  ScanZone(scanner.rest, out);
  return out;
}

std::optional<TimestampText> ParseTimeText(std::string_view text) {
  Scanner scanner(Trim(text));
  TimestampText out;
  if (!ScanTime(scanner, out, SqlDialect::kTrino)) return std::nullopt;
  if (scanner.rest.empty()) return out;
  if (!LooksLikeZone(Trim(scanner.rest))) return std::nullopt;
  ScanZone(scanner.rest, out);
  if (!out.has_offset) return std::nullopt;
  return out;
}

}  // namespace owlet::sql
