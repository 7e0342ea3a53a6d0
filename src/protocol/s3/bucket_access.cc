#include <nlohmann/json.hpp>

#include "protocol/s3/operations.h"

// Who may share a bucket. Without ACLs only a bucket policy can, and that is decided by
// core/access.

namespace owlet::s3 {

using store::BucketSetting;

// Kept as a JSON object of four booleans; told, not enforced: no policy here is public by accident,
// as requests without a signature are decided like all others.
Result<aws::s3::GetPublicAccessBlockOutput> GetPublicAccessBlock(
    ObjectStore& store, const Context& context,
    const aws::s3::GetPublicAccessBlockRequest& request) {
  OWLET_TRY(const auto bucket, store::BucketName::Parse(request.bucket));
  OWLET_TRY(const auto document,
            store.GetBucketSetting(context.principal, bucket, BucketSetting::kPublicAccess,
                                   "s3:GetBucketPublicAccessBlock"));
  if (!document) {
    return Fail(Reason::kEntityNotFound, "The public access block configuration was not found",
                "NoSuchPublicAccessBlockConfiguration");
  }
  const auto kept = nlohmann::json::parse(*document, nullptr, /*allow_exceptions=*/false);
  aws::s3::GetPublicAccessBlockOutput reply;
  auto& configuration = reply.public_access_block_configuration.emplace();
  configuration.block_public_acls = kept.value("BlockPublicAcls", false);
  configuration.ignore_public_acls = kept.value("IgnorePublicAcls", false);
  configuration.block_public_policy = kept.value("BlockPublicPolicy", false);
  configuration.restrict_public_buckets = kept.value("RestrictPublicBuckets", false);
  return reply;
}

Result<Nothing> PutPublicAccessBlock(ObjectStore& store, const Context& context,
                                     const aws::s3::PutPublicAccessBlockRequest& request) {
  OWLET_TRY(const auto bucket, store::BucketName::Parse(request.bucket));
  const auto& given = request.public_access_block_configuration;
  const nlohmann::json kept = {
      {"BlockPublicAcls", given.block_public_acls.value_or(false)},
      {"IgnorePublicAcls", given.ignore_public_acls.value_or(false)},
      {"BlockPublicPolicy", given.block_public_policy.value_or(false)},
      {"RestrictPublicBuckets", given.restrict_public_buckets.value_or(false)}};
  OWLET_CHECK_OK(store.SetBucketSetting(context.principal, bucket, BucketSetting::kPublicAccess,
                                        kept.dump(), "s3:PutBucketPublicAccessBlock"));
  return Nothing();
}

Result<Nothing> DeletePublicAccessBlock(ObjectStore& store, const Context& context,
                                        const aws::s3::DeletePublicAccessBlockRequest& request) {
  OWLET_TRY(const auto bucket, store::BucketName::Parse(request.bucket));
  OWLET_CHECK_OK(store.SetBucketSetting(context.principal, bucket, BucketSetting::kPublicAccess,
                                        std::nullopt, "s3:PutBucketPublicAccessBlock"));
  return Nothing();
}

Result<Nothing> PutBucketOwnershipControls(
    ObjectStore& store, const Context& context,
    const aws::s3::PutBucketOwnershipControlsRequest& request) {
  OWLET_TRY(const auto bucket, store::BucketName::Parse(request.bucket));
  OWLET_TRY(const auto info, store.HeadBucket(context.principal, bucket));
  for (const auto& rule : request.ownership_controls.rules) {
    if (rule.object_ownership == "BucketOwnerEnforced") continue;
    return Fail(Reason::kNotImplemented,
                "ACLs are not built here: the only object ownership is BucketOwnerEnforced");
  }
  return Nothing();
}

}  // namespace owlet::s3
