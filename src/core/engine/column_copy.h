#pragma once

#include <duckdb.hpp>
#include <memory>

#include "core/scan/column_batch.h"

namespace owlet::engine {

/// Copies the rows [from, from + count) of `in` to `out` at `at`. Strings stay where they are:
/// `out` keeps their arena.
void CopyColumn(const scan::ColumnData& in, std::size_t from, duckdb::idx_t count,
                duckdb::Vector& out, duckdb::idx_t at,
                const std::shared_ptr<scan::StringArena>& arena);

}  // namespace owlet::engine
