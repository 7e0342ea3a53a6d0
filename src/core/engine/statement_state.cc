#include "core/engine/statement_state.h"

#include <fmt/format.h>

#include <regex>

#include "base/memory_budget.h"
#include "core/engine/error_carrying.h"

namespace owlet::engine {

StatementState& StatementState::Of(duckdb::ClientContext& context) {
  auto state = context.registered_state->Get<StatementState>(kKey);
  if (!state) throw duckdb::PermissionException("no statement of owlet runs here");
  return *state;
}

namespace {

/// The size in DuckDB's "failed to allocate data of size 16.0 MiB (…)" and its like, or 0.
std::uint64_t BytesNamedIn(const std::string& message) {
  static const std::regex kSize("(?:of size|of) ([0-9.]+) ?(bytes|KiB|MiB|GiB)");
  std::smatch found;
  if (!std::regex_search(message, found, kSize)) return 0;
  const std::string unit = found[2];
  const double scale = unit == "KiB" ? 0x1p10 : unit == "MiB" ? 0x1p20 : unit == "GiB" ? 0x1p30 : 1;
  return static_cast<std::uint64_t>(std::stod(found[1]) * scale);
}

/// What DuckDB itself raises for a mistake in a statement, in the dialect's words.
void WordInDialect(Error& error, plan::Dialect dialect, std::uint64_t memory_limit) {
  if (!error.condition.empty()) return;
  const bool spark = dialect == plan::Dialect::kSpark;
  if (error.reason == Reason::kOutOfMemory && spark) {
    error.condition = "UNABLE_TO_ACQUIRE_MEMORY";
    const std::uint64_t wanted = BytesNamedIn(error.message);
    error.parameters = {{"requestedBytes", std::to_string(wanted)}, {"receivedBytes", "0"}};
    error.message = fmt::format("Unable to acquire {} bytes of memory, got 0.", wanted);
  } else if (error.reason == Reason::kOutOfMemory) {
    error.condition = "EXCEEDED_LOCAL_MEMORY_LIMIT";
    error.message =
        fmt::format("Query exceeded per-node memory limit of {}", FormatDataSize(memory_limit));
  }
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
  return Worded(std::move(carried.error));
}

Error StatementState::Worded(Error error) const {
  WordInDialect(error, context_.session.dialect, memory_limit_);
  return error;
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
