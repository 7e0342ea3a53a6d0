#pragma once

#include <aws/iam/types.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "base/encoding.h"
#include "base/result.h"
#include "core/access/identity_model.h"
#include "core/access/identity_store.h"

// Between what access keeps and what IAM's wire shows.

namespace owlet::iam {

[[nodiscard]] aws::iam::User ToWire(const access::User& user, bool with_tags);
[[nodiscard]] aws::iam::Group ToWire(const access::Group& group);
[[nodiscard]] aws::iam::Role ToWire(const access::Role& role, bool with_tags);
[[nodiscard]] aws::iam::InstanceProfile ToWire(const access::IdentityStore& identities,
                                               const access::InstanceProfile& profile);
[[nodiscard]] aws::iam::Policy ToWire(const access::IdentityStore& identities,
                                      const access::ManagedPolicy& policy);
[[nodiscard]] aws::iam::PolicyVersion ToWire(const access::ManagedPolicy& policy,
                                             const access::PolicyVersion& version,
                                             bool with_document);
[[nodiscard]] std::vector<aws::iam::Tag> ToWire(const access::TagMap& tags);
[[nodiscard]] std::optional<aws::iam::AttachedPermissionsBoundary> BoundaryOnWire(
    const access::Permissions& permissions);
[[nodiscard]] access::TagMap FromWire(const std::optional<std::vector<aws::iam::Tag>>& tags);

/// IAM sends documents percent-encoded (RFC 3986).
[[nodiscard]] std::string DocumentOnWire(const std::string& document);

/// `path` or "/"; kInvalidArgument unless it begins and ends with a slash.
[[nodiscard]] Result<std::string> ReadPath(const std::optional<std::string>& path);

inline constexpr std::int32_t kDefaultPage = 100;

/// One page of a list that is sorted by `name`: puts the items behind `request.marker` into
/// `target` and what tells of the next page into `reply`.
template <class Request, class Reply, class Item, class Name>
Status FillPage(const Request& request, std::vector<Item> all, Name name, std::vector<Item>& target,
                Reply& reply) {
  std::ranges::sort(all, {}, name);
  std::size_t first = 0;
  if (request.marker) {
    const auto last = DecodeBase64(*request.marker);
    if (!last) {
      return Fail(Reason::kInvalidArgument, "Invalid Marker.", "ValidationError");
    }
    while (first < all.size() && std::invoke(name, all[first]) <= *last) ++first;
  }
  const auto most = static_cast<std::size_t>(request.max_items.value_or(kDefaultPage));
  const std::size_t end = std::min(all.size(), first + most);
  for (std::size_t i = first; i < end; ++i) target.push_back(std::move(all[i]));
  reply.is_truncated = end < all.size();
  if (end < all.size() && !target.empty()) {
    reply.marker = EncodeBase64(std::string(std::invoke(name, target.back())));
  }
  return {};
}

}  // namespace owlet::iam
