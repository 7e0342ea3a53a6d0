#pragma once

#include <aws/glue/types.h>

#include <string>

#include "base/result.h"
#include "core/catalog/catalog.h"
#include "protocol/common/operation.h"

// One function for each operation of Glue that owlet has; each bears its name. All are thread-safe.

namespace owlet::glue {

/// What a handler works with.
struct Call {
  catalog::Catalog& catalog;
  const protocol::RequestContext& context;
  std::string catalog_id;  // the caller's own
};

// databases.cc
[[nodiscard]] Result<aws::glue::CreateDatabaseResponse> CreateDatabase(
    const Call& call, const aws::glue::CreateDatabaseRequest& request);
[[nodiscard]] Result<aws::glue::GetDatabaseResponse> GetDatabase(
    const Call& call, const aws::glue::GetDatabaseRequest& request);
[[nodiscard]] Result<aws::glue::GetDatabasesResponse> GetDatabases(
    const Call& call, const aws::glue::GetDatabasesRequest& request);
[[nodiscard]] Result<aws::glue::UpdateDatabaseResponse> UpdateDatabase(
    const Call& call, const aws::glue::UpdateDatabaseRequest& request);
[[nodiscard]] Result<aws::glue::DeleteDatabaseResponse> DeleteDatabase(
    const Call& call, const aws::glue::DeleteDatabaseRequest& request);

// tables.cc
[[nodiscard]] Result<aws::glue::CreateTableResponse> CreateTable(
    const Call& call, const aws::glue::CreateTableRequest& request);
[[nodiscard]] Result<aws::glue::GetTableResponse> GetTable(
    const Call& call, const aws::glue::GetTableRequest& request);
[[nodiscard]] Result<aws::glue::GetTablesResponse> GetTables(
    const Call& call, const aws::glue::GetTablesRequest& request);
[[nodiscard]] Result<aws::glue::UpdateTableResponse> UpdateTable(
    const Call& call, const aws::glue::UpdateTableRequest& request);
[[nodiscard]] Result<aws::glue::DeleteTableResponse> DeleteTable(
    const Call& call, const aws::glue::DeleteTableRequest& request);
[[nodiscard]] Result<aws::glue::BatchDeleteTableResponse> BatchDeleteTable(
    const Call& call, const aws::glue::BatchDeleteTableRequest& request);

// search_tables.cc
[[nodiscard]] Result<aws::glue::SearchTablesResponse> SearchTables(
    const Call& call, const aws::glue::SearchTablesRequest& request);

// table_versions.cc
[[nodiscard]] Result<aws::glue::GetTableVersionResponse> GetTableVersion(
    const Call& call, const aws::glue::GetTableVersionRequest& request);
[[nodiscard]] Result<aws::glue::GetTableVersionsResponse> GetTableVersions(
    const Call& call, const aws::glue::GetTableVersionsRequest& request);
[[nodiscard]] Result<aws::glue::DeleteTableVersionResponse> DeleteTableVersion(
    const Call& call, const aws::glue::DeleteTableVersionRequest& request);
[[nodiscard]] Result<aws::glue::BatchDeleteTableVersionResponse> BatchDeleteTableVersion(
    const Call& call, const aws::glue::BatchDeleteTableVersionRequest& request);

// partitions.cc
[[nodiscard]] Result<aws::glue::CreatePartitionResponse> CreatePartition(
    const Call& call, const aws::glue::CreatePartitionRequest& request);
[[nodiscard]] Result<aws::glue::GetPartitionResponse> GetPartition(
    const Call& call, const aws::glue::GetPartitionRequest& request);
[[nodiscard]] Result<aws::glue::GetPartitionsResponse> GetPartitions(
    const Call& call, const aws::glue::GetPartitionsRequest& request);
[[nodiscard]] Result<aws::glue::UpdatePartitionResponse> UpdatePartition(
    const Call& call, const aws::glue::UpdatePartitionRequest& request);
[[nodiscard]] Result<aws::glue::DeletePartitionResponse> DeletePartition(
    const Call& call, const aws::glue::DeletePartitionRequest& request);

// batch_partitions.cc
[[nodiscard]] Result<aws::glue::BatchCreatePartitionResponse> BatchCreatePartition(
    const Call& call, const aws::glue::BatchCreatePartitionRequest& request);
[[nodiscard]] Result<aws::glue::BatchGetPartitionResponse> BatchGetPartition(
    const Call& call, const aws::glue::BatchGetPartitionRequest& request);
[[nodiscard]] Result<aws::glue::BatchUpdatePartitionResponse> BatchUpdatePartition(
    const Call& call, const aws::glue::BatchUpdatePartitionRequest& request);
[[nodiscard]] Result<aws::glue::BatchDeletePartitionResponse> BatchDeletePartition(
    const Call& call, const aws::glue::BatchDeletePartitionRequest& request);

// tags.cc
[[nodiscard]] Result<aws::glue::GetTagsResponse> GetTags(const Call& call,
                                                         const aws::glue::GetTagsRequest& request);
[[nodiscard]] Result<aws::glue::TagResourceResponse> TagResource(
    const Call& call, const aws::glue::TagResourceRequest& request);
[[nodiscard]] Result<aws::glue::UntagResourceResponse> UntagResource(
    const Call& call, const aws::glue::UntagResourceRequest& request);

// absent_features.cc
[[nodiscard]] Result<aws::glue::GetPartitionIndexesResponse> GetPartitionIndexes(
    const Call& call, const aws::glue::GetPartitionIndexesRequest& request);
[[nodiscard]] Result<aws::glue::GetColumnStatisticsForTableResponse> GetColumnStatisticsForTable(
    const Call& call, const aws::glue::GetColumnStatisticsForTableRequest& request);
[[nodiscard]] Result<aws::glue::GetColumnStatisticsForPartitionResponse>
GetColumnStatisticsForPartition(const Call& call,
                                const aws::glue::GetColumnStatisticsForPartitionRequest& request);
[[nodiscard]] Result<aws::glue::GetUserDefinedFunctionResponse> GetUserDefinedFunction(
    const Call& call, const aws::glue::GetUserDefinedFunctionRequest& request);
[[nodiscard]] Result<aws::glue::GetUserDefinedFunctionsResponse> GetUserDefinedFunctions(
    const Call& call, const aws::glue::GetUserDefinedFunctionsRequest& request);
[[nodiscard]] Result<aws::glue::GetResourcePolicyResponse> GetResourcePolicy(
    const Call& call, const aws::glue::GetResourcePolicyRequest& request);
[[nodiscard]] Result<aws::glue::GetResourcePoliciesResponse> GetResourcePolicies(
    const Call& call, const aws::glue::GetResourcePoliciesRequest& request);

// catalog_state.cc
[[nodiscard]] Result<aws::glue::GetCatalogResponse> GetCatalog(
    const Call& call, const aws::glue::GetCatalogRequest& request);
[[nodiscard]] Result<aws::glue::GetCatalogsResponse> GetCatalogs(
    const Call& call, const aws::glue::GetCatalogsRequest& request);
[[nodiscard]] Result<aws::glue::GetCatalogImportStatusResponse> GetCatalogImportStatus(
    const Call& call, const aws::glue::GetCatalogImportStatusRequest& request);
[[nodiscard]] Result<aws::glue::GetDataCatalogEncryptionSettingsResponse>
GetDataCatalogEncryptionSettings(const Call& call,
                                 const aws::glue::GetDataCatalogEncryptionSettingsRequest& request);

}  // namespace owlet::glue
