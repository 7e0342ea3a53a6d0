#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

// Encryption at rest. Each extent has a random key of its own, sealed (AES-256-GCM) by the key of
// its object's encryption: the client's (SSE-C), or one that follows from the data folder's master
// key (SSE-S3, SSE-KMS). The bytes are sealed in pieces, so that a range can be read alone.

namespace owlet::store {

enum class EncryptionMode : std::uint8_t {
  kNone = 0,
  kS3,        // "AES256"
  kKms,       // "aws:kms"
  kKmsDsse,   // "aws:kms:dsse"
  kCustomer,  // SSE-C: the client keeps the key
};

/// What an object tells of its encryption; never a key.
struct Encryption {
  EncryptionMode mode = EncryptionMode::kNone;
  std::string kms_key_id;
  std::string kms_context;  // Base64 of JSON, as it was given
  bool bucket_key = false;
  std::string customer_key_md5;  // Base64
  bool operator==(const Encryption&) const = default;
};

inline constexpr std::size_t kEncryptionKeySize = 32;

/// Plain bytes in one sealed piece, and what sealing adds to it.
inline constexpr std::uint64_t kSealedPiece = 64ULL << 10;
inline constexpr std::uint64_t kSealOverhead = 16;

/// The bytes on disk of so many plain ones, and the reverse.
[[nodiscard]] constexpr std::uint64_t SealedSize(std::uint64_t plain) {
  return plain + (plain + kSealedPiece - 1) / kSealedPiece * kSealOverhead;
}
[[nodiscard]] constexpr std::uint64_t PlainSize(std::uint64_t sealed) {
  const std::uint64_t piece = kSealedPiece + kSealOverhead;
  return sealed - (sealed + piece - 1) / piece * kSealOverhead;
}

/// The key of one extent. Immutable and thread-safe.
class ExtentKey {
 public:
  [[nodiscard]] static ExtentKey Fresh();
  /// kAccessDenied when `sealed` was not sealed by `key`.
  [[nodiscard]] static Result<ExtentKey> Unseal(std::string_view sealed, std::string_view key);
  [[nodiscard]] std::string Seal(std::string_view key) const;

  /// The piece number `index`, with its tag behind it.
  [[nodiscard]] std::string SealPiece(std::uint64_t index, std::string_view plain) const;
  /// kCorruption.
  [[nodiscard]] Result<std::string> OpenPiece(std::uint64_t index, std::string_view sealed) const;

 private:
  explicit ExtentKey(std::string bytes) : bytes_(std::move(bytes)) {}
  std::string bytes_;
};

}  // namespace owlet::store
