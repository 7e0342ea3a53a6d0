#include "protocol/s3/operations.h"
#include "protocol/s3/owner.h"

namespace owlet::s3 {

Result<aws::s3::ListBucketsOutput> ListBuckets(ObjectStore& store, const Context& context,
                                               const aws::s3::ListBucketsRequest& request) {
  OWLET_TRY(const auto buckets, store.ListBuckets(context.principal));
  aws::s3::ListBucketsOutput reply;
  reply.owner = OwnerOf(context.principal);
  reply.prefix = request.prefix;
  auto& listed = reply.buckets.emplace();
  const auto limit = static_cast<std::size_t>(request.max_buckets.value_or(10'000));
  for (const store::BucketInfo& info : buckets) {
    if (request.prefix && !info.name.starts_with(*request.prefix)) continue;
    if (request.bucket_region && info.region != *request.bucket_region) continue;
    if (request.continuation_token && info.name <= *request.continuation_token) continue;
    if (listed.size() == limit) {
      reply.continuation_token = listed.back().name;
      break;
    }
    auto& bucket = listed.emplace_back();
    bucket.name = info.name;
    bucket.creation_date = info.created;
    // S3 tells the region only to those who page or filter.
    if (request.max_buckets || request.prefix || request.bucket_region) {
      bucket.bucket_region = info.region;
    }
  }
  return reply;
}

}  // namespace owlet::s3
