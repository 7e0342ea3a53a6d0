#include "protocol/iam/handlers.h"
#include "protocol/iam/wire_model.h"

namespace owlet::iam {
namespace {

namespace wire = aws::iam;
using access::PolicyOwner;

PolicyOwner UserOwner(const std::string& name) { return {PolicyOwner::Kind::kUser, name}; }

Result<wire::CreateUserResponse> CreateUser(const Call& call,
                                            const wire::CreateUserRequest& request) {
  access::User wanted;
  wanted.name = request.user_name;
  OWLET_TRY(wanted.path, ReadPath(request.path));
  wanted.tags = FromWire(request.tags);
  if (request.permissions_boundary) {
    OWLET_CHECK_OK(call.identities.FindPolicy(*request.permissions_boundary));
    wanted.permissions.boundary_arn = *request.permissions_boundary;
  }
  OWLET_TRY(const access::User user, call.identities.CreateUser(std::move(wanted)));
  wire::CreateUserResponse reply;
  reply.user = ToWire(user, /*with_tags=*/true);
  return reply;
}

Result<wire::GetUserResponse> GetUser(const Call& call, const wire::GetUserRequest& request) {
  const access::Principal& caller = call.context.principal;
  wire::GetUserResponse reply;
  if (!request.user_name && caller.IsRoot()) {
    reply.user.path = "/";
    reply.user.user_id = caller.account_id;
    reply.user.arn = caller.arn;
    return reply;
  }
  if (!request.user_name && caller.kind != access::PrincipalKind::kUser) {
    return Fail(Reason::kInvalidArgument,
                "Must specify userName when calling with non-User credentials", "ValidationError");
  }
  OWLET_TRY(const access::User user,
            call.identities.FindUser(request.user_name.value_or(caller.name)));
  reply.user = ToWire(user, /*with_tags=*/true);
  return reply;
}

Result<wire::ListUsersResponse> ListUsers(const Call& call, const wire::ListUsersRequest& request) {
  std::vector<wire::User> all;
  for (const access::User& user : call.identities.ListUsers(request.path_prefix.value_or("/"))) {
    all.push_back(ToWire(user, /*with_tags=*/false));
  }
  wire::ListUsersResponse reply;
  OWLET_CHECK_OK(FillPage(request, std::move(all), &wire::User::user_name, reply.users, reply));
  return reply;
}

Result<protocol::Nothing> UpdateUser(const Call& call, const wire::UpdateUserRequest& request) {
  OWLET_CHECK_OK(call.identities.UpdateUser(request.user_name, request.new_user_name.value_or(""),
                                            request.new_path.value_or("")));
  return protocol::Nothing{};
}

Result<protocol::Nothing> DeleteUser(const Call& call, const wire::DeleteUserRequest& request) {
  OWLET_CHECK_OK(call.identities.DeleteUser(request.user_name));
  return protocol::Nothing{};
}

Result<protocol::Nothing> TagUser(const Call& call, const wire::TagUserRequest& request) {
  OWLET_CHECK_OK(call.identities.AddTags(UserOwner(request.user_name), FromWire(request.tags)));
  return protocol::Nothing{};
}

Result<protocol::Nothing> UntagUser(const Call& call, const wire::UntagUserRequest& request) {
  OWLET_CHECK_OK(call.identities.RemoveTags(UserOwner(request.user_name), request.tag_keys));
  return protocol::Nothing{};
}

Result<wire::ListUserTagsResponse> ListUserTags(const Call& call,
                                                const wire::ListUserTagsRequest& request) {
  OWLET_TRY(const access::User user, call.identities.FindUser(request.user_name));
  wire::ListUserTagsResponse reply;
  OWLET_CHECK_OK(FillPage(request, ToWire(user.tags), &wire::Tag::key, reply.tags, reply));
  return reply;
}

Result<protocol::Nothing> PutUserPermissionsBoundary(
    const Call& call, const wire::PutUserPermissionsBoundaryRequest& request) {
  OWLET_CHECK_OK(
      call.identities.SetBoundary(UserOwner(request.user_name), request.permissions_boundary));
  return protocol::Nothing{};
}

Result<protocol::Nothing> DeleteUserPermissionsBoundary(
    const Call& call, const wire::DeleteUserPermissionsBoundaryRequest& request) {
  OWLET_CHECK_OK(call.identities.SetBoundary(UserOwner(request.user_name), ""));
  return protocol::Nothing{};
}

}  // namespace

void RegisterUsers(Registrar& registrar) {
  namespace operations = aws::iam::operations;
  registrar.On<operations::CreateUser>(CreateUser);
  registrar.On<operations::GetUser>(GetUser);
  registrar.On<operations::ListUsers>(ListUsers);
  registrar.On<operations::UpdateUser>(UpdateUser);
  registrar.On<operations::DeleteUser>(DeleteUser);
  registrar.On<operations::TagUser>(TagUser);
  registrar.On<operations::UntagUser>(UntagUser);
  registrar.On<operations::ListUserTags>(ListUserTags);
  registrar.On<operations::PutUserPermissionsBoundary>(PutUserPermissionsBoundary);
  registrar.On<operations::DeleteUserPermissionsBoundary>(DeleteUserPermissionsBoundary);
}

}  // namespace owlet::iam
