#include <string>
#include <utility>

#include "protocol/athena/error_map.h"
#include "protocol/athena/handlers.h"

namespace owlet::athena {
namespace {

namespace wire = aws::athena;

wire::PreparedStatement ToWire(const jobs::PreparedStatement& statement) {
  wire::PreparedStatement result;
  result.statement_name = statement.name;
  result.query_statement = statement.text;
  result.work_group_name = statement.workgroup;
  result.description = statement.description;
  result.last_modified_time = statement.modified;
  return result;
}

}  // namespace

Result<wire::CreatePreparedStatementOutput> CreatePreparedStatement(
    const Call& call, const wire::CreatePreparedStatementInput& request) {
  OWLET_CHECK_OK(call.workgroups.CreatePrepared(call.principal(),
                                                {.name = request.statement_name,
                                                 .workgroup = request.work_group,
                                                 .text = request.query_statement,
                                                 .description = request.description.value_or("")}));
  return wire::CreatePreparedStatementOutput{};
}

Result<wire::GetPreparedStatementOutput> GetPreparedStatement(
    const Call& call, const wire::GetPreparedStatementInput& request) {
  OWLET_TRY(const auto statement, call.workgroups.GetPrepared(call.principal(), request.work_group,
                                                              request.statement_name));
  return wire::GetPreparedStatementOutput{.prepared_statement = ToWire(statement)};
}

Result<wire::UpdatePreparedStatementOutput> UpdatePreparedStatement(
    const Call& call, const wire::UpdatePreparedStatementInput& request) {
  OWLET_CHECK_OK(call.workgroups.UpdatePrepared(call.principal(),
                                                {.name = request.statement_name,
                                                 .workgroup = request.work_group,
                                                 .text = request.query_statement,
                                                 .description = request.description.value_or("")}));
  return wire::UpdatePreparedStatementOutput{};
}

Result<wire::DeletePreparedStatementOutput> DeletePreparedStatement(
    const Call& call, const wire::DeletePreparedStatementInput& request) {
  OWLET_CHECK_OK(
      call.workgroups.DeletePrepared(call.principal(), request.work_group, request.statement_name));
  return wire::DeletePreparedStatementOutput{};
}

Result<wire::ListPreparedStatementsOutput> ListPreparedStatements(
    const Call& call, const wire::ListPreparedStatementsInput& request) {
  OWLET_TRY(const auto statements,
            call.workgroups.ListPrepared(call.principal(), request.work_group));
  OWLET_TRY(const Slice slice, SliceOf(statements.size(), request.next_token,
                                       static_cast<std::size_t>(request.max_results.value_or(50))));
  wire::ListPreparedStatementsOutput response;
  auto& list = response.prepared_statements.emplace();
  for (std::size_t i = slice.begin; i < slice.end; ++i) {
    list.push_back(
        {.statement_name = statements[i].name, .last_modified_time = statements[i].modified});
  }
  if (!slice.next.empty()) response.next_token = slice.next;
  return response;
}

Result<wire::BatchGetPreparedStatementOutput> BatchGetPreparedStatement(
    const Call& call, const wire::BatchGetPreparedStatementInput& request) {
  wire::BatchGetPreparedStatementOutput response;
  auto& found = response.prepared_statements.emplace();
  auto& missing = response.unprocessed_prepared_statement_names.emplace();
  for (const std::string& name : request.prepared_statement_names) {
    const auto statement = call.workgroups.GetPrepared(call.principal(), request.work_group, name);
    if (statement) {
      found.push_back(ToWire(*statement));
      continue;
    }
    const auto error = MapError(statement.error());
    missing.push_back(
        {.statement_name = name, .error_code = error.code, .error_message = error.message});
  }
  return response;
}

}  // namespace owlet::athena
