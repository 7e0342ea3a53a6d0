#include <optional>
#include <string>
#include <utility>

#include "protocol/athena/error_map.h"
#include "protocol/athena/handlers.h"

namespace owlet::athena {
namespace {

namespace wire = aws::athena;

std::optional<std::string> Given(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

const char* StateName(jobs::QueryState state) {
  switch (state) {
    case jobs::QueryState::kQueued:
      return "QUEUED";
    case jobs::QueryState::kRunning:
      return "RUNNING";
    case jobs::QueryState::kSucceeded:
      return "SUCCEEDED";
    case jobs::QueryState::kFailed:
      return "FAILED";
    case jobs::QueryState::kCancelled:
      return "CANCELLED";
  }
  return "FAILED";
}

wire::ResultConfiguration ToResultConfiguration(const jobs::QueryExecution& execution) {
  const jobs::ResultSettings& results = execution.request.results;
  wire::ResultConfiguration configuration;
  configuration.output_location =
      execution.output_location.empty() ? results.output_location : execution.output_location;
  if (!results.encryption.empty()) {
    configuration.encryption_configuration = wire::EncryptionConfiguration{
        .encryption_option = results.encryption, .kms_key = Given(results.kms_key)};
  }
  configuration.expected_bucket_owner = Given(results.expected_bucket_owner);
  if (!results.acl.empty()) {
    configuration.acl_configuration = wire::AclConfiguration{.s3_acl_option = results.acl};
  }
  return configuration;
}

wire::QueryExecutionStatus ToStatus(const jobs::QueryExecution& execution) {
  wire::QueryExecutionStatus status;
  status.state = StateName(execution.state);
  status.submission_date_time = execution.submitted;
  status.completion_date_time = execution.completed;
  if (!execution.failure) return status;
  status.state_change_reason = execution.failure->message;
  if (execution.state == jobs::QueryState::kFailed) {
    status.athena_error = wire::AthenaError{.error_category = execution.failure->category,
                                            .error_type = execution.failure->type,
                                            .retryable = execution.failure->retryable,
                                            .error_message = execution.failure->message};
  }
  return status;
}

wire::QueryExecutionStatistics ToStatistics(const jobs::QueryExecution& execution) {
  const jobs::QueryStatistics& statistics = execution.statistics;
  wire::QueryExecutionStatistics result;
  result.total_execution_time_in_millis = statistics.total_ms;
  result.query_queue_time_in_millis = statistics.queue_ms;
  if (jobs::IsFinal(execution.state)) {
    result.engine_execution_time_in_millis = statistics.engine_ms;
    result.data_scanned_in_bytes = statistics.scanned_bytes;
    result.service_pre_processing_time_in_millis = statistics.preprocessing_ms;
    result.query_planning_time_in_millis = statistics.planning_ms;
    result.service_processing_time_in_millis = statistics.service_ms;
  }
  result.data_manifest_location = Given(statistics.manifest_location);
  result.result_reuse_information =
      wire::ResultReuseInformation{.reused_previous_result = statistics.reused};
  return result;
}

wire::QueryExecution ToWire(const jobs::QueryExecution& execution) {
  wire::QueryExecution result;
  result.query_execution_id = execution.id;
  result.query = execution.request.text;
  result.statement_type = Given(execution.statement_type);
  result.substatement_type = Given(execution.substatement_type);
  result.result_configuration = ToResultConfiguration(execution);
  wire::ResultReuseByAgeConfiguration reuse{.enabled = execution.request.reuse_minutes.has_value()};
  reuse.max_age_in_minutes = execution.request.reuse_minutes;
  result.result_reuse_configuration.emplace().result_reuse_by_age_configuration = reuse;
  auto& context = result.query_execution_context.emplace();
  context.database = Given(execution.request.database);
  context.catalog = Given(execution.request.catalog);
  result.status = ToStatus(execution);
  result.statistics = ToStatistics(execution);
  result.work_group = execution.request.workgroup;
  result.engine_version = wire::EngineVersion{.selected_engine_version = jobs::kEngineVersion,
                                              .effective_engine_version = jobs::kEngineVersion};
  if (!execution.request.parameters.empty()) {
    result.execution_parameters = execution.request.parameters;
  }
  return result;
}

}  // namespace

Result<wire::StartQueryExecutionOutput> StartQueryExecution(
    const Call& call, const wire::StartQueryExecutionInput& request) {
  jobs::QueryRequest query{.text = request.query_string};
  if (const auto& context = request.query_execution_context) {
    query.database = context->database.value_or("");
    query.catalog = context->catalog.value_or("");
  }
  query.workgroup = request.work_group.value_or(jobs::kPrimaryWorkgroup);
  query.client_token = request.client_request_token.value_or("");
  query.parameters = request.execution_parameters.value_or(std::vector<std::string>{});
  if (const auto& results = request.result_configuration) {
    query.results.output_location = results->output_location.value_or("");
    query.results.expected_bucket_owner = results->expected_bucket_owner.value_or("");
    if (results->encryption_configuration) {
      query.results.encryption = results->encryption_configuration->encryption_option;
      query.results.kms_key = results->encryption_configuration->kms_key.value_or("");
    }
    if (results->acl_configuration) {
      query.results.acl = results->acl_configuration->s3_acl_option;
    }
  }
  if (const auto& reuse = request.result_reuse_configuration;
      reuse && reuse->result_reuse_by_age_configuration &&
      reuse->result_reuse_by_age_configuration->enabled) {
    query.reuse_minutes = reuse->result_reuse_by_age_configuration->max_age_in_minutes.value_or(60);
  }
  OWLET_TRY(const std::string id, call.executions.Start(call.principal(), std::move(query)));
  return wire::StartQueryExecutionOutput{.query_execution_id = id};
}

Result<wire::GetQueryExecutionOutput> GetQueryExecution(
    const Call& call, const wire::GetQueryExecutionInput& request) {
  OWLET_TRY(const auto execution,
            call.executions.Get(call.principal(), request.query_execution_id));
  return wire::GetQueryExecutionOutput{.query_execution = ToWire(execution)};
}

Result<wire::BatchGetQueryExecutionOutput> BatchGetQueryExecution(
    const Call& call, const wire::BatchGetQueryExecutionInput& request) {
  wire::BatchGetQueryExecutionOutput response;
  auto& found = response.query_executions.emplace();
  auto& missing = response.unprocessed_query_execution_ids.emplace();
  for (const std::string& id : request.query_execution_ids) {
    const auto execution = call.executions.Get(call.principal(), id);
    if (execution) {
      found.push_back(ToWire(*execution));
      continue;
    }
    const auto error = MapError(execution.error());
    missing.push_back(
        {.query_execution_id = id, .error_code = error.code, .error_message = error.message});
  }
  return response;
}

Result<wire::ListQueryExecutionsOutput> ListQueryExecutions(
    const Call& call, const wire::ListQueryExecutionsInput& request) {
  OWLET_TRY(auto page, call.executions.List(
                           call.principal(), request.work_group.value_or(jobs::kPrimaryWorkgroup),
                           request.next_token.value_or(""),
                           static_cast<std::size_t>(request.max_results.value_or(50))));
  wire::ListQueryExecutionsOutput response;
  response.query_execution_ids = std::move(page.ids);
  response.next_token = Given(page.next);
  return response;
}

Result<wire::StopQueryExecutionOutput> StopQueryExecution(
    const Call& call, const wire::StopQueryExecutionInput& request) {
  OWLET_CHECK_OK(call.executions.Cancel(call.principal(), request.query_execution_id));
  return wire::StopQueryExecutionOutput{};
}

Result<wire::GetQueryRuntimeStatisticsOutput> GetQueryRuntimeStatistics(
    const Call& call, const wire::GetQueryRuntimeStatisticsInput& request) {
  OWLET_TRY(const auto execution,
            call.executions.Get(call.principal(), request.query_execution_id));
  const jobs::QueryStatistics& statistics = execution.statistics;
  wire::GetQueryRuntimeStatisticsOutput response;
  auto& result = response.query_runtime_statistics.emplace();
  result.timeline = wire::QueryRuntimeStatisticsTimeline{
      .query_queue_time_in_millis = statistics.queue_ms,
      .service_pre_processing_time_in_millis = statistics.preprocessing_ms,
      .query_planning_time_in_millis = statistics.planning_ms,
      .engine_execution_time_in_millis = statistics.engine_ms,
      .service_processing_time_in_millis = statistics.service_ms,
      .total_execution_time_in_millis = statistics.total_ms};
  result.rows = wire::QueryRuntimeStatisticsRows{.input_rows = statistics.scanned_rows,
                                                 .input_bytes = statistics.scanned_bytes,
                                                 .output_bytes = statistics.output_bytes,
                                                 .output_rows = statistics.output_rows};
  return response;
}

}  // namespace owlet::athena
