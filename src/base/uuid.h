#pragma once

#include <string>
#include <string_view>

namespace owlet {

/// A version-4 UUID from random bytes: "8a6f0c1e-…", lower case. Thread-safe.
[[nodiscard]] std::string NewUuid();

/// 8-4-4-4-12 hexadecimal digits, any version, either case.
[[nodiscard]] bool IsUuid(std::string_view text);

}  // namespace owlet
