#include "protocol/glue/glue_service.h"

#include <aws/glue/operations.h>

#include <utility>

#include "protocol/common/json_service.h"
#include "protocol/glue/error_map.h"
#include "protocol/glue/handlers.h"
#include "protocol/glue/wire_model.h"

namespace owlet::glue {
namespace {

namespace operations = aws::glue::operations;

/// A handler with its Call around it. The catalog id is checked where a request can name one.
template <class Operation, auto Handler>
void Register(protocol::JsonService& service, catalog::Catalog& catalog) {
  service.On<Operation>(
      [&catalog](const protocol::RequestContext& context,
                 const typename Operation::Request& request) -> Result<typename Operation::Reply> {
        if constexpr (requires { request.catalog_id.has_value(); }) {
          OWLET_CHECK_OK(CheckCatalogId(context.principal, request.catalog_id));
        }
        return Handler(Call{.catalog = catalog,
                            .context = context,
                            .catalog_id = CatalogIdOf(context.principal)},
                       request);
      });
}

}  // namespace

std::unique_ptr<net::HttpService> MakeGlueService(catalog::Catalog& catalog,
                                                  protocol::ServiceEnvironment environment) {
  auto service = std::make_unique<protocol::JsonService>(
      aws::glue::kService,
      protocol::JsonService::Options{.map_error = MapError,
                                     .validation_error = {.code = "InvalidInputException"}},
      std::move(environment));
  Register<operations::CreateDatabase, CreateDatabase>(*service, catalog);
  Register<operations::GetDatabase, GetDatabase>(*service, catalog);
  Register<operations::GetDatabases, GetDatabases>(*service, catalog);
  Register<operations::UpdateDatabase, UpdateDatabase>(*service, catalog);
  Register<operations::DeleteDatabase, DeleteDatabase>(*service, catalog);
  Register<operations::CreateTable, CreateTable>(*service, catalog);
  Register<operations::GetTable, GetTable>(*service, catalog);
  Register<operations::GetTables, GetTables>(*service, catalog);
  Register<operations::UpdateTable, UpdateTable>(*service, catalog);
  Register<operations::DeleteTable, DeleteTable>(*service, catalog);
  Register<operations::BatchDeleteTable, BatchDeleteTable>(*service, catalog);
  Register<operations::SearchTables, SearchTables>(*service, catalog);
  Register<operations::GetTableVersion, GetTableVersion>(*service, catalog);
  Register<operations::GetTableVersions, GetTableVersions>(*service, catalog);
  Register<operations::DeleteTableVersion, DeleteTableVersion>(*service, catalog);
  Register<operations::BatchDeleteTableVersion, BatchDeleteTableVersion>(*service, catalog);
  Register<operations::CreatePartition, CreatePartition>(*service, catalog);
  Register<operations::GetPartition, GetPartition>(*service, catalog);
  Register<operations::GetPartitions, GetPartitions>(*service, catalog);
  Register<operations::UpdatePartition, UpdatePartition>(*service, catalog);
  Register<operations::DeletePartition, DeletePartition>(*service, catalog);
  Register<operations::BatchCreatePartition, BatchCreatePartition>(*service, catalog);
  Register<operations::BatchGetPartition, BatchGetPartition>(*service, catalog);
  Register<operations::BatchUpdatePartition, BatchUpdatePartition>(*service, catalog);
  Register<operations::BatchDeletePartition, BatchDeletePartition>(*service, catalog);
  Register<operations::GetTags, GetTags>(*service, catalog);
  Register<operations::TagResource, TagResource>(*service, catalog);
  Register<operations::UntagResource, UntagResource>(*service, catalog);
  Register<operations::GetPartitionIndexes, GetPartitionIndexes>(*service, catalog);
  Register<operations::GetColumnStatisticsForTable, GetColumnStatisticsForTable>(*service, catalog);
  Register<operations::GetColumnStatisticsForPartition, GetColumnStatisticsForPartition>(*service,
                                                                                         catalog);
  Register<operations::GetUserDefinedFunction, GetUserDefinedFunction>(*service, catalog);
  Register<operations::GetUserDefinedFunctions, GetUserDefinedFunctions>(*service, catalog);
  Register<operations::GetResourcePolicy, GetResourcePolicy>(*service, catalog);
  Register<operations::GetResourcePolicies, GetResourcePolicies>(*service, catalog);
  Register<operations::GetCatalog, GetCatalog>(*service, catalog);
  Register<operations::GetCatalogs, GetCatalogs>(*service, catalog);
  Register<operations::GetCatalogImportStatus, GetCatalogImportStatus>(*service, catalog);
  Register<operations::GetDataCatalogEncryptionSettings, GetDataCatalogEncryptionSettings>(*service,
                                                                                           catalog);
  return service;
}

}  // namespace owlet::glue
