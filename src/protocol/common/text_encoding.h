#pragma once

#include <string>
#include <string_view>

namespace owlet::protocol {

[[nodiscard]] bool IsUtf8(std::string_view text);

/// The text with U+FFFD in place of each byte that belongs to no UTF-8 sequence.
[[nodiscard]] std::string RepairUtf8(std::string_view text);

}  // namespace owlet::protocol
