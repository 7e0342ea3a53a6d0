#include "protocol/s3/expiration_header.h"
#include "protocol/s3/object_reply.h"
#include "protocol/s3/operations.h"
#include "protocol/s3/request_names.h"

namespace owlet::s3 {

Result<Answer<aws::s3::HeadObjectOutput>> HeadObject(ObjectStore& store, const Context& context,
                                                     const aws::s3::HeadObjectRequest& request) {
  OWLET_TRY(const Target target, TargetOf(request));
  OWLET_CHECK_OK(CheckNoEncryptionHeaders(*context.http));
  OWLET_TRY(std::string customer_key, CustomerKeyOf(request));
  OWLET_TRY(
      const auto info,
      store.Head(context.principal, target.bucket, target.key, ReadConditionsOf(request),
                 {.version_id = request.version_id, .customer_key = std::move(customer_key)}));
  OWLET_TRY(const ObjectView view, ChooseBytes(info, request.range, request.part_number));
  Answer<aws::s3::HeadObjectOutput> answer;
  DescribeObject(request, info, view, answer);
  answer.reply.expiration = ExpirationHeader(store, target.bucket, info);
  return answer;
}

}  // namespace owlet::s3
