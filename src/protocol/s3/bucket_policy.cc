#include "core/access/policy.h"
#include "protocol/s3/operations.h"

namespace owlet::s3 {

using store::BucketSetting;

Result<aws::s3::GetBucketPolicyOutput> GetBucketPolicy(
    ObjectStore& store, const Context& context, const aws::s3::GetBucketPolicyRequest& request) {
  OWLET_TRY(const auto bucket, store::BucketName::Parse(request.bucket));
  OWLET_TRY(auto policy, store.GetBucketSetting(context.principal, bucket, BucketSetting::kPolicy,
                                                "s3:GetBucketPolicy"));
  if (!policy) {
    return Fail(Reason::kEntityNotFound, "The bucket policy does not exist", "NoSuchBucketPolicy");
  }
  return aws::s3::GetBucketPolicyOutput{.policy = *std::move(policy)};
}

Result<Nothing> PutBucketPolicy(ObjectStore& store, const Context& context,
                                const aws::s3::PutBucketPolicyRequest& request) {
  OWLET_TRY(const auto bucket, store::BucketName::Parse(request.bucket));
  const auto parsed = access::PolicyDocument::Parse(request.policy, access::PolicyUse::kResource);
  if (!parsed) {
    return Fail(Reason::kMalformedRequest, parsed.error().message, "MalformedPolicy");
  }
  OWLET_CHECK_OK(store.SetBucketSetting(context.principal, bucket, BucketSetting::kPolicy,
                                        request.policy, "s3:PutBucketPolicy"));
  return Nothing();
}

Result<Nothing> DeleteBucketPolicy(ObjectStore& store, const Context& context,
                                   const aws::s3::DeleteBucketPolicyRequest& request) {
  OWLET_TRY(const auto bucket, store::BucketName::Parse(request.bucket));
  OWLET_CHECK_OK(store.SetBucketSetting(context.principal, bucket, BucketSetting::kPolicy,
                                        std::nullopt, "s3:DeleteBucketPolicy"));
  return Nothing();
}

}  // namespace owlet::s3
