#pragma once

#include <string>

#include "base/result.h"
#include "core/engine/runtime.h"
#include "core/engine/statement_state.h"
#include "core/plan/types.h"

namespace owlet::engine {

/// The columns of one Parquet file as Spark reads them: the schema that Spark itself left in the
/// file's metadata, else from the Parquet types. kExecutionError when it is no Parquet file.
[[nodiscard]] Result<plan::Schema> ReadParquetSchema(Runtime& runtime, const std::string& uri,
                                                     duckdb::shared_ptr<StatementState> state);

}  // namespace owlet::engine
