#include "protocol/s3/acl_fields.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/ascii.h"
#include "protocol/s3/public_access.h"

namespace owlet::s3 {
namespace {

using store::AclEntry;
using store::AclGroup;
using store::AclPermission;

constexpr std::string_view kGroups = "http://acs.amazonaws.com/groups/";

constexpr std::array kPermissions = {
    std::pair{AclPermission::kFullControl, std::string_view("FULL_CONTROL")},
    std::pair{AclPermission::kRead, std::string_view("READ")},
    std::pair{AclPermission::kWrite, std::string_view("WRITE")},
    std::pair{AclPermission::kReadAcp, std::string_view("READ_ACP")},
    std::pair{AclPermission::kWriteAcp, std::string_view("WRITE_ACP")}};

constexpr std::array kGroupNames = {
    std::pair{AclGroup::kAllUsers, std::string_view("global/AllUsers")},
    std::pair{AclGroup::kAuthenticatedUsers, std::string_view("global/AuthenticatedUsers")},
    std::pair{AclGroup::kLogDelivery, std::string_view("s3/LogDelivery")}};

Result<AclGroup> ParseGroup(std::string_view uri) {
  if (uri.starts_with(kGroups)) {
    uri.remove_prefix(kGroups.size());
    for (const auto& [group, name] : kGroupNames) {
      if (name == uri) return group;
    }
  }
  return Fail(Reason::kInvalidArgument, "Invalid group uri");
}

Result<std::string> ParseId(std::string_view id) {
  const bool good = id.size() == 64 && std::ranges::all_of(id, [](char c) {
                      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
                    });
  if (!good) return Fail(Reason::kInvalidArgument, "Invalid id");
  return std::string(id);
}

std::unexpected<Error> NoSuchEmail() {
  return Fail(Reason::kInvalidArgument,
              "The email address you provided does not match any account on record.",
              "UnresolvableGrantByEmailAddress");
}

std::unexpected<Error> MalformedAcl() {
  return Fail(Reason::kMalformedRequest,
              "The XML you provided was not well-formed or did not validate against our published "
              "schema",
              "MalformedACLError");
}

/// `id="...", uri="..."` of one header.
Status ReadGrantHeader(std::string_view header, AclPermission permission,
                       store::AccessControlList& list) {
  while (!header.empty()) {
    const std::size_t comma = header.find(',');
    const std::string_view item = TrimBlanks(header.substr(0, comma));
    header = comma == std::string_view::npos ? std::string_view() : header.substr(comma + 1);
    if (item.empty()) continue;
    const std::size_t equals = item.find('=');
    if (equals == std::string_view::npos) {
      return Fail(Reason::kInvalidArgument, "Argument format not recognized");
    }
    const std::string kind = ToLowerAscii(TrimBlanks(item.substr(0, equals)));
    std::string_view value = TrimBlanks(item.substr(equals + 1));
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
      value = value.substr(1, value.size() - 2);
    }
    AclEntry entry{.permission = permission};
    if (kind == "id") {
      OWLET_TRY(entry.canonical_id, ParseId(value));
    } else if (kind == "uri") {
      OWLET_TRY(entry.group, ParseGroup(value));
    } else if (kind == "emailaddress") {
      return NoSuchEmail();
    } else {
      return Fail(Reason::kInvalidArgument, "Argument format not recognized");
    }
    list.entries.push_back(std::move(entry));
  }
  return {};
}

}  // namespace

Result<AclRequest> ParseAclHeaders(const std::optional<std::string>& canned,
                                   const GrantHeaders& grants) {
  AclRequest request;
  if (canned) request.canned = *canned;
  const std::pair<const std::optional<std::string>&, AclPermission> headers[] = {
      {grants.full_control, AclPermission::kFullControl},
      {grants.read, AclPermission::kRead},
      {grants.write, AclPermission::kWrite},
      {grants.read_acp, AclPermission::kReadAcp},
      {grants.write_acp, AclPermission::kWriteAcp}};
  for (const auto& [header, permission] : headers) {
    if (!header) continue;
    if (!request.list) request.list.emplace();
    OWLET_CHECK_OK(ReadGrantHeader(*header, permission, *request.list));
  }
  if (!request.canned.empty() && request.list) {
    return Fail(Reason::kInvalidArgument,
                "Specifying both Canned ACLs and Header Grants is not allowed", "InvalidRequest");
  }
  return request;
}

Result<store::AccessControlList> ReadAclXml(const aws::s3::AccessControlPolicy& policy,
                                            std::string_view owner_id) {
  if (!policy.owner || !policy.owner->id) return MalformedAcl();
  if (*policy.owner->id != owner_id) {
    return Fail(Reason::kAccessDenied, "Access Denied", "AccessDenied");
  }
  // A list without grants takes the owner's own rights to the data too.
  store::AccessControlList list;
  if (!policy.grants) return list;
  for (const aws::s3::Grant& grant : *policy.grants) {
    if (!grant.grantee || !grant.permission) return MalformedAcl();
    const auto* permission = std::ranges::find(kPermissions, *grant.permission,
                                               [](const auto& row) { return row.second; });
    if (permission == kPermissions.end()) return MalformedAcl();
    AclEntry entry{.permission = permission->first};
    const aws::s3::Grantee& grantee = *grant.grantee;
    if (grantee.type == "AmazonCustomerByEmail" || grantee.email_address) return NoSuchEmail();
    if (grantee.type == "Group") {
      if (!grantee.uri) return MalformedAcl();
      OWLET_TRY(entry.group, ParseGroup(*grantee.uri));
    } else {
      if (!grantee.id) return MalformedAcl();
      OWLET_TRY(entry.canonical_id, ParseId(*grantee.id));
    }
    list.entries.push_back(std::move(entry));
  }
  return list;
}

Status CheckAclAllowed(const AclRequest& request, const store::BucketTerms& bucket) {
  if (!request.given()) return {};
  if (bucket.ownership() == store::ObjectOwnership::kBucketOwnerEnforced) {
    if (request.canned == "bucket-owner-full-control") return {};
    return Fail(Reason::kInvalidArgument, "The bucket does not allow ACLs",
                "AccessControlListNotSupported");
  }
  const bool is_public =
      store::IsPublicCanned(request.canned) || (request.list && store::IsPublic(*request.list));
  if (is_public && ReadPublicAccessBlock(bucket).block_public_acls.value_or(false)) {
    return Fail(Reason::kAccessDenied, "Access Denied", "AccessDenied");
  }
  return {};
}

std::vector<aws::s3::Grant> GrantsOf(const store::AccessControlList& list,
                                     const std::string& owner_account) {
  const std::string owner_id = store::CanonicalId(owner_account);
  std::vector<aws::s3::Grant> grants;
  for (const AclEntry& entry : store::EffectiveAcl(list, owner_id).entries) {
    if (static_cast<int>(entry.permission) == 0) continue;  // stands for a list without grants
    aws::s3::Grant& grant = grants.emplace_back();
    auto& grantee = grant.grantee.emplace();
    if (entry.group == AclGroup::kNone) {
      grantee.type = "CanonicalUser";
      grantee.id = entry.canonical_id;
      grantee.display_name = DisplayNameOf(entry.canonical_id, owner_account);
    } else {
      grantee.type = "Group";
      const auto* name =
          std::ranges::find(kGroupNames, entry.group, [](const auto& row) { return row.first; });
      grantee.uri = std::string(kGroups) + std::string(name->second);
    }
    const auto* permission = std::ranges::find(kPermissions, entry.permission,
                                               [](const auto& row) { return row.first; });
    grant.permission = std::string(permission->second);
  }
  return grants;
}

}  // namespace owlet::s3
