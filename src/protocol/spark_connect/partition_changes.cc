#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/engine/place_path.h"
#include "protocol/spark_connect/insert_rows.h"
#include "protocol/spark_connect/partition_spec.h"
#include "protocol/spark_connect/sql_statements.h"

// What Spark SQL does to partitions: ALTER TABLE .. PARTITION, MSCK REPAIR TABLE, TRUNCATE TABLE.

namespace owlet::spark_connect {

namespace {

std::string SpecText(const catalog::Table& table, const std::vector<std::string>& values) {
  std::string text;
  for (std::size_t i = 0; i < values.size(); ++i) {
    text += fmt::format("{}`{}` = {}", text.empty() ? "" : ", ", table.partition_keys[i].name,
                        values[i]);
  }
  return fmt::format("PARTITION ({})", text);
}

std::unexpected<Error> PartitionError(Reason reason, std::string condition,
                                      const catalog::Table& table,
                                      const std::vector<std::string>& values) {
  const std::string spec = SpecText(table, values);
  return Fail(
      Error{.reason = reason,
            .message = spec,
            .condition = std::move(condition),
            .parameters = {{"partitionList", spec},
                           {"tableName", fmt::format("`{}`.`{}`", table.database, table.name)}}});
}

std::unexpected<Error> AlreadyThere(const catalog::Table& table,
                                    const std::vector<std::string>& values) {
  return PartitionError(Reason::kEntityExists, "PARTITIONS_ALREADY_EXIST", table, values);
}

std::string Folder(std::string location) {
  if (!location.ends_with('/')) location += '/';
  return location;
}

std::unexpected<Error> NotPartitioned(const catalog::Table& table, const char* operation) {
  return Fail(
      Error{.reason = Reason::kAnalysisError,
            .message = "the table has no partitions: " + table.name,
            .condition = "NOT_A_PARTITIONED_TABLE",
            .parameters = {{"operation", operation}, {"tableIdentWithDB", QuotedTable(table)}}});
}

/// The values of a clause that must name all partition columns.
Result<std::vector<std::string>> AllValues(const catalog::Table& table,
                                           const sql::PartitionSpec& spec, const char* action) {
  if (table.partition_keys.empty()) {
    return Fail(Error{.reason = Reason::kAnalysisError,
                      .message = "the table has no partitions: " + table.name,
                      .condition = "_LEGACY_ERROR_TEMP_1251",
                      .parameters = {{"action", action}, {"tableName", table.name}}});
  }
  OWLET_TRY(const auto found, ReadPartitionSpec(table, spec));
  std::vector<std::string> values;
  for (const auto& value : found) {
    if (value) {
      values.push_back(*value);
      continue;
    }
    std::string given, columns;
    for (const sql::PartitionTerm& term : spec) {
      given += (given.empty() ? "" : ", ") + term.column;
    }
    for (const catalog::Column& key : table.partition_keys) {
      columns += (columns.empty() ? "" : ", ") + key.name;
    }
    return Fail(Error{.reason = Reason::kAnalysisError,
                      .message = "a PARTITION clause without all partition columns",
                      .condition = "_LEGACY_ERROR_TEMP_1232",
                      .parameters = {{"specKeys", given},
                                     {"partitionColumnNames", columns},
                                     {"tableName", QuotedTable(table)}}});
  }
  return values;
}

bool Fits(const catalog::Partition& partition,
          const std::vector<std::optional<std::string>>& wanted) {
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i] && *wanted[i] != partition.values[i]) return false;
  }
  return true;
}

/// All the values, when the clause names each column.
std::optional<std::vector<std::string>> Whole(
    const std::vector<std::optional<std::string>>& wanted) {
  std::vector<std::string> values;
  for (const auto& value : wanted) {
    if (!value) return std::nullopt;
    values.push_back(*value);
  }
  return values;
}

}  // namespace

Result<std::vector<catalog::Partition>> StatementRunner::PartitionsOf(const catalog::Table& table) {
  std::vector<catalog::Partition> all;
  catalog::PageRequest request;
  do {
    OWLET_TRY(auto page, services_.catalog.ListPartitions(*context_.principal,
                                                          {table.database, table.name}, request));
    std::ranges::move(page.items, std::back_inserter(all));
    request.token = page.next;
  } while (!request.token.empty());
  return all;
}

Result<std::vector<std::string>> StatementRunner::PartitionNamed(
    const catalog::Table& table, const sql::PartitionSpec& spec,
    const std::vector<catalog::Partition>& partitions) const {
  OWLET_TRY(const auto values, AllValues(table, spec, "PARTITION"));
  for (const catalog::Partition& partition : partitions) {
    if (partition.values == values) return values;
  }
  return PartitionError(Reason::kPartitionNotFound, "PARTITIONS_NOT_FOUND", table, values);
}

Status StatementRunner::Change(const catalog::Table& table, const sql::AddPartitions& add) {
  std::vector<catalog::Partition> partitions;
  for (const auto& item : add.partitions) {
    OWLET_TRY(const auto values, AllValues(table, item.spec, "ALTER TABLE ADD PARTITION"));
    catalog::Partition partition;
    partition.values = values;
    partition.storage = table.storage;
    std::string location =
        Folder(table.storage->location) + catalog::PartitionName(table.partition_keys, values);
    if (item.location) {
      OWLET_TRY(location, engine::PlacePath(*item.location, context_.session));
    }
    partition.storage->location = Folder(std::move(location));
    partitions.push_back(std::move(partition));
  }
  return EditCatalog([&](catalog::CatalogEdit& edit) -> Status {
    for (const catalog::Partition& partition : partitions) {
      const Status done = edit.CreatePartition({table.database, table.name}, partition);
      if (done || (add.if_not_exists && done.error().reason == Reason::kEntityExists)) continue;
      if (done.error().reason != Reason::kEntityExists) return done;
      return AlreadyThere(table, partition.values);
    }
    return {};
  });
}

Status StatementRunner::DropPartition(const catalog::Table& table,
                                      const catalog::Partition& partition) {
  const catalog::TableName name{table.database, table.name};
  // What a managed table holds goes with it.
  if (table.table_type == "MANAGED_TABLE" && partition.storage) {
    return services_.engine.RemoveFolder(
        partition.storage->location, context_, [&](kv::Transaction& transaction) {
          auto edit = services_.catalog.EditWithin(*context_.principal, transaction);
          return edit.DeletePartition(name, partition.values);
        });
  }
  return EditCatalog(
      [&](catalog::CatalogEdit& edit) { return edit.DeletePartition(name, partition.values); });
}

Status StatementRunner::Change(const catalog::Table& table, const sql::DropPartitions& drop) {
  OWLET_TRY(const auto partitions, PartitionsOf(table));
  for (const sql::PartitionSpec& spec : drop.partitions) {
    OWLET_TRY(const auto wanted, ReadPartitionSpec(table, spec));
    bool found = false;
    for (const catalog::Partition& partition : partitions) {
      if (!Fits(partition, wanted)) continue;
      found = true;
      OWLET_CHECK_OK(DropPartition(table, partition));
    }
    const auto values = Whole(wanted);
    if (found || drop.if_exists || !values) continue;
    return PartitionError(Reason::kPartitionNotFound, "PARTITIONS_NOT_FOUND", table, *values);
  }
  return {};
}

Status StatementRunner::Change(const catalog::Table& table, const sql::RenamePartition& rename) {
  OWLET_TRY(const auto from, AllValues(table, rename.from, "ALTER TABLE RENAME PARTITION"));
  OWLET_TRY(const auto to, AllValues(table, rename.to, "ALTER TABLE RENAME PARTITION"));
  return EditCatalog([&](catalog::CatalogEdit& edit) -> Status {
    const catalog::TableName name{table.database, table.name};
    if (edit.GetPartition(name, to)) return AlreadyThere(table, to);
    auto partition = edit.GetPartition(name, from);
    if (!partition) {
      return PartitionError(Reason::kPartitionNotFound, "PARTITIONS_NOT_FOUND", table, from);
    }
    partition->values = to;
    return edit.UpdatePartition(name, from, *std::move(partition));
  });
}

Status StatementRunner::Change(const catalog::Table& table, const sql::RecoverPartitions&) {
  if (table.partition_keys.empty()) {
    return NotPartitioned(table, "ALTER TABLE RECOVER PARTITIONS");
  }
  return Recover(table, /*add=*/true, /*drop=*/false);
}

Status StatementRunner::Recover(const catalog::Table& table, bool add, bool drop) {
  const std::string root = Folder(table.storage->location);
  plan::TableSource source;
  source.format = "text";
  source.paths = {root};
  source.table_name = table.name;  // a folder without files is no error
  OWLET_TRY(const std::vector<std::string> files, services_.engine.ListFiles(source, context_));
  std::set<std::vector<std::string>> found;
  for (const std::string& file : files) {
    const std::size_t name = file.rfind('/');
    if (name < root.size()) continue;
    auto values = catalog::ParsePartitionName(table.partition_keys,
                                              file.substr(root.size(), name - root.size()));
    if (values) found.insert(std::move(*values));
  }
  OWLET_TRY(const auto known, PartitionsOf(table));
  return EditCatalog([&](catalog::CatalogEdit& edit) -> Status {
    for (const catalog::Partition& partition : known) {
      const bool there = found.erase(partition.values) > 0;
      if (there || !drop) continue;
      OWLET_CHECK_OK(edit.DeletePartition({table.database, table.name}, partition.values));
    }
    for (const auto& values : found) {
      if (!add) break;
      catalog::Partition partition;
      partition.values = values;
      partition.storage = table.storage;
      partition.storage->location =
          root + catalog::PartitionName(table.partition_keys, values) + "/";
      OWLET_CHECK_OK(edit.CreatePartition({table.database, table.name}, std::move(partition)));
    }
    return {};
  });
}

Result<LocalRows> StatementRunner::Apply(const sql::RepairTable& repair) {
  OWLET_TRY(const catalog::Table table, TableOf(repair.name));
  if (table.partition_keys.empty()) return NotPartitioned(table, "MSCK REPAIR TABLE");
  OWLET_CHECK_OK(Recover(table, repair.add, repair.drop));
  return LocalRows{};
}

Result<LocalRows> StatementRunner::Apply(const sql::TruncateTable& truncate) {
  OWLET_TRY(const catalog::Table table, TableOf(truncate.name));
  const auto refuse = [&](const char* condition, const char* parameter) {
    return Fail(Error{.reason = Reason::kAnalysisError,
                      .message = "the table cannot be truncated: " + table.name,
                      .condition = condition,
                      .parameters = {{parameter, QuotedTable(table)}}});
  };
  if (table.table_type != "MANAGED_TABLE") {
    return refuse("CANNOT_TRUNCATE_EXTERNAL_TABLE", "tableName");
  }
  if (table.partition_keys.empty()) {
    if (!truncate.partition.empty()) return refuse("_LEGACY_ERROR_TEMP_1267", "tableIdentWithDB");
    OWLET_CHECK_OK(services_.engine.RemoveFolder(table.storage->location, context_, nullptr));
    return LocalRows{};
  }
  OWLET_TRY(const auto wanted, ReadPartitionSpec(table, truncate.partition));
  OWLET_TRY(const auto partitions, PartitionsOf(table));
  bool found = false;
  for (const catalog::Partition& partition : partitions) {
    if (!partition.storage || !Fits(partition, wanted)) continue;
    found = true;
    OWLET_CHECK_OK(services_.engine.RemoveFolder(partition.storage->location, context_, nullptr));
  }
  const auto values = Whole(wanted);
  if (!found && values) {
    return PartitionError(Reason::kPartitionNotFound, "PARTITIONS_NOT_FOUND", table, *values);
  }
  return LocalRows{};
}

}  // namespace owlet::spark_connect
