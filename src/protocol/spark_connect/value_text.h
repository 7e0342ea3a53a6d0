#pragma once

#include <string>

#include "base/time_zone.h"
#include "core/plan/literal.h"

namespace owlet::spark_connect {

/// A value as Dataset.show prints it (Spark's ToPrettyString): NULL for null at any depth, binary
/// as
/// "[61 62]", arrays "[a, b]", maps "{k -> v}", structs "{a, b}", timestamps in the session's zone.
[[nodiscard]] std::string ValueText(const plan::Literal& value, const TimeZone& zone);

/// "INTERVAL '1 02:03:04.5' DAY TO SECOND" of a day-time interval type.
[[nodiscard]] std::string DayTimeIntervalText(std::int64_t micros, const plan::Type& type);
/// "INTERVAL '1-2' YEAR TO MONTH".
[[nodiscard]] std::string YearMonthIntervalText(std::int32_t months, const plan::Type& type);

}  // namespace owlet::spark_connect
