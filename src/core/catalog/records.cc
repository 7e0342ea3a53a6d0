#include "core/catalog/records.h"

#include <chrono>
#include <utility>

#include "core/catalog/records.pb.h"

namespace owlet::catalog {
namespace {

std::int64_t ToMicros(Timestamp time) { return time.time_since_epoch().count(); }
Timestamp FromMicros(std::int64_t micros) { return Timestamp(std::chrono::microseconds(micros)); }

template <class Map>
void CopyMap(const Properties& from, Map& to) {
  for (const auto& [key, value] : from) to[key] = value;
}
template <class Map>
Properties FromMap(const Map& from) {
  return {from.begin(), from.end()};
}
template <class Repeated>
void CopyList(const std::vector<std::string>& from, Repeated& to) {
  to.Add(from.begin(), from.end());
}
template <class Repeated>
std::vector<std::string> FromList(const Repeated& from) {
  return {from.begin(), from.end()};
}

void Write(const Column& column, records::Column& record) {
  record.set_name(column.name);
  record.set_type(column.type);
  record.set_comment(column.comment);
  CopyMap(column.parameters, *record.mutable_parameters());
}
Column Read(const records::Column& record) {
  return {.name = record.name(),
          .type = record.type(),
          .comment = record.comment(),
          .parameters = FromMap(record.parameters())};
}

template <class Repeated>
void WriteColumns(const std::vector<Column>& columns, Repeated& record) {
  for (const Column& column : columns) Write(column, *record.Add());
}
template <class Repeated>
std::vector<Column> ReadColumns(const Repeated& record) {
  std::vector<Column> columns;
  columns.reserve(static_cast<std::size_t>(record.size()));
  for (const auto& column : record) columns.push_back(Read(column));
  return columns;
}

void Write(const StorageDescriptor& storage, records::StorageDescriptor& record) {
  WriteColumns(storage.columns, *record.mutable_columns());
  record.set_location(storage.location);
  CopyList(storage.additional_locations, *record.mutable_additional_locations());
  record.set_input_format(storage.input_format);
  record.set_output_format(storage.output_format);
  record.set_compressed(storage.compressed);
  record.set_number_of_buckets(storage.number_of_buckets);
  if (storage.serde) {
    auto& serde = *record.mutable_serde();
    serde.set_name(storage.serde->name);
    serde.set_library(storage.serde->library);
    CopyMap(storage.serde->parameters, *serde.mutable_parameters());
  }
  CopyList(storage.bucket_columns, *record.mutable_bucket_columns());
  for (const SortColumn& column : storage.sort_columns) {
    auto& sort = *record.add_sort_columns();
    sort.set_column(column.column);
    sort.set_descending(!column.ascending);
  }
  CopyMap(storage.parameters, *record.mutable_parameters());
  if (storage.skewed) {
    auto& skewed = *record.mutable_skewed();
    CopyList(storage.skewed->columns, *skewed.mutable_columns());
    CopyList(storage.skewed->values, *skewed.mutable_values());
    CopyMap(storage.skewed->locations, *skewed.mutable_locations());
  }
  record.set_stored_as_subdirectories(storage.stored_as_subdirectories);
  if (storage.schema_reference) {
    auto& reference = *record.mutable_schema_reference();
    reference.set_schema_arn(storage.schema_reference->schema_arn);
    reference.set_schema_name(storage.schema_reference->schema_name);
    reference.set_registry_name(storage.schema_reference->registry_name);
    reference.set_version_id(storage.schema_reference->version_id);
    if (storage.schema_reference->version_number) {
      reference.set_version_number(*storage.schema_reference->version_number);
    }
  }
}

StorageDescriptor Read(const records::StorageDescriptor& record) {
  StorageDescriptor storage;
  storage.columns = ReadColumns(record.columns());
  storage.location = record.location();
  storage.additional_locations = FromList(record.additional_locations());
  storage.input_format = record.input_format();
  storage.output_format = record.output_format();
  storage.compressed = record.compressed();
  storage.number_of_buckets = record.number_of_buckets();
  if (record.has_serde()) {
    storage.serde = SerDe{.name = record.serde().name(),
                          .library = record.serde().library(),
                          .parameters = FromMap(record.serde().parameters())};
  }
  storage.bucket_columns = FromList(record.bucket_columns());
  for (const auto& sort : record.sort_columns()) {
    storage.sort_columns.push_back({.column = sort.column(), .ascending = !sort.descending()});
  }
  storage.parameters = FromMap(record.parameters());
  if (record.has_skewed()) {
    storage.skewed = SkewedInfo{.columns = FromList(record.skewed().columns()),
                                .values = FromList(record.skewed().values()),
                                .locations = FromMap(record.skewed().locations())};
  }
  storage.stored_as_subdirectories = record.stored_as_subdirectories();
  if (record.has_schema_reference()) {
    const auto& reference = record.schema_reference();
    storage.schema_reference = SchemaReference{.schema_arn = reference.schema_arn(),
                                               .schema_name = reference.schema_name(),
                                               .registry_name = reference.registry_name(),
                                               .version_id = reference.version_id()};
    if (reference.has_version_number()) {
      storage.schema_reference->version_number = reference.version_number();
    }
  }
  return storage;
}

/// The times that tables and partitions share.
template <class Entity, class Record>
void WriteAccessTimes(const Entity& entity, Record& record) {
  if (entity.last_access_time) record.set_last_access_time(ToMicros(*entity.last_access_time));
  if (entity.last_analyzed_time) {
    record.set_last_analyzed_time(ToMicros(*entity.last_analyzed_time));
  }
}
template <class Entity, class Record>
void ReadAccessTimes(const Record& record, Entity& entity) {
  if (record.has_last_access_time()) {
    entity.last_access_time = FromMicros(record.last_access_time());
  }
  if (record.has_last_analyzed_time()) {
    entity.last_analyzed_time = FromMicros(record.last_analyzed_time());
  }
}

template <class Record>
Result<Record> Parse(std::string_view bytes) {
  Record record;
  if (!record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return Fail(Reason::kCorruption, "a record of the catalog is not readable");
  }
  return record;
}

}  // namespace

std::string EncodeDatabase(const Database& database) {
  records::Database record;
  record.set_name(database.name);
  record.set_description(database.description);
  record.set_location(database.location);
  CopyMap(database.parameters, *record.mutable_parameters());
  record.set_create_time(ToMicros(database.create_time));
  return record.SerializeAsString();
}

Result<Database> DecodeDatabase(std::string_view bytes) {
  OWLET_TRY(const auto record, Parse<records::Database>(bytes));
  return Database{.name = record.name(),
                  .description = record.description(),
                  .location = record.location(),
                  .parameters = FromMap(record.parameters()),
                  .create_time = FromMicros(record.create_time())};
}

std::string EncodeTable(const Table& table) {
  records::Table record;
  record.set_database(table.database);
  record.set_name(table.name);
  record.set_description(table.description);
  record.set_owner(table.owner);
  record.set_create_time(ToMicros(table.create_time));
  record.set_update_time(ToMicros(table.update_time));
  WriteAccessTimes(table, record);
  record.set_retention(table.retention);
  if (table.storage) Write(*table.storage, *record.mutable_storage());
  WriteColumns(table.partition_keys, *record.mutable_partition_keys());
  record.set_view_original_text(table.view_original_text);
  record.set_view_expanded_text(table.view_expanded_text);
  record.set_table_type(table.table_type);
  CopyMap(table.parameters, *record.mutable_parameters());
  record.set_created_by(table.created_by);
  record.set_version(table.version);
  return record.SerializeAsString();
}

Result<Table> DecodeTable(std::string_view bytes) {
  OWLET_TRY(const auto record, Parse<records::Table>(bytes));
  Table table;
  table.database = record.database();
  table.name = record.name();
  table.description = record.description();
  table.owner = record.owner();
  table.create_time = FromMicros(record.create_time());
  table.update_time = FromMicros(record.update_time());
  ReadAccessTimes(record, table);
  table.retention = record.retention();
  if (record.has_storage()) table.storage = Read(record.storage());
  table.partition_keys = ReadColumns(record.partition_keys());
  table.view_original_text = record.view_original_text();
  table.view_expanded_text = record.view_expanded_text();
  table.table_type = record.table_type();
  table.parameters = FromMap(record.parameters());
  table.created_by = record.created_by();
  table.version = record.version();
  return table;
}

std::string EncodePartition(const Partition& partition) {
  records::Partition record;
  CopyList(partition.values, *record.mutable_values());
  record.set_create_time(ToMicros(partition.create_time));
  WriteAccessTimes(partition, record);
  if (partition.storage) Write(*partition.storage, *record.mutable_storage());
  CopyMap(partition.parameters, *record.mutable_parameters());
  return record.SerializeAsString();
}

Result<Partition> DecodePartition(std::string_view bytes) {
  OWLET_TRY(const auto record, Parse<records::Partition>(bytes));
  Partition partition;
  partition.values = FromList(record.values());
  partition.create_time = FromMicros(record.create_time());
  ReadAccessTimes(record, partition);
  if (record.has_storage()) partition.storage = Read(record.storage());
  partition.parameters = FromMap(record.parameters());
  return partition;
}

std::string EncodeTags(const Properties& tags) {
  records::Tags record;
  CopyMap(tags, *record.mutable_tags());
  return record.SerializeAsString();
}

Result<Properties> DecodeTags(std::string_view bytes) {
  OWLET_TRY(const auto record, Parse<records::Tags>(bytes));
  return FromMap(record.tags());
}

}  // namespace owlet::catalog
