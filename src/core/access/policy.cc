#include "core/access/policy.h"

#include <algorithm>

#include "core/access/policy_pattern.h"

namespace owlet::access {
namespace {

bool UsesVariables(const PolicyDocument& document) { return document.version() == "2012-10-17"; }

bool ActionMatches(const PolicyStatement& statement, std::string_view action) {
  const bool named = std::ranges::any_of(statement.actions, [&](const std::string& pattern) {
    return PolicyPattern::Of(pattern).Matches(action, /*ignore_case=*/true);
  });
  return named != statement.not_action;
}

bool ResourceMatches(const PolicyStatement& statement, const AccessQuestion& question,
                     bool with_variables) {
  // A trust policy has no resources: it is about its role.
  if (statement.resources.empty()) return true;
  const bool named = std::ranges::any_of(statement.resources, [&](const std::string& text) {
    const PolicyPattern pattern =
        with_variables ? PolicyPattern::WithVariables(text, question) : PolicyPattern::Of(text);
    return pattern.Matches(question.resource);
  });
  return named != statement.not_resource;
}

bool Applies(const PolicyStatement& statement, const AccessQuestion& question,
             bool with_variables) {
  return ActionMatches(statement, question.action) &&
         ResourceMatches(statement, question, with_variables) &&
         ConditionsHold(statement.conditions, question, with_variables);
}

struct Voices {
  bool allow = false;
  bool deny = false;
};

Voices Ask(const PolicyDocument& document, const AccessQuestion& question) {
  Voices voices;
  for (const PolicyStatement& statement : document.statements()) {
    bool& voice = statement.allow ? voices.allow : voices.deny;
    voice = voice || Applies(statement, question, UsesVariables(document));
  }
  return voices;
}

Voices Ask(const PolicyList& documents, const AccessQuestion& question) {
  Voices voices;
  for (const auto& document : documents) {
    const Voices each = Ask(*document, question);
    voices.allow = voices.allow || each.allow;
    voices.deny = voices.deny || each.deny;
  }
  return voices;
}

struct ResourceVoices {
  PrincipalMatch allow = PrincipalMatch::kNone;
  bool allows_session = false;  // by more than the role's own ARN
  bool deny = false;
};

ResourceVoices AskResource(const PolicyDocument& document, const AccessQuestion& question) {
  ResourceVoices voices;
  for (const PolicyStatement& statement : document.statements()) {
    const PrincipalMatch match = MatchPrincipal(statement, question.principal);
    if (match == PrincipalMatch::kNone) continue;
    if (!Applies(statement, question, UsesVariables(document))) continue;
    if (!statement.allow) {
      voices.deny = true;
      continue;
    }
    voices.allow = std::max(voices.allow, match);
    const auto& principals = *statement.principals;
    if (principals.everybody ||
        std::ranges::find(principals.aws, question.principal.arn) != principals.aws.end()) {
      voices.allows_session = true;
    }
  }
  return voices;
}

bool NamesRole(const std::string& arn, const Principal& principal) {
  if (principal.kind != PrincipalKind::kAssumedRole) return false;
  const std::string start = "arn:aws:iam::" + principal.account_id + ":role/";
  return arn.starts_with(start) && arn.substr(arn.rfind('/') + 1) == principal.name;
}

}  // namespace

PrincipalMatch MatchPrincipal(const PolicyStatement& statement, const Principal& principal) {
  if (!statement.principals) return PrincipalMatch::kDirect;
  const PolicyPrincipals& named = *statement.principals;
  PrincipalMatch match = named.everybody ? PrincipalMatch::kDirect : PrincipalMatch::kNone;
  if (!principal.IsAnonymous()) {
    for (const std::string& arn : named.aws) {
      if (arn == principal.arn || NamesRole(arn, principal)) match = PrincipalMatch::kDirect;
      const bool is_account =
          arn == principal.account_id || arn == "arn:aws:iam::" + principal.account_id + ":root";
      if (is_account) match = std::max(match, PrincipalMatch::kAccount);
    }
  }
  if (!statement.not_principal) return match;
  return match == PrincipalMatch::kNone ? PrincipalMatch::kDirect : PrincipalMatch::kNone;
}

PrincipalMatch MatchTrust(const AccessQuestion& question, const PolicyDocument& trust) {
  const ResourceVoices voices = AskResource(trust, question);
  return voices.deny ? PrincipalMatch::kNone : voices.allow;
}

bool TrustsService(const PolicyDocument& trust, std::string_view service) {
  bool trusted = false;
  for (const PolicyStatement& statement : trust.statements()) {
    if (!statement.principals || !ActionMatches(statement, "sts:AssumeRole")) continue;
    const auto& services = statement.principals->services;
    const bool named = std::ranges::find(services, service) != services.end();
    if (!named) continue;
    if (!statement.allow) return false;
    trusted = true;
  }
  return trusted;
}

Decision Evaluate(const AccessQuestion& question, const PolicyInputs& inputs) {
  const Principal& principal = question.principal;
  ResourceVoices resource;
  if (inputs.resource != nullptr) resource = AskResource(*inputs.resource, question);
  if (resource.deny) return Decision::kExplicitlyDenied;
  if (principal.IsRoot()) return Decision::kAllowed;

  const Voices identity = Ask(inputs.identity, question);
  const Voices session = Ask(principal.session_policies, question);
  Voices boundary{.allow = true, .deny = false};
  if (inputs.boundary != nullptr) boundary = Ask(*inputs.boundary, question);
  if (identity.deny || session.deny || boundary.deny) return Decision::kExplicitlyDenied;

  const bool granted = resource.allow == PrincipalMatch::kDirect;
  if (granted && (principal.kind != PrincipalKind::kAssumedRole || resource.allows_session)) {
    return Decision::kAllowed;
  }
  if (!identity.allow && !granted) return Decision::kNotAllowed;
  if (!boundary.allow) return Decision::kOutsideBoundary;
  if (!principal.session_policies.empty() && !session.allow) return Decision::kOutsideSession;
  return Decision::kAllowed;
}

}  // namespace owlet::access
