#include "net/tls.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <limits>

namespace owlet::net {
namespace {

constexpr std::string_view kHttp11 = "\x08http/1.1";

std::string WhatFailed() {
  std::array<char, 256> text{};
  ERR_error_string_n(ERR_get_error(), text.data(), text.size());
  ERR_clear_error();
  return text.data();
}

int ChooseProtocol(SSL*, const unsigned char** chosen, unsigned char* chosen_size,
                   const unsigned char* offered, unsigned int offered_size, void*) {
  unsigned char* found = nullptr;
  const auto* ours = reinterpret_cast<const unsigned char*>(kHttp11.data());
  if (SSL_select_next_proto(&found, chosen_size, ours, static_cast<unsigned>(kHttp11.size()),
                            offered, offered_size) != OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_NOACK;
  }
  *chosen = found;
  return SSL_TLSEXT_ERR_OK;
}

int Bounded(std::size_t size) {
  return static_cast<int>(std::min<std::size_t>(size, std::numeric_limits<int>::max()));
}

}  // namespace

struct TlsSession::Parts {
  explicit Parts(SSL* made) : ssl(made, SSL_free) {}
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl;
  BIO* in = nullptr;   // owned by ssl
  BIO* out = nullptr;  // owned by ssl
};

TlsSession::TlsSession(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
TlsSession::~TlsSession() { ERR_clear_error(); }

void TlsSession::Feed(std::span<const std::byte> bytes) {
  if (BIO_write(parts_->in, bytes.data(), Bounded(bytes.size())) < 0) state_ = State::kBroken;
}

void TlsSession::Judge(int result) {
  const int error = SSL_get_error(parts_->ssl.get(), result);
  if (error == SSL_ERROR_ZERO_RETURN) {
    state_ = State::kClosed;
  } else if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) {
    state_ = State::kBroken;
  }
  ERR_clear_error();
}

bool TlsSession::Handshake() {
  ERR_clear_error();
  const int result = SSL_accept(parts_->ssl.get());
  if (result == 1) return true;
  Judge(result);
  return false;
}

std::size_t TlsSession::Read(std::span<std::byte> out) {
  ERR_clear_error();
  const int result = SSL_read(parts_->ssl.get(), out.data(), Bounded(out.size()));
  if (result > 0) return static_cast<std::size_t>(result);
  Judge(result);
  return 0;
}

bool TlsSession::Write(std::span<const std::byte> plain) {
  while (!plain.empty()) {
    ERR_clear_error();
    const int result = SSL_write(parts_->ssl.get(), plain.data(), Bounded(plain.size()));
    if (result <= 0) {
      // Memory never makes it wait.
      Judge(result);
      return false;
    }
    plain = plain.subspan(static_cast<std::size_t>(result));
  }
  return true;
}

void TlsSession::Close() {
  ERR_clear_error();
  if (state_ == State::kOpen) SSL_shutdown(parts_->ssl.get());
  ERR_clear_error();
}

std::string TlsSession::TakeOutput() {
  std::string bytes(BIO_ctrl_pending(parts_->out), '\0');
  if (!bytes.empty()) BIO_read(parts_->out, bytes.data(), Bounded(bytes.size()));
  return bytes;
}

struct TlsIdentity::Parts {
  explicit Parts(SSL_CTX* made) : context(made, SSL_CTX_free) {}
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context;
};

TlsIdentity::TlsIdentity(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
TlsIdentity::~TlsIdentity() = default;

Result<std::shared_ptr<const TlsIdentity>> TlsIdentity::Load(
    const std::filesystem::path& certificate, const std::filesystem::path& key) {
  auto parts = std::make_unique<Parts>(SSL_CTX_new(TLS_server_method()));
  SSL_CTX* context = parts->context.get();
  if (context == nullptr) return Fail(Reason::kInternal, "TLS is not there: " + WhatFailed());
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_alpn_select_cb(context, ChooseProtocol, nullptr);
  if (SSL_CTX_use_certificate_chain_file(context, certificate.c_str()) != 1) {
    return Fail(Reason::kInvalidArgument,
                "not a certificate: " + certificate.string() + ": " + WhatFailed());
  }
  if (SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(context) != 1) {
    return Fail(Reason::kInvalidArgument,
                "not the certificate's key: " + key.string() + ": " + WhatFailed());
  }
  return std::make_shared<const TlsIdentity>(std::move(parts));
}

Result<std::unique_ptr<TlsSession>> TlsIdentity::Accept() const {
  auto parts = std::make_unique<TlsSession::Parts>(SSL_new(parts_->context.get()));
  if (parts->ssl == nullptr) return Fail(Reason::kInternal, "no TLS session: " + WhatFailed());
  parts->in = BIO_new(BIO_s_mem());
  parts->out = BIO_new(BIO_s_mem());
  if (parts->in == nullptr || parts->out == nullptr) {
    BIO_free(parts->in);
    BIO_free(parts->out);
    return Fail(Reason::kInternal, "no TLS session: " + WhatFailed());
  }
  // An empty memory means "wait", not "the end".
  BIO_set_mem_eof_return(parts->in, -1);
  SSL_set_bio(parts->ssl.get(), parts->in, parts->out);
  return std::unique_ptr<TlsSession>(new TlsSession(std::move(parts)));
}

}  // namespace owlet::net
