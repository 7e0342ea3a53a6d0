#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time_zone.h"

namespace owlet::scan {

/// A date and time pattern of Java's DateTimeFormatter, as far as Spark allows it in options:
/// G? y M d D? E a H h k K m s S V z O X x Z, quoted text, [optional parts]. Immutable.
class DateTimePattern {
 public:
  /// kInvalidArgument names a letter that is not supported.
  [[nodiscard]] static Result<DateTimePattern> Parse(std::string_view pattern);

  /// Microseconds of the local time that the text names (without a time: midnight), and, if the
  /// text names a zone, the instant instead. Nothing when the text does not match as a whole.
  struct Reading {
    std::int64_t micros = 0;
    bool is_instant = false;
  };
  [[nodiscard]] std::optional<Reading> Read(std::string_view text) const;

  /// The text of a local time; `offset_seconds` and `zone` are for patterns with a zone.
  [[nodiscard]] std::string Write(std::int64_t local_micros, std::int32_t offset_seconds,
                                  const TimeZone& zone) const;

 private:
  struct Part {
    char letter = 0;  // 0: literal; '[' and ']': an optional section
    int count = 0;
    std::string literal;
  };
  struct Fields;
  bool ReadPart(const Part& part, bool adjacent, std::string_view& text, Fields& fields) const;
  bool ReadSection(std::size_t& at, std::string_view& text, Fields& fields) const;

  std::vector<Part> parts_;
};

}  // namespace owlet::scan
