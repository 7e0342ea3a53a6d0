#pragma once

#include <nanoarrow/nanoarrow.h>

#include <duckdb.hpp>

#include "core/plan/types.h"

namespace owlet::engine {

/// `count` values of an Arrow array from `offset` on. `schema` says the units that a view does not
/// know.
struct ArrowSlice {
  const ArrowArrayView* in;
  const ArrowSchema* schema;
  std::int64_t offset;
  duckdb::idx_t count;
};

/// Copies the values into `out`, a flat vector of the type's DuckDB type, from `at` on. The Arrow
/// type must be one that FromArrowSchema reads as `type`.
void CopyArrow(const ArrowSlice& slice, const plan::Type& type, duckdb::Vector& out,
               duckdb::idx_t at);

}  // namespace owlet::engine
