#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "core/access/identity_model.h"
#include "core/access/policy.h"
#include "core/access/principal.h"

// How identities are written in the key-value store: `kind/name` -> protobuf (records.proto). ARNs
// are not kept: they follow from account, path and name.

namespace owlet::access {

/// Temporary credentials.
struct Session {
  std::string access_key_id;
  std::string secret;
  std::string token;
  Timestamp expires;
  std::string role_name;  // or "": a user's or root's own session
  std::string role_id;
  std::string session_name;
  std::string user_name;
  std::string federated_name;  // of a federated user, which user_name or root made
  std::vector<std::string> session_policies;
  PolicyList parsed;  // of session_policies; not kept
  SessionFacts facts;
};

[[nodiscard]] std::string Encode(const User& user);
[[nodiscard]] std::string Encode(const AccessKey& key);
[[nodiscard]] std::string Encode(const Role& role);
[[nodiscard]] std::string Encode(const InstanceProfile& profile);
[[nodiscard]] std::string Encode(const ManagedPolicy& policy);
[[nodiscard]] std::string Encode(const Session& session);
[[nodiscard]] std::string Encode(const Group& group);
[[nodiscard]] std::string Encode(const OidcProvider& provider);
[[nodiscard]] std::string Encode(const SamlProvider& provider);
[[nodiscard]] std::string Encode(const AccountSettings& settings);

/// kCorruption when the bytes are no such record.
[[nodiscard]] Result<User> DecodeUser(std::string_view bytes, std::string_view account);
[[nodiscard]] Result<AccessKey> DecodeAccessKey(std::string_view bytes);
[[nodiscard]] Result<Role> DecodeRole(std::string_view bytes, std::string_view account);
[[nodiscard]] Result<InstanceProfile> DecodeInstanceProfile(std::string_view bytes,
                                                            std::string_view account);
[[nodiscard]] Result<ManagedPolicy> DecodeManagedPolicy(std::string_view bytes,
                                                        std::string_view account);
[[nodiscard]] Result<Session> DecodeSession(std::string_view bytes);
[[nodiscard]] Result<Group> DecodeGroup(std::string_view bytes, std::string_view account);
[[nodiscard]] Result<OidcProvider> DecodeOidcProvider(std::string_view bytes,
                                                      std::string_view account);
[[nodiscard]] Result<SamlProvider> DecodeSamlProvider(std::string_view bytes,
                                                      std::string_view account);
[[nodiscard]] Result<AccountSettings> DecodeAccountSettings(std::string_view bytes);

}  // namespace owlet::access
