#include "core/jobs/query_records.h"

#include <chrono>

#include "base/digest.h"
#include "core/jobs/query_records.pb.h"
#include "core/kv/key_value_store.h"

namespace owlet::jobs {
namespace {

std::int64_t ToMicros(Timestamp time) { return time.time_since_epoch().count(); }
Timestamp FromMicros(std::int64_t micros) { return Timestamp(std::chrono::microseconds(micros)); }

void Write(const ResultSettings& settings, records::ResultSettings& record) {
  record.set_output_location(settings.output_location);
  record.set_encryption(settings.encryption);
  record.set_kms_key(settings.kms_key);
  record.set_expected_bucket_owner(settings.expected_bucket_owner);
  record.set_acl(settings.acl);
}
ResultSettings Read(const records::ResultSettings& record) {
  return {.output_location = record.output_location(),
          .encryption = record.encryption(),
          .kms_key = record.kms_key(),
          .expected_bucket_owner = record.expected_bucket_owner(),
          .acl = record.acl()};
}

void Write(const QueryRequest& request, records::QueryRequest& record) {
  record.set_text(request.text);
  record.set_database(request.database);
  record.set_catalog(request.catalog);
  record.set_workgroup(request.workgroup);
  Write(request.results, *record.mutable_results());
  for (const std::string& parameter : request.parameters) record.add_parameters(parameter);
  record.set_client_token(request.client_token);
  if (request.reuse_minutes) record.set_reuse_minutes(*request.reuse_minutes);
}
QueryRequest Read(const records::QueryRequest& record) {
  QueryRequest request{.text = record.text(),
                       .database = record.database(),
                       .catalog = record.catalog(),
                       .workgroup = record.workgroup(),
                       .results = Read(record.results()),
                       .parameters = {record.parameters().begin(), record.parameters().end()},
                       .client_token = record.client_token()};
  if (record.has_reuse_minutes()) request.reuse_minutes = record.reuse_minutes();
  return request;
}

void Write(const QueryStatistics& statistics, records::QueryStatistics& record) {
  record.set_queue_ms(statistics.queue_ms);
  record.set_preprocessing_ms(statistics.preprocessing_ms);
  record.set_planning_ms(statistics.planning_ms);
  record.set_engine_ms(statistics.engine_ms);
  record.set_service_ms(statistics.service_ms);
  record.set_total_ms(statistics.total_ms);
  record.set_scanned_bytes(statistics.scanned_bytes);
  record.set_scanned_rows(statistics.scanned_rows);
  record.set_output_bytes(statistics.output_bytes);
  record.set_output_rows(statistics.output_rows);
  record.set_manifest_location(statistics.manifest_location);
  record.set_reused(statistics.reused);
}
QueryStatistics Read(const records::QueryStatistics& record) {
  return {.queue_ms = record.queue_ms(),
          .preprocessing_ms = record.preprocessing_ms(),
          .planning_ms = record.planning_ms(),
          .engine_ms = record.engine_ms(),
          .service_ms = record.service_ms(),
          .total_ms = record.total_ms(),
          .scanned_bytes = record.scanned_bytes(),
          .scanned_rows = record.scanned_rows(),
          .output_bytes = record.output_bytes(),
          .output_rows = record.output_rows(),
          .manifest_location = record.manifest_location(),
          .reused = record.reused()};
}

template <class Record>
Result<Record> Parse(std::string_view bytes) {
  Record record;
  if (!record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return Fail(Reason::kCorruption, "a record of the query history is not readable");
  }
  return record;
}

}  // namespace

std::string EncodeExecution(const QueryExecution& execution) {
  records::QueryExecution record;
  record.set_id(execution.id);
  Write(execution.request, *record.mutable_request());
  record.set_statement_type(execution.statement_type);
  record.set_substatement_type(execution.substatement_type);
  record.set_state(static_cast<std::uint32_t>(execution.state));
  if (execution.failure) {
    auto& failure = *record.mutable_failure();
    failure.set_message(execution.failure->message);
    failure.set_category(execution.failure->category);
    failure.set_type(execution.failure->type);
    failure.set_retryable(execution.failure->retryable);
  }
  record.set_submitted(ToMicros(execution.submitted));
  if (execution.completed) record.set_completed(ToMicros(*execution.completed));
  Write(execution.statistics, *record.mutable_statistics());
  record.set_output_location(execution.output_location);
  record.set_form(static_cast<std::uint32_t>(execution.form));
  for (const ResultColumn& column : execution.columns) {
    auto& written = *record.add_columns();
    written.set_name(column.name);
    written.set_type(column.type);
    written.set_precision(column.precision);
    written.set_scale(column.scale);
    written.set_case_sensitive(column.case_sensitive);
  }
  if (execution.update_count) record.set_update_count(*execution.update_count);
  return record.SerializeAsString();
}

Result<QueryExecution> DecodeExecution(std::string_view bytes) {
  OWLET_TRY(const auto record, Parse<records::QueryExecution>(bytes));
  QueryExecution execution;
  execution.id = record.id();
  execution.request = Read(record.request());
  execution.statement_type = record.statement_type();
  execution.substatement_type = record.substatement_type();
  execution.state = static_cast<QueryState>(record.state());
  if (record.has_failure()) {
    execution.failure = QueryFailure{.message = record.failure().message(),
                                     .category = record.failure().category(),
                                     .type = record.failure().type(),
                                     .retryable = record.failure().retryable()};
  }
  execution.submitted = FromMicros(record.submitted());
  if (record.has_completed()) execution.completed = FromMicros(record.completed());
  execution.statistics = Read(record.statistics());
  execution.output_location = record.output_location();
  execution.form = static_cast<ResultForm>(record.form());
  for (const auto& column : record.columns()) {
    execution.columns.push_back({.name = column.name(),
                                 .type = column.type(),
                                 .precision = column.precision(),
                                 .scale = column.scale(),
                                 .case_sensitive = column.case_sensitive()});
  }
  if (record.has_update_count()) execution.update_count = record.update_count();
  return execution;
}

std::string EncodeWorkgroup(const Workgroup& workgroup) {
  records::Workgroup record;
  record.set_name(workgroup.name);
  record.set_description(workgroup.description);
  record.set_disabled(!workgroup.enabled);
  record.set_created(ToMicros(workgroup.created));
  Write(workgroup.results, *record.mutable_results());
  record.set_enforce_configuration(workgroup.enforce_configuration);
  record.set_publish_metrics(workgroup.publish_metrics);
  if (workgroup.bytes_scanned_cutoff) {
    record.set_bytes_scanned_cutoff(*workgroup.bytes_scanned_cutoff);
  }
  record.set_requester_pays(workgroup.requester_pays);
  record.set_selected_engine_version(workgroup.selected_engine_version);
  record.set_additional_configuration(workgroup.additional_configuration);
  record.set_execution_role(workgroup.execution_role);
  for (const auto& [key, value] : workgroup.tags) (*record.mutable_tags())[key] = value;
  return record.SerializeAsString();
}

Result<Workgroup> DecodeWorkgroup(std::string_view bytes) {
  OWLET_TRY(const auto record, Parse<records::Workgroup>(bytes));
  Workgroup workgroup;
  workgroup.name = record.name();
  workgroup.description = record.description();
  workgroup.enabled = !record.disabled();
  workgroup.created = FromMicros(record.created());
  workgroup.results = Read(record.results());
  workgroup.enforce_configuration = record.enforce_configuration();
  workgroup.publish_metrics = record.publish_metrics();
  if (record.has_bytes_scanned_cutoff()) {
    workgroup.bytes_scanned_cutoff = record.bytes_scanned_cutoff();
  }
  workgroup.requester_pays = record.requester_pays();
  workgroup.selected_engine_version = record.selected_engine_version();
  workgroup.additional_configuration = record.additional_configuration();
  workgroup.execution_role = record.execution_role();
  workgroup.tags = {record.tags().begin(), record.tags().end()};
  return workgroup;
}

std::string EncodePrepared(const PreparedStatement& statement) {
  records::PreparedStatement record;
  record.set_name(statement.name);
  record.set_workgroup(statement.workgroup);
  record.set_text(statement.text);
  record.set_description(statement.description);
  record.set_modified(ToMicros(statement.modified));
  return record.SerializeAsString();
}

Result<PreparedStatement> DecodePrepared(std::string_view bytes) {
  OWLET_TRY(const auto record, Parse<records::PreparedStatement>(bytes));
  return PreparedStatement{.name = record.name(),
                           .workgroup = record.workgroup(),
                           .text = record.text(),
                           .description = record.description(),
                           .modified = FromMicros(record.modified())};
}

std::string EncodeNamedQuery(const NamedQuery& query) {
  records::NamedQuery record;
  record.set_id(query.id);
  record.set_name(query.name);
  record.set_workgroup(query.workgroup);
  record.set_database(query.database);
  record.set_text(query.text);
  record.set_description(query.description);
  return record.SerializeAsString();
}

Result<NamedQuery> DecodeNamedQuery(std::string_view bytes) {
  OWLET_TRY(const auto record, Parse<records::NamedQuery>(bytes));
  return NamedQuery{.id = record.id(),
                    .name = record.name(),
                    .workgroup = record.workgroup(),
                    .database = record.database(),
                    .text = record.text(),
                    .description = record.description()};
}

std::string EncodeResultMetadata(const std::string& id, const std::vector<ResultColumn>& columns) {
  records::ResultMetadata record;
  record.set_query_execution_id(id);
  for (const ResultColumn& column : columns) {
    auto& written = *record.add_columns();
    written.set_catalog("hive");
    written.set_name(column.name);
    written.set_label(column.name);
    written.set_type(column.type);
    written.set_precision(column.precision);
    written.set_scale(column.scale);
    written.set_nullable(3);
    written.set_case_sensitive(column.case_sensitive);
  }
  return record.SerializeAsString();
}

namespace query_keys {
namespace {

std::string Joined(char kind, std::string_view first, std::string_view second) {
  std::string key(1, kind);
  key += first;
  key += '\0';
  key += second;
  return key;
}

}  // namespace

std::string Execution(std::string_view id) { return 'q' + std::string(id); }
std::string Active(std::string_view id) { return 'a' + std::string(id); }
std::string ListPrefix(std::string_view workgroup) { return Joined('l', workgroup, {}); }

std::string List(std::string_view workgroup, Timestamp submitted, std::string_view id) {
  std::string key = ListPrefix(workgroup);
  kv::AppendBigEndian(key, ~static_cast<std::uint64_t>(ToMicros(submitted)));
  key += id;
  return key;
}

std::string Token(std::string_view account, std::string_view token) {
  return Joined('k', account, token);
}

std::string Reuse(const QueryRequest& request) {
  // What must be the same; each part with its length, so that no two requests run together.
  std::string parts;
  const auto add = [&parts](std::string_view part) {
    kv::AppendBigEndian(parts, part.size());
    parts += part;
  };
  add(request.text);
  add(request.workgroup);
  add(request.catalog);
  add(request.database);
  add(request.results.output_location);
  for (const std::string& parameter : request.parameters) add(parameter);
  return 'r' + Digest::Of(DigestKind::kSha256, parts);
}

std::string WorkgroupKey(std::string_view name) { return 'w' + std::string(name); }
std::string PreparedPrefix(std::string_view workgroup) { return Joined('s', workgroup, {}); }
std::string Prepared(std::string_view workgroup, std::string_view name) {
  return Joined('s', workgroup, name);
}
std::string NamedQueryKey(std::string_view id) { return 'n' + std::string(id); }

}  // namespace query_keys

}  // namespace owlet::jobs
