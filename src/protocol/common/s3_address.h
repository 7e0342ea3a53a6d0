#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "net/http.h"

namespace owlet::protocol {

/// The bucket and key that an S3 request names: both empty for the service itself, the key empty
/// for a bucket. Decoded, not validated.
struct S3Address {
  std::string bucket;
  std::string key;
  bool virtual_host = false;
};

/// Reads "/bucket/key" (path style) or a Host of "bucket.<endpoint>" with "/key" (virtual-host
/// style). Endpoints are "localhost", "*.localhost" is one of their buckets; s3.amazonaws.com and
/// its regional and dual-stack forms; and `domain`, the configured one, if not empty.
/// kMalformedRequest with the condition "InvalidURI" on a bad escape or what is no UTF-8;
/// kInvalidBucketName for a key without a bucket.
[[nodiscard]] Result<S3Address> ParseS3Address(const net::HttpRequest& request,
                                               std::string_view domain);

}  // namespace owlet::protocol
