#include "protocol/iam/handlers.h"
#include "protocol/iam/wire_model.h"

namespace owlet::iam {
namespace {

namespace wire = aws::iam;

std::vector<wire::Group> OnWire(const std::vector<access::Group>& groups) {
  std::vector<wire::Group> all;
  for (const access::Group& group : groups) all.push_back(ToWire(group));
  return all;
}

Result<wire::CreateGroupResponse> CreateGroup(const Call& call,
                                              const wire::CreateGroupRequest& request) {
  access::Group wanted;
  wanted.name = request.group_name;
  OWLET_TRY(wanted.path, ReadPath(request.path));
  OWLET_TRY(const access::Group group, call.identities.CreateGroup(std::move(wanted)));
  wire::CreateGroupResponse reply;
  reply.group = ToWire(group);
  return reply;
}

Result<wire::GetGroupResponse> GetGroup(const Call& call, const wire::GetGroupRequest& request) {
  OWLET_TRY(const access::Group group, call.identities.FindGroup(request.group_name));
  OWLET_TRY(const auto users, call.identities.ListUsersOfGroup(request.group_name));
  std::vector<wire::User> all;
  for (const access::User& user : users) all.push_back(ToWire(user, /*with_tags=*/false));
  wire::GetGroupResponse reply;
  reply.group = ToWire(group);
  OWLET_CHECK_OK(FillPage(request, std::move(all), &wire::User::user_name, reply.users, reply));
  return reply;
}

Result<wire::ListGroupsResponse> ListGroups(const Call& call,
                                            const wire::ListGroupsRequest& request) {
  auto all = OnWire(call.identities.ListGroups(request.path_prefix.value_or("/")));
  wire::ListGroupsResponse reply;
  OWLET_CHECK_OK(FillPage(request, std::move(all), &wire::Group::group_name, reply.groups, reply));
  return reply;
}

Result<wire::ListGroupsForUserResponse> ListGroupsForUser(
    const Call& call, const wire::ListGroupsForUserRequest& request) {
  OWLET_TRY(const auto groups, call.identities.ListGroupsOfUser(request.user_name));
  wire::ListGroupsForUserResponse reply;
  OWLET_CHECK_OK(FillPage(request, OnWire(groups), &wire::Group::group_name, reply.groups, reply));
  return reply;
}

Result<protocol::Nothing> UpdateGroup(const Call& call, const wire::UpdateGroupRequest& request) {
  std::string path;
  if (request.new_path) {
    OWLET_TRY(path, ReadPath(request.new_path));
  }
  OWLET_CHECK_OK(
      call.identities.UpdateGroup(request.group_name, request.new_group_name.value_or(""), path));
  return protocol::Nothing{};
}

Result<protocol::Nothing> DeleteGroup(const Call& call, const wire::DeleteGroupRequest& request) {
  OWLET_CHECK_OK(call.identities.DeleteGroup(request.group_name));
  return protocol::Nothing{};
}

Result<protocol::Nothing> AddUserToGroup(const Call& call,
                                         const wire::AddUserToGroupRequest& request) {
  OWLET_CHECK_OK(call.identities.AddUserToGroup(request.group_name, request.user_name));
  return protocol::Nothing{};
}

Result<protocol::Nothing> RemoveUserFromGroup(const Call& call,
                                              const wire::RemoveUserFromGroupRequest& request) {
  OWLET_CHECK_OK(call.identities.RemoveUserFromGroup(request.group_name, request.user_name));
  return protocol::Nothing{};
}

}  // namespace

void RegisterGroups(Registrar& registrar) {
  namespace operations = aws::iam::operations;
  registrar.On<operations::CreateGroup>(CreateGroup);
  registrar.On<operations::GetGroup>(GetGroup);
  registrar.On<operations::ListGroups>(ListGroups);
  registrar.On<operations::ListGroupsForUser>(ListGroupsForUser);
  registrar.On<operations::UpdateGroup>(UpdateGroup);
  registrar.On<operations::DeleteGroup>(DeleteGroup);
  registrar.On<operations::AddUserToGroup>(AddUserToGroup);
  registrar.On<operations::RemoveUserFromGroup>(RemoveUserFromGroup);
}

}  // namespace owlet::iam
