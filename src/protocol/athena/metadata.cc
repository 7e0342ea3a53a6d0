#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>

#include "base/ascii.h"
#include "base/uuid.h"
#include "core/catalog/name_pattern.h"
#include "protocol/athena/handlers.h"

// The one data catalog, as Athena tells of it.

namespace owlet::athena {
namespace {

namespace wire = aws::athena;

constexpr char kCatalog[] = "AwsDataCatalog";

Status CheckCatalog(const std::string& name) {
  if (EqualsIgnoringCase(name, kCatalog)) return {};
  return Fail(Reason::kEntityNotFound, fmt::format("DataCatalog {} was not found", name));
}

wire::Database ToWire(const catalog::Database& database) {
  wire::Database result;
  result.name = database.name;
  if (!database.description.empty()) result.description = database.description;
  if (!database.parameters.empty()) result.parameters = database.parameters;
  return result;
}

std::vector<wire::Column> ToColumns(const std::vector<catalog::Column>& columns) {
  std::vector<wire::Column> result;
  for (const auto& column : columns) {
    auto& written = result.emplace_back();
    written.name = column.name;
    written.type = column.type;
    if (!column.comment.empty()) written.comment = column.comment;
  }
  return result;
}

wire::TableMetadata ToWire(const catalog::Table& table) {
  wire::TableMetadata result;
  result.name = table.name;
  result.create_time = table.create_time;
  result.last_access_time = table.last_access_time.value_or(Timestamp{});
  result.table_type = table.table_type;
  result.columns = ToColumns(table.Columns());
  result.partition_keys = ToColumns(table.partition_keys);
  // The storage descriptor travels as parameters too.
  auto& parameters = result.parameters.emplace(table.parameters);
  if (table.storage) {
    parameters["location"] = table.storage->location;
    parameters["inputformat"] = table.storage->input_format;
    parameters["outputformat"] = table.storage->output_format;
    if (table.storage->serde) {
      parameters["serde.serialization.lib"] = table.storage->serde->library;
      for (const auto& [key, value] : table.storage->serde->parameters) {
        parameters["serde.param." + key] = value;
      }
    }
  }
  return result;
}

/// What clients expect of a catalog's "not there" behind Athena.
template <class T>
Result<T> Worded(Result<T> result) {
  if (result) return result;
  Error error = result.error();
  if (error.reason == Reason::kDatabaseNotFound || error.reason == Reason::kTableNotFound) {
    // Clients (PyAthena) read Glue's code out of these words.
    error.message = fmt::format(
        "{} (Service: AmazonDataCatalog; Status Code: 400; Error Code: EntityNotFoundException; "
        "Request ID: {}; Proxy: null)",
        error.message, NewUuid());
    error.condition = "MetadataException";
  }
  return Fail(std::move(error));
}

}  // namespace

Result<wire::ListDataCatalogsOutput> ListDataCatalogs(const Call&,
                                                      const wire::ListDataCatalogsInput&) {
  wire::ListDataCatalogsOutput response;
  auto& catalogs = response.data_catalogs_summary.emplace();
  auto& own = catalogs.emplace_back();
  own.catalog_name = kCatalog;
  own.type = "GLUE";
  return response;
}

Result<wire::GetDataCatalogOutput> GetDataCatalog(const Call& call,
                                                  const wire::GetDataCatalogInput& request) {
  OWLET_CHECK_OK(CheckCatalog(request.name));
  wire::GetDataCatalogOutput response;
  auto& own = response.data_catalog.emplace();
  own.name = kCatalog;
  own.type = "GLUE";
  const std::string& account = call.principal().account_id;
  own.parameters = std::map<std::string, std::string>{
      {"catalog-id", account.empty() ? std::string(access::kDefaultAccount) : account}};
  return response;
}

Result<wire::ListDatabasesOutput> ListDatabases(const Call& call,
                                                const wire::ListDatabasesInput& request) {
  OWLET_CHECK_OK(CheckCatalog(request.catalog_name));
  const catalog::PageRequest page{
      .token = request.next_token.value_or(""),
      .limit = static_cast<std::size_t>(request.max_results.value_or(50))};
  OWLET_TRY(const auto found, call.catalog.ListDatabases(call.principal(), page));
  wire::ListDatabasesOutput response;
  auto& databases = response.database_list.emplace();
  for (const auto& database : found.items) databases.push_back(ToWire(database));
  if (!found.next.empty()) response.next_token = found.next;
  return response;
}

Result<wire::GetDatabaseOutput> GetDatabase(const Call& call,
                                            const wire::GetDatabaseInput& request) {
  OWLET_CHECK_OK(CheckCatalog(request.catalog_name));
  OWLET_TRY(const auto database,
            Worded(call.catalog.GetDatabase(call.principal(), request.database_name)));
  return wire::GetDatabaseOutput{.database = ToWire(database)};
}

Result<wire::ListTableMetadataOutput> ListTableMetadata(
    const Call& call, const wire::ListTableMetadataInput& request) {
  OWLET_CHECK_OK(CheckCatalog(request.catalog_name));
  std::optional<catalog::NamePattern> pattern;
  if (request.expression && !request.expression->empty()) {
    OWLET_TRY(pattern, catalog::NamePattern::Parse(*request.expression));
  }
  const catalog::PageRequest page{
      .token = request.next_token.value_or(""),
      .limit = static_cast<std::size_t>(request.max_results.value_or(50))};
  OWLET_TRY(const auto found,
            Worded(call.catalog.ListTables(
                call.principal(), request.database_name, page,
                [&](std::string_view name) { return !pattern || pattern->Matches(name); })));
  wire::ListTableMetadataOutput response;
  auto& tables = response.table_metadata_list.emplace();
  for (const auto& table : found.items) tables.push_back(ToWire(table));
  if (!found.next.empty()) response.next_token = found.next;
  return response;
}

Result<wire::GetTableMetadataOutput> GetTableMetadata(const Call& call,
                                                      const wire::GetTableMetadataInput& request) {
  OWLET_CHECK_OK(CheckCatalog(request.catalog_name));
  OWLET_TRY(const auto table, Worded(call.catalog.GetTable(
                                  call.principal(), {request.database_name, request.table_name})));
  return wire::GetTableMetadataOutput{.table_metadata = ToWire(table)};
}

}  // namespace owlet::athena
