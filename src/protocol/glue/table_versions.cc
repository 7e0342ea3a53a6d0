#include <charconv>
#include <optional>
#include <string>

#include "protocol/glue/error_map.h"
#include "protocol/glue/handlers.h"
#include "protocol/glue/wire_model.h"

namespace owlet::glue {
namespace {

aws::glue::TableVersion ToVersion(const catalog::Table& table, const std::string& catalog_id) {
  return {.table = ToWire(table, catalog_id), .version_id = std::to_string(table.version)};
}

}  // namespace

Result<aws::glue::GetTableVersionResponse> GetTableVersion(
    const Call& call, const aws::glue::GetTableVersionRequest& request) {
  OWLET_TRY(const auto versions,
            call.catalog.ListTableVersions(call.context.principal,
                                           {request.database_name, request.table_name}));
  std::uint64_t wanted = versions.front().version;
  if (request.version_id) {
    OWLET_TRY(wanted, ParseVersionId(*request.version_id));
  }
  for (const auto& table : versions) {
    if (table.version != wanted) continue;
    return aws::glue::GetTableVersionResponse{.table_version = ToVersion(table, call.catalog_id)};
  }
  return Fail(Reason::kEntityNotFound, "version not found.");
}

Result<aws::glue::GetTableVersionsResponse> GetTableVersions(
    const Call& call, const aws::glue::GetTableVersionsRequest& request) {
  OWLET_TRY(const auto versions,
            call.catalog.ListTableVersions(call.context.principal,
                                           {request.database_name, request.table_name}));
  // The token is the version behind which to go on: newest first.
  std::optional<std::uint64_t> behind;
  if (request.next_token && !request.next_token->empty()) {
    OWLET_TRY(behind, ParseVersionId(*request.next_token));
  }
  const auto limit = static_cast<std::size_t>(request.max_results.value_or(100));
  aws::glue::GetTableVersionsResponse response;
  auto& list = response.table_versions.emplace();
  for (const auto& table : versions) {
    if (behind && table.version >= *behind) continue;
    if (list.size() == limit) {
      response.next_token = list.back().version_id;
      break;
    }
    list.push_back(ToVersion(table, call.catalog_id));
  }
  return response;
}

Result<aws::glue::DeleteTableVersionResponse> DeleteTableVersion(
    const Call& call, const aws::glue::DeleteTableVersionRequest& request) {
  OWLET_TRY(const std::uint64_t version, ParseVersionId(request.version_id));
  OWLET_CHECK_OK(call.catalog.Edit(call.context.principal, [&](catalog::CatalogEdit& edit) {
    return edit.DeleteTableVersion({request.database_name, request.table_name}, version);
  }));
  return aws::glue::DeleteTableVersionResponse{};
}

Result<aws::glue::BatchDeleteTableVersionResponse> BatchDeleteTableVersion(
    const Call& call, const aws::glue::BatchDeleteTableVersionRequest& request) {
  std::vector<aws::glue::TableVersionError> errors;
  const Status edited =
      call.catalog.Edit(call.context.principal, [&](catalog::CatalogEdit& edit) -> Status {
        const catalog::TableName name{request.database_name, request.table_name};
        OWLET_TRY(const auto table, edit.GetTable(name));
        for (const std::string& text : request.version_ids) {
          const auto version = ParseVersionId(text);
          const Status status = version ? edit.DeleteTableVersion(name, *version)
                                        : Status(std::unexpected(version.error()));
          if (status) continue;
          const auto error = MapError(status.error());
          errors.push_back({.table_name = table.name,
                            .version_id = text,
                            .error_detail = aws::glue::ErrorDetail{
                                .error_code = error.code, .error_message = error.message}});
        }
        return {};
      });
  if (!edited) return std::unexpected(edited.error());
  aws::glue::BatchDeleteTableVersionResponse response;
  if (!errors.empty()) response.errors = std::move(errors);
  return response;
}

}  // namespace owlet::glue
