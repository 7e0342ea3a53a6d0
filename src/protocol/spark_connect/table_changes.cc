#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/ascii.h"
#include "core/catalog/hive_types.h"
#include "core/engine/place_path.h"
#include "core/engine/spark_table_source.h"
#include "core/plan/type_names.h"
#include "protocol/spark_connect/insert_rows.h"
#include "protocol/spark_connect/sql_statements.h"

// ALTER TABLE of columns, properties and places, COMMENT ON, and what DROP TABLE deletes.

namespace owlet::spark_connect {

namespace {

std::unexpected<Error> Refuse(std::string condition,
                              std::vector<std::pair<std::string, std::string>> parameters) {
  std::string message = "ALTER TABLE";
  for (const auto& [name, value] : parameters) message += fmt::format(", {}: {}", name, value);
  return Fail(Error{.reason = Reason::kAnalysisError,
                    .message = std::move(message),
                    .condition = std::move(condition),
                    .parameters = std::move(parameters)});
}

/// What tables of files do not do in Spark either.
std::unexpected<Error> NoSuchOperation(const catalog::Table& table, std::string operation) {
  return Refuse("UNSUPPORTED_FEATURE.TABLE_OPERATION",
                {{"tableName", QuotedTable(table)}, {"operation", std::move(operation)}});
}

constexpr std::size_t kMaximumProposals = 5;

std::unexpected<Error> NoSuchColumn(const catalog::Table& table, const std::string& name) {
  std::string proposal;
  std::size_t shown = 0;
  for (const auto* columns : {&table.Columns(), &table.partition_keys}) {
    for (const catalog::Column& column : *columns) {
      if (++shown <= kMaximumProposals) {
        proposal += fmt::format("{}`{}`", proposal.empty() ? "" : ", ", column.name);
      }
    }
  }
  return Refuse("UNRESOLVED_COLUMN.WITH_SUGGESTION",
                {{"objectName", fmt::format("`{}`", name)}, {"proposal", proposal}});
}

/// The schema that Spark wrote down for the table; nothing for a table of Hive's.
std::optional<plan::Schema> WrittenSchema(const catalog::Table& table) {
  const auto found = table.parameters.find(engine::kSparkSchemaParameter);
  if (found == table.parameters.end()) return std::nullopt;
  auto schema = plan::ParseSparkSchemaJson(found->second);
  if (!schema) return std::nullopt;
  return *std::move(schema);
}

void WriteSchema(catalog::Table& table, const plan::Schema& schema) {
  table.parameters[engine::kSparkSchemaParameter] = plan::SparkSchemaJson(schema);
}

}  // namespace

std::string MetadataWithDefault(const std::string& metadata,
                                const std::optional<std::string>& text) {
  auto json = nlohmann::json::parse(metadata, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) json = nlohmann::json::object();
  if (text) {
    json["CURRENT_DEFAULT"] = *text;
    if (!json.contains("EXISTS_DEFAULT")) json["EXISTS_DEFAULT"] = *text;
  } else {
    json.erase("CURRENT_DEFAULT");
  }
  return json.dump();
}

Result<catalog::Table> StatementRunner::TableOf(const sql::Name& name, SearchScope scope) {
  const catalog::TableName table_name{
      name.size() > 1 ? name[name.size() - 2] : context_.session.current_database, name.back()};
  auto table = services_.catalog.GetTable(*context_.principal, table_name);
  if (table) return table;
  const Reason reason = table.error().reason;
  if (reason == Reason::kTableNotFound || reason == Reason::kDatabaseNotFound) {
    return NotFound(name, scope);
  }
  return Fail(table.error());
}

Status StatementRunner::EditCatalog(const std::function<Status(catalog::CatalogEdit&)>& body) {
  return services_.catalog.Edit(*context_.principal, body);
}

Status StatementRunner::Change(catalog::Table table, const sql::AddColumns& add) {
  if (table.IsView()) {
    return Refuse("EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE",
                  {{"viewName", QuotedTable(table)}, {"operation", "ALTER TABLE ... ADD COLUMNS"}});
  }
  auto written = WrittenSchema(table);
  for (const auto& item : add.columns) {
    if (item.path.size() > 1) return NoSuchOperation(table, "ADD COLUMN with qualified column");
    const std::string& name = item.column.name;
    if (item.column.default_value != nullptr) {
      return Fail(Reason::kNotImplemented, "ADD COLUMN with a default is not implemented",
                  "UNSUPPORTED_FEATURE");
    }
    for (const auto* columns : {&table.storage->columns, &table.partition_keys}) {
      const bool there = std::ranges::any_of(*columns, [&](const catalog::Column& column) {
        return EqualsIgnoringCase(column.name, name);
      });
      if (there) {
        return Refuse("COLUMN_ALREADY_EXISTS",
                      {{"columnName", fmt::format("`{}`", ToLowerAscii(name))}});
      }
    }
    OWLET_TRY(std::string type, catalog::FormatHiveType(item.column.type));
    if (written) {
      const auto keys = static_cast<std::ptrdiff_t>(table.partition_keys.size());
      written->insert(written->end() - keys, {name, item.column.type, true, ""});
    }
    table.storage->columns.push_back(
        {.name = name, .type = std::move(type), .comment = item.column.comment.value_or("")});
  }
  if (written) WriteSchema(table, *written);
  return EditCatalog([&](catalog::CatalogEdit& edit) { return edit.UpdateTable(table); });
}

Status StatementRunner::Change(catalog::Table table, const sql::ChangeColumn& change) {
  const std::string& name = change.column.back();
  catalog::Column* column = nullptr;
  for (auto* columns : {&table.storage->columns, &table.partition_keys}) {
    for (catalog::Column& one : *columns) {
      if (EqualsIgnoringCase(one.name, name)) column = &one;
    }
  }
  if (column == nullptr || change.column.size() != 1) return NoSuchColumn(table, name);
  if (change.place) return NoSuchOperation(table, "ALTER COLUMN ... FIRST | AFTER");
  if (change.nullable) {
    return NoSuchOperation(table, *change.nullable ? "ALTER COLUMN ... DROP NOT NULL"
                                                   : "ALTER COLUMN ... SET NOT NULL");
  }
  auto written = WrittenSchema(table);
  plan::Field* field = nullptr;
  for (std::size_t i = 0; written && i < written->size(); ++i) {
    if (EqualsIgnoringCase((*written)[i].name, name)) field = &(*written)[i];
  }
  if (change.type || change.new_name) {
    OWLET_TRY(plan::Type before, catalog::ParseHiveType(column->type));
    if (field != nullptr) before = field->type;
    const plan::Type after = change.type.value_or(before);
    const std::string new_name = change.new_name.value_or(column->name);
    if (!EqualsIgnoringCase(new_name, column->name) || !after.SameIgnoringNulls(before)) {
      return Refuse("NOT_SUPPORTED_CHANGE_COLUMN",
                    {{"table", QuotedTable(table)},
                     {"originName", fmt::format("`{}`", column->name)},
                     {"originType", fmt::format("\"{}\"", plan::SparkSqlName(before))},
                     {"newName", fmt::format("`{}`", new_name)},
                     {"newType", fmt::format("\"{}\"", plan::SparkSqlName(after))}});
    }
  }
  if (change.comment) column->comment = *change.comment;
  if (change.default_value != nullptr || change.drop_default) {
    if (field == nullptr) return NoSuchOperation(table, "ALTER COLUMN ... SET DEFAULT");
    std::optional<std::string> text;
    if (!change.drop_default) text = change.default_text;
    field->metadata = MetadataWithDefault(field->metadata, text);
    WriteSchema(table, *written);
  }
  return EditCatalog([&](catalog::CatalogEdit& edit) { return edit.UpdateTable(table); });
}

Status StatementRunner::Change(const catalog::Table& table, const sql::RenameColumn&) {
  return NoSuchOperation(table, "RENAME COLUMN");
}
Status StatementRunner::Change(const catalog::Table& table, const sql::DropColumns&) {
  return NoSuchOperation(table, "DROP COLUMN");
}
Status StatementRunner::Change(const catalog::Table& table, const sql::ReplaceColumns&) {
  return NoSuchOperation(table, "REPLACE COLUMNS");
}

Status StatementRunner::Change(const catalog::Table& table, const sql::RenameTable& rename) {
  if (table.IsView() && !rename.view) {
    return Refuse("EXPECT_TABLE_NOT_VIEW.USE_ALTER_VIEW",
                  {{"viewName", fmt::format("`{}`", table.name)}, {"operation", "ALTER TABLE"}});
  }
  const catalog::TableName to{
      rename.new_name.size() > 1 ? rename.new_name[rename.new_name.size() - 2] : table.database,
      rename.new_name.back()};
  const Status done = EditCatalog([&](catalog::CatalogEdit& edit) {
    return edit.RenameTable({table.database, table.name}, to);
  });
  if (done || done.error().reason != Reason::kEntityExists) return done;
  return Refuse("TABLE_OR_VIEW_ALREADY_EXISTS",
                {{"relationName", fmt::format("`{}`.`{}`", to.database, to.table)}});
}

Status StatementRunner::Change(catalog::Table table, const sql::SetLocation& set) {
  OWLET_TRY(std::string location, engine::PlacePath(set.location, context_.session));
  if (!location.ends_with('/')) location += '/';
  if (set.partition.empty()) {
    table.storage->location = location;
    return EditCatalog([&](catalog::CatalogEdit& edit) { return edit.UpdateTable(table); });
  }
  OWLET_TRY(const auto partitions, PartitionsOf(table));
  OWLET_TRY(const auto values, PartitionNamed(table, set.partition, partitions));
  return EditCatalog([&](catalog::CatalogEdit& edit) -> Status {
    OWLET_TRY(catalog::Partition partition,
              edit.GetPartition({table.database, table.name}, values));
    if (!partition.storage) partition.storage = table.storage;
    partition.storage->location = location;
    return edit.UpdatePartition({table.database, table.name}, values, std::move(partition));
  });
}

Status StatementRunner::Change(catalog::Table table, const sql::SetTableProperties& set) {
  for (const auto& [key, value] : set.properties) {
    if (key == "comment") {
      table.description = value;
    } else {
      table.parameters[key] = value;
    }
  }
  return EditCatalog([&](catalog::CatalogEdit& edit) { return edit.UpdateTable(table); });
}

Status StatementRunner::Change(catalog::Table table, const sql::UnsetTableProperties& unset) {
  for (const std::string& key : unset.keys) {
    if (key == "comment") table.description.clear();
    table.parameters.erase(key);
  }
  return EditCatalog([&](catalog::CatalogEdit& edit) { return edit.UpdateTable(table); });
}

Status StatementRunner::Change(catalog::Table table, const sql::SetSerde& set) {
  if (!set.partition.empty()) {
    return Fail(Reason::kNotImplemented, "SERDEPROPERTIES of a partition are not implemented",
                "UNSUPPORTED_FEATURE");
  }
  if (set.serde && table.parameters.contains(engine::kSparkProviderParameter)) {
    return Refuse("UNSUPPORTED_FEATURE.ALTER_TABLE_SERDE_FOR_DATASOURCE_TABLE",
                  {{"tableName", QuotedTable(table)}});
  }
  if (!table.storage->serde) table.storage->serde.emplace();
  if (set.serde) table.storage->serde->library = *set.serde;
  for (const auto& [key, value] : set.properties) table.storage->serde->parameters[key] = value;
  return EditCatalog([&](catalog::CatalogEdit& edit) { return edit.UpdateTable(table); });
}

Result<LocalRows> StatementRunner::Apply(const sql::AlterTable& alter) {
  OWLET_TRY(const catalog::Table table, TableOf(alter.name));
  if (!table.storage) {
    return Fail(Reason::kNotImplemented, "ALTER TABLE of a table without storage",
                "UNSUPPORTED_FEATURE");
  }
  OWLET_CHECK_OK(
      std::visit([&](const auto& action) { return Change(table, action); }, alter.action));
  return LocalRows{};
}

Result<LocalRows> StatementRunner::Apply(const sql::CommentOn& comment) {
  if (comment.database) {
    OWLET_TRY(auto database, FindDatabase(comment.name.back()));
    if (!database) return SchemaNotFound(comment.name.back());
    database->description = comment.comment;
    OWLET_CHECK_OK(EditCatalog([&](catalog::CatalogEdit& edit) {
      return edit.UpdateDatabase(database->name, *database);
    }));
    return LocalRows{};
  }
  OWLET_TRY(catalog::Table table, TableOf(comment.name));
  table.description = comment.comment;
  OWLET_CHECK_OK(EditCatalog([&](catalog::CatalogEdit& edit) { return edit.UpdateTable(table); }));
  return LocalRows{};
}

// A managed table's files go with it, and with its database.
Status StatementRunner::DropWithFiles(const catalog::Table& table) {
  const catalog::TableName name{table.database, table.name};
  if (table.table_type != "MANAGED_TABLE" || !table.storage || table.storage->location.empty()) {
    return EditCatalog([&](catalog::CatalogEdit& edit) { return edit.DeleteTable(name); });
  }
  return services_.engine.RemoveFolder(
      table.storage->location, context_, [&](kv::Transaction& transaction) {
        return services_.catalog.EditWithin(*context_.principal, transaction).DeleteTable(name);
      });
}

}  // namespace owlet::spark_connect
