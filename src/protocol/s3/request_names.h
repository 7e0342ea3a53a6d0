#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "core/store/names.h"

namespace owlet::s3 {

/// The bucket and key of a request.
struct Target {
  store::BucketName bucket;
  store::ObjectKey key;
  std::optional<std::string> version_id = std::nullopt;  // of a copy's source
};
template <class Request>
[[nodiscard]] Result<Target> TargetOf(const Request& request) {
  OWLET_TRY(store::BucketName bucket, store::BucketName::Parse(request.bucket));
  OWLET_TRY(store::ObjectKey key, store::ObjectKey::Parse(request.key));
  return Target{.bucket = std::move(bucket), .key = std::move(key)};
}

/// Reads x-amz-copy-source: "bucket/key" or "/bucket/key", percent-encoded, perhaps with
/// ?versionId=. kInvalidArgument.
[[nodiscard]] Result<Target> ParseCopySource(std::string_view header);

/// A text of a listing as `encoding_type` ("url" or nothing) wants it.
[[nodiscard]] std::string EncodeListed(const std::optional<std::string>& encoding_type,
                                       std::string_view text);

}  // namespace owlet::s3
