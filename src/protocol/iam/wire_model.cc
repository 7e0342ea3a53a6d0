#include "protocol/iam/wire_model.h"

#include "base/percent_encoding.h"

namespace owlet::iam {

std::optional<aws::iam::AttachedPermissionsBoundary> BoundaryOnWire(
    const access::Permissions& permissions) {
  if (permissions.boundary_arn.empty()) return std::nullopt;
  return aws::iam::AttachedPermissionsBoundary{
      .permissions_boundary_type = "Policy", .permissions_boundary_arn = permissions.boundary_arn};
}

std::string DocumentOnWire(const std::string& document) { return PercentEncode(document); }

std::vector<aws::iam::Tag> ToWire(const access::TagMap& tags) {
  std::vector<aws::iam::Tag> wire;
  for (const auto& [key, value] : tags) wire.push_back({.key = key, .value = value});
  return wire;
}

access::TagMap FromWire(const std::optional<std::vector<aws::iam::Tag>>& tags) {
  access::TagMap map;
  if (!tags) return map;
  for (const aws::iam::Tag& tag : *tags) map[tag.key] = tag.value;
  return map;
}

aws::iam::User ToWire(const access::User& user, bool with_tags) {
  aws::iam::User wire;
  wire.path = user.path;
  wire.user_name = user.name;
  wire.user_id = user.id;
  wire.arn = user.arn;
  wire.create_date = user.created;
  if (!with_tags) return wire;
  wire.permissions_boundary = BoundaryOnWire(user.permissions);
  if (!user.tags.empty()) wire.tags = ToWire(user.tags);
  return wire;
}

aws::iam::Group ToWire(const access::Group& group) {
  aws::iam::Group wire;
  wire.path = group.path;
  wire.group_name = group.name;
  wire.group_id = group.id;
  wire.arn = group.arn;
  wire.create_date = group.created;
  return wire;
}

aws::iam::Role ToWire(const access::Role& role, bool with_tags) {
  aws::iam::Role wire;
  wire.path = role.path;
  wire.role_name = role.name;
  wire.role_id = role.id;
  wire.arn = role.arn;
  wire.create_date = role.created;
  wire.assume_role_policy_document = DocumentOnWire(role.trust_policy);
  if (!role.description.empty()) wire.description = role.description;
  wire.max_session_duration = static_cast<std::int32_t>(role.max_session.count());
  if (!with_tags) return wire;
  wire.permissions_boundary = BoundaryOnWire(role.permissions);
  if (!role.tags.empty()) wire.tags = ToWire(role.tags);
  wire.role_last_used.emplace();
  return wire;
}

aws::iam::InstanceProfile ToWire(const access::IdentityStore& identities,
                                 const access::InstanceProfile& profile) {
  aws::iam::InstanceProfile wire;
  wire.path = profile.path;
  wire.instance_profile_name = profile.name;
  wire.instance_profile_id = profile.id;
  wire.arn = profile.arn;
  wire.create_date = profile.created;
  if (!profile.tags.empty()) wire.tags = ToWire(profile.tags);
  if (profile.role_name.empty()) return wire;
  if (const auto role = identities.FindRole(profile.role_name)) {
    wire.roles.push_back(ToWire(*role, /*with_tags=*/false));
  }
  return wire;
}

aws::iam::Policy ToWire(const access::IdentityStore& identities,
                        const access::ManagedPolicy& policy) {
  aws::iam::Policy wire;
  wire.policy_name = policy.name;
  wire.policy_id = policy.id;
  wire.arn = policy.arn;
  wire.path = policy.path;
  wire.default_version_id = policy.default_version;
  wire.attachment_count = static_cast<std::int32_t>(identities.AttachedTo(policy.arn).size());
  wire.permissions_boundary_usage_count =
      static_cast<std::int32_t>(identities.BoundedBy(policy.arn).size());
  wire.is_attachable = true;
  if (!policy.description.empty()) wire.description = policy.description;
  wire.create_date = policy.created;
  wire.update_date = policy.updated;
  if (!policy.tags.empty()) wire.tags = ToWire(policy.tags);
  return wire;
}

aws::iam::PolicyVersion ToWire(const access::ManagedPolicy& policy,
                               const access::PolicyVersion& version, bool with_document) {
  aws::iam::PolicyVersion wire;
  if (with_document) wire.document = DocumentOnWire(version.document);
  wire.version_id = version.id;
  wire.is_default_version = version.id == policy.default_version;
  wire.create_date = version.created;
  return wire;
}

Result<std::string> ReadPath(const std::optional<std::string>& path) {
  if (!path) return "/";
  if (path->starts_with('/') && path->ends_with('/')) return *path;
  return Fail(Reason::kInvalidArgument,
              "The specified value for path is invalid. It must begin and end with / and contain "
              "only alphanumeric characters and/or / characters.",
              "ValidationError");
}

}  // namespace owlet::iam
