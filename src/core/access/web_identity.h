#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace owlet::access {

/// What a checked token of an OpenID Connect provider says.
struct WebIdentity {
  std::string issuer;  // without "https://"
  std::string subject;
  std::string audience;
  /// Claims that are texts, by name.
  std::map<std::string, std::string> claims;
};

/// The issuer that a token names, unchecked: to find its keys. "" when it is no token.
[[nodiscard]] std::string IssuerOf(std::string_view token);

/// Checks a JSON web token (RFC 7519) against a provider's key set (RFC 7517): its signature
/// (RS256, RS384, RS512, ES256) and its times. kInvalidArgument "InvalidIdentityToken",
/// kExpiredToken "ExpiredTokenException".
[[nodiscard]] Result<WebIdentity> CheckIdentityToken(std::string_view token,
                                                     std::string_view key_set, Timestamp now);

/// The key sets of providers as files of one folder, since owlet asks no network: the provider
/// https://issuer.example.com/pool has its keys in "issuer.example.com_pool.json". Read at each
/// use, so that new keys need no restart. Thread-safe.
class KeySets {
 public:
  /// "" is no folder: no provider has keys then.
  explicit KeySets(std::filesystem::path folder) : folder_(std::move(folder)) {}
  /// The key set of a provider's URL without "https://"; kInvalidArgument "InvalidIdentityToken"
  /// when there is no file.
  [[nodiscard]] Result<std::string> Find(std::string_view url) const;

 private:
  std::filesystem::path folder_;
};

}  // namespace owlet::access
