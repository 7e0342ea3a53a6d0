#pragma once

#include <duckdb.hpp>

#include "core/scan/column_filter.h"

namespace owlet::engine {

/// What a filter that DuckDB pushed says to a scan that may use it as a hint: comparisons with
/// constants, IS NULL, booleans, IN, AND and OR; whatever else lets all values pass.
[[nodiscard]] scan::ColumnFilter ToColumnFilter(const duckdb::TableFilter& filter);

/// Whether a condition on one column that is no comparison (IS NULL, a boolean by itself, NOT of
/// one) is such a hint: DuckDB is to push it then.
[[nodiscard]] bool IsColumnFilter(const duckdb::Expression& condition);

}  // namespace owlet::engine
