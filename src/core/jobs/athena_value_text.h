#pragma once

#include <cstdint>
#include <string>

#include "core/jobs/query_execution.h"
#include "core/plan/types.h"

struct ArrowArray;

namespace owlet::jobs {

/// Appends the value of one row as Athena's results show it: "true", "1.0E10", "[a, b]",
/// "{k=v, k2=v2}", "61 62" for binary, "2024-01-01 00:00:00.000". False, and nothing appended, for
/// NULL (inside arrays, maps and rows NULL is the word null). `column` is in Arrow's C data
/// interface with the physical types that the engine gives for `type` (engine/arrow_types.h).
[[nodiscard]] bool AppendAthenaText(const ArrowArray& column, const plan::Type& type,
                                    std::int64_t row, std::string& out);

/// How GetQueryResults describes a column of that type.
[[nodiscard]] ResultColumn DescribeColumn(std::string name, const plan::Type& type);

/// A double as Java writes it: "1.0", "1.0E10", "NaN", "-Infinity".
[[nodiscard]] std::string JavaDouble(double value);
[[nodiscard]] std::string JavaFloat(float value);

}  // namespace owlet::jobs
