#pragma once

#include <duckdb.hpp>

#include "core/plan/literal.h"

namespace owlet::engine {

/// A value of DuckDB as the literal of the plan's type that it is a value of.
[[nodiscard]] plan::Literal ToLiteral(const duckdb::Value& value, const plan::Type& type);

}  // namespace owlet::engine
