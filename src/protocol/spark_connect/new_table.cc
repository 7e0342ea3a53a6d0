#include "protocol/spark_connect/new_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/ascii.h"
#include "core/catalog/hive_types.h"
#include "core/catalog/table_format.h"
#include "core/engine/spark_table_source.h"
#include "core/plan/type_names.h"

namespace owlet::spark_connect {

namespace {

std::unexpected<Error> Refuse(std::string condition, std::string message,
                              std::vector<std::pair<std::string, std::string>> parameters) {
  return Fail(Error{.reason = Reason::kAnalysisError,
                    .message = std::move(message),
                    .condition = std::move(condition),
                    .parameters = std::move(parameters)});
}

Status CheckColumns(const NewTable& wanted, const catalog::TableName& name,
                    const plan::Schema& schema) {
  std::set<std::string> seen;
  std::string columns;
  for (const plan::Field& field : schema) {
    columns += fmt::format("{}`{}`", columns.empty() ? "" : ", ", field.name);
    if (seen.insert(ToLowerAscii(field.name)).second) continue;
    return Refuse("COLUMN_ALREADY_EXISTS", "two columns of one name: " + field.name,
                  {{"columnName", fmt::format("`{}`", ToLowerAscii(field.name))}});
  }
  const auto check = [&](const std::vector<std::string>& names, const char* kind) -> Status {
    for (const std::string& column : names) {
      if (seen.contains(ToLowerAscii(column))) continue;
      return Refuse(
          "COLUMN_NOT_DEFINED_IN_TABLE", "no such column: " + column,
          {{"colType", kind},
           {"colName", fmt::format("`{}`", column)},
           {"tableName", fmt::format("`spark_catalog`.`{}`.`{}`", name.database, name.table)},
           {"tableCols", columns}});
    }
    return {};
  };
  OWLET_CHECK_OK(check(wanted.partition_by, "partition"));
  if (wanted.buckets) OWLET_CHECK_OK(check(wanted.buckets->columns, "bucket"));
  if (!schema.empty() && wanted.partition_by.size() == schema.size()) {
    return Refuse("ALL_PARTITION_COLUMNS_NOT_ALLOWED", "all columns are partition columns", {});
  }
  return {};
}

/// Hive's classes for the files of a data source of Spark.
Result<catalog::StorageDescriptor> StorageOf(const NewTable& wanted, const std::string& provider) {
  if (wanted.hive) return *wanted.hive;
  static constexpr std::array<std::string_view, 4> kWritten = {"parquet", "json", "csv", "text"};
  static constexpr std::array<std::string_view, 6> kOthers = {"orc",  "avro",  "xml",
                                                              "jdbc", "delta", "iceberg"};
  if (std::ranges::find(kOthers, provider) != kOthers.end()) {
    return Fail(Reason::kNotImplemented, "tables of the format " + wanted.provider,
                "UNSUPPORTED_FEATURE");
  }
  const auto classes = catalog::FindStorageClasses(provider == "text" ? "textfile" : provider);
  if (std::ranges::find(kWritten, provider) == kWritten.end() || !classes) {
    return Refuse("DATA_SOURCE_NOT_FOUND", "no such data source: " + wanted.provider,
                  {{"provider", wanted.provider}});
  }
  catalog::StorageDescriptor storage;
  storage.input_format = classes->input_format;
  storage.output_format = classes->output_format;
  storage.serde.emplace().library = classes->serde;
  storage.serde->parameters["serialization.format"] = "1";
  for (const auto& [key, value] : wanted.options) storage.serde->parameters[key] = value;
  // What Spark's csv holds is text that Hive's class can split, but for its quotes.
  if (provider == "csv") {
    std::string separator = ",";
    for (const auto& [key, value] : wanted.options) {
      if (EqualsIgnoringCase(key, "sep") || EqualsIgnoringCase(key, "delimiter")) separator = value;
    }
    storage.serde->parameters.try_emplace("field.delim", separator);
  }
  return storage;
}

}  // namespace

Result<catalog::Table> DescribeNewTable(const NewTable& wanted, const catalog::TableName& name,
                                        const plan::Schema& schema, std::string location) {
  OWLET_CHECK_OK(CheckColumns(wanted, name, schema));
  const std::string provider = ToLowerAscii(wanted.provider);
  catalog::Table table;
  table.database = name.database;
  table.name = name.table;
  table.description = wanted.comment;
  table.owner = "hadoop";
  table.table_type = wanted.location.empty() ? "MANAGED_TABLE" : "EXTERNAL_TABLE";
  OWLET_TRY(table.storage, StorageOf(wanted, provider));
  table.storage->location = std::move(location);
  const auto is_key = [&](const plan::Field& field) {
    return std::ranges::any_of(wanted.partition_by, [&](const std::string& key) {
      return EqualsIgnoringCase(key, field.name);
    });
  };
  const auto describe = [&](const plan::Field& field) -> Result<catalog::Column> {
    OWLET_TRY(std::string type, catalog::FormatHiveType(field.type));
    const auto comment = wanted.comments.find(field.name);
    return catalog::Column{.name = field.name,
                           .type = std::move(type),
                           .comment = comment == wanted.comments.end() ? "" : comment->second};
  };
  plan::Schema ordered;
  for (const plan::Field& field : schema) {
    if (is_key(field)) continue;
    OWLET_TRY(catalog::Column column, describe(field));
    table.storage->columns.push_back(std::move(column));
    ordered.push_back(field);
  }
  for (const std::string& key : wanted.partition_by) {
    for (const plan::Field& field : schema) {
      if (!EqualsIgnoringCase(field.name, key)) continue;
      OWLET_TRY(catalog::Column column, describe(field));
      table.partition_keys.push_back(std::move(column));
      ordered.push_back(field);
    }
  }
  table.parameters = wanted.properties;
  if (!wanted.hive) table.parameters[engine::kSparkProviderParameter] = provider;
  table.parameters[engine::kSparkSchemaParameter] = plan::SparkSchemaJson(ordered);
  if (!wanted.location.empty()) table.parameters["EXTERNAL"] = "TRUE";
  return table;
}

}  // namespace owlet::spark_connect
