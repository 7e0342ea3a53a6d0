#pragma once

#include <string>
#include <string_view>

#include "core/plan/literal.h"
#include "core/plan/session.h"

namespace owlet::tests {

/// A value of that dialect as README.md says golden files write it.
std::string ValueText(const plan::Literal& value, plan::Dialect dialect);

/// Tabs, newlines and backslashes escaped.
std::string EscapeText(std::string_view text);

}  // namespace owlet::tests
