#include "protocol/s3/conditions.h"
#include "protocol/s3/error_map.h"
#include "protocol/s3/operations.h"

namespace owlet::s3 {
namespace {

constexpr std::size_t kMaxKeys = 1000;

Status DeleteOne(ObjectStore& store, const Context& context, const store::BucketName& bucket,
                 const aws::s3::ObjectIdentifier& object) {
  OWLET_CHECK_OK(CheckVersionId(object.version_id));
  OWLET_TRY(const auto key, store::ObjectKey::Parse(object.key));
  OWLET_TRY(const auto conditions, ParseWriteConditions(object.e_tag, std::nullopt));
  return store.Delete(context.principal, bucket, key, conditions);
}

/// All at once when nothing stands against any: one synced write for the whole batch.
bool DeleteTogether(ObjectStore& store, const Context& context, const store::BucketName& bucket,
                    const std::vector<aws::s3::ObjectIdentifier>& objects) {
  auto publication = store.Begin(context.principal);
  for (const aws::s3::ObjectIdentifier& object : objects) {
    const auto key = store::ObjectKey::Parse(object.key);
    if (!key || object.e_tag || !CheckVersionId(object.version_id)) return false;
    publication.Delete(bucket, *key);
  }
  return publication.Commit().has_value();
}

}  // namespace

Result<aws::s3::DeleteObjectsOutput> DeleteObjects(ObjectStore& store, const Context& context,
                                                   const aws::s3::DeleteObjectsRequest& request) {
  OWLET_TRY(const auto bucket, store::BucketName::Parse(request.bucket));
  const auto& objects = request.delete_.objects;
  if (objects.empty() || objects.size() > kMaxKeys) {
    return Fail(
        Reason::kMalformedRequest,
        "The XML you provided was not well-formed or did not validate against our published "
        "schema",
        "MalformedXML");
  }
  const bool all_done = DeleteTogether(store, context, bucket, objects);
  const bool quiet = request.delete_.quiet.value_or(false);
  aws::s3::DeleteObjectsOutput reply;
  for (const aws::s3::ObjectIdentifier& object : objects) {
    const Status status = all_done ? Status() : DeleteOne(store, context, bucket, object);
    if (status) {
      if (quiet) continue;
      if (!reply.deleted) reply.deleted.emplace();
      auto& deleted = reply.deleted->emplace_back();
      deleted.key = object.key;
      deleted.version_id = object.version_id;
      continue;
    }
    if (status.error().reason == Reason::kBucketNotFound) return Fail(Error(status.error()));
    const protocol::ServiceError error = MapError(status.error());
    if (!reply.errors) reply.errors.emplace();
    auto& failed = reply.errors->emplace_back();
    failed.key = object.key;
    failed.version_id = object.version_id;
    failed.code = error.code;
    failed.message = error.message;
  }
  return reply;
}

}  // namespace owlet::s3
