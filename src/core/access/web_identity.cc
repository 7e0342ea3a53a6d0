#include "core/access/web_identity.h"

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <array>
#include <cstring>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <vector>

#include "base/encoding.h"

namespace owlet::access {
namespace {

using Json = nlohmann::json;

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  void operator()(OSSL_PARAM_BLD* builder) const { OSSL_PARAM_BLD_free(builder); }
  void operator()(OSSL_PARAM* parameters) const { OSSL_PARAM_free(parameters); }
  void operator()(BIGNUM* number) const { BN_free(number); }
  void operator()(ECDSA_SIG* signature) const { ECDSA_SIG_free(signature); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

std::unexpected<Error> BadToken(std::string message) {
  return Fail(Reason::kInvalidArgument, std::move(message), "InvalidIdentityToken");
}

std::optional<std::string> DecodeUrlBase64(std::string_view text) {
  std::string plain(text);
  for (char& c : plain) c = c == '-' ? '+' : c == '_' ? '/' : c;
  while (plain.size() % 4 != 0) plain.push_back('=');
  return DecodeBase64(plain);
}

std::string Text(const Json& json, const char* name) {
  const auto found = json.is_object() ? json.find(name) : json.end();
  return json.is_object() && found != json.end() && found->is_string() ? found->get<std::string>()
                                                                       : "";
}

/// The three parts of a token, decoded.
struct Token {
  std::string_view signed_text;
  Json header;
  Json claims;
  std::string signature;
};

std::optional<Token> Split(std::string_view text) {
  const std::size_t first = text.find('.');
  const std::size_t second = first == text.npos ? first : text.find('.', first + 1);
  if (second == text.npos || text.size() > 20'000) return std::nullopt;
  const auto header = DecodeUrlBase64(text.substr(0, first));
  const auto claims = DecodeUrlBase64(text.substr(first + 1, second - first - 1));
  auto signature = DecodeUrlBase64(text.substr(second + 1));
  if (!header || !claims || !signature) return std::nullopt;
  Token token{.signed_text = text.substr(0, second),
              .header = Json::parse(*header, nullptr, false),
              .claims = Json::parse(*claims, nullptr, false),
              .signature = std::move(*signature)};
  if (!token.header.is_object() || !token.claims.is_object()) return std::nullopt;
  return token;
}

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

Owned<BIGNUM> Number(const std::string& bytes) {
  return Owned<BIGNUM>(BN_bin2bn(Bytes(bytes), static_cast<int>(bytes.size()), nullptr));
}

/// The public key of one entry of a key set; null when it is of no kind that is known.
Owned<EVP_PKEY> ReadKey(const Json& entry) {
  const std::string kind = Text(entry, "kty");
  Owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
  Owned<BIGNUM> modulus;
  Owned<BIGNUM> exponent;
  std::string point;
  if (kind == "RSA") {
    const auto n = DecodeUrlBase64(Text(entry, "n"));
    const auto e = DecodeUrlBase64(Text(entry, "e"));
    if (!n || !e || n->empty() || e->empty()) return nullptr;
    modulus = Number(*n);
    exponent = Number(*e);
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get());
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get());
  } else if (kind == "EC" && Text(entry, "crv") == "P-256") {
    const auto x = DecodeUrlBase64(Text(entry, "x"));
    const auto y = DecodeUrlBase64(Text(entry, "y"));
    if (!x || !y || x->size() != 32 || y->size() != 32) return nullptr;
    point = "\x04" + *x + *y;
    OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0);
    OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                     point.size());
  } else {
    return nullptr;
  }
  const Owned<OSSL_PARAM> parameters(OSSL_PARAM_BLD_to_param(builder.get()));
  const Owned<EVP_PKEY_CTX> context(
      EVP_PKEY_CTX_new_from_name(nullptr, kind == "RSA" ? "RSA" : "EC", nullptr));
  EVP_PKEY* key = nullptr;
  if (parameters == nullptr || context == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1) {
    return nullptr;
  }
  return Owned<EVP_PKEY>(key);
}

/// JSON web signatures give r and s side by side, OpenSSL wants them in DER.
std::string DerOf(const std::string& signature) {
  if (signature.size() != 64) return {};
  const Owned<ECDSA_SIG> pair(ECDSA_SIG_new());
  // The pair takes both numbers.
  if (ECDSA_SIG_set0(pair.get(), Number(signature.substr(0, 32)).release(),
                     Number(signature.substr(32)).release()) != 1) {
    return {};
  }
  std::array<unsigned char, 128> der{};
  unsigned char* end = der.data();
  const int size = i2d_ECDSA_SIG(pair.get(), &end);
  return size <= 0 ? std::string()
                   : std::string(reinterpret_cast<const char*>(der.data()),
                                 static_cast<std::size_t>(size));
}

bool Verifies(const Token& token, EVP_PKEY& key) {
  const std::string algorithm = Text(token.header, "alg");
  const bool is_rsa = EVP_PKEY_is_a(&key, "RSA") == 1;
  const EVP_MD* digest = nullptr;
  if (algorithm == "RS256" || algorithm == "ES256") digest = EVP_sha256();
  if (algorithm == "RS384") digest = EVP_sha384();
  if (algorithm == "RS512") digest = EVP_sha512();
  // A key speaks its own algorithms only, or a token could choose how it is checked.
  if (digest == nullptr || is_rsa != algorithm.starts_with("RS")) return false;
  const std::string signature = is_rsa ? token.signature : DerOf(token.signature);
  const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  return !signature.empty() &&
         EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, &key) == 1 &&
         EVP_DigestVerify(context.get(), Bytes(signature), signature.size(),
                          Bytes(token.signed_text), token.signed_text.size()) == 1;
}

bool IsSignedBy(const Token& token, const Json& key_set) {
  const auto keys = key_set.is_object() ? key_set.find("keys") : key_set.end();
  if (!key_set.is_object() || keys == key_set.end() || !keys->is_array()) return false;
  const std::string wanted = Text(token.header, "kid");
  for (const Json& entry : *keys) {
    const std::string id = Text(entry, "kid");
    if (!wanted.empty() && !id.empty() && id != wanted) continue;
    const Owned<EVP_PKEY> key = ReadKey(entry);
    if (key != nullptr && Verifies(token, *key)) return true;
  }
  return false;
}

std::optional<Timestamp> TimeOf(const Json& claims, const char* name) {
  const auto found = claims.find(name);
  if (found == claims.end() || !found->is_number()) return std::nullopt;
  const double seconds = found->get<double>();
  if (!(seconds > 0 && seconds < 1e11)) return std::nullopt;
  return Timestamp(std::chrono::seconds(static_cast<std::int64_t>(seconds)));
}

std::string WithoutScheme(std::string url) {
  constexpr std::string_view kScheme = "https://";
  if (url.starts_with(kScheme)) url.erase(0, kScheme.size());
  while (url.ends_with('/')) url.pop_back();
  return url;
}

}  // namespace

std::string IssuerOf(std::string_view token) {
  const auto split = Split(token);
  return split ? WithoutScheme(Text(split->claims, "iss")) : "";
}

Result<WebIdentity> CheckIdentityToken(std::string_view text, std::string_view key_set,
                                       Timestamp now) {
  const auto token = Split(text);
  if (!token)
    return BadToken(
        "The ID Token provided is not a valid JWT. (You may see this error "
        "if you sent an Access Token)");
  const Json keys = Json::parse(key_set, nullptr, false);
  if (!IsSignedBy(*token, keys))
    return BadToken(
        "Couldn't retrieve verification key from your "
        "identity provider,  please reference "
        "AssumeRoleWithWebIdentity documentation for "
        "requirements");
  const auto expires = TimeOf(token->claims, "exp");
  if (!expires || !TimeOf(token->claims, "iat")) {
    return BadToken("Missing a required claim: exp or iat");
  }
  if (*expires <= now) {
    return Fail(Reason::kExpiredToken,
                "Token expired: current date/time must be before the expiration date/time",
                "ExpiredTokenException");
  }
  if (const auto begins = TimeOf(token->claims, "nbf"); begins && *begins > now) {
    return BadToken("Token is not valid yet");
  }
  WebIdentity identity;
  identity.issuer = WithoutScheme(Text(token->claims, "iss"));
  identity.subject = Text(token->claims, "sub");
  identity.audience = Text(token->claims, "aud");
  if (const auto list = token->claims.find("aud");
      list != token->claims.end() && list->is_array() && !list->empty() && (*list)[0].is_string()) {
    identity.audience = (*list)[0].get<std::string>();
  }
  // Where both are there, the party the token was made for is its audience.
  if (const std::string party = Text(token->claims, "azp"); !party.empty()) {
    identity.audience = party;
  }
  if (identity.subject.empty()) return BadToken("Missing a required claim: sub");
  if (identity.audience.empty()) return BadToken("Missing a required claim: aud");
  for (const auto& [name, value] : token->claims.items()) {
    if (value.is_string()) identity.claims[name] = value.get<std::string>();
  }
  return identity;
}

Result<std::string> KeySets::Find(std::string_view url) const {
  std::string name(url);
  for (char& c : name) {
    if (c == '/' || c == ':') c = '_';
  }
  std::ifstream file(folder_ / (name + ".json"));
  if (folder_.empty() || !file) {
    return BadToken("owlet has no keys of https://" + std::string(url) + ": put its key set into " +
                    name + ".json of the folder of --oidc-keys");
  }
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace owlet::access
