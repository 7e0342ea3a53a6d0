#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time_zone.h"

namespace owlet::datetime {

/// A zone found at the start of a text, and how much of it names the zone.
struct FoundZone {
  TimeZone zone;
  std::size_t length = 0;
};

/// What pattern letter V reads: a region of the IANA database in any case, an offset as "+01:00",
/// or UTC, GMT or UT with or without one. The longest that fits.
[[nodiscard]] std::optional<FoundZone> ReadZoneId(std::string_view text);

/// What pattern letter z reads: names as PST (the short form) or Pacific Standard Time (the long
/// one), else a zone id. Which of the zones of one name is meant is Java's choice for English.
[[nodiscard]] std::optional<FoundZone> ReadZoneName(std::string_view text, bool long_form);

/// "PST", "Pacific Standard Time"; where English has no name, the offset: "GMT+03:00".
[[nodiscard]] std::string ZoneName(const TimeZone& zone, std::int64_t utc_micros, bool long_form);

}  // namespace owlet::datetime
