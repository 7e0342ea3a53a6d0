#pragma once

#include <duckdb.hpp>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "core/engine/arrow_builder.h"
#include "core/engine/query_executor.h"
#include "core/engine/runtime.h"
#include "core/engine/statement_state.h"

namespace owlet::engine {

/// One statement of DuckDB that gives rows, from its text to its Arrow batches.
class DuckDbResultStream final : public ResultStream {
 public:
  /// Starts `sql`, whose columns are those of `schema`. `state` has its leaves.
  [[nodiscard]] static Result<std::unique_ptr<DuckDbResultStream>> Start(
      Runtime& runtime, QueryExecutor::Slot slot, const std::string& sql, plan::Schema schema,
      duckdb::shared_ptr<StatementState> state);
  ~DuckDbResultStream() override;

  [[nodiscard]] const plan::Schema& schema() const override { return schema_; }
  [[nodiscard]] Result<std::optional<Batch>> Next() override;
  [[nodiscard]] QueryProgress progress() const override { return state_->Progress(); }

  /// DuckDB's next rows as they are, or nothing at the end; for writers inside the engine.
  [[nodiscard]] Result<duckdb::unique_ptr<duckdb::DataChunk>> NextChunk();

 private:
  DuckDbResultStream(QueryExecutor::Slot slot, plan::Schema schema,
                     duckdb::shared_ptr<StatementState> state)
      : slot_(std::move(slot)), schema_(std::move(schema)), state_(std::move(state)) {}

  [[nodiscard]] Status Open(Runtime& runtime, const std::string& sql);
  void FillBatch();
  [[nodiscard]] Error Failed(const duckdb::ErrorData& error) const;

  QueryExecutor::Slot slot_;
  const plan::Schema schema_;
  duckdb::shared_ptr<StatementState> state_;
  std::unique_ptr<duckdb::Connection> connection_;
  duckdb::unique_ptr<duckdb::QueryResult> result_;
  std::optional<ArrowBuilder> builder_;
  // Rows that no batch has yet: `chunk_` from row `chunk_row_` on.
  duckdb::unique_ptr<duckdb::DataChunk> chunk_;
  duckdb::idx_t chunk_row_ = 0;
  std::int64_t row_bytes_ = 0;  // of the rows so far, in Arrow's form, on average
  // Last, so that it ends first: it refers to the connection.
  struct Interrupt {
    duckdb::ClientContext* context;
    void operator()() const { context->Interrupt(); }
  };
  std::optional<std::stop_callback<Interrupt>> interrupt_;
};

/// Runs a COPY to its end and gives the number of rows it wrote.
[[nodiscard]] Result<std::uint64_t> RunStatement(Runtime& runtime, const std::string& sql,
                                                 duckdb::shared_ptr<StatementState> state);

}  // namespace owlet::engine
