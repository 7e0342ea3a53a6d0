#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"

// What the catalog holds, in the shape of Glue's data catalog (the API reference's Database, Table,
// Partition), since that is the shape in which Glue, Athena, Spark and Trino share tables. An empty
// string or list means "not given", as it does for those who read them.

namespace owlet::catalog {

using Properties = std::map<std::string, std::string>;

/// A column; `type` is Hive's text ("bigint", "array<struct<a:string>>"), see hive_types.h.
struct Column {
  std::string name;
  std::string type;
  std::string comment = {};
  Properties parameters = {};

  bool operator==(const Column&) const = default;
};

struct SerDe {
  std::string name = {};
  std::string library = {};  // the Java class: "org.openx.data.jsonserde.JsonSerDe"
  Properties parameters = {};

  bool operator==(const SerDe&) const = default;
};

struct SortColumn {
  std::string column;
  bool ascending = true;

  bool operator==(const SortColumn&) const = default;
};

struct SkewedInfo {
  std::vector<std::string> columns = {};
  std::vector<std::string> values = {};
  Properties locations = {};  // value -> location

  bool operator==(const SkewedInfo&) const = default;
};

/// A pointer into Glue's schema registry; kept as given.
struct SchemaReference {
  std::string schema_arn = {};
  std::string schema_name = {};
  std::string registry_name = {};
  std::string version_id = {};
  std::optional<std::int64_t> version_number = std::nullopt;

  bool operator==(const SchemaReference&) const = default;
};

/// Where and how the rows lie.
struct StorageDescriptor {
  std::vector<Column> columns = {};  // without the partition keys
  std::string location = {};         // "s3://bucket/folder/"
  std::vector<std::string> additional_locations = {};
  std::string input_format = {};
  std::string output_format = {};
  bool compressed = false;
  std::int32_t number_of_buckets = 0;
  std::optional<SerDe> serde = std::nullopt;
  std::vector<std::string> bucket_columns = {};
  std::vector<SortColumn> sort_columns = {};
  Properties parameters = {};
  std::optional<SkewedInfo> skewed = std::nullopt;
  bool stored_as_subdirectories = false;
  std::optional<SchemaReference> schema_reference = std::nullopt;

  bool operator==(const StorageDescriptor&) const = default;
};

struct Database {
  std::string name;
  std::string description = {};
  std::string location = {};
  Properties parameters = {};
  Timestamp create_time = {};

  bool operator==(const Database&) const = default;
};

/// Table types in use: EXTERNAL_TABLE, MANAGED_TABLE, VIRTUAL_VIEW.
struct Table {
  std::string database;
  std::string name;
  std::string description = {};
  std::string owner = {};
  Timestamp create_time = {};
  Timestamp update_time = {};
  std::optional<Timestamp> last_access_time = std::nullopt;
  std::optional<Timestamp> last_analyzed_time = std::nullopt;
  std::int32_t retention = 0;
  std::optional<StorageDescriptor> storage = std::nullopt;
  std::vector<Column> partition_keys = {};
  std::string view_original_text = {};
  std::string view_expanded_text = {};
  std::string table_type = {};
  Properties parameters = {};
  std::string created_by = {};
  std::uint64_t version = 0;  // Glue's VersionId; counts up with every update

  /// storage->columns, or none.
  [[nodiscard]] const std::vector<Column>& Columns() const;
  [[nodiscard]] bool IsView() const { return table_type == "VIRTUAL_VIEW"; }
  [[nodiscard]] bool IsIceberg() const;  // parameters table_type = ICEBERG, without case

  bool operator==(const Table&) const = default;
};

/// One partition of a table: `values` in the order of the table's partition keys.
struct Partition {
  std::vector<std::string> values;
  Timestamp create_time = {};
  std::optional<Timestamp> last_access_time = std::nullopt;
  std::optional<Timestamp> last_analyzed_time = std::nullopt;
  std::optional<StorageDescriptor> storage = std::nullopt;
  Properties parameters = {};

  bool operator==(const Partition&) const = default;
};

/// The value by which Hive and Athena name a NULL partition.
inline constexpr char kDefaultPartition[] = "__HIVE_DEFAULT_PARTITION__";

/// "dt=2024-01-01/hour=3", each part escaped as Hive escapes it (% and hex for what a path cannot
/// hold).
std::string PartitionName(const std::vector<Column>& keys, const std::vector<std::string>& values);
/// Escapes one name or value of a partition folder; and back.
std::string EscapePartitionPart(std::string_view part);
std::string UnescapePartitionPart(std::string_view part);
/// The values of "dt=2024-01-01/hour=3" when its names are the keys in order; nothing otherwise.
std::optional<std::vector<std::string>> ParsePartitionName(const std::vector<Column>& keys,
                                                           std::string_view path);

}  // namespace owlet::catalog
