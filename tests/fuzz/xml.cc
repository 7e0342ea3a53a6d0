#include <aws/s3/operations.h>

#include <string>

#include "fuzz_target.h"
#include "protocol/common/validation.h"
#include "protocol/common/xml_reader.h"
#include "protocol/common/xml_writer.h"

// XML bodies of S3: what can be read can be written and is read again.

namespace {

namespace ops = owlet::aws::s3::operations;

constexpr std::size_t kMaxDepth = 50;

template <class Operation>
void Read(std::string_view text) {
  for (const owlet::protocol::Member& member : Operation::kSchema.input->members) {
    if (!member.payload) continue;
    typename Operation::Request request{};
    owlet::protocol::Validation validation;
    void* value = owlet::protocol::Emplace(member, &request);
    if (!owlet::protocol::ReadXml(*member.shape, text, kMaxDepth, validation, value)) return;
    std::string written;
    owlet::protocol::WriteXmlElement(member.wire_name, {}, *member.shape, value, written);
    typename Operation::Request again{};
    owlet::protocol::Validation no_matter;
    owlet::fuzz::Require(owlet::protocol::ReadXml(*member.shape, written, kMaxDepth, no_matter,
                                                  owlet::protocol::Emplace(member, &again))
                             .has_value());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text = owlet::fuzz::AsText(data, size).substr(1);
  switch (data[0] % 8) {
    case 0:
      Read<ops::DeleteObjects>(text);
      break;
    case 1:
      Read<ops::CompleteMultipartUpload>(text);
      break;
    case 2:
      Read<ops::PutBucketLifecycleConfiguration>(text);
      break;
    case 3:
      Read<ops::PutBucketCors>(text);
      break;
    case 4:
      Read<ops::PutObjectTagging>(text);
      break;
    case 5:
      Read<ops::PutBucketAcl>(text);
      break;
    case 6:
      Read<ops::PutBucketWebsite>(text);
      break;
    default:
      Read<ops::CreateBucket>(text);
      break;
  }
  return 0;
}
