#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "core/access/policy.h"
#include "core/access/principal.h"

// Decisions as pure functions of policies, principal and request: nothing here reads a store or a
// clock.

namespace owlet::access {

/// The condition keys of one request. Names compare without case; a key may have several values.
class AccessContext {
 public:
  AccessContext& Set(std::string key, std::string value);
  AccessContext& Set(std::string key, std::vector<std::string> values);
  [[nodiscard]] const std::vector<std::string>* Find(std::string_view key) const;
  [[nodiscard]] bool empty() const { return entries_.empty(); }

 private:
  std::vector<std::pair<std::string, std::vector<std::string>>> entries_;
};

/// How far an access control list lets a principal do what it asks for.
enum class AclGrant : std::uint8_t {
  kNone,
  /// To its account (by canonical id, or as an authenticated user): as if the resource's policy
  /// named the account.
  kAccount,
  /// To everybody, without a signature too.
  kEverybody,
};

/// What a resource's own side says about a request.
struct ResourceAccess {
  const PolicyDocument* policy = nullptr;  // the resource's policy, where it has one
  /// The account that owns the resource; empty for the principal's own.
  std::string_view owner_account = {};
  AclGrant acl = AclGrant::kNone;
  /// The policy can only deny: of a bucket, for an object that another account owns.
  bool policy_only_denies = false;
  /// Nobody gets in without a grant of this side, the own account's identities neither: roles.
  bool grant_required = false;
};

/// The policies of the principal's side.
struct PolicyInputs {
  PolicyList identity;                                  // inline and attached, a user's groups' too
  std::shared_ptr<const PolicyDocument> boundary = {};  // permissions boundary
  TagMap principal_tags = {};                           // the user's or role's own
};

/// One question.
struct AccessQuestion {
  const Principal& principal;
  std::string_view action;    // "s3:GetObject"
  std::string_view resource;  // "arn:aws:s3:::bucket/key"
  const AccessContext& context;
  /// For aws:CurrentTime and aws:EpochTime, unless the context gives them.
  std::optional<Timestamp> now = std::nullopt;
  /// For aws:PrincipalTag; Evaluate sets it from its inputs.
  const TagMap* principal_tags = nullptr;
  /// For aws:ResourceAccount.
  std::string_view owner_account = {};
};

enum class Decision : std::uint8_t {
  kAllowed,
  // An explicit deny of one of the policies.
  kDeniedByIdentity,
  kDeniedByBoundary,
  kDeniedBySession,
  kDeniedByResource,
  // Nobody allows it.
  kNotAllowed,            // no identity policy (and within one account no resource policy)
  kNotAllowedByResource,  // across accounts, or where the resource's side must
  kOutsideBoundary,       // the permissions boundary does not allow it
  kOutsideSession,        // the session's policies do not allow it
};

/// AWS's evaluation order: an explicit deny anywhere wins; then, within one account, the resource's
/// side may allow by itself; else an identity policy must allow, within boundary and session.
/// Across accounts both sides must allow.
///
/// A resource's policy that names the account ("…:root") leaves the decision to the account's
/// identity policies; one that names the user, the session or everybody grants by itself; one that
/// names the role grants within its boundary and session only. The root user is allowed everything
/// of its own account but what a resource's policy denies it, and may always mend a bucket's
/// policy. Without a signature only a grant to everybody counts.
[[nodiscard]] Decision Evaluate(const AccessQuestion& question, const PolicyInputs& inputs,
                                const ResourceAccess& access = {});

/// Whether a statement is about the question: action, resource and conditions, not principals.
[[nodiscard]] bool Applies(const PolicyStatement& statement, const AccessQuestion& question,
                           bool with_variables);

/// Whom a resource's or trust policy means by its Principal elements.
enum class PrincipalMatch : std::uint8_t {
  kNone,
  kAccount,  // the whole account: its identity policies decide
  kRole,     // the role of this session, or the user of this federated user
  kDirect,   // this very identity, or everybody
};
[[nodiscard]] PrincipalMatch MatchPrincipal(const PolicyStatement& statement,
                                            const Principal& principal);

/// Whether a role's trust policy lets an AWS service ("ec2.amazonaws.com") assume it.
[[nodiscard]] bool TrustsService(const PolicyDocument& trust, std::string_view service);

/// `*` matches any run of characters, `?` any one.
[[nodiscard]] bool WildcardMatch(std::string_view pattern, std::string_view text,
                                 bool ignore_case = false);

}  // namespace owlet::access
