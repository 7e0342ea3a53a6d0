#include "protocol/s3/attribute_fields.h"
#include "protocol/s3/checksum_fields.h"
#include "protocol/s3/condition_keys.h"
#include "protocol/s3/conditions.h"
#include "protocol/s3/object_reply.h"
#include "protocol/s3/operations.h"
#include "protocol/s3/request_names.h"

namespace owlet::s3 {
namespace {

constexpr std::uint64_t kMaxCopy = 5ULL << 30;

bool Replaces(const std::optional<std::string>& directive) { return directive == "REPLACE"; }

/// The copy's own headers and tags: the source's, unless the directives say otherwise.
Result<store::ObjectAttributes> AttributesOfCopy(const aws::s3::CopyObjectRequest& request,
                                                 const store::ObjectInfo& source,
                                                 const store::BucketTerms& bucket, Timestamp now) {
  OWLET_TRY(store::ObjectAttributes given, AttributesOf(request, bucket, now));
  store::ObjectAttributes attributes =
      Replaces(request.metadata_directive) ? given : source.attributes;
  // These are never copied, and the tags follow a directive of their own.
  attributes.acl = given.acl;
  attributes.canned_acl = given.canned_acl;
  attributes.retention = given.retention;
  attributes.legal_hold = given.legal_hold;
  attributes.encryption = given.encryption;
  attributes.storage_class = given.storage_class;
  attributes.website_redirect = given.website_redirect;
  attributes.tags =
      Replaces(request.tagging_directive) ? std::move(given.tags) : source.attributes.tags;
  return attributes;
}

}  // namespace

Result<aws::s3::CopyObjectOutput> CopyObject(ObjectStore& store, const Context& context,
                                             const aws::s3::CopyObjectRequest& request) {
  OWLET_TRY(const Target target, TargetOf(request));
  OWLET_TRY(const Target from, ParseCopySource(request.copy_source));
  OWLET_TRY(const auto conditions, ParseWriteConditions(request.if_match, request.if_none_match));
  OWLET_TRY(const auto algorithm, ParseAlgorithm(request.checksum_algorithm));
  OWLET_TRY(std::string source_key, SourceCustomerKeyOf(request));
  access::AccessContext keys = ConditionKeys(*context.http);
  OWLET_TRY(const auto bucket, store.CheckPut(context.principal, target.bucket, target.key, keys));
  auto source = store.Open(context.principal, from.bucket, from.key, SourceConditionsOf(request),
                           {.version_id = from.version_id, .customer_key = std::move(source_key)});
  if (!source) {
    Error error = std::move(source).error();
    // To a copy both conditions are preconditions.
    if (error.reason == Reason::kNotModified) error.reason = Reason::kPreconditionFailed;
    return std::unexpected(std::move(error));
  }
  if (source->size() > kMaxCopy) {
    return Fail(Reason::kInvalidArgument,
                "The specified copy source is larger than the maximum allowable size for a copy "
                "source: 5368709120",
                "InvalidRequest");
  }
  const bool onto_itself =
      from.bucket == target.bucket && from.key == target.key && !from.version_id;
  if (onto_itself && !Replaces(request.metadata_directive) && !request.storage_class &&
      !request.website_redirect_location && !request.server_side_encryption &&
      !request.sse_customer_algorithm && !Replaces(request.tagging_directive) && !algorithm) {
    return Fail(Reason::kInvalidArgument,
                "This copy request is illegal because it is trying to copy an object to itself "
                "without changing the object's metadata, storage class, website redirect location "
                "or encryption attributes.",
                "InvalidRequest");
  }
  OWLET_TRY(auto attributes, AttributesOfCopy(request, source->info(), bucket, context.now));
  OWLET_TRY(const std::string customer_key, CustomerKeyOf(request));
  OWLET_TRY(auto body, store.ShareBody(*source, 0, source->size(), algorithm, attributes.encryption,
                                       customer_key));
  OWLET_TRY(const auto info,
            store.Put(context.principal, target.bucket, target.key, std::move(body),
                      std::move(attributes), conditions, std::move(keys)));
  aws::s3::CopyObjectOutput reply;
  SetVersion(reply, info);
  SetEncryption(reply, info.attributes.encryption);
  if (!source->info().version_id.empty()) {
    reply.copy_source_version_id = source->info().version_id;
  }
  auto& result = reply.copy_object_result.emplace();
  result.e_tag = Quote(info.etag);
  result.last_modified = info.modified;
  SetChecksum(result, info.checksum);
  return reply;
}

}  // namespace owlet::s3
