#include "protocol/spark_connect/table_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <utility>

#include "core/catalog/hive_types.h"
#include "core/catalog/table_format.h"
#include "core/engine/place_path.h"
#include "protocol/spark_connect/sql_statements.h"

namespace owlet::spark_connect {

namespace {

std::string LowerCase(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::string Quoted(const catalog::TableName& name) {
  return fmt::format("`spark_catalog`.`{}`.`{}`", name.database, name.table);
}

std::unexpected<Error> AlreadyExists(const catalog::TableName& name) {
  return Fail(Error{.reason = Reason::kEntityExists,
                    .message = "the table is there already: " + Quoted(name),
                    .condition = "TABLE_OR_VIEW_ALREADY_EXISTS",
                    .parameters = {{"relationName", Quoted(name)}}});
}

/// The table's folder with `/` behind it.
std::string Folder(std::string location) {
  if (!location.ends_with('/')) location += '/';
  return location;
}

/// Registers the partitions that the files lie in.
Status AddPartitions(catalog::CatalogEdit& edit, const catalog::Table& table,
                     const std::vector<engine::WrittenFile>& files) {
  if (table.partition_keys.empty()) return {};
  std::map<std::vector<std::string>, catalog::Partition> partitions;
  for (const engine::WrittenFile& file : files) {
    std::vector<std::string> values;
    for (const auto& [column, value] : file.partition) {
      values.push_back(value.value_or(catalog::kDefaultPartition));
    }
    catalog::Partition& partition = partitions[values];
    partition.values = values;
    partition.storage = table.storage;
    partition.storage->location = Folder(table.storage->location) +
                                  catalog::PartitionName(table.partition_keys, values) + "/";
  }
  for (const auto& [values, partition] : partitions) {
    const Status added = edit.CreatePartition({table.database, table.name}, partition);
    if (!added && added.error().reason != Reason::kEntityExists) return added;
  }
  return {};
}

Result<std::string> FormatOf(const catalog::Table& table) {
  OWLET_TRY(const catalog::TableFormat format, catalog::ReadTableFormat(table));
  if (format.kind == catalog::FormatKind::kParquet) return "parquet";
  if (format.kind == catalog::FormatKind::kJsonOpenX ||
      format.kind == catalog::FormatKind::kJsonHive) {
    return "json";
  }
  return Fail(Reason::kNotImplemented, "writing into tables that are neither Parquet nor JSON");
}

std::unexpected<Error> ArityMismatch(const catalog::TableName& name, const plan::Schema& data,
                                     const std::vector<catalog::Column>& columns) {
  std::string table_columns, data_columns;
  for (const auto& column : columns) {
    table_columns += fmt::format("{}`{}`", table_columns.empty() ? "" : ", ", column.name);
  }
  for (const auto& field : data) {
    data_columns += fmt::format("{}`{}`", data_columns.empty() ? "" : ", ", field.name);
  }
  return Fail(Error{.reason = Reason::kAnalysisError,
                    .message = "the rows and the table have not the same number of columns",
                    .condition = data.size() > columns.size()
                                     ? "INSERT_COLUMN_ARITY_MISMATCH.TOO_MANY_DATA_COLUMNS"
                                     : "INSERT_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS",
                    .parameters = {{"tableName", Quoted(name)},
                                   {"tableColumns", table_columns},
                                   {"dataColumns", data_columns}}});
}

}  // namespace

catalog::TableName TableWriter::Qualified(const sql::Name& name) const {
  return {LowerCase(name.size() > 1 ? name[name.size() - 2] : context_.session.current_database),
          LowerCase(name.back())};
}

Result<std::optional<catalog::Table>> TableWriter::Find(const sql::Name& name) const {
  auto found = services_.catalog.GetTable(*context_.principal, Qualified(name));
  if (found) return std::move(*found);
  const Reason reason = found.error().reason;
  if (reason == Reason::kTableNotFound || reason == Reason::kDatabaseNotFound) return std::nullopt;
  return Fail(found.error());
}

Result<plan::NodePtr> TableWriter::Resolve(const plan::RelationPtr& query) const {
  const auto source = MakeSource(services_, session_, context_);
  return plan::Resolve(query, context_.session, *source);
}

Result<std::string> TableWriter::LocationFor(const NewTable& table) const {
  if (!table.location.empty()) {
    OWLET_TRY(std::string placed, engine::PlacePath(table.location, context_.session));
    return Folder(std::move(placed));
  }
  const catalog::TableName name = Qualified(table.name);
  const auto database = services_.catalog.GetDatabase(*context_.principal, name.database);
  if (!database && name.database != "default") return SchemaNotFound(name.database);
  if (database && !database->location.empty()) {
    OWLET_TRY(std::string placed, engine::PlacePath(database->location, context_.session));
    return Folder(Folder(std::move(placed)) + name.table);
  }
  OWLET_TRY(const std::string warehouse,
            engine::PlacePath(session_->Config("spark.sql.warehouse.dir").value_or("/"),
                              context_.session));
  std::string folder = Folder(warehouse);
  if (name.database != "default") folder += name.database + ".db/";
  return Folder(folder + name.table);
}

Result<catalog::Table> TableWriter::Describe(const NewTable& wanted,
                                             const plan::Schema& schema) const {
  const std::string provider = LowerCase(wanted.provider);
  if (provider != "parquet" && provider != "json") {
    return Fail(Reason::kNotImplemented, "tables of the format " + wanted.provider);
  }
  const auto classes = catalog::FindStorageClasses(provider);
  if (!classes) return Fail(Reason::kInternal, "no storage classes for " + provider);
  const catalog::TableName name = Qualified(wanted.name);
  catalog::Table table;
  table.database = name.database;
  table.name = name.table;
  table.description = wanted.comment;
  table.owner = "hadoop";
  table.table_type = wanted.location.empty() ? "MANAGED_TABLE" : "EXTERNAL_TABLE";
  table.parameters = {{"spark.sql.sources.provider", provider}};
  if (!wanted.location.empty()) table.parameters["EXTERNAL"] = "TRUE";
  auto& storage = table.storage.emplace();
  storage.input_format = classes->input_format;
  storage.output_format = classes->output_format;
  storage.serde.emplace().library = classes->serde;
  storage.serde->parameters["serialization.format"] = "1";
  OWLET_TRY(storage.location, LocationFor(wanted));
  const auto is_key = [&](const std::string& column, const std::string& key) {
    return LowerCase(column) == LowerCase(key);
  };
  for (const plan::Field& field : schema) {
    const bool key = std::ranges::any_of(
        wanted.partition_by, [&](const std::string& one) { return is_key(field.name, one); });
    if (key) continue;
    OWLET_TRY(std::string type, catalog::FormatHiveType(field.type));
    storage.columns.push_back({.name = field.name, .type = std::move(type)});
  }
  for (const std::string& key : wanted.partition_by) {
    const auto field =
        std::ranges::find_if(schema, [&](const plan::Field& one) { return is_key(one.name, key); });
    if (field == schema.end()) {
      return Fail(Reason::kAnalysisError,
                  fmt::format("the partition column {} is not among the columns", key),
                  "PARTITION_COLUMN_NOT_FOUND_IN_SCHEMA");
    }
    OWLET_TRY(std::string type, catalog::FormatHiveType(field->type));
    table.partition_keys.push_back({.name = field->name, .type = std::move(type)});
  }
  return table;
}

Status TableWriter::Create(const NewTable& wanted, const plan::Schema& schema, bool if_not_exists) {
  OWLET_TRY(const auto present, Find(wanted.name));
  if (present) return if_not_exists ? Status{} : AlreadyExists(Qualified(wanted.name));
  OWLET_TRY(const catalog::Table table, Describe(wanted, schema));
  return services_.catalog.Edit(*context_.principal, [&](catalog::CatalogEdit& edit) -> Status {
    if (table.database == "default" && !edit.GetDatabase("default")) {
      OWLET_CHECK_OK(edit.CreateDatabase({.name = "default"}));
    }
    return edit.CreateTable(table);
  });
}

Status TableWriter::Save(const NewTable& wanted, const plan::RelationPtr& query,
                         engine::WriteMode mode) {
  OWLET_TRY(const auto present, Find(wanted.name));
  if (present) {
    if (mode == engine::WriteMode::kIgnore) return {};
    if (mode == engine::WriteMode::kErrorIfExists) return AlreadyExists(Qualified(wanted.name));
    if (mode == engine::WriteMode::kAppend) {
      return Insert(wanted.name, query, /*overwrite=*/false, /*by_name=*/true);
    }
  }
  OWLET_TRY(const plan::NodePtr node, Resolve(query));
  NewTable placed = wanted;
  if (present && placed.location.empty() && present->storage &&
      present->table_type != "MANAGED_TABLE") {
    placed.location = present->storage->location;
  }
  OWLET_TRY(const catalog::Table table, Describe(placed, plan::SchemaOf(*node)));
  engine::WriteSpec spec;
  OWLET_TRY(spec.format, FormatOf(table));
  spec.path = table.storage->location;
  spec.mode = mode == engine::WriteMode::kAppend || mode == engine::WriteMode::kIgnore
                  ? engine::WriteMode::kErrorIfExists
                  : mode;
  spec.partition_by = wanted.partition_by;
  spec.options = wanted.options;
  spec.on_publish = [&](kv::Transaction& transaction,
                        const engine::WriteResult& written) -> Status {
    auto edit = services_.catalog.EditWithin(*context_.principal, transaction);
    if (table.database == "default" && !edit.GetDatabase("default")) {
      OWLET_CHECK_OK(edit.CreateDatabase({.name = "default"}));
    }
    if (present) OWLET_CHECK_OK(edit.DeleteTable({table.database, table.name}));
    OWLET_CHECK_OK(edit.CreateTable(table));
    return AddPartitions(edit, table, written.files);
  };
  OWLET_TRY(const engine::WriteResult written, services_.engine.Write(node, spec, context_));
  static_cast<void>(written);
  return {};
}

Status TableWriter::Insert(const sql::Name& name, const plan::RelationPtr& query, bool overwrite,
                           bool by_name) {
  OWLET_TRY(const auto present, Find(name));
  if (!present || !present->storage) return TableNotFound(name);
  const catalog::Table& table = *present;
  std::vector<catalog::Column> columns = table.Columns();
  columns.insert(columns.end(), table.partition_keys.begin(), table.partition_keys.end());
  OWLET_TRY(const plan::NodePtr alone, Resolve(query));
  const plan::Schema data = plan::SchemaOf(*alone);
  if (data.size() != columns.size()) return ArityMismatch(Qualified(name), data, columns);

  // Each column cast to the table's type; the names are the table's.
  plan::Project project;
  project.input = query;
  if (!by_name) {
    plan::ToDataFrame renamed{query, {}};
    for (std::size_t i = 0; i < data.size(); ++i) renamed.names.push_back(fmt::format("c{}", i));
    project.input = plan::MakeRelation(std::move(renamed));
  }
  OWLET_TRY(const plan::NodePtr shape, Resolve(plan::MakeRelation(plan::ReadTable{name})));
  const plan::Schema target = plan::SchemaOf(*shape);
  for (std::size_t i = 0; i < target.size(); ++i) {
    plan::Cast cast;
    cast.input = plan::MakeExpression(
        plan::ColumnReference{.parts = {by_name ? target[i].name : fmt::format("c{}", i)}});
    cast.type = target[i].type;
    plan::Alias alias;
    alias.input = plan::MakeExpression(std::move(cast));
    alias.names = {target[i].name};
    project.expressions.push_back(plan::MakeExpression(std::move(alias)));
  }
  OWLET_TRY(const plan::NodePtr node, Resolve(plan::MakeRelation(std::move(project))));
  engine::WriteSpec spec;
  OWLET_TRY(spec.format, FormatOf(table));
  spec.path = table.storage->location;
  spec.mode = overwrite ? engine::WriteMode::kOverwrite : engine::WriteMode::kAppend;
  for (const catalog::Column& key : table.partition_keys) spec.partition_by.push_back(key.name);
  spec.on_publish = [&](kv::Transaction& transaction,
                        const engine::WriteResult& written) -> Status {
    auto edit = services_.catalog.EditWithin(*context_.principal, transaction);
    return AddPartitions(edit, table, written.files);
  };
  OWLET_TRY(const engine::WriteResult written, services_.engine.Write(node, spec, context_));
  static_cast<void>(written);
  return {};
}

}  // namespace owlet::spark_connect
