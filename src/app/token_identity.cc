#include "app/token_identity.h"

#include "base/digest.h"
#include "base/encoding.h"

namespace owlet::app {

std::string TokenIdentity::Issue(access::Principal principal) {
  std::string token = EncodeHex(RandomBytes(32));
  MutexLock lock(mutex_);
  tokens_[token] = std::move(principal);
  return token;
}

void TokenIdentity::Withdraw(const std::string& token) {
  MutexLock lock(mutex_);
  tokens_.erase(token);
}

Result<access::Principal> TokenIdentity::Identify(std::optional<std::string_view> token) const {
  if (!token) {
    if (on_loopback_) return access::Principal::Root(account_id_);
    return Fail(Reason::kMissingCredentials,
                "this server is reachable from other machines: give a token, "
                "sc://HOST:PORT/;token=<access key id>:<secret access key>");
  }
  {
    MutexLock lock(mutex_);
    const auto found = tokens_.find(*token);
    if (found != tokens_.end()) return found->second;
  }
  if (const std::size_t colon = token->find(':'); colon != std::string_view::npos) {
    const auto known = credentials_.FindCredentials(token->substr(0, colon));
    // Temporary credentials need their session token, for which there is no room here.
    if (known && known->session_token.empty() &&
        EqualInConstantTime(known->secret_access_key, token->substr(colon + 1))) {
      return known->principal;
    }
  }
  return Fail(Reason::kUnknownAccessKey, "the token of the Spark Connect session is not known");
}

}  // namespace owlet::app
