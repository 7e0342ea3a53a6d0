#include "base/encoding.h"
#include "protocol/s3/listed_objects.h"
#include "protocol/s3/operations.h"
#include "protocol/s3/request_names.h"

namespace owlet::s3 {

Result<aws::s3::ListObjectsV2Output> ListObjectsV2(ObjectStore& store, const Context& context,
                                                   const aws::s3::ListObjectsV2Request& request) {
  OWLET_TRY(const auto bucket, store::BucketName::Parse(request.bucket));
  OWLET_TRY(const std::size_t limit, PageLimit(request.max_keys));
  // A continuation token is where the page before ended.
  std::string start_after = request.start_after.value_or("");
  if (request.continuation_token && !request.continuation_token->empty()) {
    const auto decoded = DecodeBase64(*request.continuation_token);
    if (!decoded || decoded->empty()) {
      return Fail(Reason::kInvalidArgument, "The continuation token provided is incorrect");
    }
    start_after = *decoded;
  }
  OWLET_TRY(const auto page, store.List(context.principal, bucket,
                                        {.prefix = request.prefix.value_or(""),
                                         .delimiter = request.delimiter.value_or(""),
                                         .start_after = std::move(start_after),
                                         .limit = limit}));
  const auto& encoding = request.encoding_type;
  aws::s3::ListObjectsV2Output reply;
  reply.name = bucket.text();
  reply.prefix = EncodeListed(encoding, request.prefix.value_or(""));
  reply.max_keys = static_cast<std::int32_t>(limit);
  reply.key_count = static_cast<std::int32_t>(page.objects.size() + page.common_prefixes.size());
  reply.is_truncated = page.truncated;
  reply.encoding_type = encoding;
  reply.continuation_token = request.continuation_token;
  if (request.start_after) reply.start_after = EncodeListed(encoding, *request.start_after);
  if (page.truncated) reply.next_continuation_token = EncodeBase64(page.next);
  if (request.delimiter && !request.delimiter->empty()) {
    reply.delimiter = EncodeListed(encoding, *request.delimiter);
  }
  reply.contents =
      ListedObjects(page, encoding, /*with_owner=*/request.fetch_owner.value_or(false));
  reply.common_prefixes = ListedPrefixes(page.common_prefixes, encoding);
  return reply;
}

}  // namespace owlet::s3
