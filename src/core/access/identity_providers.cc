#include "core/access/identity_state.h"

// Identity providers and what an account says of itself.

namespace owlet::access {
namespace {

constexpr std::size_t kMaxProviderName = 128;
constexpr kv::Column kColumn = kv::Column::kIdentity;

std::unexpected<Error> NoSuchOidcProvider(std::string_view arn) {
  return NoSuchEntity("OpenIDConnect Provider not found for arn " + std::string(arn));
}
std::unexpected<Error> NoSuchSamlProvider(std::string_view arn) {
  return NoSuchEntity("Manifest not found for arn " + std::string(arn));
}

}  // namespace

Status IdentityStore::SaveOidcProvider(const OidcProvider& provider) {
  return Commit(
      [&](kv::Transaction& transaction) {
        transaction.Put(kColumn, Row(kOidcPrefix, provider.url), Encode(provider));
      },
      [&](State& state) { state.oidc[provider.arn] = provider; });
}

Result<OidcProvider> IdentityStore::CreateOidcProvider(OidcProvider wanted) {
  MutexLock writing(writers_);
  wanted.arn = "arn:aws:iam::" + options_.account_id + ":oidc-provider/" + wanted.url;
  if (FindOidcProvider(wanted.arn)) {
    return AlreadyExists("Provider with url https://" + wanted.url + " already exists.");
  }
  wanted.created = clock_.Now();
  OWLET_CHECK_OK(SaveOidcProvider(wanted));
  return wanted;
}

Result<OidcProvider> IdentityStore::FindOidcProvider(std::string_view arn) const {
  MutexLock lock(mutex_);
  const auto found = state_->oidc.find(arn);
  if (found == state_->oidc.end()) return NoSuchOidcProvider(arn);
  return found->second;
}

std::vector<OidcProvider> IdentityStore::ListOidcProviders() const {
  MutexLock lock(mutex_);
  std::vector<OidcProvider> providers;
  for (const auto& [arn, provider] : state_->oidc) providers.push_back(provider);
  return providers;
}

Status IdentityStore::EditOidcProvider(std::string_view arn,
                                       const std::function<Status(OidcProvider&)>& edit) {
  MutexLock writing(writers_);
  OWLET_TRY(OidcProvider provider, FindOidcProvider(arn));
  OWLET_CHECK_OK(edit(provider));
  return SaveOidcProvider(provider);
}

Status IdentityStore::DeleteOidcProvider(std::string_view arn) {
  MutexLock writing(writers_);
  OWLET_TRY(const OidcProvider provider, FindOidcProvider(arn));
  return Commit(
      [&](kv::Transaction& transaction) {
        transaction.Delete(kColumn, Row(kOidcPrefix, provider.url));
      },
      [&](State& state) { state.oidc.erase(provider.arn); });
}

Status IdentityStore::SaveSamlProvider(const SamlProvider& provider) {
  return Commit(
      [&](kv::Transaction& transaction) {
        transaction.Put(kColumn, Row(kSamlPrefix, provider.name), Encode(provider));
      },
      [&](State& state) { state.saml[provider.arn] = provider; });
}

Result<SamlProvider> IdentityStore::CreateSamlProvider(SamlProvider wanted) {
  OWLET_CHECK_OK(CheckName(wanted.name, kMaxProviderName));
  MutexLock writing(writers_);
  wanted.arn = "arn:aws:iam::" + options_.account_id + ":saml-provider/" + wanted.name;
  if (FindSamlProvider(wanted.arn)) {
    return AlreadyExists("SAMLProvider with name " + wanted.name + " already exists.");
  }
  wanted.id = MakeId("ASPA", 21);
  wanted.created = clock_.Now();
  wanted.valid_until = wanted.created + std::chrono::days(36'500);
  OWLET_CHECK_OK(SaveSamlProvider(wanted));
  return wanted;
}

Result<SamlProvider> IdentityStore::FindSamlProvider(std::string_view arn) const {
  MutexLock lock(mutex_);
  const auto found = state_->saml.find(arn);
  if (found == state_->saml.end()) return NoSuchSamlProvider(arn);
  return found->second;
}

std::vector<SamlProvider> IdentityStore::ListSamlProviders() const {
  MutexLock lock(mutex_);
  std::vector<SamlProvider> providers;
  for (const auto& [arn, provider] : state_->saml) providers.push_back(provider);
  return providers;
}

Status IdentityStore::EditSamlProvider(std::string_view arn,
                                       const std::function<Status(SamlProvider&)>& edit) {
  MutexLock writing(writers_);
  OWLET_TRY(SamlProvider provider, FindSamlProvider(arn));
  OWLET_CHECK_OK(edit(provider));
  return SaveSamlProvider(provider);
}

Status IdentityStore::DeleteSamlProvider(std::string_view arn) {
  MutexLock writing(writers_);
  OWLET_TRY(const SamlProvider provider, FindSamlProvider(arn));
  return Commit(
      [&](kv::Transaction& transaction) {
        transaction.Delete(kColumn, Row(kSamlPrefix, provider.name));
      },
      [&](State& state) { state.saml.erase(provider.arn); });
}

AccountSettings IdentityStore::Settings() const {
  MutexLock lock(mutex_);
  return state_->settings;
}

Status IdentityStore::EditSettings(const std::function<Status(AccountSettings&)>& edit) {
  MutexLock writing(writers_);
  AccountSettings settings = Settings();
  OWLET_CHECK_OK(edit(settings));
  return Commit(
      [&](kv::Transaction& transaction) {
        transaction.Put(kColumn, Row(kSettingsRow, ""), Encode(settings));
      },
      [&](State& state) { state.settings = settings; });
}

}  // namespace owlet::access
