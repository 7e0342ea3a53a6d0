#include "core/catalog/date_pattern.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "core/catalog/names.h"

namespace owlet::catalog {
namespace {

using Unit = DatePattern::Unit;

struct Fields {
  int year = 1970;
  int month = 1;
  int day = 1;
  int hour = 0;
  int minute = 0;
  int second = 0;
  int millis = 0;
};

Fields Split(Timestamp time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::milliseconds>(time - day));
  return {.year = static_cast<int>(date.year()),
          .month = static_cast<int>(static_cast<unsigned>(date.month())),
          .day = static_cast<int>(static_cast<unsigned>(date.day())),
          .hour = static_cast<int>(clock.hours().count()),
          .minute = static_cast<int>(clock.minutes().count()),
          .second = static_cast<int>(clock.seconds().count()),
          .millis = static_cast<int>(clock.subseconds().count())};
}

std::optional<Timestamp> Join(const Fields& fields) {
  const std::chrono::year_month_day date{std::chrono::year(fields.year),
                                         std::chrono::month(static_cast<unsigned>(fields.month)),
                                         std::chrono::day(static_cast<unsigned>(fields.day))};
  if (!date.ok() || fields.hour > 23 || fields.minute > 59 || fields.second > 59) {
    return std::nullopt;
  }
  return Timestamp(std::chrono::sys_days(date)) + std::chrono::hours(fields.hour) +
         std::chrono::minutes(fields.minute) + std::chrono::seconds(fields.second) +
         std::chrono::milliseconds(fields.millis);
}

struct Letter {
  char letter;
  Unit unit;
  int Fields::* field;
};
constexpr std::array<Letter, 8> kLetters{{{'y', Unit::kYears, &Fields::year},
                                          {'u', Unit::kYears, &Fields::year},
                                          {'M', Unit::kMonths, &Fields::month},
                                          {'d', Unit::kDays, &Fields::day},
                                          {'H', Unit::kHours, &Fields::hour},
                                          {'m', Unit::kMinutes, &Fields::minute},
                                          {'s', Unit::kSeconds, &Fields::second},
                                          {'S', Unit::kMilliseconds, &Fields::millis}}};

const Letter* FindLetter(char letter) {
  for (const Letter& known : kLetters) {
    if (known.letter == letter) return &known;
  }
  return nullptr;
}

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

}  // namespace

Result<DatePattern> DatePattern::Parse(std::string_view pattern) {
  DatePattern result;
  for (std::size_t at = 0; at < pattern.size();) {
    const char c = pattern[at];
    if (c == '\'') {
      const std::size_t end = pattern.find('\'', at + 1);
      if (end == std::string_view::npos) {
        return Fail(Reason::kInvalidArgument,
                    fmt::format("A quote does not end in the date format '{}'", pattern));
      }
      // Two quotes are one quote.
      const std::string_view text = pattern.substr(at + 1, end - at - 1);
      result.pieces_.push_back({.text = text.empty() ? "'" : std::string(text)});
      at = end + 1;
      continue;
    }
    if (!IsLetter(c)) {
      result.pieces_.push_back({.text = std::string(1, c)});
      ++at;
      continue;
    }
    const Letter* letter = FindLetter(c);
    if (letter == nullptr) {
      return Fail(
          Reason::kInvalidArgument,
          fmt::format("The letter '{}' of the date format '{}' is not supported", c, pattern));
    }
    const std::size_t start = at;
    while (at < pattern.size() && pattern[at] == c) ++at;
    result.pieces_.push_back({.letter = c, .count = static_cast<int>(at - start), .text = {}});
    result.finest_ = std::max(result.finest_, letter->unit);
  }
  return result;
}

std::string DatePattern::Format(Timestamp time) const {
  const Fields fields = Split(time);
  std::string text;
  for (const Piece& piece : pieces_) {
    if (piece.letter == 0) {
      text += piece.text;
      continue;
    }
    const int value = fields.*FindLetter(piece.letter)->field;
    if (piece.letter == 'S') {
      text += fmt::format("{:03}000000", value).substr(0, static_cast<std::size_t>(piece.count));
    } else if ((piece.letter == 'y' || piece.letter == 'u') && piece.count == 2) {
      text += fmt::format("{:02}", value % 100);
    } else {
      text += fmt::format("{:0{}}", value, piece.count);
    }
  }
  return text;
}

std::optional<Timestamp> DatePattern::Read(std::string_view text) const {
  Fields fields;
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    const Piece& piece = pieces_[i];
    if (piece.letter == 0) {
      if (!text.starts_with(piece.text)) return std::nullopt;
      text.remove_prefix(piece.text.size());
      continue;
    }
    // A field that touches the next one takes exactly its width; else all digits that follow.
    const bool fixed = i + 1 < pieces_.size() && pieces_[i + 1].letter != 0;
    const auto most = static_cast<std::size_t>(fixed || piece.letter == 'S' ? piece.count : 9);
    std::size_t size = 0;
    int value = 0;
    while (size < text.size() && size < most && text[size] >= '0' && text[size] <= '9') {
      value = value * 10 + (text[size++] - '0');
    }
    if (size < static_cast<std::size_t>(piece.count)) return std::nullopt;
    text.remove_prefix(size);
    if (piece.letter == 'S') {
      for (std::size_t digits = size; digits < 3; ++digits) value *= 10;
      for (std::size_t digits = size; digits > 3; --digits) value /= 10;
    } else if ((piece.letter == 'y' || piece.letter == 'u') && piece.count == 2) {
      value += 2000;
    }
    fields.*FindLetter(piece.letter)->field = value;
  }
  if (!text.empty()) return std::nullopt;
  return Join(fields);
}

Timestamp AddUnits(Timestamp time, Unit unit, std::int64_t amount) {
  switch (unit) {
    case Unit::kYears:
      return AddUnits(time, Unit::kMonths, amount * 12);
    case Unit::kMonths: {
      const auto day = std::chrono::floor<std::chrono::days>(time);
      const std::chrono::year_month_day date(day);
      auto moved = date + std::chrono::months(amount);
      if (!moved.ok()) moved = moved.year() / moved.month() / std::chrono::last;
      return Timestamp(std::chrono::sys_days(moved)) + (time - day);
    }
    case Unit::kWeeks:
      return time + std::chrono::days(7 * amount);
    case Unit::kDays:
      return time + std::chrono::days(amount);
    case Unit::kHours:
      return time + std::chrono::hours(amount);
    case Unit::kMinutes:
      return time + std::chrono::minutes(amount);
    case Unit::kSeconds:
      return time + std::chrono::seconds(amount);
    case Unit::kMilliseconds:
      return time + std::chrono::milliseconds(amount);
  }
  return time;
}

std::optional<Unit> ParseUnit(std::string_view word) {
  std::string name = FoldName(word);
  if (name.ends_with('s')) name.pop_back();
  static constexpr std::pair<std::string_view, Unit> kUnits[] = {
      {"year", Unit::kYears},         {"month", Unit::kMonths},
      {"week", Unit::kWeeks},         {"day", Unit::kDays},
      {"hour", Unit::kHours},         {"minute", Unit::kMinutes},
      {"second", Unit::kSeconds},     {"millisecond", Unit::kMilliseconds},
      {"milli", Unit::kMilliseconds},
  };
  for (const auto& [text, unit] : kUnits) {
    if (name == text) return unit;
  }
  return std::nullopt;
}

}  // namespace owlet::catalog
