#include "base/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include "base/check.h"

namespace owlet {
namespace {

// Fetched once: looking an algorithm up by name costs more than hashing a small body. Never freed;
// the library does that at exit.
const EVP_MD* Algorithm(DigestKind kind) {
  static const EVP_MD* const kMd5 = EVP_MD_fetch(nullptr, "MD5", nullptr);
  static const EVP_MD* const kSha1 = EVP_MD_fetch(nullptr, "SHA1", nullptr);
  static const EVP_MD* const kSha224 = EVP_MD_fetch(nullptr, "SHA224", nullptr);
  static const EVP_MD* const kSha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  static const EVP_MD* const kSha384 = EVP_MD_fetch(nullptr, "SHA384", nullptr);
  static const EVP_MD* const kSha512 = EVP_MD_fetch(nullptr, "SHA512", nullptr);
  switch (kind) {
    case DigestKind::kMd5:
      return kMd5;
    case DigestKind::kSha1:
      return kSha1;
    case DigestKind::kSha224:
      return kSha224;
    case DigestKind::kSha256:
      return kSha256;
    case DigestKind::kSha384:
      return kSha384;
    case DigestKind::kSha512:
      return kSha512;
  }
  return nullptr;
}

}  // namespace

struct Digest::Context {
  Context() : evp(EVP_MD_CTX_new()) {}
  ~Context() { EVP_MD_CTX_free(evp); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  EVP_MD_CTX* evp;
};

Digest::Digest(DigestKind kind) : context_(std::make_unique<Context>()) {
  OWLET_CHECK(EVP_DigestInit_ex2(context_->evp, Algorithm(kind), nullptr) == 1);
}
Digest::~Digest() = default;
Digest::Digest(Digest&&) noexcept = default;
Digest& Digest::operator=(Digest&&) noexcept = default;

void Digest::Append(std::span<const std::byte> bytes) {
  OWLET_CHECK(EVP_DigestUpdate(context_->evp, bytes.data(), bytes.size()) == 1);
}

std::string Digest::Finish() {
  std::string result(EVP_MAX_MD_SIZE, '\0');
  unsigned size = 0;
  OWLET_CHECK(EVP_DigestFinal_ex(context_->evp, reinterpret_cast<unsigned char*>(result.data()),
                                 &size) == 1);
  result.resize(size);
  return result;
}

std::string Digest::Of(DigestKind kind, std::string_view bytes) {
  Digest digest(kind);
  digest.Append(bytes);
  return digest.Finish();
}

std::string Hmac(DigestKind kind, std::string_view key, std::string_view bytes) {
  std::string result(EVP_MAX_MD_SIZE, '\0');
  unsigned size = 0;
  OWLET_CHECK(HMAC(Algorithm(kind), key.data(), static_cast<int>(key.size()),
                   reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                   reinterpret_cast<unsigned char*>(result.data()), &size) != nullptr);
  result.resize(size);
  return result;
}

std::string HmacSha256(std::string_view key, std::string_view bytes) {
  return Hmac(DigestKind::kSha256, key, bytes);
}

std::string HmacSha1(std::string_view key, std::string_view bytes) {
  return Hmac(DigestKind::kSha1, key, bytes);
}

bool EqualInConstantTime(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string RandomBytes(std::size_t count) {
  std::string bytes(count, '\0');
  OWLET_CHECK(RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) ==
              1);
  return bytes;
}

}  // namespace owlet
