#include <string>
#include <utility>

#include "protocol/glue/error_map.h"
#include "protocol/glue/handlers.h"
#include "protocol/glue/wire_model.h"

// Batches do what they can: an item that fails is listed, the others are done, all in one edit.

namespace owlet::glue {
namespace {

aws::glue::ErrorDetail Detail(const Error& error) {
  const auto mapped = MapError(error);
  return {.error_code = mapped.code, .error_message = mapped.message};
}

}  // namespace

Result<aws::glue::BatchCreatePartitionResponse> BatchCreatePartition(
    const Call& call, const aws::glue::BatchCreatePartitionRequest& request) {
  const catalog::TableName name{request.database_name, request.table_name};
  std::vector<aws::glue::PartitionError> errors;
  const Status edited =
      call.catalog.Edit(call.context.principal, [&](catalog::CatalogEdit& edit) -> Status {
        OWLET_TRY(const auto table, edit.GetTable(name));
        for (const auto& input : request.partition_input_list) {
          const Status status = edit.CreatePartition(name, FromWire(input));
          if (status) continue;
          errors.push_back(
              {.partition_values = input.values, .error_detail = Detail(status.error())});
        }
        return {};
      });
  if (!edited) return std::unexpected(edited.error());
  aws::glue::BatchCreatePartitionResponse response;
  if (!errors.empty()) response.errors = std::move(errors);
  return response;
}

Result<aws::glue::BatchGetPartitionResponse> BatchGetPartition(
    const Call& call, const aws::glue::BatchGetPartitionRequest& request) {
  const catalog::TableName name{request.database_name, request.table_name};
  aws::glue::BatchGetPartitionResponse response;
  auto& partitions = response.partitions.emplace();
  OWLET_TRY(const auto table, call.catalog.GetTable(call.context.principal, name));
  for (const auto& key : request.partitions_to_get) {
    auto partition = call.catalog.GetPartition(call.context.principal, name, key.values);
    if (partition) {
      partitions.push_back(ToWire(*partition, name, call.catalog_id));
    } else if (partition.error().reason != Reason::kPartitionNotFound) {
      return std::unexpected(std::move(partition).error());
    }
  }
  return response;
}

Result<aws::glue::BatchUpdatePartitionResponse> BatchUpdatePartition(
    const Call& call, const aws::glue::BatchUpdatePartitionRequest& request) {
  const catalog::TableName name{request.database_name, request.table_name};
  std::vector<aws::glue::BatchUpdatePartitionFailureEntry> errors;
  const Status edited =
      call.catalog.Edit(call.context.principal, [&](catalog::CatalogEdit& edit) -> Status {
        OWLET_TRY(const auto table, edit.GetTable(name));
        for (const auto& entry : request.entries) {
          catalog::Partition partition = FromWire(entry.partition_input);
          if (partition.values.empty()) partition.values = entry.partition_value_list;
          const Status status =
              edit.UpdatePartition(name, entry.partition_value_list, std::move(partition));
          if (status) continue;
          errors.push_back({.partition_value_list = entry.partition_value_list,
                            .error_detail = Detail(status.error())});
        }
        return {};
      });
  if (!edited) return std::unexpected(edited.error());
  aws::glue::BatchUpdatePartitionResponse response;
  if (!errors.empty()) response.errors = std::move(errors);
  return response;
}

Result<aws::glue::BatchDeletePartitionResponse> BatchDeletePartition(
    const Call& call, const aws::glue::BatchDeletePartitionRequest& request) {
  const catalog::TableName name{request.database_name, request.table_name};
  std::vector<aws::glue::PartitionError> errors;
  const Status edited =
      call.catalog.Edit(call.context.principal, [&](catalog::CatalogEdit& edit) -> Status {
        OWLET_TRY(const auto table, edit.GetTable(name));
        for (const auto& key : request.partitions_to_delete) {
          const Status status = edit.DeletePartition(name, key.values);
          if (status) continue;
          errors.push_back(
              {.partition_values = key.values, .error_detail = Detail(status.error())});
        }
        return {};
      });
  if (!edited) return std::unexpected(edited.error());
  aws::glue::BatchDeletePartitionResponse response;
  if (!errors.empty()) response.errors = std::move(errors);
  return response;
}

}  // namespace owlet::glue
