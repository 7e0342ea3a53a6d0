#include <algorithm>

#include "core/access/policy_simulation.h"
#include "protocol/iam/handlers.h"
#include "protocol/iam/wire_model.h"

// The policy simulator: the same decisions, asked without acting.

namespace owlet::iam {
namespace {

namespace wire = aws::iam;
using access::Decision;
using access::NamedPolicy;
using access::PolicyOwner;
using access::PolicyUse;

constexpr const char* kPolicyType = "IAM Policy";

Result<NamedPolicy> Read(std::string id, const std::string& document,
                         PolicyUse use = PolicyUse::kIdentity) {
  auto parsed = access::PolicyDocument::Parse(document, use);
  if (!parsed) return Fail(Reason::kInvalidArgument, parsed.error().message, "InvalidInput");
  return NamedPolicy{.id = std::move(id), .document = std::move(*parsed)};
}

Result<std::vector<NamedPolicy>> ReadList(
    const std::string& name, const std::optional<std::vector<std::string>>& documents) {
  std::vector<NamedPolicy> policies;
  if (!documents) return policies;
  for (std::size_t i = 0; i < documents->size(); ++i) {
    OWLET_TRY(policies.emplace_back(), Read(name + "." + std::to_string(i + 1), (*documents)[i]));
  }
  return policies;
}

/// Whom a request asks about, and the policies that it has.
struct Source {
  access::Principal principal;
  access::SimulationInputs inputs;
};

Status AddPolicies(const access::IdentityStore& identities, const PolicyOwner& owner,
                   std::string_view word, const access::Permissions& permissions,
                   access::SimulationInputs& inputs) {
  for (const auto& [name, document] : permissions.inline_policies) {
    OWLET_TRY(inputs.identity.emplace_back(),
              Read(std::string(word) + "_" + owner.name + "_" + name, document));
  }
  for (const std::string& arn : permissions.attached_policy_arns) {
    OWLET_TRY(const access::ManagedPolicy policy, identities.FindPolicy(arn));
    OWLET_TRY(inputs.identity.emplace_back(), Read(policy.name, policy.document()));
  }
  if (permissions.boundary_arn.empty()) return {};
  OWLET_TRY(const access::ManagedPolicy boundary, identities.FindPolicy(permissions.boundary_arn));
  OWLET_TRY(inputs.boundary, Read(boundary.name, boundary.document()));
  return {};
}

Status AddUser(const access::IdentityStore& identities, const std::string& name, Source& source) {
  OWLET_TRY(const access::User user, identities.FindUser(name));
  OWLET_CHECK_OK(AddPolicies(identities, {PolicyOwner::Kind::kUser, user.name}, "user",
                             user.permissions, source.inputs));
  OWLET_TRY(const auto groups, identities.ListGroupsOfUser(user.name));
  for (const access::Group& group : groups) {
    OWLET_CHECK_OK(AddPolicies(identities, {PolicyOwner::Kind::kGroup, group.name}, "group",
                               group.permissions, source.inputs));
  }
  source.inputs.principal_tags = user.tags;
  source.principal.kind = access::PrincipalKind::kUser;
  source.principal.user_id = user.id;
  source.principal.name = user.name;
  return {};
}

/// The user, group or role of an ARN, with its policies.
Result<Source> SourceOf(const access::IdentityStore& identities, const std::string& arn) {
  const std::string start = "arn:aws:iam::" + identities.account_id() + ":";
  const std::string what = arn.starts_with(start) ? arn.substr(start.size()) : "";
  const std::string name = what.substr(what.rfind('/') + 1);
  Source source;
  source.principal.account_id = identities.account_id();
  source.principal.arn = arn;
  if (what.starts_with("user/")) {
    OWLET_CHECK_OK(AddUser(identities, name, source));
  } else if (what.starts_with("group/")) {
    OWLET_TRY(const access::Group group, identities.FindGroup(name));
    OWLET_CHECK_OK(AddPolicies(identities, {PolicyOwner::Kind::kGroup, group.name}, "group",
                               group.permissions, source.inputs));
    source.principal.kind = access::PrincipalKind::kUser;
  } else if (what.starts_with("role/")) {
    OWLET_TRY(const access::Role role, identities.FindRole(name));
    OWLET_CHECK_OK(AddPolicies(identities, {PolicyOwner::Kind::kRole, role.name}, "role",
                               role.permissions, source.inputs));
    source.inputs.principal_tags = role.tags;
    source.principal.kind = access::PrincipalKind::kAssumedRole;
    source.principal.name = role.name;
    source.principal.role_arn = role.arn;
    source.principal.user_id = role.id;
  } else {
    return Fail(Reason::kInvalidArgument, "Invalid Entity Arn: " + arn, "InvalidInput");
  }
  return source;
}

/// A principal that an ARN alone describes.
access::Principal CallerOf(const std::string& arn) {
  access::Principal caller;
  std::vector<std::string> parts;
  for (std::size_t at = 0; parts.size() < 6;) {
    const std::size_t colon = parts.size() == 5 ? std::string::npos : arn.find(':', at);
    parts.push_back(arn.substr(at, colon == std::string::npos ? colon : colon - at));
    if (colon == std::string::npos) break;
    at = colon + 1;
  }
  parts.resize(6);
  caller.arn = arn;
  caller.account_id = parts[4];
  const std::string& what = parts[5];
  const std::string last = what.substr(what.rfind('/') + 1);
  if (what == "root") return access::Principal::Root(parts[4]);
  caller.kind = access::PrincipalKind::kUser;
  caller.name = last;
  if (what.starts_with("assumed-role/")) {
    caller.kind = access::PrincipalKind::kAssumedRole;
    caller.session_name = last;
    caller.name = what.substr(13, what.rfind('/') - 13);
    caller.role_arn = "arn:aws:iam::" + parts[4] + ":role/" + caller.name;
  } else if (what.starts_with("role/")) {
    caller.kind = access::PrincipalKind::kAssumedRole;
    caller.role_arn = arn;
  } else if (what.starts_with("federated-user/")) {
    caller.kind = access::PrincipalKind::kFederatedUser;
    caller.name.clear();
    caller.session_name = last;
  }
  return caller;
}

const char* WireDecision(Decision decision) {
  switch (decision) {
    case Decision::kAllowed:
      return "allowed";
    case Decision::kDeniedByIdentity:
    case Decision::kDeniedByBoundary:
    case Decision::kDeniedBySession:
    case Decision::kDeniedByResource:
      return "explicitDeny";
    case Decision::kNotAllowed:
    case Decision::kNotAllowedByResource:
    case Decision::kOutsideBoundary:
    case Decision::kOutsideSession:
      return "implicitDeny";
  }
  return "implicitDeny";
}

wire::Position OnWire(const access::PolicyPosition& place) {
  return {.line = place.line, .column = place.column};
}

wire::EvaluationResult OnWire(const std::string& action, const std::string& resource,
                              const access::Simulation& simulation) {
  wire::EvaluationResult result;
  result.eval_action_name = action;
  result.eval_resource_name = resource;
  result.eval_decision = WireDecision(simulation.decision);
  auto& matched = result.matched_statements.emplace();
  for (const access::MatchedStatement& statement : simulation.matched) {
    matched.push_back({.source_policy_id = statement.policy_id,
                       .source_policy_type = kPolicyType,
                       .start_position = OnWire(statement.begin),
                       .end_position = OnWire(statement.end)});
  }
  result.missing_context_values = simulation.missing_keys;
  if (simulation.allowed_by_boundary) {
    result.permissions_boundary_decision_detail = {
        {.allowed_by_permissions_boundary = *simulation.allowed_by_boundary}};
  }
  return result;
}

/// What both simulations have in common: everything but whom they ask about.
template <class Request>
Result<wire::SimulatePolicyResponse> Answer(const Request& request, Source source) {
  OWLET_TRY(auto boundaries, ReadList("PermissionsBoundaryPolicyInputList",
                                      request.permissions_boundary_policy_input_list));
  if (boundaries.size() > 1) {
    return Fail(Reason::kInvalidArgument, "At most one permissions boundary can be given.",
                "InvalidInput");
  }
  if (!boundaries.empty()) source.inputs.boundary = std::move(boundaries.front());
  if (request.resource_policy) {
    OWLET_TRY(source.inputs.resource,
              Read("ResourcePolicy", *request.resource_policy, PolicyUse::kResource));
  }
  if (request.caller_arn) source.principal = CallerOf(*request.caller_arn);
  if (request.resource_owner) {
    const access::Principal owner = CallerOf(*request.resource_owner);
    source.inputs.resource_owner =
        owner.account_id.empty() ? *request.resource_owner : owner.account_id;
  }
  access::AccessContext context;
  if (request.context_entries) {
    for (const wire::ContextEntry& entry : *request.context_entries) {
      context.Set(entry.context_key_name.value_or(""),
                  entry.context_key_values.value_or(std::vector<std::string>()));
    }
  }
  const std::vector<std::string> resources =
      request.resource_arns.value_or(std::vector<std::string>{"*"});
  std::vector<wire::EvaluationResult> all;
  for (const std::string& action : request.action_names) {
    if (action.find(':') == std::string::npos) {
      return Fail(Reason::kInvalidArgument, "Invalid Input: " + action + " is no action",
                  "InvalidInput");
    }
    for (const std::string& resource : resources) {
      const access::AccessQuestion question{.principal = source.principal,
                                            .action = action,
                                            .resource = resource,
                                            .context = context};
      all.push_back(OnWire(action, resource, Simulate(question, source.inputs)));
    }
  }
  wire::SimulatePolicyResponse reply;
  // The marker is the number of results already given.
  std::size_t first = 0;
  if (request.marker) {
    if (!std::ranges::all_of(*request.marker, [](char c) { return c >= '0' && c <= '9'; }) ||
        request.marker->empty() || request.marker->size() > 9) {
      return Fail(Reason::kInvalidArgument, "Invalid Marker.", "ValidationError");
    }
    first = std::min<std::size_t>(std::stoul(*request.marker), all.size());
  }
  const auto most = static_cast<std::size_t>(request.max_items.value_or(kDefaultPage));
  const std::size_t end = std::min(all.size(), first + most);
  auto& results = reply.evaluation_results.emplace();
  for (std::size_t i = first; i < end; ++i) results.push_back(std::move(all[i]));
  reply.is_truncated = end < all.size();
  if (end < all.size()) reply.marker = std::to_string(end);
  return reply;
}

Result<wire::SimulatePolicyResponse> SimulateCustomPolicy(
    const Call& call, const wire::SimulateCustomPolicyRequest& request) {
  Source source;
  // Without a caller it is some user of the account whose name is not known.
  source.principal.kind = access::PrincipalKind::kUser;
  source.principal.account_id = call.identities.account_id();
  OWLET_TRY(source.inputs.identity, ReadList("PolicyInputList", request.policy_input_list));
  return Answer(request, std::move(source));
}

Result<wire::SimulatePolicyResponse> SimulatePrincipalPolicy(
    const Call& call, const wire::SimulatePrincipalPolicyRequest& request) {
  OWLET_TRY(Source source, SourceOf(call.identities, request.policy_source_arn));
  OWLET_TRY(auto more, ReadList("PolicyInputList", request.policy_input_list));
  for (NamedPolicy& policy : more) source.inputs.identity.push_back(std::move(policy));
  return Answer(request, std::move(source));
}

Result<wire::GetContextKeysForPolicyResponse> GetContextKeysForCustomPolicy(
    const Call&, const wire::GetContextKeysForCustomPolicyRequest& request) {
  OWLET_TRY(const auto policies, ReadList("PolicyInputList", request.policy_input_list));
  wire::GetContextKeysForPolicyResponse reply;
  reply.context_key_names = access::ContextKeysOf(policies);
  return reply;
}

Result<wire::GetContextKeysForPolicyResponse> GetContextKeysForPrincipalPolicy(
    const Call& call, const wire::GetContextKeysForPrincipalPolicyRequest& request) {
  OWLET_TRY(Source source, SourceOf(call.identities, request.policy_source_arn));
  OWLET_TRY(auto more, ReadList("PolicyInputList", request.policy_input_list));
  for (NamedPolicy& policy : more) source.inputs.identity.push_back(std::move(policy));
  wire::GetContextKeysForPolicyResponse reply;
  reply.context_key_names = access::ContextKeysOf(source.inputs.identity);
  return reply;
}

bool Grants(const access::PolicyDocument& document, const std::string& service) {
  return std::ranges::any_of(document.statements(), [&](const access::PolicyStatement& statement) {
    if (!statement.allow) return false;
    if (statement.not_action) return true;
    return std::ranges::any_of(statement.actions, [&](const std::string& action) {
      return action == "*" || access::WildcardMatch(action.substr(0, action.find(':')), service,
                                                    /*ignore_case=*/true);
    });
  });
}

Result<wire::ListPoliciesGrantingServiceAccessResponse> ListPoliciesGrantingServiceAccess(
    const Call& call, const wire::ListPoliciesGrantingServiceAccessRequest& request) {
  OWLET_TRY(const Source source, SourceOf(call.identities, request.arn));
  wire::ListPoliciesGrantingServiceAccessResponse reply;
  for (const std::string& service : request.service_namespaces) {
    wire::ListPoliciesGrantingServiceAccessEntry entry;
    entry.service_namespace = service;
    auto& policies = entry.policies.emplace();
    for (const NamedPolicy& policy : source.inputs.identity) {
      if (!Grants(*policy.document, service)) continue;
      wire::PolicyGrantingServiceAccess each;
      each.policy_name = policy.id;
      each.policy_type = "MANAGED";
      for (const char* word : {"user_", "group_", "role_"}) {
        if (policy.id.starts_with(word)) each.policy_type = "INLINE";
      }
      policies.push_back(std::move(each));
    }
    reply.policies_granting_service_access.push_back(std::move(entry));
  }
  reply.is_truncated = false;
  return reply;
}

}  // namespace

void RegisterSimulation(Registrar& registrar) {
  namespace operations = aws::iam::operations;
  registrar.On<operations::SimulateCustomPolicy>(SimulateCustomPolicy);
  registrar.On<operations::SimulatePrincipalPolicy>(SimulatePrincipalPolicy);
  registrar.On<operations::GetContextKeysForCustomPolicy>(GetContextKeysForCustomPolicy);
  registrar.On<operations::GetContextKeysForPrincipalPolicy>(GetContextKeysForPrincipalPolicy);
  registrar.On<operations::ListPoliciesGrantingServiceAccess>(ListPoliciesGrantingServiceAccess);
}

}  // namespace owlet::iam
