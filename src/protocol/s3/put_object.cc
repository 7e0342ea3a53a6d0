#include "protocol/s3/attribute_fields.h"
#include "protocol/s3/conditions.h"
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
  OWLET_TRY(auto attributes, AttributesOf(request));
  OWLET_TRY(auto conditions, ParseWriteConditions(request.if_match, request.if_none_match));
  OWLET_TRY(auto promise, PromiseOf(request, *context.http));
  OWLET_CHECK_OK(store.CheckPut(context.principal, target.bucket, target.key));
  const auto kept = promise.algorithm.value_or(store::ChecksumAlgorithm::kCrc64Nvme);
  OWLET_TRY(auto writer, store.NewBody(kept));
  const auto finish = [&store, principal = context.principal, target = std::move(target),
                       attributes = std::move(attributes), conditions = std::move(conditions)](
                          store::StagedBody body) -> Result<Reply> {
    OWLET_TRY(const auto info, store.Put(principal, target.bucket, target.key, std::move(body),
                                         attributes, conditions));
    Reply reply;
    reply.e_tag = Quote(info.etag);
    SetChecksum(reply, info.checksum);
    return reply;
  };
  return std::make_unique<StoredBody<Reply>>(std::move(writer), kept, std::move(promise), finish);
}

}  // namespace owlet::s3
