#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "core/access/principal.h"

// What IAM keeps, as values.

namespace owlet::access {

/// What a user, a role or a group may do.
struct Permissions {
  std::map<std::string, std::string> inline_policies;  // name -> document
  std::vector<std::string> attached_policy_arns;
  std::string boundary_arn;  // or ""
};

/// A password for a console. owlet has no console that asks for one: it is kept and checked by
/// ChangePassword only.
struct LoginProfile {
  Timestamp created;
  std::string salt;
  std::string digest;  // of salt and password
  bool reset_required = false;
};

struct User {
  std::string name;
  std::string path = "/";
  std::string id;  // "AIDA…"
  std::string arn;
  Timestamp created;
  Permissions permissions;
  TagMap tags;
  std::vector<std::string> group_ids;
  std::optional<LoginProfile> login;
};

struct Group {
  std::string name;
  std::string path = "/";
  std::string id;  // "AGPA…"
  std::string arn;
  Timestamp created;
  Permissions permissions;  // without a boundary
  TagMap tags;              // always empty
};

struct AccessKey {
  std::string id;
  std::string secret;
  std::string user_name;  // "": the root user
  bool active = true;
  Timestamp created;
};

struct Role {
  std::string name;
  std::string path = "/";
  std::string id;  // "AROA…"
  std::string arn;
  Timestamp created;
  Permissions permissions;
  TagMap tags;
  std::string trust_policy;
  std::string description;
  std::chrono::seconds max_session{3600};
};

/// The last request that an access key signed.
struct AccessKeyUse {
  Timestamp time;
  std::string service;
  std::string region;
};

struct InstanceProfile {
  std::string name;
  std::string path = "/";
  std::string id;  // "AIPA…"
  std::string arn;
  Timestamp created;
  std::string role_name;  // or ""
  TagMap tags;
};

struct PolicyVersion {
  std::string id;  // "v1"
  std::string document;
  Timestamp created;
};

/// A policy with an ARN of its own: the account's, or one that AWS provides (`provided`).
struct ManagedPolicy {
  std::string name;
  std::string path = "/";
  std::string id;  // "ANPA…"
  std::string arn;
  Timestamp created;
  Timestamp updated;
  std::string description;
  std::vector<PolicyVersion> versions;
  std::string default_version = "v1";
  int versions_made = 1;
  TagMap tags;
  bool provided = false;

  [[nodiscard]] const PolicyVersion* FindVersion(std::string_view version) const {
    for (const PolicyVersion& each : versions) {
      if (each.id == version) return &each;
    }
    return nullptr;
  }
  [[nodiscard]] const std::string& document() const {
    static const std::string kNone;
    const PolicyVersion* version = FindVersion(default_version);
    return version == nullptr ? kNone : version->document;
  }
};

/// A user, a role or a group, as the owner of policies.
struct PolicyOwner {
  enum class Kind { kUser, kRole, kGroup };
  Kind kind = Kind::kUser;
  std::string name;
};

/// An OpenID Connect provider, whose tokens AssumeRoleWithWebIdentity takes.
struct OidcProvider {
  std::string url;  // without "https://"
  std::string arn;
  std::vector<std::string> client_ids;
  std::vector<std::string> thumbprints;
  Timestamp created;
  TagMap tags;
};

struct SamlProvider {
  std::string name;
  std::string arn;
  std::string id;
  std::string metadata;
  Timestamp created;
  Timestamp valid_until;
  TagMap tags;
};

/// What an account says of itself.
struct AccountSettings {
  std::string alias;  // or ""
  /// As the API gives it, name to value; empty when there is none.
  std::map<std::string, std::string> password_policy;
};

}  // namespace owlet::access
