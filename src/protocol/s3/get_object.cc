#include <algorithm>
#include <memory>
#include <span>
#include <variant>

#include "protocol/s3/expiration_header.h"
#include "protocol/s3/object_reply.h"
#include "protocol/s3/operations.h"
#include "protocol/s3/request_names.h"

namespace owlet::s3 {
namespace {

/// Bytes that are opened, or compared with their checksums, while they are sent.
class CheckedBody final : public net::BodySource {
 public:
  CheckedBody(store::ObjectReader reader, ByteRange range)
      : bytes_(std::move(reader), range.offset, range.size) {}

  Result<std::string> Next() override {
    OWLET_TRY(const auto piece, bytes_.Next());
    return std::string(reinterpret_cast<const char*>(piece.data()), piece.size());
  }

 private:
  store::CheckedBytes bytes_;
};

}  // namespace

Result<Answer<aws::s3::GetObjectOutput>> GetObject(ObjectStore& store, const Context& context,
                                                   const aws::s3::GetObjectRequest& request) {
  OWLET_TRY(const Target target, TargetOf(request));
  OWLET_CHECK_OK(CheckNoEncryptionHeaders(*context.http));
  OWLET_TRY(std::string customer_key, CustomerKeyOf(request));
  OWLET_TRY(
      const auto reader,
      store.Open(context.principal, target.bucket, target.key, ReadConditionsOf(request),
                 {.version_id = request.version_id, .customer_key = std::move(customer_key)}));
  OWLET_TRY(const ObjectView view, ChooseBytes(reader.info(), request.range, request.part_number));
  Answer<aws::s3::GetObjectOutput> answer;
  DescribeObject(request, reader.info(), view, answer);
  answer.reply.expiration = ExpirationHeader(store, target.bucket, reader.info());
  bool sent_unseen = !reader.encrypted();
  if (sent_unseen) {
    OWLET_TRY(sent_unseen, reader.Prove(view.range.offset, view.range.size));
  }
  if (!sent_unseen) {
    answer.parts.source = std::make_unique<CheckedBody>(reader, view.range);
    answer.parts.source_size = view.range.size;
    return answer;
  }
  OWLET_TRY(auto slices, reader.Slices(view.range.offset, view.range.size));
  for (store::BodySlice& slice : slices) {
    if (auto* bytes = std::get_if<std::string>(&slice)) {
      answer.parts.body.emplace_back(std::move(*bytes));
    } else {
      auto& file = std::get<store::FileSlice>(slice);
      answer.parts.body.emplace_back(net::FileRange{.fd = file.fd,
                                                    .offset = file.offset,
                                                    .size = file.size,
                                                    .keep_alive = std::move(file.keep_alive)});
    }
  }
  return answer;
}

}  // namespace owlet::s3
