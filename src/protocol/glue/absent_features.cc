#include <fmt/format.h>

#include "protocol/glue/handlers.h"
#include "protocol/glue/wire_model.h"

// Reads of what this catalog never holds, because the operations that would make it are not
// implemented: partition indexes, column statistics, functions, resource policies. Clients of Hive,
// Spark and Trino ask for them on the way; what is not there they are told as Glue tells it.

namespace owlet::glue {
namespace {

std::vector<aws::glue::ColumnError> NoStatistics(const std::vector<std::string>& columns) {
  std::vector<aws::glue::ColumnError> errors;
  for (const std::string& column : columns) {
    errors.push_back({.column_name = column,
                      .error = aws::glue::ErrorDetail{
                          .error_code = "EntityNotFoundException",
                          .error_message = fmt::format("No statistics for column {}.", column)}});
  }
  return errors;
}

}  // namespace

Result<aws::glue::GetPartitionIndexesResponse> GetPartitionIndexes(
    const Call& call, const aws::glue::GetPartitionIndexesRequest& request) {
  OWLET_TRY(const auto table, call.catalog.GetTable(call.context.principal,
                                                    {request.database_name, request.table_name}));
  aws::glue::GetPartitionIndexesResponse response;
  response.partition_index_descriptor_list.emplace();
  return response;
}

Result<aws::glue::GetColumnStatisticsForTableResponse> GetColumnStatisticsForTable(
    const Call& call, const aws::glue::GetColumnStatisticsForTableRequest& request) {
  OWLET_TRY(const auto table, call.catalog.GetTable(call.context.principal,
                                                    {request.database_name, request.table_name}));
  aws::glue::GetColumnStatisticsForTableResponse response;
  response.column_statistics_list.emplace();
  response.errors = NoStatistics(request.column_names);
  return response;
}

Result<aws::glue::GetColumnStatisticsForPartitionResponse> GetColumnStatisticsForPartition(
    const Call& call, const aws::glue::GetColumnStatisticsForPartitionRequest& request) {
  OWLET_TRY(
      const auto partition,
      call.catalog.GetPartition(call.context.principal, {request.database_name, request.table_name},
                                request.partition_values));
  aws::glue::GetColumnStatisticsForPartitionResponse response;
  response.column_statistics_list.emplace();
  response.errors = NoStatistics(request.column_names);
  return response;
}

Result<aws::glue::GetUserDefinedFunctionResponse> GetUserDefinedFunction(
    const Call& call, const aws::glue::GetUserDefinedFunctionRequest& request) {
  OWLET_TRY(const auto database,
            call.catalog.GetDatabase(call.context.principal, request.database_name));
  return Fail(Reason::kEntityNotFound,
              fmt::format("Function {} not found.", request.function_name));
}

Result<aws::glue::GetUserDefinedFunctionsResponse> GetUserDefinedFunctions(
    const Call& call, const aws::glue::GetUserDefinedFunctionsRequest& request) {
  if (request.database_name) {
    OWLET_TRY(const auto database,
              call.catalog.GetDatabase(call.context.principal, *request.database_name));
  }
  aws::glue::GetUserDefinedFunctionsResponse response;
  response.user_defined_functions.emplace();
  return response;
}

Result<aws::glue::GetResourcePolicyResponse> GetResourcePolicy(
    const Call&, const aws::glue::GetResourcePolicyRequest&) {
  return Fail(Reason::kEntityNotFound, "Policy not found");
}

Result<aws::glue::GetResourcePoliciesResponse> GetResourcePolicies(
    const Call&, const aws::glue::GetResourcePoliciesRequest&) {
  aws::glue::GetResourcePoliciesResponse response;
  response.get_resource_policies_response_list.emplace();
  return response;
}

}  // namespace owlet::glue
