#pragma once

#include <duckdb.hpp>
#include <memory>
#include <string>

#include "core/engine/arrow_types.h"
#include "core/engine/engine.h"
#include "core/plan/types.h"

namespace owlet::engine {

/// Collects DuckDB chunks into one Arrow array of the plan's types. Not thread-safe. Errors throw
/// as DuckDB's do.
class ArrowBuilder {
 public:
  /// `types` are those of the chunks.
  ArrowBuilder(const plan::Schema& schema, ArrowSchemaPtr arrow_schema);

  void Append(duckdb::DataChunk& chunk);
  [[nodiscard]] std::int64_t num_rows() const { return num_rows_; }
  /// How much memory the rows take, nearly.
  [[nodiscard]] std::int64_t num_bytes() const;
  /// What was appended since the last call.
  [[nodiscard]] Batch Finish();

 private:
  void Start();

  const plan::Schema& schema_;
  ArrowSchemaPtr arrow_schema_;
  std::shared_ptr<ArrowArray> array_;
  std::int64_t num_rows_ = 0;
};

}  // namespace owlet::engine
