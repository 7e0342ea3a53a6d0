#include <fmt/format.h>

#include "protocol/spark_connect/sql_statements.h"
#include "protocol/spark_connect/table_writer.h"

// CREATE TABLE and INSERT of Spark SQL.

namespace owlet::spark_connect {

namespace {

std::unexpected<Error> NotImplemented(std::string_view what) {
  return Fail(Reason::kNotImplemented, fmt::format("{} is not implemented", what),
              "UNSUPPORTED_FEATURE");
}

/// The format that USING or STORED AS names; parquet where neither does.
std::string ProviderOf(const sql::CreateTable& create) {
  if (!create.provider.empty()) return create.provider;
  return create.stored_as.empty() ? "parquet" : create.stored_as;
}

}  // namespace

Result<LocalRows> StatementRunner::Apply(const sql::CreateTable& create) {
  if (create.temporary) return NotImplemented("CREATE TEMPORARY TABLE");
  if (create.or_replace) return NotImplemented("CREATE OR REPLACE TABLE");
  if (create.buckets || !create.cluster_by.empty()) return NotImplemented("CLUSTERED BY");
  if (create.serde || create.delimited || create.input_format) return NotImplemented("ROW FORMAT");
  NewTable table;
  table.name = create.name;
  table.provider = ProviderOf(create);
  table.location = create.location.value_or("");
  table.comment = create.comment.value_or("");
  table.options.insert(create.options.begin(), create.options.end());
  plan::Schema schema;
  for (const sql::ColumnDefinition& column : create.columns) {
    schema.push_back({column.name, column.type, column.nullable, ""});
  }
  for (const sql::PartitionField& field : create.partitioned_by) {
    if (!field.transform.empty()) return NotImplemented("PARTITIONED BY a transform");
    if (field.definition) {
      schema.push_back({field.definition->name, field.definition->type, true, ""});
      table.partition_by.push_back(field.definition->name);
    } else {
      table.partition_by.push_back(field.column);
    }
  }
  TableWriter writer(services_, session_, context_);
  if (create.query != nullptr) {
    OWLET_CHECK_OK(writer.Save(
        table, create.query,
        create.if_not_exists ? engine::WriteMode::kIgnore : engine::WriteMode::kErrorIfExists));
    return LocalRows{};
  }
  if (schema.empty()) return NotImplemented("CREATE TABLE without columns");
  OWLET_CHECK_OK(writer.Create(table, schema, create.if_not_exists));
  return LocalRows{};
}

Result<LocalRows> StatementRunner::Apply(const sql::Insert& insert) {
  if (insert.directory) return NotImplemented("INSERT OVERWRITE DIRECTORY");
  if (insert.replace_where != nullptr) return NotImplemented("INSERT INTO .. REPLACE WHERE");
  if (!insert.columns.empty()) return NotImplemented("INSERT INTO with a list of columns");
  if (!insert.partition.empty()) return NotImplemented("INSERT INTO with a PARTITION clause");
  TableWriter writer(services_, session_, context_);
  OWLET_CHECK_OK(writer.Insert(insert.table, insert.query, insert.overwrite, insert.by_name));
  return LocalRows{};
}

}  // namespace owlet::spark_connect
