#pragma once

#include <duckdb.hpp>

#include "core/plan/literal.h"

namespace owlet::engine {

/// A literal of a type that partition columns have, as DuckDB's value of that type.
[[nodiscard]] duckdb::Value ToDuckDbValue(const plan::Literal& literal);

}  // namespace owlet::engine
