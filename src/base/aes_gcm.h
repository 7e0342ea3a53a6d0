#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

// AES-256 in Galois/Counter Mode (NIST SP 800-38D), by OpenSSL.

namespace owlet {

inline constexpr std::size_t kAesGcmNonceSize = 12;
inline constexpr std::size_t kAesGcmTagSize = 16;

/// The encrypted bytes with their tag behind them. `key` has 32 bytes; a nonce is used once for a
/// key.
[[nodiscard]] std::string AesGcmSeal(std::string_view key, std::string_view nonce,
                                     std::string_view plain);

/// The reverse; nothing when key, nonce or bytes are not those that were sealed.
[[nodiscard]] std::optional<std::string> AesGcmOpen(std::string_view key, std::string_view nonce,
                                                    std::string_view sealed);

}  // namespace owlet
