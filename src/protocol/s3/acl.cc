#include "protocol/s3/attribute_fields.h"
#include "protocol/s3/operations.h"
#include "protocol/s3/owner.h"
#include "protocol/s3/request_names.h"

// Object ownership is BucketOwnerEnforced, S3's default: the account owns everything, an ACL says
// just that, and a request that would change it is refused.

namespace owlet::s3 {
namespace {

std::vector<aws::s3::Grant> OwnersGrant(const aws::s3::Owner& owner) {
  aws::s3::Grant grant;
  auto& grantee = grant.grantee.emplace();
  grantee.id = owner.id;
  grantee.type = "CanonicalUser";
  grant.permission = "FULL_CONTROL";
  return {std::move(grant)};
}

template <class Request>
Status CheckNoGrants(const Request& request) {
  OWLET_CHECK_OK(CheckAcl(request.acl));
  if (request.grant_full_control || request.grant_read || request.grant_read_acp ||
      request.grant_write || request.grant_write_acp || request.access_control_policy) {
    return Fail(Reason::kInvalidArgument, "The bucket does not allow ACLs",
                "AccessControlListNotSupported");
  }
  return {};
}

}  // namespace

Result<aws::s3::GetObjectAclOutput> GetObjectAcl(ObjectStore& store, const Context& context,
                                                 const aws::s3::GetObjectAclRequest& request) {
  OWLET_TRY(const Target target, TargetOf(request));
  OWLET_TRY(const auto info, store.Head(context.principal, target.bucket, target.key));
  aws::s3::GetObjectAclOutput reply;
  reply.owner = OwnerOf(context.principal);
  reply.grants = OwnersGrant(*reply.owner);
  return reply;
}

Result<aws::s3::PutObjectAclOutput> PutObjectAcl(ObjectStore& store, const Context& context,
                                                 const aws::s3::PutObjectAclRequest& request) {
  OWLET_TRY(const Target target, TargetOf(request));
  OWLET_TRY(const auto info, store.Head(context.principal, target.bucket, target.key));
  OWLET_CHECK_OK(CheckNoGrants(request));
  return aws::s3::PutObjectAclOutput();
}

Result<aws::s3::GetBucketAclOutput> GetBucketAcl(ObjectStore& store, const Context& context,
                                                 const aws::s3::GetBucketAclRequest& request) {
  OWLET_TRY(const auto bucket, store::BucketName::Parse(request.bucket));
  OWLET_TRY(const auto info, store.HeadBucket(context.principal, bucket));
  aws::s3::GetBucketAclOutput reply;
  reply.owner = OwnerOf(context.principal);
  reply.grants = OwnersGrant(*reply.owner);
  return reply;
}

Result<Nothing> PutBucketAcl(ObjectStore& store, const Context& context,
                             const aws::s3::PutBucketAclRequest& request) {
  OWLET_TRY(const auto bucket, store::BucketName::Parse(request.bucket));
  OWLET_TRY(const auto info, store.HeadBucket(context.principal, bucket));
  OWLET_CHECK_OK(CheckNoGrants(request));
  return Nothing();
}

}  // namespace owlet::s3
