#include <fmt/format.h>

#include "protocol/glue/handlers.h"
#include "protocol/glue/wire_model.h"

// The catalog itself: each account has one, named by its number.

namespace owlet::glue {
namespace {

aws::glue::Catalog OwnCatalog(const Call& call) {
  aws::glue::Catalog catalog;
  catalog.catalog_id = call.catalog_id;
  catalog.name = call.catalog_id;
  catalog.resource_arn = call.catalog.Arn(call.context.principal, {});
  return catalog;
}

}  // namespace

Result<aws::glue::GetCatalogResponse> GetCatalog(const Call& call,
                                                 const aws::glue::GetCatalogRequest& request) {
  OWLET_CHECK_OK(CheckCatalogId(call.context.principal, request.catalog_id));
  return aws::glue::GetCatalogResponse{.catalog = OwnCatalog(call)};
}

Result<aws::glue::GetCatalogsResponse> GetCatalogs(const Call& call,
                                                   const aws::glue::GetCatalogsRequest& request) {
  aws::glue::GetCatalogsResponse response;
  if (request.include_root.value_or(false)) response.catalog_list.push_back(OwnCatalog(call));
  return response;
}

Result<aws::glue::GetCatalogImportStatusResponse> GetCatalogImportStatus(
    const Call&, const aws::glue::GetCatalogImportStatusRequest&) {
  // Athena's own catalog of before 2017 never was here: there is nothing left to import.
  aws::glue::GetCatalogImportStatusResponse response;
  response.import_status.emplace().import_completed = true;
  return response;
}

Result<aws::glue::GetDataCatalogEncryptionSettingsResponse> GetDataCatalogEncryptionSettings(
    const Call&, const aws::glue::GetDataCatalogEncryptionSettingsRequest&) {
  aws::glue::GetDataCatalogEncryptionSettingsResponse response;
  auto& settings = response.data_catalog_encryption_settings.emplace();
  settings.encryption_at_rest.emplace().catalog_encryption_mode = "DISABLED";
  settings.connection_password_encryption.emplace().return_connection_password_encrypted = false;
  return response;
}

}  // namespace owlet::glue
