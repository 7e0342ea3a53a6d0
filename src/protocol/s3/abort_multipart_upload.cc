#include "protocol/s3/operations.h"
#include "protocol/s3/request_names.h"

namespace owlet::s3 {

Result<aws::s3::AbortMultipartUploadOutput> AbortMultipartUpload(
    ObjectStore& store, const Context& context,
    const aws::s3::AbortMultipartUploadRequest& request) {
  OWLET_TRY(const Target target, TargetOf(request));
  OWLET_CHECK_OK(
      store.AbortUpload(context.principal, target.bucket, target.key, request.upload_id));
  return aws::s3::AbortMultipartUploadOutput();
}

}  // namespace owlet::s3
