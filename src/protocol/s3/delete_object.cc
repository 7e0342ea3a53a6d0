#include "protocol/s3/conditions.h"
#include "protocol/s3/operations.h"
#include "protocol/s3/request_names.h"

namespace owlet::s3 {

Result<aws::s3::DeleteObjectOutput> DeleteObject(ObjectStore& store, const Context& context,
                                                 const aws::s3::DeleteObjectRequest& request) {
  OWLET_TRY(const Target target, TargetOf(request));
  OWLET_CHECK_OK(CheckVersionId(request.version_id));
  if (request.if_match_last_modified_time || request.if_match_size) {
    return Fail(Reason::kNotImplemented,
                "A header you provided implies functionality that is not implemented");
  }
  OWLET_TRY(const auto conditions, ParseWriteConditions(request.if_match, std::nullopt));
  OWLET_CHECK_OK(store.Delete(context.principal, target.bucket, target.key, conditions));
  return aws::s3::DeleteObjectOutput();
}

}  // namespace owlet::s3
