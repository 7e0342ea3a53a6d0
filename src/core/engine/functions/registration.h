#pragma once

#include "base/result.h"

namespace duckdb {
class DatabaseInstance;
}

namespace owlet::engine {

/// Makes the schemas `spark` and `trino` in the in-memory database and fills them with the
/// functions, aggregates and macros that the dialects' tables (core/plan/functions.h) lower to.
/// To be called once a DuckDB instance, before any other connection uses it.
[[nodiscard]] Status RegisterDialectFunctions(duckdb::DatabaseInstance& database);

}  // namespace owlet::engine
