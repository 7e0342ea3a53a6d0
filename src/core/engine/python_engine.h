#pragma once

#include <memory>

#include "core/engine/engine.h"
#include "core/python/function_workers.h"

namespace owlet::engine {

/// As Engine::Open; users' Python functions are computed by `workers`. Engine::Open's engines
/// refuse them.
[[nodiscard]] Result<std::unique_ptr<Engine>> OpenWithPython(
    EngineOptions options, std::shared_ptr<python::FunctionWorkers> workers,
    store::ObjectStore& objects, catalog::Catalog& catalog);

}  // namespace owlet::engine
