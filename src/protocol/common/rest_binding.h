#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "net/http.h"
#include "net/uri.h"
#include "protocol/common/operation.h"
#include "protocol/common/schema.h"
#include "protocol/common/validation.h"

// How the rest-xml and rest-json protocols spread a request or reply over path, query, headers and
// body.

namespace owlet::protocol {

enum class BodyFormat : std::uint8_t { kXml, kJson };

/// A request with its path and query read.
struct RestRequest {
  const net::HttpRequest* http = nullptr;
  std::vector<std::pair<std::string_view, std::string>> labels;  // {"Bucket", "data"}
  net::QueryParameters query;
};

/// What a request broke, apart by place, since S3 words the two differently.
struct RestValidation {
  Validation outside;  // path, query, headers
  Validation body;
};

/// Reads a request into the operation's input struct. Of a streaming operation `body` is empty.
///
/// Errors: kInvalidArgument with the condition "InvalidArgument" and the parameters ArgumentName
/// and ArgumentValue for a header or query value that is none of its type; those of ReadXml and
/// ReadJson; kMalformedRequest "MissingRequestBodyError" where a body is needed.
[[nodiscard]] Status ReadRest(const OperationSchema& operation, const RestRequest& request,
                              std::string_view body, BodyFormat format, std::size_t max_depth,
                              RestValidation& validation, void* object);

/// Makes the reply: status, headers and body of the output struct, and `parts` added to them.
/// `xml_namespace` is the xmlns of an XML root.
[[nodiscard]] net::HttpResponse WriteRest(const OperationSchema& operation, const void* object,
                                          ReplyParts parts, BodyFormat format,
                                          std::string_view xml_namespace);

/// The labels of `raw_path` by a template like "/applications/{applicationId}/jobruns/{jobRunId}",
/// decoded, or nothing when the path is another. A label `{Key+}` takes the rest of the path.
[[nodiscard]] std::optional<std::vector<std::pair<std::string_view, std::string>>> MatchUri(
    std::string_view uri_template, std::string_view raw_path);

/// The operation of that method whose template matches the path, with its labels, or null. Of more
/// than one the first by name counts; no service but S3 has such.
[[nodiscard]] const OperationName* FindByUri(
    const ServiceSchema& service, std::string_view method, std::string_view raw_path,
    std::vector<std::pair<std::string_view, std::string>>& labels);

}  // namespace owlet::protocol
