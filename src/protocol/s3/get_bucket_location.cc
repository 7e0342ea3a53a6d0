#include "protocol/s3/operations.h"

namespace owlet::s3 {

Result<aws::s3::GetBucketLocationOutput> GetBucketLocation(
    ObjectStore& store, const Context& context, const aws::s3::GetBucketLocationRequest& request) {
  OWLET_TRY(const auto bucket, store::BucketName::Parse(request.bucket));
  OWLET_TRY(const auto info, store.HeadBucket(context.principal, bucket));
  aws::s3::GetBucketLocationOutput reply;
  // The first region has no name here.
  if (info.region != "us-east-1") reply.location_constraint = info.region;
  return reply;
}

}  // namespace owlet::s3
