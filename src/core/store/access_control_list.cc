#include "core/store/access_control_list.h"

#include <algorithm>
#include <array>
#include <utility>

namespace owlet::store {
namespace {

constexpr std::array kOwnerships = {
    std::pair{ObjectOwnership::kBucketOwnerEnforced, std::string_view("BucketOwnerEnforced")},
    std::pair{ObjectOwnership::kBucketOwnerPreferred, std::string_view("BucketOwnerPreferred")},
    std::pair{ObjectOwnership::kObjectWriter, std::string_view("ObjectWriter")}};

bool Includes(AclPermission given, AclPermission wanted) {
  return (static_cast<unsigned>(given) & static_cast<unsigned>(wanted)) ==
         static_cast<unsigned>(wanted);
}

}  // namespace

std::string_view OwnershipName(ObjectOwnership ownership) {
  return std::ranges::find(kOwnerships, ownership, [](const auto& row) { return row.first; })
      ->second;
}

std::optional<ObjectOwnership> ParseOwnership(std::string_view name) {
  const auto* found =
      std::ranges::find(kOwnerships, name, [](const auto& row) { return row.second; });
  if (found == kOwnerships.end()) return std::nullopt;
  return found->first;
}

std::optional<AccessControlList> ExpandCannedAcl(std::string_view canned, std::string_view owner_id,
                                                 std::string_view bucket_owner_id) {
  using P = AclPermission;
  AccessControlList list;
  const auto group = [&](AclGroup who, P permission) {
    list.entries.push_back({.group = who, .permission = permission});
  };
  const auto bucket_owner = [&](P permission) {
    if (bucket_owner_id == owner_id) return;
    list.entries.push_back(
        {.canonical_id = std::string(bucket_owner_id), .permission = permission});
  };
  if (canned == "public-read") {
    group(AclGroup::kAllUsers, P::kRead);
  } else if (canned == "public-read-write") {
    group(AclGroup::kAllUsers, P::kRead);
    group(AclGroup::kAllUsers, P::kWrite);
  } else if (canned == "authenticated-read") {
    group(AclGroup::kAuthenticatedUsers, P::kRead);
  } else if (canned == "bucket-owner-read") {
    bucket_owner(P::kRead);
  } else if (canned == "bucket-owner-full-control") {
    bucket_owner(P::kFullControl);
  } else if (canned == "log-delivery-write") {
    group(AclGroup::kLogDelivery, P::kWrite);
    group(AclGroup::kLogDelivery, P::kReadAcp);
  } else if (canned != "private" && canned != "aws-exec-read") {
    return std::nullopt;
  }
  list.entries.push_back({.canonical_id = std::string(owner_id), .permission = P::kFullControl});
  return list;
}

AccessControlList EffectiveAcl(const AccessControlList& list, std::string_view owner_id) {
  if (!list.entries.empty()) return list;
  return {{{.canonical_id = std::string(owner_id), .permission = AclPermission::kFullControl}}};
}

bool IsPublic(const AccessControlList& list) {
  return std::ranges::any_of(list.entries, [](const AclEntry& entry) {
    return entry.group == AclGroup::kAllUsers || entry.group == AclGroup::kAuthenticatedUsers;
  });
}

bool IsPublicCanned(std::string_view canned) {
  return canned == "public-read" || canned == "public-read-write" || canned == "authenticated-read";
}

AclReach ReachOf(const AccessControlList& list, std::string_view owner_id,
                 const access::Principal& who, AclPermission permission, bool ignore_public) {
  const bool is_signed = !who.IsAnonymous();
  const std::string id = is_signed ? CanonicalId(who.account_id) : std::string();
  if (list.entries.empty()) {
    return is_signed && id == owner_id ? AclReach::kAccount : AclReach::kNone;
  }
  AclReach reach = AclReach::kNone;
  for (const AclEntry& entry : list.entries) {
    if (!Includes(entry.permission, permission)) continue;
    if (entry.group == AclGroup::kNone) {
      if (is_signed && entry.canonical_id == id) reach = std::max(reach, AclReach::kAccount);
    } else if (ignore_public) {
      continue;
    } else if (entry.group == AclGroup::kAllUsers) {
      return AclReach::kEverybody;
    } else if (entry.group == AclGroup::kAuthenticatedUsers && is_signed) {
      reach = std::max(reach, AclReach::kAccount);
    }
  }
  return reach;
}

std::string CanonicalId(std::string_view account) {
  return access::CanonicalUserId(account.empty() ? access::kDefaultAccount : account);
}

}  // namespace owlet::store
