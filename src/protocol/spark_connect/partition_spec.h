#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/catalog/model.h"
#include "core/sql/statement.h"

namespace owlet::spark_connect {

/// A constant of a PARTITION clause as its folder says it; NULL is Hive's default partition.
/// kNotImplemented for an expression that is no constant.
[[nodiscard]] Result<std::string> PartitionText(const plan::ExpressionPtr& value);

/// The value of each partition column that the clause names, in the table's order; nothing for the
/// others. A column that is none of the table's partition columns is PARTITIONS_NOT_FOUND.
[[nodiscard]] Result<std::vector<std::optional<std::string>>> ReadPartitionSpec(
    const catalog::Table& table, const sql::PartitionSpec& spec);

}  // namespace owlet::spark_connect
