#include <fmt/format.h>

#include <string>
#include <string_view>

#include "protocol/athena/handlers.h"

namespace owlet::athena {
namespace {

namespace wire = aws::athena;

/// The workgroup of "arn:aws:athena:region:account:workgroup/name": only workgroups have tags here.
Result<std::string> WorkgroupOf(std::string_view arn) {
  static constexpr std::string_view kMark = ":workgroup/";
  const std::size_t mark = arn.find(kMark);
  if (!arn.starts_with("arn:aws:athena:") || mark == std::string_view::npos) {
    return Fail(Reason::kEntityNotFound, fmt::format("Resource {} was not found", arn),
                "ResourceNotFoundException");
  }
  return std::string(arn.substr(mark + kMark.size()));
}

}  // namespace

Result<wire::ListTagsForResourceOutput> ListTagsForResource(
    const Call& call, const wire::ListTagsForResourceInput& request) {
  OWLET_TRY(const std::string name, WorkgroupOf(request.resource_arn));
  OWLET_TRY(const auto workgroup, call.workgroups.Get(call.principal(), name));
  wire::ListTagsForResourceOutput response;
  auto& tags = response.tags.emplace();
  for (const auto& [key, value] : workgroup.tags) tags.push_back({.key = key, .value = value});
  return response;
}

Result<wire::TagResourceOutput> TagResource(const Call& call,
                                            const wire::TagResourceInput& request) {
  OWLET_TRY(const std::string name, WorkgroupOf(request.resource_arn));
  OWLET_CHECK_OK(call.workgroups.Update(
      call.principal(), name, "athena:TagResource", [&](jobs::Workgroup& workgroup) -> Status {
        for (const auto& tag : request.tags) {
          workgroup.tags[tag.key.value_or("")] = tag.value.value_or("");
        }
        return {};
      }));
  return wire::TagResourceOutput{};
}

Result<wire::UntagResourceOutput> UntagResource(const Call& call,
                                                const wire::UntagResourceInput& request) {
  OWLET_TRY(const std::string name, WorkgroupOf(request.resource_arn));
  OWLET_CHECK_OK(call.workgroups.Update(call.principal(), name, "athena:UntagResource",
                                        [&](jobs::Workgroup& workgroup) -> Status {
                                          for (const auto& key : request.tag_keys)
                                            workgroup.tags.erase(key);
                                          return {};
                                        }));
  return wire::UntagResourceOutput{};
}

}  // namespace owlet::athena
