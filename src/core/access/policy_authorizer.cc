#include "core/access/policy_authorizer.h"

namespace owlet::access {

std::string RefusalMessage(const Principal& principal, std::string_view action,
                           std::string_view resource, Decision decision) {
  if (principal.IsAnonymous()) return "Access Denied";
  std::string message = "User: " + principal.arn + " is not authorized to perform: ";
  message.append(action);
  if (!resource.empty() && resource != "*") {
    message.append(" on resource: \"").append(resource).append("\"");
  }
  const std::string the_action = "the " + std::string(action) + " action";
  switch (decision) {
    case Decision::kAllowed:
      break;
    case Decision::kExplicitlyDenied:
      return message + " with an explicit deny in a policy";
    case Decision::kNotAllowed:
      return message + " because no identity-based policy allows " + the_action;
    case Decision::kOutsideBoundary:
      return message + " because no permissions boundary allows " + the_action;
    case Decision::kOutsideSession:
      return message + " because no session policy allows " + the_action;
  }
  return message;
}

Status PolicyAuthorizer::Decide(const Principal& principal, std::string_view action,
                                std::string_view resource, const AccessContext& context,
                                const PolicyDocument* resource_policy) const {
  if (principal.IsRoot() && resource_policy == nullptr) return {};
  OWLET_TRY(const auto policies, identities_.PoliciesOf(principal));
  PolicyInputs inputs = *policies;
  inputs.resource = resource_policy;
  const Timestamp now = clock_.Now();
  AccessContext whole = context;
  whole.Set("aws:CurrentTime", FormatIso8601Millis(now));
  whole.Set(
      "aws:EpochTime",
      std::to_string(std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count()));
  const AccessQuestion question{
      .principal = principal, .action = action, .resource = resource, .context = whole};
  const Decision decision = Evaluate(question, inputs);
  if (decision == Decision::kAllowed) return {};
  return Fail(Reason::kAccessDenied, RefusalMessage(principal, action, resource, decision),
              "AccessDenied");
}

}  // namespace owlet::access
