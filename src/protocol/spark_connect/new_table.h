#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/catalog/catalog.h"
#include "core/plan/relation.h"
#include "core/sql/statement.h"

namespace owlet::spark_connect {

/// What saveAsTable and CREATE TABLE say of a new table beside its columns.
struct NewTable {
  sql::Name name;
  std::string provider = "parquet";
  std::string location = {};  // "": below the database's location, or spark.sql.warehouse.dir
  std::vector<std::string> partition_by = {};
  std::string comment = {};
  plan::Options options = {};
  catalog::Properties properties = {};
  std::map<std::string, std::string> comments = {};  // by column
  /// STORED AS and ROW FORMAT: a table of Hive's, with its classes and their properties; the
  /// provider is "hive" then.
  std::optional<catalog::StorageDescriptor> hive = std::nullopt;
  std::optional<sql::Buckets> buckets = std::nullopt;
};

/// The catalog's entry of a new table that lies in the folder `location`. Errors are Spark's:
/// COLUMN_ALREADY_EXISTS, COLUMN_NOT_DEFINED_IN_TABLE, ALL_PARTITION_COLUMNS_NOT_ALLOWED,
/// DATA_SOURCE_NOT_FOUND; a provider that owlet has no files of is kNotImplemented.
[[nodiscard]] Result<catalog::Table> DescribeNewTable(const NewTable& wanted,
                                                      const catalog::TableName& name,
                                                      const plan::Schema& schema,
                                                      std::string location);

}  // namespace owlet::spark_connect
