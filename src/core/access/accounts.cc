#include "core/access/accounts.h"

namespace owlet::access {

Result<std::unique_ptr<Accounts>> Accounts::Open(kv::KeyValueStore& store, const Clock& clock,
                                                 Options options) {
  std::vector<std::unique_ptr<IdentityStore>> stores;
  OWLET_TRY(stores.emplace_back(), IdentityStore::Open(store, clock, std::move(options.main)));
  for (IdentityStore::Options& other : options.others) {
    for (const auto& known : stores) {
      if (known->account_id() == other.account_id) {
        return Fail(Reason::kInvalidArgument, "the account is named twice: " + other.account_id);
      }
    }
    other.row_prefix = "account/" + other.account_id + "/";
    OWLET_TRY(stores.emplace_back(), IdentityStore::Open(store, clock, std::move(other)));
  }
  return std::make_unique<Accounts>(std::move(stores));
}

IdentityStore* Accounts::Find(std::string_view account_id) const {
  for (const auto& store : stores_) {
    if (store->account_id() == account_id) return store.get();
  }
  return nullptr;
}

IdentityStore* Accounts::FindCanonical(std::string_view canonical_user_id) const {
  for (const auto& store : stores_) {
    if (CanonicalUserId(store->account_id()) == canonical_user_id) return store.get();
  }
  return nullptr;
}

IdentityStore& Accounts::Of(const Principal& principal) const {
  IdentityStore* store = Find(principal.account_id);
  return store == nullptr ? main() : *store;
}

Result<Credentials> Accounts::FindCredentials(std::string_view access_key_id) const {
  for (const auto& store : stores_) {
    Result<Credentials> found = store->FindCredentials(access_key_id);
    const bool unknown = !found && found.error().reason == Reason::kUnknownAccessKey &&
                         found.error().condition.empty();
    if (!unknown) return found;
  }
  return main().FindCredentials(access_key_id);
}

void Accounts::NoteUse(std::string_view access_key_id, const AccessKeyUse& use) const {
  for (const auto& store : stores_) {
    if (store->FindAccessKey(access_key_id)) store->NoteUse(access_key_id, use);
  }
}

Result<std::shared_ptr<const PolicyInputs>> Accounts::PoliciesOf(const Principal& principal) const {
  return Of(principal).PoliciesOf(principal);
}

}  // namespace owlet::access
