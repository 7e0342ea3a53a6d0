#include "core/datetime/java_pattern.h"

#include <fmt/format.h>

namespace owlet::datetime {

namespace {

using Kind = PatternProblem::Kind;

// Letters of the older java.text.SimpleDateFormat: a pattern that only it takes is told so.
constexpr std::string_view kLegacyLetters = "GyYMLwWDdFEuaHkKhmsSzZX";
constexpr int kLongestLegacyZone = 3;

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// The pattern's letters outside of quotes, with the length of each run.
struct Run {
  char letter = 0;
  int count = 0;
};

std::vector<Run> UnquotedRuns(std::string_view pattern) {
  std::vector<Run> runs;
  bool quoted = false;
  char before = 0;
  for (const char c : pattern) {
    if (c == '\'') quoted = !quoted;
    if (!quoted && IsLetter(c)) {
      if (before == c) {
        ++runs.back().count;
      } else {
        runs.push_back({c, 1});
      }
    }
    before = quoted ? '\0' : c;
  }
  return runs;
}

bool QuotesAreClosed(std::string_view pattern) {
  bool quoted = false;
  for (const char c : pattern) quoted ^= c == '\'';
  return !quoted;
}

bool LegacyAccepts(std::string_view pattern) {
  if (!QuotesAreClosed(pattern)) return false;
  for (const Run& run : UnquotedRuns(pattern)) {
    if (kLegacyLetters.find(run.letter) == std::string_view::npos) return false;
    if (run.letter == 'X' && run.count > kLongestLegacyZone) return false;
  }
  return true;
}

/// What Spark refuses before java.time sees the pattern.
std::optional<PatternProblem> RefusedBySpark(std::string_view pattern, JavaPattern::Use use) {
  constexpr std::string_view kWeekBased = "YWwuec", kUnsupported = "ABnNp";
  constexpr std::string_view kNotForReading = "EFqQ", kNoNarrowForm = "GMLEQq";
  constexpr int kNarrow = 5, kLongestYear = 9;
  const auto has = [](std::string_view set, char c) {
    return set.find(c) != std::string_view::npos;
  };
  const auto runs = UnquotedRuns(pattern);
  for (const Run& run : runs) {
    if (has(kWeekBased, run.letter)) return PatternProblem{Kind::kWeekBased, run.letter};
  }
  for (const Run& run : runs) {
    if (has(kUnsupported, run.letter) ||
        (use == JavaPattern::Use::kRead && has(kNotForReading, run.letter))) {
      return PatternProblem{Kind::kIllegalCharacter, run.letter};
    }
  }
  for (const Run& run : runs) {
    if ((has(kNoNarrowForm, run.letter) && run.count >= kNarrow) ||
        (run.letter == 'y' && run.count > kLongestYear)) {
      return PatternProblem{Kind::kUnrecognized, run.letter};
    }
  }
  return std::nullopt;
}

}  // namespace

/// One pass over the pattern; false where java.time refuses it.
class PatternCompiler {
 public:
  using Field = JavaPattern::Field;
  using Item = JavaPattern::Item;
  using Sign = JavaPattern::Sign;

  PatternCompiler(std::string_view pattern, JavaPattern::Use use) : pattern_(pattern), use_(use) {
    for (const Run& run : UnquotedRuns(pattern)) has_era_ |= run.letter == 'G';
  }

  bool Compile(std::vector<Item>& items) {
    return CompileSection(items, false) && at_ == pattern_.size();
  }

 private:
  bool CompileSection(std::vector<Item>& items, bool optional) {
    adjacent_.reset();  // digits of adjacent numbers are counted within one section
    while (at_ < pattern_.size()) {
      const char c = pattern_[at_];
      if (c == ']') {
        if (!optional) return false;
        ++at_;
        adjacent_.reset();
        return true;
      }
      if (c == '{' || c == '}' || c == '#') return false;
      if (c == '[') {
        ++at_;
        Item item{.kind = Item::Kind::kOptional};
        if (!CompileSection(item.section, true)) return false;
        Append(items, std::move(item));
      } else if (c == '\'') {
        if (!Quoted(items)) return false;
      } else if (IsLetter(c)) {
        const std::size_t start = at_;
        while (at_ < pattern_.size() && pattern_[at_] == c) ++at_;
        if (!Letters(items, c, static_cast<int>(at_ - start))) return false;
      } else {
        Append(items, Item{.literal = std::string(1, c)});
        ++at_;
      }
    }
    return true;  // a section that is not closed ends with the pattern
  }

  bool Quoted(std::vector<Item>& items) {
    std::string text;
    for (++at_; at_ < pattern_.size(); ++at_) {
      if (pattern_[at_] == '\'') {
        if (at_ + 1 >= pattern_.size() || pattern_[at_ + 1] != '\'') break;
        ++at_;
      }
      text += pattern_[at_];
    }
    if (at_ >= pattern_.size()) return false;
    ++at_;
    Append(items, Item{.literal = text.empty() ? "'" : text});
    return true;
  }

  void Append(std::vector<Item>& items, Item item) {
    adjacent_.reset();
    items.push_back(std::move(item));
  }

  /// A number takes as many digits as it can but those of the fixed numbers right behind it.
  void AppendNumber(std::vector<Item>& items, Item item) {
    const bool fixed = item.least == item.most && item.sign == Sign::kNotNegative;
    if (adjacent_) {
      Item& first = items[*adjacent_];
      if (fixed) {
        first.digits_behind += item.most;
        items.push_back(std::move(item));
        return;
      }
      first.digits_behind = 0;
    }
    adjacent_ = items.size();
    items.push_back(std::move(item));
  }

  bool Number(std::vector<Item>& items, Field field, int count, int most_letters) {
    constexpr int kMostDigits = 19;
    if (count > most_letters) return false;
    Item item{.kind = Item::Kind::kNumber, .field = field, .least = count, .most = count};
    if (count == 1) {
      item.most = kMostDigits;
    } else {
      item.sign = Sign::kNotNegative;
    }
    AppendNumber(items, std::move(item));
    return true;
  }

  bool Name(std::vector<Item>& items, Field field, int count) {
    constexpr int kLongForm = 4;
    if (count > kLongForm) return false;
    Append(items, Item{.kind = Item::Kind::kName, .field = field, .least = count});
    return true;
  }

  void Year(std::vector<Item>& items, int count) {
    constexpr int kMostDigits = 19;
    const Field field = has_era_ ? Field::kYearOfEra : Field::kYear;
    if (count == 2) {
      AppendNumber(items, Item{.kind = Item::Kind::kReducedYear,
                               .field = field,
                               .least = 2,
                               .most = 2,
                               .sign = Sign::kNotNegative});
    } else {
      AppendNumber(items, Item{.kind = Item::Kind::kNumber,
                               .field = field,
                               .least = count,
                               .most = kMostDigits,
                               .sign = count < 4 ? Sign::kNormal : Sign::kExceedsPad});
    }
  }

  bool Fraction(std::vector<Item>& items, int count) {
    constexpr int kNanoDigits = 9;
    if (count > kNanoDigits) return false;
    Item item{.kind = Item::Kind::kFraction,
              .field = Field::kNano,
              .least = use_ == JavaPattern::Use::kRead ? 1 : count,
              .most = count,
              .sign = Sign::kNotNegative};
    if (item.least == item.most) {
      AppendNumber(items, std::move(item));
    } else {
      Append(items, std::move(item));
    }
    return true;
  }

  bool Zone(std::vector<Item>& items, char letter, int count) {
    Item item{.kind = Item::Kind::kOffset, .least = count, .letter = letter};
    bool known = false;
    switch (letter) {
      case 'V':
        item.kind = Item::Kind::kZoneId;
        known = count == 2;
        break;
      case 'z':
        item.kind = Item::Kind::kZoneName;
        known = count <= 4;
        break;
      case 'O':
        item.kind = Item::Kind::kLocalizedOffset;
        known = count == 1 || count == 4;
        break;
      case 'Z':
        if (count == 4) item.kind = Item::Kind::kLocalizedOffset;
        known = count <= 5;
        break;
      default:  // X, x
        known = count <= 5;
    }
    if (known) Append(items, std::move(item));
    return known;
  }

  bool DayOfYear(std::vector<Item>& items, int count) {
    constexpr int kMostDigits = 3;
    if (count == 1) return Number(items, Field::kDayOfYear, 1, 1);
    if (count > kMostDigits) return false;
    AppendNumber(items, Item{.kind = Item::Kind::kNumber,
                             .field = Field::kDayOfYear,
                             .least = count,
                             .most = kMostDigits,
                             .sign = Sign::kNotNegative});
    return true;
  }

  bool Letters(std::vector<Item>& items, char letter, int count) {
    switch (letter) {
      case 'G':
        return Name(items, Field::kEra, count);
      case 'y':
        Year(items, count);
        return true;
      case 'M':
      case 'L':
        return count < 3 ? Number(items, Field::kMonth, count, 2)
                         : Name(items, Field::kMonth, count);
      case 'Q':
      case 'q':
        return count < 3 ? Number(items, Field::kQuarter, count, 2)
                         : Name(items, Field::kQuarter, count);
      case 'd':
        return Number(items, Field::kDay, count, 2);
      case 'D':
        return DayOfYear(items, count);
      case 'F':
        return Number(items, Field::kAlignedWeek, count, 1);
      case 'E':
        return Name(items, Field::kWeekday, count);
      case 'g':
        AppendNumber(items, Item{.kind = Item::Kind::kNumber,
                                 .field = Field::kModifiedJulianDay,
                                 .least = count,
                                 .most = 19});
        return true;
      case 'a':
        return count == 1 && Name(items, Field::kHalfOfDay, count);
      case 'H':
        return Number(items, Field::kHour, count, 2);
      case 'k':
        return Number(items, Field::kClockHour, count, 2);
      case 'K':
        return Number(items, Field::kHourOfHalf, count, 2);
      case 'h':
        return Number(items, Field::kClockHourOfHalf, count, 2);
      case 'm':
        return Number(items, Field::kMinute, count, 2);
      case 's':
        return Number(items, Field::kSecond, count, 2);
      case 'S':
        return Fraction(items, count);
      case 'V':
      case 'z':
      case 'O':
      case 'X':
      case 'x':
      case 'Z':
        return Zone(items, letter, count);
      default:
        return false;
    }
  }

  std::string_view pattern_;
  JavaPattern::Use use_;
  bool has_era_ = false;
  std::size_t at_ = 0;
  /// Where the number stands that takes what the fixed numbers behind it leave.
  std::optional<std::size_t> adjacent_;
};

std::expected<JavaPattern, PatternProblem> JavaPattern::Compile(std::string_view pattern, Use use) {
  auto problem = RefusedBySpark(pattern, use);
  JavaPattern compiled;
  if (!problem && !PatternCompiler(pattern, use).Compile(compiled.items_)) {
    problem = PatternProblem{Kind::kUnrecognized, 0};
  }
  if (!problem) return compiled;
  if (LegacyAccepts(pattern)) problem->kind = Kind::kLegacyOnly;
  return std::unexpected(*problem);
}

Error PatternError(std::string_view pattern, const PatternProblem& problem) {
  Error error{.reason = Reason::kInvalidArgument};
  // As Spark quotes a text's value.
  std::string quoted = "'";
  for (const char c : pattern) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c;
  }
  quoted += '\'';
  const std::string letter(1, problem.letter);
  switch (problem.kind) {
    case Kind::kIllegalCharacter:
      error.condition = "INVALID_DATETIME_PATTERN.ILLEGAL_CHARACTER";
      error.parameters = {{"c", letter}, {"pattern", std::string(pattern)}};
      error.message = fmt::format("the letter {} may not stand in the pattern {}", letter, quoted);
      break;
    case Kind::kWeekBased:
      error.condition = "INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_WEEK_BASED_PATTERN";
      error.parameters = {{"c", letter}};
      error.message =
          fmt::format("the letter {} of the pattern {} counts weeks: use extract", letter, quoted);
      break;
    case Kind::kLegacyOnly:
      error.condition = "INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_PATTERN_RECOGNITION";
      error.parameters = {{"pattern", quoted},
                          {"config", "\"spark.sql.legacy.timeParserPolicy\""},
                          {"docroot", "https://spark.apache.org/docs/latest"}};
      error.message = fmt::format("only Spark 2 knew the pattern {}", quoted);
      break;
    case Kind::kUnrecognized:
      error.condition = "INVALID_DATETIME_PATTERN.WITH_SUGGESTION";
      error.parameters = {{"pattern", quoted}, {"docroot", "https://spark.apache.org/docs/latest"}};
      error.message = fmt::format("not a pattern of dates and times: {}", quoted);
      break;
  }
  return error;
}

}  // namespace owlet::datetime
