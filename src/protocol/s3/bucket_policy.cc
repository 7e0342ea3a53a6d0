#include "core/access/policy.h"
#include "protocol/s3/operations.h"
#include "protocol/s3/public_access.h"

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

Result<Answer<Nothing>> PutBucketPolicy(ObjectStore& store, const Context& context,
                                        const aws::s3::PutBucketPolicyRequest& request) {
  OWLET_TRY(const auto bucket, store::BucketName::Parse(request.bucket));
  const auto parsed = access::PolicyDocument::Parse(request.policy, access::PolicyUse::kResource);
  if (!parsed) {
    return Fail(Reason::kMalformedRequest, parsed.error().message, "MalformedPolicy");
  }
  OWLET_TRY(const auto terms,
            store.DescribeBucket(context.principal, bucket, "s3:PutBucketPolicy"));
  if (access::IsPublicPolicy(**parsed) &&
      ReadPublicAccessBlock(terms).block_public_policy.value_or(false)) {
    return Fail(Reason::kAccessDenied, "Access Denied", "AccessDenied");
  }
  OWLET_CHECK_OK(store.SetBucketSetting(context.principal, bucket, BucketSetting::kPolicy,
                                        request.policy, "s3:PutBucketPolicy"));
  constexpr int kNoContent = 204;
  Answer<Nothing> answer;
  answer.parts.status = kNoContent;
  return answer;
}

Result<aws::s3::GetBucketPolicyStatusOutput> GetBucketPolicyStatus(
    ObjectStore& store, const Context& context,
    const aws::s3::GetBucketPolicyStatusRequest& request) {
  OWLET_TRY(const auto name, store::BucketName::Parse(request.bucket));
  OWLET_TRY(const auto bucket,
            store.DescribeBucket(context.principal, name, "s3:GetBucketPolicyStatus"));
  const std::string* policy = bucket.Find(BucketSetting::kPolicy);
  const bool lists_count = bucket.ownership() != store::ObjectOwnership::kBucketOwnerEnforced;
  bool is_public = lists_count && store::IsPublic(bucket.acl);
  if (policy != nullptr) {
    OWLET_TRY(const auto parsed,
              access::PolicyDocument::Parse(*policy, access::PolicyUse::kResource));
    is_public = is_public || access::IsPublicPolicy(*parsed);
  } else if (!lists_count) {
    return Fail(Reason::kEntityNotFound, "The bucket policy does not exist", "NoSuchBucketPolicy");
  }
  aws::s3::GetBucketPolicyStatusOutput reply;
  reply.policy_status.emplace().is_public = is_public;
  return reply;
}

Result<Nothing> DeleteBucketPolicy(ObjectStore& store, const Context& context,
                                   const aws::s3::DeleteBucketPolicyRequest& request) {
  OWLET_TRY(const auto bucket, store::BucketName::Parse(request.bucket));
  OWLET_CHECK_OK(store.SetBucketSetting(context.principal, bucket, BucketSetting::kPolicy,
                                        std::nullopt, "s3:DeleteBucketPolicy"));
  return Nothing();
}

}  // namespace owlet::s3
