#include "core/engine/file_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/ascii.h"
#include "base/uuid.h"
#include "core/engine/compressor.h"
#include "core/engine/file_listing.h"
#include "core/engine/place_path.h"
#include "core/engine/result_stream.h"
#include "core/engine/row_encoder.h"
#include "core/engine/text_formats.h"
#include "core/engine/text_writer.h"
#include "core/engine/type_map.h"
#include "core/engine/value_reader.h"
#include "core/plan/type_names.h"

namespace owlet::engine {

using plan::Type;
using plan::TypeId;

struct ParquetCodec {
  const char* name;    // DuckDB's
  const char* suffix;  // in Spark's file names
};

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
  OWLET_CHECK_OK(FindBucketColumns());
  return CheckTypes();
}

Status FileWriter::FindBucketColumns() {
  for (const std::string& name : spec_.bucket_by) {
    const auto found = std::find_if(schema_.begin(), schema_.end(), [&](const plan::Field& field) {
      return EqualsIgnoringCase(field.name, name);
    });
    const auto column = static_cast<std::size_t>(found - schema_.begin());
    if (found == schema_.end() || IsPartition(column)) {
      return Analysis("INVALID_TABLE_PROPERTY",
                      fmt::format("Bucketing columns [{}] not present in schema", name), {});
    }
    bucket_columns_.push_back(column);
  }
  return {};
}

Status FileWriter::CheckTypes() const {
  // Hive's SerDes nest; what they cannot hold their writers say.
  if (FindOption(spec_.options, kSerDeOption)) return {};
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
         Contains(field.type, TypeId::kCalendarInterval) ||
         ((format_ == "parquet" || format_ == "avro") && interval));
    if (!bad) continue;
    const std::string format = format_ == "parquet" ? "Parquet"
                               : format_ == "avro"  ? "Avro"
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

Status FileWriter::FindTarget(const ExecutionContext& context, bool& exists) {
  OWLET_TRY(target_, PlacePath(spec_.path, context.session));
  OWLET_TRY(store::BucketAddress address, store::BucketAddress::Parse(target_));
  while (address.rest.ends_with('/')) address.rest.pop_back();
  bucket_ = std::move(address.bucket);
  if (bucket_->IsScratch()) OWLET_CHECK_OK(objects_.OpenScratch(*bucket_));
  prefix_ = address.rest.empty() ? "" : address.rest + "/";
  OWLET_TRY(const store::ListPage page,
            objects_.List(*context.principal, *bucket_, {.prefix = prefix_, .limit = 1}));
  exists = !page.objects.empty();
  return {};
}

Result<bool> FileWriter::Begin(const ExecutionContext& context) {
  format_ = ToLowerAscii(spec_.format);
  static constexpr std::string_view kFormats[] = {"parquet", "json", "csv", "text", "avro"};
  if (std::ranges::find(kFormats, format_) == std::end(kFormats)) {
    return Fail(Reason::kNotImplemented, "writing files of the format " + spec_.format);
  }
  OWLET_CHECK_OK(CheckColumns());
  bool exists = false;
  OWLET_CHECK_OK(FindTarget(context, exists));
  job_ = spec_.file_prefix.empty() ? NewUuid() : spec_.file_prefix;
  if (exists && spec_.mode == WriteMode::kErrorIfExists) {
    return Analysis(
        "PATH_ALREADY_EXISTS",
        fmt::format("Path {} already exists. Set mode as \"overwrite\" to overwrite the "
                    "existing path.",
                    target_),
        {{"outputPath", target_}});
  }
  return !(exists && spec_.mode == WriteMode::kIgnore);
}

std::string FileWriter::FileName(const StagedFile& file, std::size_t number) const {
  if (spec_.names == FileNames::kTrino) {
    if (!file.bucket) return fmt::format("{}_{}{}", job_, NewUuid(), file.extension);
    return fmt::format("{:06}_0_{}_{}{}", *file.bucket, NewUuid(), job_, file.extension);
  }
  // Spark parts the counter by a dash, or by a point below partition folders.
  return fmt::format("part-{:05}-{}{}c000{}", number, job_, partition_columns_.empty() ? '-' : '.',
                     file.extension);
}

std::string FileWriter::FolderOf(const PartitionText& partition) {
  std::string folder;
  for (const auto& [name, value] : partition) {
    folder += EscapeFolder(name) + "=";
    folder += value && !value->empty() ? EscapeFolder(*value) : std::string(kDefaultPartition);
    folder += "/";
  }
  return folder;
}

std::string FileWriter::BucketSql(const std::vector<plan::Column>& columns) const {
  std::string arguments;
  for (const std::size_t column : bucket_columns_) {
    arguments += fmt::format(", c{}", columns[column].id);
  }
  return fmt::format("owlet_hive_bucket({}{})", spec_.bucket_count, arguments);
}

Status FileWriter::CheckOpenWriters(std::size_t writers) const {
  if (spec_.max_open_writers == 0 || writers <= spec_.max_open_writers) return {};
  return Fail(Reason::kLimitExceeded,
              fmt::format("Exceeded limit of {} open writers for partitions/buckets",
                          spec_.max_open_writers),
              "HIVE_TOO_MANY_OPEN_PARTITIONS");
}

std::string FileWriter::ParquetOptions(const ParquetCodec& codec, const plan::Schema& written,
                                       const std::string& keys) const {
  std::string options = fmt::format("FORMAT parquet, COMPRESSION {}", codec.name);
  if (spec_.names == FileNames::kSpark) {
    options += fmt::format(
        ", KV_METADATA {{\"org.apache.spark.version\": '4.3.0', "
        "\"org.apache.spark.sql.parquet.row.metadata\": {}}}",
        QuoteText(plan::SparkSchemaJson(written)));
  }
  if (!keys.empty()) {
    options += fmt::format(", PARTITION_BY ({}), OVERWRITE_OR_IGNORE true", keys);
  }
  return options;
}

Status FileWriter::WriteParquet(const std::string& sql, const std::vector<plan::Column>& columns,
                                const duckdb::shared_ptr<StatementState>& state) {
  auto named = FindOption(spec_.options, "compression");
  if (!named) named = FindOption(spec_.options, "codec");
  OWLET_TRY(const ParquetCodec codec, FindParquetCodec(ToLowerAscii(named.value_or(""))));
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
  const auto add_key = [&](const std::string& value, const std::string& name) {
    items += fmt::format(", CAST({} AS VARCHAR) AS \"{}\"", value, name);
    keys += fmt::format("{}\"{}\"", keys.empty() ? "" : ", ", name);
  };
  for (std::size_t i = 0; i < partition_columns_.size(); ++i) {
    add_key(fmt::format("c{}", columns[partition_columns_[i]].id),
            fmt::format("owlet partition {}", i));
  }
  if (spec_.bucket_count > 0) add_key(BucketSql(columns), "owlet bucket");
  const std::string target = std::string(kStaging) + job_;
  OWLET_TRY(num_rows_,
            RunStatement(runtime_,
                         fmt::format("COPY (SELECT {} FROM ({})) TO {} ({})", items, sql,
                                     QuoteText(target), ParquetOptions(codec, written, keys)),
                         state));
  const bool trino = spec_.names == FileNames::kTrino;
  if (trino && num_rows_ == 0) return {};  // no rows, no file
  StageParquet(target, trino ? "" : std::string(codec.suffix) + ".parquet", state->TakeBodies());
  return {};
}

void FileWriter::StageParquet(const std::string& target, const std::string& extension,
                              std::map<std::string, store::StagedBody> bodies) {
  for (auto& [path, body] : bodies) {
    StagedFile file{
        .partition = {}, .bucket = std::nullopt, .extension = extension, .body = std::move(body)};
    std::string_view rest = std::string_view(path).substr(std::min(target.size() + 1, path.size()));
    const auto next_value = [&]() -> std::optional<std::string> {
      const std::size_t equals = rest.find('='), slash = rest.find('/');
      if (slash == std::string_view::npos || equals >= slash) return std::nullopt;
      std::string value = UnescapeFolder(rest.substr(equals + 1, slash - equals - 1));
      rest.remove_prefix(slash + 1);
      if (value.empty() || value == kDefaultPartition) return std::nullopt;
      return value;
    };
    for (const std::size_t column : partition_columns_) {
      file.partition.emplace_back(schema_[column].name, next_value());
    }
    if (spec_.bucket_count > 0) file.bucket = std::stoul(next_value().value_or("0"));
    staged_.push_back(std::move(file));
  }
  if (staged_.size() == 1) staged_[0].num_rows = num_rows_;
}

struct FileWriter::OpenFile {
  std::unique_ptr<RowEncoder> encoder;
  CompressedBody body;
  std::string buffer;
  std::uint64_t num_rows = 0;
};

Status FileWriter::WriteRows(QueryExecutor::Slot slot, std::string sql,
                             const std::vector<plan::Column>& columns,
                             const duckdb::shared_ptr<StatementState>& state) {
  plan::Schema written;
  std::vector<std::size_t> data_columns;
  for (std::size_t i = 0; i < schema_.size(); ++i) {
    if (IsPartition(i)) continue;
    written.push_back(schema_[i]);
    data_columns.push_back(i);
  }
  const std::string& zone = state->context().session.time_zone;
  OWLET_TRY(const RowFormat format, MakeRowFormat(format_, written, spec_.options, zone));
  OWLET_TRY(const TextWriter folders, TextWriter::Make("json", {}, {}, zone));
  std::map<FileKey, OpenFile> files;
  const auto open = [&](const FileKey& key) -> Result<OpenFile*> {
    const auto known = files.find(key);
    if (known != files.end()) return &known->second;
    OWLET_CHECK_OK(CheckOpenWriters(files.size() + 1));
    OWLET_TRY(store::BodyWriter writer, objects_.NewBody());
    OWLET_TRY(CompressedBody body, CompressedBody::Open(std::move(writer), format.file_codec));
    OpenFile file{.encoder = format.make_encoder(), .body = std::move(body), .buffer = {}};
    file.encoder->Begin(file.buffer);
    return &files.emplace(key, std::move(file)).first->second;
  };
  plan::Schema read = schema_;
  if (spec_.bucket_count > 0) {
    read.push_back({.name = "bucket", .type = Type(TypeId::kInteger)});
    sql = fmt::format("SELECT *, {} AS owlet_bucket FROM ({})", BucketSql(columns), sql);
  }
  OWLET_TRY(const auto stream,
            DuckDbResultStream::Start(runtime_, std::move(slot), sql, read, state));
  OWLET_TRY(ValueReader reader, ValueReader::Make(read));
  constexpr std::size_t kFlush = 256 << 10;
  for (;;) {
    OWLET_TRY(const auto batch, stream->Next());
    if (!batch) break;
    OWLET_CHECK_OK(reader.Read(*batch));
    for (std::int64_t row = 0; row < batch->num_rows(); ++row) {
      FileKey key;
      for (const std::size_t column : partition_columns_) {
        key.first.emplace_back(schema_[column].name, folders.FolderText(reader.Cell(column, row)));
      }
      if (spec_.bucket_count > 0) {
        key.second = std::get<std::int64_t>(reader.Cell(schema_.size(), row).value);
      }
      OWLET_TRY(OpenFile * file, open(key));
      std::vector<plan::Literal> cells;
      for (const std::size_t column : data_columns) cells.push_back(reader.Cell(column, row));
      OWLET_CHECK_OK(file->encoder->Append(cells, file->buffer));
      ++file->num_rows;
      if (file->buffer.size() > kFlush) {
        OWLET_CHECK_OK(file->body.Append(file->buffer));
        file->buffer.clear();
      }
    }
    num_rows_ += static_cast<std::uint64_t>(batch->num_rows());
  }
  // Spark leaves one file for an empty result of csv with a header only.
  if (files.empty() && partition_columns_.empty() && spec_.names == FileNames::kSpark) {
    OWLET_TRY([[maybe_unused]] OpenFile * empty, open({}));
  }
  for (auto& [key, file] : files) {
    OWLET_CHECK_OK(file.encoder->Finish(file.buffer));
    OWLET_CHECK_OK(file.body.Append(file.buffer));
    OWLET_TRY(store::StagedBody body, file.body.Finish());
    const bool plain_name = spec_.names == FileNames::kTrino && format_ == "avro";
    staged_.push_back({.partition = key.first,
                       .bucket = key.second,
                       .extension = plain_name ? "" : format.extension,
                       .body = std::move(body),
                       .num_rows = file.num_rows});
  }
  return {};
}

Status FileWriter::StageOne(StagedFile& file, std::size_t number, store::Publication& publication,
                            WriteResult& result) const {
  const std::string name = FileName(file, number);
  store::BucketName bucket = *bucket_;
  std::string folder = prefix_ + FolderOf(file.partition);
  if (spec_.partition_location && !file.partition.empty()) {
    if (auto location = spec_.partition_location(file.partition)) {
      if (!location->ends_with('/')) *location += '/';
      OWLET_TRY(const store::ObjectPath path, store::ObjectPath::ParseUri(*location + name));
      bucket = path.bucket;
      folder = path.key.text().substr(0, path.key.text().size() - name.size());
    }
  }
  if (spec_.mode == WriteMode::kOverwrite && spec_.dynamic_overwrite) {
    publication.DeletePrefix(bucket, folder);
  }
  OWLET_TRY(const store::ObjectKey key, store::ObjectKey::Parse(folder + name));
  result.files.push_back({.path = store::BucketUri(bucket) + "/" + key.text(),
                          .size_bytes = file.body.size(),
                          .num_rows = file.num_rows,
                          .partition = std::move(file.partition)});
  publication.Put(bucket, key, std::move(file.body));
  return {};
}

Result<WriteResult> FileWriter::Publish(const StatementState& state) {
  WriteResult result;
  result.num_rows = num_rows_;
  result.progress = state.Progress();
  store::Publication publication = objects_.Begin(state.principal());
  if (spec_.mode == WriteMode::kOverwrite && !spec_.dynamic_overwrite) {
    if (spec_.replaced_folders.empty()) publication.DeletePrefix(*bucket_, prefix_);
    for (std::string folder : spec_.replaced_folders) {
      if (!folder.ends_with('/')) folder += '/';
      OWLET_TRY(const store::BucketAddress address, store::BucketAddress::Parse(folder));
      publication.DeletePrefix(address.bucket, address.rest);
    }
  }
  std::map<PartitionText, std::size_t> numbers;
  std::set<FileKey> writers;
  for (const StagedFile& file : staged_) writers.emplace(file.partition, file.bucket);
  OWLET_CHECK_OK(CheckOpenWriters(writers.size()));
  for (StagedFile& file : staged_) {
    const std::size_t number = numbers[file.partition]++;
    OWLET_CHECK_OK(StageOne(file, number, publication, result));
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
    OWLET_CHECK_OK(WriteRows(std::move(slot), sql, columns, state));
  }
  if (state->context().stop.stop_requested()) {
    return Fail(Reason::kCancelled, "the statement was cancelled");
  }
  return Publish(*state);
}

}  // namespace owlet::engine
