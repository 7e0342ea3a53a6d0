#include <algorithm>
#include <string_view>

#include "protocol/s3/checksum_fields.h"
#include "protocol/s3/conditions.h"
#include "protocol/s3/encryption_fields.h"
#include "protocol/s3/object_reply.h"
#include "protocol/s3/operations.h"
#include "protocol/s3/request_names.h"

namespace owlet::s3 {
namespace {

constexpr std::int32_t kMaxParts = 1000;

aws::s3::GetObjectAttributesParts PartsOf(const aws::s3::GetObjectAttributesRequest& request,
                                          const store::ObjectInfo& info) {
  aws::s3::GetObjectAttributesParts parts;
  parts.total_parts_count = static_cast<std::int32_t>(info.parts.size());
  const std::int32_t after = request.part_number_marker.value_or(0);
  const std::int32_t limit = std::min(request.max_parts.value_or(kMaxParts), kMaxParts);
  parts.part_number_marker = after;
  parts.max_parts = limit;
  parts.is_truncated = false;
  parts.next_part_number_marker = 0;
  auto& listed = parts.parts.emplace();
  for (const store::PartInfo& part : info.parts) {
    const auto number = static_cast<std::int32_t>(part.number);
    if (number <= after) continue;
    if (static_cast<std::int32_t>(listed.size()) == limit) {
      parts.is_truncated = true;
      break;
    }
    auto& row = listed.emplace_back();
    row.part_number = number;
    row.size = static_cast<std::int64_t>(part.size);
    SetChecksum(row, part.checksum);
    parts.next_part_number_marker = number;
  }
  return parts;
}

}  // namespace

Result<aws::s3::GetObjectAttributesOutput> GetObjectAttributes(
    ObjectStore& store, const Context& context,
    const aws::s3::GetObjectAttributesRequest& request) {
  OWLET_TRY(const Target target, TargetOf(request));
  OWLET_TRY(std::string customer_key, CustomerKeyOf(request));
  OWLET_TRY(const auto info, store.Head(context.principal, target.bucket, target.key, {},
                                        {.version_id = request.version_id,
                                         .customer_key = std::move(customer_key),
                                         .action = "s3:GetObjectAttributes"}));
  const auto wanted = [&](std::string_view name) {
    return std::ranges::find(request.object_attributes, name) != request.object_attributes.end();
  };
  aws::s3::GetObjectAttributesOutput reply;
  reply.last_modified = info.modified;
  SetVersion(reply, info);
  if (wanted("ETag")) reply.e_tag = info.etag;  // here without quotes
  if (wanted("Checksum") && info.checksum) SetChecksum(reply.checksum.emplace(), info.checksum);
  if (wanted("ObjectParts") && !info.parts.empty()) reply.object_parts = PartsOf(request, info);
  if (wanted("StorageClass")) {
    reply.storage_class =
        info.attributes.storage_class.empty() ? "STANDARD" : info.attributes.storage_class;
  }
  if (wanted("ObjectSize")) reply.object_size = static_cast<std::int64_t>(info.size);
  return reply;
}

}  // namespace owlet::s3
