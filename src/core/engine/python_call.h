#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/plan/resolved.h"

namespace owlet::engine {

/// A user's Python function that a statement calls, with the types of its arguments.
struct PythonCall {
  std::shared_ptr<const plan::PythonFunction> function;
  std::vector<plan::Type> inputs;
  plan::Type result;
};

/// What a worker is told of it (core/python/function_worker.py: About), as JSON. `time_zone` is
/// what pandas' times are shown in.
[[nodiscard]] std::string DescribePythonCall(const PythonCall& call, const std::string& time_zone);

}  // namespace owlet::engine
