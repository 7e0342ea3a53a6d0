#include <fmt/format.h>

#include <utility>

#include "core/access/authorizer.h"
#include "core/access/principal.h"
#include "core/catalog/catalog.h"
#include "core/catalog/keys.h"
#include "core/catalog/names.h"
#include "core/catalog/records.h"
#include "core/kv/key_value_store.h"

namespace owlet::catalog {
namespace {

constexpr auto kColumn = kv::Column::kCatalog;

/// Column names are a table's own name space: no two alike without case, keys included.
Status CheckTable(const Table& table) {
  OWLET_CHECK_OK(CheckName("Table name", table.name));
  for (const Column& column : table.Columns()) {
    OWLET_CHECK_OK(CheckName("Column name", column.name));
  }
  for (const Column& key : table.partition_keys) {
    OWLET_CHECK_OK(CheckName("Partition key name", key.name));
  }
  return {};
}

}  // namespace

Result<Database> CatalogEdit::GetDatabase(std::string_view name) {
  const std::string folded = FoldName(name);
  OWLET_TRY(const auto bytes, transaction_.Get(kColumn, keys::DatabaseKey(folded)));
  if (!bytes) return DatabaseNotFound(folded);
  return DecodeDatabase(*bytes);
}

Result<Table> CatalogEdit::GetTable(const TableName& name) {
  const TableName folded = FoldName(name);
  OWLET_TRY(const auto bytes,
            transaction_.Get(kColumn, keys::TableKey(folded.database, folded.table)));
  if (bytes) return DecodeTable(*bytes);
  OWLET_TRY(const auto database, transaction_.Get(kColumn, keys::DatabaseKey(folded.database)));
  if (!database) return DatabaseNotFound(folded.database);
  return TableNotFound(folded);
}

Result<Partition> CatalogEdit::GetPartition(const TableName& name,
                                            const std::vector<std::string>& values) {
  const TableName folded = FoldName(name);
  OWLET_TRY(const auto bytes,
            transaction_.Get(kColumn, keys::PartitionKey(folded.database, folded.table, values)));
  if (!bytes) return PartitionNotFound();
  return DecodePartition(*bytes);
}

Status CatalogEdit::CreateDatabase(Database database) {
  database.name = FoldName(database.name);
  OWLET_CHECK_OK(catalog_.Decide(principal_, "glue:CreateDatabase", database.name));
  OWLET_CHECK_OK(CheckName("Database name", database.name));
  const std::string key = keys::DatabaseKey(database.name);
  OWLET_TRY(const auto found, transaction_.Get(kColumn, key));
  if (found) return Fail(Reason::kEntityExists, "Database already exists.");
  database.create_time = catalog_.clock_.Now();
  transaction_.Put(kColumn, key, EncodeDatabase(database));
  return {};
}

Status CatalogEdit::UpdateDatabase(std::string_view name, Database database) {
  const std::string folded = FoldName(name);
  OWLET_CHECK_OK(catalog_.Decide(principal_, "glue:UpdateDatabase", folded));
  OWLET_TRY(const Database before, GetDatabase(folded));
  if (FoldName(database.name) != folded) {
    return Fail(Reason::kInvalidArgument, "A database cannot be renamed");
  }
  database.name = before.name;
  database.create_time = before.create_time;
  transaction_.Put(kColumn, keys::DatabaseKey(folded), EncodeDatabase(database));
  return {};
}

Status CatalogEdit::DeleteDatabase(std::string_view name, bool cascade) {
  const std::string folded = FoldName(name);
  OWLET_CHECK_OK(catalog_.Decide(principal_, "glue:DeleteDatabase", folded));
  OWLET_TRY(const Database before, GetDatabase(folded));
  const std::string prefix = keys::TablePrefix(folded);
  auto it = transaction_.Scan(kColumn, prefix, kv::PrefixEnd(prefix));
  for (; it.Valid(); it.Next()) {
    const TableName table{folded, std::string(it.key().substr(prefix.size()))};
    OWLET_TRY(const auto still_there, transaction_.Get(kColumn, it.key()));
    if (!still_there) continue;
    if (!cascade) {
      return Fail(Reason::kEntityInUse,
                  fmt::format("Database {} is not empty. One or more tables exist.", folded));
    }
    OWLET_CHECK_OK(DropTable(table));
  }
  OWLET_CHECK_OK(it.status());
  transaction_.Delete(kColumn, keys::DatabaseKey(folded));
  transaction_.Delete(kColumn, keys::TagsKey(catalog_.Arn(principal_, folded)));
  return {};
}

Status CatalogEdit::CreateTable(Table table) {
  table.database = FoldName(table.database);
  table.name = FoldName(table.name);
  OWLET_CHECK_OK(catalog_.Decide(principal_, "glue:CreateTable", table.database, table.name));
  OWLET_CHECK_OK(CheckTable(table));
  OWLET_TRY(const Database database, GetDatabase(table.database));
  OWLET_TRY(const auto found,
            transaction_.Get(kColumn, keys::TableKey(table.database, table.name)));
  if (found) return Fail(Reason::kEntityExists, "Table already exists.");
  table.create_time = table.update_time = catalog_.clock_.Now();
  table.created_by = principal_.arn;
  table.version = 0;
  PutTable(table);
  return {};
}

void CatalogEdit::PutTable(const Table& table) {
  transaction_.Put(kColumn, keys::TableKey(table.database, table.name), EncodeTable(table));
}

Status CatalogEdit::UpdateTable(Table table, const UpdateOptions& options) {
  table.database = FoldName(table.database);
  table.name = FoldName(table.name);
  OWLET_CHECK_OK(catalog_.Decide(principal_, "glue:UpdateTable", table.database, table.name));
  OWLET_CHECK_OK(CheckTable(table));
  OWLET_TRY(const Table before, GetTable({table.database, table.name}));
  if (options.version && *options.version != before.version) {
    return Fail(Reason::kVersionMismatch, "Update table failed due to concurrent modifications.");
  }
  if (!options.skip_archive) {
    transaction_.Put(kColumn, keys::VersionKey(before.database, before.name, before.version),
                     EncodeTable(before));
  }
  table.create_time = before.create_time;
  table.created_by = before.created_by;
  table.update_time = catalog_.clock_.Now();
  table.version = before.version + 1;
  PutTable(table);
  return {};
}

Status CatalogEdit::DropTable(const TableName& name) {
  transaction_.Delete(kColumn, keys::TableKey(name.database, name.table));
  const std::string versions = keys::VersionPrefix(name.database, name.table);
  transaction_.DeleteRange(kColumn, versions, kv::PrefixEnd(versions));
  const std::string partitions = keys::PartitionPrefix(name.database, name.table);
  transaction_.DeleteRange(kColumn, partitions, kv::PrefixEnd(partitions));
  transaction_.Delete(kColumn, keys::TagsKey(catalog_.Arn(principal_, name.database, name.table)));
  return {};
}

Status CatalogEdit::DeleteTable(const TableName& name) {
  const TableName folded = FoldName(name);
  OWLET_CHECK_OK(catalog_.Decide(principal_, "glue:DeleteTable", folded.database, folded.table));
  OWLET_TRY(const Table before, GetTable(folded));
  return DropTable(folded);
}

Status CatalogEdit::RenameTable(const TableName& from, const TableName& to) {
  const TableName source = FoldName(from);
  const TableName target = FoldName(to);
  OWLET_TRY(Table table, GetTable(source));
  const std::string prefix = keys::PartitionPrefix(source.database, source.table);
  auto it = transaction_.Scan(kColumn, prefix, kv::PrefixEnd(prefix));
  for (; it.Valid(); it.Next()) {
    transaction_.Put(kColumn,
                     keys::PartitionPrefix(target.database, target.table) +
                         std::string(it.key().substr(prefix.size())),
                     it.value());
  }
  OWLET_CHECK_OK(it.status());
  OWLET_CHECK_OK(DeleteTable(source));
  table.database = target.database;
  table.name = target.table;
  return CreateTable(std::move(table));
}

Status CatalogEdit::DeleteTableVersion(const TableName& name, std::uint64_t version) {
  const TableName folded = FoldName(name);
  OWLET_CHECK_OK(
      catalog_.Decide(principal_, "glue:DeleteTableVersion", folded.database, folded.table));
  OWLET_TRY(const Table table, GetTable(folded));
  if (table.version == version) {
    return Fail(Reason::kInvalidArgument, "The current version of a table cannot be deleted");
  }
  const std::string key = keys::VersionKey(folded.database, folded.table, version);
  OWLET_TRY(const auto found, transaction_.Get(kColumn, key));
  if (!found) return Fail(Reason::kEntityNotFound, "version not found.");
  transaction_.Delete(kColumn, key);
  return {};
}

Status CatalogEdit::CreatePartition(const TableName& name, Partition partition) {
  const TableName folded = FoldName(name);
  OWLET_CHECK_OK(
      catalog_.Decide(principal_, "glue:CreatePartition", folded.database, folded.table));
  OWLET_TRY(const Table table, GetTable(folded));
  OWLET_CHECK_OK(CheckPartitionValues(table, partition.values));
  const std::string key = keys::PartitionKey(folded.database, folded.table, partition.values);
  OWLET_TRY(const auto found, transaction_.Get(kColumn, key));
  if (found) return Fail(Reason::kEntityExists, "Partition already exists.");
  partition.create_time = catalog_.clock_.Now();
  transaction_.Put(kColumn, key, EncodePartition(partition));
  return {};
}

Status CatalogEdit::UpdatePartition(const TableName& name, const std::vector<std::string>& values,
                                    Partition partition) {
  const TableName folded = FoldName(name);
  OWLET_CHECK_OK(
      catalog_.Decide(principal_, "glue:UpdatePartition", folded.database, folded.table));
  OWLET_TRY(const Table table, GetTable(folded));
  OWLET_CHECK_OK(CheckPartitionValues(table, values));
  OWLET_CHECK_OK(CheckPartitionValues(table, partition.values));
  OWLET_TRY(const Partition before, GetPartition(folded, values));
  const std::string key = keys::PartitionKey(folded.database, folded.table, partition.values);
  if (partition.values != values) {
    OWLET_TRY(const auto found, transaction_.Get(kColumn, key));
    if (found) return Fail(Reason::kEntityExists, "Partition already exists.");
    transaction_.Delete(kColumn, keys::PartitionKey(folded.database, folded.table, values));
  }
  partition.create_time = before.create_time;
  transaction_.Put(kColumn, key, EncodePartition(partition));
  return {};
}

Status CatalogEdit::DeletePartition(const TableName& name, const std::vector<std::string>& values) {
  const TableName folded = FoldName(name);
  OWLET_CHECK_OK(
      catalog_.Decide(principal_, "glue:DeletePartition", folded.database, folded.table));
  OWLET_TRY(const Table table, GetTable(folded));
  OWLET_CHECK_OK(CheckPartitionValues(table, values));
  OWLET_TRY(const Partition before, GetPartition(folded, values));
  transaction_.Delete(kColumn, keys::PartitionKey(folded.database, folded.table, values));
  return {};
}

Status CatalogEdit::ChangeTags(std::string_view arn, const Properties& set,
                               const std::vector<std::string>& remove) {
  const std::string key = keys::TagsKey(arn);
  Properties tags;
  OWLET_TRY(const auto bytes, transaction_.Get(kColumn, key));
  if (bytes) {
    OWLET_TRY(tags, DecodeTags(*bytes));
  }
  for (const auto& [name, value] : set) {
    OWLET_CHECK_OK(catalog_.authorizer_.Decide(principal_, "glue:TagResource", arn));
    tags[name] = value;
  }
  for (const std::string& name : remove) {
    OWLET_CHECK_OK(catalog_.authorizer_.Decide(principal_, "glue:UntagResource", arn));
    tags.erase(name);
  }
  if (tags.empty()) {
    transaction_.Delete(kColumn, key);
  } else {
    transaction_.Put(kColumn, key, EncodeTags(tags));
  }
  return {};
}

}  // namespace owlet::catalog
