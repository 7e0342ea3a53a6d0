#pragma once

#include <optional>

#include "base/result.h"
#include "core/plan/relation.h"

namespace owlet::plan {

/// Spark's window(time, width[, slide[, start]]) and session_window(time, gap) are no functions of
/// a row: the relation below gets a column of that name, one row a window that the time falls into,
/// and the call becomes that column (Spark's TimeWindowing and SessionWindowing). Nothing for a
/// node without such a call. Errors: an interval that is no constant of fixed length.
[[nodiscard]] Result<std::optional<Aggregate>> PlaceTimeWindow(const Aggregate& node);
[[nodiscard]] Result<std::optional<Select>> PlaceTimeWindow(const Select& node);
[[nodiscard]] Result<std::optional<Project>> PlaceTimeWindow(const Project& node);

}  // namespace owlet::plan
