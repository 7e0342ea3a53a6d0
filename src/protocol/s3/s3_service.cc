#include "protocol/s3/s3_service.h"

#include <aws/s3/schema.h>

#include <utility>

#include "protocol/common/s3_dispatch.h"
#include "protocol/s3/cors.h"
#include "protocol/s3/error_map.h"
#include "protocol/s3/operations.h"
#include "protocol/s3/post_object.h"

namespace owlet::s3 {
namespace {

namespace ops = aws::s3::operations;

/// `handler` with the store as its first argument.
template <class Operation, class Handler>
void Add(ObjectStore& store, protocol::RestXmlService& service, Handler handler) {
  service.On<Operation>(
      [&store, handler](const Context& context, const typename Operation::Request& request) {
        return handler(store, context, request);
      });
}

template <class Operation, class Handler>
void AddUpload(ObjectStore& store, protocol::RestXmlService& service, Handler handler) {
  service.OnUpload<Operation>(
      [&store, handler](const Context& context, const typename Operation::Request& request) {
        return handler(store, context, request);
      });
}

/// x-amz-expected-bucket-owner: a guard against a bucket of the same name in strange hands.
Status CheckExpectedOwner(const ObjectStore& store, const net::HttpRequest& request,
                          const protocol::S3Address& address) {
  const auto expected = request.headers.Find("x-amz-expected-bucket-owner");
  if (!expected || address.bucket.empty()) return {};
  const auto bucket = store::BucketName::Parse(address.bucket);
  if (!bucket) return {};
  const auto terms = store.FindBucketTerms(*bucket);
  if (!terms || terms->owner_account == *expected) return {};
  return Fail(Reason::kAccessDenied, "Access Denied", "AccessDenied");
}

}  // namespace

std::unique_ptr<protocol::RestXmlService> MakeService(
    store::ObjectStore& store, const protocol::ServiceEnvironment& environment,
    std::string domain) {
  protocol::RestXmlService::Options options{.map_error = MapError, .domain = domain};
  options.decorate = [&store, domain](const net::HttpRequest& request,
                                      net::HttpResponse& response) {
    AddCorsHeaders(store, domain, request, response);
  };
  options.admit = [&store](const net::HttpRequest& request, const protocol::S3Address& address) {
    return CheckExpectedOwner(store, request, address);
  };
  auto owned = std::make_unique<protocol::RestXmlService>(aws::s3::kService, std::move(options),
                                                          environment);
  protocol::RestXmlService& service = *owned;
  Add<ops::CreateBucket>(store, service, CreateBucket);
  Add<ops::HeadBucket>(store, service, HeadBucket);
  Add<ops::ListBuckets>(store, service, ListBuckets);
  Add<ops::DeleteBucket>(store, service, DeleteBucket);
  Add<ops::GetBucketLocation>(store, service, GetBucketLocation);

  AddUpload<ops::PutObject>(store, service, PutObject);
  Add<ops::GetObject>(store, service, GetObject);
  Add<ops::HeadObject>(store, service, HeadObject);
  Add<ops::CopyObject>(store, service, CopyObject);
  Add<ops::DeleteObject>(store, service, DeleteObject);
  Add<ops::DeleteObjects>(store, service, DeleteObjects);
  Add<ops::GetObjectAttributes>(store, service, GetObjectAttributes);
  Add<ops::ListObjects>(store, service, ListObjects);
  Add<ops::ListObjectsV2>(store, service, ListObjectsV2);
  Add<ops::ListObjectVersions>(store, service, ListObjectVersions);

  Add<ops::CreateMultipartUpload>(store, service, CreateMultipartUpload);
  AddUpload<ops::UploadPart>(store, service, UploadPart);
  Add<ops::UploadPartCopy>(store, service, UploadPartCopy);
  Add<ops::CompleteMultipartUpload>(store, service, CompleteMultipartUpload);
  Add<ops::AbortMultipartUpload>(store, service, AbortMultipartUpload);
  Add<ops::ListParts>(store, service, ListParts);
  Add<ops::ListMultipartUploads>(store, service, ListMultipartUploads);

  Add<ops::GetObjectTagging>(store, service, GetObjectTagging);
  Add<ops::PutObjectTagging>(store, service, PutObjectTagging);
  Add<ops::DeleteObjectTagging>(store, service, DeleteObjectTagging);
  Add<ops::GetBucketTagging>(store, service, GetBucketTagging);
  Add<ops::PutBucketTagging>(store, service, PutBucketTagging);
  Add<ops::DeleteBucketTagging>(store, service, DeleteBucketTagging);

  Add<ops::GetObjectAcl>(store, service, GetObjectAcl);
  Add<ops::PutObjectAcl>(store, service, PutObjectAcl);
  Add<ops::GetBucketAcl>(store, service, GetBucketAcl);
  Add<ops::PutBucketAcl>(store, service, PutBucketAcl);
  Add<ops::GetBucketPolicy>(store, service, GetBucketPolicy);
  Add<ops::PutBucketPolicy>(store, service, PutBucketPolicy);
  Add<ops::DeleteBucketPolicy>(store, service, DeleteBucketPolicy);
  Add<ops::GetPublicAccessBlock>(store, service, GetPublicAccessBlock);
  Add<ops::PutPublicAccessBlock>(store, service, PutPublicAccessBlock);
  Add<ops::DeletePublicAccessBlock>(store, service, DeletePublicAccessBlock);
  Add<ops::PutBucketOwnershipControls>(store, service, PutBucketOwnershipControls);
  Add<ops::GetBucketOwnershipControls>(store, service, GetBucketOwnershipControls);
  Add<ops::DeleteBucketOwnershipControls>(store, service, DeleteBucketOwnershipControls);
  Add<ops::GetBucketPolicyStatus>(store, service, GetBucketPolicyStatus);
  Add<ops::GetBucketVersioning>(store, service, GetBucketVersioning);
  Add<ops::PutBucketVersioning>(store, service, PutBucketVersioning);
  Add<ops::GetObjectLockConfiguration>(store, service, GetObjectLockConfiguration);
  Add<ops::PutObjectLockConfiguration>(store, service, PutObjectLockConfiguration);
  Add<ops::GetObjectRetention>(store, service, GetObjectRetention);
  Add<ops::PutObjectRetention>(store, service, PutObjectRetention);
  Add<ops::GetObjectLegalHold>(store, service, GetObjectLegalHold);
  Add<ops::PutObjectLegalHold>(store, service, PutObjectLegalHold);
  Add<ops::RestoreObject>(store, service, RestoreObject);
  AddBucketSettings(store, service);
  service.OnRaw(protocol::kPreflight,
                [&store, &service](const protocol::RestXmlService::Incoming& incoming) {
                  return AnswerPreflight(store, service, incoming);
                });
  service.OnRaw(protocol::kPostObject,
                [&store, &service, authenticator = environment.authenticator](
                    const protocol::RestXmlService::Incoming& incoming) {
                  return PostObject(store, *authenticator, service, incoming);
                });
  AddAbsentSettings(store, service);
  return owned;
}

}  // namespace owlet::s3
