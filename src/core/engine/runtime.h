#pragma once

#include <duckdb.hpp>
#include <memory>

#include "base/memory_budget.h"
#include "base/result.h"
#include "core/engine/engine.h"
#include "core/scan/column_cache.h"

namespace owlet::engine {

/// The one DuckDB of the process: an in-memory database without state of ours, with the dialects'
/// functions and our scans in it and nothing reachable from outside but `s3://`. Thread-safe.
class Runtime {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Runtime>> Open(const EngineOptions& options);

  /// A connection for one statement. Throws what DuckDB throws.
  [[nodiscard]] std::unique_ptr<duckdb::Connection> Connect() {
    return std::make_unique<duckdb::Connection>(*database_);
  }
  [[nodiscard]] MemoryBudget& memory() { return *memory_; }
  /// Columns of text files that were read before; null: none are kept.
  [[nodiscard]] const std::shared_ptr<scan::ColumnCache>& columns() const { return columns_; }

 private:
  Runtime(std::unique_ptr<duckdb::DuckDB> database, std::shared_ptr<MemoryBudget> memory,
          std::shared_ptr<scan::ColumnCache> columns)
      : memory_(std::move(memory)), columns_(std::move(columns)), database_(std::move(database)) {}
  std::shared_ptr<MemoryBudget> memory_;
  std::shared_ptr<scan::ColumnCache> columns_;
  std::unique_ptr<duckdb::DuckDB> database_;
};

/// The exception that is being handled, as an Error; only inside a catch block.
[[nodiscard]] Error CurrentExceptionError();

/// Runs `body`, which may throw what DuckDB throws, and turns that into an Error: the one place
/// where exceptions end.
template <class Body>
auto StopExceptions(Body body) -> decltype(body()) {
  try {
    return body();
  } catch (...) {
    return std::unexpected(CurrentExceptionError());
  }
}

}  // namespace owlet::engine
