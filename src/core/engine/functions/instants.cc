#include "core/engine/functions/instants.h"

#include <fmt/format.h>

#include <cctype>
#include <map>

#include "core/datetime/civil_date.h"
#include "core/engine/functions/numbers.h"

namespace owlet::engine {

namespace {

class DigitReader {
 public:
  explicit DigitReader(std::string_view text) : text_(text) {}
  [[nodiscard]] bool AtEnd() const { return at_ >= text_.size(); }
  [[nodiscard]] char Peek() const { return AtEnd() ? '\0' : text_[at_]; }
  bool Take(char c) {
    if (Peek() != c || AtEnd()) return false;
    ++at_;
    return true;
  }
  std::optional<int> Number(std::size_t least, std::size_t most) {
    int value = 0;
    std::size_t count = 0;
    while (!AtEnd() && std::isdigit(static_cast<unsigned char>(Peek())) != 0 && count < most) {
      value = value * 10 + (text_[at_++] - '0');
      ++count;
    }
    return count >= least ? std::optional(value) : std::nullopt;
  }
  /// The digits behind a point, as microseconds; more than six are cut off.
  int Fraction() {
    int value = 0;
    int count = 0;
    while (!AtEnd() && std::isdigit(static_cast<unsigned char>(Peek())) != 0) {
      if (count < 6) value = value * 10 + (Peek() - '0');
      ++count;
      ++at_;
    }
    for (; count < 6; ++count) value *= 10;
    return value;
  }
  [[nodiscard]] std::string_view Rest() const { return text_.substr(at_); }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

bool ReadDate(DigitReader& reader, LocalTime& time, TextRules rules) {
  const bool negative = reader.Take('-');
  if (!negative) reader.Take('+');
  const auto year = reader.Number(rules == TextRules::kSpark ? 4 : 1, 6);
  if (!year) return false;
  time.year = negative ? -*year : *year;
  if (!reader.Take('-')) return rules == TextRules::kSpark;
  const auto month = reader.Number(1, 2);
  if (!month) return false;
  time.month = *month;
  if (!reader.Take('-')) return rules == TextRules::kSpark;
  const auto day = reader.Number(1, 2);
  if (!day) return false;
  time.day = *day;
  return true;
}

bool ReadTime(DigitReader& reader, LocalTime& time) {
  const auto hour = reader.Number(1, 2);
  if (!hour || *hour > 23) return false;
  time.hour = *hour;
  if (!reader.Take(':')) return true;
  const auto minute = reader.Number(1, 2);
  if (!minute || *minute > 59) return false;
  time.minute = *minute;
  if (!reader.Take(':')) return true;
  const auto second = reader.Number(1, 2);
  if (!second || *second > 59) return false;
  time.second = *second;
  if (reader.Take('.')) time.micros = reader.Fraction();
  return true;
}

}  // namespace

std::int64_t FloorDivide(std::int64_t value, std::int64_t by) {
  return value / by - (value % by != 0 && (value < 0) != (by < 0) ? 1 : 0);
}

int DaysInMonth(std::int64_t year, int month) { return datetime::DaysInMonth(year, month); }

std::optional<std::int64_t> DaysOf(std::int64_t year, int month, int day) {
  return datetime::DaysOf({year, month, day});
}

LocalTime SplitLocal(std::int64_t micros) {
  LocalTime time;
  const std::int64_t days = FloorDivide(micros, kMicrosPerDay);
  std::int64_t rest = micros - days * kMicrosPerDay;
  const datetime::CivilDate date = datetime::DateOfDays(days);
  time.year = date.year;
  time.month = date.month;
  time.day = date.day;
  time.micros = static_cast<int>(rest % kMicrosPerSecond);
  rest /= kMicrosPerSecond;
  time.second = static_cast<int>(rest % 60);
  time.minute = static_cast<int>(rest / 60 % 60);
  time.hour = static_cast<int>(rest / 3600);
  return time;
}

std::optional<std::int64_t> JoinLocal(const LocalTime& time) {
  const auto days = DaysOf(time.year, time.month, time.day);
  if (!days || time.hour > 23 || time.minute > 59 || time.second > 59) return std::nullopt;
  return *days * kMicrosPerDay +
         (time.hour * 3600LL + time.minute * 60LL + time.second) * kMicrosPerSecond + time.micros;
}

int IsoWeekday(std::int64_t days) {
  const std::int64_t shifted = days + 3;  // 1970-01-01 is a Thursday
  return static_cast<int>(shifted - FloorDivide(shifted, 7) * 7) + 1;
}

std::int64_t AddMonths(std::int64_t local_micros, std::int64_t months) {
  LocalTime time = SplitLocal(local_micros);
  const std::int64_t total = time.year * 12 + time.month - 1 + months;
  time.year = FloorDivide(total, 12);
  time.month = static_cast<int>(total - time.year * 12) + 1;
  time.day = std::min(time.day, DaysInMonth(time.year, time.month));
  return *JoinLocal(time);
}

const TimeZone* FindZone(std::string_view name) {
  thread_local std::map<std::string, std::optional<TimeZone>, std::less<>> known;
  auto found = known.find(name);
  if (found == known.end()) {
    constexpr std::size_t kMostKept = 2000;
    if (known.size() > kMostKept) known.clear();
    auto zone = TimeZone::Find(name);
    found = known
                .emplace(std::string(name),
                         zone ? std::optional(std::move(*zone)) : std::optional<TimeZone>())
                .first;
  }
  return found->second ? &*found->second : nullptr;
}

std::string DateText(std::int64_t days) {
  const LocalTime time = SplitLocal(days * kMicrosPerDay);
  return fmt::format("{:04}-{:02}-{:02}", time.year, time.month, time.day);
}

std::string TimestampText(std::int64_t local_micros, int digits) {
  const LocalTime time = SplitLocal(local_micros);
  std::string text = fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", time.year, time.month,
                                 time.day, time.hour, time.minute, time.second);
  std::string fraction = fmt::format("{:06}", time.micros);
  if (digits < 0) {
    while (!fraction.empty() && fraction.back() == '0') fraction.pop_back();
  } else {
    fraction.resize(static_cast<std::size_t>(digits), '0');
  }
  return fraction.empty() ? text : text + "." + fraction;
}

std::optional<ParsedInstant> ParseInstant(std::string_view text, TextRules rules) {
  text = TrimControl(text);
  DigitReader reader(text);
  LocalTime time;
  if (!ReadDate(reader, time, rules)) return std::nullopt;
  ParsedInstant parsed;
  if (reader.Take(' ') || (rules == TextRules::kSpark && reader.Take('T'))) {
    const bool digit = std::isdigit(static_cast<unsigned char>(reader.Peek())) != 0;
    if (digit) {
      if (!ReadTime(reader, time)) return std::nullopt;
      parsed.has_time = true;
    } else if (rules == TextRules::kSpark) {
      return std::nullopt;
    }
  }
  const std::string_view zone = TrimControl(reader.Rest());
  if (!zone.empty()) {
    if (!parsed.has_time && rules == TextRules::kSpark) return std::nullopt;
    if (FindZone(zone) == nullptr) return std::nullopt;
    parsed.zone = std::string(zone);
  }
  const auto micros = JoinLocal(time);
  if (!micros) return std::nullopt;
  parsed.local_micros = *micros;
  return parsed;
}

std::optional<std::int64_t> ParseDate(std::string_view text, TextRules rules) {
  text = TrimControl(text);
  DigitReader reader(text);
  LocalTime time;
  if (!ReadDate(reader, time, rules)) return std::nullopt;
  if (!reader.AtEnd() &&
      (rules == TextRules::kTrino || (reader.Peek() != ' ' && reader.Peek() != 'T'))) {
    return std::nullopt;
  }
  return DaysOf(time.year, time.month, time.day);
}

}  // namespace owlet::engine
