#include "core/access/policy_authorizer.h"

#include <array>

namespace owlet::access {
namespace {

/// Services whose resources a server has once, in its own account.
bool IsOfHome(std::string_view action) {
  constexpr std::array<std::string_view, 3> kServices = {"glue:", "athena:", "elasticmapreduce:"};
  for (const std::string_view service : kServices) {
    if (action.starts_with(service)) return true;
  }
  return false;
}

}  // namespace

std::string RefusalMessage(const Principal& principal, std::string_view action,
                           std::string_view resource, Decision decision) {
  if (principal.IsAnonymous()) return "Access Denied";
  std::string message = "User: " + principal.arn + " is not authorized to perform: ";
  message.append(action);
  if (!resource.empty() && resource != "*") {
    message.append(" on resource: \"").append(resource).append("\"");
  }
  const std::string the_action = "the " + std::string(action) + " action";
  const auto denied = [&](std::string_view by) {
    return message + " with an explicit deny in " + std::string(by) + " policy";
  };
  const auto lacks = [&](std::string_view what) {
    return message + " because no " + std::string(what) + " allows " + the_action;
  };
  switch (decision) {
    case Decision::kAllowed:
      break;
    case Decision::kDeniedByIdentity:
      return denied("an identity-based");
    case Decision::kDeniedByBoundary:
      return message + " with an explicit deny in a permissions boundary";
    case Decision::kDeniedBySession:
      return denied("a session");
    case Decision::kDeniedByResource:
      return denied("a resource-based");
    case Decision::kNotAllowed:
      return lacks("identity-based policy");
    case Decision::kNotAllowedByResource:
      return lacks("resource-based policy");
    case Decision::kOutsideBoundary:
      return lacks("permissions boundary");
    case Decision::kOutsideSession:
      return lacks("session policy");
  }
  return message;
}

Status PolicyAuthorizer::Decide(const Principal& principal, std::string_view action,
                                std::string_view resource, const AccessContext& context,
                                const ResourceAccess& given) const {
  ResourceAccess access = given;
  if (access.owner_account.empty() && IsOfHome(action)) access.owner_account = home_account_;
  const bool own = access.owner_account.empty() || access.owner_account == principal.account_id;
  if (principal.IsRoot() && own && access.policy == nullptr && !access.grant_required) return {};
  OWLET_TRY(const auto policies, identities_.PoliciesOf(principal));
  const AccessQuestion question{.principal = principal,
                                .action = action,
                                .resource = resource,
                                .context = context,
                                .now = clock_.Now()};
  const Decision decision = Evaluate(question, *policies, access);
  if (decision == Decision::kAllowed) return {};
  return Fail(Reason::kAccessDenied, RefusalMessage(principal, action, resource, decision),
              "AccessDenied");
}

}  // namespace owlet::access
