#include <variant>

#include "protocol/s3/object_reply.h"
#include "protocol/s3/operations.h"
#include "protocol/s3/request_names.h"

namespace owlet::s3 {

Result<Answer<aws::s3::GetObjectOutput>> GetObject(ObjectStore& store, const Context& context,
                                                   const aws::s3::GetObjectRequest& request) {
  OWLET_TRY(const Target target, TargetOf(request));
  OWLET_CHECK_OK(CheckVersionId(request.version_id));
  OWLET_TRY(const auto reader,
            store.Open(context.principal, target.bucket, target.key, ReadConditionsOf(request)));
  OWLET_TRY(const ObjectView view, ChooseBytes(reader.info(), request.range, request.part_number));
  Answer<aws::s3::GetObjectOutput> answer;
  DescribeObject(request, reader.info(), view, answer);
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
