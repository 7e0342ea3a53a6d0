#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include "protocol/glue/handlers.h"
#include "protocol/glue/wire_model.h"

namespace owlet::glue {
namespace {

/// The database or table of "arn:aws:glue:region:account:database/db" must be there.
Status CheckResource(const Call& call, std::string_view arn) {
  std::vector<std::string_view> parts;
  for (int i = 0; i < 5; ++i) {
    const std::size_t colon = arn.find(':');
    if (colon == std::string_view::npos) break;
    parts.push_back(arn.substr(0, colon));
    arn.remove_prefix(colon + 1);
  }
  if (parts.size() != 5 || parts[0] != "arn" || parts[2] != "glue") {
    return Fail(Reason::kInvalidArgument, "Invalid ARN of a resource of Glue");
  }
  if (arn.starts_with("database/")) {
    OWLET_TRY(const auto database, call.catalog.GetDatabase(call.context.principal, arn.substr(9)));
    return {};
  }
  if (arn.starts_with("table/")) {
    const std::string_view path = arn.substr(6);
    const std::size_t slash = path.find('/');
    if (slash != std::string_view::npos) {
      OWLET_TRY(const auto table, call.catalog.GetTable(call.context.principal,
                                                        {std::string(path.substr(0, slash)),
                                                         std::string(path.substr(slash + 1))}));
      return {};
    }
  }
  return Fail(Reason::kEntityNotFound, fmt::format("No resource {} in the catalog", arn));
}

}  // namespace

Result<aws::glue::GetTagsResponse> GetTags(const Call& call,
                                           const aws::glue::GetTagsRequest& request) {
  OWLET_CHECK_OK(CheckResource(call, request.resource_arn));
  aws::glue::GetTagsResponse response;
  OWLET_TRY(response.tags, call.catalog.GetTags(call.context.principal, request.resource_arn));
  return response;
}

Result<aws::glue::TagResourceResponse> TagResource(const Call& call,
                                                   const aws::glue::TagResourceRequest& request) {
  OWLET_CHECK_OK(CheckResource(call, request.resource_arn));
  OWLET_CHECK_OK(call.catalog.Edit(call.context.principal, [&](catalog::CatalogEdit& edit) {
    return edit.ChangeTags(request.resource_arn, request.tags_to_add, {});
  }));
  return aws::glue::TagResourceResponse{};
}

Result<aws::glue::UntagResourceResponse> UntagResource(
    const Call& call, const aws::glue::UntagResourceRequest& request) {
  OWLET_CHECK_OK(CheckResource(call, request.resource_arn));
  OWLET_CHECK_OK(call.catalog.Edit(call.context.principal, [&](catalog::CatalogEdit& edit) {
    return edit.ChangeTags(request.resource_arn, {}, request.tags_to_remove);
  }));
  return aws::glue::UntagResourceResponse{};
}

}  // namespace owlet::glue
