#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace owlet::catalog {

/// The part of Java's DateTimeFormatter patterns that partition projection uses: y, M, d, H, m, s,
/// S in any count, quoted and plain text between. Local times without a zone. Immutable.
class DatePattern {
 public:
  enum class Unit { kYears, kMonths, kWeeks, kDays, kHours, kMinutes, kSeconds, kMilliseconds };

  /// kInvalidArgument for a letter that is none of these.
  [[nodiscard]] static Result<DatePattern> Parse(std::string_view pattern);

  [[nodiscard]] std::string Format(Timestamp time) const;
  /// Nothing where the text does not fit; a field that is not there is its least value.
  [[nodiscard]] std::optional<Timestamp> Read(std::string_view text) const;
  /// The finest field of the pattern.
  [[nodiscard]] Unit finest() const { return finest_; }

 private:
  struct Piece {
    char letter = 0;  // 0: plain text
    int count = 0;
    std::string text;
  };
  std::vector<Piece> pieces_;
  Unit finest_ = Unit::kYears;
};

/// `time` plus `amount` units by the calendar (a month later, at most that month's last day).
[[nodiscard]] Timestamp AddUnits(Timestamp time, DatePattern::Unit unit, std::int64_t amount);

/// "DAYS", "DAY", without case.
[[nodiscard]] std::optional<DatePattern::Unit> ParseUnit(std::string_view word);

}  // namespace owlet::catalog
