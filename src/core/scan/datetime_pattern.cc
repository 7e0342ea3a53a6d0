#include "core/scan/datetime_pattern.h"

#include <fmt/format.h>
#include <strings.h>

#include <array>

#include "core/scan/text_values.h"

namespace owlet::scan {

namespace {

constexpr std::int64_t kMicrosPerSecond = 1'000'000;
constexpr std::int64_t kMicrosPerDay = 86'400 * kMicrosPerSecond;
constexpr std::array<std::string_view, 12> kMonths = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};
constexpr std::array<std::string_view, 7> kWeekdays = {
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool ReadInteger(std::string_view& text, int least, int most, std::int64_t& value) {
  value = 0;
  int count = 0;
  while (count < most && count < static_cast<int>(text.size()) &&
         IsDigit(text[static_cast<std::size_t>(count)])) {
    value = value * 10 + (text[static_cast<std::size_t>(count++)] - '0');
  }
  text.remove_prefix(static_cast<std::size_t>(count));
  return count >= least;
}

template <std::size_t N>
bool ReadName(std::string_view& text, const std::array<std::string_view, N>& names, bool full,
              std::int64_t& number) {
  for (std::size_t i = 0; i < N; ++i) {
    const std::string_view name = full ? names[i] : names[i].substr(0, 3);
    if (text.size() >= name.size() && strncasecmp(text.data(), name.data(), name.size()) == 0) {
      text.remove_prefix(name.size());
      number = static_cast<std::int64_t>(i) + 1;
      return true;
    }
  }
  return false;
}

std::string FormatOffset(std::int32_t seconds, char letter, int count) {
  if (letter == 'X' && seconds == 0) return "Z";
  if (letter == 'Z' && count == 5 && seconds == 0) return "Z";
  const int absolute = seconds < 0 ? -seconds : seconds;
  const char sign = seconds < 0 ? '-' : '+';
  const int hours = absolute / 3600, minutes = absolute / 60 % 60;
  const bool colon = letter == 'Z' ? count >= 4 : count == 3 || count == 5;
  if (letter == 'O' || (letter == 'Z' && count == 4)) {
    if (seconds == 0) return "GMT";
    return letter == 'O' && count == 1 && minutes == 0
               ? fmt::format("GMT{}{}", sign, hours)
               : fmt::format("GMT{}{:02}:{:02}", sign, hours, minutes);
  }
  if (letter != 'Z' && count == 1 && minutes == 0) return fmt::format("{}{:02}", sign, hours);
  return fmt::format("{}{:02}{}{:02}", sign, hours, colon ? ":" : "", minutes);
}

bool ReadOffset(std::string_view& text, std::int32_t& seconds) {
  if (text.starts_with('Z')) {
    text.remove_prefix(1);
    seconds = 0;
    return true;
  }
  if (text.starts_with("GMT")) {
    text.remove_prefix(3);
    seconds = 0;
    if (text.empty() || (text[0] != '+' && text[0] != '-')) return true;
  }
  if (text.empty() || (text[0] != '+' && text[0] != '-')) return false;
  const std::int32_t sign = text[0] == '-' ? -1 : 1;
  text.remove_prefix(1);
  std::int64_t hours = 0, minutes = 0;
  if (!ReadInteger(text, 1, 2, hours)) return false;
  if (text.starts_with(':')) text.remove_prefix(1);
  if (!text.empty() && IsDigit(text[0]) && !ReadInteger(text, 2, 2, minutes)) return false;
  seconds = sign * static_cast<std::int32_t>(hours * 3600 + minutes * 60);
  return hours <= 18 && minutes < 60;
}

}  // namespace

struct DateTimePattern::Fields {
  std::int64_t year = 1970, month = 1, day = 1;
  std::int64_t hour = 0, minute = 0, second = 0, micros = 0;
  std::int64_t day_of_year = 0;
  bool twelve_hours = false, afternoon = false;
  bool has_offset = false;
  std::int32_t offset = 0;
  std::optional<TimeZone> zone;
};

Result<DateTimePattern> DateTimePattern::Parse(std::string_view pattern) {
  static constexpr std::string_view kLetters = "GyuMLdDEaHhkKmsSVzOXxZ";
  DateTimePattern parsed;
  for (std::size_t i = 0; i < pattern.size();) {
    const char c = pattern[i];
    if (c == '\'') {
      std::string literal;
      std::size_t j = i + 1;
      if (j < pattern.size() && pattern[j] == '\'') literal = "'";
      for (; j < pattern.size() && (pattern[j] != '\'' || pattern.substr(j).starts_with("''"));
           ++j) {
        literal += pattern[j];
        if (pattern[j] == '\'') ++j;
      }
      if (j == pattern.size()) {
        return Fail(Reason::kInvalidArgument,
                    fmt::format("a pattern's quote is not closed: {}", pattern));
      }
      parsed.parts_.push_back({0, 0, literal});
      i = j + 1;
    } else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
      std::size_t j = i;
      while (j < pattern.size() && pattern[j] == c) ++j;
      if (kLetters.find(c) == std::string_view::npos) {
        return Fail(Reason::kInvalidArgument,
                    fmt::format("the letter {} of the pattern {} is not supported", c, pattern));
      }
      parsed.parts_.push_back({c, static_cast<int>(j - i), ""});
      i = j;
    } else if (c == '[' || c == ']') {
      parsed.parts_.push_back({c, 0, ""});
      ++i;
    } else {
      parsed.parts_.push_back({0, 0, std::string(1, c)});
      ++i;
    }
  }
  return parsed;
}

bool DateTimePattern::ReadPart(const Part& part, bool adjacent, std::string_view& text,
                               Fields& f) const {
  const auto number = [&](std::int64_t& value) {
    const bool fixed = part.count > 1 || adjacent;
    return ReadInteger(text, part.count, fixed ? std::max(part.count, 2) : 2, value);
  };
  std::int64_t ignored = 0;
  switch (part.letter) {
    case 0:
      if (!text.starts_with(part.literal)) return false;
      text.remove_prefix(part.literal.size());
      return true;
    case 'G':
      if (!text.starts_with("AD")) return false;
      text.remove_prefix(2);
      return true;
    case 'y':
    case 'u':
      if (part.count == 2) {
        if (!ReadInteger(text, 2, 2, f.year)) return false;
        f.year += 2000;
        return true;
      }
      return ReadInteger(text, std::min(part.count, 4), adjacent ? part.count : 7, f.year);
    case 'M':
    case 'L':
      if (part.count >= 3) return ReadName(text, kMonths, part.count == 4, f.month);
      return number(f.month);
    case 'd':
      return number(f.day);
    case 'D':
      return ReadInteger(text, part.count, 3, f.day_of_year);
    case 'E':
      return ReadName(text, kWeekdays, part.count >= 4, ignored);
    case 'a':
      if (text.size() < 2 || (text[1] | 0x20) != 'm') return false;
      f.afternoon = (text[0] | 0x20) == 'p';
      text.remove_prefix(2);
      return true;
    case 'h':
    case 'K':
      f.twelve_hours = true;
      return number(f.hour);
    case 'H':
    case 'k':
      return number(f.hour);
    case 'm':
      return number(f.minute);
    case 's':
      return number(f.second);
    case 'S': {
      std::int64_t unit = 100'000;
      int digits = 0;
      f.micros = 0;
      for (; digits < part.count && !text.empty() && IsDigit(text[0]); ++digits) {
        f.micros += (text[0] - '0') * unit;
        unit /= 10;
        text.remove_prefix(1);
      }
      return digits > 0;
    }
    case 'V':
    case 'z': {
      const std::size_t end = std::min(text.find_first_of(" ]),"), text.size());
      auto zone = TimeZone::Find(text.substr(0, end));
      if (!zone) return false;
      f.zone = *std::move(zone);
      text.remove_prefix(end);
      return true;
    }
    default:
      f.has_offset = ReadOffset(text, f.offset);
      return f.has_offset;
  }
}

// Reads up to the section's `]` or the end; an optional section that does not match is skipped.
bool DateTimePattern::ReadSection(std::size_t& at, std::string_view& text, Fields& fields) const {
  bool good = true;
  while (at < parts_.size() && parts_[at].letter != ']') {
    const Part& part = parts_[at++];
    if (part.letter == '[') {
      const std::string_view before_text = text;
      const Fields before = fields;
      if (!ReadSection(at, text, fields)) {
        text = before_text;
        fields = before;
      }
      ++at;
      continue;
    }
    const bool adjacent = at < parts_.size() && parts_[at].letter != 0 &&
                          parts_[at].letter != '[' && parts_[at].letter != ']';
    good = good && ReadPart(part, adjacent, text, fields);
  }
  return good;
}

std::optional<DateTimePattern::Reading> DateTimePattern::Read(std::string_view text) const {
  Fields f;
  std::size_t at = 0;
  if (!ReadSection(at, text, f) || !text.empty()) return std::nullopt;
  if (f.twelve_hours) {
    if (f.hour > 12) return std::nullopt;
    f.hour = f.hour % 12 + (f.afternoon ? 12 : 0);
  }
  if (f.hour > 23 || f.minute > 59 || f.second > 59) return std::nullopt;
  auto days = DaysFromDate(f.year, static_cast<int>(f.month), static_cast<int>(f.day));
  if (!days) return std::nullopt;
  if (f.day_of_year > 0) {
    days = *DaysFromDate(f.year, 1, 1) + static_cast<std::int32_t>(f.day_of_year) - 1;
  }
  Reading reading;
  reading.micros = *days * kMicrosPerDay +
                   ((f.hour * 60 + f.minute) * 60 + f.second) * kMicrosPerSecond + f.micros;
  if (f.has_offset) {
    reading.micros -= f.offset * kMicrosPerSecond;
    reading.is_instant = true;
  } else if (f.zone) {
    reading.micros = f.zone->ToUtc(reading.micros);
    reading.is_instant = true;
  }
  return reading;
}

std::string DateTimePattern::Write(std::int64_t local_micros, std::int32_t offset_seconds,
                                   const TimeZone& zone) const {
  const std::int64_t days =
      local_micros / kMicrosPerDay - (local_micros % kMicrosPerDay < 0 ? 1 : 0);
  const std::int64_t of_day = local_micros - days * kMicrosPerDay;
  const CivilDate date = DateFromDays(days);
  const std::int64_t seconds = of_day / kMicrosPerSecond, micros = of_day % kMicrosPerSecond;
  const std::int64_t hour = seconds / 3600, minute = seconds / 60 % 60, second = seconds % 60;
  const auto weekday = static_cast<std::size_t>(((days + 3) % 7 + 7) % 7);  // Monday is 0
  std::string text;
  for (std::size_t at = 0; at < parts_.size(); ++at) {
    const Part& part = parts_[at];
    const auto number = [&](std::int64_t value) {
      text += fmt::format("{:0{}}", value, part.count);
    };
    switch (part.letter) {
      case 0:
        text += part.literal;
        break;
      case '[':  // Java writes an optional part whenever it can
      case ']':
        break;
      case 'G':
        text += "AD";
        break;
      case 'y':
      case 'u':
        if (part.count == 2) {
          text += fmt::format("{:02}", date.year % 100);
        } else {
          if (date.year > 9999 && part.count >= 4) text += '+';
          number(date.year);
        }
        break;
      case 'M':
      case 'L':
        if (part.count >= 3) {
          const std::string_view name = kMonths[static_cast<std::size_t>(date.month - 1)];
          text += part.count == 3 ? name.substr(0, 3) : name;
        } else {
          number(date.month);
        }
        break;
      case 'd':
        number(date.day);
        break;
      case 'D':
        number(days - *DaysFromDate(date.year, 1, 1) + 1);
        break;
      case 'E':
        text += part.count >= 4 ? kWeekdays[weekday] : kWeekdays[weekday].substr(0, 3);
        break;
      case 'a':
        text += hour < 12 ? "AM" : "PM";
        break;
      case 'H':
        number(hour);
        break;
      case 'k':
        number(hour == 0 ? 24 : hour);
        break;
      case 'K':
        number(hour % 12);
        break;
      case 'h':
        number(hour % 12 == 0 ? 12 : hour % 12);
        break;
      case 'm':
        number(minute);
        break;
      case 's':
        number(second);
        break;
      case 'S':
        text += fmt::format("{:06}000", micros).substr(0, static_cast<std::size_t>(part.count));
        break;
      case 'V':
        text += zone.name();
        break;
      case 'z':
        text += zone.Abbreviation(local_micros - offset_seconds * kMicrosPerSecond);
        break;
      default:
        text += FormatOffset(offset_seconds, part.letter, part.count);
    }
  }
  return text;
}

}  // namespace owlet::scan
