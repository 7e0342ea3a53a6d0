#include "core/engine/statement_state.h"

#include <algorithm>

#include "core/engine/error_carrying.h"

namespace owlet::engine {

StatementState& StatementState::Of(duckdb::ClientContext& context) {
  auto state = context.registered_state->Get<StatementState>(kKey);
  if (!state) throw duckdb::PermissionException("no statement of owlet runs here");
  return *state;
}

QueryProgress StatementState::Progress() const {
  QueryProgress progress;
  progress.bytes_scanned = bytes_scanned_;
  progress.rows_scanned = rows_scanned_;
  progress.bytes_to_scan = bytes_to_scan_;
  if (progress.bytes_to_scan > 0) {
    progress.fraction = std::min(1.0, static_cast<double>(progress.bytes_scanned) /
                                          static_cast<double>(progress.bytes_to_scan));
  }
  return progress;
}

namespace {

/// What DuckDB itself raises for a mistake in a statement, in the dialect's words.
void WordInDialect(Error& error, plan::Dialect dialect) {
  if (!error.condition.empty()) return;
  const bool spark = dialect == plan::Dialect::kSpark;
  if (error.message.starts_with("More than one row returned by a subquery")) {
    error.reason = Reason::kExecutionError;
    error.condition = spark ? "SCALAR_SUBQUERY_TOO_MANY_ROWS" : "SUBQUERY_MULTIPLE_ROWS";
    error.message = spark ? "More than one row returned by a subquery used as an expression."
                          : "Scalar sub-query has returned multiple rows";
  }
}

}  // namespace

Error StatementState::Describe(const duckdb::ErrorData& error) const {
  CarriedError carried = DecodeEngineError(error);
  const auto origin = static_cast<std::size_t>(carried.origin);
  if (carried.origin >= 0 && origin < origins_.size() && origins_[origin] && !carried.error.span) {
    carried.error.span = origins_[origin]->span;
  }
  WordInDialect(carried.error, context_.session.dialect);
  return std::move(carried.error);
}

void StatementState::KeepBody(const std::string& path, store::StagedBody body) {
  MutexLock lock(mutex_);
  bodies_.insert_or_assign(path, std::move(body));
}

std::map<std::string, store::StagedBody> StatementState::TakeBodies() {
  MutexLock lock(mutex_);
  return std::exchange(bodies_, {});
}

}  // namespace owlet::engine
