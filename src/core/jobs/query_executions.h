#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/result.h"
#include "core/access/principal.h"
#include "core/jobs/query_execution.h"
#include "core/jobs/result_files.h"
#include "core/jobs/statement_runner.h"
#include "core/jobs/workgroups.h"
#include "core/kv/key_value_store.h"
#include "core/sql/statement.h"
#include "core/store/object_store.h"

namespace owlet::jobs {

/// Athena's query executions: admission, states, history. A query waits in a bounded queue for one
/// of `max_running` threads. The history is kept in the key-value store and survives a restart;
/// what was not finished then is FAILED. Thread-safe; what it is given must outlive it.
///
/// Errors: kEntityNotFound (no such execution or workgroup), kInvalidArgument, kSyntaxError
/// (Trino's grammar only: Hive's syntax errors fail the execution, as in Athena), kOverloaded (the
/// queue is full), kAccessDenied, kUnavailable (stopping).
class QueryExecutions {
 public:
  struct Options {
    std::size_t max_running = 4;
    std::size_t max_queued = 200;
  };

  [[nodiscard]] static Result<std::unique_ptr<QueryExecutions>> Open(
      Options options, kv::KeyValueStore& store, store::ObjectStore& objects,
      Workgroups& workgroups, StatementRunner& runner, const Clock& clock);
  ~QueryExecutions();
  QueryExecutions(const QueryExecutions&) = delete;
  QueryExecutions& operator=(const QueryExecutions&) = delete;

  /// Takes the query and gives its id at once. The same client token gives the same id again.
  [[nodiscard]] Result<std::string> Start(const access::Principal& principal, QueryRequest request);
  [[nodiscard]] Result<QueryExecution> Get(const access::Principal& principal,
                                           std::string_view id) const;
  struct IdPage {
    std::vector<std::string> ids;
    std::string next;
  };
  /// Newest first.
  [[nodiscard]] Result<IdPage> List(const access::Principal& principal, std::string_view workgroup,
                                    std::string_view token, std::size_t limit) const;
  /// Nothing happens to one that is final.
  [[nodiscard]] Status Cancel(const access::Principal& principal, std::string_view id);

  /// Rows of a successful execution from a byte offset on; see ReadResultRows.
  [[nodiscard]] Result<ResultPage> ReadRows(const access::Principal& principal,
                                            const QueryExecution& execution, std::uint64_t offset,
                                            std::size_t limit) const;

  /// Waits until the execution is final or `stop` is requested: for the command line and tests.
  [[nodiscard]] Result<QueryExecution> Wait(const access::Principal& principal, std::string_view id,
                                            std::stop_token stop);

  /// Cancels what runs and waits for it; called by the destructor.
  void Stop();

 private:
  struct Job {
    QueryExecution execution;
    std::shared_ptr<const access::Principal> principal;
    std::shared_ptr<const sql::Statement> statement;  // null: `syntax_error`
    std::optional<Error> syntax_error;
    bool location_enforced = false;
    std::optional<std::int64_t> bytes_scanned_cutoff;
    std::stop_source stop;
    bool cancelled = false;  // by a client
  };
  using JobPtr = std::shared_ptr<Job>;

  QueryExecutions(Options options, kv::KeyValueStore& store, store::ObjectStore& objects,
                  Workgroups& workgroups, StatementRunner& runner, const Clock& clock);

  [[nodiscard]] Status FailUnfinished();
  [[nodiscard]] Result<JobPtr> Prepare(const access::Principal& principal, QueryRequest request);
  [[nodiscard]] Result<std::optional<std::string>> FindByToken(const access::Principal& principal,
                                                               const QueryRequest& request) const;
  [[nodiscard]] Result<bool> ReuseResult(const access::Principal& principal,
                                         QueryExecution& execution) const;
  [[nodiscard]] Status Save(const access::Principal& principal, const QueryExecution& execution,
                            bool is_new);
  void Work(const std::stop_token& stop);
  /// What the execution became; others still see it run until Finish has saved that.
  [[nodiscard]] QueryExecution RunJob(const Job& job);
  void Finish(const JobPtr& job, QueryExecution finished);
  [[nodiscard]] Result<QueryExecution> Read(std::string_view id) const;

  const Options options_;
  kv::KeyValueStore& store_;
  store::ObjectStore& objects_;
  Workgroups& workgroups_;
  StatementRunner& runner_;
  const Clock& clock_;

  mutable Mutex mutex_;
  std::condition_variable changed_;
  std::deque<JobPtr> queue_ GUARDED_BY(mutex_);
  std::map<std::string, JobPtr, std::less<>> active_ GUARDED_BY(mutex_);
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::vector<std::jthread> threads_;  // last: they use the rest
};

}  // namespace owlet::jobs
