#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

// Policies as pure data. How they are decided: policy_evaluation.h.

namespace owlet::access {

/// `"StringLike": {"aws:PrincipalTag/team": ["a*", "b"]}` of a statement.
struct PolicyCondition {
  std::string operation;  // "StringLike", with neither set prefix nor IfExists
  bool if_exists = false;
  enum class Quantifier : std::uint8_t { kNone, kForAnyValue, kForAllValues };
  Quantifier quantifier = Quantifier::kNone;
  std::string key;
  std::vector<std::string> values;
};

/// Whom a statement of a resource's policy or a trust policy names.
struct PolicyPrincipals {
  bool everybody = false;             // "*" or {"AWS": "*"}
  std::vector<std::string> aws;       // ARNs and account ids
  std::vector<std::string> services;  // "ec2.amazonaws.com"
  std::vector<std::string> federated;
  std::vector<std::string> canonical_users;
};

/// A place in a document's text, both from 1.
struct PolicyPosition {
  int line = 1;
  int column = 1;
};

struct PolicyStatement {
  std::string sid;
  bool allow = false;
  bool not_action = false;
  std::vector<std::string> actions;
  bool not_resource = false;
  std::vector<std::string> resources;
  bool not_principal = false;
  std::optional<PolicyPrincipals> principals;
  std::vector<PolicyCondition> conditions;
  PolicyPosition begin;
  PolicyPosition end;  // behind its last character
};

/// What a document is for: it decides which elements it must and may have.
enum class PolicyUse : std::uint8_t { kIdentity, kResource, kTrust };

/// A parsed policy, immutable.
class PolicyDocument {
  class Key {
    friend class PolicyDocument;
    Key() = default;
  };

 public:
  /// kMalformedRequest with the condition "MalformedPolicyDocument" and IAM's sentence.
  [[nodiscard]] static Result<std::shared_ptr<const PolicyDocument>> Parse(std::string_view json,
                                                                           PolicyUse use);

  [[nodiscard]] const std::string& version() const { return version_; }
  [[nodiscard]] bool has_variables() const { return version_ == "2012-10-17"; }
  [[nodiscard]] std::span<const PolicyStatement> statements() const { return statements_; }

  /// For Parse.
  explicit PolicyDocument(Key) {}

 private:
  std::string version_;
  std::vector<PolicyStatement> statements_;
};

using PolicyList = std::vector<std::shared_ptr<const PolicyDocument>>;

/// Whether a resource's policy lets in everybody, as S3's public access block and
/// GetBucketPolicyStatus mean it: an Allow for "*" that no condition binds to fixed accounts,
/// principals, addresses or networks.
[[nodiscard]] bool IsPublicPolicy(const PolicyDocument& policy);

/// Characters that count against IAM's size limits: all but white space.
[[nodiscard]] std::size_t PolicySize(std::string_view json);

}  // namespace owlet::access
