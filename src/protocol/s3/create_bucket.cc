#include "protocol/s3/acl_fields.h"
#include "protocol/s3/operations.h"

namespace owlet::s3 {
namespace {

/// Who may own the bucket's objects: as asked, else the server's default.
Result<store::ObjectOwnership> OwnershipOf(const aws::s3::CreateBucketRequest& request,
                                           store::ObjectOwnership otherwise) {
  if (!request.object_ownership) return otherwise;
  const auto ownership = store::ParseOwnership(*request.object_ownership);
  if (ownership) return *ownership;
  return Fail(Reason::kInvalidArgument, "Invalid x-amz-object-ownership header");
}

/// New buckets are closed to the public since April 2023, whatever the caller may set himself; not
/// where the server was told that ACLs count, as they did before.
Status BlockPublicAccess(ObjectStore& store, const access::Principal& who,
                         const store::BucketName& bucket) {
  const access::Principal owner = access::Principal::Root(
      who.account_id.empty() ? access::kDefaultAccount : std::string_view(who.account_id));
  return store.SetBucketSetting(owner, bucket, store::BucketSetting::kPublicAccess,
                                R"({"BlockPublicAcls":true,"IgnorePublicAcls":true,)"
                                R"("BlockPublicPolicy":true,"RestrictPublicBuckets":true})",
                                "s3:PutBucketPublicAccessBlock");
}

}  // namespace

Result<aws::s3::CreateBucketOutput> CreateBucket(ObjectStore& store, const Context& context,
                                                 const aws::s3::CreateBucketRequest& request) {
  OWLET_TRY(const auto bucket, store::BucketName::Parse(request.bucket));
  store::CreateBucketOptions options;
  OWLET_TRY(options.ownership, OwnershipOf(request, store.default_ownership()));
  OWLET_TRY(const AclRequest acl, AclHeadersOf(request));
  if (acl.given() && acl.canned != "private" &&
      options.ownership == store::ObjectOwnership::kBucketOwnerEnforced) {
    return Fail(Reason::kInvalidArgument,
                "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
                "InvalidBucketAclWithObjectOwnership");
  }
  options.canned_acl = acl.canned;
  if (acl.list) options.acl = *acl.list;
  options.object_lock = request.object_lock_enabled_for_bucket.value_or(false);
  options.region = context.region;
  if (request.create_bucket_configuration) {
    const auto& configuration = *request.create_bucket_configuration;
    if (configuration.location_constraint) options.region = *configuration.location_constraint;
    if (options.region == "EU") options.region = "eu-west-1";
  }
  const std::string region = options.region;
  const Status created = store.CreateBucket(context.principal, bucket, std::move(options));
  if (!created) {
    // In its first region S3 lets the owner create a bucket again.
    const bool own_again = created.error().reason == Reason::kBucketAlreadyExists &&
                           created.error().condition.empty() && region == "us-east-1";
    if (!own_again) return Fail(Error(created.error()));
  } else if (store.default_ownership() == store::ObjectOwnership::kBucketOwnerEnforced) {
    OWLET_CHECK_OK(BlockPublicAccess(store, context.principal, bucket));
  }
  return aws::s3::CreateBucketOutput{.location = "/" + bucket.text()};
}

}  // namespace owlet::s3
