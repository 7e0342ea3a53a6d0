#include "protocol/iam/handlers.h"
#include "protocol/iam/wire_model.h"

namespace owlet::iam {
namespace {

namespace wire = aws::iam;
using access::PolicyOwner;

PolicyOwner RoleOwner(const std::string& name) { return {PolicyOwner::Kind::kRole, name}; }

Result<wire::CreateRoleResponse> CreateRole(const Call& call,
                                            const wire::CreateRoleRequest& request) {
  access::Role wanted;
  wanted.name = request.role_name;
  OWLET_TRY(wanted.path, ReadPath(request.path));
  wanted.trust_policy = request.assume_role_policy_document;
  wanted.description = request.description.value_or("");
  wanted.max_session = std::chrono::seconds(request.max_session_duration.value_or(3600));
  wanted.tags = FromWire(request.tags);
  if (request.permissions_boundary) {
    OWLET_CHECK_OK(call.identities.FindPolicy(*request.permissions_boundary));
    wanted.permissions.boundary_arn = *request.permissions_boundary;
  }
  OWLET_TRY(const access::Role role, call.identities.CreateRole(std::move(wanted)));
  wire::CreateRoleResponse reply;
  reply.role = ToWire(role, /*with_tags=*/true);
  reply.role.role_last_used.reset();
  return reply;
}

Result<wire::GetRoleResponse> GetRole(const Call& call, const wire::GetRoleRequest& request) {
  OWLET_TRY(const access::Role role, call.identities.FindRole(request.role_name));
  wire::GetRoleResponse reply;
  reply.role = ToWire(role, /*with_tags=*/true);
  return reply;
}

Result<wire::ListRolesResponse> ListRoles(const Call& call, const wire::ListRolesRequest& request) {
  std::vector<wire::Role> all;
  for (const access::Role& role : call.identities.ListRoles(request.path_prefix.value_or("/"))) {
    all.push_back(ToWire(role, /*with_tags=*/false));
  }
  wire::ListRolesResponse reply;
  OWLET_CHECK_OK(FillPage(request, std::move(all), &wire::Role::role_name, reply.roles, reply));
  return reply;
}

Result<wire::UpdateRoleResponse> UpdateRole(const Call& call,
                                            const wire::UpdateRoleRequest& request) {
  std::optional<std::chrono::seconds> session;
  if (request.max_session_duration) session = std::chrono::seconds(*request.max_session_duration);
  OWLET_CHECK_OK(call.identities.UpdateRole(request.role_name, request.description, session));
  return wire::UpdateRoleResponse{};
}

Result<wire::UpdateRoleDescriptionResponse> UpdateRoleDescription(
    const Call& call, const wire::UpdateRoleDescriptionRequest& request) {
  OWLET_CHECK_OK(call.identities.UpdateRole(request.role_name, request.description, std::nullopt));
  OWLET_TRY(const access::Role role, call.identities.FindRole(request.role_name));
  wire::UpdateRoleDescriptionResponse reply;
  reply.role = ToWire(role, /*with_tags=*/false);
  return reply;
}

Result<protocol::Nothing> UpdateAssumeRolePolicy(
    const Call& call, const wire::UpdateAssumeRolePolicyRequest& request) {
  OWLET_CHECK_OK(call.identities.UpdateTrustPolicy(request.role_name, request.policy_document));
  return protocol::Nothing{};
}

Result<protocol::Nothing> DeleteRole(const Call& call, const wire::DeleteRoleRequest& request) {
  OWLET_CHECK_OK(call.identities.DeleteRole(request.role_name));
  return protocol::Nothing{};
}

Result<protocol::Nothing> TagRole(const Call& call, const wire::TagRoleRequest& request) {
  OWLET_CHECK_OK(call.identities.AddTags(RoleOwner(request.role_name), FromWire(request.tags)));
  return protocol::Nothing{};
}

Result<protocol::Nothing> UntagRole(const Call& call, const wire::UntagRoleRequest& request) {
  OWLET_CHECK_OK(call.identities.RemoveTags(RoleOwner(request.role_name), request.tag_keys));
  return protocol::Nothing{};
}

Result<wire::ListRoleTagsResponse> ListRoleTags(const Call& call,
                                                const wire::ListRoleTagsRequest& request) {
  OWLET_TRY(const access::Role role, call.identities.FindRole(request.role_name));
  wire::ListRoleTagsResponse reply;
  OWLET_CHECK_OK(FillPage(request, ToWire(role.tags), &wire::Tag::key, reply.tags, reply));
  return reply;
}

Result<protocol::Nothing> PutRolePermissionsBoundary(
    const Call& call, const wire::PutRolePermissionsBoundaryRequest& request) {
  OWLET_CHECK_OK(
      call.identities.SetBoundary(RoleOwner(request.role_name), request.permissions_boundary));
  return protocol::Nothing{};
}

Result<protocol::Nothing> DeleteRolePermissionsBoundary(
    const Call& call, const wire::DeleteRolePermissionsBoundaryRequest& request) {
  OWLET_CHECK_OK(call.identities.SetBoundary(RoleOwner(request.role_name), ""));
  return protocol::Nothing{};
}

}  // namespace

void RegisterRoles(Registrar& registrar) {
  namespace operations = aws::iam::operations;
  registrar.On<operations::CreateRole>(CreateRole);
  registrar.On<operations::GetRole>(GetRole);
  registrar.On<operations::ListRoles>(ListRoles);
  registrar.On<operations::UpdateRole>(UpdateRole);
  registrar.On<operations::UpdateRoleDescription>(UpdateRoleDescription);
  registrar.On<operations::UpdateAssumeRolePolicy>(UpdateAssumeRolePolicy);
  registrar.On<operations::DeleteRole>(DeleteRole);
  registrar.On<operations::TagRole>(TagRole);
  registrar.On<operations::UntagRole>(UntagRole);
  registrar.On<operations::ListRoleTags>(ListRoleTags);
  registrar.On<operations::PutRolePermissionsBoundary>(PutRolePermissionsBoundary);
  registrar.On<operations::DeleteRolePermissionsBoundary>(DeleteRolePermissionsBoundary);
}

}  // namespace owlet::iam
