#pragma once

#include <memory>

#include "base/result.h"
#include "core/catalog/catalog.h"
#include "core/engine/engine.h"
#include "core/plan/resolved.h"

namespace owlet::engine {

/// A catalog's table as a source to scan: its columns in plan types, its location or its
/// partitions, its SerDe as options. kNotImplemented for views (their text is SQL, which is parsed
/// above the engine) and for formats that are not read.
[[nodiscard]] Result<std::shared_ptr<const plan::TableSource>> DescribeTable(
    const catalog::Table& table, const ExecutionContext& context, const catalog::Catalog& catalog);

}  // namespace owlet::engine
