#include "core/engine/relation_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/ascii.h"
#include "core/engine/arrow_ipc.h"
#include "core/engine/avro_scan.h"
#include "core/engine/catalog_source.h"
#include "core/engine/file_listing.h"
#include "core/engine/parquet_schema.h"
#include "core/engine/place_path.h"
#include "core/engine/store_input.h"
#include "core/engine/text_formats.h"
#include "core/engine/value_reader.h"
#include "core/scan/avro_schema.h"

namespace owlet::engine {

namespace {

std::unexpected<Error> Analysis(std::string condition, std::string message,
                                std::vector<std::pair<std::string, std::string>> parameters) {
  Error error{Reason::kAnalysisError, std::move(message), std::move(condition)};
  error.parameters = std::move(parameters);
  return Fail(std::move(error));
}

Status CheckNames(const plan::Schema& schema, bool case_sensitive) {
  std::set<std::string> seen;
  for (const plan::Field& field : schema) {
    const std::string name = case_sensitive ? field.name : ToLowerAscii(field.name);
    if (seen.insert(name).second) continue;
    return Analysis("COLUMN_ALREADY_EXISTS",
                    fmt::format("The column `{}` already exists. Choose another name or rename the "
                                "existing column.",
                                name),
                    {{"columnName", "`" + name + "`"}});
  }
  return {};
}

// As Spark's messages name its formats.
std::string FormatTitle(const std::string& format) {
  if (format == "parquet") return "Parquet";
  if (format == "avro") return "Avro";
  std::string title = format;
  for (char& c : title) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return title;
}

}  // namespace

std::optional<plan::Schema> SchemaCache::Find(const std::string& key) {
  MutexLock lock(mutex_);
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const auto& entry) { return entry.first == key; });
  if (found == entries_.end()) return std::nullopt;
  entries_.splice(entries_.begin(), entries_, found);
  return found->second;
}

void SchemaCache::Keep(const std::string& key, plan::Schema schema) {
  MutexLock lock(mutex_);
  entries_.emplace_front(key, std::move(schema));
  if (entries_.size() > kMost) entries_.pop_back();
}

Result<plan::NamedRelation> EngineRelationSource::FindTable(const std::vector<std::string>& name) {
  catalog::TableName table_name{context_.session.current_database, name.back()};
  if (name.size() > 1) table_name.database = name[name.size() - 2];
  auto table = catalog_.GetTable(*context_.principal, table_name);
  if (!table) {
    Error error = std::move(table).error();
    const bool spark = context_.session.dialect == plan::Dialect::kSpark;
    if (spark && error.reason == Reason::kDatabaseNotFound) error.reason = Reason::kTableNotFound;
    return Fail(std::move(error));
  }
  OWLET_TRY(auto source, DescribeTable(*table, context_, catalog_));
  return plan::NamedRelation(std::move(source));
}

Result<plan::Schema> EngineRelationSource::InferSchema(const std::string& format,
                                                       const plan::ReadFiles& read,
                                                       const plan::SessionSettings& session,
                                                       std::vector<FoundFile> files) {
  if (format == "text") {
    return InferTextSchema(format, read.options, session, {}, threads_, context_.stop, nullptr);
  }
  if (const auto given = FindOption(read.options, kAvroSchemaOption); given && format == "avro") {
    OWLET_TRY(const auto parsed, scan::AvroSchema::Parse(*given));
    return parsed->SparkColumns();
  }
  if (files.empty()) {
    return Analysis("UNABLE_TO_INFER_SCHEMA",
                    fmt::format("Unable to infer schema for {}. It must be specified manually.",
                                FormatTitle(format)),
                    {{"format", FormatTitle(format)}});
  }
  if (format == "parquet") {
    std::erase_if(files, [](const FoundFile& file) { return file.size == 0; });
    const bool merge = ToLowerAscii(FindOption(read.options, "mergeSchema").value_or("")) == "true";
    if (!merge && files.size() > 1) files.resize(1);
  }
  std::string key = format + '\0' + session.time_zone + '\0';
  for (const auto& [name, value] : read.options) key += name + '=' + value + '\0';
  bool remembered = true;  // files of the local disk change without a new generation
  for (const FoundFile& file : files) {
    key += fmt::format("{}@{}{}", file.uri, file.generation, '\0');
    remembered = remembered && file.generation != 0;
  }
  if (remembered) {
    if (auto known = schemas_.Find(key)) return *std::move(known);
  }
  plan::Schema schema;
  if (format == "parquet") {
    std::set<std::string> seen;
    for (const FoundFile& file : files) {
      auto state = duckdb::make_shared_ptr<StatementState>(context_, objects_);
      OWLET_TRY(const plan::Schema columns,
                ReadParquetSchema(runtime_, file.uri, std::move(state)));
      for (const plan::Field& field : columns) {
        if (seen.insert(ToLowerAscii(field.name)).second || files.size() == 1) {
          schema.push_back(field);
        }
      }
    }
  } else if (format == "avro") {
    // Spark reads the schema of one file; a file of another one is resolved against it.
    OWLET_TRY(schema, ReadAvroSchema(StoreInputs(files, objects_, *context_.principal).front()));
  } else if (format == "json" || format == "csv") {
    OWLET_TRY(schema, InferTextSchema(format, read.options, session,
                                      StoreInputs(files, objects_, *context_.principal), threads_,
                                      context_.stop, runtime_.columns().get()));
  } else {
    return Fail(Reason::kNotImplemented, "reading files of the format " + format);
  }
  if (remembered) schemas_.Keep(key, schema);
  return schema;
}

Result<std::shared_ptr<const plan::TableSource>> EngineRelationSource::DescribeFiles(
    const plan::ReadFiles& read, const plan::SessionSettings& session) {
  auto source = std::make_shared<plan::TableSource>();
  source->format = ToLowerAscii(read.format);
  source->options = read.options;
  source->dialect = session.dialect;
  static const std::set<std::string> kFormats = {"parquet", "json", "csv", "text", "avro"};
  if (!kFormats.contains(source->format)) {
    return Analysis("DATA_SOURCE_NOT_FOUND",
                    fmt::format("Failed to find the data source: {}.", read.format),
                    {{"provider", read.format}});
  }
  for (const std::string& path : read.paths) {
    OWLET_TRY(std::string placed, PlacePath(path, session));
    source->paths.push_back(std::move(placed));
  }
  for (auto& [key, value] : source->options) {
    if (!EqualsIgnoringCase(key, "basePath")) continue;
    OWLET_TRY(value, PlacePath(value, session));
  }
  const FileListing listing(objects_, *context_.principal);
  OWLET_TRY(std::vector<FoundFile> files, listing.Find(source->paths, source->options));
  const auto inference =
      session.conf.find("spark.sql.sources.partitionColumnTypeInference.enabled");
  const bool infer_types = inference == session.conf.end() || inference->second != "false";
  OWLET_TRY(source->partition_schema, InferPartitions(files, read.schema, infer_types));
  plan::Schema columns;
  if (read.schema) {
    columns = *read.schema;
  } else {
    OWLET_TRY(columns, InferSchema(source->format, read, session, std::move(files)));
  }
  OWLET_CHECK_OK(CheckNames(columns, session.case_sensitive));
  for (plan::Field& field : columns) {
    const bool partition = std::any_of(
        source->partition_schema.begin(), source->partition_schema.end(),
        [&](const plan::Field& key) { return EqualsIgnoringCase(key.name, field.name); });
    if (partition) continue;
    field.nullable = true;  // files promise nothing
    source->file_schema.push_back(std::move(field));
  }
  return source;
}

Result<plan::Schema> EngineRelationSource::DescribeArrow(const std::string& arrow_ipc) {
  OWLET_TRY(const IpcStream stream, DecodeIpc(arrow_ipc));
  return FromArrowSchema(*stream.schema);
}

Result<std::vector<std::vector<plan::Literal>>> EngineRelationSource::Evaluate(
    const plan::NodePtr& query) {
  constexpr std::size_t kMost = 100'000;
  OWLET_TRY(const auto stream, engine_.Execute(query, context_));
  OWLET_TRY(ValueReader reader, ValueReader::Make(stream->schema()));
  std::vector<std::vector<plan::Literal>> rows;
  for (;;) {
    OWLET_TRY(const auto batch, stream->Next());
    if (!batch) return rows;
    OWLET_CHECK_OK(reader.Read(*batch));
    for (std::int64_t row = 0; row < batch->num_rows(); ++row) {
      if (rows.size() == kMost) {
        return Fail(Reason::kRequestTooLarge, "more rows than are evaluated while resolving");
      }
      std::vector<plan::Literal> cells;
      for (std::size_t i = 0; i < stream->schema().size(); ++i)
        cells.push_back(reader.Cell(i, row));
      rows.push_back(std::move(cells));
    }
  }
}

}  // namespace owlet::engine
