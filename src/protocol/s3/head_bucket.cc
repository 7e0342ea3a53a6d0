#include "protocol/s3/operations.h"

namespace owlet::s3 {

Result<aws::s3::HeadBucketOutput> HeadBucket(ObjectStore& store, const Context& context,
                                             const aws::s3::HeadBucketRequest& request) {
  OWLET_TRY(const auto bucket, store::BucketName::Parse(request.bucket));
  OWLET_TRY(const auto info, store.HeadBucket(context.principal, bucket));
  aws::s3::HeadBucketOutput reply;
  reply.bucket_region = info.region;
  reply.access_point_alias = false;
  return reply;
}

}  // namespace owlet::s3
