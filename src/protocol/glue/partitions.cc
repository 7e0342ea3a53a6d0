#include <cstdint>
#include <functional>
#include <string>

#include "core/catalog/partition_filter.h"
#include "protocol/glue/handlers.h"
#include "protocol/glue/wire_model.h"

namespace owlet::glue {
namespace {

/// FNV-1a: which of `total` segments a partition belongs to must never change while a client reads.
std::uint64_t Hash(const std::vector<std::string>& values) {
  std::uint64_t hash = 0xCBF29CE484222325;
  for (const std::string& value : values) {
    for (const char c : value + '\0') {
      hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3;
    }
  }
  return hash;
}

}  // namespace

Result<aws::glue::CreatePartitionResponse> CreatePartition(
    const Call& call, const aws::glue::CreatePartitionRequest& request) {
  OWLET_CHECK_OK(call.catalog.Edit(call.context.principal, [&](catalog::CatalogEdit& edit) {
    return edit.CreatePartition({request.database_name, request.table_name},
                                FromWire(request.partition_input));
  }));
  return aws::glue::CreatePartitionResponse{};
}

Result<aws::glue::GetPartitionResponse> GetPartition(
    const Call& call, const aws::glue::GetPartitionRequest& request) {
  const catalog::TableName name{request.database_name, request.table_name};
  OWLET_TRY(const auto partition,
            call.catalog.GetPartition(call.context.principal, name, request.partition_values));
  return aws::glue::GetPartitionResponse{.partition = ToWire(partition, name, call.catalog_id)};
}

Result<aws::glue::GetPartitionsResponse> GetPartitions(
    const Call& call, const aws::glue::GetPartitionsRequest& request) {
  const catalog::TableName name{request.database_name, request.table_name};
  catalog::PartitionPredicate predicate;
  if (request.expression && !request.expression->empty()) {
    OWLET_TRY(const auto table, call.catalog.GetTable(call.context.principal, name));
    OWLET_TRY(predicate.matches,
              catalog::CompilePartitionFilter(*request.expression, table.partition_keys));
  }
  if (request.segment) {
    const auto total = static_cast<std::uint64_t>(request.segment->total_segments);
    const auto wanted = static_cast<std::uint64_t>(request.segment->segment_number);
    if (wanted >= total) {
      return Fail(Reason::kInvalidArgument, "SegmentNumber must be less than TotalSegments");
    }
    predicate.matches = [matches = std::move(predicate.matches), total,
                         wanted](const std::vector<std::string>& values) {
      return Hash(values) % total == wanted && (!matches || matches(values));
    };
  }
  const catalog::PageRequest page{
      .token = request.next_token.value_or(""),
      .limit = static_cast<std::size_t>(request.max_results.value_or(1000))};
  OWLET_TRY(const auto found,
            call.catalog.ListPartitions(call.context.principal, name, page, predicate));
  aws::glue::GetPartitionsResponse response;
  auto& partitions = response.partitions.emplace();
  for (const auto& partition : found.items) {
    partitions.push_back(ToWire(partition, name, call.catalog_id));
    auto& storage = partitions.back().storage_descriptor;
    if (request.exclude_column_schema.value_or(false) && storage) storage->columns.reset();
  }
  if (!found.next.empty()) response.next_token = found.next;
  return response;
}

Result<aws::glue::UpdatePartitionResponse> UpdatePartition(
    const Call& call, const aws::glue::UpdatePartitionRequest& request) {
  catalog::Partition partition = FromWire(request.partition_input);
  if (partition.values.empty()) partition.values = request.partition_value_list;
  OWLET_CHECK_OK(call.catalog.Edit(call.context.principal, [&](catalog::CatalogEdit& edit) {
    return edit.UpdatePartition({request.database_name, request.table_name},
                                request.partition_value_list, partition);
  }));
  return aws::glue::UpdatePartitionResponse{};
}

Result<aws::glue::DeletePartitionResponse> DeletePartition(
    const Call& call, const aws::glue::DeletePartitionRequest& request) {
  OWLET_CHECK_OK(call.catalog.Edit(call.context.principal, [&](catalog::CatalogEdit& edit) {
    return edit.DeletePartition({request.database_name, request.table_name},
                                request.partition_values);
  }));
  return aws::glue::DeletePartitionResponse{};
}

}  // namespace owlet::glue
