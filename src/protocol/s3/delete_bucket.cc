#include "protocol/s3/operations.h"

namespace owlet::s3 {

Result<Nothing> DeleteBucket(ObjectStore& store, const Context& context,
                             const aws::s3::DeleteBucketRequest& request) {
  OWLET_TRY(const auto bucket, store::BucketName::Parse(request.bucket));
  OWLET_CHECK_OK(store.DeleteBucket(context.principal, bucket));
  return Nothing();
}

}  // namespace owlet::s3
