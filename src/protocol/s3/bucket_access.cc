#include <algorithm>
#include <nlohmann/json.hpp>

#include "protocol/s3/operations.h"
#include "protocol/s3/public_access.h"

// Who may share a bucket: the public access block and object ownership. Both are enforced by
// core/store.

namespace owlet::s3 {

using store::BucketSetting;

// Kept as a JSON object of four booleans.
aws::s3::PublicAccessBlockConfiguration ReadPublicAccessBlock(const store::BucketTerms& bucket) {
  aws::s3::PublicAccessBlockConfiguration configuration;
  const std::string* document = bucket.Find(BucketSetting::kPublicAccess);
  if (document == nullptr) return configuration;
  const auto kept = nlohmann::json::parse(*document, nullptr, /*allow_exceptions=*/false);
  configuration.block_public_acls = kept.value("BlockPublicAcls", false);
  configuration.ignore_public_acls = kept.value("IgnorePublicAcls", false);
  configuration.block_public_policy = kept.value("BlockPublicPolicy", false);
  configuration.restrict_public_buckets = kept.value("RestrictPublicBuckets", false);
  return configuration;
}

Result<aws::s3::GetPublicAccessBlockOutput> GetPublicAccessBlock(
    ObjectStore& store, const Context& context,
    const aws::s3::GetPublicAccessBlockRequest& request) {
  OWLET_TRY(const auto bucket, store::BucketName::Parse(request.bucket));
  OWLET_TRY(const auto terms,
            store.DescribeBucket(context.principal, bucket, "s3:GetBucketPublicAccessBlock"));
  if (terms.Find(BucketSetting::kPublicAccess) == nullptr) {
    return Fail(Reason::kEntityNotFound, "The public access block configuration was not found",
                "NoSuchPublicAccessBlockConfiguration");
  }
  aws::s3::GetPublicAccessBlockOutput reply;
  reply.public_access_block_configuration = ReadPublicAccessBlock(terms);
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
  OWLET_TRY(const auto name, store::BucketName::Parse(request.bucket));
  const auto& rules = request.ownership_controls.rules;
  if (rules.size() != 1 || !store::ParseOwnership(rules.front().object_ownership)) {
    return Fail(
        Reason::kMalformedRequest,
        "The XML you provided was not well-formed or did not validate against our published "
        "schema",
        "MalformedXML");
  }
  OWLET_TRY(const auto bucket,
            store.DescribeBucket(context.principal, name, "s3:PutBucketOwnershipControls"));
  const std::string& ownership = rules.front().object_ownership;
  const auto own = store::CanonicalId(bucket.owner_account);
  const bool shared = std::ranges::any_of(bucket.acl.entries, [&](const store::AclEntry& entry) {
    return entry.group != store::AclGroup::kNone || entry.canonical_id != own;
  });
  if (ownership == "BucketOwnerEnforced" && shared) {
    return Fail(Reason::kInvalidArgument,
                "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
                "InvalidBucketAclWithObjectOwnership");
  }
  OWLET_CHECK_OK(store.SetBucketSetting(context.principal, name, BucketSetting::kOwnership,
                                        ownership, "s3:PutBucketOwnershipControls"));
  return Nothing();
}

Result<aws::s3::GetBucketOwnershipControlsOutput> GetBucketOwnershipControls(
    ObjectStore& store, const Context& context,
    const aws::s3::GetBucketOwnershipControlsRequest& request) {
  OWLET_TRY(const auto name, store::BucketName::Parse(request.bucket));
  OWLET_TRY(const auto bucket,
            store.DescribeBucket(context.principal, name, "s3:GetBucketOwnershipControls"));
  if (const std::string* kept = bucket.Find(BucketSetting::kOwnership); kept && kept->empty()) {
    return Fail(Reason::kEntityNotFound, "The bucket ownership controls were not found",
                "OwnershipControlsNotFoundError");
  }
  aws::s3::GetBucketOwnershipControlsOutput reply;
  reply.ownership_controls.emplace().rules.push_back(
      {.object_ownership = std::string(store::OwnershipName(bucket.ownership()))});
  return reply;
}

// Without controls S3 lets lists count, as it did before there were any.
Result<Nothing> DeleteBucketOwnershipControls(
    ObjectStore& store, const Context& context,
    const aws::s3::DeleteBucketOwnershipControlsRequest& request) {
  OWLET_TRY(const auto bucket, store::BucketName::Parse(request.bucket));
  OWLET_CHECK_OK(store.SetBucketSetting(context.principal, bucket, BucketSetting::kOwnership, "",
                                        "s3:PutBucketOwnershipControls"));
  return Nothing();
}

}  // namespace owlet::s3
