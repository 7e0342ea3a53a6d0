#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace owlet {

enum class DigestKind : std::uint8_t { kMd5, kSha1, kSha224, kSha256, kSha384, kSha512 };

/// A cryptographic digest over bytes in order. Not thread-safe.
class Digest {
 public:
  explicit Digest(DigestKind kind);
  ~Digest();
  Digest(Digest&&) noexcept;
  Digest& operator=(Digest&&) noexcept;

  void Append(std::span<const std::byte> bytes);
  void Append(std::string_view bytes) { Append(std::as_bytes(std::span(bytes))); }
  /// The raw bytes. Ends it.
  [[nodiscard]] std::string Finish();

  /// Of bytes in memory.
  [[nodiscard]] static std::string Of(DigestKind kind, std::string_view bytes);

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

/// Raw bytes (RFC 2104).
[[nodiscard]] std::string Hmac(DigestKind kind, std::string_view key, std::string_view bytes);
[[nodiscard]] std::string HmacSha256(std::string_view key, std::string_view bytes);
[[nodiscard]] std::string HmacSha1(std::string_view key, std::string_view bytes);

/// Equal, in a time that does not tell where they differ.
[[nodiscard]] bool EqualInConstantTime(std::string_view a, std::string_view b);

/// Bytes that nobody can guess.
[[nodiscard]] std::string RandomBytes(std::size_t count);

}  // namespace owlet
