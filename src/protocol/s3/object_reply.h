#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/result.h"
#include "core/store/object_info.h"
#include "protocol/common/operation.h"
#include "protocol/s3/attribute_fields.h"
#include "protocol/s3/byte_range.h"
#include "protocol/s3/checksum_fields.h"
#include "protocol/s3/conditions.h"

namespace owlet::s3 {

/// What GetObject and HeadObject answer alike: which bytes, and the headers that tell of them.
struct ObjectView {
  ByteRange range;
  bool partial = false;  // 206
  /// The part that partNumber asks for; shows into the object's info.
  const store::PartInfo* part = nullptr;
};

/// The bytes that Range or partNumber ask for. kRangeNotSatisfiable; kInvalidArgument with the
/// condition "InvalidRequest" for both at once, "InvalidPartNumber" for a part that is not there.
[[nodiscard]] Result<ObjectView> ChooseBytes(const store::ObjectInfo& info,
                                             const std::optional<std::string>& range,
                                             const std::optional<std::int32_t>& part_number);

/// x-amz-version-id, in buckets that have such.
template <class Reply>
void SetVersion(Reply& reply, const store::ObjectInfo& info) {
  if (!info.version_id.empty()) reply.version_id = info.version_id;
}

/// Fills a GetObjectOutput or HeadObjectOutput but for its body.
template <class Request, class Reply>
void DescribeObject(const Request& request, const store::ObjectInfo& info, const ObjectView& view,
                    protocol::Answer<Reply>& answer) {
  Reply& reply = answer.reply;
  SetAttributes(reply, info.attributes);
  reply.accept_ranges = "bytes";
  reply.last_modified = info.modified;
  reply.e_tag = Quote(info.etag);
  SetVersion(reply, info);
  reply.content_length = static_cast<std::int64_t>(view.range.size);
  if (view.partial) {
    answer.parts.status = 206;
    reply.content_range = ContentRange(view.range, info.size);
  }
  if (request.part_number && !info.parts.empty()) {
    reply.parts_count = static_cast<std::int32_t>(info.parts.size());
  }
  if (info.attributes.storage_class == "GLACIER" ||
      info.attributes.storage_class == "DEEP_ARCHIVE") {
    // There is no archive here: the bytes of every class are at hand.
    reply.restore = "ongoing-request=\"false\"";
  }
  // A checksum of the whole says nothing of a part of it.
  if (request.checksum_mode == "ENABLED") {
    if (view.part) {
      SetChecksum(reply, view.part->checksum);
      if (info.checksum) reply.checksum_type = std::string(ChecksumTypeName(info.checksum->type));
    } else if (view.range.size == info.size) {
      SetChecksum(reply, info.checksum);
    }
  }
  const auto override_with = [](std::optional<std::string>& field,
                                const std::optional<std::string>& value) {
    if (value) field = value;
  };
  override_with(reply.cache_control, request.response_cache_control);
  override_with(reply.content_disposition, request.response_content_disposition);
  override_with(reply.content_encoding, request.response_content_encoding);
  override_with(reply.content_language, request.response_content_language);
  override_with(reply.content_type, request.response_content_type);
  if (request.response_expires) reply.expires = FormatHttpDate(*request.response_expires);
}

}  // namespace owlet::s3
