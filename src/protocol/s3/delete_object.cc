#include "protocol/s3/condition_keys.h"
#include "protocol/s3/conditions.h"
#include "protocol/s3/operations.h"
#include "protocol/s3/request_names.h"

namespace owlet::s3 {

Result<aws::s3::DeleteObjectOutput> DeleteObject(ObjectStore& store, const Context& context,
                                                 const aws::s3::DeleteObjectRequest& request) {
  OWLET_TRY(const Target target, TargetOf(request));
  store::DeleteOptions options{
      .version_id = request.version_id,
      .bypass_governance = request.bypass_governance_retention.value_or(false),
      .context = ConditionKeys(*context.http)};
  OWLET_TRY(options.conditions, ParseWriteConditions(request.if_match, std::nullopt));
  options.conditions.if_modified = request.if_match_last_modified_time;
  if (request.if_match_size) {
    options.conditions.if_size = static_cast<std::uint64_t>(*request.if_match_size);
  }
  OWLET_TRY(const auto outcome,
            store.Delete(context.principal, target.bucket, target.key, std::move(options)));
  aws::s3::DeleteObjectOutput reply;
  if (!outcome.version_id.empty()) reply.version_id = outcome.version_id;
  if (outcome.delete_marker) reply.delete_marker = true;
  return reply;
}

}  // namespace owlet::s3
