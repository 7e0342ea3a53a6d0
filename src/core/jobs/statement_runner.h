#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "core/access/principal.h"
#include "core/catalog/catalog.h"
#include "core/engine/engine.h"
#include "core/jobs/query_execution.h"
#include "core/jobs/workgroups.h"
#include "core/sql/statement.h"
#include "core/store/object_store.h"

namespace owlet::jobs {

/// Under what one statement runs.
struct StatementContext {
  const QueryExecution& execution;
  std::shared_ptr<const access::Principal> principal;
  /// The workgroup's output location was enforced: CTAS may name no location of its own.
  bool location_enforced = false;
  std::optional<std::int64_t> bytes_scanned_cutoff = std::nullopt;
  std::stop_token stop;
};

/// What a statement left behind: its result objects are written by then.
struct StatementOutcome {
  ResultForm form = ResultForm::kText;
  std::string output_location = {};
  std::vector<ResultColumn> columns = {};
  std::optional<std::int64_t> update_count = std::nullopt;
  std::string manifest_location = {};
  std::int64_t planning_ms = 0;
  std::int64_t scanned_bytes = 0;
  std::int64_t scanned_rows = 0;
  std::int64_t output_bytes = 0;
  std::int64_t output_rows = 0;
};

/// Runs parsed Athena statements: DDL on the catalog, queries and writes on the engine. Results go
/// to the store in Athena's forms. Thread-safe; what it is given must outlive it. Errors carry the
/// text of StateChangeReason in pieces: `condition` and span of Trino's, whole sentences of Hive's.
class StatementRunner {
 public:
  StatementRunner(store::ObjectStore& objects, catalog::Catalog& catalog, engine::Engine& engine,
                  Workgroups& workgroups, const Clock& clock)
      : objects_(objects),
        catalog_(catalog),
        engine_(engine),
        workgroups_(workgroups),
        clock_(clock) {}

  [[nodiscard]] Result<StatementOutcome> Run(const sql::Statement& statement,
                                             const StatementContext& context);

 private:
  friend class StatementRun;

  store::ObjectStore& objects_;
  catalog::Catalog& catalog_;
  engine::Engine& engine_;
  Workgroups& workgroups_;
  const Clock& clock_;
};

/// `execution`'s failure of `error`: message, category, type.
[[nodiscard]] QueryFailure ToFailure(const Error& error);

}  // namespace owlet::jobs
