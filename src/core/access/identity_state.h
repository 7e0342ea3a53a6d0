#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/ascii.h"
#include "base/result.h"
#include "core/access/identity_records.h"
#include "core/access/identity_store.h"

// What the .cc files of the IdentityStore share; nobody else includes this.

namespace owlet::access {

/// Everything, in memory. Users, groups, roles and profiles by lower-case name, policies and
/// providers by ARN, keys and sessions by id.
struct IdentityStore::State {
  std::map<std::string, User> users;
  std::map<std::string, Group> groups;
  std::map<std::string, Role> roles;
  std::map<std::string, InstanceProfile> profiles;
  std::map<std::string, ManagedPolicy> policies;
  std::map<std::string, AccessKey, std::less<>> keys;
  std::map<std::string, Session, std::less<>> sessions;
  std::map<std::string, OidcProvider, std::less<>> oidc;
  std::map<std::string, SamlProvider, std::less<>> saml;
  AccountSettings settings;
  /// Parsed policies by "user/name" and "role/name"; emptied by every change of them.
  std::map<std::string, std::shared_ptr<const PolicyInputs>> parsed;
};

inline constexpr std::string_view kUserPrefix = "user/";
inline constexpr std::string_view kKeyPrefix = "key/";
inline constexpr std::string_view kRolePrefix = "role/";
inline constexpr std::string_view kProfilePrefix = "profile/";
inline constexpr std::string_view kPolicyPrefix = "policy/";
inline constexpr std::string_view kSessionPrefix = "session/";
inline constexpr std::string_view kGroupPrefix = "group/";
inline constexpr std::string_view kOidcPrefix = "oidc/";
inline constexpr std::string_view kSamlPrefix = "saml/";
inline constexpr std::string_view kSettingsRow = "settings";

inline std::string KvKey(std::string_view prefix, std::string_view name) {
  return std::string(prefix) + ToLowerAscii(name);
}

inline std::unexpected<Error> NoSuchEntity(std::string message) {
  return Fail(Reason::kEntityNotFound, std::move(message), "NoSuchEntity");
}
inline std::unexpected<Error> AlreadyExists(std::string message) {
  return Fail(Reason::kEntityExists, std::move(message), "EntityAlreadyExists");
}
inline std::unexpected<Error> DeleteConflict(std::string message) {
  return Fail(Reason::kEntityInUse, std::move(message), "DeleteConflict");
}
inline std::unexpected<Error> LimitExceeded(std::string message) {
  return Fail(Reason::kLimitExceeded, std::move(message), "LimitExceeded");
}

/// `prefix` and capital letters and digits up to `length` characters: "AKIA…", "AROA…".
[[nodiscard]] std::string MakeId(std::string_view prefix, std::size_t length);
/// Base64 of bytes that nobody can guess.
[[nodiscard]] std::string MakeSecret(std::size_t bytes);

[[nodiscard]] Result<PolicyList> ParseSessionPolicies(const std::vector<std::string>& documents);

template <class Map>
auto FindNamed(Map& map, std::string_view name) -> decltype(&map.begin()->second) {
  const auto found = map.find(ToLowerAscii(name));
  return found == map.end() ? nullptr : &found->second;
}

/// Adds and removes; kLimitExceeded beyond 50.
[[nodiscard]] Status EditTags(const TagMap& added, const std::vector<std::string>& removed,
                              TagMap& tags);

/// Those below a path prefix, in the order of their names.
template <class Entity>
std::vector<Entity> BelowPath(const std::map<std::string, Entity>& map, std::string_view prefix) {
  std::vector<Entity> found;
  for (const auto& [key, entity] : map) {
    if (entity.path.starts_with(prefix)) found.push_back(entity);
  }
  return found;
}

[[nodiscard]] std::unexpected<Error> NoSuchUser(std::string_view name);
[[nodiscard]] std::unexpected<Error> NoSuchGroup(std::string_view name);
[[nodiscard]] std::unexpected<Error> NoSuchRole(std::string_view name);
[[nodiscard]] std::unexpected<Error> NoSuchProfile(std::string_view name);

}  // namespace owlet::access
