#include "protocol/s3/operations.h"
#include "protocol/s3/request_names.h"

namespace owlet::s3 {

// The bytes of every storage class are at hand here: what is restored was never away.
Result<Answer<aws::s3::RestoreObjectOutput>> RestoreObject(
    ObjectStore& store, const Context& context, const aws::s3::RestoreObjectRequest& request) {
  OWLET_TRY(const Target target, TargetOf(request));
  if (request.restore_request && request.restore_request->select_parameters) {
    return Fail(Reason::kNotImplemented, "Selecting from archived objects is not built here");
  }
  OWLET_TRY(const auto info,
            store.Head(context.principal, target.bucket, target.key, {},
                       {.version_id = request.version_id, .action = "s3:RestoreObject"}));
  const std::string& storage_class = info.attributes.storage_class;
  if (storage_class != "GLACIER" && storage_class != "DEEP_ARCHIVE") {
    return Fail(Reason::kAccessDenied,
                "Restore is not allowed for the object's current storage class",
                "InvalidObjectState");
  }
  Answer<aws::s3::RestoreObjectOutput> answer;
  answer.parts.status = 200;
  return answer;
}

}  // namespace owlet::s3
