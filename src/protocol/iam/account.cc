#include <algorithm>

#include "core/access/managed_policies.h"
#include "protocol/iam/handlers.h"
#include "protocol/iam/wire_model.h"

// What the account says of itself as a whole.

namespace owlet::iam {
namespace {

namespace wire = aws::iam;
using access::PolicyOwner;

Result<protocol::Nothing> CreateAccountAlias(const Call& call,
                                             const wire::CreateAccountAliasRequest& request) {
  OWLET_CHECK_OK(call.identities.EditSettings([&](access::AccountSettings& settings) -> Status {
    settings.alias =
        request.account_alias;  // an account has one: the new takes the old one's place
    return {};
  }));
  return protocol::Nothing{};
}

Result<protocol::Nothing> DeleteAccountAlias(const Call& call,
                                             const wire::DeleteAccountAliasRequest& request) {
  OWLET_CHECK_OK(call.identities.EditSettings([&](access::AccountSettings& settings) -> Status {
    if (settings.alias != request.account_alias) {
      return Fail(Reason::kEntityNotFound,
                  "The account alias " + request.account_alias + " cannot be found.",
                  "NoSuchEntity");
    }
    settings.alias.clear();
    return {};
  }));
  return protocol::Nothing{};
}

Result<wire::ListAccountAliasesResponse> ListAccountAliases(
    const Call& call, const wire::ListAccountAliasesRequest&) {
  wire::ListAccountAliasesResponse reply;
  const std::string alias = call.identities.Settings().alias;
  if (!alias.empty()) reply.account_aliases.push_back(alias);
  reply.is_truncated = false;
  return reply;
}

template <class List>
std::int32_t Count(const List& list) {
  return static_cast<std::int32_t>(list.size());
}

Result<wire::GetAccountSummaryResponse> GetAccountSummary(const Call& call,
                                                          const protocol::Nothing&) {
  const access::IdentityStore& identities = call.identities;
  const auto policies = identities.ListOwnPolicies();
  std::int32_t versions = 0;
  for (const access::ManagedPolicy& policy : policies) versions += Count(policy.versions);
  wire::GetAccountSummaryResponse reply;
  reply.summary_map = {
      {"Users", Count(identities.ListUsers("/"))},
      {"Groups", Count(identities.ListGroups("/"))},
      {"Roles", Count(identities.ListRoles("/"))},
      {"InstanceProfiles", Count(identities.ListInstanceProfiles("/"))},
      {"Policies", Count(policies)},
      {"PolicyVersionsInUse", versions},
      {"Providers", Count(identities.ListOidcProviders()) + Count(identities.ListSamlProviders())},
      {"ServerCertificates", 0},
      {"MFADevices", 0},
      {"MFADevicesInUse", 0},
      {"AccountMFAEnabled", 0},
      {"AccountAccessKeysPresent", 1},
      {"AccountPasswordPresent", 0},
      {"AccountSigningCertificatesPresent", 0},
      {"UsersQuota", 5000},
      {"GroupsQuota", 300},
      {"RolesQuota", 1000},
      {"InstanceProfilesQuota", 1000},
      {"PoliciesQuota", 1500},
      {"PolicyVersionsInUseQuota", 10'000},
      {"ServerCertificatesQuota", 20},
      {"GroupsPerUserQuota", 10},
      {"AccessKeysPerUserQuota", 2},
      {"SigningCertificatesPerUserQuota", 2},
      {"AttachedPoliciesPerUserQuota", 10},
      {"AttachedPoliciesPerGroupQuota", 10},
      {"AttachedPoliciesPerRoleQuota", 10},
      {"VersionsPerPolicyQuota", 5},
      {"PolicySizeQuota", 6144},
      {"UserPolicySizeQuota", 2048},
      {"GroupPolicySizeQuota", 5120},
      {"RolePolicySizeQuota", 10'240},
      {"AssumeRolePolicySizeQuota", 4096},
      {"GlobalEndpointTokenVersion", 1}};
  return reply;
}

std::vector<wire::PolicyDetail> InlineOf(const access::Permissions& permissions) {
  std::vector<wire::PolicyDetail> details;
  for (const auto& [name, document] : permissions.inline_policies) {
    details.push_back({.policy_name = name, .policy_document = DocumentOnWire(document)});
  }
  return details;
}

std::vector<wire::AttachedPolicy> AttachedOf(const access::Permissions& permissions) {
  std::vector<wire::AttachedPolicy> attached;
  for (const std::string& arn : permissions.attached_policy_arns) {
    attached.push_back({.policy_name = arn.substr(arn.rfind('/') + 1), .policy_arn = arn});
  }
  return attached;
}

/// What users, groups and roles have in common.
template <class Detail, class Entity>
void FillDetail(const Entity& entity, Detail& detail) {
  detail.path = entity.path;
  detail.arn = entity.arn;
  detail.create_date = entity.created;
  detail.attached_managed_policies = AttachedOf(entity.permissions);
  if constexpr (requires { detail.permissions_boundary; }) {
    detail.permissions_boundary = BoundaryOnWire(entity.permissions);
    detail.tags = ToWire(entity.tags);
  }
}

Result<wire::UserDetail> DetailOf(const Call& call, const access::User& user) {
  wire::UserDetail detail;
  FillDetail(user, detail);
  detail.user_name = user.name;
  detail.user_id = user.id;
  detail.user_policy_list = InlineOf(user.permissions);
  OWLET_TRY(const auto groups, call.identities.ListGroupsOfUser(user.name));
  auto& names = detail.group_list.emplace();
  for (const access::Group& group : groups) names.push_back(group.name);
  return detail;
}

wire::GroupDetail DetailOf(const access::Group& group) {
  wire::GroupDetail detail;
  FillDetail(group, detail);
  detail.group_name = group.name;
  detail.group_id = group.id;
  detail.group_policy_list = InlineOf(group.permissions);
  return detail;
}

Result<wire::RoleDetail> DetailOf(const Call& call, const access::Role& role) {
  wire::RoleDetail detail;
  FillDetail(role, detail);
  detail.role_name = role.name;
  detail.role_id = role.id;
  detail.assume_role_policy_document = DocumentOnWire(role.trust_policy);
  detail.role_policy_list = InlineOf(role.permissions);
  OWLET_TRY(const auto profiles, call.identities.ListInstanceProfilesOfRole(role.name));
  auto& list = detail.instance_profile_list.emplace();
  for (const access::InstanceProfile& profile : profiles) {
    list.push_back(ToWire(call.identities, profile));
  }
  return detail;
}

wire::ManagedPolicyDetail DetailOf(const Call& call, const access::ManagedPolicy& policy) {
  const wire::Policy whole = ToWire(call.identities, policy);
  wire::ManagedPolicyDetail detail;
  detail.policy_name = whole.policy_name;
  detail.policy_id = whole.policy_id;
  detail.arn = whole.arn;
  detail.path = whole.path;
  detail.default_version_id = whole.default_version_id;
  detail.attachment_count = whole.attachment_count;
  detail.permissions_boundary_usage_count = whole.permissions_boundary_usage_count;
  detail.is_attachable = whole.is_attachable;
  detail.description = whole.description;
  detail.create_date = whole.create_date;
  detail.update_date = whole.update_date;
  auto& versions = detail.policy_version_list.emplace();
  for (const access::PolicyVersion& version : policy.versions) {
    versions.push_back(ToWire(policy, version, /*with_document=*/true));
  }
  return detail;
}

/// All in one page: an account of one machine is small.
Result<wire::GetAccountAuthorizationDetailsResponse> GetAccountAuthorizationDetails(
    const Call& call, const wire::GetAccountAuthorizationDetailsRequest& request) {
  const auto wanted = [&](std::string_view kind) {
    return !request.filter || request.filter->empty() ||
           std::ranges::find(*request.filter, kind) != request.filter->end();
  };
  wire::GetAccountAuthorizationDetailsResponse reply;
  auto& users = reply.user_detail_list.emplace();
  auto& groups = reply.group_detail_list.emplace();
  auto& roles = reply.role_detail_list.emplace();
  auto& policies = reply.policies.emplace();
  if (wanted("User")) {
    for (const access::User& user : call.identities.ListUsers("/")) {
      OWLET_TRY(users.emplace_back(), DetailOf(call, user));
    }
  }
  if (wanted("Group")) {
    for (const access::Group& group : call.identities.ListGroups("/")) {
      groups.push_back(DetailOf(group));
    }
  }
  if (wanted("Role")) {
    for (const access::Role& role : call.identities.ListRoles("/")) {
      OWLET_TRY(roles.emplace_back(), DetailOf(call, role));
    }
  }
  if (wanted("LocalManagedPolicy")) {
    for (const access::ManagedPolicy& policy : call.identities.ListOwnPolicies()) {
      policies.push_back(DetailOf(call, policy));
    }
  }
  if (wanted("AWSManagedPolicy")) {
    for (const access::ManagedPolicy& policy : access::ProvidedPolicies()) {
      if (call.identities.AttachedTo(policy.arn).empty()) continue;
      policies.push_back(DetailOf(call, policy));
    }
  }
  reply.is_truncated = false;
  return reply;
}

/// Things of which no operation here makes any: an empty list is the truth.
template <class Reply, class Request>
Result<Reply> NoneOf(const Call& call, const Request& request) {
  if constexpr (requires { request.user_name; }) {
    if (request.user_name) OWLET_CHECK_OK(call.identities.FindUser(*request.user_name));
  }
  Reply reply;
  reply.is_truncated = false;
  return reply;
}

}  // namespace

void RegisterAccount(Registrar& registrar) {
  namespace operations = aws::iam::operations;
  registrar.On<operations::CreateAccountAlias>(CreateAccountAlias);
  registrar.On<operations::DeleteAccountAlias>(DeleteAccountAlias);
  registrar.On<operations::ListAccountAliases>(ListAccountAliases);
  registrar.On<operations::GetAccountSummary>(GetAccountSummary);
  registrar.On<operations::GetAccountAuthorizationDetails>(GetAccountAuthorizationDetails);
  registrar.On<operations::ListMFADevices>(NoneOf<wire::ListMFADevicesResponse>);
  registrar.On<operations::ListVirtualMFADevices>(NoneOf<wire::ListVirtualMFADevicesResponse>);
  registrar.On<operations::ListSSHPublicKeys>(NoneOf<wire::ListSSHPublicKeysResponse>);
  registrar.On<operations::ListSigningCertificates>(NoneOf<wire::ListSigningCertificatesResponse>);
  registrar.On<operations::ListServiceSpecificCredentials>(
      NoneOf<wire::ListServiceSpecificCredentialsResponse>);
  registrar.On<operations::ListServerCertificates>(NoneOf<wire::ListServerCertificatesResponse>);
}

}  // namespace owlet::iam
