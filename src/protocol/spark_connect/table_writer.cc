#include "protocol/spark_connect/table_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <utility>

#include "core/catalog/catalog.h"
#include "core/catalog/format_options.h"
#include "core/catalog/table_format.h"
#include "core/engine/place_path.h"
#include "core/engine/spark_table_source.h"
#include "core/plan/resolved_walk.h"
#include "core/plan/type_names.h"
#include "protocol/spark_connect/partition_spec.h"
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

std::vector<std::string> ValuesOf(const engine::WrittenFile& file) {
  std::vector<std::string> values;
  for (const auto& [column, value] : file.partition) {
    values.push_back(value.value_or(catalog::kDefaultPartition));
  }
  return values;
}

/// Registers the partitions that the files lie in.
Status AddPartitions(catalog::CatalogEdit& edit, const catalog::Table& table,
                     const std::vector<engine::WrittenFile>& files) {
  if (table.partition_keys.empty()) return {};
  std::map<std::vector<std::string>, catalog::Partition> partitions;
  for (const engine::WrittenFile& file : files) {
    const std::vector<std::string> values = ValuesOf(file);
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

/// The format and the writer's options that the table was made with.
Status SetFormat(const catalog::Table& table, engine::WriteSpec& spec) {
  const auto provider = table.parameters.find(engine::kSparkProviderParameter);
  if (provider != table.parameters.end() &&
      table.parameters.contains(engine::kSparkSchemaParameter)) {
    spec.format = LowerCase(provider->second);
    if (!table.storage->serde) return {};
    for (const auto& [key, value] : table.storage->serde->parameters) {
      if (key != "serialization.format" && key != "path") spec.options[key] = value;
    }
    return {};
  }
  OWLET_TRY(const catalog::TableFormat format, catalog::ReadTableFormat(table));
  return catalog::DescribeFormat(format, table.database + "." + table.name, spec.format,
                                 spec.options);
}

Result<std::vector<catalog::Partition>> AllPartitions(const catalog::Catalog& catalog,
                                                      const access::Principal& who,
                                                      const catalog::Table& table) {
  std::vector<catalog::Partition> all;
  catalog::PageRequest request;
  do {
    OWLET_TRY(auto page, catalog.ListPartitions(who, {table.database, table.name}, request));
    std::ranges::move(page.items, std::back_inserter(all));
    request.token = page.next;
  } while (!request.token.empty());
  return all;
}

bool Reads(const plan::NodePtr& root, const std::string& table_name) {
  std::vector<plan::NodePtr> pending = {root};
  while (!pending.empty()) {
    const plan::NodePtr node = pending.back();
    pending.pop_back();
    if (!node) continue;
    const auto* scan = std::get_if<plan::ScanNode>(&node->node);
    if (scan != nullptr && scan->source->table_name == table_name) return true;
    for (plan::NodePtr& input : plan::InputsOf(*node)) pending.push_back(std::move(input));
  }
  return false;
}

/// An overflow of the cast to a column's type is the INSERT's, with the column's name.
Error InsertError(Error error, const plan::RelationPtr& rows, const plan::Schema& data) {
  if (error.condition == "USER_RAISED_EXCEPTION") {
    for (const auto& [key, value] : error.parameters) {
      if (key != "errorMessage" || !value.starts_with(kTooLong)) continue;
      const std::string limit = value.substr(std::string_view(kTooLong).size());
      error.condition = "EXCEED_LIMIT_LENGTH";
      error.parameters = {{"limit", limit}};
      return error;
    }
  }
  if (error.condition != "CAST_OVERFLOW" && error.condition != "NUMERIC_VALUE_OUT_OF_RANGE" &&
      !error.condition.starts_with("NUMERIC_VALUE_OUT_OF_RANGE.")) {
    return error;
  }
  const auto parameter = [&](std::string_view name) {
    for (const auto& [key, value] : error.parameters) {
      if (key == name) return value;
    }
    return std::string();
  };
  for (const auto& expression : std::get<plan::Project>(rows->node).expressions) {
    const auto& alias = std::get<plan::Alias>(expression->node);
    const auto& cast = std::get<plan::Cast>(alias.input->node);
    const auto* column = std::get_if<plan::ColumnReference>(&cast.input->node);
    if (column == nullptr) continue;
    const plan::Type& from = data.at(std::stoul(column->parts[0].substr(1))).type;
    const std::string source = fmt::format("\"{}\"", plan::SparkSqlName(from));
    const std::string target = fmt::format("\"{}\"", plan::SparkSqlName(cast.type));
    const bool is_decimal = cast.type.id() == plan::TypeId::kDecimal &&
                            parameter("precision") == std::to_string(cast.type.precision()) &&
                            parameter("scale") == std::to_string(cast.type.scale());
    if (!is_decimal && (parameter("sourceType") != source || parameter("targetType") != target)) {
      continue;
    }
    error.condition = "CAST_OVERFLOW_IN_TABLE_INSERT";
    error.parameters = {{"sourceType", source},
                        {"targetType", target},
                        {"columnName", fmt::format("`{}`", alias.names[0])}};
    return error;
  }
  return error;
}

/// A partition's folder below its table's.
std::string FolderOf(const catalog::Table& table, const std::vector<std::string>& values) {
  return Folder(table.storage->location) + catalog::PartitionName(table.partition_keys, values) +
         "/";
}

}  // namespace

std::string TableWriter::QuotedName(const sql::Name& name) const { return Quoted(Qualified(name)); }

Status TableWriter::CheckAppend(const catalog::Table& table, const NewTable& wanted,
                                const plan::RelationPtr& query) const {
  const auto refuse = [](std::string condition,
                         std::vector<std::pair<std::string, std::string>> parameters) {
    return Fail(Error{.reason = Reason::kAnalysisError,
                      .message = "rows do not fit the table: " + condition,
                      .condition = std::move(condition),
                      .parameters = std::move(parameters)});
  };
  const std::string name = fmt::format("spark_catalog.{}.{}", table.database, table.name);
  const auto provider = table.parameters.find(engine::kSparkProviderParameter);
  if (provider != table.parameters.end() && provider->second != LowerCase(wanted.provider)) {
    const auto reader = [](const std::string& format) {
      static const std::map<std::string, std::string> kReaders = {
          {"parquet", "Parquet"}, {"json", "Json"}, {"csv", "CSV"},
          {"text", "Text"},       {"orc", "Orc"},   {"avro", "Avro"}};
      const auto found = kReaders.find(format);
      return (found == kReaders.end() ? format : found->second) + "DataSourceV2";
    };
    return refuse("_LEGACY_ERROR_TEMP_1159",
                  {{"tableName", name},
                   {"existingProvider", reader(provider->second)},
                   {"specifiedProvider", reader(LowerCase(wanted.provider))}});
  }
  OWLET_TRY(const plan::NodePtr shape,
            Resolve(plan::MakeRelation(plan::ReadTable{{table.database, table.name}})));
  OWLET_TRY(const plan::NodePtr rows, Resolve(query));
  const plan::Schema target = plan::SchemaOf(*shape);
  const plan::Schema data = plan::SchemaOf(*rows);
  if (target.size() != data.size()) {
    return refuse("_LEGACY_ERROR_TEMP_1161",
                  {{"tableName", name},
                   {"existingTableSchema", plan::SparkTypeName(plan::Type::Row(target))},
                   {"querySchema", plan::SparkTypeName(plan::Type::Row(data))}});
  }
  std::string given, keys, wanted_keys;
  for (const plan::Field& field : data) given += (given.empty() ? "" : ", ") + field.name;
  for (const plan::Field& field : target) {
    const bool there = std::ranges::any_of(
        data, [&](const plan::Field& one) { return LowerCase(one.name) == LowerCase(field.name); });
    if (there) continue;
    return refuse("_LEGACY_ERROR_TEMP_1162", {{"col", field.name}, {"inputColumns", given}});
  }
  for (const catalog::Column& key : table.partition_keys) {
    keys += (keys.empty() ? "" : ", ") + key.name;
  }
  for (const std::string& key : wanted.partition_by) {
    wanted_keys += (wanted_keys.empty() ? "" : ", ") + key;
  }
  if (wanted_keys.empty() || LowerCase(wanted_keys) == LowerCase(keys)) return {};
  return refuse(
      "_LEGACY_ERROR_TEMP_1163",
      {{"tableName", name}, {"specifiedPartCols", wanted_keys}, {"existingPartCols", keys}});
}

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
  OWLET_TRY(std::string location, LocationFor(wanted));
  return DescribeNewTable(wanted, Qualified(wanted.name), schema, std::move(location));
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
      OWLET_CHECK_OK(CheckAppend(*present, wanted, query));
      return Insert({.table = wanted.name, .by_name = true}, query);
    }
  }
  OWLET_TRY(const plan::NodePtr node, Resolve(query));
  if (present && Reads(node, present->database + "." + present->name)) {
    return Fail(Error{.reason = Reason::kAnalysisError,
                      .message = "a table that the query reads is overwritten",
                      .condition = "UNSUPPORTED_OVERWRITE.TABLE",
                      .parameters = {{"table", QuotedTable(*present)}}});
  }
  NewTable placed = wanted;
  if (present && placed.location.empty() && present->storage &&
      present->table_type != "MANAGED_TABLE") {
    placed.location = present->storage->location;
  }
  OWLET_TRY(const catalog::Table table, Describe(placed, plan::SchemaOf(*node)));
  engine::WriteSpec spec;
  OWLET_CHECK_OK(SetFormat(table, spec));
  spec.path = table.storage->location;
  spec.mode = mode == engine::WriteMode::kAppend || mode == engine::WriteMode::kIgnore
                  ? engine::WriteMode::kErrorIfExists
                  : mode;
  spec.partition_by = wanted.partition_by;
  spec.options.insert(wanted.options.begin(), wanted.options.end());
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

Result<engine::WriteSpec> TableWriter::SpecFor(const catalog::Table& table,
                                               const InsertPlace& place,
                                               std::vector<catalog::Partition>& replaced) const {
  engine::WriteSpec spec;
  OWLET_CHECK_OK(SetFormat(table, spec));
  spec.path = table.storage->location;
  spec.mode = place.overwrite ? engine::WriteMode::kOverwrite : engine::WriteMode::kAppend;
  for (const catalog::Column& key : table.partition_keys) spec.partition_by.push_back(key.name);
  if (table.partition_keys.empty()) return spec;
  OWLET_TRY(const auto fixed, ReadPartitionSpec(table, place.partition));
  const bool all_fixed =
      std::ranges::all_of(fixed, [](const auto& one) { return one.has_value(); });
  const std::string mode =
      session_->Config("spark.sql.sources.partitionOverwriteMode").value_or("STATIC");
  spec.dynamic_overwrite = !all_fixed && LowerCase(mode) == "dynamic";
  OWLET_TRY(const auto partitions, AllPartitions(services_.catalog, *context_.principal, table));
  auto elsewhere = std::make_shared<std::map<std::vector<std::string>, std::string>>();
  for (const catalog::Partition& partition : partitions) {
    if (!partition.storage) continue;
    if (partition.storage->location != FolderOf(table, partition.values)) {
      elsewhere->emplace(partition.values, partition.storage->location);
    }
    bool fits = true;
    for (std::size_t i = 0; i < fixed.size(); ++i) {
      fits = fits && (!fixed[i] || *fixed[i] == partition.values[i]);
    }
    if (!fits || !place.overwrite || spec.dynamic_overwrite) continue;
    replaced.push_back(partition);
    spec.replaced_folders.push_back(partition.storage->location);
  }
  // Files that no partition of the catalog owns go too, below the constants that stand first.
  std::string below = Folder(table.storage->location);
  for (std::size_t i = 0; i < fixed.size() && fixed[i]; ++i) {
    below += catalog::PartitionName({table.partition_keys[i]}, {*fixed[i]}) + "/";
  }
  if (place.overwrite && !spec.dynamic_overwrite) spec.replaced_folders.push_back(below);
  spec.partition_location =
      [elsewhere](const engine::PartitionText& texts) -> std::optional<std::string> {
    std::vector<std::string> values;
    for (const auto& [column, text] : texts) {
      values.push_back(text.value_or(catalog::kDefaultPartition));
    }
    const auto found = elsewhere->find(values);
    if (found == elsewhere->end()) return std::nullopt;
    return found->second;
  };
  return spec;
}

Status TableWriter::Insert(const InsertPlace& place, const plan::RelationPtr& query) {
  OWLET_TRY(const auto present, Find(place.table));
  if (!present) {
    std::string quoted;
    for (const std::string& part : place.table) {
      quoted += fmt::format("{}`{}`", quoted.empty() ? "" : ".", part);
    }
    return Fail(
        Error{.reason = Reason::kTableNotFound,
              .message = "no such table or view: " + quoted,
              .condition = "TABLE_OR_VIEW_NOT_FOUND",
              .parameters = {
                  {"relationName", quoted},
                  {"searchPath",
                   fmt::format("[`system`.`builtin`, `system`.`session`, `spark_catalog`.`{}`]",
                               context_.session.current_database)}}});
  }
  const catalog::Table& table = *present;
  if (table.IsView() || !table.storage) {
    return Fail(Error{.reason = Reason::kAnalysisError,
                      .message = "INSERT into a view",
                      .condition = "EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE",
                      .parameters = {{"viewName", QuotedTable(table)}, {"operation", "INSERT"}}});
  }
  OWLET_TRY(const plan::NodePtr shape, Resolve(plan::MakeRelation(plan::ReadTable{place.table})));
  const plan::Schema target = plan::SchemaOf(*shape);
  OWLET_TRY(const plan::RelationPtr filled, FillDefaults(table, target, place, query));
  OWLET_TRY(const plan::NodePtr alone, Resolve(filled));
  const plan::Schema data = plan::SchemaOf(*alone);
  OWLET_TRY(const plan::RelationPtr rows, FitRows(table, target, place, filled, data));
  if (place.overwrite && Reads(alone, table.database + "." + table.name)) {
    return Fail(Error{.reason = Reason::kAnalysisError,
                      .message = "a table that the query reads is overwritten",
                      .condition = "UNSUPPORTED_OVERWRITE.TABLE",
                      .parameters = {{"table", QuotedTable(table)}}});
  }
  std::vector<catalog::Partition> replaced;
  OWLET_TRY(engine::WriteSpec spec, SpecFor(table, place, replaced));
  if (place.if_not_exists && !replaced.empty()) return {};
  OWLET_TRY(const plan::NodePtr node, Resolve(rows));
  spec.on_publish = [&](kv::Transaction& transaction,
                        const engine::WriteResult& written) -> Status {
    auto edit = services_.catalog.EditWithin(*context_.principal, transaction);
    for (const catalog::Partition& partition : replaced) {
      const bool kept = std::ranges::any_of(written.files, [&](const engine::WrittenFile& file) {
        return ValuesOf(file) == partition.values;
      });
      if (kept) continue;
      OWLET_CHECK_OK(edit.DeletePartition({table.database, table.name}, partition.values));
    }
    return AddPartitions(edit, table, written.files);
  };
  const auto written = services_.engine.Write(node, spec, context_);
  if (!written) return std::unexpected(InsertError(written.error(), rows, data));
  return {};
}

}  // namespace owlet::spark_connect
