#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <map>
#include <set>
#include <utility>

#include "base/ascii.h"
#include "core/catalog/format_options.h"
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

/// What Trino says of the statement as a whole: its place is the statement's beginning.
std::unexpected<Error> InvalidStatement(std::string condition, std::string message) {
  Error error{Reason::kAnalysisError, std::move(message), std::move(condition)};
  error.span = SourceSpan{};
  return Fail(std::move(error));
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

/// Trino's codec for what CTAS and UNLOAD may name; Athena's default is GZIP.
Result<std::string> CheckCodec(const catalog::TableFormat& format, const std::string& codec) {
  using catalog::FormatKind;
  std::set<std::string> known = {"none", "gzip", "snappy", "zstd", "lz4"};
  if (format.kind == FormatKind::kParquet) known.insert("uncompressed");
  if (format.kind == FormatKind::kAvro)
    known = {"none", "deflate", "gzip", "snappy", "zstd", "bzip2"};
  if (format.kind == FormatKind::kTextDelimited || format.kind == FormatKind::kJsonHive ||
      format.kind == FormatKind::kJsonOpenX) {
    known.insert({"deflate", "bzip2"});
  }
  if (codec.empty()) return std::string(format.kind == FormatKind::kAvro ? "deflate" : "gzip");
  if (known.contains(codec)) return codec;
  return Invalid("INVALID_TABLE_PROPERTY", fmt::format("Invalid value for compression: {}", codec));
}

/// A query's id as Trino makes them, which it puts into the names of files.
std::string EngineQueryId(const QueryExecution& execution) {
  const auto day = std::chrono::floor<std::chrono::days>(execution.submitted);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(
      std::chrono::floor<std::chrono::seconds>(execution.submitted - day));
  std::uint64_t hash = 14695981039346656037ULL;  // FNV-1a of Athena's id
  for (const char c : execution.id) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  }
  std::string letters;
  static constexpr std::string_view kLetters = "abcdefghijkmnpqrstuvwxyz23456789";
  for (int i = 0; i < 5; ++i, hash >>= 5) letters += kLetters[hash % kLetters.size()];
  return fmt::format("{:04}{:02}{:02}_{:02}{:02}{:02}_{:05}_{}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     time.hours().count(), time.minutes().count(), time.seconds().count(),
                     hash % 100'000, letters);
}

/// What the engine writes for a table's format; files are called as Trino calls them.
Result<engine::WriteSpec> SpecFor(const catalog::TableFormat& format, const std::string& table,
                                  const QueryExecution& execution) {
  engine::WriteSpec spec;
  spec.mode = engine::WriteMode::kAppend;
  spec.success_file = false;
  spec.names = engine::FileNames::kTrino;
  spec.file_prefix = EngineQueryId(execution);
  spec.max_open_writers = kMaximumPartitions;
  const Status known = catalog::DescribeFormat(format, table, spec.format, spec.options);
  if (!known) {
    return Fail(Reason::kNotImplemented, "Writing this table's format is not supported",
                "NOT_SUPPORTED");
  }
  OWLET_TRY(spec.options["compression"], CheckCodec(format, format.compression));
  return spec;
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
    return type.id() == TypeId::kTimestamp || type.id() == TypeId::kDate ||
           type.id() == TypeId::kTimestampWithZone;
  };
  if (is_time(from) && is_time(to)) return true;
  return from.IsNested() && from.id() == to.id();
}

/// Whether the query's columns can become the table's that INSERT names.
Status CheckTargets(const std::vector<std::string>& targets,
                    const std::vector<catalog::Column>& columns, const plan::Schema& schema) {
  std::set<std::string> seen;
  std::vector<std::string> table_types;
  std::vector<std::string> query_types;
  bool fits = targets.size() == schema.size();
  for (const plan::Field& field : schema) query_types.push_back(plan::TrinoTypeName(field.type));
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const auto known = std::ranges::find_if(columns, [&](const catalog::Column& column) {
      return EqualsIgnoringCase(column.name, targets[i]);
    });
    if (known == columns.end()) {
      return InvalidStatement(
          "COLUMN_NOT_FOUND",
          fmt::format("Insert column name does not exist in target table: {}", targets[i]));
    }
    if (!seen.insert(targets[i]).second) {
      return InvalidStatement(
          "DUPLICATE_COLUMN_NAME",
          fmt::format("Insert column name is specified more than once: {}", targets[i]));
    }
    OWLET_TRY(const Type type, catalog::ParseHiveType(known->type));
    table_types.push_back(plan::TrinoTypeName(type));
    fits = fits && CanInsert(schema[i].type, type);
  }
  if (fits) return {};
  return InvalidStatement("TYPE_MISMATCH",
                          fmt::format("Insert query has mismatched column types: Table: [{}], "
                                      "Query: [{}]",
                                      fmt::join(table_types, ", "), fmt::join(query_types, ", ")));
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
  for (const auto& partition : PartitionsOf(table, files)) {
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

/// Format, codec, buckets and place of CTAS's table.
Status SetStorage(const WriteProperties& properties, std::string location, catalog::Table& table) {
  const std::string format = ToLowerAscii(properties.Get("format", "parquet"));
  static const std::set<std::string> kFormats = {"parquet", "orc", "avro", "json", "textfile"};
  if (!kFormats.contains(format)) {
    return Invalid("INVALID_TABLE_PROPERTY",
                   fmt::format("Invalid value for table property 'format': {}", format));
  }
  auto classes = *catalog::FindStorageClasses(format);
  // Athena's engine writes JSON by Hive's SerDe.
  if (format == "json") classes.serde = "org.apache.hive.hcatalog.data.JsonSerDe";
  auto& storage = table.storage.emplace();
  storage.input_format = classes.input_format;
  storage.output_format = classes.output_format;
  storage.location = std::move(location);
  storage.number_of_buckets = -1;
  auto& serde = storage.serde.emplace();
  serde.library = classes.serde;
  serde.parameters["serialization.format"] = "1";
  if (properties.Has("field_delimiter")) {
    if (format != "textfile") {
      return Invalid("INVALID_TABLE_PROPERTY",
                     fmt::format("Cannot specify field_delimiter table property for storage "
                                 "format: {}",
                                 format));
    }
    serde.parameters["field.delim"] = properties.Get("field_delimiter");
    serde.parameters["serialization.format"] = properties.Get("field_delimiter");
  }
  table.parameters = {{"EXTERNAL", "TRUE"},
                      {"has_encrypted_data", "false"},
                      {"auto.purge", "false"},
                      {"transactional", "false"}};
  for (const char* key : {"write_compression", "parquet_compression", "orc_compression"}) {
    if (!properties.Has(key)) continue;
    table.parameters[format == "parquet" ? "parquet.compression" : "write.compression"] =
        properties.Get(key);
  }
  if (properties.Has("bucketed_by") != properties.Has("bucket_count")) {
    return Invalid("INVALID_TABLE_PROPERTY",
                   "bucketed_by and bucket_count must be specified together");
  }
  if (!properties.Has("bucketed_by")) return {};
  const std::string count = properties.Get("bucket_count");
  constexpr int kMostBuckets = 1'000'000;
  const auto [end, code] =
      std::from_chars(count.data(), count.data() + count.size(), storage.number_of_buckets);
  if (code != std::errc() || end != count.data() + count.size() || storage.number_of_buckets < 1 ||
      storage.number_of_buckets > kMostBuckets) {
    return Invalid("INVALID_TABLE_PROPERTY", "bucket_count must be greater than zero");
  }
  for (const auto& column : properties.List("bucketed_by")) {
    storage.bucket_columns.push_back(ToLowerAscii(column));
  }
  return {};
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
  OWLET_CHECK_OK(SetStorage(properties, std::move(location), table));
  auto& storage = *table.storage;
  std::vector<std::string> keys = properties.List("partitioned_by");
  for (auto& key : keys) key = ToLowerAscii(key);
  for (std::size_t i = 0; i < schema.size(); ++i) {
    const bool generated = schema[i].name.empty() || schema[i].name == fmt::format("_col{}", i);
    if (generated && statement.columns.empty()) {
      return InvalidStatement("MISSING_COLUMN_NAME",
                              fmt::format("Column name not specified at position {}", i + 1));
    }
    if (schema[i].type.id() == TypeId::kUnknown) {
      return InvalidStatement("COLUMN_TYPE_UNKNOWN",
                              fmt::format("Column type is unknown: {}", schema[i].name));
    }
  }
  std::vector<std::string> absent = keys;
  std::erase_if(absent, [&](const std::string& key) {
    return std::ranges::any_of(
        schema, [&](const plan::Field& field) { return EqualsIgnoringCase(field.name, key); });
  });
  if (!absent.empty()) {
    return Invalid(
        "INVALID_TABLE_PROPERTY",
        fmt::format("Partition columns [{}] not present in schema", fmt::join(absent, ", ")));
  }
  if (keys.size() >= schema.size()) {
    return Invalid("INVALID_TABLE_PROPERTY", "Table contains only partition columns");
  }
  std::set<std::string> seen;
  for (std::size_t i = 0; i < schema.size(); ++i) {
    const std::string column_name = ToLowerAscii(schema[i].name);
    if (!seen.insert(column_name).second) {
      return InvalidStatement(
          "DUPLICATE_COLUMN_NAME",
          fmt::format("Column name '{}' specified more than once", column_name));
    }
    // Hive has no varchar(0), the type of '': Trino takes the next one.
    const bool empty = schema[i].type.id() == TypeId::kVarchar && schema[i].type.precision() == 0;
    auto type = catalog::FormatHiveType(empty ? Type::Varchar(1) : schema[i].type);
    if (!type) {
      return Fail(Reason::kNotImplemented,
                  "Unsupported Hive type: " + plan::TrinoTypeName(schema[i].type), "NOT_SUPPORTED");
    }
    catalog::Column column{.name = column_name, .type = *std::move(type)};
    const std::size_t first_key = schema.size() - keys.size();
    if (i < first_key) {
      storage.columns.push_back(std::move(column));
    } else if (keys[i - first_key] == column_name) {
      table.partition_keys.push_back(std::move(column));
    } else {
      return Invalid("HIVE_COLUMN_ORDER_MISMATCH",
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
  if (EqualsIgnoringCase(properties.Get("table_type"), "ICEBERG")) {
    return Fail(Reason::kNotImplemented, "CREATE TABLE AS of an Iceberg table is not supported",
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
    return InvalidStatement("TABLE_ALREADY_EXISTS",
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
  OWLET_TRY(engine::WriteSpec spec, SpecFor(format, name.table, context_.execution));
  spec.path = location;
  spec.mode = engine::WriteMode::kErrorIfExists;
  spec.bucket_by = table.storage->bucket_columns;
  if (!spec.bucket_by.empty()) {
    spec.bucket_count = static_cast<std::size_t>(table.storage->number_of_buckets);
  }
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
    return InvalidStatement(
        "TABLE_NOT_FOUND",
        fmt::format("Table 'awsdatacatalog.{}.{}' does not exist", name.database, name.table));
  }
  const catalog::Table& table = *found;
  if (table.IsView() || !table.storage) {
    return InvalidStatement("NOT_SUPPORTED", "Inserting into views is not supported");
  }
  if (!table.storage->bucket_columns.empty()) {
    return Fail(Reason::kNotImplemented, "Inserting into bucketed tables is not supported",
                "NOT_SUPPORTED");
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
  OWLET_CHECK_OK(CheckTargets(targets, columns, schema));
  plan::Project project{.input = Numbered(statement.query, schema.size()), .expressions = {}};
  for (const auto& column : columns) {
    OWLET_TRY(const Type type, catalog::ParseHiveType(column.type));
    const auto target = std::ranges::find(targets, ToLowerAscii(column.name));
    plan::ExpressionPtr value = plan::MakeExpression(plan::Literal::Null());
    if (target != targets.end()) {
      const auto index = static_cast<std::size_t>(target - targets.begin());
      value = NumberedColumn(index);
    }
    project.expressions.push_back(
        Named(plan::MakeExpression(plan::Cast{.input = value, .type = type}), column.name));
  }
  OWLET_TRY(const plan::NodePtr node, Resolve(plan::MakeRelation(std::move(project))));
  OWLET_TRY(const auto format, catalog::ReadTableFormat(table));
  OWLET_TRY(engine::WriteSpec spec, SpecFor(format, name.table, context_.execution));
  spec.path = table.storage->location;
  spec.partition_location =
      [&](const engine::PartitionText& partition) -> std::optional<std::string> {
    std::vector<std::string> values;
    for (const auto& [column, value] : partition) {
      values.push_back(value.value_or(catalog::kDefaultPartition));
    }
    const auto known = runner_.catalog_.GetPartition(principal(), name, values);
    if (!known || !known->storage || known->storage->location.empty()) return std::nullopt;
    return known->storage->location;
  };
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
  OWLET_CHECK_OK(SetStorage(properties, statement.location, shape));
  shape.parameters["compression"] = properties.Get("compression");
  OWLET_TRY(const auto format, catalog::ReadTableFormat(shape));
  OWLET_TRY(engine::WriteSpec spec, SpecFor(format, "", context_.execution));
  spec.path = statement.location;
  spec.mode = engine::WriteMode::kErrorIfExists;
  spec.partition_by = properties.List("partitioned_by");
  const auto written = runner_.engine_.Write(node, spec, EngineContext());
  if (!written) return std::unexpected(WriteError(written.error(), statement.location));
  return FinishWrite(*written, context_.execution.request.results.output_location);
}

}  // namespace owlet::jobs
