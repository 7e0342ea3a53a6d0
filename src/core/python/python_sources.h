#pragma once

#include <array>
#include <string_view>

namespace owlet::python {

/// A Python file that the program carries.
struct PythonSource {
  std::string_view name;
  std::string_view text;
};

/// launcher.py and what it imports, which are put into one folder; function_worker.py.
[[nodiscard]] std::array<PythonSource, 3> PythonSources();

}  // namespace owlet::python
