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

/// The rows of "t$partitions": the partition columns' values of each partition. kInvalidArgument
/// for a table without partition keys.
[[nodiscard]] Result<plan::RelationPtr> PartitionsRelation(const catalog::Catalog& catalog,
                                                           const access::Principal& principal,
                                                           const catalog::Table& table);

}  // namespace owlet::jobs
