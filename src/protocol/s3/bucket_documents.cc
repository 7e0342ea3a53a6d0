#include "protocol/s3/bucket_documents.h"

#include <aws/s3/operations.h>

#include "base/check.h"
#include "protocol/common/validation.h"
#include "protocol/common/xml_reader.h"
#include "protocol/common/xml_writer.h"

namespace owlet::s3 {
namespace {

namespace ops = aws::s3::operations;

constexpr std::size_t kMaxDepth = 50;

const protocol::Member* PayloadOf(const protocol::Shape& shape) {
  for (const protocol::Member& member : shape.members) {
    if (member.payload) return &member;
  }
  return nullptr;
}

}  // namespace

std::string WriteDocument(const protocol::OperationSchema& put, const void* request) {
  const protocol::Member* payload = PayloadOf(*put.input);
  OWLET_CHECK(payload != nullptr);
  std::string out;
  if (const void* value = protocol::Get(*payload, request)) {
    protocol::WriteXmlElement(payload->wire_name, {}, *payload->shape, value, out);
  }
  return out;
}

Status ReadDocument(const protocol::OperationSchema& get, std::string_view document, void* reply) {
  protocol::Validation validation;
  if (const protocol::Member* payload = PayloadOf(*get.output)) {
    return protocol::ReadXml(*payload->shape, document, kMaxDepth, validation,
                             protocol::Emplace(*payload, reply));
  }
  return protocol::ReadXml(*get.output, document, kMaxDepth, validation, reply);
}

Result<aws::s3::ServerSideEncryptionConfiguration> ReadEncryptionDocument(
    std::string_view document) {
  aws::s3::GetBucketEncryptionOutput output;
  OWLET_CHECK_OK(FillFromDocument<ops::GetBucketEncryption>(document, output));
  return output.server_side_encryption_configuration.value_or(
      aws::s3::ServerSideEncryptionConfiguration());
}

Result<aws::s3::GetBucketCorsOutput> ReadCorsDocument(std::string_view document) {
  aws::s3::GetBucketCorsOutput output;
  OWLET_CHECK_OK(FillFromDocument<ops::GetBucketCors>(document, output));
  return output;
}

Result<aws::s3::GetBucketWebsiteOutput> ReadWebsiteDocument(std::string_view document) {
  aws::s3::GetBucketWebsiteOutput output;
  OWLET_CHECK_OK(FillFromDocument<ops::GetBucketWebsite>(document, output));
  return output;
}

Result<aws::s3::GetBucketLoggingOutput> ReadLoggingDocument(std::string_view document) {
  aws::s3::GetBucketLoggingOutput output;
  OWLET_CHECK_OK(FillFromDocument<ops::GetBucketLogging>(document, output));
  return output;
}

}  // namespace owlet::s3
