#include <algorithm>

#include "core/access/identity_state.h"
#include "core/access/managed_policies.h"

namespace owlet::access {
namespace {

constexpr std::size_t kMaxPolicyName = 128;
constexpr std::size_t kMaxAttached = 10;
constexpr std::size_t kMaxVersions = 5;
constexpr std::size_t kMaxTags = 50;
constexpr std::size_t kMaxManagedSize = 6144;
constexpr kv::Column kColumn = kv::Column::kIdentity;

/// What differs between the kinds of owners.
struct KindFacts {
  std::string_view word;
  std::string_view quota;    // of attached policies
  std::size_t inline_limit;  // characters of all inline policies together, without white space
};

KindFacts FactsOf(PolicyOwner::Kind kind) {
  switch (kind) {
    case PolicyOwner::Kind::kUser:
      return {"user", "PoliciesPerUser", 2048};
    case PolicyOwner::Kind::kRole:
      return {"role", "PoliciesPerRole", 10'240};
    case PolicyOwner::Kind::kGroup:
      return {"group", "PoliciesPerGroup", 5120};
  }
  return {};
}

/// A managed policy is of the grammar's current version, and no longer than its quota.
Status CheckManaged(const std::string& document) {
  OWLET_TRY(const auto policy, PolicyDocument::Parse(document, PolicyUse::kIdentity));
  if (!policy->has_variables()) {
    return Fail(Reason::kMalformedRequest, "Policy document must be version 2012-10-17 or greater.",
                "MalformedPolicyDocument");
  }
  if (PolicySize(document) > kMaxManagedSize) {
    return LimitExceeded("Cannot exceed quota for PolicySize: " + std::to_string(kMaxManagedSize));
  }
  return {};
}

std::shared_ptr<const PolicyDocument> Fixed(std::string_view effect) {
  return *PolicyDocument::Parse(R"({"Version":"2012-10-17","Statement":{"Effect":")" +
                                    std::string(effect) + R"(","Action":"*","Resource":"*"}})",
                                PolicyUse::kIdentity);
}
std::shared_ptr<const PolicyDocument> NothingAllowed() { return Fixed("Deny"); }
std::shared_ptr<const PolicyDocument> EverythingAllowed() { return Fixed("Allow"); }

std::unexpected<Error> Gone(const Principal& principal) {
  return Fail(Reason::kAccessDenied, "The identity " + principal.arn + " exists no more",
              "AccessDenied");
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
  if (owner.kind == PolicyOwner::Kind::kGroup) {
    OWLET_TRY(Group group, FindGroup(owner.name));
    return std::move(group.permissions);
  }
  OWLET_TRY(Role role, FindRole(owner.name));
  return std::move(role.permissions);
}

Status EditTags(const TagMap& added, const std::vector<std::string>& removed, TagMap& tags) {
  for (const auto& [key, value] : added) tags[key] = value;
  for (const std::string& key : removed) tags.erase(key);
  if (tags.size() <= kMaxTags) return {};
  return LimitExceeded("The number of tags has reached the maximum limit.");
}

Status IdentityStore::EditPermissions(const PolicyOwner& owner,
                                      const std::function<Status(Permissions&, TagMap&)>& edit) {
  MutexLock writing(writers_);
  if (owner.kind == PolicyOwner::Kind::kUser) {
    OWLET_TRY(User user, FindUser(owner.name));
    OWLET_CHECK_OK(edit(user.permissions, user.tags));
    return SaveUser(user);
  }
  if (owner.kind == PolicyOwner::Kind::kGroup) {
    OWLET_TRY(Group group, FindGroup(owner.name));
    OWLET_CHECK_OK(edit(group.permissions, group.tags));
    return SaveGroup(group);
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
    std::size_t size = 0;
    for (const auto& [each, text] : permissions.inline_policies) size += PolicySize(text);
    const KindFacts facts = FactsOf(owner.kind);
    if (size <= facts.inline_limit) return {};
    return LimitExceeded("Maximum policy size of " + std::to_string(facts.inline_limit) +
                         " bytes exceeded for " + std::string(facts.word) + " " + owner.name);
  });
}

Status IdentityStore::DeleteInlinePolicy(const PolicyOwner& owner, const std::string& name) {
  return EditPermissions(owner, [&](Permissions& permissions, TagMap&) -> Status {
    if (permissions.inline_policies.erase(name) == 1) return {};
    return NoSuchEntity("The " + std::string(FactsOf(owner.kind).word) + " policy with name " +
                        name + " cannot be found.");
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
      return LimitExceeded("Cannot exceed quota for " + std::string(FactsOf(owner.kind).quota) +
                           ": 10");
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
  return EditPermissions(
      owner, [&](Permissions&, TagMap& kept) -> Status { return EditTags(tags, {}, kept); });
}

Status IdentityStore::RemoveTags(const PolicyOwner& owner, const std::vector<std::string>& keys) {
  return EditPermissions(
      owner, [&](Permissions&, TagMap& kept) -> Status { return EditTags({}, keys, kept); });
}

Result<ManagedPolicy> IdentityStore::CreatePolicy(ManagedPolicy wanted, std::string document) {
  OWLET_CHECK_OK(CheckName(wanted.name, kMaxPolicyName));
  OWLET_CHECK_OK(CheckManaged(document));
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
        transaction.Put(kColumn, Row(kPolicyPrefix, wanted.arn), Encode(wanted));
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
        transaction.Put(kColumn, Row(kPolicyPrefix, policy.arn), Encode(policy));
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
  if (!AttachedTo(arn).empty() || !BoundedBy(arn).empty()) {
    return DeleteConflict("Cannot delete a policy attached to entities.");
  }
  if (policy.versions.size() > 1) {
    return DeleteConflict(
        "This policy has more than one version. Before you delete a policy, you must delete the "
        "policy's versions. The default version is deleted with the policy.");
  }
  return Commit(
      [&](kv::Transaction& transaction) {
        transaction.Delete(kColumn, Row(kPolicyPrefix, policy.arn));
      },
      [&](State& state) { state.policies.erase(policy.arn); });
}

Result<PolicyVersion> IdentityStore::CreatePolicyVersion(std::string_view arn, std::string document,
                                                         bool set_default) {
  OWLET_CHECK_OK(CheckManaged(document));
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

Status IdentityStore::TagPolicy(std::string_view arn, const TagMap& added,
                                const std::vector<std::string>& removed) {
  return EditPolicy(
      arn, [&](ManagedPolicy& policy) -> Status { return EditTags(added, removed, policy.tags); });
}

std::vector<PolicyOwner> IdentityStore::AttachedTo(std::string_view arn) const {
  const auto has = [&](const Permissions& permissions) {
    const auto& arns = permissions.attached_policy_arns;
    return std::ranges::find(arns, arn) != arns.end();
  };
  MutexLock lock(mutex_);
  std::vector<PolicyOwner> owners;
  for (const auto& [name, group] : state_->groups) {
    if (has(group.permissions)) owners.push_back({PolicyOwner::Kind::kGroup, group.name});
  }
  for (const auto& [name, user] : state_->users) {
    if (has(user.permissions)) owners.push_back({PolicyOwner::Kind::kUser, user.name});
  }
  for (const auto& [name, role] : state_->roles) {
    if (has(role.permissions)) owners.push_back({PolicyOwner::Kind::kRole, role.name});
  }
  return owners;
}

std::vector<PolicyOwner> IdentityStore::BoundedBy(std::string_view arn) const {
  MutexLock lock(mutex_);
  std::vector<PolicyOwner> owners;
  for (const auto& [name, user] : state_->users) {
    if (user.permissions.boundary_arn == arn) {
      owners.push_back({PolicyOwner::Kind::kUser, user.name});
    }
  }
  for (const auto& [name, role] : state_->roles) {
    if (role.permissions.boundary_arn == arn) {
      owners.push_back({PolicyOwner::Kind::kRole, role.name});
    }
  }
  return owners;
}

void IdentityStore::ReadPolicies(const State& state, const Permissions& permissions,
                                 PolicyInputs& inputs) {
  const auto document_of = [&](const std::string& arn) -> const std::string* {
    if (const ManagedPolicy* provided = FindProvidedPolicy(arn)) return &provided->document();
    const auto found = state.policies.find(arn);
    return found == state.policies.end() ? nullptr : &found->second.document();
  };
  const auto read = [](const std::string* document) -> std::shared_ptr<const PolicyDocument> {
    if (document == nullptr) return nullptr;
    auto policy = PolicyDocument::Parse(*document, PolicyUse::kIdentity);
    return policy ? std::move(*policy) : nullptr;
  };
  const auto add = [&](const std::string* document) {
    if (auto policy = read(document)) inputs.identity.push_back(std::move(policy));
  };
  for (const auto& [name, document] : permissions.inline_policies) add(&document);
  for (const std::string& arn : permissions.attached_policy_arns) add(document_of(arn));
  if (permissions.boundary_arn.empty()) return;
  inputs.boundary = read(document_of(permissions.boundary_arn));
  // A boundary that is gone or unreadable lets nothing through.
  if (inputs.boundary == nullptr) inputs.boundary = NothingAllowed();
}

Result<std::shared_ptr<const PolicyInputs>> IdentityStore::PoliciesOf(
    const Principal& principal) const {
  const bool is_role = principal.kind == PrincipalKind::kAssumedRole;
  const bool is_user =
      principal.kind == PrincipalKind::kUser || principal.kind == PrincipalKind::kFederatedUser;
  if (!is_role && !is_user) return std::make_shared<PolicyInputs>();
  // A federated user whom the root user made: everything, narrowed by its session.
  if (is_user && principal.name.empty()) {
    auto inputs = std::make_shared<PolicyInputs>();
    inputs->identity.push_back(EverythingAllowed());
    return inputs;
  }
  const std::string key = KvKey(is_user ? kUserPrefix : kRolePrefix, principal.name);
  MutexLock lock(mutex_);
  if (const auto found = state_->parsed.find(key); found != state_->parsed.end()) {
    return found->second;
  }
  auto inputs = std::make_shared<PolicyInputs>();
  if (is_user) {
    const User* user = FindNamed(state_->users, principal.name);
    if (user == nullptr) return Gone(principal);
    ReadPolicies(*state_, user->permissions, *inputs);
    for (const auto& [name, group] : state_->groups) {
      const auto& ids = user->group_ids;
      if (std::ranges::find(ids, group.id) == ids.end()) continue;
      ReadPolicies(*state_, group.permissions, *inputs);
    }
    inputs->principal_tags = user->tags;
  } else {
    const Role* role = FindNamed(state_->roles, principal.name);
    if (role == nullptr) return Gone(principal);
    ReadPolicies(*state_, role->permissions, *inputs);
    inputs->principal_tags = role->tags;
  }
  state_->parsed[key] = inputs;
  return inputs;
}

}  // namespace owlet::access
