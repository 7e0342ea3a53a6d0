#include <algorithm>

#include "core/access/identity_state.h"
#include "core/access/managed_policies.h"

namespace owlet::access {
namespace {

constexpr std::size_t kMaxPolicyName = 128;
constexpr std::size_t kMaxAttached = 10;
constexpr std::size_t kMaxVersions = 5;
constexpr std::size_t kMaxTags = 50;
constexpr kv::Column kColumn = kv::Column::kIdentity;

std::string_view OwnerWord(const PolicyOwner& owner) {
  return owner.kind == PolicyOwner::Kind::kUser ? "user" : "role";
}

std::unexpected<Error> NoSuchPolicy(std::string_view arn) {
  return NoSuchEntity("Policy " + std::string(arn) + " was not found.");
}

}  // namespace

Result<Permissions> IdentityStore::FindPermissions(const PolicyOwner& owner) const {
  if (owner.kind == PolicyOwner::Kind::kUser) {
    OWLET_TRY(User user, FindUser(owner.name));
    return std::move(user.permissions);
  }
  OWLET_TRY(Role role, FindRole(owner.name));
  return std::move(role.permissions);
}

Status IdentityStore::EditPermissions(const PolicyOwner& owner,
                                      const std::function<Status(Permissions&, TagMap&)>& edit) {
  MutexLock writing(writers_);
  if (owner.kind == PolicyOwner::Kind::kUser) {
    OWLET_TRY(User user, FindUser(owner.name));
    OWLET_CHECK_OK(edit(user.permissions, user.tags));
    return SaveUser(user);
  }
  OWLET_TRY(Role role, FindRole(owner.name));
  OWLET_CHECK_OK(edit(role.permissions, role.tags));
  return SaveRole(role);
}

Status IdentityStore::PutInlinePolicy(const PolicyOwner& owner, const std::string& name,
                                      std::string document) {
  OWLET_CHECK_OK(CheckName(name, kMaxPolicyName));
  OWLET_CHECK_OK(PolicyDocument::Parse(document, PolicyUse::kIdentity));
  return EditPermissions(owner, [&](Permissions& permissions, TagMap&) -> Status {
    permissions.inline_policies[name] = std::move(document);
    return {};
  });
}

Status IdentityStore::DeleteInlinePolicy(const PolicyOwner& owner, const std::string& name) {
  return EditPermissions(owner, [&](Permissions& permissions, TagMap&) -> Status {
    if (permissions.inline_policies.erase(name) == 1) return {};
    return NoSuchEntity("The " + std::string(OwnerWord(owner)) + " policy with name " + name +
                        " cannot be found.");
  });
}

Status IdentityStore::AttachPolicy(const PolicyOwner& owner, const std::string& arn) {
  if (!FindPolicy(arn)) {
    return NoSuchEntity("Policy " + arn + " does not exist or is not attachable.");
  }
  return EditPermissions(owner, [&](Permissions& permissions, TagMap&) -> Status {
    auto& arns = permissions.attached_policy_arns;
    if (std::ranges::find(arns, arn) != arns.end()) return {};
    if (arns.size() >= kMaxAttached) {
      return LimitExceeded(owner.kind == PolicyOwner::Kind::kUser
                               ? "Cannot exceed quota for PoliciesPerUser: 10"
                               : "Cannot exceed quota for PoliciesPerRole: 10");
    }
    arns.push_back(arn);
    return {};
  });
}

Status IdentityStore::DetachPolicy(const PolicyOwner& owner, const std::string& arn) {
  return EditPermissions(owner, [&](Permissions& permissions, TagMap&) -> Status {
    if (std::erase(permissions.attached_policy_arns, arn) == 1) return {};
    return NoSuchPolicy(arn);
  });
}

Status IdentityStore::SetBoundary(const PolicyOwner& owner, const std::string& arn) {
  if (!arn.empty() && !FindPolicy(arn)) {
    return NoSuchEntity("Scope ARN: " + arn + " does not exist or is not attachable.");
  }
  return EditPermissions(owner, [&](Permissions& permissions, TagMap&) -> Status {
    permissions.boundary_arn = arn;
    return {};
  });
}

Status IdentityStore::AddTags(const PolicyOwner& owner, const TagMap& tags) {
  return EditPermissions(owner, [&](Permissions&, TagMap& kept) -> Status {
    for (const auto& [key, value] : tags) kept[key] = value;
    if (kept.size() > kMaxTags)
      return LimitExceeded("The number of tags has reached the maximum limit.");
    return {};
  });
}

Status IdentityStore::RemoveTags(const PolicyOwner& owner, const std::vector<std::string>& keys) {
  return EditPermissions(owner, [&](Permissions&, TagMap& kept) -> Status {
    for (const std::string& key : keys) kept.erase(key);
    return {};
  });
}

Result<ManagedPolicy> IdentityStore::CreatePolicy(ManagedPolicy wanted, std::string document) {
  OWLET_CHECK_OK(CheckName(wanted.name, kMaxPolicyName));
  OWLET_CHECK_OK(PolicyDocument::Parse(document, PolicyUse::kIdentity));
  MutexLock writing(writers_);
  wanted.arn = "arn:aws:iam::" + options_.account_id + ":policy" + wanted.path + wanted.name;
  for (const ManagedPolicy& policy : ListOwnPolicies()) {
    if (EqualsIgnoringCase(policy.name, wanted.name)) {
      return AlreadyExists("A policy called " + wanted.name +
                           " already exists. Duplicate names are not allowed.");
    }
  }
  wanted.id = MakeId("ANPA", 21);
  wanted.created = clock_.Now();
  wanted.updated = wanted.created;
  wanted.versions.clear();
  wanted.versions.push_back(
      {.id = "v1", .document = std::move(document), .created = wanted.created});
  OWLET_CHECK_OK(Commit(
      [&](kv::Transaction& transaction) {
        transaction.Put(kColumn, std::string(kPolicyPrefix) + wanted.arn, Encode(wanted));
      },
      [&](State& state) { state.policies[wanted.arn] = wanted; }));
  return wanted;
}

Result<ManagedPolicy> IdentityStore::FindPolicy(std::string_view arn) const {
  if (const ManagedPolicy* provided = FindProvidedPolicy(arn)) return *provided;
  MutexLock lock(mutex_);
  const auto found = state_->policies.find(std::string(arn));
  if (found == state_->policies.end()) return NoSuchPolicy(arn);
  return found->second;
}

std::vector<ManagedPolicy> IdentityStore::ListOwnPolicies() const {
  MutexLock lock(mutex_);
  std::vector<ManagedPolicy> policies;
  for (const auto& [arn, policy] : state_->policies) policies.push_back(policy);
  return policies;
}

Status IdentityStore::EditPolicy(std::string_view arn,
                                 const std::function<Status(ManagedPolicy&)>& edit) {
  MutexLock writing(writers_);
  OWLET_TRY(ManagedPolicy policy, FindPolicy(arn));
  if (policy.provided) {
    return Fail(Reason::kAccessDenied, "A policy that AWS provides cannot be changed",
                "AccessDenied");
  }
  OWLET_CHECK_OK(edit(policy));
  policy.updated = clock_.Now();
  return Commit(
      [&](kv::Transaction& transaction) {
        transaction.Put(kColumn, std::string(kPolicyPrefix) + policy.arn, Encode(policy));
      },
      [&](State& state) { state.policies[policy.arn] = policy; });
}

Status IdentityStore::DeletePolicy(std::string_view arn) {
  MutexLock writing(writers_);
  OWLET_TRY(const ManagedPolicy policy, FindPolicy(arn));
  if (policy.provided) {
    return Fail(Reason::kAccessDenied, "A policy that AWS provides cannot be deleted",
                "AccessDenied");
  }
  if (!AttachedTo(arn).empty()) {
    return DeleteConflict("Cannot delete a policy attached to entities.");
  }
  if (policy.versions.size() > 1) {
    return DeleteConflict(
        "This policy has more than one version. Before you delete a policy, you must delete the "
        "policy's versions. The default version is deleted with the policy.");
  }
  return Commit(
      [&](kv::Transaction& transaction) {
        transaction.Delete(kColumn, std::string(kPolicyPrefix) + policy.arn);
      },
      [&](State& state) { state.policies.erase(policy.arn); });
}

Result<PolicyVersion> IdentityStore::CreatePolicyVersion(std::string_view arn, std::string document,
                                                         bool set_default) {
  OWLET_CHECK_OK(PolicyDocument::Parse(document, PolicyUse::kIdentity));
  PolicyVersion version;
  version.document = std::move(document);
  version.created = clock_.Now();
  OWLET_CHECK_OK(EditPolicy(arn, [&](ManagedPolicy& policy) -> Status {
    if (policy.versions.size() >= kMaxVersions) {
      return LimitExceeded(
          "A managed policy can have up to 5 versions. Before you create a new version, you must "
          "delete an existing version.");
    }
    version.id = "v" + std::to_string(++policy.versions_made);
    policy.versions.push_back(version);
    if (set_default) policy.default_version = version.id;
    return {};
  }));
  return version;
}

Status IdentityStore::SetDefaultPolicyVersion(std::string_view arn, std::string_view version) {
  return EditPolicy(arn, [&](ManagedPolicy& policy) -> Status {
    if (policy.FindVersion(version) == nullptr) {
      return NoSuchEntity("Policy version " + std::string(version) + " was not found.");
    }
    policy.default_version = version;
    return {};
  });
}

Status IdentityStore::DeletePolicyVersion(std::string_view arn, std::string_view version) {
  return EditPolicy(arn, [&](ManagedPolicy& policy) -> Status {
    if (policy.FindVersion(version) == nullptr) {
      return NoSuchEntity("Policy version " + std::string(version) + " was not found.");
    }
    if (policy.default_version == version) {
      return DeleteConflict("Cannot delete the default version of a policy.");
    }
    std::erase_if(policy.versions, [&](const PolicyVersion& each) { return each.id == version; });
    return {};
  });
}

std::vector<PolicyOwner> IdentityStore::AttachedTo(std::string_view arn) const {
  const auto has = [&](const Permissions& permissions) {
    return permissions.boundary_arn == arn ||
           std::ranges::find(permissions.attached_policy_arns, arn) !=
               permissions.attached_policy_arns.end();
  };
  MutexLock lock(mutex_);
  std::vector<PolicyOwner> owners;
  for (const auto& [name, user] : state_->users) {
    if (has(user.permissions)) owners.push_back({PolicyOwner::Kind::kUser, user.name});
  }
  for (const auto& [name, role] : state_->roles) {
    if (has(role.permissions)) owners.push_back({PolicyOwner::Kind::kRole, role.name});
  }
  return owners;
}

std::shared_ptr<const PolicyInputs> IdentityStore::ReadPolicies(
    const State& state, const Permissions& permissions) const {
  const auto document_of = [&](const std::string& arn) -> const std::string* {
    if (const ManagedPolicy* provided = FindProvidedPolicy(arn)) return &provided->document();
    const auto found = state.policies.find(arn);
    return found == state.policies.end() ? nullptr : &found->second.document();
  };
  auto inputs = std::make_shared<PolicyInputs>();
  for (const auto& [name, document] : permissions.inline_policies) {
    if (auto policy = PolicyDocument::Parse(document, PolicyUse::kIdentity)) {
      inputs->identity.push_back(std::move(*policy));
    }
  }
  for (const std::string& arn : permissions.attached_policy_arns) {
    const std::string* document = document_of(arn);
    if (document == nullptr) continue;
    if (auto policy = PolicyDocument::Parse(*document, PolicyUse::kIdentity)) {
      inputs->identity.push_back(std::move(*policy));
    }
  }
  if (!permissions.boundary_arn.empty()) {
    if (const std::string* document = document_of(permissions.boundary_arn)) {
      if (auto policy = PolicyDocument::Parse(*document, PolicyUse::kIdentity)) {
        inputs->boundary = std::move(*policy);
      }
    }
  }
  return inputs;
}

Result<std::shared_ptr<const PolicyInputs>> IdentityStore::PoliciesOf(
    const Principal& principal) const {
  if (principal.IsRoot() || principal.IsAnonymous()) return std::make_shared<PolicyInputs>();
  const bool is_user = principal.kind == PrincipalKind::kUser;
  const std::string key = KvKey(is_user ? kUserPrefix : kRolePrefix, principal.name);
  MutexLock lock(mutex_);
  auto& parsed = state_->parsed[key];
  if (parsed != nullptr) return parsed;
  const Permissions* permissions = nullptr;
  if (is_user) {
    if (const User* user = FindNamed(state_->users, principal.name)) {
      permissions = &user->permissions;
    }
  } else if (const Role* role = FindNamed(state_->roles, principal.name)) {
    permissions = &role->permissions;
  }
  if (permissions == nullptr) {
    state_->parsed.erase(key);
    return Fail(Reason::kAccessDenied, "The identity " + principal.arn + " exists no more",
                "AccessDenied");
  }
  parsed = ReadPolicies(*state_, *permissions);
  return parsed;
}

}  // namespace owlet::access
