#include "core/access/managed_policies.h"
#include "protocol/iam/handlers.h"
#include "protocol/iam/wire_model.h"

namespace owlet::iam {
namespace {

namespace wire = aws::iam;
using access::PolicyOwner;

Result<wire::CreatePolicyResponse> CreatePolicy(const Call& call,
                                                const wire::CreatePolicyRequest& request) {
  access::ManagedPolicy wanted;
  wanted.name = request.policy_name;
  OWLET_TRY(wanted.path, ReadPath(request.path));
  wanted.description = request.description.value_or("");
  wanted.tags = FromWire(request.tags);
  OWLET_TRY(const access::ManagedPolicy policy,
            call.identities.CreatePolicy(std::move(wanted), request.policy_document));
  wire::CreatePolicyResponse reply;
  reply.policy = ToWire(call.identities, policy);
  return reply;
}

Result<wire::GetPolicyResponse> GetPolicy(const Call& call, const wire::GetPolicyRequest& request) {
  OWLET_TRY(const access::ManagedPolicy policy, call.identities.FindPolicy(request.policy_arn));
  wire::GetPolicyResponse reply;
  reply.policy = ToWire(call.identities, policy);
  return reply;
}

Result<wire::ListPoliciesResponse> ListPolicies(const Call& call,
                                                const wire::ListPoliciesRequest& request) {
  const std::string scope = request.scope.value_or("All");
  std::vector<access::ManagedPolicy> policies;
  if (scope != "AWS") policies = call.identities.ListOwnPolicies();
  if (scope != "Local") {
    const auto provided = access::ProvidedPolicies();
    policies.insert(policies.end(), provided.begin(), provided.end());
  }
  const std::string prefix = request.path_prefix.value_or("/");
  std::vector<wire::Policy> all;
  for (const access::ManagedPolicy& policy : policies) {
    if (!policy.path.starts_with(prefix)) continue;
    wire::Policy each = ToWire(call.identities, policy);
    const bool boundary = request.policy_usage_filter == "PermissionsBoundary";
    const std::int32_t uses =
        boundary ? *each.permissions_boundary_usage_count : *each.attachment_count;
    if ((request.only_attached.value_or(false) || boundary) && uses == 0) continue;
    each.description.reset();  // only GetPolicy shows it
    each.tags.reset();
    all.push_back(std::move(each));
  }
  wire::ListPoliciesResponse reply;
  const auto arn = [](const wire::Policy& policy) { return *policy.arn; };
  OWLET_CHECK_OK(FillPage(request, std::move(all), arn, reply.policies.emplace(), reply));
  return reply;
}

Result<protocol::Nothing> DeletePolicy(const Call& call, const wire::DeletePolicyRequest& request) {
  OWLET_CHECK_OK(call.identities.DeletePolicy(request.policy_arn));
  return protocol::Nothing{};
}

Result<wire::CreatePolicyVersionResponse> CreatePolicyVersion(
    const Call& call, const wire::CreatePolicyVersionRequest& request) {
  OWLET_TRY(const access::PolicyVersion version,
            call.identities.CreatePolicyVersion(request.policy_arn, request.policy_document,
                                                request.set_as_default.value_or(false)));
  OWLET_TRY(const access::ManagedPolicy policy, call.identities.FindPolicy(request.policy_arn));
  wire::CreatePolicyVersionResponse reply;
  reply.policy_version = ToWire(policy, version, /*with_document=*/false);
  return reply;
}

Result<wire::GetPolicyVersionResponse> GetPolicyVersion(
    const Call& call, const wire::GetPolicyVersionRequest& request) {
  OWLET_TRY(const access::ManagedPolicy policy, call.identities.FindPolicy(request.policy_arn));
  const access::PolicyVersion* version = policy.FindVersion(request.version_id);
  if (version == nullptr) {
    return Fail(Reason::kEntityNotFound,
                "Policy " + request.policy_arn + " version " + request.version_id +
                    " does not exist or is not attachable.",
                "NoSuchEntity");
  }
  wire::GetPolicyVersionResponse reply;
  reply.policy_version = ToWire(policy, *version, /*with_document=*/true);
  return reply;
}

Result<wire::ListPolicyVersionsResponse> ListPolicyVersions(
    const Call& call, const wire::ListPolicyVersionsRequest& request) {
  OWLET_TRY(const access::ManagedPolicy policy, call.identities.FindPolicy(request.policy_arn));
  wire::ListPolicyVersionsResponse reply;
  reply.versions.emplace();
  for (auto version = policy.versions.rbegin(); version != policy.versions.rend(); ++version) {
    reply.versions->push_back(ToWire(policy, *version, /*with_document=*/false));
  }
  reply.is_truncated = false;  // five at most
  return reply;
}

Result<protocol::Nothing> DeletePolicyVersion(const Call& call,
                                              const wire::DeletePolicyVersionRequest& request) {
  OWLET_CHECK_OK(call.identities.DeletePolicyVersion(request.policy_arn, request.version_id));
  return protocol::Nothing{};
}

Result<protocol::Nothing> SetDefaultPolicyVersion(
    const Call& call, const wire::SetDefaultPolicyVersionRequest& request) {
  OWLET_CHECK_OK(call.identities.SetDefaultPolicyVersion(request.policy_arn, request.version_id));
  return protocol::Nothing{};
}

Result<wire::ListEntitiesForPolicyResponse> ListEntitiesForPolicy(
    const Call& call, const wire::ListEntitiesForPolicyRequest& request) {
  OWLET_CHECK_OK(call.identities.FindPolicy(request.policy_arn));
  const std::string filter = request.entity_filter.value_or("");
  const std::string usage = request.policy_usage_filter.value_or("");
  const std::string path = request.path_prefix.value_or("/");
  std::vector<PolicyOwner> owners;
  if (usage != "PermissionsBoundary" && filter != "PermissionsBoundary") {
    owners = call.identities.AttachedTo(request.policy_arn);
  }
  if (usage != "PermissionsPolicy") {
    const auto bounded = call.identities.BoundedBy(request.policy_arn);
    owners.insert(owners.end(), bounded.begin(), bounded.end());
  }
  const auto wanted = [&](std::string_view kind) { return filter.empty() || filter == kind; };
  wire::ListEntitiesForPolicyResponse reply;
  auto& groups = reply.policy_groups.emplace();
  auto& users = reply.policy_users.emplace();
  auto& roles = reply.policy_roles.emplace();
  for (const PolicyOwner& owner : owners) {
    if (owner.kind == PolicyOwner::Kind::kGroup && wanted("Group")) {
      OWLET_TRY(const access::Group group, call.identities.FindGroup(owner.name));
      if (!group.path.starts_with(path)) continue;
      groups.push_back({.group_name = group.name, .group_id = group.id});
    } else if (owner.kind == PolicyOwner::Kind::kUser && wanted("User")) {
      OWLET_TRY(const access::User user, call.identities.FindUser(owner.name));
      if (!user.path.starts_with(path)) continue;
      users.push_back({.user_name = user.name, .user_id = user.id});
    } else if (owner.kind == PolicyOwner::Kind::kRole && wanted("Role")) {
      OWLET_TRY(const access::Role role, call.identities.FindRole(owner.name));
      if (!role.path.starts_with(path)) continue;
      roles.push_back({.role_name = role.name, .role_id = role.id});
    }
  }
  reply.is_truncated = false;
  return reply;
}

Result<wire::ListPolicyTagsResponse> ListPolicyTags(const Call& call,
                                                    const wire::ListPolicyTagsRequest& request) {
  OWLET_TRY(const access::ManagedPolicy policy, call.identities.FindPolicy(request.policy_arn));
  wire::ListPolicyTagsResponse reply;
  OWLET_CHECK_OK(FillPage(request, ToWire(policy.tags), &wire::Tag::key, reply.tags, reply));
  return reply;
}

Result<protocol::Nothing> TagPolicy(const Call& call, const wire::TagPolicyRequest& request) {
  OWLET_CHECK_OK(call.identities.TagPolicy(request.policy_arn, FromWire(request.tags), {}));
  return protocol::Nothing{};
}

Result<protocol::Nothing> UntagPolicy(const Call& call, const wire::UntagPolicyRequest& request) {
  OWLET_CHECK_OK(call.identities.TagPolicy(request.policy_arn, {}, request.tag_keys));
  return protocol::Nothing{};
}

}  // namespace

void RegisterPolicies(Registrar& registrar) {
  namespace operations = aws::iam::operations;
  registrar.On<operations::CreatePolicy>(CreatePolicy);
  registrar.On<operations::GetPolicy>(GetPolicy);
  registrar.On<operations::ListPolicies>(ListPolicies);
  registrar.On<operations::DeletePolicy>(DeletePolicy);
  registrar.On<operations::CreatePolicyVersion>(CreatePolicyVersion);
  registrar.On<operations::GetPolicyVersion>(GetPolicyVersion);
  registrar.On<operations::ListPolicyVersions>(ListPolicyVersions);
  registrar.On<operations::DeletePolicyVersion>(DeletePolicyVersion);
  registrar.On<operations::SetDefaultPolicyVersion>(SetDefaultPolicyVersion);
  registrar.On<operations::ListEntitiesForPolicy>(ListEntitiesForPolicy);
  registrar.On<operations::ListPolicyTags>(ListPolicyTags);
  registrar.On<operations::TagPolicy>(TagPolicy);
  registrar.On<operations::UntagPolicy>(UntagPolicy);
}

}  // namespace owlet::iam
