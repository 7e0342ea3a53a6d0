#pragma once

#include <aws/s3/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/store/access_control_list.h"
#include "core/store/object_store.h"
#include "protocol/s3/owner.h"

// Access control lists on the wire: canned names, grant headers and XML.

namespace owlet::s3 {

/// What a request says of a list, in any of its three forms. Neither: nothing was said.
struct AclRequest {
  std::string canned;
  std::optional<store::AccessControlList> list;
  [[nodiscard]] bool given() const { return !canned.empty() || list.has_value(); }
};

struct GrantHeaders {
  const std::optional<std::string>& full_control;
  const std::optional<std::string>& read;
  const std::optional<std::string>& read_acp;
  const std::optional<std::string>& write;
  const std::optional<std::string>& write_acp;
};
/// kInvalidArgument for a canned list beside grants, unknown groups and ids.
[[nodiscard]] Result<AclRequest> ParseAclHeaders(const std::optional<std::string>& canned,
                                                 const GrantHeaders& grants);

template <class Request>
[[nodiscard]] Result<AclRequest> AclHeadersOf(const Request& request) {
  static const std::optional<std::string> kNone;
  const std::optional<std::string>* write = &kNone;
  if constexpr (requires { request.grant_write; }) write = &request.grant_write;
  return ParseAclHeaders(request.acl, {.full_control = request.grant_full_control,
                                       .read = request.grant_read,
                                       .read_acp = request.grant_read_acp,
                                       .write = *write,
                                       .write_acp = request.grant_write_acp});
}

/// From AccessControlPolicy. kMalformedRequest "MalformedACLError", kInvalidArgument.
[[nodiscard]] Result<store::AccessControlList> ReadAclXml(
    const aws::s3::AccessControlPolicy& policy, std::string_view owner_id);

/// kInvalidArgument "AccessControlListNotSupported" where lists do not count; kAccessDenied where
/// the public access block forbids a public one.
[[nodiscard]] Status CheckAclAllowed(const AclRequest& request, const store::BucketTerms& bucket);

/// The list as a reply has it.
[[nodiscard]] std::vector<aws::s3::Grant> GrantsOf(const store::AccessControlList& list,
                                                   const std::string& owner_account);

}  // namespace owlet::s3
