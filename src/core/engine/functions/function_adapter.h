#pragma once

#include <duckdb.hpp>

#include "core/engine/functions/cells.h"

namespace owlet::engine {

/// The DuckDB function that calls `function` for each row.
[[nodiscard]] duckdb::ScalarFunction AdaptFunction(const std::string& name,
                                                   const CellFunction& function);

// Families that work on whole vectors; each adds its functions to both schemas by this call.
using AddScalar = std::function<void(const std::string& schema, duckdb::ScalarFunction function)>;
using AddAggregate =
    std::function<void(const std::string& schema, duckdb::AggregateFunction function)>;
void AddIntegerArithmetic(const AddScalar& add);
void AddNestedFunctions(const AddScalar& add);
void AddMapFunctions(const AddScalar& add);
void AddRecordFunctions(const AddScalar& add);
void AddPythonFunctions(const AddScalar& add);
void AddAggregates(const AddAggregate& add);
void AddMomentAggregates(const AddAggregate& add);
void AddSketchAggregates(const AddAggregate& add);

}  // namespace owlet::engine
