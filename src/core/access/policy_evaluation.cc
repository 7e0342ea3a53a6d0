#include "core/access/policy_evaluation.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "core/access/policy_pattern.h"

namespace owlet::access {
namespace {

bool ActionMatches(const PolicyStatement& statement, std::string_view action) {
  const bool named = std::ranges::any_of(statement.actions, [&](const std::string& pattern) {
    return WildcardMatch(pattern, action, /*ignore_case=*/true);
  });
  return named != statement.not_action;
}

bool ResourceMatches(const PolicyStatement& statement, const AccessQuestion& question,
                     bool with_variables) {
  // A trust policy has no resources: it is about its role.
  if (statement.resources.empty()) return true;
  const bool named = std::ranges::any_of(statement.resources, [&](const std::string& element) {
    return ResourceElementMatches(element, question, with_variables);
  });
  return named != statement.not_resource;
}

struct Voices {
  bool allow = false;
  bool deny = false;
};

void Ask(const PolicyDocument& document, const AccessQuestion& question, Voices& voices) {
  for (const PolicyStatement& statement : document.statements()) {
    bool& voice = statement.allow ? voices.allow : voices.deny;
    voice = voice || Applies(statement, question, document.has_variables());
  }
}

Voices Ask(const PolicyList& documents, const AccessQuestion& question) {
  Voices voices;
  for (const auto& document : documents) Ask(*document, question, voices);
  return voices;
}

struct ResourceVoices {
  PrincipalMatch allow = PrincipalMatch::kNone;
  bool deny = false;
};

void AskResource(const PolicyDocument& document, const AccessQuestion& question,
                 ResourceVoices& voices) {
  for (const PolicyStatement& statement : document.statements()) {
    const PrincipalMatch match = MatchPrincipal(statement, question.principal);
    if (match == PrincipalMatch::kNone) continue;
    if (!Applies(statement, question, document.has_variables())) continue;
    if (statement.allow) {
      voices.allow = std::max(voices.allow, match);
    } else {
      voices.deny = true;
    }
  }
}

ResourceVoices AskResource(const ResourceAccess& access, const AccessQuestion& question) {
  ResourceVoices voices;
  if (access.policy != nullptr) AskResource(*access.policy, question, voices);
  if (access.policy_only_denies) voices.allow = PrincipalMatch::kNone;
  const bool account = access.acl == AclGrant::kAccount && !question.principal.IsAnonymous();
  if (account) voices.allow = std::max(voices.allow, PrincipalMatch::kAccount);
  if (access.acl == AclGrant::kEverybody) voices.allow = PrincipalMatch::kDirect;
  return voices;
}

PrincipalMatch MatchAws(const std::string& named, const Principal& principal) {
  if (named == principal.account_id || named == "arn:aws:iam::" + principal.account_id + ":root") {
    return PrincipalMatch::kAccount;
  }
  if (named == principal.arn) return PrincipalMatch::kDirect;
  if (!principal.role_arn.empty() && named == principal.role_arn) return PrincipalMatch::kRole;
  return PrincipalMatch::kNone;
}

PrincipalMatch MatchNamed(const PolicyPrincipals& named, const Principal& principal) {
  const auto holds = [](const std::vector<std::string>& texts, std::string_view text) {
    return std::ranges::find(texts, text) != texts.end();
  };
  switch (principal.kind) {
    case PrincipalKind::kAnonymous:
      return PrincipalMatch::kNone;
    case PrincipalKind::kService:
      return holds(named.services, principal.name) ? PrincipalMatch::kDirect
                                                   : PrincipalMatch::kNone;
    case PrincipalKind::kWebIdentity:
      return holds(named.federated, principal.arn) ? PrincipalMatch::kDirect
                                                   : PrincipalMatch::kNone;
    case PrincipalKind::kRoot:
    case PrincipalKind::kUser:
    case PrincipalKind::kAssumedRole:
    case PrincipalKind::kFederatedUser:
      break;
  }
  PrincipalMatch match = PrincipalMatch::kNone;
  for (const std::string& arn : named.aws) match = std::max(match, MatchAws(arn, principal));
  if (match == PrincipalMatch::kNone && !named.canonical_users.empty() &&
      holds(named.canonical_users, CanonicalUserId(principal.account_id))) {
    match = PrincipalMatch::kAccount;
  }
  // The account's ARN is the root user's own.
  if (match == PrincipalMatch::kAccount && principal.IsRoot()) match = PrincipalMatch::kDirect;
  return match;
}

/// The owner can always mend a bucket's policy that locks everybody out.
bool IsMendingBucketPolicy(std::string_view action) {
  constexpr std::array<std::string_view, 3> kActions = {"s3:GetBucketPolicy", "s3:PutBucketPolicy",
                                                        "s3:DeleteBucketPolicy"};
  return std::ranges::find(kActions, action) != kActions.end();
}

/// Anonymous requests, services and tokens of identity providers have no policies of their own.
bool HasIdentityPolicies(PrincipalKind kind) {
  return kind == PrincipalKind::kUser || kind == PrincipalKind::kAssumedRole ||
         kind == PrincipalKind::kFederatedUser;
}

/// Where the resource's side grants by itself, does the boundary or the session still narrow it?
bool IsNarrowed(PrincipalMatch grant) { return grant != PrincipalMatch::kDirect; }

}  // namespace

bool Applies(const PolicyStatement& statement, const AccessQuestion& question,
             bool with_variables) {
  return ActionMatches(statement, question.action) &&
         ResourceMatches(statement, question, with_variables) &&
         ConditionsHold(statement.conditions, question, with_variables);
}

PrincipalMatch MatchPrincipal(const PolicyStatement& statement, const Principal& principal) {
  if (!statement.principals) return PrincipalMatch::kDirect;
  const PolicyPrincipals& named = *statement.principals;
  const PrincipalMatch match =
      named.everybody ? PrincipalMatch::kDirect : MatchNamed(named, principal);
  if (!statement.not_principal) return match;
  // NotPrincipal spares whom it names themselves; an account's ARN does not spare its users.
  return match >= PrincipalMatch::kRole ? PrincipalMatch::kNone : PrincipalMatch::kDirect;
}

bool TrustsService(const PolicyDocument& trust, std::string_view service) {
  const Principal caller = Principal::Service(service, {});
  bool trusted = false;
  for (const PolicyStatement& statement : trust.statements()) {
    if (!ActionMatches(statement, "sts:AssumeRole")) continue;
    if (MatchPrincipal(statement, caller) == PrincipalMatch::kNone) continue;
    if (!statement.allow && statement.conditions.empty()) return false;
    if (statement.allow) trusted = true;
  }
  return trusted;
}

Decision Evaluate(const AccessQuestion& asked, const PolicyInputs& inputs,
                  const ResourceAccess& access) {
  const Principal& principal = asked.principal;
  AccessQuestion question = asked;
  question.principal_tags = &inputs.principal_tags;
  question.owner_account = access.owner_account;
  const bool own = access.owner_account.empty() || access.owner_account == principal.account_id;
  const ResourceVoices resource = AskResource(access, question);
  const PrincipalMatch grant = resource.allow;
  const bool must_grant = !own || access.grant_required;

  if (principal.IsRoot()) {
    if (resource.deny && !(own && IsMendingBucketPolicy(question.action))) {
      return Decision::kDeniedByResource;
    }
    return must_grant && grant == PrincipalMatch::kNone ? Decision::kNotAllowedByResource
                                                        : Decision::kAllowed;
  }
  if (!HasIdentityPolicies(principal.kind)) {
    if (resource.deny) return Decision::kDeniedByResource;
    return grant == PrincipalMatch::kDirect ? Decision::kAllowed : Decision::kNotAllowedByResource;
  }

  const Voices identity = Ask(inputs.identity, question);
  const Voices session = Ask(principal.session_policies, question);
  Voices boundary{.allow = true, .deny = false};
  if (inputs.boundary != nullptr) {
    boundary.allow = false;
    Ask(*inputs.boundary, question, boundary);
  }
  if (identity.deny) return Decision::kDeniedByIdentity;
  if (boundary.deny) return Decision::kDeniedByBoundary;
  if (session.deny) return Decision::kDeniedBySession;
  if (resource.deny) return Decision::kDeniedByResource;

  if (must_grant && grant == PrincipalMatch::kNone) return Decision::kNotAllowedByResource;
  const bool granted = own && grant >= PrincipalMatch::kRole;
  if (granted && !IsNarrowed(grant)) return Decision::kAllowed;
  if (!granted && !identity.allow) return Decision::kNotAllowed;
  if (!boundary.allow) return Decision::kOutsideBoundary;
  // A federated user has nothing but what its session's policies give.
  const bool filtered =
      !principal.session_policies.empty() || principal.kind == PrincipalKind::kFederatedUser;
  if (filtered && !session.allow) return Decision::kOutsideSession;
  return Decision::kAllowed;
}

}  // namespace owlet::access
