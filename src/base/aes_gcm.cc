#include "base/aes_gcm.h"

#include <openssl/evp.h>

#include <memory>

#include "base/check.h"

namespace owlet {
namespace {

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* Bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

constexpr std::size_t kKeySize = 32;

}  // namespace

std::string AesGcmSeal(std::string_view key, std::string_view nonce, std::string_view plain) {
  OWLET_CHECK(key.size() == kKeySize && nonce.size() == kAesGcmNonceSize);
  const Context context(EVP_CIPHER_CTX_new());
  OWLET_CHECK(
      EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, Bytes(key), Bytes(nonce)) == 1);
  std::string sealed(plain.size() + kAesGcmTagSize, '\0');
  int written = 0;
  OWLET_CHECK(EVP_EncryptUpdate(context.get(), Bytes(sealed), &written, Bytes(plain),
                                static_cast<int>(plain.size())) == 1);
  int last = 0;
  OWLET_CHECK(EVP_EncryptFinal_ex(context.get(), Bytes(sealed) + written, &last) == 1);
  OWLET_CHECK(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kAesGcmTagSize,
                                  sealed.data() + plain.size()) == 1);
  return sealed;
}

std::optional<std::string> AesGcmOpen(std::string_view key, std::string_view nonce,
                                      std::string_view sealed) {
  OWLET_CHECK(key.size() == kKeySize && nonce.size() == kAesGcmNonceSize);
  if (sealed.size() < kAesGcmTagSize) return std::nullopt;
  const std::size_t size = sealed.size() - kAesGcmTagSize;
  const Context context(EVP_CIPHER_CTX_new());
  OWLET_CHECK(
      EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, Bytes(key), Bytes(nonce)) == 1);
  std::string plain(size, '\0');
  int written = 0;
  OWLET_CHECK(EVP_DecryptUpdate(context.get(), Bytes(plain), &written, Bytes(sealed),
                                static_cast<int>(size)) == 1);
  std::string tag(sealed.substr(size));
  OWLET_CHECK(
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kAesGcmTagSize, tag.data()) == 1);
  int last = 0;
  if (EVP_DecryptFinal_ex(context.get(), Bytes(plain) + written, &last) != 1) return std::nullopt;
  return plain;
}

}  // namespace owlet
