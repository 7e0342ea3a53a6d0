#include <fmt/format.h>

#include <algorithm>

#include "base/ascii.h"
#include "core/catalog/table_format.h"
#include "core/engine/place_path.h"
#include "core/engine/spark_table_source.h"
#include "core/plan/type_names.h"
#include "protocol/spark_connect/insert_rows.h"
#include "protocol/spark_connect/sql_statements.h"
#include "protocol/spark_connect/table_writer.h"

// CREATE TABLE, INSERT, DELETE and their kin of Spark SQL.

namespace owlet::spark_connect {

namespace {

std::unexpected<Error> NotImplemented(std::string_view what) {
  return Fail(Reason::kNotImplemented, fmt::format("{} is not implemented", what),
              "UNSUPPORTED_FEATURE");
}

std::unexpected<Error> Refuse(std::string condition,
                              std::vector<std::pair<std::string, std::string>> parameters) {
  std::string message = condition;
  for (const auto& [name, value] : parameters) message += fmt::format(", {}: {}", name, value);
  return Fail(Error{.reason = Reason::kAnalysisError,
                    .message = std::move(message),
                    .condition = std::move(condition),
                    .parameters = std::move(parameters)});
}

/// What the tables of Spark's own catalog do not do.
std::unexpected<Error> NoSuchOperation(std::string table, std::string operation) {
  return Refuse("UNSUPPORTED_FEATURE.TABLE_OPERATION",
                {{"tableName", std::move(table)}, {"operation", std::move(operation)}});
}

/// A table of Hive's: what STORED AS and ROW FORMAT say.
Result<std::optional<catalog::StorageDescriptor>> HiveStorage(const sql::CreateTable& create) {
  if (create.stored_as.empty() && !create.serde && !create.delimited && !create.input_format) {
    return std::nullopt;
  }
  const auto classes =
      catalog::FindStorageClasses(create.stored_as.empty() ? "textfile" : create.stored_as);
  if (!classes) {
    return Refuse("INVALID_STATEMENT_OR_CLAUSE",
                  {{"operation", "STORED AS with file format '" + create.stored_as + "'"}});
  }
  catalog::StorageDescriptor storage;
  storage.input_format = create.input_format.value_or(classes->input_format);
  storage.output_format = create.output_format.value_or(classes->output_format);
  catalog::Properties& properties = storage.serde.emplace().parameters;
  storage.serde->library = create.serde.value_or(classes->serde);
  properties["serialization.format"] = "1";
  for (const auto& [key, value] : create.serde_properties) properties[key] = value;
  if (create.delimited) {
    const auto put = [&](const char* key, const std::optional<std::string>& value) {
      if (value) properties[key] = *value;
    };
    put("field.delim", create.delimited->fields);
    put("serialization.format", create.delimited->fields);
    put("escape.delim", create.delimited->escaped);
    put("collection.delim", create.delimited->collection_items);
    put("mapkey.delim", create.delimited->map_keys);
    put("line.delim", create.delimited->lines);
    put("serialization.null.format", create.delimited->null_defined_as);
  }
  return storage;
}

}  // namespace

Result<NewTable> StatementRunner::Wanted(const sql::CreateTable& create, plan::Schema& schema) {
  NewTable table;
  table.name = create.name;
  table.location = create.location.value_or("");
  table.comment = create.comment.value_or("");
  table.buckets = create.buckets;
  table.options.insert(create.options.begin(), create.options.end());
  for (const auto& [key, value] : create.properties) table.properties[key] = value;
  OWLET_TRY(table.hive, HiveStorage(create));
  if (!create.provider.empty()) table.provider = create.provider;
  if (table.hive) table.provider = "hive";
  for (auto option = table.options.begin(); option != table.options.end();) {
    if (EqualsIgnoringCase(option->first, "path")) {
      table.location = option->second;
      option = table.options.erase(option);
    } else {
      ++option;
    }
  }
  const auto add = [&](const sql::ColumnDefinition& column) {
    std::string metadata;
    if (column.default_value != nullptr) metadata = MetadataWithDefault("{}", column.default_text);
    schema.push_back({column.name, column.type, true, std::move(metadata)});
    if (column.comment) table.comments[column.name] = *column.comment;
  };
  for (const sql::ColumnDefinition& column : create.columns) add(column);
  for (const sql::PartitionField& field : create.partitioned_by) {
    if (!field.transform.empty()) return NotImplemented("PARTITIONED BY a transform");
    if (field.definition) add(*field.definition);
    table.partition_by.push_back(field.column);
  }
  return table;
}

Result<LocalRows> StatementRunner::Apply(const sql::CreateTable& create) {
  if (create.temporary) return Refuse("_LEGACY_ERROR_TEMP_0046", {});
  if (create.or_replace) {
    return NoSuchOperation(QuotedName(create.name), "REPLACE TABLE");
  }
  if (!create.cluster_by.empty()) return NotImplemented("CLUSTER BY");
  if (create.external && !create.location) {
    return Refuse("CREATE_EXTERNAL_TABLE_WITHOUT_LOCATION", {});
  }
  if (create.query != nullptr && !create.columns.empty()) {
    return Refuse(
        "_LEGACY_ERROR_TEMP_0035",
        {{"message", "Schema may not be specified in a Create Table As Select (CTAS) statement"}});
  }
  plan::Schema schema;
  OWLET_TRY(NewTable table, Wanted(create, schema));
  TableWriter writer(services_, session_, context_);
  if (create.query != nullptr) {
    OWLET_CHECK_OK(writer.Save(
        table, Bound(create.query),
        create.if_not_exists ? engine::WriteMode::kIgnore : engine::WriteMode::kErrorIfExists));
    return LocalRows{};
  }
  if (schema.empty()) {  // the files say
    if (table.location.empty()) {
      std::string format = table.provider;
      format[0] =
          static_cast<char>(format[0] >= 'a' && format[0] <= 'z' ? format[0] - 32 : format[0]);
      return Refuse("UNABLE_TO_INFER_SCHEMA", {{"format", format}});
    }
    plan::ReadFiles read{.format = ToLowerAscii(table.provider), .paths = {table.location}};
    read.options = table.options;
    const auto source = MakeSource(services_, session_, context_);
    OWLET_TRY(const plan::NodePtr node,
              plan::Resolve(plan::MakeRelation(std::move(read)), context_.session, *source));
    schema = plan::SchemaOf(*node);
  }
  OWLET_CHECK_OK(writer.Create(table, schema, create.if_not_exists));
  return LocalRows{};
}

Result<LocalRows> StatementRunner::Apply(const sql::CreateTableLike& like) {
  OWLET_TRY(const catalog::Table source, TableOf(like.source));
  NewTable table;
  table.name = like.name;
  table.location = like.location.value_or("");
  for (const auto& [key, value] : like.properties) table.properties[key] = value;
  const auto provider = source.parameters.find(engine::kSparkProviderParameter);
  if (!like.provider.empty()) {
    table.provider = like.provider;
  } else if (provider != source.parameters.end()) {
    table.provider = provider->second;
  } else if (source.storage && !source.IsView()) {
    table.provider = "hive";
    table.hive = source.storage;
    table.hive->columns.clear();
  }
  for (const catalog::Column& key : source.partition_keys) table.partition_by.push_back(key.name);
  for (const auto* columns : {&source.Columns(), &source.partition_keys}) {
    for (const catalog::Column& column : *columns) {
      if (!column.comment.empty()) table.comments[column.name] = column.comment;
    }
  }
  OWLET_TRY(const plan::Schema schema, SchemaOfTable({source.database, source.name}));
  TableWriter writer(services_, session_, context_);
  OWLET_CHECK_OK(writer.Create(table, schema, like.if_not_exists));
  return LocalRows{};
}

Result<LocalRows> StatementRunner::InsertDirectory(const sql::Insert& insert) {
  engine::WriteSpec spec;
  spec.format = insert.directory_format.empty() ? "parquet" : insert.directory_format;
  spec.path = *insert.directory;
  spec.mode = engine::WriteMode::kOverwrite;
  for (const auto& [key, value] : insert.directory_options) {
    if (EqualsIgnoringCase(key, "path")) {
      spec.path = value;
    } else {
      spec.options[key] = value;
    }
  }
  const auto source = MakeSource(services_, session_, context_);
  OWLET_TRY(const plan::NodePtr node,
            plan::Resolve(Bound(insert.query), context_.session, *source));
  OWLET_TRY([[maybe_unused]] const auto written, services_.engine.Write(node, spec, context_));
  return LocalRows{};
}

Result<LocalRows> StatementRunner::Apply(const sql::Insert& insert) {
  if (insert.directory) return InsertDirectory(insert);
  if (insert.replace_where != nullptr) {
    OWLET_TRY(const catalog::Table table, TableOf(insert.table, SearchScope::kQuery));
    return NoSuchOperation(QuotedTable(table), "INSERT INTO ... REPLACE WHERE");
  }
  if (insert.if_not_exists && !insert.overwrite) {
    return Refuse("INVALID_STATEMENT_OR_CLAUSE", {{"operation", "INSERT INTO ... IF NOT EXISTS"}});
  }
  TableWriter writer(services_, session_, context_);
  OWLET_CHECK_OK(writer.Insert({.table = insert.table,
                                .overwrite = insert.overwrite,
                                .by_name = insert.by_name,
                                .columns = insert.columns,
                                .partition = insert.partition,
                                .if_not_exists = insert.if_not_exists},
                               Bound(insert.query)));
  return LocalRows{};
}

// Rows of files do not change: the names are checked as for a table that could, and then it is
// refused.
Result<std::string> StatementRunner::TargetOf(const sql::Name& name) {
  OWLET_TRY([[maybe_unused]] const plan::Schema schema, SchemaOfTable(name));
  if (session_->FindView(name)) return std::string("`unknown`");
  OWLET_TRY(const catalog::Table table, TableOf(name, SearchScope::kQuery));
  return QuotedTable(table);
}

Result<LocalRows> StatementRunner::Apply(const sql::Update& update) {
  OWLET_TRY(std::string target, TargetOf(update.table));
  plan::Project columns{plan::MakeRelation(plan::ReadTable{update.table}), {}};
  if (!update.alias.empty()) {
    columns.input = plan::MakeRelation(plan::SubqueryAlias{columns.input, {update.alias}});
  }
  for (const sql::Assignment& assignment : update.assignments) {
    columns.expressions.push_back(
        plan::MakeExpression(plan::ColumnReference{.parts = assignment.column}));
    if (assignment.value != nullptr) columns.expressions.push_back(assignment.value);
  }
  const auto source = MakeSource(services_, session_, context_);
  OWLET_TRY(
      [[maybe_unused]] const plan::NodePtr node,
      plan::Resolve(Bound(plan::MakeRelation(std::move(columns))), context_.session, *source));
  return NoSuchOperation(std::move(target), "UPDATE TABLE");
}

Result<LocalRows> StatementRunner::Apply(const sql::Delete& statement) {
  OWLET_TRY(std::string target, TargetOf(statement.table));
  return NoSuchOperation(std::move(target), "DELETE");
}

Result<LocalRows> StatementRunner::Apply(const sql::Merge& merge) {
  OWLET_TRY(std::string target, TargetOf(merge.target));
  const auto source = MakeSource(services_, session_, context_);
  OWLET_TRY([[maybe_unused]] const plan::NodePtr node,
            plan::Resolve(Bound(merge.source), context_.session, *source));
  return NoSuchOperation(std::move(target), "MERGE INTO TABLE");
}

Result<LocalRows> StatementRunner::Apply(const sql::AnalyzeTable& analyze) {
  OWLET_TRY(catalog::Table table, TableOf(analyze.name));
  const sql::Name name{table.database, table.name};
  OWLET_TRY(const plan::Schema schema, SchemaOfTable(name));
  for (const std::string& column : analyze.columns) {
    const bool there = std::ranges::any_of(
        schema, [&](const plan::Field& field) { return EqualsIgnoringCase(field.name, column); });
    if (there) continue;
    return Refuse("COLUMN_NOT_FOUND", {{"colName", fmt::format("`{}`", column)},
                                       {"caseSensitiveConfig", "\"spark.sql.caseSensitive\""}});
  }
  if (analyze.no_scan || !analyze.partition.empty() || table.IsView()) return LocalRows{};
  plan::Aggregate count{plan::MakeRelation(plan::ReadTable{name}), {}, {}};
  plan::FunctionCall call{.name = "count"};
  call.arguments.push_back(plan::MakeExpression(plan::Literal::Integer(1)));
  count.aggregates.push_back(plan::MakeExpression(std::move(call)));
  OWLET_TRY(const Values rows, Evaluate(plan::MakeRelation(std::move(count))));
  const auto* number = std::get_if<std::int64_t>(&rows.rows.front().front().value);
  if (number == nullptr) return Fail(Reason::kInternal, "a count that is no number");
  table.parameters["spark.sql.statistics.numRows"] = std::to_string(*number);
  OWLET_CHECK_OK(EditCatalog([&](catalog::CatalogEdit& edit) { return edit.UpdateTable(table); }));
  return LocalRows{};
}

}  // namespace owlet::spark_connect
