#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time_zone.h"

namespace owlet::datetime {

inline constexpr std::int64_t kMicrosPerSecond = 1'000'000;
inline constexpr std::int64_t kMicrosPerDay = 86'400 * kMicrosPerSecond;

/// Why a pattern is refused, by the condition that Spark raises.
struct PatternProblem {
  enum class Kind : std::uint8_t {
    kIllegalCharacter,  // INVALID_DATETIME_PATTERN.ILLEGAL_CHARACTER
    kWeekBased,         // INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_WEEK_BASED_PATTERN
    kLegacyOnly,        // INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_PATTERN_RECOGNITION
    kUnrecognized,      // INVALID_DATETIME_PATTERN.WITH_SUGGESTION
  };
  Kind kind = Kind::kUnrecognized;
  char letter = 0;  // of the first two
};

/// The refusal of `pattern` as an error with Spark's condition and parameters.
[[nodiscard]] Error PatternError(std::string_view pattern, const PatternProblem& problem);

/// A date and time pattern of java.time.format.DateTimeFormatterBuilder.appendPattern as Spark's
/// formatters use it (sql-ref-datetime-pattern): English texts, ISO calendar, strict resolution,
/// names of any case; `y` means the proleptic year unless the pattern has an era; a run of `S`
/// reads one digit up to as many. What a text does not say is that of 1970-01-01 00:00:00.
/// Immutable, thread-safe.
class JavaPattern {
 public:
  enum class Use : std::uint8_t { kRead, kWrite };  // Spark allows fewer letters for reading

  [[nodiscard]] static std::expected<JavaPattern, PatternProblem> Compile(std::string_view pattern,
                                                                          Use use);

  struct Reading {
    std::int64_t local_micros = 0;
    std::optional<TimeZone> zone;  // when the text names one
  };
  /// How a text failed to be read; DescribeFailure makes the sentence.
  struct Failure {
    std::size_t position = 0;
    bool unparsed_text = false;       // the pattern ended before the text
    std::string unresolved;           // fields that make no date or time, in words
    bool outside_of_parsing = false;  // found when the missing fields were filled in
  };
  /// False: `failure` says why, when it is given.
  [[nodiscard]] bool Read(std::string_view text, Reading& reading,
                          Failure* failure = nullptr) const;
  /// As java.time words it: "Text '1' could not be parsed at index 0".
  [[nodiscard]] static std::string DescribeFailure(std::string_view text, const Failure& failure);

  /// The text of a local time; `utc_micros` and `zone` are for patterns with a zone.
  [[nodiscard]] std::string Write(std::int64_t local_micros, std::int64_t utc_micros,
                                  const TimeZone& zone) const;

  enum class Field : std::uint8_t {
    kEra,
    kYearOfEra,
    kYear,
    kQuarter,
    kMonth,
    kDay,
    kDayOfYear,
    kAlignedWeek,
    kWeekday,
    kModifiedJulianDay,
    kHalfOfDay,
    kHour,
    kClockHour,
    kHourOfHalf,
    kClockHourOfHalf,
    kMinute,
    kSecond,
    kNano,
  };
  static constexpr std::size_t kFields = 18;
  using FieldValues = std::array<std::optional<std::int64_t>, kFields>;

 private:
  friend class PatternCompiler;
  friend class PatternReader;
  friend class PatternWriter;

  enum class Sign : std::uint8_t { kNormal, kExceedsPad, kNotNegative };
  struct Item {
    enum class Kind : std::uint8_t {
      kLiteral,
      kNumber,
      kReducedYear,
      kFraction,
      kName,
      kOffset,
      kLocalizedOffset,
      kZoneId,
      kZoneName,
      kOptional,
    };
    Kind kind = Kind::kLiteral;
    Field field = Field::kYear;
    int least = 0;  // digits; of kName and the zones: 4 for the long form
    int most = 0;
    Sign sign = Sign::kNormal;
    /// Digits that the numbers right behind need.
    int digits_behind = 0;
    char letter = 0;            // of kOffset: X, x or Z
    std::string literal;        // of kLiteral
    std::vector<Item> section;  // of kOptional
  };

  std::vector<Item> items_;
};

}  // namespace owlet::datetime
