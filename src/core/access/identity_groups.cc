#include <algorithm>

#include "base/digest.h"
#include "core/access/identity_state.h"

// Groups of users, and users' passwords. A user's record names its groups by their ids, so that a
// group can be renamed by itself.

namespace owlet::access {
namespace {

constexpr std::size_t kMaxGroupName = 128;
constexpr std::size_t kMaxGroupsPerUser = 10;
constexpr kv::Column kColumn = kv::Column::kIdentity;

bool IsMember(const User& user, const Group& group) {
  return std::ranges::find(user.group_ids, group.id) != user.group_ids.end();
}

std::string DigestOf(const std::string& salt, std::string_view password) {
  // Slow on purpose: a stolen data folder should not give passwords away at once.
  std::string digest = salt + std::string(password);
  for (int round = 0; round < 20'000; ++round) digest = Digest::Of(DigestKind::kSha256, digest);
  return digest;
}

}  // namespace

Status IdentityStore::SaveGroup(const Group& group) {
  return Commit(
      [&](kv::Transaction& transaction) {
        transaction.Put(kColumn, NameRow(kGroupPrefix, group.name), Encode(group));
      },
      [&](State& state) { state.groups[ToLowerAscii(group.name)] = group; });
}

Result<Group> IdentityStore::CreateGroup(Group wanted) {
  OWLET_CHECK_OK(CheckName(wanted.name, kMaxGroupName));
  MutexLock writing(writers_);
  if (FindGroup(wanted.name)) {
    return AlreadyExists("Group with name " + wanted.name + " already exists.");
  }
  wanted.id = MakeId("AGPA", 21);
  wanted.arn = "arn:aws:iam::" + options_.account_id + ":group" + wanted.path + wanted.name;
  wanted.created = clock_.Now();
  OWLET_CHECK_OK(SaveGroup(wanted));
  return wanted;
}

Result<Group> IdentityStore::FindGroup(std::string_view name) const {
  MutexLock lock(mutex_);
  const Group* group = FindNamed(state_->groups, name);
  if (group == nullptr) return NoSuchGroup(name);
  return *group;
}

std::vector<Group> IdentityStore::ListGroups(std::string_view path_prefix) const {
  MutexLock lock(mutex_);
  return BelowPath(state_->groups, path_prefix);
}

Result<std::vector<Group>> IdentityStore::ListGroupsOfUser(std::string_view user_name) const {
  MutexLock lock(mutex_);
  const User* user = FindNamed(state_->users, user_name);
  if (user == nullptr) return NoSuchUser(user_name);
  std::vector<Group> groups;
  for (const auto& [name, group] : state_->groups) {
    if (IsMember(*user, group)) groups.push_back(group);
  }
  return groups;
}

Result<std::vector<User>> IdentityStore::ListUsersOfGroup(std::string_view name) const {
  MutexLock lock(mutex_);
  const Group* group = FindNamed(state_->groups, name);
  if (group == nullptr) return NoSuchGroup(name);
  std::vector<User> users;
  for (const auto& [user_name, user] : state_->users) {
    if (IsMember(user, *group)) users.push_back(user);
  }
  return users;
}

Status IdentityStore::UpdateGroup(std::string_view name, std::string_view new_name,
                                  std::string_view new_path) {
  if (!new_name.empty()) OWLET_CHECK_OK(CheckName(new_name, kMaxGroupName));
  MutexLock writing(writers_);
  OWLET_TRY(const Group old, FindGroup(name));
  Group group = old;
  if (!new_name.empty()) group.name = new_name;
  if (!new_path.empty()) group.path = new_path;
  group.arn = "arn:aws:iam::" + options_.account_id + ":group" + group.path + group.name;
  if (!EqualsIgnoringCase(group.name, old.name) && FindGroup(group.name)) {
    return AlreadyExists("Group with name " + group.name + " already exists.");
  }
  return Commit(
      [&](kv::Transaction& transaction) {
        transaction.Delete(kColumn, NameRow(kGroupPrefix, old.name));
        transaction.Put(kColumn, NameRow(kGroupPrefix, group.name), Encode(group));
      },
      [&](State& state) {
        state.groups.erase(ToLowerAscii(old.name));
        state.groups[ToLowerAscii(group.name)] = group;
      });
}

Status IdentityStore::DeleteGroup(std::string_view name) {
  MutexLock writing(writers_);
  OWLET_TRY(const Group group, FindGroup(name));
  OWLET_TRY(const std::vector<User> users, ListUsersOfGroup(name));
  if (!users.empty()) {
    return DeleteConflict("Cannot delete entity, must remove users from group first.");
  }
  if (!group.permissions.attached_policy_arns.empty()) {
    return DeleteConflict("Cannot delete entity, must detach all policies first.");
  }
  if (!group.permissions.inline_policies.empty()) {
    return DeleteConflict("Cannot delete entity, must delete policies first.");
  }
  return Commit(
      [&](kv::Transaction& transaction) {
        transaction.Delete(kColumn, NameRow(kGroupPrefix, name));
      },
      [&](State& state) { state.groups.erase(ToLowerAscii(name)); });
}

Status IdentityStore::AddUserToGroup(std::string_view group_name, std::string_view user_name) {
  MutexLock writing(writers_);
  OWLET_TRY(const Group group, FindGroup(group_name));
  OWLET_TRY(User user, FindUser(user_name));
  if (IsMember(user, group)) return {};
  if (user.group_ids.size() >= kMaxGroupsPerUser) {
    return LimitExceeded("Cannot exceed quota for GroupsPerUser: 10");
  }
  user.group_ids.push_back(group.id);
  return SaveUser(user);
}

Status IdentityStore::RemoveUserFromGroup(std::string_view group_name, std::string_view user_name) {
  MutexLock writing(writers_);
  OWLET_TRY(const Group group, FindGroup(group_name));
  OWLET_TRY(User user, FindUser(user_name));
  if (std::erase(user.group_ids, group.id) == 0) {
    return NoSuchEntity("The user with name " + std::string(user_name) +
                        " cannot be found in group " + group.name + ".");
  }
  return SaveUser(user);
}

Result<User> IdentityStore::SetPassword(std::string_view user_name,
                                        const std::optional<std::string>& password,
                                        std::optional<bool> reset_required, bool must_be_new) {
  MutexLock writing(writers_);
  OWLET_TRY(User user, FindUser(user_name));
  if (must_be_new && user.login) {
    return AlreadyExists("Login Profile for user " + user.name + " already exists.");
  }
  if (!must_be_new && !user.login) {
    return NoSuchEntity("Login Profile for User " + user.name + " cannot be found.");
  }
  if (!user.login) user.login = LoginProfile{.created = clock_.Now()};
  if (password) {
    user.login->salt = RandomBytes(16);
    user.login->digest = DigestOf(user.login->salt, *password);
  }
  if (reset_required) user.login->reset_required = *reset_required;
  OWLET_CHECK_OK(SaveUser(user));
  return user;
}

Status IdentityStore::ChangePassword(std::string_view user_name, std::string_view old_password,
                                     const std::string& new_password) {
  OWLET_TRY(const User user, FindUser(user_name));
  if (!user.login ||
      !EqualInConstantTime(DigestOf(user.login->salt, old_password), user.login->digest)) {
    return Fail(Reason::kAccessDenied, "The old password was incorrect.", "AccessDenied");
  }
  OWLET_CHECK_OK(SetPassword(user_name, new_password, false, /*must_be_new=*/false));
  return {};
}

Status IdentityStore::DeletePassword(std::string_view user_name) {
  MutexLock writing(writers_);
  OWLET_TRY(User user, FindUser(user_name));
  if (!user.login) {
    return NoSuchEntity("Login Profile for User " + user.name + " cannot be found.");
  }
  user.login.reset();
  return SaveUser(user);
}

}  // namespace owlet::access
