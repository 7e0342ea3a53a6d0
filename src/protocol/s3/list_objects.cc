#include "protocol/s3/listed_objects.h"
#include "protocol/s3/operations.h"
#include "protocol/s3/request_names.h"

namespace owlet::s3 {

Result<aws::s3::ListObjectsOutput> ListObjects(ObjectStore& store, const Context& context,
                                               const aws::s3::ListObjectsRequest& request) {
  OWLET_TRY(const auto bucket, store::BucketName::Parse(request.bucket));
  OWLET_TRY(const std::size_t limit, PageLimit(request.max_keys));
  OWLET_TRY(const auto page, store.List(context.principal, bucket,
                                        {.prefix = request.prefix.value_or(""),
                                         .delimiter = request.delimiter.value_or(""),
                                         .start_after = request.marker.value_or(""),
                                         .limit = limit}));
  const auto& encoding = request.encoding_type;
  aws::s3::ListObjectsOutput reply;
  reply.name = bucket.text();
  // S3 encodes everything here but the prefix, and its clients do not decode that.
  reply.prefix = request.prefix.value_or("");
  reply.marker = EncodeListed(encoding, request.marker.value_or(""));
  reply.max_keys = static_cast<std::int32_t>(limit);
  reply.is_truncated = page.truncated;
  reply.encoding_type = encoding;
  if (request.delimiter && !request.delimiter->empty()) {
    reply.delimiter = EncodeListed(encoding, *request.delimiter);
    // Without a delimiter the client goes on behind the last key.
    if (page.truncated) reply.next_marker = EncodeListed(encoding, page.next);
  }
  reply.contents = ListedObjects(page, encoding, /*with_owner=*/true);
  reply.common_prefixes = ListedPrefixes(page.common_prefixes, encoding);
  return reply;
}

}  // namespace owlet::s3
