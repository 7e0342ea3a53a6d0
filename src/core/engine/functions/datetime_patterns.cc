#include <fmt/format.h>

#include <array>
#include <cctype>

#include "core/engine/functions/cells.h"
#include "core/engine/functions/instants.h"

// Patterns of dates and times in Trino: Joda's letters (*_datetime) and MySQL's percent signs.
// Spark's are in spark_datetime_patterns.cc.

namespace owlet::engine {

namespace {

constexpr std::array<std::string_view, 12> kMonths = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};
constexpr std::array<std::string_view, 7> kDays = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                   "Friday", "Saturday", "Sunday"};

struct IsoWeek {
  std::int64_t year;
  int week;
};

std::int64_t DaysOfYearStart(std::int64_t year) { return *DaysOf(year, 1, 1); }

IsoWeek IsoWeekOf(std::int64_t days) {
  const std::int64_t thursday = days - IsoWeekday(days) + 4;
  const std::int64_t year = SplitLocal(thursday * kMicrosPerDay).year;
  return {year, static_cast<int>((thursday - DaysOfYearStart(year)) / 7) + 1};
}

std::string OffsetText(int seconds, bool colon) {
  const int minutes = std::abs(seconds) / 60;
  return fmt::format("{}{:02}{}{:02}", seconds < 0 ? '-' : '+', minutes / 60, colon ? ":" : "",
                     minutes % 60);
}

/// One run of a letter in a Joda pattern, or a quoted literal.
struct PatternPart {
  char letter = 0;  // 0: text
  int count = 0;
  std::string text;
};

std::vector<PatternPart> SplitPattern(std::string_view pattern) {
  std::vector<PatternPart> parts;
  for (std::size_t at = 0; at < pattern.size();) {
    const char c = pattern[at];
    if (c == '\'') {
      PatternPart part;
      ++at;
      if (at < pattern.size() && pattern[at] == '\'') {
        part.text = "'";
        ++at;
      } else {
        while (at < pattern.size()) {
          if (pattern[at] == '\'') {
            ++at;
            if (at >= pattern.size() || pattern[at] != '\'') break;
          }
          part.text += pattern[at++];
        }
      }
      parts.push_back(std::move(part));
    } else if (std::isalpha(static_cast<unsigned char>(c)) != 0) {
      PatternPart part{c, 0, ""};
      while (at < pattern.size() && pattern[at] == c) {
        ++part.count;
        ++at;
      }
      parts.push_back(std::move(part));
    } else {
      parts.push_back({0, 0, std::string(1, c)});
      ++at;
    }
  }
  return parts;
}

std::string Number(std::int64_t value, int width) { return fmt::format("{:0{}}", value, width); }

struct Formatted {
  LocalTime time;
  std::int64_t days = 0;
  std::int64_t instant = 0;
  std::string_view zone;
};

std::string ZonePart(const Formatted& value, char letter, int count) {
  const TimeZone* zone = FindZone(value.zone);
  if (letter == 'Z') {
    const int offset =
        zone == nullptr ? 0 : static_cast<int>(zone->OffsetAt(value.instant).count());
    return count >= 3 ? std::string(value.zone) : OffsetText(offset, count == 2);
  }
  return zone == nullptr ? std::string(value.zone) : zone->Abbreviation(value.instant);
}

/// One run of letters; nothing for a letter that is not known.
std::optional<std::string> FormatPart(const Formatted& value, char letter, int count) {
  const LocalTime& time = value.time;
  const int weekday = IsoWeekday(value.days);
  switch (letter) {
    case 'y':
    case 'Y':
      if (count == 2) return Number(time.year % 100, 2);
      return Number(time.year, count);
    case 'x':
      return Number(IsoWeekOf(value.days).year, count);
    case 'w':
      return Number(IsoWeekOf(value.days).week, count);
    case 'M': {
      const auto name = kMonths[static_cast<std::size_t>(time.month - 1)];
      if (count == 3) return std::string(name.substr(0, 3));
      return count >= 4 ? std::string(name) : Number(time.month, count);
    }
    case 'd':
      return Number(time.day, count);
    case 'D':
      return Number(value.days - DaysOfYearStart(time.year) + 1, count);
    case 'E': {
      const auto name = kDays[static_cast<std::size_t>(weekday - 1)];
      return std::string(count >= 4 ? name : name.substr(0, 3));
    }
    case 'e':
      return Number(weekday, count);
    case 'a':
      return time.hour < 12 ? "AM" : "PM";
    case 'H':
      return Number(time.hour, count);
    case 'h':
      return Number((time.hour + 11) % 12 + 1, count);
    case 'K':
      return Number(time.hour % 12, count);
    case 'k':
      return Number(time.hour == 0 ? 24 : time.hour, count);
    case 'm':
      return Number(time.minute, count);
    case 's':
      return Number(time.second, count);
    case 'S': {
      std::string digits = fmt::format("{:06}", time.micros);
      digits.resize(static_cast<std::size_t>(count), '0');
      return digits;
    }
    case 'G':
      return time.year > 0 ? "AD" : "BC";
    case 'Z':
    case 'z':
      return ZonePart(value, letter, count);
    default:
      return std::nullopt;
  }
}

/// format_datetime(local, pattern, zone, instant, origin).
void FormatJoda(Cells& cells) {
  Formatted value;
  value.time = SplitLocal(cells.Integer(0));
  value.days = FloorDivide(cells.Integer(0), kMicrosPerDay);
  value.zone = cells.Text(2);
  value.instant = cells.Integer(3);
  std::string text;
  constexpr int kLongestRun = 30;
  for (const PatternPart& part : SplitPattern(cells.Text(1))) {
    if (part.letter == 0) {
      text += part.text;
      continue;
    }
    const auto piece =
        part.count > kLongestRun ? std::nullopt : FormatPart(value, part.letter, part.count);
    if (!piece) {
      RaiseTrino("INVALID_FUNCTION_ARGUMENT",
                 fmt::format("Illegal pattern component: {}",
                             std::string(static_cast<std::size_t>(part.count), part.letter)),
                 cells.Integer(4));
    }
    text += *piece;
  }
  cells.SetText(text);
}

// ---- Reading.

struct Fields {
  LocalTime time;
  std::optional<bool> afternoon;
  std::optional<int> day_of_year;
  std::optional<std::string> zone;
  bool has_date = false;
};

class TextReader {
 public:
  explicit TextReader(std::string_view text) : text_(text) {}
  [[nodiscard]] std::size_t at() const { return at_; }
  [[nodiscard]] bool AtEnd() const { return at_ >= text_.size(); }

  std::optional<int> Digits(std::size_t least, std::size_t most) {
    int value = 0;
    std::size_t count = 0;
    while (count < most && !AtEnd() && std::isdigit(static_cast<unsigned char>(text_[at_])) != 0) {
      value = value * 10 + (text_[at_++] - '0');
      ++count;
    }
    last_count_ = count;
    return count >= least ? std::optional(value) : std::nullopt;
  }
  [[nodiscard]] std::size_t last_count() const { return last_count_; }
  bool Literal(std::string_view literal) {
    if (!text_.substr(at_).starts_with(literal)) return false;
    at_ += literal.size();
    return true;
  }
  /// The index of the name that stands here, without case; the short form by three letters.
  template <std::size_t kSize>
  std::optional<int> Name(const std::array<std::string_view, kSize>& names, bool whole) {
    for (std::size_t i = 0; i < kSize; ++i) {
      const std::string_view name = whole ? names[i] : names[i].substr(0, 3);
      const std::string_view here = text_.substr(at_, name.size());
      if (here.size() == name.size() && SameLetters(here, name)) {
        at_ += name.size();
        return static_cast<int>(i);
      }
    }
    return std::nullopt;
  }
  std::string_view Word() {
    const std::size_t start = at_;
    while (!AtEnd() && text_[at_] != ' ') ++at_;
    return text_.substr(start, at_ - start);
  }
  static bool SameLetters(std::string_view a, std::string_view b) {
    for (std::size_t i = 0; i < a.size(); ++i) {
      if (std::tolower(static_cast<unsigned char>(a[i])) !=
          std::tolower(static_cast<unsigned char>(b[i]))) {
        return false;
      }
    }
    return true;
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t last_count_ = 0;
};

bool ReadInto(std::optional<int> number, int& field) {
  if (!number) return false;
  field = *number;
  return true;
}

/// One run of letters read from the text. `adjacent`: another number follows without a gap, so that
/// exactly `count` digits belong here.
bool ReadPart(TextReader& reader, char letter, int count, bool adjacent, Fields& fields) {
  const auto width = static_cast<std::size_t>(count);
  constexpr std::size_t least = 1;
  const std::size_t most = adjacent ? width : 9;
  LocalTime& time = fields.time;
  int value = 0;
  switch (letter) {
    case 'y':
    case 'u':
    case 'Y': {
      const bool two = count == 2;
      const auto year = reader.Digits(two ? 2 : least, two ? 2 : (adjacent ? width : 9));
      if (!year) return false;
      time.year = two && reader.last_count() == 2 ? 2000 + *year : *year;
      fields.has_date = true;
      return true;
    }
    case 'M':
    case 'L':
      if (count >= 3) {
        const auto month = reader.Name(kMonths, count >= 4);
        if (!month) return false;
        time.month = *month + 1;
        return true;
      }
      return ReadInto(reader.Digits(least, std::min<std::size_t>(most, 2)), time.month);
    case 'd':
      return ReadInto(reader.Digits(least, std::min<std::size_t>(most, 2)), time.day);
    case 'D':
      if (!ReadInto(reader.Digits(1, 3), value)) return false;
      fields.day_of_year = value;
      return true;
    case 'E':
      return reader.Name(kDays, count >= 4).has_value();
    case 'a': {
      constexpr std::array<std::string_view, 2> kHalves = {"AM", "PM"};
      const auto half = reader.Name(kHalves, true);
      if (!half) return false;
      fields.afternoon = *half == 1;
      return true;
    }
    case 'H':
    case 'k':
    case 'h':
    case 'K':
      if (!ReadInto(reader.Digits(least, std::min<std::size_t>(most, 2)), time.hour)) return false;
      if (letter == 'k' && time.hour == 24) time.hour = 0;
      if (letter == 'h' && time.hour == 12) time.hour = 0;
      return true;
    case 'm':
      return ReadInto(reader.Digits(least, std::min<std::size_t>(most, 2)), time.minute);
    case 's':
      return ReadInto(reader.Digits(least, std::min<std::size_t>(most, 2)), time.second);
    case 'S': {
      const auto fraction = reader.Digits(1, 9);
      if (!fraction) return false;
      std::int64_t micros = *fraction;
      for (auto i = reader.last_count(); i < 6; ++i) micros *= 10;
      for (auto i = reader.last_count(); i > 6; --i) micros /= 10;
      time.micros = static_cast<int>(micros);
      return true;
    }
    case 'X':
    case 'x':
    case 'Z':
    case 'z':
    case 'V':
    case 'O': {
      const std::string_view word = reader.Word();
      if (FindZone(word) == nullptr) return false;
      fields.zone = std::string(word);
      return true;
    }
    default:
      return false;
  }
}

std::optional<Fields> ReadByPattern(std::string_view text, std::string_view pattern,
                                    std::size_t& failed_at) {
  TextReader reader(text);
  Fields fields;
  const auto parts = SplitPattern(pattern);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    failed_at = reader.at();
    if (parts[i].letter == 0) {
      if (parts[i].text == "[" || parts[i].text == "]") continue;
      if (!reader.Literal(parts[i].text)) return std::nullopt;
      continue;
    }
    const bool adjacent =
        i + 1 < parts.size() && parts[i + 1].letter != 0 &&
        std::string_view("yMdHhmsSD").find(parts[i + 1].letter) != std::string_view::npos;
    if (!ReadPart(reader, parts[i].letter, parts[i].count, adjacent, fields)) {
      return std::nullopt;
    }
  }
  failed_at = reader.at();
  if (!reader.AtEnd()) return std::nullopt;
  if (fields.afternoon && *fields.afternoon) fields.time.hour += 12;
  return fields;
}

std::optional<std::int64_t> LocalOf(const Fields& fields) {
  if (!fields.day_of_year) return JoinLocal(fields.time);
  LocalTime start = fields.time;
  start.month = 1;
  start.day = 1;
  const auto micros = JoinLocal(start);
  if (!micros) return std::nullopt;
  return *micros + (*fields.day_of_year - 1) * kMicrosPerDay;
}

/// parse_datetime(text, pattern, zone, origin).
void ParseJoda(Cells& cells) {
  std::size_t failed_at = 0;
  const std::string_view text = cells.Text(0);
  const auto fields = ReadByPattern(text, cells.Text(1), failed_at);
  std::optional<std::int64_t> local;
  if (fields) local = LocalOf(*fields);
  if (!local) {
    RaiseTrino("INVALID_FUNCTION_ARGUMENT",
               failed_at == 0 ? fmt::format("Invalid format: \"{}\"", text)
                              : fmt::format("Invalid format: \"{}\" is malformed at \"{}\"", text,
                                            text.substr(std::min(failed_at, text.size()))),
               cells.Integer(3));
  }
  const TimeZone* zone = FindZone(fields->zone ? *fields->zone : std::string(cells.Text(2)));
  cells.SetInteger(zone == nullptr ? *local : zone->ToUtc(*local));
}

// ---- MySQL's: date_format and date_parse of Trino.

std::optional<std::string> MysqlPart(const LocalTime& time, std::int64_t days, char letter) {
  switch (letter) {
    case 'a':
      return std::string(kDays[static_cast<std::size_t>(IsoWeekday(days) - 1)].substr(0, 3));
    case 'b':
      return std::string(kMonths[static_cast<std::size_t>(time.month - 1)].substr(0, 3));
    case 'c':
      return std::to_string(time.month);
    case 'd':
      return Number(time.day, 2);
    case 'e':
      return std::to_string(time.day);
    case 'f':
      return Number(time.micros, 6);
    case 'H':
      return Number(time.hour, 2);
    case 'h':
    case 'I':
      return Number((time.hour + 11) % 12 + 1, 2);
    case 'i':
      return Number(time.minute, 2);
    case 'j':
      return Number(days - DaysOfYearStart(time.year) + 1, 3);
    case 'k':
      return std::to_string(time.hour);
    case 'l':
      return std::to_string((time.hour + 11) % 12 + 1);
    case 'M':
      return std::string(kMonths[static_cast<std::size_t>(time.month - 1)]);
    case 'm':
      return Number(time.month, 2);
    case 'p':
      return time.hour < 12 ? "AM" : "PM";
    case 'r':
      return fmt::format("{:02}:{:02}:{:02} {}", (time.hour + 11) % 12 + 1, time.minute,
                         time.second, time.hour < 12 ? "AM" : "PM");
    case 'S':
    case 's':
      return Number(time.second, 2);
    case 'T':
      return fmt::format("{:02}:{:02}:{:02}", time.hour, time.minute, time.second);
    case 'v':
      return Number(IsoWeekOf(days).week, 2);
    case 'W':
      return std::string(kDays[static_cast<std::size_t>(IsoWeekday(days) - 1)]);
    case 'x':
      return Number(IsoWeekOf(days).year, 4);
    case 'Y':
      return Number(time.year, 4);
    case 'y':
      return Number(time.year % 100, 2);
    case 'D':
    case 'U':
    case 'u':
    case 'V':
    case 'w':
    case 'X':
      return std::nullopt;
    default:
      return std::string(1, letter);
  }
}

[[noreturn]] void RaiseMysqlLetter(char letter, std::int64_t origin) {
  RaiseTrino("INVALID_FUNCTION_ARGUMENT",
             fmt::format("%{} not supported in date format string", letter), origin);
}

void FormatMysql(Cells& cells) {
  const std::string_view pattern = cells.Text(1);
  const LocalTime time = SplitLocal(cells.Integer(0));
  const std::int64_t days = FloorDivide(cells.Integer(0), kMicrosPerDay);
  std::string text;
  for (std::size_t at = 0; at < pattern.size(); ++at) {
    if (pattern[at] != '%' || at + 1 >= pattern.size()) {
      text += pattern[at];
      continue;
    }
    const char letter = pattern[++at];
    const auto piece = MysqlPart(time, days, letter);
    if (!piece) RaiseMysqlLetter(letter, cells.Integer(2));
    text += *piece;
  }
  cells.SetText(text);
}

bool ReadMysql(TextReader& reader, char letter, Fields& fields, std::int64_t origin) {
  const auto java = [&](char other, int count, bool adjacent) {
    return ReadPart(reader, other, count, adjacent, fields);
  };
  switch (letter) {
    case 'a':
      return java('E', 3, false);
    case 'b':
      return java('M', 3, false);
    case 'M':
      return java('M', 4, false);
    case 'W':
      return java('E', 4, false);
    case 'c':
    case 'm':
      return java('M', 2, true);
    case 'd':
    case 'e':
      return java('d', 2, true);
    case 'f':
      return java('S', 6, false);
    case 'H':
    case 'k':
      return java('H', 2, true);
    case 'h':
    case 'I':
    case 'l':
      return java('h', 2, true);
    case 'i':
      return java('m', 2, true);
    case 'j':
      return java('D', 3, true);
    case 'p':
      return java('a', 1, false);
    case 'S':
    case 's':
      return java('s', 2, true);
    case 'T':
      return java('H', 2, true) && reader.Literal(":") && java('m', 2, true) &&
             reader.Literal(":") && java('s', 2, true);
    case 'r':
      return java('h', 2, true) && reader.Literal(":") && java('m', 2, true) &&
             reader.Literal(":") && java('s', 2, true) && reader.Literal(" ") &&
             java('a', 1, false);
    case 'Y':
      return java('y', 4, true);
    case 'y': {
      const auto year = reader.Digits(2, 2);
      if (!year) return false;
      fields.time.year = *year < 70 ? 2000 + *year : 1900 + *year;
      return true;
    }
    case 'D':
    case 'U':
    case 'u':
    case 'V':
    case 'v':
    case 'w':
    case 'X':
    case 'x':
      RaiseMysqlLetter(letter, origin);
    default:
      return reader.Literal(std::string(1, letter));
  }
}

void ParseMysql(Cells& cells) {
  const std::string_view text = cells.Text(0);
  const std::string_view pattern = cells.Text(1);
  TextReader reader(text);
  Fields fields;
  bool good = true;
  for (std::size_t at = 0; good && at < pattern.size(); ++at) {
    if (pattern[at] != '%' || at + 1 >= pattern.size()) {
      good = reader.Literal(pattern.substr(at, 1));
    } else {
      good = ReadMysql(reader, pattern[++at], fields, cells.Integer(2));
    }
  }
  if (fields.afternoon && *fields.afternoon) fields.time.hour += 12;
  const auto local = good && reader.AtEnd() ? LocalOf(fields) : std::nullopt;
  if (local) return cells.SetInteger(FloorDivide(*local, 1000) * 1000);
  const std::size_t at = reader.at();
  RaiseTrino(
      "INVALID_FUNCTION_ARGUMENT",
      at == 0 || at >= text.size()
          ? fmt::format("Invalid format: \"{}\"", text)
          : fmt::format("Invalid format: \"{}\" is malformed at \"{}\"", text, text.substr(at)),
      cells.Integer(2));
}

}  // namespace

CellFunctions DateTimePatternFunctions() {
  return {
      {"trino.format_datetime", "VARCHAR", FormatJoda},
      {"trino.parse_datetime", "TIMESTAMP", ParseJoda},
      {"trino.format_mysql", "VARCHAR", FormatMysql},
      {"trino.parse_mysql", "TIMESTAMP", ParseMysql},
  };
}

}  // namespace owlet::engine
