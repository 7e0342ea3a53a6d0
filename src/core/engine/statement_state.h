#pragma once

#include <duckdb.hpp>
#include <duckdb/main/client_context_state.hpp>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "core/engine/engine.h"
#include "core/engine/file_listing.h"
#include "core/engine/python_call.h"
#include "core/plan/resolved.h"
#include "core/scan/column_cache.h"
#include "core/store/object_store.h"

namespace owlet::python {
class FunctionWorkers;
}

namespace owlet::engine {

/// One ScanNode of a running statement: what its table function reads.
struct ScanLeaf {
  std::shared_ptr<const plan::TableSource> source;
  std::vector<std::size_t> fields;  // read, as positions in file_schema ++ partition_schema
  std::vector<ListedFile> files;    // in order
};

/// One LocalNode of a running statement.
struct LocalLeaf {
  std::shared_ptr<const std::string> arrow_ipc;
  plan::Schema schema;
};

/// What belongs to one running statement, found from the DuckDB context that runs it: for whom it
/// reads, what its leaves are, what it has read so far, what it has written and not yet published.
/// Leaves are added before the statement starts and do not change afterwards; the rest is
/// thread-safe.
class StatementState final : public duckdb::ClientContextState {
 public:
  static constexpr const char* kKey = "owlet_statement";

  /// `memory_limit` is what the message of a statement that needs more names; `columns` what scans
  /// of text use and fill, if anything.
  StatementState(ExecutionContext context, store::ObjectStore& objects,
                 std::uint64_t memory_limit = 0,
                 std::shared_ptr<scan::ColumnCache> columns = nullptr)
      : context_(std::move(context)),
        objects_(objects),
        memory_limit_(memory_limit),
        columns_(std::move(columns)),
        meter_(context_.meter != nullptr ? context_.meter : std::make_shared<ProgressMeter>()) {}

  /// The statement that `context` runs. Throws when there is none: files of the store are read by
  /// statements only.
  static StatementState& Of(duckdb::ClientContext& context);

  [[nodiscard]] const ExecutionContext& context() const { return context_; }
  [[nodiscard]] store::ObjectStore& objects() { return objects_; }
  [[nodiscard]] const access::Principal& principal() const { return *context_.principal; }

  [[nodiscard]] const std::shared_ptr<scan::ColumnCache>& columns() const { return columns_; }

  std::vector<std::unique_ptr<ScanLeaf>>& scans() { return scans_; }
  std::vector<std::unique_ptr<LocalLeaf>>& locals() { return locals_; }

  std::vector<PythonCall>& pythons() { return pythons_; }
  /// Who computes them; null: nobody.
  std::shared_ptr<python::FunctionWorkers>& python_workers() { return python_workers_; }

  void CountBytes(std::uint64_t bytes) { meter_->CountBytes(bytes); }
  void CountRows(std::uint64_t rows) { meter_->CountRows(rows); }
  void ExpectBytes(std::uint64_t bytes) { meter_->ExpectBytes(bytes); }
  [[nodiscard]] QueryProgress Progress() const { return meter_->Read(); }

  /// Where the expressions stand that may raise errors, by the numbers that errors carry.
  std::vector<std::shared_ptr<const plan::Origin>>& origins() { return origins_; }
  /// DuckDB's error as an Error, with the place in the statement's text that it names.
  [[nodiscard]] Error Describe(const duckdb::ErrorData& error) const;
  /// The engine's own error in the dialect's words, where it has such.
  [[nodiscard]] Error Worded(Error error) const;

  /// Bodies that COPY wrote, by the path it named.
  void KeepBody(const std::string& path, store::StagedBody body);
  [[nodiscard]] std::map<std::string, store::StagedBody> TakeBodies();

 private:
  const ExecutionContext context_;
  store::ObjectStore& objects_;
  const std::uint64_t memory_limit_;
  const std::shared_ptr<scan::ColumnCache> columns_;
  const std::shared_ptr<ProgressMeter> meter_;
  std::vector<std::unique_ptr<ScanLeaf>> scans_;
  std::vector<std::unique_ptr<LocalLeaf>> locals_;
  std::vector<PythonCall> pythons_;
  std::shared_ptr<python::FunctionWorkers> python_workers_;
  std::vector<std::shared_ptr<const plan::Origin>> origins_;

  Mutex mutex_;
  std::map<std::string, store::StagedBody> bodies_ GUARDED_BY(mutex_);
};

}  // namespace owlet::engine
