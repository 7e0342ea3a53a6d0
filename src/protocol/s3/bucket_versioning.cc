#include "protocol/s3/operations.h"

namespace owlet::s3 {

using store::BucketSetting;

Result<aws::s3::GetBucketVersioningOutput> GetBucketVersioning(
    ObjectStore& store, const Context& context,
    const aws::s3::GetBucketVersioningRequest& request) {
  OWLET_TRY(const auto bucket, store::BucketName::Parse(request.bucket));
  OWLET_TRY(const auto state,
            store.GetBucketSetting(context.principal, bucket, BucketSetting::kVersioning,
                                   "s3:GetBucketVersioning"));
  aws::s3::GetBucketVersioningOutput reply;
  if (state) reply.status = *state;
  return reply;
}

Result<Nothing> PutBucketVersioning(ObjectStore& store, const Context& context,
                                    const aws::s3::PutBucketVersioningRequest& request) {
  OWLET_TRY(const auto name, store::BucketName::Parse(request.bucket));
  const auto& wanted = request.versioning_configuration;
  if (wanted.mfa_delete == "Enabled" || request.mfa) {
    return Fail(Reason::kNotImplemented, "Deletion with a second factor (MFA) is not built here");
  }
  if (wanted.status != "Enabled" && wanted.status != "Suspended") {
    return Fail(Reason::kMalformedRequest, "The Versioning element must be specified",
                "IllegalVersioningConfigurationException");
  }
  OWLET_TRY(const auto bucket,
            store.DescribeBucket(context.principal, name, "s3:PutBucketVersioning"));
  if (*wanted.status == "Suspended" && bucket.object_lock()) {
    return Fail(Reason::kInvalidArgument,
                "An Object Lock configuration is present on this bucket, so the versioning state "
                "cannot be changed.",
                "InvalidBucketState");
  }
  OWLET_CHECK_OK(store.SetBucketSetting(context.principal, name, BucketSetting::kVersioning,
                                        *wanted.status, "s3:PutBucketVersioning"));
  return Nothing();
}

}  // namespace owlet::s3
