#pragma once

#include <string_view>

namespace owlet::python {

/// The text of launcher.py, which the program carries.
[[nodiscard]] std::string_view LauncherSource();

}  // namespace owlet::python
