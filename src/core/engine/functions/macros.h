#pragma once

#include <span>
#include <string_view>

namespace owlet::engine {

/// The CREATE MACRO statements of both dialects, in order: a later one may use an earlier one.
[[nodiscard]] std::span<const std::string_view> MacroStatements();

}  // namespace owlet::engine
