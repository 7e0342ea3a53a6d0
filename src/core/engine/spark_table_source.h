#pragma once

#include "base/result.h"
#include "core/catalog/model.h"
#include "core/plan/resolved.h"

namespace owlet::engine {

/// A table that Spark made from a data source (its parameters say `spark.sql.sources.provider`):
/// the reader's format and options, which Hive's classes do not say for csv and text, and the
/// columns with the names and types that Spark wrote down, as long as the catalog still has them.
/// False, and nothing changed, for other tables.
[[nodiscard]] bool DescribeSparkSource(const catalog::Table& table, plan::TableSource& source);

/// The parameter under which Spark keeps a table's schema as JSON.
inline constexpr char kSparkSchemaParameter[] = "spark.sql.sources.schema";
inline constexpr char kSparkProviderParameter[] = "spark.sql.sources.provider";

}  // namespace owlet::engine
