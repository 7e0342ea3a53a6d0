#pragma once

#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "core/catalog/catalog.h"
#include "core/catalog/model.h"

namespace owlet::catalog {

/// Whether the table's partitions come from its properties (`projection.enabled`), as Athena reads
/// them, and not from the catalog.
[[nodiscard]] bool HasProjection(const Table& table);

/// The partitions that the properties `projection.<key>.type` (enum, integer, date, injected),
/// `.values`, `.range`, `.interval`, `.interval.unit`, `.digits`, `.format` and
/// `storage.location.template` describe and that `predicate` keeps, in the order of the values.
/// `now` stands for NOW in ranges of dates. Errors: kInvalidArgument (condition
/// "INVALID_TABLE_PROPERTY", or "CONSTRAINT_VIOLATION" for an injected key without a value in the
/// predicate), kLimitExceeded.
[[nodiscard]] Result<std::vector<Partition>> ProjectPartitions(const Table& table,
                                                               const PartitionPredicate& predicate,
                                                               Timestamp now);

}  // namespace owlet::catalog
