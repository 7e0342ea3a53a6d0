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
#include "core/access/principal.h"

// Policies as pure data and pure functions: nothing here reads a store or a clock.

namespace owlet::access {

/// The condition keys of one request. Names compare without case; a key may have several values.
class AccessContext {
 public:
  AccessContext& Set(std::string key, std::string value);
  AccessContext& Set(std::string key, std::vector<std::string> values);
  [[nodiscard]] const std::vector<std::string>* Find(std::string_view key) const;

 private:
  std::vector<std::pair<std::string, std::vector<std::string>>> entries_;
};

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
  [[nodiscard]] std::span<const PolicyStatement> statements() const { return statements_; }

  /// For Parse.
  explicit PolicyDocument(Key) {}

 private:
  std::string version_;
  std::vector<PolicyStatement> statements_;
};

using PolicyList = std::vector<std::shared_ptr<const PolicyDocument>>;

/// All policies that have a say in one decision.
struct PolicyInputs {
  PolicyList identity;                                  // the user's or role's, inline and attached
  std::shared_ptr<const PolicyDocument> boundary = {};  // permissions boundary
  const PolicyDocument* resource = nullptr;             // the resource's own
};

/// One question.
struct AccessQuestion {
  const Principal& principal;
  std::string_view action;    // "s3:GetObject"
  std::string_view resource;  // "arn:aws:s3:::bucket/key"
  const AccessContext& context;
};

enum class Decision : std::uint8_t {
  kAllowed,
  kExplicitlyDenied,
  kNotAllowed,       // no identity policy (and no resource policy) allows it
  kOutsideBoundary,  // the permissions boundary does not allow it
  kOutsideSession,   // the session's policies do not allow it
};

/// AWS's evaluation order: an explicit deny anywhere wins; then the resource's policy may allow by
/// itself within one account; else an identity policy must allow, within boundary and session.
/// The root user is allowed everything but what a resource policy denies it.
///
/// A resource's policy that names the account ("…:root") leaves the decision to the account's
/// identity policies; one that names the user, the role, the session or everybody grants by itself,
/// a role only within its boundary and session.
[[nodiscard]] Decision Evaluate(const AccessQuestion& question, const PolicyInputs& inputs);

/// Whom a resource's or trust policy means by its Principal elements.
enum class PrincipalMatch : std::uint8_t {
  kNone,
  kAccount,  // the whole account: its identity policies decide
  kDirect,   // this very identity, or everybody
};
[[nodiscard]] PrincipalMatch MatchPrincipal(const PolicyStatement& statement,
                                            const Principal& principal);

/// How far a role's trust policy lets the principal do `question.action` (sts:AssumeRole); kNone
/// also when a statement denies it.
[[nodiscard]] PrincipalMatch MatchTrust(const AccessQuestion& question,
                                        const PolicyDocument& trust);

/// Whether a role's trust policy lets an AWS service ("ec2.amazonaws.com") assume it.
[[nodiscard]] bool TrustsService(const PolicyDocument& trust, std::string_view service);

/// `*` matches any run of characters, `?` any one.
[[nodiscard]] bool WildcardMatch(std::string_view pattern, std::string_view text);

}  // namespace owlet::access
