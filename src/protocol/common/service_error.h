#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "net/http.h"
#include "protocol/common/schema.h"

namespace owlet::protocol {

/// An error as a service sends it.
struct ServiceError {
  int status = 400;
  std::string code;
  std::string message;
  /// More members of the error's shape: {"AthenaErrorCode", "INVALID_INPUT"}.
  std::vector<std::pair<std::string, std::string>> fields = {};
  /// More headers of the reply: Allow, ETag of a 304.
  net::Headers headers = {};
};

/// Turns what a handler reports into the service's code and status: the service's error_map.cc,
/// with a `switch` over Reason that has no default.
using ErrorMap = std::function<ServiceError(const Error&)>;

/// The errors that every service of a protocol words alike.
enum class ErrorDialect {
  kJson,   // athena, glue, emr, emr-serverless: UnrecognizedClientException ...
  kQuery,  // iam, sts: InvalidClientTokenId ...
};

/// For a failed signature check or a refusal of the Authorizer; nothing for other reasons.
[[nodiscard]] std::optional<ServiceError> AccessError(ErrorDialect dialect, const Error& error);

/// For what the server itself refuses: overload, a body beyond its limit, an escaped exception.
[[nodiscard]] ServiceError ServerFailure(const Error& error);

/// The operation is in the service's model, but owlet has no handler for it.
[[nodiscard]] ServiceError NotImplementedError(const ServiceSchema& service,
                                               std::string_view operation);

inline constexpr std::string_view kJsonContentType = "application/x-amz-json-1.1";

/// {"__type": code, <message_key>: message, ...fields}, with the headers of a JSON service.
[[nodiscard]] net::HttpResponse JsonErrorResponse(const ServiceError& error,
                                                  std::string_view content_type,
                                                  std::string_view message_key,
                                                  std::string_view request_id);

}  // namespace owlet::protocol
