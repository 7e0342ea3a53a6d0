#include "protocol/s3/checksum_fields.h"
#include "protocol/s3/listed_objects.h"
#include "protocol/s3/operations.h"
#include "protocol/s3/owner.h"
#include "protocol/s3/request_names.h"

namespace owlet::s3 {

Result<aws::s3::ListMultipartUploadsOutput> ListMultipartUploads(
    ObjectStore& store, const Context& context,
    const aws::s3::ListMultipartUploadsRequest& request) {
  OWLET_TRY(const auto bucket, store::BucketName::Parse(request.bucket));
  OWLET_TRY(const std::size_t limit, PageLimit(request.max_uploads));
  OWLET_TRY(const auto page,
            store.ListUploads(context.principal, bucket,
                              {.prefix = request.prefix.value_or(""),
                               .delimiter = request.delimiter.value_or(""),
                               .key_marker = request.key_marker.value_or(""),
                               .upload_id_marker = request.upload_id_marker.value_or(""),
                               .limit = limit}));
  const auto& encoding = request.encoding_type;
  aws::s3::ListMultipartUploadsOutput reply;
  reply.bucket = bucket.text();
  reply.key_marker = EncodeListed(encoding, request.key_marker.value_or(""));
  reply.upload_id_marker = request.upload_id_marker.value_or("");
  reply.max_uploads = static_cast<std::int32_t>(limit);
  reply.is_truncated = page.truncated;
  reply.encoding_type = encoding;
  if (request.prefix) reply.prefix = EncodeListed(encoding, *request.prefix);
  if (request.delimiter) reply.delimiter = EncodeListed(encoding, *request.delimiter);
  reply.next_key_marker = EncodeListed(encoding, page.next_key);
  reply.next_upload_id_marker = page.next_upload_id;
  if (!page.uploads.empty()) reply.uploads.emplace();
  for (const store::UploadInfo& info : page.uploads) {
    auto& upload = reply.uploads->emplace_back();
    upload.key = EncodeListed(encoding, info.key);
    upload.upload_id = info.upload_id;
    upload.initiated = info.initiated;
    upload.storage_class =
        info.attributes.storage_class.empty() ? "STANDARD" : info.attributes.storage_class;
    upload.owner = OwnerOf(info.owner_account);
    upload.initiator = InitiatorOf(info);
    if (info.checksum_algorithm) {
      upload.checksum_algorithm = std::string(ChecksumName(*info.checksum_algorithm));
      upload.checksum_type = std::string(ChecksumTypeName(info.checksum_type));
    }
  }
  reply.common_prefixes = ListedPrefixes(page.common_prefixes, encoding);
  return reply;
}

}  // namespace owlet::s3
