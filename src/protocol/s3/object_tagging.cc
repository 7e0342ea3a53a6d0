#include "protocol/s3/conditions.h"
#include "protocol/s3/operations.h"
#include "protocol/s3/request_names.h"
#include "protocol/s3/tag_set.h"

namespace owlet::s3 {

Result<aws::s3::GetObjectTaggingOutput> GetObjectTagging(
    ObjectStore& store, const Context& context, const aws::s3::GetObjectTaggingRequest& request) {
  OWLET_TRY(const Target target, TargetOf(request));
  OWLET_CHECK_OK(CheckVersionId(request.version_id));
  OWLET_TRY(const auto info, store.Head(context.principal, target.bucket, target.key));
  aws::s3::GetObjectTaggingOutput reply;
  for (const auto& [key, value] : info.attributes.tags) {
    reply.tag_set.push_back({.key = key, .value = value});
  }
  return reply;
}

Result<aws::s3::PutObjectTaggingOutput> PutObjectTagging(
    ObjectStore& store, const Context& context, const aws::s3::PutObjectTaggingRequest& request) {
  OWLET_TRY(const Target target, TargetOf(request));
  OWLET_CHECK_OK(CheckVersionId(request.version_id));
  std::vector<std::pair<std::string, std::string>> given;
  for (const aws::s3::Tag& tag : request.tagging.tag_set) given.emplace_back(tag.key, tag.value);
  OWLET_TRY(auto tags, CheckTags(std::move(given), kMaxObjectTags));
  OWLET_CHECK_OK(store.SetTags(context.principal, target.bucket, target.key, std::move(tags)));
  return aws::s3::PutObjectTaggingOutput();
}

Result<aws::s3::DeleteObjectTaggingOutput> DeleteObjectTagging(
    ObjectStore& store, const Context& context,
    const aws::s3::DeleteObjectTaggingRequest& request) {
  OWLET_TRY(const Target target, TargetOf(request));
  OWLET_CHECK_OK(CheckVersionId(request.version_id));
  OWLET_CHECK_OK(store.SetTags(context.principal, target.bucket, target.key, {}));
  return aws::s3::DeleteObjectTaggingOutput();
}

}  // namespace owlet::s3
