#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace owlet {

/// Lower-case hex.
[[nodiscard]] std::string EncodeHex(std::string_view bytes);
/// Either case; nothing when it is not hex.
[[nodiscard]] std::optional<std::string> DecodeHex(std::string_view text);

/// With padding (RFC 4648, 4).
[[nodiscard]] std::string EncodeBase64(std::string_view bytes);
/// Strict: padding needed, no white space; nothing when it is not Base64.
[[nodiscard]] std::optional<std::string> DecodeBase64(std::string_view text);

}  // namespace owlet
