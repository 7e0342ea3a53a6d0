#include <nlohmann/json.hpp>

#include "protocol/s3/operations.h"
#include "protocol/s3/tag_set.h"

namespace owlet::s3 {

using store::BucketSetting;

// Kept as a JSON object of key and value.
Result<aws::s3::GetBucketTaggingOutput> GetBucketTagging(
    ObjectStore& store, const Context& context, const aws::s3::GetBucketTaggingRequest& request) {
  OWLET_TRY(const auto bucket, store::BucketName::Parse(request.bucket));
  OWLET_TRY(const auto document,
            store.GetBucketSetting(context.principal, bucket, BucketSetting::kTagging,
                                   "s3:GetBucketTagging"));
  if (!document) {
    return Fail(Reason::kEntityNotFound, "The TagSet does not exist", "NoSuchTagSet");
  }
  aws::s3::GetBucketTaggingOutput reply;
  const auto tags = nlohmann::json::parse(*document, nullptr, /*allow_exceptions=*/false);
  for (const auto& [key, value] : tags.items()) {
    reply.tag_set.push_back({.key = key, .value = value.get<std::string>()});
  }
  return reply;
}

Result<Nothing> PutBucketTagging(ObjectStore& store, const Context& context,
                                 const aws::s3::PutBucketTaggingRequest& request) {
  OWLET_TRY(const auto bucket, store::BucketName::Parse(request.bucket));
  std::vector<std::pair<std::string, std::string>> given;
  for (const aws::s3::Tag& tag : request.tagging.tag_set) given.emplace_back(tag.key, tag.value);
  OWLET_TRY(const auto tags, CheckTags(std::move(given), kMaxBucketTags));
  OWLET_CHECK_OK(store.SetBucketSetting(context.principal, bucket, BucketSetting::kTagging,
                                        nlohmann::json(tags).dump(), "s3:PutBucketTagging"));
  return Nothing();
}

Result<Nothing> DeleteBucketTagging(ObjectStore& store, const Context& context,
                                    const aws::s3::DeleteBucketTaggingRequest& request) {
  OWLET_TRY(const auto bucket, store::BucketName::Parse(request.bucket));
  OWLET_CHECK_OK(store.SetBucketSetting(context.principal, bucket, BucketSetting::kTagging,
                                        std::nullopt, "s3:PutBucketTagging"));
  return Nothing();
}

}  // namespace owlet::s3
