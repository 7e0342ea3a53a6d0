#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace owlet {

/// A time zone by its IANA name ("Europe/Zurich") or as an offset ("+02:00", "UTC+2", "GMT-03:30",
/// "Z"), from the system's zone files. Immutable; thread-safe; cheap to copy. Instants and local
/// times are microseconds since 1970-01-01 00:00:00, UTC or local.
class TimeZone {
 public:
  /// UTC.
  TimeZone() = default;

  /// kInvalidArgument for a name that is neither.
  [[nodiscard]] static Result<TimeZone> Find(std::string_view name);

  /// As it was asked for.
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] bool IsUtc() const { return rules_ == nullptr && fixed_offset_.count() == 0; }

  /// Local minus UTC at that instant.
  [[nodiscard]] std::chrono::seconds OffsetAt(std::int64_t utc_micros) const;
  [[nodiscard]] std::int64_t ToLocal(std::int64_t utc_micros) const;
  /// As java.time does: in a gap the time moves on by the gap's length, of two the earlier counts.
  [[nodiscard]] std::int64_t ToUtc(std::int64_t local_micros) const;
  /// "CET", "+02:00": what a pattern's `z` prints.
  [[nodiscard]] std::string Abbreviation(std::int64_t utc_micros) const;

 private:
  std::string name_ = "UTC";
  const void* rules_ = nullptr;  // a date::time_zone, which lives as long as the program
  std::chrono::seconds fixed_offset_{0};
};

}  // namespace owlet
