#include "core/access/identity_store.h"

#include <algorithm>

#include "base/digest.h"
#include "base/encoding.h"
#include "core/access/identity_state.h"

namespace owlet::access {
namespace {

constexpr std::size_t kMaxUserName = 64;
constexpr std::size_t kMaxKeysPerUser = 2;
constexpr std::string_view kRootKeyKey = "root-key";
constexpr kv::Column kColumn = kv::Column::kIdentity;

/// Reads all records of one kind.
template <class Decode, class Take>
Status LoadKind(const kv::KeyValueStore& store, const std::string& prefix, Decode decode,
                Take take) {
  auto scanner = store.Scan(kColumn, prefix, kv::PrefixEnd(prefix));
  for (; scanner.Valid(); scanner.Next()) {
    OWLET_TRY(auto record, decode(scanner.value()));
    take(std::move(record));
  }
  return scanner.status();
}

}  // namespace

std::string MakeId(std::string_view prefix, std::size_t length) {
  static constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string id(prefix);
  for (const char c : RandomBytes(length - prefix.size())) {
    id.push_back(kAlphabet[static_cast<unsigned char>(c) % kAlphabet.size()]);
  }
  return id;
}

std::string MakeSecret(std::size_t bytes) { return EncodeBase64(RandomBytes(bytes)); }

std::unexpected<Error> NoSuchUser(std::string_view name) {
  return NoSuchEntity("The user with name " + std::string(name) + " cannot be found.");
}
std::unexpected<Error> NoSuchGroup(std::string_view name) {
  return NoSuchEntity("The group with name " + std::string(name) + " cannot be found.");
}
std::unexpected<Error> NoSuchRole(std::string_view name) {
  return NoSuchEntity("The role with name " + std::string(name) + " cannot be found.");
}
std::unexpected<Error> NoSuchProfile(std::string_view name) {
  return NoSuchEntity("Instance Profile " + std::string(name) + " cannot be found.");
}

IdentityStore::IdentityStore(kv::KeyValueStore& store, const Clock& clock, Options options)
    : store_(store),
      clock_(clock),
      options_(std::move(options)),
      state_(std::make_unique<State>()) {}

IdentityStore::~IdentityStore() = default;

Result<std::unique_ptr<IdentityStore>> IdentityStore::Open(kv::KeyValueStore& store,
                                                           const Clock& clock, Options options) {
  auto identities = std::make_unique<IdentityStore>(store, clock, std::move(options));
  OWLET_CHECK_OK(identities->LoadRootKey());
  OWLET_CHECK_OK(identities->Load());
  return identities;
}

Status IdentityStore::Load() {
  const std::string& account = options_.account_id;
  State state;
  OWLET_CHECK_OK(LoadKind(
      store_, Row(kUserPrefix, ""),
      [&](std::string_view bytes) { return DecodeUser(bytes, account); },
      [&](User user) { state.users.emplace(ToLowerAscii(user.name), std::move(user)); }));
  OWLET_CHECK_OK(LoadKind(store_, Row(kKeyPrefix, ""), DecodeAccessKey,
                          [&](AccessKey key) { state.keys.emplace(key.id, std::move(key)); }));
  OWLET_CHECK_OK(LoadKind(
      store_, Row(kRolePrefix, ""),
      [&](std::string_view bytes) { return DecodeRole(bytes, account); },
      [&](Role role) { state.roles.emplace(ToLowerAscii(role.name), std::move(role)); }));
  OWLET_CHECK_OK(LoadKind(
      store_, Row(kProfilePrefix, ""),
      [&](std::string_view bytes) { return DecodeInstanceProfile(bytes, account); },
      [&](InstanceProfile profile) {
        state.profiles.emplace(ToLowerAscii(profile.name), std::move(profile));
      }));
  OWLET_CHECK_OK(LoadKind(
      store_, Row(kPolicyPrefix, ""),
      [&](std::string_view bytes) { return DecodeManagedPolicy(bytes, account); },
      [&](ManagedPolicy policy) { state.policies.emplace(policy.arn, std::move(policy)); }));
  OWLET_CHECK_OK(LoadKind(store_, Row(kSessionPrefix, ""), DecodeSession, [&](Session session) {
    auto policies = ParseSessionPolicies(session.session_policies);
    if (!policies) return;  // of a grammar that was: nobody gets in with it
    session.parsed = std::move(*policies);
    state.sessions.emplace(session.access_key_id, std::move(session));
  }));
  OWLET_CHECK_OK(LoadKind(
      store_, Row(kGroupPrefix, ""),
      [&](std::string_view bytes) { return DecodeGroup(bytes, account); },
      [&](Group group) { state.groups.emplace(ToLowerAscii(group.name), std::move(group)); }));
  OWLET_CHECK_OK(LoadKind(
      store_, Row(kOidcPrefix, ""),
      [&](std::string_view bytes) { return DecodeOidcProvider(bytes, account); },
      [&](OidcProvider provider) { state.oidc.emplace(provider.arn, std::move(provider)); }));
  OWLET_CHECK_OK(LoadKind(
      store_, Row(kSamlPrefix, ""),
      [&](std::string_view bytes) { return DecodeSamlProvider(bytes, account); },
      [&](SamlProvider provider) { state.saml.emplace(provider.arn, std::move(provider)); }));
  OWLET_TRY(const auto settings, store_.Get(kColumn, Row(kSettingsRow, "")));
  if (settings) {
    OWLET_TRY(state.settings, DecodeAccountSettings(*settings));
  }
  MutexLock lock(mutex_);
  *state_ = std::move(state);
  return {};
}

std::string IdentityStore::Row(std::string_view kind, std::string_view id) const {
  std::string row = options_.row_prefix;
  row.append(kind).append(id);
  return row;
}

std::string IdentityStore::NameRow(std::string_view kind, std::string_view name) const {
  return Row(kind, ToLowerAscii(name));
}

void IdentityStore::NoteUse(std::string_view access_key_id, const AccessKeyUse& use) const {
  MutexLock lock(uses_mutex_);
  const auto found = uses_.find(access_key_id);
  if (found != uses_.end()) {
    found->second = use;
  } else if (access_key_id.starts_with("AKIA")) {  // sessions are asked for by nobody
    uses_.emplace(access_key_id, use);
  }
}

std::optional<AccessKeyUse> IdentityStore::LastUse(std::string_view access_key_id) const {
  MutexLock lock(uses_mutex_);
  const auto found = uses_.find(access_key_id);
  if (found == uses_.end()) return std::nullopt;
  return found->second;
}

Status IdentityStore::LoadRootKey() {
  if (options_.root_key) {
    root_key_ = *options_.root_key;
    return {};
  }
  OWLET_TRY(const auto kept, store_.Get(kColumn, Row(kRootKeyKey, "")));
  if (kept) {
    OWLET_TRY(const AccessKey key, DecodeAccessKey(*kept));
    root_key_ = {key.id, key.secret};
    return {};
  }
  AccessKey key;
  key.id = MakeId("AKIA", 20);
  key.secret = MakeSecret(30);
  key.created = clock_.Now();
  OWLET_CHECK_OK(store_.Update([&](kv::Transaction& transaction) -> Status {
    transaction.Put(kColumn, Row(kRootKeyKey, ""), Encode(key));
    return {};
  }));
  root_key_ = {key.id, key.secret};
  return {};
}

Status IdentityStore::Commit(const Write& write, const std::function<void(State&)>& apply) {
  OWLET_CHECK_OK(store_.Update([&](kv::Transaction& transaction) -> Status {
    write(transaction);
    return {};
  }));
  MutexLock lock(mutex_);
  apply(*state_);
  state_->parsed.clear();
  return {};
}

Status IdentityStore::CheckName(std::string_view name, std::size_t longest) const {
  const bool good =
      !name.empty() && name.size() <= longest && std::ranges::all_of(name, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               std::string_view("_+=,.@-").find(c) != std::string_view::npos;
      });
  if (good) return {};
  return Fail(Reason::kInvalidArgument,
              "The specified value is invalid: a name has 1 to " + std::to_string(longest) +
                  " characters of A-Z, a-z, 0-9 and _+=,.@-",
              "ValidationError");
}

Status IdentityStore::SaveUser(const User& user) {
  return Commit(
      [&](kv::Transaction& transaction) {
        transaction.Put(kColumn, NameRow(kUserPrefix, user.name), Encode(user));
      },
      [&](State& state) { state.users[ToLowerAscii(user.name)] = user; });
}

Result<User> IdentityStore::CreateUser(User wanted) {
  OWLET_CHECK_OK(CheckName(wanted.name, kMaxUserName));
  MutexLock writing(writers_);
  if (FindUser(wanted.name)) {
    return AlreadyExists("User with name " + wanted.name + " already exists.");
  }
  wanted.id = MakeId("AIDA", 21);
  wanted.arn = "arn:aws:iam::" + options_.account_id + ":user" + wanted.path + wanted.name;
  wanted.created = clock_.Now();
  OWLET_CHECK_OK(SaveUser(wanted));
  return wanted;
}

Result<User> IdentityStore::FindUser(std::string_view name) const {
  MutexLock lock(mutex_);
  const User* user = FindNamed(state_->users, name);
  if (user == nullptr) return NoSuchUser(name);
  return *user;
}

std::vector<User> IdentityStore::ListUsers(std::string_view path_prefix) const {
  MutexLock lock(mutex_);
  return BelowPath(state_->users, path_prefix);
}

Status IdentityStore::UpdateUser(std::string_view name, std::string_view new_name,
                                 std::string_view new_path) {
  if (!new_name.empty()) OWLET_CHECK_OK(CheckName(new_name, kMaxUserName));
  MutexLock writing(writers_);
  OWLET_TRY(const User old, FindUser(name));
  User user = old;
  if (!new_name.empty()) user.name = new_name;
  if (!new_path.empty()) user.path = new_path;
  user.arn = "arn:aws:iam::" + options_.account_id + ":user" + user.path + user.name;
  const bool renamed = !EqualsIgnoringCase(user.name, old.name);
  if (renamed && FindUser(user.name)) {
    return AlreadyExists("User with name " + user.name + " already exists.");
  }
  OWLET_TRY(std::vector<AccessKey> keys, ListAccessKeys(old.name));
  for (AccessKey& key : keys) key.user_name = user.name;
  return Commit(
      [&](kv::Transaction& transaction) {
        transaction.Delete(kColumn, NameRow(kUserPrefix, old.name));
        transaction.Put(kColumn, NameRow(kUserPrefix, user.name), Encode(user));
        for (const AccessKey& key : keys) {
          transaction.Put(kColumn, Row(kKeyPrefix, key.id), Encode(key));
        }
      },
      [&](State& state) {
        state.users.erase(ToLowerAscii(old.name));
        state.users[ToLowerAscii(user.name)] = user;
        for (const AccessKey& key : keys) state.keys[key.id] = key;
      });
}

Status IdentityStore::DeleteUser(std::string_view name) {
  MutexLock writing(writers_);
  OWLET_TRY(const User user, FindUser(name));
  OWLET_TRY(const std::vector<AccessKey> keys, ListAccessKeys(name));
  if (!keys.empty()) {
    return DeleteConflict("Cannot delete entity, must delete access keys first.");
  }
  if (user.login) return DeleteConflict("Cannot delete entity, must delete login profile first.");
  if (!user.group_ids.empty()) {
    return DeleteConflict("Cannot delete entity, must remove users from group first.");
  }
  if (!user.permissions.attached_policy_arns.empty()) {
    return DeleteConflict("Cannot delete entity, must detach all policies first.");
  }
  if (!user.permissions.inline_policies.empty()) {
    return DeleteConflict("Cannot delete entity, must delete policies first.");
  }
  return Commit(
      [&](kv::Transaction& transaction) {
        transaction.Delete(kColumn, NameRow(kUserPrefix, name));
      },
      [&](State& state) { state.users.erase(ToLowerAscii(name)); });
}

Result<AccessKey> IdentityStore::CreateAccessKey(std::string_view user_name) {
  MutexLock writing(writers_);
  OWLET_TRY(const User user, FindUser(user_name));
  OWLET_TRY(const std::vector<AccessKey> keys, ListAccessKeys(user_name));
  if (keys.size() >= kMaxKeysPerUser) {
    return LimitExceeded("Cannot exceed quota for AccessKeysPerUser: 2");
  }
  AccessKey key;
  key.id = MakeId("AKIA", 20);
  key.secret = MakeSecret(30);
  key.user_name = user.name;
  key.created = clock_.Now();
  OWLET_CHECK_OK(Commit(
      [&](kv::Transaction& transaction) {
        transaction.Put(kColumn, Row(kKeyPrefix, key.id), Encode(key));
      },
      [&](State& state) { state.keys[key.id] = key; }));
  return key;
}

Result<std::vector<AccessKey>> IdentityStore::ListAccessKeys(std::string_view user_name) const {
  MutexLock lock(mutex_);
  if (FindNamed(state_->users, user_name) == nullptr) return NoSuchUser(user_name);
  std::vector<AccessKey> keys;
  for (const auto& [id, key] : state_->keys) {
    if (EqualsIgnoringCase(key.user_name, user_name)) keys.push_back(key);
  }
  std::ranges::sort(keys, {}, &AccessKey::created);
  return keys;
}

Result<AccessKey> IdentityStore::FindAccessKey(std::string_view id) const {
  MutexLock lock(mutex_);
  const auto found = state_->keys.find(id);
  if (found == state_->keys.end()) {
    return NoSuchEntity("The Access Key with id " + std::string(id) + " cannot be found.");
  }
  return found->second;
}

Status IdentityStore::SetAccessKeyActive(std::string_view user_name, std::string_view id,
                                         bool active) {
  MutexLock writing(writers_);
  OWLET_CHECK_OK(FindUser(user_name));
  OWLET_TRY(AccessKey key, FindAccessKey(id));
  if (!EqualsIgnoringCase(key.user_name, user_name)) {
    return NoSuchEntity("The Access Key with id " + std::string(id) + " cannot be found.");
  }
  key.active = active;
  return Commit(
      [&](kv::Transaction& transaction) {
        transaction.Put(kColumn, Row(kKeyPrefix, key.id), Encode(key));
      },
      [&](State& state) { state.keys[key.id] = key; });
}

Status IdentityStore::DeleteAccessKey(std::string_view user_name, std::string_view id) {
  MutexLock writing(writers_);
  OWLET_CHECK_OK(FindUser(user_name));
  OWLET_TRY(const AccessKey key, FindAccessKey(id));
  if (!EqualsIgnoringCase(key.user_name, user_name)) {
    return NoSuchEntity("The Access Key with id " + std::string(id) + " cannot be found.");
  }
  return Commit(
      [&](kv::Transaction& transaction) { transaction.Delete(kColumn, Row(kKeyPrefix, key.id)); },
      [&](State& state) { state.keys.erase(key.id); });
}

}  // namespace owlet::access
