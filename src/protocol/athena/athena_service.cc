#include "protocol/athena/athena_service.h"

#include <aws/athena/operations.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "protocol/athena/error_map.h"
#include "protocol/athena/handlers.h"
#include "protocol/common/json_service.h"

namespace owlet::athena {
namespace {

namespace operations = aws::athena::operations;

template <class Operation, auto Handler>
void Register(protocol::JsonService& service, jobs::QueryExecutions& executions,
              jobs::Workgroups& workgroups, catalog::Catalog& catalog) {
  service.On<Operation>(
      [&executions, &workgroups, &catalog](
          const protocol::RequestContext& context,
          const typename Operation::Request& request) -> Result<typename Operation::Reply> {
        return Handler(Call{executions, workgroups, catalog, context}, request);
      });
}

}  // namespace

Result<Slice> SliceOf(std::size_t size, const std::optional<std::string>& token,
                      std::size_t limit) {
  Slice slice;
  if (token && !token->empty()) {
    const auto [end, error] =
        std::from_chars(token->data(), token->data() + token->size(), slice.begin);
    if (error != std::errc() || end != token->data() + token->size()) {
      return Fail(Reason::kInvalidArgument, "The next token is not valid");
    }
  }
  slice.begin = std::min(slice.begin, size);
  slice.end = std::min(size, slice.begin + limit);
  if (slice.end < size) slice.next = std::to_string(slice.end);
  return slice;
}

std::unique_ptr<net::HttpService> MakeAthenaService(jobs::QueryExecutions& executions,
                                                    jobs::Workgroups& workgroups,
                                                    catalog::Catalog& catalog,
                                                    protocol::ServiceEnvironment environment) {
  auto service = std::make_unique<protocol::JsonService>(
      aws::athena::kService,
      protocol::JsonService::Options{
          .map_error = MapError,
          .validation_error = {.code = "InvalidRequestException",
                               .fields = {{"AthenaErrorCode", "INVALID_INPUT"}}}},
      std::move(environment));
  Register<operations::StartQueryExecution, StartQueryExecution>(*service, executions, workgroups,
                                                                 catalog);
  Register<operations::GetQueryExecution, GetQueryExecution>(*service, executions, workgroups,
                                                             catalog);
  Register<operations::BatchGetQueryExecution, BatchGetQueryExecution>(*service, executions,
                                                                       workgroups, catalog);
  Register<operations::ListQueryExecutions, ListQueryExecutions>(*service, executions, workgroups,
                                                                 catalog);
  Register<operations::StopQueryExecution, StopQueryExecution>(*service, executions, workgroups,
                                                               catalog);
  Register<operations::GetQueryRuntimeStatistics, GetQueryRuntimeStatistics>(*service, executions,
                                                                             workgroups, catalog);
  Register<operations::GetQueryResults, GetQueryResults>(*service, executions, workgroups, catalog);
  Register<operations::CreateWorkGroup, CreateWorkGroup>(*service, executions, workgroups, catalog);
  Register<operations::GetWorkGroup, GetWorkGroup>(*service, executions, workgroups, catalog);
  Register<operations::ListWorkGroups, ListWorkGroups>(*service, executions, workgroups, catalog);
  Register<operations::UpdateWorkGroup, UpdateWorkGroup>(*service, executions, workgroups, catalog);
  Register<operations::DeleteWorkGroup, DeleteWorkGroup>(*service, executions, workgroups, catalog);
  Register<operations::ListEngineVersions, ListEngineVersions>(*service, executions, workgroups,
                                                               catalog);
  Register<operations::ListTagsForResource, ListTagsForResource>(*service, executions, workgroups,
                                                                 catalog);
  Register<operations::TagResource, TagResource>(*service, executions, workgroups, catalog);
  Register<operations::UntagResource, UntagResource>(*service, executions, workgroups, catalog);
  Register<operations::ListDataCatalogs, ListDataCatalogs>(*service, executions, workgroups,
                                                           catalog);
  Register<operations::GetDataCatalog, GetDataCatalog>(*service, executions, workgroups, catalog);
  Register<operations::ListDatabases, ListDatabases>(*service, executions, workgroups, catalog);
  Register<operations::GetDatabase, GetDatabase>(*service, executions, workgroups, catalog);
  Register<operations::ListTableMetadata, ListTableMetadata>(*service, executions, workgroups,
                                                             catalog);
  Register<operations::GetTableMetadata, GetTableMetadata>(*service, executions, workgroups,
                                                           catalog);
  Register<operations::CreatePreparedStatement, CreatePreparedStatement>(*service, executions,
                                                                         workgroups, catalog);
  Register<operations::GetPreparedStatement, GetPreparedStatement>(*service, executions, workgroups,
                                                                   catalog);
  Register<operations::UpdatePreparedStatement, UpdatePreparedStatement>(*service, executions,
                                                                         workgroups, catalog);
  Register<operations::DeletePreparedStatement, DeletePreparedStatement>(*service, executions,
                                                                         workgroups, catalog);
  Register<operations::ListPreparedStatements, ListPreparedStatements>(*service, executions,
                                                                       workgroups, catalog);
  Register<operations::BatchGetPreparedStatement, BatchGetPreparedStatement>(*service, executions,
                                                                             workgroups, catalog);
  Register<operations::CreateNamedQuery, CreateNamedQuery>(*service, executions, workgroups,
                                                           catalog);
  Register<operations::GetNamedQuery, GetNamedQuery>(*service, executions, workgroups, catalog);
  Register<operations::UpdateNamedQuery, UpdateNamedQuery>(*service, executions, workgroups,
                                                           catalog);
  Register<operations::DeleteNamedQuery, DeleteNamedQuery>(*service, executions, workgroups,
                                                           catalog);
  Register<operations::ListNamedQueries, ListNamedQueries>(*service, executions, workgroups,
                                                           catalog);
  Register<operations::BatchGetNamedQuery, BatchGetNamedQuery>(*service, executions, workgroups,
                                                               catalog);
  return service;
}

}  // namespace owlet::athena
