#include "protocol/s3/byte_range.h"
#include "protocol/s3/checksum_fields.h"
#include "protocol/s3/conditions.h"
#include "protocol/s3/encryption_fields.h"
#include "protocol/s3/operations.h"
#include "protocol/s3/request_names.h"

namespace owlet::s3 {
namespace {

constexpr std::uint64_t kMaxPart = 5ULL << 30;

}  // namespace

Result<aws::s3::UploadPartCopyOutput> UploadPartCopy(
    ObjectStore& store, const Context& context, const aws::s3::UploadPartCopyRequest& request) {
  OWLET_TRY(const Target target, TargetOf(request));
  OWLET_TRY(const Target from, ParseCopySource(request.copy_source));
  OWLET_TRY(const auto upload,
            store.FindUpload(context.principal, target.bucket, target.key, request.upload_id));
  OWLET_TRY(const std::string customer_key, CustomerKeyOf(request));
  const store::Encryption& encryption = upload.attributes.encryption;
  OWLET_CHECK_OK(CheckPartKey(encryption, customer_key));
  OWLET_TRY(std::string source_key, SourceCustomerKeyOf(request));
  auto source = store.Open(context.principal, from.bucket, from.key, SourceConditionsOf(request),
                           {.version_id = from.version_id, .customer_key = std::move(source_key)});
  if (!source) {
    Error error = std::move(source).error();
    if (error.reason == Reason::kNotModified) error.reason = Reason::kPreconditionFailed;
    return std::unexpected(std::move(error));
  }
  ByteRange range{.offset = 0, .size = source->size()};
  if (request.copy_source_range) {
    OWLET_TRY(range, ParseCopyRange(*request.copy_source_range, source->size()));
  }
  if (range.size > kMaxPart) {
    return Fail(Reason::kInvalidArgument,
                "The specified copy source is larger than the maximum allowable size for a copy "
                "source: 5368709120",
                "InvalidRequest");
  }
  OWLET_TRY(auto body, store.ShareBody(
                           *source, range.offset, range.size,
                           upload.checksum_algorithm.value_or(store::ChecksumAlgorithm::kCrc64Nvme),
                           encryption, customer_key));
  OWLET_TRY(const auto info,
            store.PutPart(context.principal, target.bucket, target.key, request.upload_id,
                          static_cast<std::uint32_t>(request.part_number), std::move(body)));
  aws::s3::UploadPartCopyOutput reply;
  SetEncryption(reply, encryption);
  if (!source->info().version_id.empty()) {
    reply.copy_source_version_id = source->info().version_id;
  }
  auto& result = reply.copy_part_result.emplace();
  result.e_tag = Quote(info.etag);
  result.last_modified = info.modified;
  if (upload.checksum_algorithm) SetChecksum(result, info.checksum);
  return reply;
}

}  // namespace owlet::s3
