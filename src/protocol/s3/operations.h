#pragma once

#include <aws/s3/operations.h>

#include <memory>

#include "base/result.h"
#include "core/store/object_store.h"
#include "protocol/common/operation.h"
#include "protocol/common/rest_xml_service.h"

// The handlers of S3's operations, each in the file of its name. They turn typed requests into
// calls on the store and its answers into typed replies; errors go through error_map.cc.
// Thread-safe, as the store is. What has no handler here answers NotImplemented.

namespace owlet::s3 {

using Context = protocol::RequestContext;
using store::ObjectStore;
template <class Reply>
using Answer = protocol::Answer<Reply>;
using protocol::Nothing;

// Buckets.
[[nodiscard]] Result<aws::s3::CreateBucketOutput> CreateBucket(
    ObjectStore& store, const Context& context, const aws::s3::CreateBucketRequest& request);
[[nodiscard]] Result<aws::s3::HeadBucketOutput> HeadBucket(
    ObjectStore& store, const Context& context, const aws::s3::HeadBucketRequest& request);
[[nodiscard]] Result<aws::s3::ListBucketsOutput> ListBuckets(
    ObjectStore& store, const Context& context, const aws::s3::ListBucketsRequest& request);
[[nodiscard]] Result<Nothing> DeleteBucket(ObjectStore& store, const Context& context,
                                           const aws::s3::DeleteBucketRequest& request);
[[nodiscard]] Result<aws::s3::GetBucketLocationOutput> GetBucketLocation(
    ObjectStore& store, const Context& context, const aws::s3::GetBucketLocationRequest& request);

// Objects.
[[nodiscard]] Result<std::unique_ptr<protocol::UploadBody<aws::s3::PutObjectOutput>>> PutObject(
    ObjectStore& store, const Context& context, const aws::s3::PutObjectRequest& request);
[[nodiscard]] Result<Answer<aws::s3::GetObjectOutput>> GetObject(
    ObjectStore& store, const Context& context, const aws::s3::GetObjectRequest& request);
[[nodiscard]] Result<Answer<aws::s3::HeadObjectOutput>> HeadObject(
    ObjectStore& store, const Context& context, const aws::s3::HeadObjectRequest& request);
[[nodiscard]] Result<aws::s3::CopyObjectOutput> CopyObject(
    ObjectStore& store, const Context& context, const aws::s3::CopyObjectRequest& request);
[[nodiscard]] Result<aws::s3::DeleteObjectOutput> DeleteObject(
    ObjectStore& store, const Context& context, const aws::s3::DeleteObjectRequest& request);
[[nodiscard]] Result<aws::s3::DeleteObjectsOutput> DeleteObjects(
    ObjectStore& store, const Context& context, const aws::s3::DeleteObjectsRequest& request);
[[nodiscard]] Result<aws::s3::GetObjectAttributesOutput> GetObjectAttributes(
    ObjectStore& store, const Context& context, const aws::s3::GetObjectAttributesRequest& request);
[[nodiscard]] Result<aws::s3::ListObjectsOutput> ListObjects(
    ObjectStore& store, const Context& context, const aws::s3::ListObjectsRequest& request);
[[nodiscard]] Result<aws::s3::ListObjectsV2Output> ListObjectsV2(
    ObjectStore& store, const Context& context, const aws::s3::ListObjectsV2Request& request);
[[nodiscard]] Result<aws::s3::ListObjectVersionsOutput> ListObjectVersions(
    ObjectStore& store, const Context& context, const aws::s3::ListObjectVersionsRequest& request);

// Multipart uploads.
[[nodiscard]] Result<aws::s3::CreateMultipartUploadOutput> CreateMultipartUpload(
    ObjectStore& store, const Context& context,
    const aws::s3::CreateMultipartUploadRequest& request);
[[nodiscard]] Result<std::unique_ptr<protocol::UploadBody<aws::s3::UploadPartOutput>>> UploadPart(
    ObjectStore& store, const Context& context, const aws::s3::UploadPartRequest& request);
[[nodiscard]] Result<aws::s3::UploadPartCopyOutput> UploadPartCopy(
    ObjectStore& store, const Context& context, const aws::s3::UploadPartCopyRequest& request);
[[nodiscard]] Result<aws::s3::CompleteMultipartUploadOutput> CompleteMultipartUpload(
    ObjectStore& store, const Context& context,
    const aws::s3::CompleteMultipartUploadRequest& request);
[[nodiscard]] Result<aws::s3::AbortMultipartUploadOutput> AbortMultipartUpload(
    ObjectStore& store, const Context& context,
    const aws::s3::AbortMultipartUploadRequest& request);
[[nodiscard]] Result<aws::s3::ListPartsOutput> ListParts(ObjectStore& store, const Context& context,
                                                         const aws::s3::ListPartsRequest& request);
[[nodiscard]] Result<aws::s3::ListMultipartUploadsOutput> ListMultipartUploads(
    ObjectStore& store, const Context& context,
    const aws::s3::ListMultipartUploadsRequest& request);

// Tags.
[[nodiscard]] Result<aws::s3::GetObjectTaggingOutput> GetObjectTagging(
    ObjectStore& store, const Context& context, const aws::s3::GetObjectTaggingRequest& request);
[[nodiscard]] Result<aws::s3::PutObjectTaggingOutput> PutObjectTagging(
    ObjectStore& store, const Context& context, const aws::s3::PutObjectTaggingRequest& request);
[[nodiscard]] Result<aws::s3::DeleteObjectTaggingOutput> DeleteObjectTagging(
    ObjectStore& store, const Context& context, const aws::s3::DeleteObjectTaggingRequest& request);
[[nodiscard]] Result<aws::s3::GetBucketTaggingOutput> GetBucketTagging(
    ObjectStore& store, const Context& context, const aws::s3::GetBucketTaggingRequest& request);
[[nodiscard]] Result<Nothing> PutBucketTagging(ObjectStore& store, const Context& context,
                                               const aws::s3::PutBucketTaggingRequest& request);
[[nodiscard]] Result<Nothing> DeleteBucketTagging(
    ObjectStore& store, const Context& context, const aws::s3::DeleteBucketTaggingRequest& request);

// Access, versions and locks.
[[nodiscard]] Result<aws::s3::GetObjectAclOutput> GetObjectAcl(
    ObjectStore& store, const Context& context, const aws::s3::GetObjectAclRequest& request);
[[nodiscard]] Result<aws::s3::PutObjectAclOutput> PutObjectAcl(
    ObjectStore& store, const Context& context, const aws::s3::PutObjectAclRequest& request);
[[nodiscard]] Result<aws::s3::GetBucketAclOutput> GetBucketAcl(
    ObjectStore& store, const Context& context, const aws::s3::GetBucketAclRequest& request);
[[nodiscard]] Result<Nothing> PutBucketAcl(ObjectStore& store, const Context& context,
                                           const aws::s3::PutBucketAclRequest& request);
[[nodiscard]] Result<aws::s3::GetBucketPolicyOutput> GetBucketPolicy(
    ObjectStore& store, const Context& context, const aws::s3::GetBucketPolicyRequest& request);
[[nodiscard]] Result<Answer<Nothing>> PutBucketPolicy(
    ObjectStore& store, const Context& context, const aws::s3::PutBucketPolicyRequest& request);
[[nodiscard]] Result<Nothing> DeleteBucketPolicy(ObjectStore& store, const Context& context,
                                                 const aws::s3::DeleteBucketPolicyRequest& request);

[[nodiscard]] Result<aws::s3::GetPublicAccessBlockOutput> GetPublicAccessBlock(
    ObjectStore& store, const Context& context,
    const aws::s3::GetPublicAccessBlockRequest& request);
[[nodiscard]] Result<Nothing> PutPublicAccessBlock(
    ObjectStore& store, const Context& context,
    const aws::s3::PutPublicAccessBlockRequest& request);
[[nodiscard]] Result<Nothing> DeletePublicAccessBlock(
    ObjectStore& store, const Context& context,
    const aws::s3::DeletePublicAccessBlockRequest& request);
[[nodiscard]] Result<Nothing> PutBucketOwnershipControls(
    ObjectStore& store, const Context& context,
    const aws::s3::PutBucketOwnershipControlsRequest& request);

[[nodiscard]] Result<aws::s3::GetBucketOwnershipControlsOutput> GetBucketOwnershipControls(
    ObjectStore& store, const Context& context,
    const aws::s3::GetBucketOwnershipControlsRequest& request);
[[nodiscard]] Result<Nothing> DeleteBucketOwnershipControls(
    ObjectStore& store, const Context& context,
    const aws::s3::DeleteBucketOwnershipControlsRequest& request);
[[nodiscard]] Result<aws::s3::GetBucketPolicyStatusOutput> GetBucketPolicyStatus(
    ObjectStore& store, const Context& context,
    const aws::s3::GetBucketPolicyStatusRequest& request);
[[nodiscard]] Result<aws::s3::GetBucketVersioningOutput> GetBucketVersioning(
    ObjectStore& store, const Context& context, const aws::s3::GetBucketVersioningRequest& request);
[[nodiscard]] Result<Nothing> PutBucketVersioning(
    ObjectStore& store, const Context& context, const aws::s3::PutBucketVersioningRequest& request);
[[nodiscard]] Result<aws::s3::GetObjectLockConfigurationOutput> GetObjectLockConfiguration(
    ObjectStore& store, const Context& context,
    const aws::s3::GetObjectLockConfigurationRequest& request);
[[nodiscard]] Result<aws::s3::PutObjectLockConfigurationOutput> PutObjectLockConfiguration(
    ObjectStore& store, const Context& context,
    const aws::s3::PutObjectLockConfigurationRequest& request);
[[nodiscard]] Result<aws::s3::GetObjectRetentionOutput> GetObjectRetention(
    ObjectStore& store, const Context& context, const aws::s3::GetObjectRetentionRequest& request);
[[nodiscard]] Result<aws::s3::PutObjectRetentionOutput> PutObjectRetention(
    ObjectStore& store, const Context& context, const aws::s3::PutObjectRetentionRequest& request);
[[nodiscard]] Result<aws::s3::GetObjectLegalHoldOutput> GetObjectLegalHold(
    ObjectStore& store, const Context& context, const aws::s3::GetObjectLegalHoldRequest& request);
[[nodiscard]] Result<aws::s3::PutObjectLegalHoldOutput> PutObjectLegalHold(
    ObjectStore& store, const Context& context, const aws::s3::PutObjectLegalHoldRequest& request);
[[nodiscard]] Result<Answer<aws::s3::RestoreObjectOutput>> RestoreObject(
    ObjectStore& store, const Context& context, const aws::s3::RestoreObjectRequest& request);

/// The settings that are kept as the documents that were sent.
void AddBucketSettings(ObjectStore& store, protocol::RestXmlService& service);

/// The GETs of settings that no bucket here can have: S3's reply to their absence.
void AddAbsentSettings(ObjectStore& store, protocol::RestXmlService& service);

}  // namespace owlet::s3
