#include <algorithm>
#include <optional>

#include "protocol/glue/handlers.h"
#include "protocol/glue/wire_model.h"

namespace owlet::glue {

Result<aws::glue::CreateDatabaseResponse> CreateDatabase(
    const Call& call, const aws::glue::CreateDatabaseRequest& request) {
  OWLET_TRY(catalog::Database database, FromWire(request.database_input));
  const Status edited =
      call.catalog.Edit(call.context.principal, [&](catalog::CatalogEdit& edit) -> Status {
        OWLET_CHECK_OK(edit.CreateDatabase(database));
        if (!request.tags) return {};
        return edit.ChangeTags(call.catalog.Arn(call.context.principal, database.name),
                               *request.tags, {});
      });
  if (!edited) return std::unexpected(edited.error());
  return aws::glue::CreateDatabaseResponse{};
}

Result<aws::glue::GetDatabaseResponse> GetDatabase(const Call& call,
                                                   const aws::glue::GetDatabaseRequest& request) {
  OWLET_TRY(const auto database, call.catalog.GetDatabase(call.context.principal, request.name));
  return aws::glue::GetDatabaseResponse{.database = ToWire(database, call.catalog_id)};
}

Result<aws::glue::GetDatabasesResponse> GetDatabases(
    const Call& call, const aws::glue::GetDatabasesRequest& request) {
  aws::glue::GetDatabasesResponse response;
  const catalog::PageRequest page{
      .token = request.next_token.value_or(""),
      .limit = static_cast<std::size_t>(request.max_results.value_or(100))};
  OWLET_TRY(const auto found, call.catalog.ListDatabases(call.context.principal, page));
  const bool names_only = request.attributes_to_get && !request.attributes_to_get->empty();
  for (const auto& database : found.items) {
    if (names_only) {
      response.database_list.emplace_back().name = database.name;
    } else {
      response.database_list.push_back(ToWire(database, call.catalog_id));
    }
  }
  if (!found.next.empty()) response.next_token = found.next;
  return response;
}

Result<aws::glue::UpdateDatabaseResponse> UpdateDatabase(
    const Call& call, const aws::glue::UpdateDatabaseRequest& request) {
  OWLET_TRY(const catalog::Database database, FromWire(request.database_input));
  OWLET_CHECK_OK(call.catalog.Edit(call.context.principal, [&](catalog::CatalogEdit& edit) {
    return edit.UpdateDatabase(request.name, database);
  }));
  return aws::glue::UpdateDatabaseResponse{};
}

Result<aws::glue::DeleteDatabaseResponse> DeleteDatabase(
    const Call& call, const aws::glue::DeleteDatabaseRequest& request) {
  OWLET_CHECK_OK(call.catalog.Edit(call.context.principal, [&](catalog::CatalogEdit& edit) {
    return edit.DeleteDatabase(request.name, true);
  }));
  return aws::glue::DeleteDatabaseResponse{};
}

}  // namespace owlet::glue
