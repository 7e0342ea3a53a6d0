#include "core/engine/file_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/ascii.h"
#include "base/uuid.h"
#include "core/engine/compressor.h"
#include "core/engine/file_listing.h"
#include "core/engine/place_path.h"
#include "core/engine/result_stream.h"
#include "core/engine/text_writer.h"
#include "core/engine/type_map.h"
#include "core/engine/value_reader.h"
#include "core/plan/type_names.h"

namespace owlet::engine {

using plan::Type;
using plan::TypeId;

namespace {

constexpr std::string_view kDefaultPartition = "__HIVE_DEFAULT_PARTITION__";
constexpr std::string_view kStaging = "s3://owlet-staging/";

std::unexpected<Error> Analysis(std::string condition, std::string message,
                                std::vector<std::pair<std::string, std::string>> parameters) {
  Error error{Reason::kAnalysisError, std::move(message), std::move(condition)};
  error.parameters = std::move(parameters);
  return Fail(std::move(error));
}

bool Contains(const Type& type, TypeId id) {
  if (type.id() == id) return true;
  return type.IsNested() &&
         std::any_of(type.fields().begin(), type.fields().end(),
                     [id](const plan::Field& field) { return Contains(field.type, id); });
}

/// The type as it is written to Parquet: an instant is a timestamp adjusted to UTC there.
std::string ParquetTypeText(const Type& type) {
  switch (type.id()) {
    case TypeId::kTimestampLocalZone:
      return "TIMESTAMPTZ";
    case TypeId::kArray:
      return ParquetTypeText(type.element()) + "[]";
    case TypeId::kMap:
      return fmt::format("MAP({}, {})", ParquetTypeText(type.key()), ParquetTypeText(type.value()));
    case TypeId::kRow: {
      const std::vector<std::string> names = DuckDbFieldNames(type);
      std::string text;
      for (std::size_t i = 0; i < names.size(); ++i) {
        text += fmt::format("{}{} {}", i > 0 ? ", " : "", QuoteIdentifier(names[i]),
                            ParquetTypeText(type.fields()[i].type));
      }
      return "STRUCT(" + text + ")";
    }
    default:
      return DuckDbTypeText(type);
  }
}

struct ParquetCodec {
  const char* name;    // DuckDB's
  const char* suffix;  // in Spark's file names
};
Result<ParquetCodec> FindParquetCodec(const std::string& codec) {
  static const std::map<std::string, ParquetCodec> kCodecs = {
      {"", {"snappy", ".snappy"}},     {"snappy", {"snappy", ".snappy"}},
      {"none", {"uncompressed", ""}},  {"uncompressed", {"uncompressed", ""}},
      {"gzip", {"gzip", ".gz"}},       {"zstd", {"zstd", ".zstd"}},
      {"lz4_raw", {"lz4", ".lz4raw"}}, {"brotli", {"brotli", ".br"}}};
  const auto found = kCodecs.find(codec);
  if (found != kCodecs.end()) return found->second;
  return Fail(Reason::kInvalidArgument,
              fmt::format("Codec [{}] is not available. Available codecs are brotli, uncompressed, "
                          "lz4_raw, gzip, none, snappy, zstd.",
                          codec));
}

}  // namespace

bool FileWriter::IsPartition(std::size_t column) const {
  return std::find(partition_columns_.begin(), partition_columns_.end(), column) !=
         partition_columns_.end();
}

Status FileWriter::CheckColumns() {
  std::map<std::string, int> names;
  for (const plan::Field& field : schema_) {
    if (++names[ToLowerAscii(field.name)] > 1) {
      return Analysis("COLUMN_ALREADY_EXISTS",
                      fmt::format("The column `{}` already exists. Choose another name or rename "
                                  "the existing column.",
                                  ToLowerAscii(field.name)),
                      {{"columnName", "`" + ToLowerAscii(field.name) + "`"}});
    }
  }
  for (const std::string& name : spec_.partition_by) {
    const auto found = std::find_if(schema_.begin(), schema_.end(), [&](const plan::Field& field) {
      return EqualsIgnoringCase(field.name, name);
    });
    if (found == schema_.end()) {
      return Analysis("PARTITION_COLUMN_NOT_FOUND_IN_SCHEMA",
                      fmt::format("Partition column {} not found in schema {}.", name,
                                  plan::SparkTypeName(Type::Row(schema_))),
                      {{"column", name}, {"schema", plan::SparkTypeName(Type::Row(schema_))}});
    }
    partition_columns_.push_back(static_cast<std::size_t>(found - schema_.begin()));
  }
  if (!partition_columns_.empty() && partition_columns_.size() == schema_.size()) {
    return Analysis("ALL_PARTITION_COLUMNS_NOT_ALLOWED",
                    "Cannot use all columns for partition columns.", {});
  }
  if (format_ == "text" && (schema_.size() - partition_columns_.size() != 1)) {
    return Analysis("UNSUPPORTED_TEXT_SCHEMA",
                    "Text data source supports only a single column, and you have " +
                        fmt::format("{} columns.", schema_.size()),
                    {});
  }
  for (std::size_t i = 0; i < schema_.size(); ++i) {
    const plan::Field& field = schema_[i];
    const bool flat = format_ == "csv" || format_ == "text";
    const bool interval = Contains(field.type, TypeId::kIntervalDayTime) ||
                          Contains(field.type, TypeId::kIntervalYearMonth);
    const bool bad =
        !IsPartition(i) &&
        ((format_ == "text" && !field.type.IsCharacter()) || (flat && field.type.IsNested()) ||
         (flat && field.type.id() == TypeId::kVarbinary) ||
         (format_ != "json" && Contains(field.type, TypeId::kUnknown)) ||
         Contains(field.type, TypeId::kCalendarInterval) || (format_ == "parquet" && interval));
    if (!bad) continue;
    const std::string format = format_ == "parquet" ? "Parquet"
                               : format_ == "text"  ? "Text"
                                                    : "CSV";
    return Analysis(
        "UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE",
        fmt::format("The {} datasource doesn't support the column `{}` of the type \"{}\".", format,
                    field.name, plan::SparkSqlName(field.type)),
        {{"format", format},
         {"columnName", "`" + field.name + "`"},
         {"columnType", "\"" + plan::SparkSqlName(field.type) + "\""}});
  }
  return {};
}

Result<bool> FileWriter::Begin(const ExecutionContext& context) {
  format_ = ToLowerAscii(spec_.format);
  if (format_ != "parquet" && format_ != "json" && format_ != "csv" && format_ != "text") {
    return Fail(Reason::kNotImplemented, "writing files of the format " + spec_.format);
  }
  auto codec = FindOption(spec_.options, "compression");
  if (!codec) codec = FindOption(spec_.options, "codec");
  codec_ = ToLowerAscii(codec.value_or(""));
  OWLET_CHECK_OK(CheckColumns());
  OWLET_TRY(const std::string path, PlacePath(spec_.path, context.session));
  OWLET_TRY(store::BucketAddress address, store::BucketAddress::Parse(path));
  while (address.rest.ends_with('/')) address.rest.pop_back();
  bucket_ = std::move(address.bucket);
  if (bucket_->IsScratch()) OWLET_CHECK_OK(objects_.OpenScratch(*bucket_));
  prefix_ = address.rest.empty() ? "" : address.rest + "/";
  job_ = spec_.file_prefix.empty() ? NewUuid() : spec_.file_prefix;
  OWLET_TRY(const store::ListPage page,
            objects_.List(*context.principal, *bucket_, {.prefix = prefix_, .limit = 1}));
  const bool exists = !page.objects.empty();
  if (exists && spec_.mode == WriteMode::kErrorIfExists) {
    return Analysis(
        "PATH_ALREADY_EXISTS",
        fmt::format("Path {} already exists. Set mode as \"overwrite\" to overwrite the "
                    "existing path.",
                    path),
        {{"outputPath", path}});
  }
  return !(exists && spec_.mode == WriteMode::kIgnore);
}

std::string FileWriter::FileName(std::size_t number, const std::string& extension) const {
  // Spark parts the counter by a dash, or by a point below partition folders.
  return fmt::format("part-{:05}-{}{}c000{}", number, job_, partition_columns_.empty() ? '-' : '.',
                     extension);
}

std::string FileWriter::FolderOf(
    const std::vector<std::pair<std::string, std::optional<std::string>>>& partition) const {
  std::string folder;
  for (const auto& [name, value] : partition) {
    folder += EscapeFolder(name) + "=";
    folder += value && !value->empty() ? EscapeFolder(*value) : std::string(kDefaultPartition);
    folder += "/";
  }
  return folder;
}

Status FileWriter::WriteParquet(const std::string& sql, const std::vector<plan::Column>& columns,
                                const duckdb::shared_ptr<StatementState>& state) {
  OWLET_TRY(const ParquetCodec codec, FindParquetCodec(codec_));
  std::string items;
  plan::Schema written;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (IsPartition(i)) continue;
    const Type& type = columns[i].type;
    const std::string column = fmt::format("c{}", columns[i].id);
    items += fmt::format("{}{} AS {}", items.empty() ? "" : ", ",
                         Contains(type, TypeId::kTimestampLocalZone)
                             ? fmt::format("CAST({} AS {})", column, ParquetTypeText(type))
                             : column,
                         QuoteIdentifier(columns[i].name));
    written.push_back(schema_[i]);
  }
  std::string keys;
  for (std::size_t i = 0; i < partition_columns_.size(); ++i) {
    const std::string name = fmt::format("owlet partition {}", i);
    items +=
        fmt::format(", CAST(c{} AS VARCHAR) AS \"{}\"", columns[partition_columns_[i]].id, name);
    keys += fmt::format("{}\"{}\"", i > 0 ? ", " : "", name);
  }
  std::string options = fmt::format(
      "FORMAT parquet, COMPRESSION {}, KV_METADATA {{\"org.apache.spark.version\": '4.3.0', "
      "\"org.apache.spark.sql.parquet.row.metadata\": {}}}",
      codec.name, QuoteText(plan::SparkSchemaJson(written)));
  const std::string target = std::string(kStaging) + job_;
  if (!keys.empty()) {
    options += fmt::format(", PARTITION_BY ({}), OVERWRITE_OR_IGNORE true", keys);
  }
  OWLET_TRY(num_rows_, RunStatement(runtime_,
                                    fmt::format("COPY (SELECT {} FROM ({})) TO {} ({})", items, sql,
                                                QuoteText(target), options),
                                    state));
  std::map<std::string, std::size_t> numbers;
  for (auto& [path, body] : state->TakeBodies()) {
    StagedFile file{"", std::move(body), {}};
    std::string_view rest = std::string_view(path).substr(std::min(target.size() + 1, path.size()));
    for (const std::size_t column : partition_columns_) {
      const std::size_t equals = rest.find('='), slash = rest.find('/');
      std::optional<std::string> value;
      if (slash != std::string_view::npos && equals < slash) {
        value = UnescapeFolder(rest.substr(equals + 1, slash - equals - 1));
        rest.remove_prefix(slash + 1);
      }
      if (value && (value->empty() || *value == kDefaultPartition)) value.reset();
      file.written.partition.emplace_back(schema_[column].name, std::move(value));
    }
    const std::string folder = FolderOf(file.written.partition);
    file.name = folder + FileName(numbers[folder]++, std::string(codec.suffix) + ".parquet");
    staged_.push_back(std::move(file));
  }
  if (staged_.size() == 1) staged_[0].written.num_rows = num_rows_;
  return {};
}

Status FileWriter::WriteText(QueryExecutor::Slot slot, const std::string& sql,
                             const duckdb::shared_ptr<StatementState>& state) {
  OWLET_TRY(const std::string suffix, CodecSuffix(codec_));
  plan::Schema written;
  std::vector<std::size_t> data_columns;
  for (std::size_t i = 0; i < schema_.size(); ++i) {
    if (IsPartition(i)) continue;
    written.push_back(schema_[i]);
    data_columns.push_back(i);
  }
  OWLET_TRY(const TextWriter text,
            TextWriter::Make(format_, written, spec_.options, state->context().session.time_zone));
  struct Open {
    CompressedBody body;
    std::string buffer;
    WrittenFile written;
  };
  std::map<std::string, Open> files;  // by folder
  const auto open = [&](const std::string& folder) -> Result<Open*> {
    const auto known = files.find(folder);
    if (known != files.end()) return &known->second;
    OWLET_TRY(store::BodyWriter writer, objects_.NewBody());
    OWLET_TRY(CompressedBody body, CompressedBody::Open(std::move(writer), codec_));
    return &files.emplace(folder, Open{std::move(body), text.Header(), {}}).first->second;
  };
  OWLET_TRY(const auto stream,
            DuckDbResultStream::Start(runtime_, std::move(slot), sql, schema_, state));
  OWLET_TRY(ValueReader reader, ValueReader::Make(schema_));
  constexpr std::size_t kFlush = 256 << 10;
  for (;;) {
    OWLET_TRY(const auto batch, stream->Next());
    if (!batch) break;
    OWLET_CHECK_OK(reader.Read(*batch));
    for (std::int64_t row = 0; row < batch->num_rows(); ++row) {
      std::vector<std::pair<std::string, std::optional<std::string>>> partition;
      for (const std::size_t column : partition_columns_) {
        partition.emplace_back(schema_[column].name, text.FolderText(reader.Cell(column, row)));
      }
      OWLET_TRY(Open * file, open(FolderOf(partition)));
      std::vector<plan::Literal> cells;
      for (const std::size_t column : data_columns) cells.push_back(reader.Cell(column, row));
      text.AppendRow(cells, file->buffer);
      if (file->written.num_rows++ == 0) file->written.partition = std::move(partition);
      if (file->buffer.size() > kFlush) {
        OWLET_CHECK_OK(file->body.Append(file->buffer));
        file->buffer.clear();
      }
    }
    num_rows_ += static_cast<std::uint64_t>(batch->num_rows());
  }
  // Spark leaves one file for an empty result of csv with a header only.
  if (files.empty() && partition_columns_.empty()) {
    OWLET_TRY([[maybe_unused]] Open * empty, open(""));
  }
  for (auto& [folder, file] : files) {
    OWLET_CHECK_OK(file.body.Append(file.buffer));
    OWLET_TRY(store::StagedBody body, file.body.Finish());
    const std::string extension = "." + std::string(format_ == "text" ? "txt" : format_) + suffix;
    staged_.push_back({folder + FileName(0, extension), std::move(body), std::move(file.written)});
  }
  return {};
}

Result<WriteResult> FileWriter::Publish(const StatementState& state) {
  WriteResult result;
  result.num_rows = num_rows_;
  result.progress = state.Progress();
  store::Publication publication = objects_.Begin(state.principal());
  if (spec_.mode == WriteMode::kOverwrite && !spec_.dynamic_overwrite) {
    publication.DeletePrefix(*bucket_, prefix_);
  }
  for (StagedFile& file : staged_) {
    if (spec_.mode == WriteMode::kOverwrite && spec_.dynamic_overwrite) {
      const std::size_t slash = file.name.rfind('/');
      publication.DeletePrefix(
          *bucket_, prefix_ + (slash == std::string::npos ? "" : file.name.substr(0, slash + 1)));
    }
    OWLET_TRY(const store::ObjectKey key, store::ObjectKey::Parse(prefix_ + file.name));
    file.written.path = store::BucketUri(*bucket_) + "/" + key.text();
    file.written.size_bytes = file.body.size();
    result.files.push_back(file.written);
    publication.Put(*bucket_, key, std::move(file.body));
  }
  if (spec_.success_file) {
    OWLET_TRY(store::BodyWriter empty, objects_.NewBody());
    OWLET_TRY(store::StagedBody body, empty.Finish());
    OWLET_TRY(const store::ObjectKey key, store::ObjectKey::Parse(prefix_ + "_SUCCESS"));
    publication.Put(*bucket_, key, std::move(body));
  }
  if (spec_.on_publish) {
    publication.Edit([this, &result](kv::Transaction& transaction) {
      return spec_.on_publish(transaction, result);
    });
  }
  OWLET_TRY([[maybe_unused]] const auto published, publication.Commit());
  return result;
}

Result<WriteResult> FileWriter::Run(QueryExecutor::Slot slot, const std::string& sql,
                                    const std::vector<plan::Column>& columns,
                                    duckdb::shared_ptr<StatementState> state) {
  if (format_ == "parquet") {
    OWLET_CHECK_OK(WriteParquet(sql, columns, state));
  } else {
    OWLET_CHECK_OK(WriteText(std::move(slot), sql, state));
  }
  if (state->context().stop.stop_requested()) {
    return Fail(Reason::kCancelled, "the statement was cancelled");
  }
  return Publish(*state);
}

}  // namespace owlet::engine
