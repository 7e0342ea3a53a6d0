#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time_zone.h"
#include "core/datetime/java_pattern.h"

namespace owlet::scan {

/// The pattern of an option such as timestampFormat, for texts of files. Immutable.
class DateTimePattern {
 public:
  /// kInvalidArgument with Spark's condition for a pattern that can neither be read nor written.
  [[nodiscard]] static Result<DateTimePattern> Parse(std::string_view pattern);

  /// Microseconds of the local time that the text names (without a time: midnight), and, if the
  /// text names a zone, the instant instead. Nothing when the text does not match as a whole.
  struct Reading {
    std::int64_t micros = 0;
    bool is_instant = false;
  };
  [[nodiscard]] std::optional<Reading> Read(std::string_view text) const;

  /// The text of a local time; `utc_micros` and `zone` are for patterns with a zone.
  [[nodiscard]] std::string Write(std::int64_t local_micros, std::int64_t utc_micros,
                                  const TimeZone& zone) const;

 private:
  // Some letters may only be written (E), and fractions are read more freely than written.
  std::optional<datetime::JavaPattern> read_, write_;
};

}  // namespace owlet::scan
