#include "protocol/s3/attribute_fields.h"
#include "protocol/s3/condition_keys.h"
#include "protocol/s3/conditions.h"
#include "protocol/s3/expiration_header.h"
#include "protocol/s3/object_reply.h"
#include "protocol/s3/operations.h"
#include "protocol/s3/request_names.h"
#include "protocol/s3/upload_body.h"

namespace owlet::s3 {

using Reply = aws::s3::PutObjectOutput;

Result<std::unique_ptr<protocol::UploadBody<Reply>>> PutObject(
    ObjectStore& store, const Context& context, const aws::s3::PutObjectRequest& request) {
  OWLET_TRY(Target target, TargetOf(request));
  if (request.write_offset_bytes) {
    return Fail(Reason::kNotImplemented, "Appending to objects is not built here");
  }
  if (!context.http->headers.Has("Content-Length") &&
      !context.http->headers.Has("Transfer-Encoding")) {
    return Fail(Reason::kMalformedRequest, "You must provide the Content-Length HTTP header.",
                "MissingContentLength");
  }
  OWLET_TRY(auto conditions, ParseWriteConditions(request.if_match, request.if_none_match));
  OWLET_TRY(auto promise, PromiseOf(request, *context.http));
  access::AccessContext keys = ConditionKeys(*context.http);
  OWLET_TRY(const auto bucket, store.CheckPut(context.principal, target.bucket, target.key, keys));
  OWLET_TRY(auto attributes, AttributesOf(request, bucket, context.now));
  OWLET_TRY(const std::string customer_key, CustomerKeyOf(request));
  // Who writes into another account's bucket owns the object, and so its list.
  if (attributes.canned_acl.size() + attributes.acl.entries.size() > 0 &&
      context.principal.account_id == bucket.owner_account &&
      bucket.ownership() != store::ObjectOwnership::kBucketOwnerEnforced) {
    OWLET_CHECK_OK(
        store.CheckAction(context.principal, target.bucket, target.key, "s3:PutObjectAcl", keys));
  }
  const auto kept = promise.algorithm.value_or(store::ChecksumAlgorithm::kCrc64Nvme);
  OWLET_TRY(auto writer, store.NewBody(kept, attributes.encryption, customer_key));
  const auto finish = [&store, principal = context.principal, target = std::move(target),
                       attributes = std::move(attributes), conditions = std::move(conditions),
                       keys = std::move(keys)](store::StagedBody body) -> Result<Reply> {
    OWLET_TRY(const auto info, store.Put(principal, target.bucket, target.key, std::move(body),
                                         attributes, conditions, keys));
    Reply reply;
    reply.e_tag = Quote(info.etag);
    SetChecksum(reply, info.checksum);
    // A write names the version that it made; "null" is none.
    if (info.version_id != "null") SetVersion(reply, info);
    SetEncryption(reply, info.attributes.encryption);
    reply.expiration = ExpirationHeader(store, target.bucket, info);
    return reply;
  };
  return std::make_unique<StoredBody<Reply>>(std::move(writer), kept, std::move(promise), finish);
}

}  // namespace owlet::s3
