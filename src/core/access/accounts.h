#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/access/identity_store.h"

namespace owlet::access {

/// The accounts of one server: its own, and others that the configuration names (so that access
/// across accounts can be tried). Each has users, roles and a root key pair of its own; what one
/// may do with another's resources its policies and ACLs say. Thread-safe.
class Accounts final : public CredentialSource, public PolicySource {
 public:
  struct Options {
    IdentityStore::Options main;
    std::vector<IdentityStore::Options> others = {};
  };

  /// Both must outlive it. Rows of the others begin with their account's id.
  [[nodiscard]] static Result<std::unique_ptr<Accounts>> Open(kv::KeyValueStore& store,
                                                              const Clock& clock, Options options);

  [[nodiscard]] IdentityStore& main() const { return *stores_.front(); }
  /// Main first.
  [[nodiscard]] const std::vector<std::unique_ptr<IdentityStore>>& all() const { return stores_; }
  /// Null when this server has no such account.
  [[nodiscard]] IdentityStore* Find(std::string_view account_id) const;
  /// That of a canonical user id (principal.h); null when none has it.
  [[nodiscard]] IdentityStore* FindCanonical(std::string_view canonical_user_id) const;
  /// That of the principal; the main one's where it has none (anonymous).
  [[nodiscard]] IdentityStore& Of(const Principal& principal) const;

  [[nodiscard]] Result<Credentials> FindCredentials(std::string_view access_key_id) const override;
  void NoteUse(std::string_view access_key_id, const AccessKeyUse& use) const override;
  [[nodiscard]] Result<std::shared_ptr<const PolicyInputs>> PoliciesOf(
      const Principal& principal) const override;

  /// For Open.
  explicit Accounts(std::vector<std::unique_ptr<IdentityStore>> stores)
      : stores_(std::move(stores)) {}

 private:
  std::vector<std::unique_ptr<IdentityStore>> stores_;
};

}  // namespace owlet::access
