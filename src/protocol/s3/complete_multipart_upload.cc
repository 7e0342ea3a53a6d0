#include <fmt/format.h>

#include "base/percent_encoding.h"
#include "protocol/s3/checksum_fields.h"
#include "protocol/s3/conditions.h"
#include "protocol/s3/object_reply.h"
#include "protocol/s3/operations.h"
#include "protocol/s3/request_names.h"

namespace owlet::s3 {
namespace {

Result<std::vector<store::CompletedPart>> PartsOf(
    const aws::s3::CompleteMultipartUploadRequest& request) {
  std::vector<store::CompletedPart> parts;
  if (!request.multipart_upload || !request.multipart_upload->parts) return parts;
  for (const aws::s3::CompletedPart& given : *request.multipart_upload->parts) {
    if (!given.part_number || !given.e_tag || *given.part_number < 1) {
      return Fail(Reason::kMalformedRequest,
                  "The XML you provided was not well-formed or did not validate against our "
                  "published schema",
                  "MalformedXML");
    }
    OWLET_TRY(auto checksum, GivenChecksum(given));
    parts.push_back({.number = static_cast<std::uint32_t>(*given.part_number),
                     .etag = Unquote(*given.e_tag),
                     .checksum = std::move(checksum)});
  }
  return parts;
}

}  // namespace

Result<aws::s3::CompleteMultipartUploadOutput> CompleteMultipartUpload(
    ObjectStore& store, const Context& context,
    const aws::s3::CompleteMultipartUploadRequest& request) {
  OWLET_TRY(const Target target, TargetOf(request));
  OWLET_TRY(const auto parts, PartsOf(request));
  store::CompleteOptions options;
  OWLET_TRY(options.conditions, ParseWriteConditions(request.if_match, request.if_none_match));
  OWLET_TRY(options.checksum, GivenChecksum(request, /*allow_parts=*/true));
  if (request.mpu_object_size) {
    options.size = static_cast<std::uint64_t>(*request.mpu_object_size);
  }
  OWLET_TRY(const auto info, store.CompleteUpload(context.principal, target.bucket, target.key,
                                                  request.upload_id, parts, options));
  aws::s3::CompleteMultipartUploadOutput reply;
  reply.location = fmt::format("{}://{}/{}/{}", context.http->tls ? "https" : "http",
                               context.http->headers.Get("Host"), target.bucket.text(),
                               PercentEncode(target.key.text(), /*keep_slash=*/true));
  reply.bucket = target.bucket.text();
  reply.key = target.key.text();
  reply.e_tag = Quote(info.etag);
  SetChecksum(reply, info.checksum);
  if (info.version_id != "null") SetVersion(reply, info);
  SetEncryption(reply, info.attributes.encryption);
  return reply;
}

}  // namespace owlet::s3
