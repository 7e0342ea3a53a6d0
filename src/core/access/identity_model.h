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

/// What a user or a role may do.
struct Permissions {
  std::map<std::string, std::string> inline_policies;  // name -> document
  std::vector<std::string> attached_policy_arns;
  std::string boundary_arn;  // or ""
};

struct User {
  std::string name;
  std::string path = "/";
  std::string id;  // "AIDA…"
  std::string arn;
  Timestamp created;
  Permissions permissions;
  TagMap tags;
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

/// A user or a role, as the owner of policies.
struct PolicyOwner {
  enum class Kind { kUser, kRole };
  Kind kind = Kind::kUser;
  std::string name;
};

}  // namespace owlet::access
