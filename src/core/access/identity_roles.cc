#include <array>

#include "core/access/identity_state.h"

namespace owlet::access {
namespace {

constexpr std::size_t kMaxRoleName = 64;
constexpr std::size_t kMaxProfileName = 128;
constexpr std::size_t kMaxTrustSize = 4096;
constexpr kv::Column kColumn = kv::Column::kIdentity;
constexpr std::string_view kDefaultRolesMade = "default-roles-made";
constexpr std::string_view kEc2Role = "EMR_EC2_DefaultRole";

struct DefaultRole {
  std::string_view name;
  std::string_view policy;
  std::string_view services;  // as a JSON list's inside
};

constexpr std::array kDefaultRoles = {
    DefaultRole{kEc2Role, "AmazonElasticMapReduceforEC2Role", R"("ec2.amazonaws.com")"},
    DefaultRole{"EMR_DefaultRole", "AmazonElasticMapReduceRole",
                R"("elasticmapreduce.amazonaws.com")"},
    DefaultRole{"EMR_AutoScaling_DefaultRole", "AmazonElasticMapReduceforAutoScalingRole",
                R"("elasticmapreduce.amazonaws.com","application-autoscaling.amazonaws.com")"},
};

}  // namespace

Status IdentityStore::SaveRole(const Role& role) {
  return Commit(
      [&](kv::Transaction& transaction) {
        transaction.Put(kColumn, NameRow(kRolePrefix, role.name), Encode(role));
      },
      [&](State& state) { state.roles[ToLowerAscii(role.name)] = role; });
}

Status IdentityStore::SaveProfile(const InstanceProfile& profile) {
  return Commit(
      [&](kv::Transaction& transaction) {
        transaction.Put(kColumn, NameRow(kProfilePrefix, profile.name), Encode(profile));
      },
      [&](State& state) { state.profiles[ToLowerAscii(profile.name)] = profile; });
}

Status IdentityStore::CheckTrust(const std::string& document) const {
  OWLET_TRY(const auto policy, PolicyDocument::Parse(document, PolicyUse::kTrust));
  if (PolicySize(document) > kMaxTrustSize) {
    return LimitExceeded("Cannot exceed quota for ACLSizePerRole: " +
                         std::to_string(kMaxTrustSize));
  }
  const std::string start = "arn:aws:iam::" + options_.account_id + ":";
  const auto exists = [&](std::string_view arn) {
    if (!arn.starts_with(start)) return true;  // of another account, or no user and no role
    const std::string_view what = arn.substr(start.size());
    const std::string_view name = what.substr(what.rfind('/') + 1);
    if (what.starts_with("user/")) {
      const auto user = FindUser(name);
      return user && user->arn == arn;
    }
    if (!what.starts_with("role/")) return true;
    const auto role = FindRole(name);
    return role && role->arn == arn;
  };
  for (const PolicyStatement& statement : policy->statements()) {
    if (!statement.principals) continue;
    for (const std::string& arn : statement.principals->aws) {
      if (exists(arn)) continue;
      return Fail(Reason::kMalformedRequest, "Invalid principal in policy: \"AWS\":\"" + arn + "\"",
                  "MalformedPolicyDocument");
    }
  }
  return {};
}

Result<Role> IdentityStore::CreateRole(Role wanted) {
  OWLET_CHECK_OK(CheckName(wanted.name, kMaxRoleName));
  OWLET_CHECK_OK(CheckTrust(wanted.trust_policy));
  MutexLock writing(writers_);
  if (FindRole(wanted.name)) {
    return AlreadyExists("Role with name " + wanted.name + " already exists.");
  }
  wanted.id = MakeId("AROA", 21);
  wanted.arn = "arn:aws:iam::" + options_.account_id + ":role" + wanted.path + wanted.name;
  wanted.created = clock_.Now();
  OWLET_CHECK_OK(SaveRole(wanted));
  return wanted;
}

Result<Role> IdentityStore::FindRole(std::string_view name) const {
  MutexLock lock(mutex_);
  const Role* role = FindNamed(state_->roles, name);
  if (role == nullptr) return NoSuchRole(name);
  return *role;
}

Result<Role> IdentityStore::FindRoleByArn(std::string_view arn_or_name) const {
  if (!arn_or_name.starts_with("arn:")) return FindRole(arn_or_name);
  const std::size_t slash = arn_or_name.rfind('/');
  if (slash == std::string_view::npos) return NoSuchRole(arn_or_name);
  OWLET_TRY(Role role, FindRole(arn_or_name.substr(slash + 1)));
  if (role.arn != arn_or_name) return NoSuchRole(arn_or_name);
  return role;
}

std::vector<Role> IdentityStore::ListRoles(std::string_view path_prefix) const {
  MutexLock lock(mutex_);
  return BelowPath(state_->roles, path_prefix);
}

Status IdentityStore::UpdateRole(std::string_view name, std::optional<std::string> description,
                                 std::optional<std::chrono::seconds> max_session) {
  MutexLock writing(writers_);
  OWLET_TRY(Role role, FindRole(name));
  if (description) role.description = std::move(*description);
  if (max_session) role.max_session = *max_session;
  return SaveRole(role);
}

Status IdentityStore::UpdateTrustPolicy(std::string_view name, std::string document) {
  OWLET_CHECK_OK(CheckTrust(document));
  MutexLock writing(writers_);
  OWLET_TRY(Role role, FindRole(name));
  role.trust_policy = std::move(document);
  return SaveRole(role);
}

Status IdentityStore::DeleteRole(std::string_view name) {
  MutexLock writing(writers_);
  OWLET_TRY(const Role role, FindRole(name));
  OWLET_TRY(const auto profiles, ListInstanceProfilesOfRole(name));
  if (!profiles.empty()) {
    return DeleteConflict("Cannot delete entity, must remove roles from instance profile first.");
  }
  if (!role.permissions.attached_policy_arns.empty()) {
    return DeleteConflict("Cannot delete entity, must detach all policies first.");
  }
  if (!role.permissions.inline_policies.empty()) {
    return DeleteConflict("Cannot delete entity, must delete policies first.");
  }
  return Commit(
      [&](kv::Transaction& transaction) {
        transaction.Delete(kColumn, NameRow(kRolePrefix, name));
      },
      [&](State& state) { state.roles.erase(ToLowerAscii(name)); });
}

Status IdentityStore::MakeEmrDefaultRoles() {
  OWLET_TRY(const auto made, store_.Get(kColumn, Row(kDefaultRolesMade, "")));
  if (made) return {};
  const auto unless_there = [](Status status) -> Status {
    if (!status && status.error().reason == Reason::kEntityExists) return {};
    return status;
  };
  const auto drop_value = [](const auto& result) -> Status {
    if (!result) return std::unexpected(result.error());
    return {};
  };
  for (const DefaultRole& each : kDefaultRoles) {
    Role role;
    role.name = each.name;
    role.trust_policy =
        R"({"Version":"2008-10-17","Statement":[{"Sid":"","Effect":"Allow","Principal":)"
        R"({"Service":[)" +
        std::string(each.services) + R"(]},"Action":"sts:AssumeRole"}]})";
    OWLET_CHECK_OK(unless_there(drop_value(CreateRole(std::move(role)))));
    const PolicyOwner owner{PolicyOwner::Kind::kRole, std::string(each.name)};
    OWLET_CHECK_OK(
        AttachPolicy(owner, "arn:aws:iam::aws:policy/service-role/" + std::string(each.policy)));
  }
  InstanceProfile profile;
  profile.name = kEc2Role;
  OWLET_CHECK_OK(unless_there(drop_value(CreateInstanceProfile(std::move(profile)))));
  OWLET_TRY(const InstanceProfile kept, FindInstanceProfile(kEc2Role));
  if (kept.role_name.empty()) OWLET_CHECK_OK(AddRoleToInstanceProfile(kEc2Role, kEc2Role));
  return store_.Update([&](kv::Transaction& transaction) -> Status {
    transaction.Put(kColumn, Row(kDefaultRolesMade, ""), "1");
    return {};
  });
}

Result<InstanceProfile> IdentityStore::CreateInstanceProfile(InstanceProfile wanted) {
  OWLET_CHECK_OK(CheckName(wanted.name, kMaxProfileName));
  MutexLock writing(writers_);
  if (FindInstanceProfile(wanted.name)) {
    return AlreadyExists("Instance Profile " + wanted.name + " already exists.");
  }
  wanted.id = MakeId("AIPA", 21);
  wanted.arn =
      "arn:aws:iam::" + options_.account_id + ":instance-profile" + wanted.path + wanted.name;
  wanted.created = clock_.Now();
  OWLET_CHECK_OK(SaveProfile(wanted));
  return wanted;
}

Result<InstanceProfile> IdentityStore::FindInstanceProfile(std::string_view name) const {
  MutexLock lock(mutex_);
  const InstanceProfile* profile = FindNamed(state_->profiles, name);
  if (profile == nullptr) return NoSuchProfile(name);
  return *profile;
}

std::vector<InstanceProfile> IdentityStore::ListInstanceProfiles(
    std::string_view path_prefix) const {
  MutexLock lock(mutex_);
  return BelowPath(state_->profiles, path_prefix);
}

Result<std::vector<InstanceProfile>> IdentityStore::ListInstanceProfilesOfRole(
    std::string_view role_name) const {
  MutexLock lock(mutex_);
  if (FindNamed(state_->roles, role_name) == nullptr) return NoSuchRole(role_name);
  std::vector<InstanceProfile> profiles;
  for (const auto& [name, profile] : state_->profiles) {
    if (EqualsIgnoringCase(profile.role_name, role_name)) profiles.push_back(profile);
  }
  return profiles;
}

Status IdentityStore::AddRoleToInstanceProfile(std::string_view profile_name,
                                               std::string_view role_name) {
  MutexLock writing(writers_);
  OWLET_TRY(InstanceProfile profile, FindInstanceProfile(profile_name));
  OWLET_TRY(const Role role, FindRole(role_name));
  if (!profile.role_name.empty()) {
    return LimitExceeded("Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1");
  }
  profile.role_name = role.name;
  return SaveProfile(profile);
}

Status IdentityStore::RemoveRoleFromInstanceProfile(std::string_view profile_name,
                                                    std::string_view role_name) {
  MutexLock writing(writers_);
  OWLET_TRY(InstanceProfile profile, FindInstanceProfile(profile_name));
  if (!EqualsIgnoringCase(profile.role_name, role_name)) return NoSuchRole(role_name);
  profile.role_name.clear();
  return SaveProfile(profile);
}

Status IdentityStore::TagInstanceProfile(std::string_view name, const TagMap& added,
                                         const std::vector<std::string>& removed) {
  MutexLock writing(writers_);
  OWLET_TRY(InstanceProfile profile, FindInstanceProfile(name));
  OWLET_CHECK_OK(EditTags(added, removed, profile.tags));
  return SaveProfile(profile);
}

Status IdentityStore::DeleteInstanceProfile(std::string_view name) {
  MutexLock writing(writers_);
  OWLET_TRY(const InstanceProfile profile, FindInstanceProfile(name));
  if (!profile.role_name.empty()) {
    return DeleteConflict("Cannot delete entity, must remove roles from instance profile first.");
  }
  return Commit(
      [&](kv::Transaction& transaction) {
        transaction.Delete(kColumn, NameRow(kProfilePrefix, name));
      },
      [&](State& state) { state.profiles.erase(ToLowerAscii(name)); });
}

}  // namespace owlet::access
