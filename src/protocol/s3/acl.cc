#include "protocol/s3/acl_fields.h"
#include "protocol/s3/condition_keys.h"
#include "protocol/s3/operations.h"
#include "protocol/s3/owner.h"
#include "protocol/s3/request_names.h"

namespace owlet::s3 {
namespace {

/// The list that a request gives in its headers or its body.
template <class Request>
Result<AclRequest> AclOf(const Request& request, const std::string& owner_account) {
  OWLET_TRY(AclRequest acl, AclHeadersOf(request));
  if (!request.access_control_policy) {
    if (acl.given()) return acl;
    return Fail(Reason::kMalformedRequest, "Your request was missing a required header",
                "MissingSecurityHeader");
  }
  if (acl.given()) {
    return Fail(Reason::kInvalidArgument, "This request does not support content",
                "UnexpectedContent");
  }
  OWLET_TRY(acl.list,
            ReadAclXml(*request.access_control_policy, store::CanonicalId(owner_account)));
  return acl;
}

/// A list without any entry is told from none at all: it takes the owner's own grant away.
store::AccessControlList Kept(store::AccessControlList list, const std::string& owner_account) {
  if (list.entries.empty()) {
    list.entries.push_back({.canonical_id = store::CanonicalId(owner_account),
                            .permission = static_cast<store::AclPermission>(0)});
  }
  return list;
}

}  // namespace

Result<aws::s3::GetObjectAclOutput> GetObjectAcl(ObjectStore& store, const Context& context,
                                                 const aws::s3::GetObjectAclRequest& request) {
  OWLET_TRY(const Target target, TargetOf(request));
  OWLET_TRY(const auto info,
            store.Head(context.principal, target.bucket, target.key, {},
                       {.version_id = request.version_id, .action = "s3:GetObjectAcl"}));
  OWLET_TRY(const auto bucket, store.FindBucketTerms(target.bucket));
  const bool enforced = bucket.ownership() == store::ObjectOwnership::kBucketOwnerEnforced;
  const std::string& owner =
      enforced || info.owner_account.empty() ? bucket.owner_account : info.owner_account;
  aws::s3::GetObjectAclOutput reply;
  reply.owner = OwnerOf(owner);
  reply.grants = GrantsOf(enforced ? store::AccessControlList() : info.attributes.acl, owner);
  return reply;
}

Result<aws::s3::PutObjectAclOutput> PutObjectAcl(ObjectStore& store, const Context& context,
                                                 const aws::s3::PutObjectAclRequest& request) {
  OWLET_TRY(const Target target, TargetOf(request));
  OWLET_TRY(const auto bucket, store.FindBucketTerms(target.bucket));
  const bool enforced = bucket.ownership() == store::ObjectOwnership::kBucketOwnerEnforced;
  const auto edit = [&](const store::ObjectInfo& info,
                        store::ObjectAttributes& attributes) -> Status {
    const std::string& owner =
        enforced || info.owner_account.empty() ? bucket.owner_account : info.owner_account;
    OWLET_TRY(const AclRequest acl, AclOf(request, owner));
    OWLET_CHECK_OK(CheckAclAllowed(acl, bucket));
    attributes.canned_acl = acl.canned;
    attributes.acl = acl.list ? Kept(*acl.list, owner) : store::AccessControlList();
    return {};
  };
  OWLET_TRY(const auto info, store.EditObject(context.principal, target.bucket, target.key,
                                              {.version_id = request.version_id,
                                               .context = ConditionKeys(*context.http),
                                               .action = "s3:PutObjectAcl"},
                                              edit));
  return aws::s3::PutObjectAclOutput();
}

Result<aws::s3::GetBucketAclOutput> GetBucketAcl(ObjectStore& store, const Context& context,
                                                 const aws::s3::GetBucketAclRequest& request) {
  OWLET_TRY(const auto name, store::BucketName::Parse(request.bucket));
  OWLET_TRY(const auto bucket, store.DescribeBucket(context.principal, name, "s3:GetBucketAcl"));
  const bool enforced = bucket.ownership() == store::ObjectOwnership::kBucketOwnerEnforced;
  aws::s3::GetBucketAclOutput reply;
  reply.owner = OwnerOf(bucket.owner_account);
  reply.grants = GrantsOf(enforced ? store::AccessControlList() : bucket.acl, bucket.owner_account);
  return reply;
}

Result<Nothing> PutBucketAcl(ObjectStore& store, const Context& context,
                             const aws::s3::PutBucketAclRequest& request) {
  OWLET_TRY(const auto name, store::BucketName::Parse(request.bucket));
  OWLET_TRY(const auto bucket, store.FindBucketTerms(name));
  OWLET_TRY(const AclRequest acl, AclOf(request, bucket.owner_account));
  OWLET_CHECK_OK(CheckAclAllowed(acl, bucket));
  auto list = acl.list ? Kept(*acl.list, bucket.owner_account) : store::AccessControlList();
  OWLET_CHECK_OK(store.SetBucketAcl(context.principal, name, std::move(list), acl.canned,
                                    ConditionKeys(*context.http)));
  return Nothing();
}

}  // namespace owlet::s3
