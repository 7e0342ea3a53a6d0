#include "protocol/s3/attribute_fields.h"
#include "protocol/s3/operations.h"

namespace owlet::s3 {

Result<aws::s3::CreateBucketOutput> CreateBucket(ObjectStore& store, const Context& context,
                                                 const aws::s3::CreateBucketRequest& request) {
  OWLET_TRY(const auto bucket, store::BucketName::Parse(request.bucket));
  OWLET_CHECK_OK(CheckAcl(request.acl));
  if (request.object_lock_enabled_for_bucket.value_or(false)) {
    return Fail(Reason::kNotImplemented, "Object lock is not built here");
  }
  if (request.object_ownership && *request.object_ownership != "BucketOwnerEnforced") {
    return Fail(Reason::kNotImplemented,
                "ACLs are not built here: the only object ownership is BucketOwnerEnforced");
  }
  std::string region = context.region;
  if (request.create_bucket_configuration) {
    const auto& configuration = *request.create_bucket_configuration;
    if (configuration.location_constraint) region = *configuration.location_constraint;
    if (region == "EU") region = "eu-west-1";
  }
  const Status created = store.CreateBucket(context.principal, bucket, region);
  // In its first region S3 lets the owner create a bucket again.
  if (!created &&
      (created.error().reason != Reason::kBucketAlreadyExists || region != "us-east-1")) {
    return Fail(Error(created.error()));
  }
  return aws::s3::CreateBucketOutput{.location = "/" + bucket.text()};
}

}  // namespace owlet::s3
