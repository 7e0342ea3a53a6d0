#include <algorithm>

#include "protocol/s3/checksum_fields.h"
#include "protocol/s3/conditions.h"
#include "protocol/s3/operations.h"
#include "protocol/s3/owner.h"
#include "protocol/s3/request_names.h"

namespace owlet::s3 {
namespace {

constexpr std::int32_t kMaxParts = 1000;

}  // namespace

Result<aws::s3::ListPartsOutput> ListParts(ObjectStore& store, const Context& context,
                                           const aws::s3::ListPartsRequest& request) {
  OWLET_TRY(const Target target, TargetOf(request));
  const std::int32_t limit = std::min(request.max_parts.value_or(kMaxParts), kMaxParts);
  const std::int32_t after = request.part_number_marker.value_or(0);
  if (limit < 0 || after < 0) {
    return Fail(Reason::kInvalidArgument,
                "Argument max-parts and part-number-marker must be an integer between 0 and "
                "2147483647");
  }
  OWLET_TRY(const auto page,
            store.ListParts(context.principal, target.bucket, target.key, request.upload_id,
                            static_cast<std::uint32_t>(after), static_cast<std::size_t>(limit)));
  const aws::s3::Owner owner = OwnerOf(page.upload.owner_account);
  aws::s3::ListPartsOutput reply;
  reply.bucket = target.bucket.text();
  reply.key = target.key.text();
  reply.upload_id = request.upload_id;
  reply.part_number_marker = after;
  reply.next_part_number_marker = static_cast<std::int32_t>(page.next_part_number);
  reply.max_parts = limit;
  reply.is_truncated = page.truncated;
  reply.owner = owner;
  reply.initiator = InitiatorOf(page.upload);
  reply.storage_class = page.upload.attributes.storage_class.empty()
                            ? "STANDARD"
                            : page.upload.attributes.storage_class;
  if (page.upload.checksum_algorithm) {
    reply.checksum_algorithm = std::string(ChecksumName(*page.upload.checksum_algorithm));
    reply.checksum_type = std::string(ChecksumTypeName(page.upload.checksum_type));
  }
  if (!page.parts.empty()) reply.parts.emplace();
  for (const store::PartInfo& info : page.parts) {
    auto& part = reply.parts->emplace_back();
    part.part_number = static_cast<std::int32_t>(info.number);
    part.last_modified = info.modified;
    part.e_tag = Quote(info.etag);
    part.size = static_cast<std::int64_t>(info.size);
    if (page.upload.checksum_algorithm) SetChecksum(part, info.checksum);
  }
  return reply;
}

}  // namespace owlet::s3
