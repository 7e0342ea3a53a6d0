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
  if (!token) return access::Principal::Root(account_id_);
  MutexLock lock(mutex_);
  const auto found = tokens_.find(*token);
  if (found == tokens_.end()) {
    return Fail(Reason::kUnknownAccessKey, "the token of the Spark Connect session is not known");
  }
  return found->second;
}

}  // namespace owlet::app
