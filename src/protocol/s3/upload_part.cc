#include "protocol/s3/conditions.h"
#include "protocol/s3/encryption_fields.h"
#include "protocol/s3/operations.h"
#include "protocol/s3/request_names.h"
#include "protocol/s3/upload_body.h"

namespace owlet::s3 {

using Reply = aws::s3::UploadPartOutput;

Result<std::unique_ptr<protocol::UploadBody<Reply>>> UploadPart(
    ObjectStore& store, const Context& context, const aws::s3::UploadPartRequest& request) {
  OWLET_TRY(Target target, TargetOf(request));
  OWLET_TRY(const auto upload,
            store.FindUpload(context.principal, target.bucket, target.key, request.upload_id));
  OWLET_TRY(auto promise, PromiseOf(request, *context.http));
  const auto kept = upload.checksum_algorithm.value_or(store::ChecksumAlgorithm::kCrc64Nvme);
  if (upload.checksum_algorithm && promise.algorithm && *promise.algorithm != kept) {
    return Fail(Reason::kInvalidArgument,
                "Checksum Type mismatch occurred, expected checksum Type: " +
                    std::string(ChecksumName(kept)) +
                    ", actual checksum Type: " + std::string(ChecksumName(*promise.algorithm)),
                "InvalidRequest");
  }
  OWLET_TRY(const std::string customer_key, CustomerKeyOf(request));
  const store::Encryption encryption = upload.attributes.encryption;
  OWLET_CHECK_OK(CheckPartKey(encryption, customer_key));
  const auto number = static_cast<std::uint32_t>(request.part_number);
  OWLET_TRY(auto writer, store.NewBody(kept, encryption, customer_key));
  const auto finish = [&store, principal = context.principal, target = std::move(target), number,
                       upload_id = request.upload_id,
                       encryption](store::StagedBody body) -> Result<Reply> {
    OWLET_TRY(const auto info, store.PutPart(principal, target.bucket, target.key, upload_id,
                                             number, std::move(body)));
    Reply reply;
    reply.e_tag = Quote(info.etag);
    SetChecksum(reply, info.checksum);
    SetEncryption(reply, encryption);
    return reply;
  };
  return std::make_unique<StoredBody<Reply>>(std::move(writer), kept, std::move(promise), finish);
}

}  // namespace owlet::s3
