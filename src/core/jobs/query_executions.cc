#include "core/jobs/query_executions.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "base/encoding.h"
#include "base/log.h"
#include "base/uuid.h"
#include "core/jobs/query_records.h"
#include "core/sql/classify.h"
#include "core/sql/parser.h"

namespace owlet::jobs {
namespace {

constexpr auto kColumn = kv::Column::kQueries;
constexpr std::size_t kMaximumQueryBytes = 262144;

std::int64_t MillisBetween(Timestamp from, Timestamp to) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(to - from).count();
}

/// Hive's grammar is checked where the query runs, Trino's when it is submitted.
bool FailsLater(const Error& error) {
  return error.reason != Reason::kSyntaxError || error.condition == "ParseException";
}

/// Both parts of a client's token call must agree.
bool SameRequest(const QueryRequest& a, const QueryRequest& b) {
  return a.text == b.text && a.database == b.database && a.workgroup == b.workgroup &&
         a.parameters == b.parameters;
}

std::string AccountOf(const access::Principal& principal) {
  return principal.account_id.empty() ? std::string(access::kDefaultAccount) : principal.account_id;
}

}  // namespace

QueryExecutions::QueryExecutions(Options options, kv::KeyValueStore& store,
                                 store::ObjectStore& objects, Workgroups& workgroups,
                                 StatementRunner& runner, const Clock& clock)
    : options_(options),
      store_(store),
      objects_(objects),
      workgroups_(workgroups),
      runner_(runner),
      clock_(clock) {}

Result<std::unique_ptr<QueryExecutions>> QueryExecutions::Open(
    Options options, kv::KeyValueStore& store, store::ObjectStore& objects, Workgroups& workgroups,
    StatementRunner& runner, const Clock& clock) {
  std::unique_ptr<QueryExecutions> executions(
      new QueryExecutions(options, store, objects, workgroups, runner, clock));
  OWLET_CHECK_OK(executions->FailUnfinished());
  for (std::size_t i = 0; i < options.max_running; ++i) {
    executions->threads_.emplace_back(
        [self = executions.get()](const std::stop_token& stop) { self->Work(stop); });
  }
  return executions;
}

QueryExecutions::~QueryExecutions() { Stop(); }

void QueryExecutions::Stop() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
    queue_.clear();  // their records stay unfinished: the next start fails them
    for (auto& [id, job] : active_) job->stop.request_stop();
  }
  for (auto& thread : threads_) thread.request_stop();
  changed_.notify_all();
  threads_.clear();
}

Status QueryExecutions::FailUnfinished() {
  std::vector<std::string> ids;
  const std::string prefix = query_keys::Active({});
  auto it = store_.Scan(kColumn, prefix, kv::PrefixEnd(prefix));
  for (; it.Valid(); it.Next()) ids.emplace_back(it.key().substr(prefix.size()));
  OWLET_CHECK_OK(it.status());
  for (const std::string& id : ids) {
    OWLET_TRY(QueryExecution execution, Read(id));
    execution.state = QueryState::kFailed;
    execution.completed = clock_.Now();
    execution.failure =
        QueryFailure{.message = "Internal error: the server stopped while the query ran",
                     .category = 1,
                     .type = 100,
                     .retryable = true};
    OWLET_CHECK_OK(Save({}, execution, false));
  }
  return {};
}

Result<QueryExecution> QueryExecutions::Read(std::string_view id) const {
  OWLET_TRY(const auto bytes, store_.Get(kColumn, query_keys::Execution(id)));
  if (!bytes) {
    return Fail(Reason::kEntityNotFound, fmt::format("QueryExecution {} was not found", id));
  }
  return DecodeExecution(*bytes);
}

Status QueryExecutions::Save(const access::Principal& principal, const QueryExecution& execution,
                             bool is_new) {
  return store_.Update([&](kv::Transaction& transaction) -> Status {
    transaction.Put(kColumn, query_keys::Execution(execution.id), EncodeExecution(execution));
    if (is_new) {
      transaction.Put(
          kColumn, query_keys::List(execution.request.workgroup, execution.submitted, execution.id),
          "");
      if (!execution.request.client_token.empty()) {
        transaction.Put(kColumn,
                        query_keys::Token(AccountOf(principal), execution.request.client_token),
                        execution.id);
      }
    }
    if (!IsFinal(execution.state)) {
      transaction.Put(kColumn, query_keys::Active(execution.id), "");
      return {};
    }
    transaction.Delete(kColumn, query_keys::Active(execution.id));
    if (execution.state == QueryState::kSucceeded && !execution.statistics.reused &&
        execution.form == ResultForm::kRows) {
      transaction.Put(kColumn, query_keys::Reuse(execution.request), execution.id);
    }
    return {};
  });
}

Result<std::optional<std::string>> QueryExecutions::FindByToken(const access::Principal& principal,
                                                                const QueryRequest& request) const {
  if (request.client_token.empty()) return std::nullopt;
  OWLET_TRY(const auto id,
            store_.Get(kColumn, query_keys::Token(AccountOf(principal), request.client_token)));
  if (!id) return std::nullopt;
  OWLET_TRY(const QueryExecution earlier, Read(*id));
  if (!SameRequest(earlier.request, request)) {
    return Fail(Reason::kInvalidArgument,
                "Idempotent parameters do not match: the client request token was used with "
                "another request");
  }
  return id;
}

Result<QueryExecutions::JobPtr> QueryExecutions::Prepare(const access::Principal& principal,
                                                         QueryRequest request) {
  OWLET_CHECK_OK(workgroups_.Decide(principal, "athena:StartQueryExecution", request.workgroup));
  OWLET_TRY(const Workgroup workgroup,
            workgroups_.Get(access::Principal::Root(), request.workgroup));
  if (!workgroup.enabled) {
    return Fail(Reason::kInvalidArgument,
                fmt::format("WorkGroup {} is disabled.", request.workgroup));
  }
  if (request.text.size() > kMaximumQueryBytes) {
    return Fail(Reason::kRequestTooLarge, "The query is longer than 262144 bytes");
  }
  auto job = std::make_shared<Job>();
  if (workgroup.enforce_configuration && !workgroup.results.output_location.empty()) {
    request.results = workgroup.results;
    job->location_enforced = true;
  } else if (request.results.output_location.empty()) {
    request.results.output_location = workgroup.results.output_location;
  }
  if (request.results.output_location.empty()) {
    return Fail(Reason::kInvalidArgument,
                "No output location provided. An output location is required either through the "
                "Workgroup result configuration setting or as an API input.");
  }
  OWLET_TRY(const auto location, ParseLocation(request.results.output_location));
  job->bytes_scanned_cutoff = workgroup.bytes_scanned_cutoff;
  // Athena reads and writes in its caller's name, and policies may ask for that.
  job->principal = std::make_shared<const access::Principal>(principal.Via("athena.amazonaws.com"));

  auto statement = sql::ParseAthena(request.text);
  auto type = statement ? sql::AthenaTypeOf(*statement) : sql::AthenaTypeOfText(request.text);
  if (statement) {
    job->statement = std::make_shared<const sql::Statement>(*std::move(statement));
  } else if (FailsLater(statement.error())) {
    job->syntax_error = statement.error();
  } else {
    return std::unexpected(std::move(statement).error());
  }
  job->execution.statement_type = std::move(type.type);
  job->execution.substatement_type = std::move(type.substatement);
  job->execution.id = NewUuid();
  job->execution.request = std::move(request);
  job->execution.submitted = clock_.Now();
  return job;
}

Result<bool> QueryExecutions::ReuseResult(const access::Principal& principal,
                                          QueryExecution& execution) const {
  if (!execution.request.reuse_minutes) return false;
  OWLET_TRY(const auto id, store_.Get(kColumn, query_keys::Reuse(execution.request)));
  if (!id) return false;
  OWLET_TRY(const QueryExecution earlier, Read(*id));
  const Timestamp completed = earlier.completed.value_or(earlier.submitted);
  if (clock_.Now() - completed > std::chrono::minutes(*execution.request.reuse_minutes)) {
    return false;
  }
  OWLET_TRY(const auto path, store::ObjectPath::ParseUri(earlier.output_location));
  if (!objects_.Head(principal, path.bucket, path.key)) return false;
  execution.state = QueryState::kSucceeded;
  execution.completed = clock_.Now();
  execution.output_location = earlier.output_location;
  execution.form = earlier.form;
  execution.columns = earlier.columns;
  execution.statistics.reused = true;
  execution.statistics.queue_ms = 1;
  execution.statistics.total_ms =
      std::max<std::int64_t>(1, MillisBetween(execution.submitted, *execution.completed));
  execution.statistics.service_ms = execution.statistics.total_ms;
  return true;
}

Result<std::string> QueryExecutions::Start(const access::Principal& principal,
                                           QueryRequest request) {
  OWLET_TRY(const auto earlier, FindByToken(principal, request));
  if (earlier) return *earlier;
  OWLET_TRY(const JobPtr job, Prepare(principal, std::move(request)));
  const std::string id = job->execution.id;
  OWLET_TRY(const bool reused, ReuseResult(principal, job->execution));
  if (reused) {
    OWLET_CHECK_OK(Save(principal, job->execution, true));
    return id;
  }
  {
    const MutexLock lock(mutex_);
    if (stopping_) return Fail(Reason::kUnavailable, "The server is stopping");
    if (queue_.size() >= options_.max_queued) {
      return Fail(Reason::kOverloaded,
                  "You have exceeded the limit for the number of queries you "
                  "can run concurrently.");
    }
    // From now on it counts; it may start once its record is safe.
    active_.emplace(id, job);
  }
  const Status saved = Save(principal, job->execution, true);
  const MutexLock lock(mutex_);
  if (!saved) {
    active_.erase(id);
    return std::unexpected(saved.error());
  }
  queue_.push_back(job);
  changed_.notify_all();
  return id;
}

Result<QueryExecution> QueryExecutions::Get(const access::Principal& principal,
                                            std::string_view id) const {
  std::optional<QueryExecution> running;
  {
    const MutexLock lock(mutex_);
    const auto found = active_.find(id);
    if (found != active_.end()) running = found->second->execution;
  }
  if (!running) {
    OWLET_TRY(running, Read(id));
  }
  OWLET_CHECK_OK(
      workgroups_.Decide(principal, "athena:GetQueryExecution", running->request.workgroup));
  if (!IsFinal(running->state)) {
    const std::int64_t elapsed =
        std::max<std::int64_t>(1, MillisBetween(running->submitted, clock_.Now()));
    running->statistics.total_ms = elapsed;
    if (running->state == QueryState::kQueued) running->statistics.queue_ms = elapsed;
  }
  return *std::move(running);
}

Result<QueryExecutions::IdPage> QueryExecutions::List(const access::Principal& principal,
                                                      std::string_view workgroup,
                                                      std::string_view token,
                                                      std::size_t limit) const {
  OWLET_CHECK_OK(workgroups_.Decide(principal, "athena:ListQueryExecutions", workgroup));
  OWLET_TRY(const Workgroup known, workgroups_.Get(access::Principal::Root(), workgroup));
  const std::string prefix = query_keys::ListPrefix(workgroup);
  std::string lower = prefix;
  if (!token.empty()) {
    const auto after = DecodeHex(token);
    if (!after) return Fail(Reason::kInvalidArgument, "The next token is not valid");
    lower += *after + '\0';
  }
  IdPage page;
  std::string last;
  auto it = store_.Scan(kColumn, lower, kv::PrefixEnd(prefix));
  for (; it.Valid(); it.Next()) {
    if (page.ids.size() == limit) {
      page.next = EncodeHex(last);
      break;
    }
    last = it.key().substr(prefix.size());
    page.ids.push_back(last.substr(8));
  }
  OWLET_CHECK_OK(it.status());
  return page;
}

Status QueryExecutions::Cancel(const access::Principal& principal, std::string_view id) {
  OWLET_TRY(const QueryExecution execution, Get(principal, id));
  OWLET_CHECK_OK(
      workgroups_.Decide(principal, "athena:StopQueryExecution", execution.request.workgroup));
  JobPtr queued;
  {
    const MutexLock lock(mutex_);
    const auto found = active_.find(id);
    if (found == active_.end()) return {};
    found->second->cancelled = true;
    found->second->stop.request_stop();
    const auto waiting = std::ranges::find(queue_, found->second);
    if (waiting != queue_.end()) {
      queued = found->second;
      queue_.erase(waiting);
    }
  }
  if (queued) {
    QueryExecution finished = execution;
    finished.state = QueryState::kCancelled;
    finished.failure = QueryFailure{.message = "Query cancelled by user", .type = 1011};
    Finish(queued, std::move(finished));
  }
  return {};
}

Result<ResultPage> QueryExecutions::ReadRows(const access::Principal& principal,
                                             const QueryExecution& execution, std::uint64_t offset,
                                             std::size_t limit) const {
  OWLET_CHECK_OK(
      workgroups_.Decide(principal, "athena:GetQueryResults", execution.request.workgroup));
  if (execution.form == ResultForm::kManifest) return ResultPage{};
  return ReadResultRows(objects_, principal, execution, offset, limit);
}

Result<QueryExecution> QueryExecutions::Wait(const access::Principal& principal,
                                             std::string_view id, std::stop_token stop) {
  while (true) {
    OWLET_TRY(QueryExecution execution, Get(principal, id));
    if (IsFinal(execution.state) || stop.stop_requested()) return execution;
    MutexLock lock(mutex_);
    if (active_.contains(id)) lock.WaitFor(changed_, std::chrono::milliseconds(50));
  }
}

void QueryExecutions::Work(const std::stop_token& stop) {
  while (true) {
    JobPtr job;
    {
      MutexLock lock(mutex_);
      while (queue_.empty() && !stop.stop_requested()) lock.Wait(changed_);
      if (stop.stop_requested()) return;
      job = queue_.front();
      queue_.pop_front();
      job->execution.state = QueryState::kRunning;
      job->execution.statistics.queue_ms =
          std::max<std::int64_t>(1, MillisBetween(job->execution.submitted, clock_.Now()));
    }
    Finish(job, RunJob(*job));
  }
}

QueryExecution QueryExecutions::RunJob(const Job& job) {
  QueryExecution execution;
  {
    const MutexLock lock(mutex_);
    execution = job.execution;
  }
  const Timestamp start = clock_.Now();
  Result<StatementOutcome> outcome =
      job.syntax_error
          ? Result<StatementOutcome>(std::unexpected(*job.syntax_error))
          : runner_.Run(*job.statement, {.execution = execution,
                                         .principal = job.principal,
                                         .location_enforced = job.location_enforced,
                                         .bytes_scanned_cutoff = job.bytes_scanned_cutoff,
                                         .stop = job.stop.get_token()});
  const std::int64_t spent = std::max<std::int64_t>(1, MillisBetween(start, clock_.Now()));
  const MutexLock lock(mutex_);
  QueryStatistics& statistics = execution.statistics;
  if (outcome) {
    execution.state = QueryState::kSucceeded;
    execution.form = outcome->form;
    execution.output_location = std::move(outcome->output_location);
    execution.columns = std::move(outcome->columns);
    execution.update_count = outcome->update_count;
    statistics.manifest_location = std::move(outcome->manifest_location);
    statistics.planning_ms = outcome->planning_ms;
    statistics.scanned_bytes = outcome->scanned_bytes;
    statistics.scanned_rows = outcome->scanned_rows;
    statistics.output_bytes = outcome->output_bytes;
    statistics.output_rows = outcome->output_rows;
  } else if (job.cancelled) {
    execution.state = QueryState::kCancelled;
    execution.failure = QueryFailure{.message = "Query cancelled by user", .type = 1011};
  } else {
    execution.state = QueryState::kFailed;
    execution.failure = ToFailure(outcome.error());
    if (outcome.error().reason == Reason::kInternal) {
      log::error("query {}: {}", execution.id, outcome.error().message);
    }
  }
  statistics.preprocessing_ms = 1;
  statistics.engine_ms = spent;
  statistics.service_ms = 1;
  return execution;
}

void QueryExecutions::Finish(const JobPtr& job, QueryExecution finished) {
  if (!finished.completed) finished.completed = clock_.Now();
  finished.statistics.total_ms =
      std::max<std::int64_t>(finished.statistics.queue_ms + finished.statistics.engine_ms,
                             MillisBetween(finished.submitted, *finished.completed));
  if (finished.output_location.empty()) {
    // What Athena names for a failed query: where its result would have been.
    finished.output_location =
        JoinLocation(finished.request.results.output_location,
                     finished.id + (finished.statement_type == "DML" ? ".csv" : ".txt"));
  }
  const Status saved = Save(*job->principal, finished, false);
  if (!saved)
    log::error("query {}: its record is not saved: {}", finished.id, saved.error().message);
  const MutexLock lock(mutex_);
  active_.erase(finished.id);
  changed_.notify_all();
}

}  // namespace owlet::jobs
