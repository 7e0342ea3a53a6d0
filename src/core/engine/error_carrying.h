#pragma once

#include "base/error.h"

namespace duckdb {
class ErrorData;
}

// An error of the dialect on its way through DuckDB: thrown as one DuckDB exception whose message
// carries the whole owlet::Error, read again where the engine's edge catches it.

namespace owlet::engine {

/// Throws the error as a DuckDB exception; only for code that DuckDB calls. `origin` is the number
/// of the expression's origin in its statement, -1 for none.
[[noreturn]] void RaiseDialectError(Error error, int origin = -1);

struct CarriedError {
  Error error;
  int origin = -1;
};

/// What DuckDB's error means: the carried one, or DuckDB's own by its kind (an interrupt is
/// kCancelled, memory kOutOfMemory, ... anything unforeseen kInternal).
[[nodiscard]] CarriedError DecodeEngineError(const duckdb::ErrorData& error);

}  // namespace owlet::engine
