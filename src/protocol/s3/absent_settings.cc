#include <string>
#include <utility>

#include "protocol/s3/operations.h"

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

}  // namespace

void AddAbsentSettings(ObjectStore& store, protocol::RestXmlService& service) {
  AddError<ops::GetBucketReplication>(store, service, "ReplicationConfigurationNotFoundError",
                                      "The replication configuration was not found");
  AddReply<ops::GetBucketNotificationConfiguration>(store, service);
}

}  // namespace owlet::s3
