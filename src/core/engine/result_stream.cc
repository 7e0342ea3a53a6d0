#include "core/engine/result_stream.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/engine/duckdb_types.h"
#include "core/engine/error_carrying.h"

namespace owlet::engine {

namespace {

// Batches end at the first of these; each DuckDB chunk has up to 2,048 rows.
constexpr std::int64_t kBatchRows = 16'384;
constexpr std::int64_t kBatchBytes = 4 << 20;
// How many rows are looked at before anything is known of their size.
constexpr std::int64_t kFirstRows = 64;

const char* const kCancelled = "the statement was cancelled";

/// Runs the tasks of a statement until its first rows are there. A stop request may come while
/// DuckDB still prepares, when an interrupt is lost: so it is looked at between tasks too.
Status Drive(duckdb::PendingQueryResult& pending, duckdb::ClientContext& context,
             const std::stop_token& stop) {
  for (;;) {
    if (stop.stop_requested()) {
      context.Interrupt();
      return Fail(Reason::kCancelled, kCancelled);
    }
    const auto state = pending.ExecuteTask();
    if (duckdb::PendingQueryResult::IsResultReady(state)) return {};
    if (state == duckdb::PendingExecutionResult::BLOCKED ||
        state == duckdb::PendingExecutionResult::NO_TASKS_AVAILABLE) {
      pending.WaitForTask();
    }
  }
}

}  // namespace

Result<std::unique_ptr<DuckDbResultStream>> DuckDbResultStream::Start(
    Runtime& runtime, QueryExecutor::Slot slot, const std::string& sql, plan::Schema schema,
    duckdb::shared_ptr<StatementState> state) {
  std::unique_ptr<DuckDbResultStream> stream(
      new DuckDbResultStream(std::move(slot), std::move(schema), std::move(state)));
  OWLET_CHECK_OK(StopExceptions([&] { return stream->Open(runtime, sql); }));
  return stream;
}

DuckDbResultStream::~DuckDbResultStream() {
  interrupt_.reset();
  chunk_.reset();
  result_.reset();
}

Error DuckDbResultStream::Failed(const duckdb::ErrorData& error) const {
  if (state_->context().stop.stop_requested()) return {Reason::kCancelled, kCancelled};
  return state_->Describe(error);
}

Status DuckDbResultStream::Open(Runtime& runtime, const std::string& sql) {
  connection_ = runtime.Connect();
  duckdb::ClientContext& context = *connection_->context;
  context.registered_state->Insert(StatementState::kKey, state_);
  const std::stop_token stop = state_->context().stop;
  interrupt_.emplace(stop, Interrupt{&context});
  auto pending = connection_->PendingQuery(sql, true);
  if (pending->HasError()) return Fail(Failed(pending->GetErrorObject()));
  OWLET_CHECK_OK(Drive(*pending, context, stop));
  if (pending->HasError()) return Fail(Failed(pending->GetErrorObject()));
  result_ = pending->Execute();
  if (result_->HasError()) return Fail(Failed(result_->GetErrorObject()));
  if (result_->types.size() < schema_.size()) {
    return Fail(Reason::kInternal, fmt::format("the engine gives {} columns, the plan has {}",
                                               result_->types.size(), schema_.size()));
  }
  for (std::size_t i = 0; i < schema_.size(); ++i) {
    if (!FitsPlanType(result_->types[i], schema_[i].type)) {
      return Fail(Reason::kInternal,
                  fmt::format("the engine's type of column {} ({}) is not the plan's: {} in `{}`",
                              i, schema_[i].name, result_->types[i].ToString(), sql));
    }
  }
  OWLET_TRY(ArrowSchemaPtr arrow, ToArrowSchema(schema_, state_->context().session.time_zone));
  builder_.emplace(schema_, std::move(arrow));
  return {};
}

Result<duckdb::unique_ptr<duckdb::DataChunk>> DuckDbResultStream::NextChunk() {
  return StopExceptions([&]() -> Result<duckdb::unique_ptr<duckdb::DataChunk>> {
    if (state_->context().stop.stop_requested()) return Fail(Reason::kCancelled, kCancelled);
    duckdb::unique_ptr<duckdb::DataChunk> chunk;
    duckdb::ErrorData error;
    if (!result_->TryFetch(chunk, error)) return Fail(Failed(error));
    if (result_->HasError()) return Fail(Failed(result_->GetErrorObject()));
    if (chunk && chunk->size() == 0) chunk.reset();
    return chunk;
  });
}

/// Moves rows of the chunk into the batch until one of them is at its end.
void DuckDbResultStream::FillBatch() {
  while (chunk_row_ < chunk_->size() && builder_->num_rows() < kBatchRows &&
         builder_->num_bytes() < kBatchBytes) {
    const auto left = static_cast<std::int64_t>(chunk_->size() - chunk_row_);
    const std::int64_t fitting =
        row_bytes_ == 0
            ? kFirstRows
            : std::max<std::int64_t>(1, (kBatchBytes - builder_->num_bytes()) / row_bytes_);
    const auto count = static_cast<duckdb::idx_t>(std::min(left, fitting));
    if (count == chunk_->size()) {
      builder_->Append(*chunk_);
    } else {
      duckdb::DataChunk piece;
      piece.InitializeEmpty(chunk_->GetTypes());
      piece.Reference(*chunk_);
      piece.Slice(duckdb::SelectionVector(chunk_row_, count), count);
      builder_->Append(piece);
    }
    chunk_row_ += count;
    row_bytes_ = std::max<std::int64_t>(1, builder_->num_bytes() / builder_->num_rows());
  }
  if (chunk_row_ == chunk_->size()) chunk_.reset();
}

Result<std::optional<Batch>> DuckDbResultStream::Next() {
  while (result_ || chunk_) {
    if (!chunk_) {
      OWLET_TRY(chunk_, NextChunk());
      chunk_row_ = 0;
      if (!chunk_) {
        result_.reset();
        break;
      }
    }
    const Status filled = StopExceptions([&]() -> Status {
      FillBatch();
      return {};
    });
    if (!filled) return Fail(state_->Worded(filled.error()));
    if (chunk_ || builder_->num_rows() >= kBatchRows || builder_->num_bytes() >= kBatchBytes) break;
  }
  if (builder_->num_rows() == 0) return std::optional<Batch>();
  return StopExceptions([&]() -> Result<std::optional<Batch>> { return builder_->Finish(); });
}

Result<std::uint64_t> RunStatement(Runtime& runtime, const std::string& sql,
                                   duckdb::shared_ptr<StatementState> state) {
  return StopExceptions([&]() -> Result<std::uint64_t> {
    auto connection = runtime.Connect();
    duckdb::ClientContext& context = *connection->context;
    context.registered_state->Insert(StatementState::kKey, state);
    const std::stop_token stop = state->context().stop;
    const std::stop_callback interrupt(stop, [&context] { context.Interrupt(); });
    auto pending = connection->PendingQuery(sql, false);
    if (!pending->HasError()) OWLET_CHECK_OK(Drive(*pending, context, stop));
    auto result = pending->HasError() ? nullptr : pending->Execute();
    if (result && !result->HasError()) {
      auto chunk = result->Fetch();
      return chunk && chunk->size() > 0 ? chunk->GetValue(0, 0).GetValue<std::uint64_t>() : 0;
    }
    if (stop.stop_requested()) return Fail(Reason::kCancelled, kCancelled);
    return Fail(state->Describe(result ? result->GetErrorObject() : pending->GetErrorObject()));
  });
}

}  // namespace owlet::engine
