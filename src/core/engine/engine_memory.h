#pragma once

#include <duckdb.hpp>
#include <memory>

#include "base/memory_budget.h"

namespace owlet::engine {

/// The allocator of a DuckDB whose memory comes from kEngine of the budget: DuckDB's own limit
/// counts its buffer pool only, not the strings and lists that functions make. What does not fit
/// fails the statement that asked for it, as DuckDB's OutOfMemoryException.
///
/// DuckDB has a second, default allocator, one a process: it counts with the last budget from now
/// on. Not thread-safe.
[[nodiscard]] duckdb::unique_ptr<duckdb::Allocator> CountEngineMemory(
    std::shared_ptr<MemoryBudget> budget);

}  // namespace owlet::engine
