#include "protocol/iam/handlers.h"
#include "protocol/iam/wire_model.h"

// Policies of users and of roles: the same operations under two names.

namespace owlet::iam {
namespace {

namespace wire = aws::iam;
using access::PolicyOwner;

template <class Request>
PolicyOwner OwnerOf(const Request& request) {
  if constexpr (requires { request.user_name; }) {
    return {PolicyOwner::Kind::kUser, request.user_name};
  } else if constexpr (requires { request.group_name; }) {
    return {PolicyOwner::Kind::kGroup, request.group_name};
  } else {
    return {PolicyOwner::Kind::kRole, request.role_name};
  }
}

template <class Request>
Result<protocol::Nothing> PutPolicy(const Call& call, const Request& request) {
  OWLET_CHECK_OK(call.identities.PutInlinePolicy(OwnerOf(request), request.policy_name,
                                                 request.policy_document));
  return protocol::Nothing{};
}

template <class Reply, class Request>
Result<Reply> GetPolicy(const Call& call, const Request& request) {
  const PolicyOwner owner = OwnerOf(request);
  OWLET_TRY(const access::Permissions permissions, call.identities.FindPermissions(owner));
  const auto found = permissions.inline_policies.find(request.policy_name);
  if (found == permissions.inline_policies.end()) {
    const std::string kind = owner.kind == PolicyOwner::Kind::kUser    ? "user"
                             : owner.kind == PolicyOwner::Kind::kGroup ? "group"
                                                                       : "role";
    return Fail(Reason::kEntityNotFound,
                "The " + kind + " policy with name " + request.policy_name + " cannot be found.",
                "NoSuchEntity");
  }
  Reply reply;
  reply.policy_name = found->first;
  reply.policy_document = DocumentOnWire(found->second);
  if constexpr (requires { reply.user_name; }) {
    reply.user_name = request.user_name;
  } else if constexpr (requires { reply.group_name; }) {
    reply.group_name = request.group_name;
  } else {
    reply.role_name = request.role_name;
  }
  return reply;
}

template <class Reply, class Request>
Result<Reply> ListPolicyNames(const Call& call, const Request& request) {
  OWLET_TRY(const access::Permissions permissions,
            call.identities.FindPermissions(OwnerOf(request)));
  std::vector<std::string> names;
  for (const auto& [name, document] : permissions.inline_policies) names.push_back(name);
  Reply reply;
  OWLET_CHECK_OK(FillPage(request, std::move(names), std::identity(), reply.policy_names, reply));
  return reply;
}

template <class Request>
Result<protocol::Nothing> DeletePolicy(const Call& call, const Request& request) {
  OWLET_CHECK_OK(call.identities.DeleteInlinePolicy(OwnerOf(request), request.policy_name));
  return protocol::Nothing{};
}

template <class Request>
Result<protocol::Nothing> Attach(const Call& call, const Request& request) {
  OWLET_CHECK_OK(call.identities.AttachPolicy(OwnerOf(request), request.policy_arn));
  return protocol::Nothing{};
}

template <class Request>
Result<protocol::Nothing> Detach(const Call& call, const Request& request) {
  OWLET_CHECK_OK(call.identities.DetachPolicy(OwnerOf(request), request.policy_arn));
  return protocol::Nothing{};
}

template <class Reply, class Request>
Result<Reply> ListAttached(const Call& call, const Request& request) {
  OWLET_TRY(const access::Permissions permissions,
            call.identities.FindPermissions(OwnerOf(request)));
  std::vector<wire::AttachedPolicy> all;
  for (const std::string& arn : permissions.attached_policy_arns) {
    const auto policy = call.identities.FindPolicy(arn);
    if (!policy || !policy->path.starts_with(request.path_prefix.value_or("/"))) continue;
    all.push_back({.policy_name = policy->name, .policy_arn = arn});
  }
  Reply reply;
  const auto name = [](const wire::AttachedPolicy& policy) { return *policy.policy_name; };
  OWLET_CHECK_OK(FillPage(request, std::move(all), name, reply.attached_policies.emplace(), reply));
  return reply;
}

}  // namespace

void RegisterEntityPolicies(Registrar& registrar) {
  namespace operations = aws::iam::operations;
  registrar.On<operations::PutUserPolicy>(PutPolicy);
  registrar.On<operations::PutRolePolicy>(PutPolicy);
  registrar.On<operations::GetUserPolicy>(GetPolicy<wire::GetUserPolicyResponse>);
  registrar.On<operations::GetRolePolicy>(GetPolicy<wire::GetRolePolicyResponse>);
  registrar.On<operations::ListUserPolicies>(ListPolicyNames<wire::ListUserPoliciesResponse>);
  registrar.On<operations::ListRolePolicies>(ListPolicyNames<wire::ListRolePoliciesResponse>);
  registrar.On<operations::DeleteUserPolicy>(DeletePolicy);
  registrar.On<operations::DeleteRolePolicy>(DeletePolicy);
  registrar.On<operations::AttachUserPolicy>(Attach);
  registrar.On<operations::AttachRolePolicy>(Attach);
  registrar.On<operations::DetachUserPolicy>(Detach);
  registrar.On<operations::DetachRolePolicy>(Detach);
  registrar.On<operations::ListAttachedUserPolicies>(
      ListAttached<wire::ListAttachedUserPoliciesResponse>);
  registrar.On<operations::ListAttachedRolePolicies>(
      ListAttached<wire::ListAttachedRolePoliciesResponse>);
  registrar.On<operations::PutGroupPolicy>(PutPolicy);
  registrar.On<operations::GetGroupPolicy>(GetPolicy<wire::GetGroupPolicyResponse>);
  registrar.On<operations::ListGroupPolicies>(ListPolicyNames<wire::ListGroupPoliciesResponse>);
  registrar.On<operations::DeleteGroupPolicy>(DeletePolicy);
  registrar.On<operations::AttachGroupPolicy>(Attach);
  registrar.On<operations::DetachGroupPolicy>(Detach);
  registrar.On<operations::ListAttachedGroupPolicies>(
      ListAttached<wire::ListAttachedGroupPoliciesResponse>);
}

}  // namespace owlet::iam
