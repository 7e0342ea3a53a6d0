#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time_zone.h"
#include "core/plan/literal.h"

// Values in text, by the rules that Spark has for data sources (its CAST's, where no format is
// given). All functions are pure and take the text as it stands, blanks at both ends included.

namespace owlet::scan {

/// "[+-]y+[-m[m][-d[d][T...]]]": Spark's stringToDate.
[[nodiscard]] std::optional<std::int32_t> ParseSparkDate(std::string_view text);

/// A date, a blank or T, a time, a zone, most of it optional: Spark's stringToTimestamp. `zone`
/// counts where the text names none.
[[nodiscard]] std::optional<std::int64_t> ParseSparkTimestamp(std::string_view text,
                                                              const TimeZone& zone);

/// The same without a zone: Spark's timestamp_ntz. A zone in the text is refused.
[[nodiscard]] std::optional<std::int64_t> ParseSparkTimestampNtz(std::string_view text);

/// The unscaled value of a decimal(precision, scale), rounded half up as Spark's Decimal does;
/// nothing when it is none or does not fit.
[[nodiscard]] std::optional<plan::Int128> ParseDecimal(std::string_view text, int precision,
                                                       int scale);

/// Java's Double.parseDouble without hexadecimal forms and suffixes.
[[nodiscard]] std::optional<double> ParseDouble(std::string_view text);

/// Without the blanks and control characters at both ends that Java's trim removes.
[[nodiscard]] std::string_view Trim(std::string_view text);

}  // namespace owlet::scan
