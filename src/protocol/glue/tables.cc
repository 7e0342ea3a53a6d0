#include <algorithm>
#include <optional>
#include <string>

#include "core/catalog/name_pattern.h"
#include "protocol/glue/error_map.h"
#include "protocol/glue/handlers.h"
#include "protocol/glue/wire_model.h"

namespace owlet::glue {
namespace {

/// AttributesToGet: only what was asked for.
void KeepAttributes(const std::optional<std::vector<std::string>>& attributes,
                    aws::glue::Table& table) {
  if (!attributes || attributes->empty()) return;
  aws::glue::Table kept;
  kept.name = table.name;
  if (std::ranges::find(*attributes, "TABLE_TYPE") != attributes->end()) {
    kept.table_type = table.table_type;
  }
  table = std::move(kept);
}

}  // namespace

Result<aws::glue::CreateTableResponse> CreateTable(const Call& call,
                                                   const aws::glue::CreateTableRequest& request) {
  if (request.open_table_format_input) {
    return Fail(Reason::kNotImplemented, "owlet does not implement OpenTableFormatInput");
  }
  if (request.partition_indexes && !request.partition_indexes->empty()) {
    return Fail(Reason::kNotImplemented, "owlet does not implement PartitionIndexes");
  }
  if (!request.table_input) {
    return Fail(Reason::kInvalidArgument, "TableInput is required to create a table");
  }
  OWLET_TRY(const catalog::Table table, FromWire(request.database_name, *request.table_input));
  OWLET_CHECK_OK(call.catalog.Edit(
      call.context.principal, [&](catalog::CatalogEdit& edit) { return edit.CreateTable(table); }));
  return aws::glue::CreateTableResponse{};
}

Result<aws::glue::GetTableResponse> GetTable(const Call& call,
                                             const aws::glue::GetTableRequest& request) {
  OWLET_TRY(const auto table,
            call.catalog.GetTable(call.context.principal, {request.database_name, request.name}));
  aws::glue::GetTableResponse response;
  response.table = ToWire(table, call.catalog_id);
  KeepAttributes(request.attributes_to_get, *response.table);
  return response;
}

Result<aws::glue::GetTablesResponse> GetTables(const Call& call,
                                               const aws::glue::GetTablesRequest& request) {
  std::optional<catalog::NamePattern> pattern;
  if (request.expression && !request.expression->empty()) {
    OWLET_TRY(pattern, catalog::NamePattern::Parse(*request.expression));
  }
  const catalog::PageRequest page{
      .token = request.next_token.value_or(""),
      .limit = static_cast<std::size_t>(request.max_results.value_or(100))};
  OWLET_TRY(const auto found, call.catalog.ListTables(call.context.principal, request.database_name,
                                                      page, [&](std::string_view name) {
                                                        return !pattern || pattern->Matches(name);
                                                      }));
  aws::glue::GetTablesResponse response;
  auto& tables = response.table_list.emplace();
  for (const auto& table : found.items) {
    tables.push_back(ToWire(table, call.catalog_id));
    KeepAttributes(request.attributes_to_get, tables.back());
  }
  if (!found.next.empty()) response.next_token = found.next;
  return response;
}

Result<aws::glue::UpdateTableResponse> UpdateTable(const Call& call,
                                                   const aws::glue::UpdateTableRequest& request) {
  if (request.update_open_table_format_input) {
    return Fail(Reason::kNotImplemented, "owlet does not implement UpdateOpenTableFormatInput");
  }
  if (!request.table_input) {
    return Fail(Reason::kInvalidArgument, "TableInput is required to update a table");
  }
  OWLET_TRY(const catalog::Table table, FromWire(request.database_name, *request.table_input));
  catalog::UpdateOptions options{.skip_archive = request.skip_archive.value_or(false)};
  if (request.version_id) {
    OWLET_TRY(options.version, ParseVersionId(*request.version_id));
  }
  OWLET_CHECK_OK(call.catalog.Edit(call.context.principal, [&](catalog::CatalogEdit& edit) {
    return edit.UpdateTable(table, options);
  }));
  return aws::glue::UpdateTableResponse{};
}

Result<aws::glue::DeleteTableResponse> DeleteTable(const Call& call,
                                                   const aws::glue::DeleteTableRequest& request) {
  OWLET_CHECK_OK(call.catalog.Edit(call.context.principal, [&](catalog::CatalogEdit& edit) {
    return edit.DeleteTable({request.database_name, request.name});
  }));
  return aws::glue::DeleteTableResponse{};
}

Result<aws::glue::BatchDeleteTableResponse> BatchDeleteTable(
    const Call& call, const aws::glue::BatchDeleteTableRequest& request) {
  OWLET_TRY(const auto database,
            call.catalog.GetDatabase(call.context.principal, request.database_name));
  aws::glue::BatchDeleteTableResponse response;
  std::vector<aws::glue::TableError> errors;
  OWLET_CHECK_OK(
      call.catalog.Edit(call.context.principal, [&](catalog::CatalogEdit& edit) -> Status {
        for (const std::string& name : request.tables_to_delete) {
          const Status status = edit.DeleteTable({database.name, name});
          if (status) continue;
          const auto error = MapError(status.error());
          errors.push_back({.table_name = name,
                            .error_detail = aws::glue::ErrorDetail{
                                .error_code = error.code, .error_message = error.message}});
        }
        return {};
      }));
  if (!errors.empty()) response.errors = std::move(errors);
  return response;
}

}  // namespace owlet::glue
