#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/store/object_store.h"

namespace owlet::s3 {

/// An ETag without its quotes and without `W/`.
[[nodiscard]] std::string Unquote(std::string_view etag);
/// With quotes, as replies have it.
[[nodiscard]] std::string Quote(std::string_view etag);

/// The entity tags of If-Match or If-None-Match: a comma-separated list or "*".
[[nodiscard]] std::vector<std::string> ParseEtags(const std::optional<std::string>& header);

/// If-Match, If-None-Match, If-Modified-Since and If-Unmodified-Since of a GetObject or HeadObject.
template <class Request>
[[nodiscard]] store::ReadConditions ReadConditionsOf(const Request& request) {
  return {.if_match = ParseEtags(request.if_match),
          .if_none_match = ParseEtags(request.if_none_match),
          .if_modified_since = request.if_modified_since,
          .if_unmodified_since = request.if_unmodified_since};
}

/// The same of the source of a copy.
template <class Request>
[[nodiscard]] store::ReadConditions SourceConditionsOf(const Request& request) {
  return {.if_match = ParseEtags(request.copy_source_if_match),
          .if_none_match = ParseEtags(request.copy_source_if_none_match),
          .if_modified_since = request.copy_source_if_modified_since,
          .if_unmodified_since = request.copy_source_if_unmodified_since};
}

/// If-Match (an ETag) and If-None-Match (only `*`) of a write. kNotImplemented for what S3 has not.
[[nodiscard]] Result<store::WriteConditions> ParseWriteConditions(
    const std::optional<std::string>& if_match, const std::optional<std::string>& if_none_match);

}  // namespace owlet::s3
