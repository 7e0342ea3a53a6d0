#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "core/access/principal.h"
#include "core/catalog/catalog.h"
#include "core/plan/relation.h"

namespace owlet::jobs {

/// What `information_schema.<table>` shows of the catalog at this moment, as rows that stand in the
/// statement: schemata, tables, views, columns, with Trino's columns. Nothing for another name.
[[nodiscard]] Result<std::optional<plan::RelationPtr>> InformationSchema(
    const catalog::Catalog& catalog, const access::Principal& principal, std::string_view table);

}  // namespace owlet::jobs
