#pragma once

#include <aws/athena/types.h>

#include <cstddef>
#include <string>

#include "base/result.h"
#include "core/catalog/catalog.h"
#include "core/jobs/query_executions.h"
#include "core/jobs/workgroups.h"
#include "protocol/common/operation.h"

// One function for each operation of Athena that owlet has; each bears its name. All are
// thread-safe.

namespace owlet::athena {

/// What a handler works with.
struct Call {
  jobs::QueryExecutions& executions;
  jobs::Workgroups& workgroups;
  catalog::Catalog& catalog;
  const protocol::RequestContext& context;

  [[nodiscard]] const access::Principal& principal() const { return context.principal; }
};

/// One page of a list that is at hand: [begin, end), and the token of the next page, "" at the end.
struct Slice {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string next;
};
/// kInvalidArgument for a token that no page gave.
[[nodiscard]] Result<Slice> SliceOf(std::size_t size, const std::optional<std::string>& token,
                                    std::size_t limit);

// query_executions.cc
[[nodiscard]] Result<aws::athena::StartQueryExecutionOutput> StartQueryExecution(
    const Call& call, const aws::athena::StartQueryExecutionInput& request);
[[nodiscard]] Result<aws::athena::GetQueryExecutionOutput> GetQueryExecution(
    const Call& call, const aws::athena::GetQueryExecutionInput& request);
[[nodiscard]] Result<aws::athena::BatchGetQueryExecutionOutput> BatchGetQueryExecution(
    const Call& call, const aws::athena::BatchGetQueryExecutionInput& request);
[[nodiscard]] Result<aws::athena::ListQueryExecutionsOutput> ListQueryExecutions(
    const Call& call, const aws::athena::ListQueryExecutionsInput& request);
[[nodiscard]] Result<aws::athena::StopQueryExecutionOutput> StopQueryExecution(
    const Call& call, const aws::athena::StopQueryExecutionInput& request);
[[nodiscard]] Result<aws::athena::GetQueryRuntimeStatisticsOutput> GetQueryRuntimeStatistics(
    const Call& call, const aws::athena::GetQueryRuntimeStatisticsInput& request);

// query_results.cc
[[nodiscard]] Result<aws::athena::GetQueryResultsOutput> GetQueryResults(
    const Call& call, const aws::athena::GetQueryResultsInput& request);

// workgroups.cc
[[nodiscard]] Result<aws::athena::CreateWorkGroupOutput> CreateWorkGroup(
    const Call& call, const aws::athena::CreateWorkGroupInput& request);
[[nodiscard]] Result<aws::athena::GetWorkGroupOutput> GetWorkGroup(
    const Call& call, const aws::athena::GetWorkGroupInput& request);
[[nodiscard]] Result<aws::athena::ListWorkGroupsOutput> ListWorkGroups(
    const Call& call, const aws::athena::ListWorkGroupsInput& request);
[[nodiscard]] Result<aws::athena::UpdateWorkGroupOutput> UpdateWorkGroup(
    const Call& call, const aws::athena::UpdateWorkGroupInput& request);
[[nodiscard]] Result<aws::athena::DeleteWorkGroupOutput> DeleteWorkGroup(
    const Call& call, const aws::athena::DeleteWorkGroupInput& request);
[[nodiscard]] Result<aws::athena::ListEngineVersionsOutput> ListEngineVersions(
    const Call& call, const aws::athena::ListEngineVersionsInput& request);

// tags.cc
[[nodiscard]] Result<aws::athena::ListTagsForResourceOutput> ListTagsForResource(
    const Call& call, const aws::athena::ListTagsForResourceInput& request);
[[nodiscard]] Result<aws::athena::TagResourceOutput> TagResource(
    const Call& call, const aws::athena::TagResourceInput& request);
[[nodiscard]] Result<aws::athena::UntagResourceOutput> UntagResource(
    const Call& call, const aws::athena::UntagResourceInput& request);

// metadata.cc
[[nodiscard]] Result<aws::athena::ListDataCatalogsOutput> ListDataCatalogs(
    const Call& call, const aws::athena::ListDataCatalogsInput& request);
[[nodiscard]] Result<aws::athena::GetDataCatalogOutput> GetDataCatalog(
    const Call& call, const aws::athena::GetDataCatalogInput& request);
[[nodiscard]] Result<aws::athena::ListDatabasesOutput> ListDatabases(
    const Call& call, const aws::athena::ListDatabasesInput& request);
[[nodiscard]] Result<aws::athena::GetDatabaseOutput> GetDatabase(
    const Call& call, const aws::athena::GetDatabaseInput& request);
[[nodiscard]] Result<aws::athena::ListTableMetadataOutput> ListTableMetadata(
    const Call& call, const aws::athena::ListTableMetadataInput& request);
[[nodiscard]] Result<aws::athena::GetTableMetadataOutput> GetTableMetadata(
    const Call& call, const aws::athena::GetTableMetadataInput& request);

// prepared_statements.cc
[[nodiscard]] Result<aws::athena::CreatePreparedStatementOutput> CreatePreparedStatement(
    const Call& call, const aws::athena::CreatePreparedStatementInput& request);
[[nodiscard]] Result<aws::athena::GetPreparedStatementOutput> GetPreparedStatement(
    const Call& call, const aws::athena::GetPreparedStatementInput& request);
[[nodiscard]] Result<aws::athena::UpdatePreparedStatementOutput> UpdatePreparedStatement(
    const Call& call, const aws::athena::UpdatePreparedStatementInput& request);
[[nodiscard]] Result<aws::athena::DeletePreparedStatementOutput> DeletePreparedStatement(
    const Call& call, const aws::athena::DeletePreparedStatementInput& request);
[[nodiscard]] Result<aws::athena::ListPreparedStatementsOutput> ListPreparedStatements(
    const Call& call, const aws::athena::ListPreparedStatementsInput& request);
[[nodiscard]] Result<aws::athena::BatchGetPreparedStatementOutput> BatchGetPreparedStatement(
    const Call& call, const aws::athena::BatchGetPreparedStatementInput& request);

// named_queries.cc
[[nodiscard]] Result<aws::athena::CreateNamedQueryOutput> CreateNamedQuery(
    const Call& call, const aws::athena::CreateNamedQueryInput& request);
[[nodiscard]] Result<aws::athena::GetNamedQueryOutput> GetNamedQuery(
    const Call& call, const aws::athena::GetNamedQueryInput& request);
[[nodiscard]] Result<aws::athena::UpdateNamedQueryOutput> UpdateNamedQuery(
    const Call& call, const aws::athena::UpdateNamedQueryInput& request);
[[nodiscard]] Result<aws::athena::DeleteNamedQueryOutput> DeleteNamedQuery(
    const Call& call, const aws::athena::DeleteNamedQueryInput& request);
[[nodiscard]] Result<aws::athena::ListNamedQueriesOutput> ListNamedQueries(
    const Call& call, const aws::athena::ListNamedQueriesInput& request);
[[nodiscard]] Result<aws::athena::BatchGetNamedQueryOutput> BatchGetNamedQuery(
    const Call& call, const aws::athena::BatchGetNamedQueryInput& request);

}  // namespace owlet::athena
