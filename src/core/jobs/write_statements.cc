#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/ascii.h"
#include "core/catalog/hive_types.h"
#include "core/catalog/table_format.h"
#include "core/jobs/result_files.h"
#include "core/jobs/statement_run.h"
#include "core/plan/type_names.h"

// CTAS, INSERT and UNLOAD: the engine writes the files, and their publication carries the catalog's
// edits, so that a table and its rows appear together.

namespace owlet::jobs {
namespace {

using plan::Type;
using plan::TypeId;

constexpr std::size_t kMaximumPartitions = 100;

std::unexpected<Error> Invalid(std::string condition, std::string message) {
  return Fail(Reason::kAnalysisError, std::move(message), std::move(condition));
}

/// The properties of WITH (...) as texts; lists stay lists.
class WriteProperties {
 public:
  [[nodiscard]] static Result<WriteProperties> Read(const sql::ExpressionProperties& properties,
                                                    const std::set<std::string>& known) {
    WriteProperties result;
    for (const auto& [name, expression] : properties) {
      const std::string key = ToLowerAscii(name);
      if (!known.contains(key)) {
        return Invalid(
            "INVALID_TABLE_PROPERTY",
            fmt::format("Catalog 'awsdatacatalog' table property '{}' does not exist", key));
      }
      OWLET_TRY(result.values_[key], LiteralTexts(expression));
    }
    return result;
  }
  [[nodiscard]] std::string Get(const std::string& name, std::string otherwise = {}) const {
    const auto found = values_.find(name);
    return found == values_.end() || found->second.empty() ? otherwise : found->second.front();
  }
  [[nodiscard]] std::vector<std::string> List(const std::string& name) const {
    const auto found = values_.find(name);
    return found == values_.end() ? std::vector<std::string>{} : found->second;
  }
  [[nodiscard]] bool Has(const std::string& name) const { return values_.contains(name); }

 private:
  std::map<std::string, std::vector<std::string>> values_;
};

/// The engine's format and options for a table's format.
Result<engine::WriteSpec> SpecFor(const catalog::TableFormat& format) {
  engine::WriteSpec spec;
  spec.mode = engine::WriteMode::kAppend;
  spec.success_file = false;
  if (!format.compression.empty()) spec.options["compression"] = format.compression;
  switch (format.kind) {
    case catalog::FormatKind::kParquet:
      spec.format = "parquet";
      return spec;
    case catalog::FormatKind::kJsonOpenX:
    case catalog::FormatKind::kJsonHive:
      spec.format = "json";
      return spec;
    case catalog::FormatKind::kTextDelimited:
      spec.format = "csv";
      spec.options["sep"] = format.field_delimiter;
      spec.options["nullValue"] = format.null_text;
      spec.options["quote"] = "";  // LazySimpleSerDe knows no quotes
      spec.options["header"] = "false";
      return spec;
    case catalog::FormatKind::kCsvOpenCsv:
      spec.format = "csv";
      spec.options["sep"] = format.separator;
      spec.options["quote"] = format.quote;
      spec.options["quoteAll"] = "true";
      spec.options["header"] = "false";
      return spec;
    case catalog::FormatKind::kAvro:
      spec.format = "avro";
      return spec;
    case catalog::FormatKind::kOrc:
      spec.format = "orc";
      return spec;
    default:
      return Fail(Reason::kNotImplemented, "Writing this table's format is not supported",
                  "NOT_SUPPORTED");
  }
}

/// The query with its columns renamed to `c0`, `c1` ..., so that each can be named.
plan::RelationPtr Numbered(const plan::RelationPtr& query, std::size_t count) {
  plan::SubqueryAlias alias{.input = query, .name = {"query"}};
  for (std::size_t i = 0; i < count; ++i) alias.columns.push_back(fmt::format("c{}", i));
  return plan::MakeRelation(std::move(alias));
}

plan::ExpressionPtr NumberedColumn(std::size_t index) {
  return plan::MakeExpression(plan::ColumnReference{.parts = {fmt::format("c{}", index)}});
}

plan::ExpressionPtr Named(plan::ExpressionPtr expression, std::string name) {
  return plan::MakeExpression(
      plan::Alias{.input = std::move(expression), .names = {std::move(name)}, .metadata = {}});
}

/// Which source types an INSERT takes for a column without a CAST in the query.
bool CanInsert(const Type& from, const Type& to) {
  if (from.id() == TypeId::kUnknown || from.SameIgnoringNulls(to)) return true;
  if (from.IsNumeric() && to.IsNumeric()) return true;
  if (from.IsCharacter() && to.IsCharacter()) return true;
  const auto is_time = [](const Type& type) {
    return type.id() == TypeId::kTimestamp || type.id() == TypeId::kDate;
  };
  if (is_time(from) && to.id() == TypeId::kTimestamp) return true;
  return from.IsNested() && from.id() == to.id();
}

/// One entry a new partition of `files`.
std::vector<catalog::Partition> PartitionsOf(const catalog::Table& table,
                                             const std::vector<engine::WrittenFile>& files) {
  std::map<std::vector<std::string>, catalog::Partition> partitions;
  for (const auto& file : files) {
    std::vector<std::string> values;
    for (const auto& [column, value] : file.partition) {
      values.push_back(value.value_or(catalog::kDefaultPartition));
    }
    catalog::Partition& partition = partitions[values];
    if (partition.storage) continue;
    partition.values = values;
    partition.storage = table.storage;
    partition.storage->location = JoinLocation(
        table.storage->location, catalog::PartitionName(table.partition_keys, values) + "/");
  }
  std::vector<catalog::Partition> list;
  for (auto& [values, partition] : partitions) list.push_back(std::move(partition));
  return list;
}

Status AddPartitions(catalog::CatalogEdit& edit, const catalog::Table& table,
                     const std::vector<engine::WrittenFile>& files) {
  if (table.partition_keys.empty()) return {};
  const auto partitions = PartitionsOf(table, files);
  if (partitions.size() > kMaximumPartitions) {
    return Fail(Reason::kLimitExceeded,
                fmt::format("Exceeded limit of {} open writers for partitions", kMaximumPartitions),
                "HIVE_TOO_MANY_OPEN_PARTITIONS");
  }
  for (const auto& partition : partitions) {
    const Status added = edit.CreatePartition({table.database, table.name}, partition);
    if (!added && added.error().reason != Reason::kEntityExists) return added;
  }
  return {};
}

/// The engine's words for a folder that is not empty, in Athena's.
Error WriteError(const Error& error, std::string_view location) {
  if (error.condition != "PATH_ALREADY_EXISTS") return error;
  return {.reason = Reason::kAnalysisError,
          .message = fmt::format("Target directory already exists: {}. You may need to manually "
                                 "clean the data at this location before retrying. Athena will not "
                                 "delete data in your account.",
                                 location),
          .condition = "HIVE_PATH_ALREADY_EXISTS"};
}

/// CTAS's table before its files are known.
Result<catalog::Table> NewTable(const sql::CreateTableAs& statement, const catalog::TableName& name,
                                const plan::Schema& schema, const WriteProperties& properties,
                                std::string location) {
  catalog::Table table;
  table.database = name.database;
  table.name = name.table;
  table.owner = "hadoop";
  table.table_type = "EXTERNAL_TABLE";
  table.description = statement.comment.value_or("");
  table.parameters = {{"EXTERNAL", "TRUE"}, {"has_encrypted_data", "false"}};
  const std::string format = properties.Get("format", "PARQUET");
  const auto classes = catalog::FindStorageClasses(format);
  if (!classes) {
    return Invalid("INVALID_TABLE_PROPERTY", fmt::format("Invalid value for format: {}", format));
  }
  auto& storage = table.storage.emplace();
  storage.input_format = classes->input_format;
  storage.output_format = classes->output_format;
  storage.location = std::move(location);
  storage.number_of_buckets = -1;
  auto& serde = storage.serde.emplace();
  serde.library = classes->serde;
  serde.parameters["serialization.format"] = "1";
  if (properties.Has("field_delimiter")) {
    serde.parameters["field.delim"] = properties.Get("field_delimiter");
    serde.parameters["serialization.format"] = properties.Get("field_delimiter");
  }
  for (const char* key : {"write_compression", "parquet_compression", "orc_compression"}) {
    if (properties.Has(key)) table.parameters["write.compression"] = properties.Get(key);
  }
  std::vector<std::string> keys = properties.List("partitioned_by");
  for (auto& key : keys) key = ToLowerAscii(key);
  if (keys.size() >= schema.size()) {
    return Invalid("INVALID_TABLE_PROPERTY", "Table contains only partition columns");
  }
  std::set<std::string> seen;
  for (std::size_t i = 0; i < schema.size(); ++i) {
    const std::string column_name = ToLowerAscii(schema[i].name);
    if (!seen.insert(column_name).second) {
      return Invalid("DUPLICATE_COLUMN_NAME",
                     fmt::format("Column name '{}' specified more than once", column_name));
    }
    OWLET_TRY(std::string type, catalog::FormatHiveType(schema[i].type));
    catalog::Column column{.name = column_name, .type = std::move(type)};
    const std::size_t first_key = schema.size() - keys.size();
    if (i < first_key) {
      storage.columns.push_back(std::move(column));
    } else if (keys[i - first_key] == column_name) {
      table.partition_keys.push_back(std::move(column));
    } else {
      return Invalid("INVALID_TABLE_PROPERTY",
                     fmt::format("Partition keys must be the last columns in the table and in the "
                                 "same order as the table properties: [{}]",
                                 fmt::join(keys, ", ")));
    }
  }
  return table;
}

}  // namespace

Result<StatementOutcome> StatementRun::FinishWrite(const engine::WriteResult& written,
                                                   std::string_view folder) {
  QueryExecution manifest = context_.execution;
  manifest.request.results.output_location = folder;
  OWLET_TRY(auto writer,
            ResultFileWriter::Begin(runner_.objects_, principal(), manifest, "-manifest.csv"));
  for (const auto& file : written.files) OWLET_CHECK_OK(writer.Append(file.path + "\n"));
  StatementOutcome outcome;
  outcome.form = ResultForm::kManifest;
  outcome.columns = {{.name = "rows", .type = "bigint", .precision = 19}};
  outcome.update_count = static_cast<std::int64_t>(written.num_rows);
  outcome.output_rows = *outcome.update_count;
  for (const auto& file : written.files) {
    outcome.output_bytes += static_cast<std::int64_t>(file.size_bytes);
  }
  outcome.scanned_bytes = static_cast<std::int64_t>(written.progress.bytes_scanned);
  outcome.scanned_rows = static_cast<std::int64_t>(written.progress.rows_scanned);
  outcome.planning_ms = planning_ms_;
  outcome.output_location = JoinLocation(folder, context_.execution.id);
  OWLET_TRY(outcome.manifest_location, writer.Commit(".metadata", outcome.columns));
  return outcome;
}

Result<StatementOutcome> StatementRun::Run(const sql::CreateTableAs& statement) {
  OWLET_TRY(const auto name, ResolveName(statement.name));
  static const std::set<std::string> kKnown = {
      "format",          "external_location",   "partitioned_by",  "write_compression",
      "field_delimiter", "parquet_compression", "orc_compression", "bucketed_by",
      "bucket_count",    "table_type",          "is_external",     "location"};
  OWLET_TRY(const auto properties, WriteProperties::Read(statement.properties, kKnown));
  if (EqualsIgnoringCase(properties.Get("table_type"), "ICEBERG") ||
      properties.Has("bucketed_by")) {
    return Fail(Reason::kNotImplemented,
                "CREATE TABLE AS of an Iceberg or a bucketed table is not supported",
                "NOT_SUPPORTED");
  }
  const std::string& results = context_.execution.request.results.output_location;
  const std::string tables = JoinLocation(results, "tables/");
  std::string location = properties.Get("external_location");
  if (!location.empty() && context_.location_enforced) {
    return Invalid("INVALID_TABLE_PROPERTY",
                   "The Create Table As Select query failed because it was submitted with an "
                   "'external_location' property to an Athena Workgroup that enforces a "
                   "centralized output location for all queries. Please remove the "
                   "'external_location' property and resubmit the query.");
  }
  if (location.empty()) location = JoinLocation(tables, context_.execution.id);
  OWLET_TRY(const auto checked, ParseLocation(location));

  const auto present = runner_.catalog_.GetTable(principal(), name);
  if (present) {
    if (statement.if_not_exists) return Nothing();
    return Invalid("TABLE_ALREADY_EXISTS",
                   fmt::format("Destination table 'awsdatacatalog.{}.{}' already exists",
                               name.database, name.table));
  }
  if (present.error().reason == Reason::kDatabaseNotFound) {
    return Invalid("SCHEMA_NOT_FOUND", fmt::format("Schema {} does not exist", name.database));
  }
  plan::RelationPtr query = statement.query;
  if (!statement.columns.empty()) {
    query = plan::MakeRelation(
        plan::SubqueryAlias{.input = query, .name = {"query"}, .columns = statement.columns});
  }
  if (!statement.with_data) {
    query = plan::MakeRelation(
        plan::Limit{.input = query, .limit = plan::MakeExpression(plan::Literal::Bigint(0))});
  }
  OWLET_TRY(const plan::NodePtr node, Resolve(query));
  OWLET_TRY(const catalog::Table table,
            NewTable(statement, name, plan::SchemaOf(*node), properties, location));
  OWLET_TRY(const auto format, catalog::ReadTableFormat(table));
  OWLET_TRY(engine::WriteSpec spec, SpecFor(format));
  spec.path = location;
  spec.mode = engine::WriteMode::kErrorIfExists;
  spec.file_prefix = context_.execution.id;
  for (const auto& key : table.partition_keys) spec.partition_by.push_back(key.name);
  spec.on_publish = [&](kv::Transaction& transaction,
                        const engine::WriteResult& written) -> Status {
    auto edit = runner_.catalog_.EditWithin(principal(), transaction);
    OWLET_CHECK_OK(edit.CreateTable(table));
    return AddPartitions(edit, table, written.files);
  };
  const auto written = runner_.engine_.Write(node, spec, EngineContext());
  if (!written) return std::unexpected(WriteError(written.error(), location));
  return FinishWrite(*written, tables);
}

Result<StatementOutcome> StatementRun::Run(const sql::Insert& statement) {
  OWLET_TRY(const auto name, ResolveName(statement.table));
  const auto found = runner_.catalog_.GetTable(principal(), name);
  if (!found) {
    if (found.error().reason == Reason::kAccessDenied) return std::unexpected(found.error());
    return Invalid("TABLE_NOT_FOUND", fmt::format("Table 'awsdatacatalog.{}.{}' does not exist",
                                                  name.database, name.table));
  }
  const catalog::Table& table = *found;
  if (table.IsView() || !table.storage) {
    return Fail(Reason::kNotImplemented, "Inserting into views is not supported", "NOT_SUPPORTED");
  }
  std::vector<catalog::Column> columns = table.Columns();
  columns.insert(columns.end(), table.partition_keys.begin(), table.partition_keys.end());

  // Which column of the query becomes which of the table's.
  OWLET_TRY(const plan::NodePtr alone, Resolve(statement.query));
  const plan::Schema schema = plan::SchemaOf(*alone);
  std::vector<std::string> targets;
  for (const auto& column : statement.columns) targets.push_back(ToLowerAscii(column));
  if (targets.empty()) {
    for (const auto& column : columns) targets.push_back(ToLowerAscii(column.name));
  }
  if (targets.size() != schema.size()) {
    return Invalid("MISMATCHED_COLUMN_COUNT",
                   fmt::format("Insert query has {} expression(s) but {} target column(s) ",
                               schema.size(), targets.size()));
  }
  plan::Project project{.input = Numbered(statement.query, schema.size()), .expressions = {}};
  for (const auto& column : columns) {
    OWLET_TRY(const Type type, catalog::ParseHiveType(column.type));
    const auto target = std::ranges::find(targets, ToLowerAscii(column.name));
    plan::ExpressionPtr value = plan::MakeExpression(plan::Literal::Null());
    if (target != targets.end()) {
      const auto index = static_cast<std::size_t>(target - targets.begin());
      if (!CanInsert(schema[index].type, type)) {
        return Invalid("TYPE_MISMATCH",
                       fmt::format("Insert query has mismatched column types: column '{}' is {}, "
                                   "the query gives {}",
                                   column.name, plan::TrinoTypeName(type),
                                   plan::TrinoTypeName(schema[index].type)));
      }
      value = NumberedColumn(index);
    }
    project.expressions.push_back(
        Named(plan::MakeExpression(plan::Cast{.input = value, .type = type}), column.name));
  }
  for (const auto& target : targets) {
    const auto known = std::ranges::any_of(columns, [&](const catalog::Column& column) {
      return EqualsIgnoringCase(column.name, target);
    });
    if (!known) {
      return Invalid("COLUMN_NOT_FOUND",
                     fmt::format("Insert column name does not exist in target table: {}", target));
    }
  }
  OWLET_TRY(const plan::NodePtr node, Resolve(plan::MakeRelation(std::move(project))));
  OWLET_TRY(const auto format, catalog::ReadTableFormat(table));
  OWLET_TRY(engine::WriteSpec spec, SpecFor(format));
  spec.path = table.storage->location;
  spec.file_prefix = context_.execution.id;
  for (const auto& key : table.partition_keys) spec.partition_by.push_back(key.name);
  spec.on_publish = [&](kv::Transaction& transaction,
                        const engine::WriteResult& written) -> Status {
    auto edit = runner_.catalog_.EditWithin(principal(), transaction);
    return AddPartitions(edit, table, written.files);
  };
  OWLET_TRY(const auto written, runner_.engine_.Write(node, spec, EngineContext()));
  return FinishWrite(written, context_.execution.request.results.output_location);
}

Result<StatementOutcome> StatementRun::Run(const sql::Unload& statement) {
  static const std::set<std::string> kKnown = {"format", "compression", "field_delimiter",
                                               "partitioned_by", "compression_level"};
  OWLET_TRY(const auto properties, WriteProperties::Read(statement.properties, kKnown));
  OWLET_TRY(const auto location, ParseLocation(statement.location));
  OWLET_TRY(const plan::NodePtr node, Resolve(statement.query));
  catalog::Table shape;
  const auto classes = catalog::FindStorageClasses(properties.Get("format", "PARQUET"));
  if (!classes) {
    return Invalid("INVALID_TABLE_PROPERTY",
                   fmt::format("Invalid value for format: {}", properties.Get("format")));
  }
  shape.storage.emplace().serde = catalog::SerDe{.library = classes->serde};
  if (properties.Has("field_delimiter")) {
    shape.storage->serde->parameters["field.delim"] = properties.Get("field_delimiter");
  }
  shape.parameters["compression"] = properties.Get("compression");
  OWLET_TRY(const auto format, catalog::ReadTableFormat(shape));
  OWLET_TRY(engine::WriteSpec spec, SpecFor(format));
  spec.path = statement.location;
  spec.mode = engine::WriteMode::kErrorIfExists;
  spec.file_prefix = context_.execution.id;
  spec.partition_by = properties.List("partitioned_by");
  const auto written = runner_.engine_.Write(node, spec, EngineContext());
  if (!written) return std::unexpected(WriteError(written.error(), statement.location));
  return FinishWrite(*written, context_.execution.request.results.output_location);
}

}  // namespace owlet::jobs
