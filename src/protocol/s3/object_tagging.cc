#include "protocol/s3/condition_keys.h"
#include "protocol/s3/object_reply.h"
#include "protocol/s3/operations.h"
#include "protocol/s3/request_names.h"
#include "protocol/s3/tag_set.h"

namespace owlet::s3 {
namespace {

Result<store::ObjectInfo> SetTags(ObjectStore& store, const Context& context, const Target& target,
                                  const std::optional<std::string>& version_id,
                                  std::string_view action, const Tags& tags) {
  access::AccessContext keys;
  for (const auto& [key, value] : tags) keys.Set("s3:RequestObjectTag/" + key, value);
  return store.EditObject(
      context.principal, target.bucket, target.key,
      {.version_id = version_id, .context = std::move(keys), .action = action},
      [&](const store::ObjectInfo&, store::ObjectAttributes& attributes) -> Status {
        attributes.tags = tags;
        return {};
      });
}

}  // namespace

Result<aws::s3::GetObjectTaggingOutput> GetObjectTagging(
    ObjectStore& store, const Context& context, const aws::s3::GetObjectTaggingRequest& request) {
  OWLET_TRY(const Target target, TargetOf(request));
  OWLET_TRY(const auto info,
            store.Head(context.principal, target.bucket, target.key, {},
                       {.version_id = request.version_id, .action = "s3:GetObjectTagging"}));
  aws::s3::GetObjectTaggingOutput reply;
  SetVersion(reply, info);
  for (const auto& [key, value] : info.attributes.tags) {
    reply.tag_set.push_back({.key = key, .value = value});
  }
  return reply;
}

Result<aws::s3::PutObjectTaggingOutput> PutObjectTagging(
    ObjectStore& store, const Context& context, const aws::s3::PutObjectTaggingRequest& request) {
  OWLET_TRY(const Target target, TargetOf(request));
  std::vector<std::pair<std::string, std::string>> given;
  for (const aws::s3::Tag& tag : request.tagging.tag_set) given.emplace_back(tag.key, tag.value);
  OWLET_TRY(const auto tags, CheckTags(std::move(given), kMaxObjectTags));
  OWLET_TRY(const auto info,
            SetTags(store, context, target, request.version_id, "s3:PutObjectTagging", tags));
  aws::s3::PutObjectTaggingOutput reply;
  SetVersion(reply, info);
  return reply;
}

Result<aws::s3::DeleteObjectTaggingOutput> DeleteObjectTagging(
    ObjectStore& store, const Context& context,
    const aws::s3::DeleteObjectTaggingRequest& request) {
  OWLET_TRY(const Target target, TargetOf(request));
  OWLET_TRY(const auto info,
            SetTags(store, context, target, request.version_id, "s3:DeleteObjectTagging", {}));
  aws::s3::DeleteObjectTaggingOutput reply;
  SetVersion(reply, info);
  return reply;
}

}  // namespace owlet::s3
