#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace owlet::net {

/// One TLS connection's server side (1.2 and 1.3, HTTP/1.1 by ALPN), apart from its socket: bytes
/// of the wire are fed in and taken out, so that whoever owns the socket decides when to wait. For
/// one thread at a time.
class TlsSession {
 public:
  enum class State : std::uint8_t { kOpen, kClosed, kBroken };

  ~TlsSession();
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  /// Bytes that came from the wire.
  void Feed(std::span<const std::byte> bytes);
  /// Goes on with the handshake as far as what was fed allows; true when it is done.
  [[nodiscard]] bool Handshake();
  /// Plain bytes into `out`; 0 when more must be fed, or the state is not open any more.
  [[nodiscard]] std::size_t Read(std::span<std::byte> out);
  /// Encrypts all of `plain`; false when the connection cannot be written to any more.
  [[nodiscard]] bool Write(std::span<const std::byte> plain);
  /// Tells the other side that nothing follows.
  void Close();
  /// What must go to the wire now; empties it.
  [[nodiscard]] std::string TakeOutput();
  [[nodiscard]] State state() const { return state_; }

 private:
  friend class TlsIdentity;
  struct Parts;
  explicit TlsSession(std::unique_ptr<Parts> parts);
  void Judge(int result);
  std::unique_ptr<Parts> parts_;
  State state_ = State::kOpen;
};

/// A server's certificate and key. Thread-safe.
class TlsIdentity {
 public:
  /// PEM files: the certificate with those above it, and its key. kInvalidArgument.
  [[nodiscard]] static Result<std::shared_ptr<const TlsIdentity>> Load(
      const std::filesystem::path& certificate, const std::filesystem::path& key);
  ~TlsIdentity();
  TlsIdentity(const TlsIdentity&) = delete;
  TlsIdentity& operator=(const TlsIdentity&) = delete;

  [[nodiscard]] Result<std::unique_ptr<TlsSession>> Accept() const;

  struct Parts;
  /// Use Load.
  explicit TlsIdentity(std::unique_ptr<Parts> parts);

 private:
  std::unique_ptr<Parts> parts_;
};

/// Where a local certificate authority keeps its files.
struct LocalAuthority {
  std::filesystem::path authority;    // the certificate that clients are to trust
  std::filesystem::path certificate;  // the server's
  std::filesystem::path key;          // the server's
};

/// Makes a certificate authority of this machine's own in `folder` at the first call, and a
/// certificate by it for `names` (DNS names, wildcards among them, and IP addresses) whenever there
/// is none for exactly these that is good for another month. Only the owner can read the keys.
[[nodiscard]] Result<LocalAuthority> EnsureLocalAuthority(const std::filesystem::path& folder,
                                                          const std::vector<std::string>& names);

}  // namespace owlet::net
