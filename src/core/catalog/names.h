#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/catalog/catalog.h"
#include "core/catalog/model.h"

// The catalog's rules for names and partition values, and its errors in Glue's words.

namespace owlet::catalog {

/// So many partitions one query may read.
inline constexpr std::size_t kMaximumPartitions = 1'000'000;

/// ASCII lower case, as Glue keeps the names of databases and tables.
[[nodiscard]] std::string FoldName(std::string_view name);
[[nodiscard]] TableName FoldName(const TableName& name);

/// 1 to 255 bytes without control characters; `what` is "Database name" or the like.
[[nodiscard]] Status CheckName(std::string_view what, std::string_view name);
/// As many values as the table has keys, none empty.
[[nodiscard]] Status CheckPartitionValues(const Table& table,
                                          const std::vector<std::string>& values);

/// One function of a PartitionPredicate; null when it keeps all.
[[nodiscard]] std::function<bool(const std::vector<std::string>&)> CompilePredicate(
    const std::vector<Column>& partition_keys, const PartitionPredicate& predicate);

[[nodiscard]] std::unexpected<Error> DatabaseNotFound(std::string_view database);
[[nodiscard]] std::unexpected<Error> TableNotFound(const TableName& name);
[[nodiscard]] std::unexpected<Error> PartitionNotFound();

}  // namespace owlet::catalog
