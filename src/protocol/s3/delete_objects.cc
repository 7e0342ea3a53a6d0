#include "protocol/s3/conditions.h"
#include "protocol/s3/error_map.h"
#include "protocol/s3/operations.h"

namespace owlet::s3 {
namespace {

constexpr std::size_t kMaxKeys = 1000;

Result<store::DeleteOutcome> DeleteOne(ObjectStore& store, const Context& context,
                                       const store::BucketName& bucket,
                                       const aws::s3::ObjectIdentifier& object, bool bypass) {
  OWLET_TRY(const auto key, store::ObjectKey::Parse(object.key));
  store::DeleteOptions options{.version_id = object.version_id, .bypass_governance = bypass};
  OWLET_TRY(options.conditions, ParseWriteConditions(object.e_tag, std::nullopt));
  options.conditions.if_modified = object.last_modified_time;
  if (object.size) options.conditions.if_size = static_cast<std::uint64_t>(*object.size);
  return store.Delete(context.principal, bucket, key, std::move(options));
}

/// All at once when nothing stands against any: one synced write for the whole batch.
std::optional<std::vector<store::DeleteOutcome>> DeleteTogether(
    ObjectStore& store, const Context& context, const store::BucketName& bucket,
    const std::vector<aws::s3::ObjectIdentifier>& objects, bool bypass) {
  auto publication = store.Begin(context.principal);
  for (const aws::s3::ObjectIdentifier& object : objects) {
    const auto key = store::ObjectKey::Parse(object.key);
    if (!key || object.e_tag || object.last_modified_time || object.size) return std::nullopt;
    publication.Delete(bucket, *key, {}, object.version_id, bypass);
  }
  if (!publication.Commit()) return std::nullopt;
  return publication.deleted();
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
  OWLET_CHECK_OK(store.FindBucketTerms(bucket));
  const bool bypass = request.bypass_governance_retention.value_or(false);
  const auto all_done = DeleteTogether(store, context, bucket, objects, bypass);
  const bool quiet = request.delete_.quiet.value_or(false);
  aws::s3::DeleteObjectsOutput reply;
  for (std::size_t i = 0; i < objects.size(); ++i) {
    const aws::s3::ObjectIdentifier& object = objects[i];
    const Result<store::DeleteOutcome> status =
        all_done ? Result<store::DeleteOutcome>((*all_done)[i])
                 : DeleteOne(store, context, bucket, object, bypass);
    if (status) {
      if (quiet) continue;
      if (!reply.deleted) reply.deleted.emplace();
      auto& deleted = reply.deleted->emplace_back();
      deleted.key = object.key;
      deleted.version_id = object.version_id;
      if (status->delete_marker) {
        deleted.delete_marker = true;
        deleted.delete_marker_version_id = status->version_id;
      }
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
