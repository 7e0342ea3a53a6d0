#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/result.h"
#include "core/access/credentials.h"
#include "core/access/identity_model.h"
#include "core/access/policy_evaluation.h"
#include "core/access/policy_source.h"
#include "core/kv/key_value_store.h"

namespace owlet::access {

struct Session;

/// Users, their keys, groups, roles, instance profiles, policies, identity providers and temporary
/// credentials of one account. Everything is kept in memory and written through to the key-value
/// store: a change is on disk when its function returns, a read touches no disk. Thread-safe.
///
/// Names are unique without regard to case, as in IAM. Errors carry IAM's code as `condition`:
/// kEntityNotFound "NoSuchEntity", kEntityExists "EntityAlreadyExists", kEntityInUse
/// "DeleteConflict", kLimitExceeded "LimitExceeded", kMalformedRequest "MalformedPolicyDocument",
/// kInvalidArgument "InvalidInput".
class IdentityStore final : public CredentialSource, public PolicySource {
 public:
  struct Options {
    std::string account_id{kDefaultAccount};
    /// Before the keys of all its rows; accounts that share a store each have their own.
    std::string row_prefix = {};
    /// The root user's key pair; made at the first start and kept when not given.
    std::optional<std::pair<std::string, std::string>> root_key = std::nullopt;
  };

  /// Both must outlive it.
  [[nodiscard]] static Result<std::unique_ptr<IdentityStore>> Open(kv::KeyValueStore& store,
                                                                   const Clock& clock,
                                                                   Options options);
  ~IdentityStore() override;

  [[nodiscard]] const std::string& account_id() const { return options_.account_id; }
  /// The root user's key pair: id and secret.
  [[nodiscard]] const std::pair<std::string, std::string>& root_key() const { return root_key_; }

  [[nodiscard]] Result<Credentials> FindCredentials(std::string_view access_key_id) const override;
  void NoteUse(std::string_view access_key_id, const AccessKeyUse& use) const override;
  /// The last request of this run of the server that the key signed.
  [[nodiscard]] std::optional<AccessKeyUse> LastUse(std::string_view access_key_id) const;

  // Users.
  [[nodiscard]] Result<User> CreateUser(User wanted);
  [[nodiscard]] Result<User> FindUser(std::string_view name) const;
  [[nodiscard]] std::vector<User> ListUsers(std::string_view path_prefix) const;
  [[nodiscard]] Status UpdateUser(std::string_view name, std::string_view new_name,
                                  std::string_view new_path);
  [[nodiscard]] Status DeleteUser(std::string_view name);

  // Their long-lived keys, two at most.
  [[nodiscard]] Result<AccessKey> CreateAccessKey(std::string_view user_name);
  [[nodiscard]] Result<std::vector<AccessKey>> ListAccessKeys(std::string_view user_name) const;
  [[nodiscard]] Result<AccessKey> FindAccessKey(std::string_view id) const;
  [[nodiscard]] Status SetAccessKeyActive(std::string_view user_name, std::string_view id,
                                          bool active);
  [[nodiscard]] Status DeleteAccessKey(std::string_view user_name, std::string_view id);

  // A user's password.
  [[nodiscard]] Result<User> SetPassword(std::string_view user_name,
                                         const std::optional<std::string>& password,
                                         std::optional<bool> reset_required, bool must_be_new);
  [[nodiscard]] Status ChangePassword(std::string_view user_name, std::string_view old_password,
                                      const std::string& new_password);
  [[nodiscard]] Status DeletePassword(std::string_view user_name);

  // Groups of users.
  [[nodiscard]] Result<Group> CreateGroup(Group wanted);
  [[nodiscard]] Result<Group> FindGroup(std::string_view name) const;
  [[nodiscard]] std::vector<Group> ListGroups(std::string_view path_prefix) const;
  [[nodiscard]] Result<std::vector<Group>> ListGroupsOfUser(std::string_view user_name) const;
  [[nodiscard]] Result<std::vector<User>> ListUsersOfGroup(std::string_view name) const;
  [[nodiscard]] Status UpdateGroup(std::string_view name, std::string_view new_name,
                                   std::string_view new_path);
  [[nodiscard]] Status DeleteGroup(std::string_view name);
  [[nodiscard]] Status AddUserToGroup(std::string_view group, std::string_view user);
  [[nodiscard]] Status RemoveUserFromGroup(std::string_view group, std::string_view user);

  // Roles.
  [[nodiscard]] Result<Role> CreateRole(Role wanted);
  [[nodiscard]] Result<Role> FindRole(std::string_view name) const;
  /// "arn:aws:iam::<account>:role/path/name", or a name.
  [[nodiscard]] Result<Role> FindRoleByArn(std::string_view arn_or_name) const;
  [[nodiscard]] std::vector<Role> ListRoles(std::string_view path_prefix) const;
  [[nodiscard]] Status UpdateRole(std::string_view name, std::optional<std::string> description,
                                  std::optional<std::chrono::seconds> max_session);
  [[nodiscard]] Status UpdateTrustPolicy(std::string_view name, std::string document);
  [[nodiscard]] Status DeleteRole(std::string_view name);

  /// Makes what `aws emr create-default-roles` makes (EMR_DefaultRole, EMR_EC2_DefaultRole with its
  /// instance profile, EMR_AutoScaling_DefaultRole), once in the life of a data folder: what is
  /// deleted later stays deleted. That command itself cannot name its roles' services when the
  /// client is pointed at another endpoint, and so needs to find them.
  [[nodiscard]] Status MakeEmrDefaultRoles();

  // Instance profiles, each with one role at most.
  [[nodiscard]] Result<InstanceProfile> CreateInstanceProfile(InstanceProfile wanted);
  [[nodiscard]] Result<InstanceProfile> FindInstanceProfile(std::string_view name) const;
  [[nodiscard]] std::vector<InstanceProfile> ListInstanceProfiles(
      std::string_view path_prefix) const;
  [[nodiscard]] Result<std::vector<InstanceProfile>> ListInstanceProfilesOfRole(
      std::string_view role_name) const;
  [[nodiscard]] Status AddRoleToInstanceProfile(std::string_view profile, std::string_view role);
  [[nodiscard]] Status RemoveRoleFromInstanceProfile(std::string_view profile,
                                                     std::string_view role);
  [[nodiscard]] Status TagInstanceProfile(std::string_view name, const TagMap& added,
                                          const std::vector<std::string>& removed);
  [[nodiscard]] Status DeleteInstanceProfile(std::string_view name);

  // Policies of a user, a role or a group.
  [[nodiscard]] Result<Permissions> FindPermissions(const PolicyOwner& owner) const;
  [[nodiscard]] Status PutInlinePolicy(const PolicyOwner& owner, const std::string& name,
                                       std::string document);
  [[nodiscard]] Status DeleteInlinePolicy(const PolicyOwner& owner, const std::string& name);
  [[nodiscard]] Status AttachPolicy(const PolicyOwner& owner, const std::string& arn);
  [[nodiscard]] Status DetachPolicy(const PolicyOwner& owner, const std::string& arn);
  /// "" takes it away.
  [[nodiscard]] Status SetBoundary(const PolicyOwner& owner, const std::string& arn);
  [[nodiscard]] Status AddTags(const PolicyOwner& owner, const TagMap& tags);
  [[nodiscard]] Status RemoveTags(const PolicyOwner& owner, const std::vector<std::string>& keys);

  // Managed policies: the account's own and those that AWS provides.
  [[nodiscard]] Result<ManagedPolicy> CreatePolicy(ManagedPolicy wanted, std::string document);
  [[nodiscard]] Result<ManagedPolicy> FindPolicy(std::string_view arn) const;
  [[nodiscard]] std::vector<ManagedPolicy> ListOwnPolicies() const;
  [[nodiscard]] Status DeletePolicy(std::string_view arn);
  [[nodiscard]] Result<PolicyVersion> CreatePolicyVersion(std::string_view arn,
                                                          std::string document, bool set_default);
  [[nodiscard]] Status SetDefaultPolicyVersion(std::string_view arn, std::string_view version);
  [[nodiscard]] Status DeletePolicyVersion(std::string_view arn, std::string_view version);
  [[nodiscard]] Status TagPolicy(std::string_view arn, const TagMap& added,
                                 const std::vector<std::string>& removed);
  /// Those that have it attached.
  [[nodiscard]] std::vector<PolicyOwner> AttachedTo(std::string_view arn) const;
  /// Those that have it as their permissions boundary.
  [[nodiscard]] std::vector<PolicyOwner> BoundedBy(std::string_view arn) const;

  // Identity providers, by ARN.
  [[nodiscard]] Result<OidcProvider> CreateOidcProvider(OidcProvider wanted);
  [[nodiscard]] Result<OidcProvider> FindOidcProvider(std::string_view arn) const;
  [[nodiscard]] std::vector<OidcProvider> ListOidcProviders() const;
  [[nodiscard]] Status EditOidcProvider(std::string_view arn,
                                        const std::function<Status(OidcProvider&)>& edit);
  [[nodiscard]] Status DeleteOidcProvider(std::string_view arn);
  [[nodiscard]] Result<SamlProvider> CreateSamlProvider(SamlProvider wanted);
  [[nodiscard]] Result<SamlProvider> FindSamlProvider(std::string_view arn) const;
  [[nodiscard]] std::vector<SamlProvider> ListSamlProviders() const;
  [[nodiscard]] Status EditSamlProvider(std::string_view arn,
                                        const std::function<Status(SamlProvider&)>& edit);
  [[nodiscard]] Status DeleteSamlProvider(std::string_view arn);

  // What the account says of itself.
  [[nodiscard]] AccountSettings Settings() const;
  [[nodiscard]] Status EditSettings(const std::function<Status(AccountSettings&)>& edit);

  // Temporary credentials. `session_policies` are documents that narrow them.
  [[nodiscard]] Result<Credentials> OpenRoleSession(std::string_view role_name,
                                                    std::string_view session_name,
                                                    std::chrono::seconds duration,
                                                    std::vector<std::string> session_policies = {},
                                                    SessionFacts facts = {});
  /// Of a federated user: a user's or root's permissions, narrowed.
  [[nodiscard]] Result<Credentials> OpenFederatedSession(const Principal& maker, std::string name,
                                                         std::chrono::seconds duration,
                                                         std::vector<std::string> session_policies,
                                                         SessionFacts facts);
  /// Of a user or root itself (GetSessionToken).
  [[nodiscard]] Result<Credentials> OpenSelfSession(const Principal& principal,
                                                    std::chrono::seconds duration);
  /// The role's identity for work in process (an EMR step), without credentials.
  [[nodiscard]] Result<Principal> RoleIdentity(std::string_view role_name,
                                               std::string_view session_name) const;

  /// What has a say for that principal. kAccessDenied when its user or role exists no more.
  [[nodiscard]] Result<std::shared_ptr<const PolicyInputs>> PoliciesOf(
      const Principal& principal) const override;

  /// For Open.
  IdentityStore(kv::KeyValueStore& store, const Clock& clock, Options options);

 private:
  struct State;
  using Write = std::function<void(kv::Transaction&)>;

  [[nodiscard]] Status Load();
  [[nodiscard]] Status LoadRootKey();
  /// Writes to disk, then changes memory. Under `writers_`.
  [[nodiscard]] Status Commit(const Write& write, const std::function<void(State&)>& apply)
      REQUIRES(writers_) EXCLUDES(mutex_);
  [[nodiscard]] Status CheckName(std::string_view name, std::size_t longest) const;
  [[nodiscard]] Status EditPermissions(
      const PolicyOwner& owner,
      const std::function<Status(Permissions& permissions, TagMap& tags)>& edit);
  [[nodiscard]] Status EditPolicy(std::string_view arn,
                                  const std::function<Status(ManagedPolicy&)>& edit);
  /// The key of a row; names are folded.
  [[nodiscard]] std::string Row(std::string_view kind, std::string_view id) const;
  [[nodiscard]] std::string NameRow(std::string_view kind, std::string_view name) const;
  /// Of the account's own users and roles that a trust policy names: those that do not exist.
  [[nodiscard]] Status CheckTrust(const std::string& document) const;
  [[nodiscard]] Status SaveUser(const User& user) REQUIRES(writers_);
  [[nodiscard]] Status SaveGroup(const Group& group) REQUIRES(writers_);
  [[nodiscard]] Status SaveOidcProvider(const OidcProvider& provider) REQUIRES(writers_);
  [[nodiscard]] Status SaveSamlProvider(const SamlProvider& provider) REQUIRES(writers_);
  [[nodiscard]] Status SaveRole(const Role& role) REQUIRES(writers_);
  [[nodiscard]] Status SaveProfile(const InstanceProfile& profile) REQUIRES(writers_);
  [[nodiscard]] Result<Credentials> OpenSession(Session session, std::chrono::seconds duration);
  [[nodiscard]] Principal UserIdentity(const User& user) const;
  [[nodiscard]] Principal RoleSessionIdentity(const Role& role,
                                              std::string_view session_name) const;
  [[nodiscard]] Principal FederatedIdentity(const State& state, const Session& session) const;
  [[nodiscard]] Result<Principal> SessionIdentity(const State& state, const Session& session) const;
  static void ReadPolicies(const State& state, const Permissions& permissions,
                           PolicyInputs& inputs);

  kv::KeyValueStore& store_;
  const Clock& clock_;
  Options options_;
  std::pair<std::string, std::string> root_key_;
  // Held by whoever changes something, across the write to disk; readers only need mutex_.
  mutable Mutex writers_;
  mutable Mutex mutex_;
  std::unique_ptr<State> state_ GUARDED_BY(mutex_);
  mutable Mutex uses_mutex_;
  mutable std::map<std::string, AccessKeyUse, std::less<>> uses_ GUARDED_BY(uses_mutex_);
};

}  // namespace owlet::access
