#include <string>
#include <utility>

#include "protocol/s3/operations.h"
#include "protocol/s3/request_names.h"

// Settings that no bucket can have here, since their PUT answers NotImplemented. Clients (Terraform
// above all) read every one of them: S3 tells some absences by an error and some by an empty
// document.

namespace owlet::s3 {
namespace {

namespace ops = aws::s3::operations;

/// Answers `code` once the bucket is there and may be asked.
template <class Operation>
void AddError(ObjectStore& store, protocol::RestXmlService& service, std::string code,
              std::string message) {
  service.On<Operation>(
      [&store, code = std::move(code), message = std::move(message)](
          const Context& context,
          const typename Operation::Request& request) -> Result<typename Operation::Reply> {
        OWLET_TRY(const auto bucket, store::BucketName::Parse(request.bucket));
        OWLET_TRY(const auto info, store.HeadBucket(context.principal, bucket));
        return Fail(Reason::kEntityNotFound, message, code);
      });
}

/// Answers `reply` once the bucket is there and may be asked.
template <class Operation>
void AddReply(ObjectStore& store, protocol::RestXmlService& service,
              typename Operation::Reply reply = {}) {
  service.On<Operation>(
      [&store, reply = std::move(reply)](
          const Context& context,
          const typename Operation::Request& request) -> Result<typename Operation::Reply> {
        OWLET_TRY(const auto bucket, store::BucketName::Parse(request.bucket));
        OWLET_TRY(const auto info, store.HeadBucket(context.principal, bucket));
        return reply;
      });
}

/// The same of an object: S3's reply where its bucket has no object lock.
template <class Operation>
void AddNoObjectLock(ObjectStore& store, protocol::RestXmlService& service) {
  service.On<Operation>(
      [&store](const Context& context,
               const typename Operation::Request& request) -> Result<typename Operation::Reply> {
        OWLET_TRY(const Target target, TargetOf(request));
        OWLET_TRY(const auto info, store.Head(context.principal, target.bucket, target.key));
        return Fail(Reason::kInvalidArgument, "Bucket is missing Object Lock Configuration",
                    "InvalidRequest");
      });
}

}  // namespace

void AddAbsentSettings(ObjectStore& store, protocol::RestXmlService& service) {
  AddError<ops::GetBucketCors>(store, service, "NoSuchCORSConfiguration",
                               "The CORS configuration does not exist");
  AddError<ops::GetBucketWebsite>(store, service, "NoSuchWebsiteConfiguration",
                                  "The specified bucket does not have a website configuration");
  AddError<ops::GetBucketLifecycleConfiguration>(store, service, "NoSuchLifecycleConfiguration",
                                                 "The lifecycle configuration does not exist");
  AddError<ops::GetBucketReplication>(store, service, "ReplicationConfigurationNotFoundError",
                                      "The replication configuration was not found");
  AddError<ops::GetBucketEncryption>(store, service,
                                     "ServerSideEncryptionConfigurationNotFoundError",
                                     "The server side encryption configuration was not found");
  AddError<ops::GetObjectLockConfiguration>(
      store, service, "ObjectLockConfigurationNotFoundError",
      "Object Lock configuration does not exist for this bucket");
  AddReply<ops::GetBucketVersioning>(store, service);
  AddReply<ops::GetBucketAccelerateConfiguration>(store, service);
  AddReply<ops::GetBucketLogging>(store, service);
  AddReply<ops::GetBucketNotificationConfiguration>(store, service);
  AddReply<ops::GetBucketRequestPayment>(store, service, {.payer = "BucketOwner"});
  aws::s3::GetBucketOwnershipControlsOutput enforced;
  enforced.ownership_controls.emplace().rules.push_back(
      {.object_ownership = "BucketOwnerEnforced"});
  AddReply<ops::GetBucketOwnershipControls>(store, service, std::move(enforced));
  AddNoObjectLock<ops::GetObjectRetention>(store, service);
  AddNoObjectLock<ops::GetObjectLegalHold>(store, service);
}

}  // namespace owlet::s3
