#include <fmt/format.h>
#include <spark/connect/base.pb.h>

#include <algorithm>

#include "base/ascii.h"
#include "core/sql/parser.h"
#include "protocol/spark_connect/expression_proto.h"
#include "protocol/spark_connect/plan_executor.h"
#include "protocol/spark_connect/relation_proto.h"
#include "protocol/spark_connect/table_writer.h"

// DataFrameWriter.saveAsTable and insertInto, and DataFrameWriterV2 (writeTo).

namespace owlet::spark_connect {

namespace proto = ::spark::connect;

namespace {

std::unexpected<Error> Refuse(std::string condition,
                              std::vector<std::pair<std::string, std::string>> parameters) {
  return Fail(Error{.reason = Reason::kAnalysisError,
                    .message = "the table cannot be written so: " + condition,
                    .condition = std::move(condition),
                    .parameters = std::move(parameters)});
}

template <class Options>
void ReadOptions(const Options& options, NewTable& table) {
  for (const auto& [key, value] : options) {
    if (EqualsIgnoringCase(key, "path")) {
      table.location = value;
    } else {
      table.options[key] = value;
    }
  }
}

}  // namespace

// Buckets and their order say how files are laid out for a cluster's joins: nothing that a query on
// one machine sees. Their columns are checked, the files are not split by them.
Status PlanExecutor::RunTableWrite(const proto::WriteOperation& write) {
  const engine::ExecutionContext context = Context();
  const auto source = MakeSource(services_, session_, context);
  RelationReader reader(*session_, SchemaFinder(context.session, *source),
                        TextFinder(context.session, *source));
  OWLET_TRY(const plan::RelationPtr query, reader.Read(write.input()));
  NewTable table;
  OWLET_TRY(table.name, sql::ParseSparkTableName(write.table().table_name()));
  TableWriter writer(services_, session_, context);
  if (write.table().save_method() ==
      proto::WriteOperation_SaveTable_TableSaveMethod_TABLE_SAVE_METHOD_INSERT_INTO) {
    if (write.partitioning_columns_size() > 0) {
      return Refuse("PARTITION_BY_NOT_ALLOWED_WITH_INSERT_INTO",
                    {{"tableName", write.table().table_name()}});
    }
    const bool overwrite = write.mode() == proto::WriteOperation_SaveMode_SAVE_MODE_OVERWRITE;
    return writer.Insert({.table = table.name, .overwrite = overwrite}, query);
  }
  if (write.has_bucket_by()) {
    sql::Buckets& buckets = table.buckets.emplace();
    buckets.columns.assign(write.bucket_by().bucket_column_names().begin(),
                           write.bucket_by().bucket_column_names().end());
    buckets.count = write.bucket_by().num_buckets();
  } else if (write.sort_column_names_size() > 0) {
    return Refuse("SORT_BY_WITHOUT_BUCKETING", {});
  }
  if (!write.source().empty()) table.provider = write.source();
  table.partition_by.assign(write.partitioning_columns().begin(),
                            write.partitioning_columns().end());
  ReadOptions(write.options(), table);
  return writer.Save(table, query, SaveMode(write));
}

Status PlanExecutor::RunWriteV2(const proto::WriteOperationV2& write) {
  using Mode = proto::WriteOperationV2;
  const engine::ExecutionContext context = Context();
  const auto source = MakeSource(services_, session_, context);
  RelationReader reader(*session_, SchemaFinder(context.session, *source),
                        TextFinder(context.session, *source));
  OWLET_TRY(const plan::RelationPtr query, reader.Read(write.input()));
  NewTable table;
  OWLET_TRY(table.name, sql::ParseSparkTableName(write.table_name()));
  TableWriter writer(services_, session_, context);
  const std::string quoted = writer.QuotedName(table.name);
  if (write.mode() == Mode::MODE_REPLACE || write.mode() == Mode::MODE_CREATE_OR_REPLACE) {
    return Refuse("UNSUPPORTED_FEATURE.TABLE_OPERATION",
                  {{"tableName", quoted}, {"operation", "REPLACE TABLE AS SELECT"}});
  }
  if (write.mode() != Mode::MODE_CREATE) {
    // Spark's own catalog has no tables that these write into.
    OWLET_TRY(
        [[maybe_unused]] const plan::NodePtr node,
        plan::Resolve(plan::MakeRelation(plan::ReadTable{table.name}), context.session, *source));
    return Refuse("_LEGACY_ERROR_TEMP_1012", {{"identifier", quoted}});
  }
  if (!write.provider().empty()) table.provider = write.provider();
  ReadOptions(write.options(), table);
  for (const auto& [key, value] : write.table_properties()) table.properties[key] = value;
  ExpressionReader expressions([&](std::int64_t id) { return reader.FindReference(id); });
  for (const auto& column : write.partitioning_columns()) {
    OWLET_TRY(const plan::ExpressionPtr expression, expressions.Read(column));
    const auto* name = std::get_if<plan::ColumnReference>(&expression->node);
    if (name == nullptr || name->parts.size() != 1) {
      return Fail(Reason::kNotImplemented,
                  "DataFrameWriterV2.partitionedBy with a transform is not implemented",
                  "UNSUPPORTED_FEATURE");
    }
    table.partition_by.push_back(name->parts[0]);
  }
  return writer.Save(table, query, engine::WriteMode::kErrorIfExists);
}

}  // namespace owlet::spark_connect
