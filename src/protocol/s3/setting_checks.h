#pragma once

#include <aws/s3/types.h>

#include "base/result.h"
#include "protocol/s3/operations.h"

// What must be right in a bucket's settings beyond what the model says: S3's own errors.

namespace owlet::s3 {

[[nodiscard]] Status CheckCors(const aws::s3::PutBucketCorsRequest& request);
[[nodiscard]] Status CheckWebsite(const aws::s3::PutBucketWebsiteRequest& request);
[[nodiscard]] Status CheckLifecycle(const aws::s3::PutBucketLifecycleConfigurationRequest& request);
[[nodiscard]] Status CheckEncryption(const aws::s3::PutBucketEncryptionRequest& request);
[[nodiscard]] Status CheckLogging(ObjectStore& store, const Context& context,
                                  const aws::s3::PutBucketLoggingRequest& request);
[[nodiscard]] Status CheckAccelerate(
    const aws::s3::PutBucketAccelerateConfigurationRequest& request);
[[nodiscard]] Status CheckRequestPayment(const aws::s3::PutBucketRequestPaymentRequest& request);

}  // namespace owlet::s3
