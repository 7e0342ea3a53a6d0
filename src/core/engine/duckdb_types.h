#pragma once

#include <duckdb.hpp>

#include "core/plan/types.h"

namespace owlet::engine {

/// DuckDbTypeText as DuckDB's own type. Folders outside the engine never see it.
[[nodiscard]] duckdb::LogicalType ToLogicalType(const plan::Type& type);

/// Whether a value that DuckDB made can stand for a value of the plan's type as it is. A type that
/// DuckDB gives to NULL and [] fits everything.
[[nodiscard]] bool FitsPlanType(const duckdb::LogicalType& bound, const plan::Type& type);

}  // namespace owlet::engine
