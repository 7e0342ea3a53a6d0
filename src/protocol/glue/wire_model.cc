#include "protocol/glue/wire_model.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <utility>
#include <vector>

namespace owlet::glue {
namespace {

namespace wire = aws::glue;

/// Nothing for an empty text, list or map.
template <class T>
std::optional<T> Given(const T& value) {
  return value.empty() ? std::nullopt : std::optional(value);
}

wire::Column ToWireColumn(const catalog::Column& column) {
  wire::Column result;
  result.name = column.name;
  result.type = Given(column.type);
  result.comment = Given(column.comment);
  result.parameters = Given(column.parameters);
  return result;
}

std::vector<wire::Column> ToWireColumns(const std::vector<catalog::Column>& columns) {
  std::vector<wire::Column> result;
  result.reserve(columns.size());
  for (const auto& column : columns) result.push_back(ToWireColumn(column));
  return result;
}

wire::SchemaReference ToWireReference(const catalog::SchemaReference& reference) {
  wire::SchemaReference result;
  if (!reference.schema_arn.empty() || !reference.schema_name.empty()) {
    result.schema_id = wire::SchemaId{.schema_arn = Given(reference.schema_arn),
                                      .schema_name = Given(reference.schema_name),
                                      .registry_name = Given(reference.registry_name)};
  }
  result.schema_version_id = Given(reference.version_id);
  result.schema_version_number = reference.version_number;
  return result;
}

wire::StorageDescriptor ToWireStorage(const catalog::StorageDescriptor& storage) {
  wire::StorageDescriptor result;
  result.columns = ToWireColumns(storage.columns);
  result.location = Given(storage.location);
  result.additional_locations = Given(storage.additional_locations);
  result.input_format = Given(storage.input_format);
  result.output_format = Given(storage.output_format);
  result.compressed = storage.compressed;
  result.number_of_buckets = storage.number_of_buckets;
  if (storage.serde) {
    result.serde_info = wire::SerDeInfo{.name = Given(storage.serde->name),
                                        .serialization_library = Given(storage.serde->library),
                                        .parameters = storage.serde->parameters};
  }
  result.bucket_columns = Given(storage.bucket_columns);
  if (!storage.sort_columns.empty()) {
    auto& columns = result.sort_columns.emplace();
    for (const auto& column : storage.sort_columns) {
      columns.push_back({.column = column.column, .sort_order = column.ascending ? 1 : 0});
    }
  }
  result.parameters = Given(storage.parameters);
  if (storage.skewed) {
    result.skewed_info =
        wire::SkewedInfo{.skewed_column_names = storage.skewed->columns,
                         .skewed_column_values = storage.skewed->values,
                         .skewed_column_value_location_maps = storage.skewed->locations};
  }
  result.stored_as_sub_directories = storage.stored_as_subdirectories;
  if (storage.schema_reference) {
    result.schema_reference = ToWireReference(*storage.schema_reference);
  }
  return result;
}

std::vector<catalog::Column> FromWireColumns(
    const std::optional<std::vector<wire::Column>>& columns) {
  std::vector<catalog::Column> result;
  if (!columns) return result;
  for (const auto& column : *columns) {
    result.push_back({.name = column.name,
                      .type = column.type.value_or(""),
                      .comment = column.comment.value_or(""),
                      .parameters = column.parameters.value_or(catalog::Properties{})});
  }
  return result;
}

std::optional<catalog::StorageDescriptor> FromWireStorage(
    const std::optional<wire::StorageDescriptor>& input) {
  if (!input) return std::nullopt;
  catalog::StorageDescriptor storage;
  storage.columns = FromWireColumns(input->columns);
  storage.location = input->location.value_or("");
  storage.additional_locations = input->additional_locations.value_or(std::vector<std::string>{});
  storage.input_format = input->input_format.value_or("");
  storage.output_format = input->output_format.value_or("");
  storage.compressed = input->compressed.value_or(false);
  storage.number_of_buckets = input->number_of_buckets.value_or(0);
  if (input->serde_info) {
    storage.serde =
        catalog::SerDe{.name = input->serde_info->name.value_or(""),
                       .library = input->serde_info->serialization_library.value_or(""),
                       .parameters = input->serde_info->parameters.value_or(catalog::Properties{})};
  }
  storage.bucket_columns = input->bucket_columns.value_or(std::vector<std::string>{});
  if (input->sort_columns) {
    for (const auto& order : *input->sort_columns) {
      storage.sort_columns.push_back({.column = order.column, .ascending = order.sort_order != 0});
    }
  }
  storage.parameters = input->parameters.value_or(catalog::Properties{});
  if (const auto& skewed = input->skewed_info) {
    storage.skewed = catalog::SkewedInfo{
        .columns = skewed->skewed_column_names.value_or(std::vector<std::string>{}),
        .values = skewed->skewed_column_values.value_or(std::vector<std::string>{}),
        .locations = skewed->skewed_column_value_location_maps.value_or(catalog::Properties{})};
  }
  storage.stored_as_subdirectories = input->stored_as_sub_directories.value_or(false);
  if (const auto& reference = input->schema_reference) {
    const auto id = reference->schema_id.value_or(wire::SchemaId{});
    storage.schema_reference =
        catalog::SchemaReference{.schema_arn = id.schema_arn.value_or(""),
                                 .schema_name = id.schema_name.value_or(""),
                                 .registry_name = id.registry_name.value_or(""),
                                 .version_id = reference->schema_version_id.value_or(""),
                                 .version_number = reference->schema_version_number};
  }
  return storage;
}

}  // namespace

std::string CatalogIdOf(const access::Principal& principal) {
  return principal.account_id.empty() ? std::string(access::kDefaultAccount) : principal.account_id;
}

Status CheckCatalogId(const access::Principal& principal,
                      const std::optional<std::string>& catalog_id) {
  if (!catalog_id || *catalog_id == CatalogIdOf(principal)) return {};
  return Fail(Reason::kEntityNotFound, fmt::format("Catalog {} not found.", *catalog_id));
}

wire::Database ToWire(const catalog::Database& database, const std::string& catalog_id) {
  wire::Database result;
  result.name = database.name;
  result.description = Given(database.description);
  result.location_uri = Given(database.location);
  result.parameters = Given(database.parameters);
  result.create_time = database.create_time;
  // Without Lake Formation every database has this one grant: access is IAM's matter.
  wire::PrincipalPermissions everyone;
  everyone.principal.emplace().data_lake_principal_identifier = "IAM_ALLOWED_PRINCIPALS";
  everyone.permissions = std::vector<std::string>{"ALL"};
  result.create_table_default_permissions = std::vector{everyone};
  result.catalog_id = catalog_id;
  return result;
}

wire::Table ToWire(const catalog::Table& table, const std::string& catalog_id) {
  wire::Table result;
  result.name = table.name;
  result.database_name = table.database;
  result.description = Given(table.description);
  result.owner = Given(table.owner);
  result.create_time = table.create_time;
  result.update_time = table.update_time;
  result.last_access_time = table.last_access_time;
  result.last_analyzed_time = table.last_analyzed_time;
  result.retention = table.retention;
  if (table.storage) result.storage_descriptor = ToWireStorage(*table.storage);
  result.partition_keys = ToWireColumns(table.partition_keys);
  result.view_original_text = Given(table.view_original_text);
  result.view_expanded_text = Given(table.view_expanded_text);
  result.table_type = Given(table.table_type);
  result.parameters = table.parameters;
  result.created_by = Given(table.created_by);
  result.is_registered_with_lake_formation = false;
  result.catalog_id = catalog_id;
  result.version_id = std::to_string(table.version);
  result.is_multi_dialect_view = false;
  return result;
}

wire::Partition ToWire(const catalog::Partition& partition, const catalog::TableName& table,
                       const std::string& catalog_id) {
  wire::Partition result;
  result.values = partition.values;
  result.database_name = table.database;
  result.table_name = table.table;
  result.creation_time = partition.create_time;
  result.last_access_time = partition.last_access_time;
  result.last_analyzed_time = partition.last_analyzed_time;
  if (partition.storage) result.storage_descriptor = ToWireStorage(*partition.storage);
  result.parameters = partition.parameters;
  result.catalog_id = catalog_id;
  return result;
}

Result<catalog::Database> FromWire(const wire::DatabaseInput& input) {
  if (input.target_database || input.federated_database) {
    return Fail(Reason::kNotImplemented, "owlet has no links to databases of other catalogs");
  }
  return catalog::Database{.name = input.name,
                           .description = input.description.value_or(""),
                           .location = input.location_uri.value_or(""),
                           .parameters = input.parameters.value_or(catalog::Properties{})};
}

Result<catalog::Table> FromWire(const std::string& database, const wire::TableInput& input) {
  if (input.target_table || input.federated_table) {
    return Fail(Reason::kNotImplemented, "owlet has no links to tables of other catalogs");
  }
  if (input.view_definition) {
    return Fail(Reason::kNotImplemented, "owlet has no multi-dialect views");
  }
  catalog::Table table;
  table.database = database;
  table.name = input.name;
  table.description = input.description.value_or("");
  table.owner = input.owner.value_or("");
  table.last_access_time = input.last_access_time;
  table.last_analyzed_time = input.last_analyzed_time;
  table.retention = input.retention.value_or(0);
  table.storage = FromWireStorage(input.storage_descriptor);
  table.partition_keys = FromWireColumns(input.partition_keys);
  table.view_original_text = input.view_original_text.value_or("");
  table.view_expanded_text = input.view_expanded_text.value_or("");
  table.table_type = input.table_type.value_or("");
  table.parameters = input.parameters.value_or(catalog::Properties{});
  return table;
}

catalog::Partition FromWire(const wire::PartitionInput& input) {
  catalog::Partition partition;
  partition.values = input.values.value_or(std::vector<std::string>{});
  partition.last_access_time = input.last_access_time;
  partition.last_analyzed_time = input.last_analyzed_time;
  partition.storage = FromWireStorage(input.storage_descriptor);
  partition.parameters = input.parameters.value_or(catalog::Properties{});
  return partition;
}

Result<std::uint64_t> ParseVersionId(std::string_view text) {
  std::uint64_t version = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (error != std::errc() || end != text.data() + text.size()) {
    return Fail(Reason::kInvalidArgument,
                fmt::format("Version id must be an integer, this is none: {}", text));
  }
  return version;
}

}  // namespace owlet::glue
