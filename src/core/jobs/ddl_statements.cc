#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/ascii.h"
#include "core/catalog/hive_types.h"
#include "core/catalog/table_format.h"
#include "core/jobs/hive_column.h"
#include "core/jobs/result_files.h"
#include "core/jobs/statement_run.h"

namespace owlet::jobs {
namespace {

constexpr char kLazySimple[] = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe";

catalog::Properties ToMap(const sql::Properties& properties) {
  catalog::Properties map;
  for (const auto& [key, value] : properties) map[key] = value;
  return map;
}

/// ROW FORMAT DELIMITED in the properties of LazySimpleSerDe.
void SetDelimiters(const sql::DelimitedFormat& format, catalog::Properties& properties) {
  const auto set = [&](const char* key, const std::optional<std::string>& value) {
    if (value) properties[key] = *value;
  };
  set("field.delim", format.fields);
  set("serialization.format", format.fields);
  set("escape.delim", format.escaped);
  set("collection.delim", format.collection_items);
  set("mapkey.delim", format.map_keys);
  set("line.delim", format.lines);
  set("serialization.null.format", format.null_defined_as);
}

/// Location as the catalog keeps it: without the slash at its end.
std::string CatalogLocation(std::string location) {
  while (location.ends_with('/') && !location.ends_with("://")) location.pop_back();
  return location;
}

Result<catalog::StorageDescriptor> StorageOf(const sql::CreateTable& statement) {
  catalog::StorageDescriptor storage;
  for (const auto& definition : statement.columns) {
    OWLET_TRY(auto column, HiveColumn(definition));
    storage.columns.push_back(std::move(column));
  }
  const std::string stored_as = statement.stored_as.empty() ? "TEXTFILE" : statement.stored_as;
  const auto classes = catalog::FindStorageClasses(stored_as);
  if (!classes) {
    return Fail(Reason::kInvalidArgument,
                fmt::format("FAILED: SemanticException Unrecognized file format in STORED AS "
                            "clause: '{}'",
                            stored_as));
  }
  storage.input_format = statement.input_format.value_or(classes->input_format);
  storage.output_format = statement.output_format.value_or(classes->output_format);
  storage.number_of_buckets = -1;
  auto& serde = storage.serde.emplace();
  serde.library = statement.serde.value_or(statement.input_format ? kLazySimple : classes->serde);
  serde.parameters = ToMap(statement.serde_properties);
  if (statement.delimited) SetDelimiters(*statement.delimited, serde.parameters);
  serde.parameters.try_emplace("serialization.format", "1");
  if (statement.buckets) {
    storage.number_of_buckets = static_cast<std::int32_t>(statement.buckets->count);
    for (const auto& column : statement.buckets->columns) {
      storage.bucket_columns.push_back(ToLowerAscii(column));
    }
    for (const auto& sort : statement.buckets->sorted_by) {
      storage.sort_columns.push_back({ToLowerAscii(sort.column), sort.ascending});
    }
  }
  storage.location = CatalogLocation(*statement.location);
  return storage;
}

/// Two columns of one name would make every read of the table ambiguous.
Status CheckDistinct(const catalog::Table& table) {
  std::vector<std::string> names;
  for (const auto& column : table.Columns()) names.push_back(column.name);
  for (const auto& key : table.partition_keys) names.push_back(key.name);
  std::ranges::sort(names);
  const auto twice = std::ranges::adjacent_find(names);
  if (twice == names.end()) return {};
  return Fail(
      Reason::kInvalidArgument,
      fmt::format("FAILED: SemanticException [Error 10036]: Duplicate column name: {}", *twice));
}

}  // namespace

Result<StatementOutcome> StatementRun::Run(const sql::CreateDatabase& statement) {
  OWLET_TRY(const std::string name, ResolveDatabase(statement.name));
  const catalog::Database database{.name = name,
                                   .description = statement.comment.value_or(""),
                                   .location = statement.location.value_or(""),
                                   .parameters = ToMap(statement.properties)};
  const Status created = runner_.catalog_.Edit(
      principal(), [&](catalog::CatalogEdit& edit) { return edit.CreateDatabase(database); });
  if (!created && created.error().reason == Reason::kEntityExists) {
    if (statement.if_not_exists) return Nothing();
    return Fail(Reason::kEntityExists,
                fmt::format("FAILED: Execution Error, return code 1 from "
                            "org.apache.hadoop.hive.ql.exec.DDLTask. Database {} already exists",
                            name));
  }
  OWLET_CHECK_OK(HiveStatus(created));
  return Nothing();
}

Result<StatementOutcome> StatementRun::Run(const sql::AlterDatabase& statement) {
  OWLET_TRY(const std::string name, ResolveDatabase(statement.name));
  OWLET_CHECK_OK(
      HiveStatus(runner_.catalog_.Edit(principal(), [&](catalog::CatalogEdit& edit) -> Status {
        OWLET_TRY(catalog::Database database, edit.GetDatabase(name));
        for (const auto& [key, value] : statement.set_properties) database.parameters[key] = value;
        for (const auto& key : statement.unset_properties) database.parameters.erase(key);
        if (statement.location) database.location = *statement.location;
        return edit.UpdateDatabase(name, database);
      })));
  return Nothing();
}

Result<StatementOutcome> StatementRun::Run(const sql::DropDatabase& statement) {
  OWLET_TRY(const std::string name, ResolveDatabase(statement.name));
  const Status dropped = runner_.catalog_.Edit(principal(), [&](catalog::CatalogEdit& edit) {
    return edit.DeleteDatabase(name, statement.cascade);
  });
  if (!dropped && dropped.error().reason == Reason::kDatabaseNotFound) {
    if (statement.if_exists) return Nothing();
    return Fail(
        Reason::kDatabaseNotFound,
        fmt::format("FAILED: SemanticException [Error 10072]: Database does not exist: {}", name));
  }
  if (!dropped && dropped.error().reason == Reason::kEntityInUse) {
    return Fail(Reason::kEntityInUse,
                fmt::format("FAILED: Execution Error, return code 1 from "
                            "org.apache.hadoop.hive.ql.exec.DDLTask. "
                            "InvalidOperationException(message:Database {} is not empty. One or "
                            "more tables exist.)",
                            name));
  }
  OWLET_CHECK_OK(HiveStatus(dropped));
  return Nothing();
}

Result<StatementOutcome> StatementRun::Run(const sql::CreateTable& statement) {
  OWLET_TRY(const auto name, ResolveName(statement.name));
  const catalog::Properties properties = ToMap(statement.properties);
  const auto table_type = properties.find("table_type");
  if (table_type != properties.end() && EqualsIgnoringCase(table_type->second, "ICEBERG")) {
    return Fail(Reason::kNotImplemented, "CREATE TABLE of an Iceberg table is not supported",
                "NOT_SUPPORTED");
  }
  if (!statement.external) {
    return Fail(Reason::kInvalidArgument,
                "FAILED: SemanticException Only external table creation is supported: CREATE "
                "EXTERNAL TABLE is needed");
  }
  if (!statement.location) {
    return Fail(
        Reason::kInvalidArgument,
        "FAILED: SemanticException No location was specified for table. An S3 location must "
        "be specified");
  }
  OWLET_TRY(const auto location, ParseLocation(*statement.location));
  catalog::Table table;
  table.database = name.database;
  table.name = name.table;
  table.owner = "hadoop";
  table.table_type = "EXTERNAL_TABLE";
  OWLET_TRY(table.storage, StorageOf(statement));
  for (const auto& field : statement.partitioned_by) {
    if (!field.definition) {
      return Fail(Reason::kInvalidArgument,
                  "FAILED: SemanticException A partition column needs a type");
    }
    OWLET_TRY(auto column, HiveColumn(*field.definition));
    table.partition_keys.push_back(std::move(column));
  }
  OWLET_CHECK_OK(CheckDistinct(table));
  table.parameters = properties;
  table.parameters["EXTERNAL"] = "TRUE";
  table.parameters["transient_lastDdlTime"] = std::to_string(
      std::chrono::duration_cast<std::chrono::seconds>(runner_.clock_.Now().time_since_epoch())
          .count());
  if (statement.comment) table.parameters["comment"] = *statement.comment;
  table.description = statement.comment.value_or("");
  const Status created = runner_.catalog_.Edit(
      principal(), [&](catalog::CatalogEdit& edit) { return edit.CreateTable(table); });
  if (!created && created.error().reason == Reason::kEntityExists) {
    if (statement.if_not_exists) return Nothing();
    return Fail(Reason::kEntityExists,
                "FAILED: Execution Error, return code 1 from "
                "org.apache.hadoop.hive.ql.exec.DDLTask. AlreadyExistsException(message:Table "
                "already exists.)");
  }
  if (!created && created.error().reason == Reason::kDatabaseNotFound) {
    return Fail(Reason::kDatabaseNotFound,
                fmt::format("FAILED: SemanticException [Error 10072]: Database does not exist: {}",
                            name.database));
  }
  OWLET_CHECK_OK(HiveStatus(created));
  return Nothing();
}

Result<StatementOutcome> StatementRun::Run(const sql::DropTable& statement) {
  OWLET_TRY(const auto name, ResolveName(statement.name));
  const Status dropped =
      runner_.catalog_.Edit(principal(), [&](catalog::CatalogEdit& edit) -> Status {
        OWLET_TRY(const auto table, edit.GetTable(name));
        if (table.IsView()) {
          return Fail(
              Reason::kInvalidArgument,
              "FAILED: SemanticException [Error 10018]: Cannot drop a view with DROP TABLE");
        }
        return edit.DeleteTable(name);
      });
  if (!dropped && (dropped.error().reason == Reason::kTableNotFound ||
                   dropped.error().reason == Reason::kDatabaseNotFound)) {
    if (statement.if_exists) return Nothing();
    return Fail(Reason::kTableNotFound,
                fmt::format("FAILED: SemanticException [Error 10001]: Table not found {}.{}",
                            name.database, name.table));
  }
  OWLET_CHECK_OK(HiveStatus(dropped));
  return Nothing();
}

}  // namespace owlet::jobs
