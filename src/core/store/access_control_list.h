#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/access/principal.h"

// Access control lists, as S3 keeps them beside its policies.

namespace owlet::store {

/// What a grant allows; kFullControl is all four.
enum class AclPermission : std::uint8_t {
  kRead = 1,
  kWrite = 2,
  kReadAcp = 4,
  kWriteAcp = 8,
  kFullControl = 15,
};

/// Whom a grant is for, when it is not one account.
enum class AclGroup : std::uint8_t { kNone = 0, kAllUsers, kAuthenticatedUsers, kLogDelivery };

struct AclEntry {
  AclGroup group = AclGroup::kNone;
  std::string canonical_id;  // of kNone
  AclPermission permission = AclPermission::kRead;
  bool operator==(const AclEntry&) const = default;
};

/// An empty list means that the owner has FULL_CONTROL and nobody else anything.
struct AccessControlList {
  std::vector<AclEntry> entries;
  bool operator==(const AccessControlList&) const = default;
};

/// Who owns new objects of a bucket, and whether access control lists count (S3 User Guide,
/// "Controlling ownership of objects").
enum class ObjectOwnership : std::uint8_t {
  kBucketOwnerEnforced,  // S3's default: the bucket's owner owns everything, lists are ignored
  kBucketOwnerPreferred,
  kObjectWriter,
};
[[nodiscard]] std::string_view OwnershipName(ObjectOwnership ownership);
[[nodiscard]] std::optional<ObjectOwnership> ParseOwnership(std::string_view name);

/// The list that a canned one ("public-read" ...) stands for; nothing for an unknown name.
[[nodiscard]] std::optional<AccessControlList> ExpandCannedAcl(std::string_view canned,
                                                               std::string_view owner_id,
                                                               std::string_view bucket_owner_id);

/// The list with the owner's grant written out.
[[nodiscard]] AccessControlList EffectiveAcl(const AccessControlList& list,
                                             std::string_view owner_id);

/// Whether a list lets everybody, or everybody with an account, do something.
[[nodiscard]] bool IsPublic(const AccessControlList& list);
[[nodiscard]] bool IsPublicCanned(std::string_view canned);

/// How far a list grants a permission.
enum class AclReach : std::uint8_t { kNone, kAccount, kEverybody };
[[nodiscard]] AclReach ReachOf(const AccessControlList& list, std::string_view owner_id,
                               const access::Principal& who, AclPermission permission,
                               bool ignore_public);

/// The id by which lists name an account.
[[nodiscard]] std::string CanonicalId(std::string_view account);

}  // namespace owlet::store
