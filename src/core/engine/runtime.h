#pragma once

#include <duckdb.hpp>
#include <memory>

#include "base/memory_budget.h"
#include "base/result.h"
#include "core/engine/engine.h"

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

 private:
  Runtime(std::unique_ptr<duckdb::DuckDB> database, std::shared_ptr<MemoryBudget> memory)
      : memory_(std::move(memory)), database_(std::move(database)) {}
  std::shared_ptr<MemoryBudget> memory_;
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
