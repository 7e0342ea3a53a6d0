#include "core/access/identity_state.h"

namespace owlet::access {
namespace {

constexpr kv::Column kColumn = kv::Column::kIdentity;

}  // namespace

Result<PolicyList> ParseSessionPolicies(const std::vector<std::string>& documents) {
  PolicyList policies;
  for (const std::string& text : documents) {
    OWLET_TRY(auto policy, PolicyDocument::Parse(text, PolicyUse::kIdentity));
    policies.push_back(std::move(policy));
  }
  return policies;
}

Principal IdentityStore::FederatedIdentity(const State& state, const Session& session) const {
  Principal principal;
  principal.kind = PrincipalKind::kFederatedUser;
  principal.account_id = options_.account_id;
  principal.session_name = session.federated_name;
  principal.arn =
      "arn:aws:sts::" + options_.account_id + ":federated-user/" + session.federated_name;
  principal.user_id = options_.account_id + ":" + session.federated_name;
  principal.name = session.user_name;
  if (const User* user = FindNamed(state.users, session.user_name)) principal.role_arn = user->arn;
  return principal;
}

Principal IdentityStore::UserIdentity(const User& user) const {
  Principal principal;
  principal.kind = PrincipalKind::kUser;
  principal.account_id = options_.account_id;
  principal.arn = user.arn;
  principal.user_id = user.id;
  principal.name = user.name;
  return principal;
}

Principal IdentityStore::RoleSessionIdentity(const Role& role,
                                             std::string_view session_name) const {
  Principal principal;
  principal.kind = PrincipalKind::kAssumedRole;
  principal.account_id = options_.account_id;
  principal.session_name = session_name;
  principal.arn = "arn:aws:sts::" + options_.account_id + ":assumed-role/" + role.name + "/" +
                  principal.session_name;
  principal.user_id = role.id + ":" + principal.session_name;
  principal.name = role.name;
  principal.role_arn = role.arn;
  return principal;
}

Result<Principal> IdentityStore::SessionIdentity(const State& state, const Session& session) const {
  const auto gone = [] {
    return Fail(Reason::kUnknownAccessKey, "the session's identity exists no more", "InvalidToken");
  };
  Principal principal;
  if (!session.federated_name.empty()) {
    if (!session.user_name.empty() && FindNamed(state.users, session.user_name) == nullptr) {
      return gone();
    }
    principal = FederatedIdentity(state, session);
  } else if (!session.role_name.empty()) {
    const Role* role = FindNamed(state.roles, session.role_name);
    // A role of the same name made anew is another role.
    if (role == nullptr || role->id != session.role_id) return gone();
    principal = RoleSessionIdentity(*role, session.session_name);
  } else if (!session.user_name.empty()) {
    const User* user = FindNamed(state.users, session.user_name);
    if (user == nullptr) return gone();
    principal = UserIdentity(*user);
  } else {
    principal = Principal::Root(options_.account_id);
  }
  principal.session = std::make_shared<const SessionFacts>(session.facts);
  principal.session_policies = session.parsed;
  return principal;
}

Result<Credentials> IdentityStore::FindCredentials(std::string_view access_key_id) const {
  const auto unknown = [&] {
    return Fail(Reason::kUnknownAccessKey, "no such access key: " + std::string(access_key_id));
  };
  Credentials credentials;
  credentials.access_key_id = access_key_id;
  if (access_key_id == root_key_.first) {
    credentials.secret_access_key = root_key_.second;
    credentials.principal = Principal::Root(options_.account_id);
    credentials.principal.access_key_id = access_key_id;
    return credentials;
  }
  MutexLock lock(mutex_);
  if (const auto key = state_->keys.find(access_key_id); key != state_->keys.end()) {
    const User* user = FindNamed(state_->users, key->second.user_name);
    if (!key->second.active || user == nullptr) return unknown();
    credentials.secret_access_key = key->second.secret;
    credentials.principal = UserIdentity(*user);
    credentials.principal.access_key_id = access_key_id;
    return credentials;
  }
  const auto session = state_->sessions.find(access_key_id);
  if (session == state_->sessions.end()) return unknown();
  credentials.secret_access_key = session->second.secret;
  credentials.session_token = session->second.token;
  credentials.expires = session->second.expires;
  OWLET_TRY(credentials.principal, SessionIdentity(*state_, session->second));
  credentials.principal.access_key_id = access_key_id;
  return credentials;
}

Result<Credentials> IdentityStore::OpenSession(Session session, std::chrono::seconds duration) {
  const Timestamp now = clock_.Now();
  session.access_key_id = MakeId("ASIA", 20);
  session.secret = MakeSecret(30);
  session.token = MakeSecret(120);
  session.expires = now + duration;
  session.facts.issued = now;
  OWLET_TRY(session.parsed, ParseSessionPolicies(session.session_policies));
  {
    MutexLock writing(writers_);
    std::vector<std::string> ended;
    {
      MutexLock lock(mutex_);
      OWLET_CHECK_OK(SessionIdentity(*state_, session));
      // A day longer than their end, so that their use is told from an unknown key.
      for (const auto& [id, each] : state_->sessions) {
        if (each.expires + std::chrono::days(1) < now) ended.push_back(id);
      }
    }
    OWLET_CHECK_OK(store_.Update([&](kv::Transaction& transaction) -> Status {
      for (const std::string& id : ended) {
        transaction.Delete(kColumn, Row(kSessionPrefix, id));
      }
      transaction.Put(kColumn, Row(kSessionPrefix, session.access_key_id), Encode(session));
      return {};
    }));
    MutexLock lock(mutex_);
    for (const std::string& id : ended) state_->sessions.erase(id);
    state_->sessions[session.access_key_id] = session;
  }
  return FindCredentials(session.access_key_id);
}

Result<Credentials> IdentityStore::OpenRoleSession(std::string_view role_name,
                                                   std::string_view session_name,
                                                   std::chrono::seconds duration,
                                                   std::vector<std::string> session_policies,
                                                   SessionFacts facts) {
  OWLET_TRY(const Role role, FindRole(role_name));
  Session session;
  session.role_name = role.name;
  session.role_id = role.id;
  session.session_name = session_name;
  session.session_policies = std::move(session_policies);
  session.facts = std::move(facts);
  return OpenSession(std::move(session), duration);
}

Result<Credentials> IdentityStore::OpenFederatedSession(const Principal& maker, std::string name,
                                                        std::chrono::seconds duration,
                                                        std::vector<std::string> session_policies,
                                                        SessionFacts facts) {
  if (maker.session != nullptr || (maker.kind != PrincipalKind::kUser && !maker.IsRoot())) {
    return Fail(Reason::kAccessDenied, "Cannot call GetFederationToken with session credentials",
                "AccessDenied");
  }
  Session session;
  session.user_name = maker.name;
  session.federated_name = std::move(name);
  session.session_policies = std::move(session_policies);
  session.facts = std::move(facts);
  return OpenSession(std::move(session), duration);
}

Result<Credentials> IdentityStore::OpenSelfSession(const Principal& principal,
                                                   std::chrono::seconds duration) {
  Session session;
  if (principal.kind == PrincipalKind::kUser && principal.session == nullptr) {
    session.user_name = principal.name;
  } else if (!principal.IsRoot() || principal.session != nullptr) {
    return Fail(Reason::kAccessDenied, "Cannot call GetSessionToken with session credentials",
                "AccessDenied");
  }
  return OpenSession(std::move(session), duration);
}

Result<Principal> IdentityStore::RoleIdentity(std::string_view role_name,
                                              std::string_view session_name) const {
  OWLET_TRY(const Role role, FindRole(role_name));
  return RoleSessionIdentity(role, session_name);
}

}  // namespace owlet::access
