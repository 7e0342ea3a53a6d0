#include "protocol/iam/handlers.h"
#include "protocol/iam/wire_model.h"

namespace owlet::iam {
namespace {

namespace wire = aws::iam;

Result<wire::CreateInstanceProfileResponse> CreateInstanceProfile(
    const Call& call, const wire::CreateInstanceProfileRequest& request) {
  access::InstanceProfile wanted;
  wanted.name = request.instance_profile_name;
  OWLET_TRY(wanted.path, ReadPath(request.path));
  wanted.tags = FromWire(request.tags);
  OWLET_TRY(const access::InstanceProfile profile,
            call.identities.CreateInstanceProfile(std::move(wanted)));
  wire::CreateInstanceProfileResponse reply;
  reply.instance_profile = ToWire(call.identities, profile);
  return reply;
}

Result<wire::GetInstanceProfileResponse> GetInstanceProfile(
    const Call& call, const wire::GetInstanceProfileRequest& request) {
  OWLET_TRY(const access::InstanceProfile profile,
            call.identities.FindInstanceProfile(request.instance_profile_name));
  wire::GetInstanceProfileResponse reply;
  reply.instance_profile = ToWire(call.identities, profile);
  return reply;
}

template <class Reply, class Request>
Result<Reply> ProfilePage(const Call& call, const Request& request,
                          const std::vector<access::InstanceProfile>& profiles) {
  std::vector<wire::InstanceProfile> all;
  for (const access::InstanceProfile& profile : profiles) {
    all.push_back(ToWire(call.identities, profile));
  }
  Reply reply;
  OWLET_CHECK_OK(FillPage(request, std::move(all), &wire::InstanceProfile::instance_profile_name,
                          reply.instance_profiles, reply));
  return reply;
}

Result<wire::ListInstanceProfilesResponse> ListInstanceProfiles(
    const Call& call, const wire::ListInstanceProfilesRequest& request) {
  return ProfilePage<wire::ListInstanceProfilesResponse>(
      call, request, call.identities.ListInstanceProfiles(request.path_prefix.value_or("/")));
}

Result<wire::ListInstanceProfilesForRoleResponse> ListInstanceProfilesForRole(
    const Call& call, const wire::ListInstanceProfilesForRoleRequest& request) {
  OWLET_TRY(const auto profiles, call.identities.ListInstanceProfilesOfRole(request.role_name));
  return ProfilePage<wire::ListInstanceProfilesForRoleResponse>(call, request, profiles);
}

Result<protocol::Nothing> DeleteInstanceProfile(const Call& call,
                                                const wire::DeleteInstanceProfileRequest& request) {
  OWLET_CHECK_OK(call.identities.DeleteInstanceProfile(request.instance_profile_name));
  return protocol::Nothing{};
}

Result<protocol::Nothing> AddRoleToInstanceProfile(
    const Call& call, const wire::AddRoleToInstanceProfileRequest& request) {
  OWLET_CHECK_OK(
      call.identities.AddRoleToInstanceProfile(request.instance_profile_name, request.role_name));
  return protocol::Nothing{};
}

Result<protocol::Nothing> RemoveRoleFromInstanceProfile(
    const Call& call, const wire::RemoveRoleFromInstanceProfileRequest& request) {
  OWLET_CHECK_OK(call.identities.RemoveRoleFromInstanceProfile(request.instance_profile_name,
                                                               request.role_name));
  return protocol::Nothing{};
}

Result<protocol::Nothing> TagInstanceProfile(const Call& call,
                                             const wire::TagInstanceProfileRequest& request) {
  OWLET_CHECK_OK(call.identities.TagInstanceProfile(request.instance_profile_name,
                                                    FromWire(request.tags), {}));
  return protocol::Nothing{};
}

Result<protocol::Nothing> UntagInstanceProfile(const Call& call,
                                               const wire::UntagInstanceProfileRequest& request) {
  OWLET_CHECK_OK(
      call.identities.TagInstanceProfile(request.instance_profile_name, {}, request.tag_keys));
  return protocol::Nothing{};
}

Result<wire::ListInstanceProfileTagsResponse> ListInstanceProfileTags(
    const Call& call, const wire::ListInstanceProfileTagsRequest& request) {
  OWLET_TRY(const access::InstanceProfile profile,
            call.identities.FindInstanceProfile(request.instance_profile_name));
  wire::ListInstanceProfileTagsResponse reply;
  OWLET_CHECK_OK(FillPage(request, ToWire(profile.tags), &wire::Tag::key, reply.tags, reply));
  return reply;
}

}  // namespace

void RegisterInstanceProfiles(Registrar& registrar) {
  namespace operations = aws::iam::operations;
  registrar.On<operations::CreateInstanceProfile>(CreateInstanceProfile);
  registrar.On<operations::GetInstanceProfile>(GetInstanceProfile);
  registrar.On<operations::ListInstanceProfiles>(ListInstanceProfiles);
  registrar.On<operations::ListInstanceProfilesForRole>(ListInstanceProfilesForRole);
  registrar.On<operations::DeleteInstanceProfile>(DeleteInstanceProfile);
  registrar.On<operations::AddRoleToInstanceProfile>(AddRoleToInstanceProfile);
  registrar.On<operations::RemoveRoleFromInstanceProfile>(RemoveRoleFromInstanceProfile);
  registrar.On<operations::TagInstanceProfile>(TagInstanceProfile);
  registrar.On<operations::UntagInstanceProfile>(UntagInstanceProfile);
  registrar.On<operations::ListInstanceProfileTags>(ListInstanceProfileTags);
}

}  // namespace owlet::iam
