#include "core/store/encryption.h"

#include "base/aes_gcm.h"
#include "base/digest.h"

namespace owlet::store {
namespace {

/// A piece's place is its nonce: no key seals two pieces of one number.
std::string NonceOf(std::uint64_t index) {
  std::string nonce(kAesGcmNonceSize, '\0');
  for (std::size_t i = nonce.size(); index != 0; index >>= 8) {
    nonce[--i] = static_cast<char>(index & 0xff);
  }
  return nonce;
}

}  // namespace

ExtentKey ExtentKey::Fresh() { return ExtentKey(RandomBytes(kEncryptionKeySize)); }

Result<ExtentKey> ExtentKey::Unseal(std::string_view sealed, std::string_view key) {
  if (sealed.size() > kAesGcmNonceSize) {
    auto opened =
        AesGcmOpen(key, sealed.substr(0, kAesGcmNonceSize), sealed.substr(kAesGcmNonceSize));
    if (opened) return ExtentKey(*std::move(opened));
  }
  return Fail(Reason::kAccessDenied, "The key does not open this object");
}

std::string ExtentKey::Seal(std::string_view key) const {
  const std::string nonce = RandomBytes(kAesGcmNonceSize);
  return nonce + AesGcmSeal(key, nonce, bytes_);
}

std::string ExtentKey::SealPiece(std::uint64_t index, std::string_view plain) const {
  return AesGcmSeal(bytes_, NonceOf(index), plain);
}

Result<std::string> ExtentKey::OpenPiece(std::uint64_t index, std::string_view sealed) const {
  auto plain = AesGcmOpen(bytes_, NonceOf(index), sealed);
  if (!plain) return Fail(Reason::kCorruption, "encrypted bytes on disk are not those written");
  return *std::move(plain);
}

}  // namespace owlet::store
