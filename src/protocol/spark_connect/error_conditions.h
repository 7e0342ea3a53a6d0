#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace owlet::spark_connect {

/// One of Spark's error conditions: "UNRESOLVED_COLUMN.WITH_SUGGESTION", its message with
/// <parameters>, its SQLSTATE. Generated at build time from Spark's own published table.
struct ErrorCondition {
  std::string_view name;
  std::string_view message;
  std::string_view sql_state;
};

extern const ErrorCondition kErrorConditions[];  // sorted by name
extern const std::size_t kErrorConditionCount;

/// Null when Spark has no such condition.
const ErrorCondition* FindErrorCondition(std::string_view name);

/// "[NAME] message with the parameters filled in. SQLSTATE: 42703"
std::string FormatErrorCondition(
    const ErrorCondition& condition,
    const std::vector<std::pair<std::string, std::string>>& parameters);

}  // namespace owlet::spark_connect
