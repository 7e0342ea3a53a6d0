#include "protocol/s3/attribute_fields.h"
#include "protocol/s3/checksum_fields.h"
#include "protocol/s3/condition_keys.h"
#include "protocol/s3/operations.h"
#include "protocol/s3/request_names.h"

namespace owlet::s3 {

Result<aws::s3::CreateMultipartUploadOutput> CreateMultipartUpload(
    ObjectStore& store, const Context& context,
    const aws::s3::CreateMultipartUploadRequest& request) {
  OWLET_TRY(const Target target, TargetOf(request));
  store::UploadOptions options;
  options.context = ConditionKeys(*context.http);
  OWLET_TRY(const auto bucket,
            store.CheckPut(context.principal, target.bucket, target.key, options.context));
  OWLET_TRY(options.attributes, AttributesOf(request, bucket, context.now));
  OWLET_TRY(options.checksum_algorithm, ParseAlgorithm(request.checksum_algorithm));
  OWLET_TRY(options.checksum_type, ParseChecksumType(request.checksum_type));
  if (options.checksum_type && !options.checksum_algorithm) {
    return Fail(Reason::kInvalidArgument,
                "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm "
                "header.",
                "InvalidRequest");
  }
  auto upload =
      store.CreateUpload(context.principal, target.bucket, target.key, std::move(options));
  if (!upload) {
    Error error = std::move(upload).error();
    if (error.reason == Reason::kInvalidArgument) error.condition = "InvalidRequest";
    return std::unexpected(std::move(error));
  }
  aws::s3::CreateMultipartUploadOutput reply;
  reply.bucket = target.bucket.text();
  reply.key = target.key.text();
  reply.upload_id = upload->upload_id;
  if (upload->checksum_algorithm) {
    reply.checksum_algorithm = std::string(ChecksumName(*upload->checksum_algorithm));
    reply.checksum_type = std::string(ChecksumTypeName(upload->checksum_type));
  }
  SetEncryption(reply, upload->attributes.encryption);
  return reply;
}

}  // namespace owlet::s3
