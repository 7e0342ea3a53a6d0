#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "core/access/identity_model.h"
#include "core/access/principal.h"

namespace owlet::access {

/// A key pair and whose it is.
struct Credentials {
  std::string access_key_id;
  std::string secret_access_key;
  /// Of temporary credentials: the token that each request must carry, and their end.
  std::string session_token;
  std::optional<Timestamp> expires;
  Principal principal;
};

/// Where key pairs are looked up. Implementations are thread-safe.
class CredentialSource {
 public:
  virtual ~CredentialSource() = default;
  /// The active credentials of that key id, expired ones included (the signature check tells an
  /// expired token from an unknown key); kUnknownAccessKey when there are none.
  [[nodiscard]] virtual Result<Credentials> FindCredentials(
      std::string_view access_key_id) const = 0;
  /// A request with a good signature of that key was taken.
  virtual void NoteUse(std::string_view /*access_key_id*/, const AccessKeyUse& /*use*/) const {}
};

}  // namespace owlet::access
