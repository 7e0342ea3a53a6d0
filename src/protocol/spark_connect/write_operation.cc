#include <fmt/format.h>
#include <spark/connect/base.pb.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "core/plan/type_names.h"
#include "protocol/spark_connect/plan_executor.h"

namespace owlet::spark_connect {

namespace proto = ::spark::connect;

namespace {

std::string LowerCase(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::unexpected<Error> NotImplemented(std::string_view what) {
  return Fail(Reason::kNotImplemented, fmt::format("{} is not implemented", what),
              "UNSUPPORTED_FEATURE");
}

/// Text files hold one column of strings beside the partitions'.
Status CheckTextColumns(const plan::Node& node, const engine::WriteSpec& spec) {
  for (const plan::Field& field : plan::SchemaOf(node)) {
    const bool key = std::ranges::any_of(spec.partition_by, [&](const std::string& name) {
      return LowerCase(name) == LowerCase(field.name);
    });
    if (key || field.type.IsCharacter()) continue;
    std::string type = plan::SparkTypeName(field.type);
    std::ranges::transform(type, type.begin(),
                           [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return Fail(Error{.reason = Reason::kAnalysisError,
                      .message = "a text file holds strings only",
                      .condition = "UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE",
                      .parameters = {{"format", "Text"},
                                     {"columnName", fmt::format("`{}`", field.name)},
                                     {"columnType", fmt::format("\"{}\"", type)}}});
  }
  return {};
}

}  // namespace

engine::WriteMode SaveMode(const proto::WriteOperation& write) {
  switch (write.mode()) {
    case proto::WriteOperation_SaveMode_SAVE_MODE_APPEND:
      return engine::WriteMode::kAppend;
    case proto::WriteOperation_SaveMode_SAVE_MODE_OVERWRITE:
      return engine::WriteMode::kOverwrite;
    case proto::WriteOperation_SaveMode_SAVE_MODE_IGNORE:
      return engine::WriteMode::kIgnore;
    default:
      return engine::WriteMode::kErrorIfExists;
  }
}

Status PlanExecutor::RunWrite(const proto::WriteOperation& write) {
  if (write.has_table()) return RunTableWrite(write);
  if (write.has_bucket_by() || write.sort_column_names_size() > 0) {
    return Fail(Error{.reason = Reason::kAnalysisError,
                      .message = "'save' does not support bucketBy right now.",
                      .condition = "_LEGACY_ERROR_TEMP_1312",
                      .parameters = {{"operation", "save"}}});
  }
  if (write.clustering_columns_size() > 0) return NotImplemented("DataFrameWriter.clusterBy");

  engine::WriteSpec spec;
  spec.format = LowerCase(write.source().empty() ? "parquet" : write.source());
  spec.path = write.path();
  spec.options.insert(write.options().begin(), write.options().end());
  if (spec.path.empty()) {
    for (const auto& [key, value] : spec.options) {
      if (LowerCase(key) == "path") spec.path = value;
    }
  }
  static constexpr std::array<std::string_view, 9> kSources = {
      "parquet", "csv", "json", "text", "orc", "avro", "xml", "jdbc", "noop"};
  if (std::ranges::find(kSources, spec.format) == kSources.end()) {
    return Fail(Error{.reason = Reason::kAnalysisError,
                      .message = "no such data source: " + write.source(),
                      .condition = "DATA_SOURCE_NOT_FOUND",
                      .parameters = {{"provider", write.source()}}});
  }
  const bool no_data = spec.format == "noop";
  if (spec.path.empty() && !no_data) {
    return Fail(Reason::kInvalidArgument,
                "Expected exactly one path to be specified, but got: ", "_LEGACY_ERROR_TEMP_2050");
  }
  spec.mode = SaveMode(write);
  spec.partition_by.assign(write.partitioning_columns().begin(),
                           write.partitioning_columns().end());
  const std::string overwrite_mode =
      session_->Config("spark.sql.sources.partitionOverwriteMode").value_or("STATIC");
  spec.dynamic_overwrite = LowerCase(overwrite_mode) == "dynamic";
  for (const auto& [key, value] : spec.options) {
    if (LowerCase(key) == "partitionoverwritemode") {
      spec.dynamic_overwrite = LowerCase(value) == "dynamic";
    }
  }
  spec.success_file =
      LowerCase(session_->Config("spark.hadoop.mapreduce.fileoutputcommitter.marksuccessfuljobs")
                    .value_or(session_->Config("mapreduce.fileoutputcommitter.marksuccessfuljobs")
                                  .value_or("true"))) != "false";
  if (!spec.options.contains("compression") && spec.format == "parquet") {
    if (const auto codec = session_->Config("spark.sql.parquet.compression.codec")) {
      spec.options["compression"] = *codec;
    }
  }

  const engine::ExecutionContext context = Context();
  OWLET_TRY(const ResolvedQuery query,
            ResolveRelation(services_, session_, write.input(), context));
  if (spec.format == "text") OWLET_CHECK_OK(CheckTextColumns(*query.node, spec));
  if (no_data) {  // Spark's benchmark sink: compute every row, keep none
    OWLET_TRY(const auto stream, services_.engine.Execute(query.node, context));
    while (true) {
      OWLET_TRY(const auto batch, stream->Next());
      if (!batch) return {};
    }
  }
  OWLET_TRY(const engine::WriteResult written, services_.engine.Write(query.node, spec, context));
  static_cast<void>(written);
  return {};
}

}  // namespace owlet::spark_connect
