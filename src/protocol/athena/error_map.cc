#include "protocol/athena/error_map.h"

#include <fmt/format.h>

#include <string>
#include <utility>

namespace owlet::athena {
namespace {

protocol::ServiceError InvalidRequest(const Error& error, const char* athena_code) {
  std::string message = error.message;
  if (error.span && !message.starts_with("line ")) {
    message = fmt::format("line {}:{}: {}", error.span->line, error.span->column, message);
  }
  return {.status = 400,
          .code = "InvalidRequestException",
          .message = std::move(message),
          .fields = {{"AthenaErrorCode", athena_code}}};
}

}  // namespace

protocol::ServiceError MapError(const Error& error) {
  const auto code = [&error](const char* name, int status = 400) {
    return protocol::ServiceError{.status = status, .code = name, .message = error.message};
  };
  if (error.condition == "ResourceNotFoundException" || error.condition == "MetadataException") {
    return code(error.condition.c_str());
  }
  switch (error.reason) {
    case Reason::kSyntaxError:
      return InvalidRequest(error, "MALFORMED_QUERY");
    case Reason::kInvalidArgument:
    case Reason::kMalformedRequest:
    case Reason::kRequestTooLarge:
    case Reason::kMethodNotAllowed:
    case Reason::kAnalysisError:
    case Reason::kExecutionError:
    case Reason::kPythonError:
    case Reason::kBucketNotFound:
    case Reason::kBucketAlreadyExists:
    case Reason::kBucketNotEmpty:
    case Reason::kInvalidBucketName:
    case Reason::kKeyTooLong:
    case Reason::kObjectNotFound:
    case Reason::kUploadNotFound:
    case Reason::kPartNotFound:
    case Reason::kEntityNotFound:
    case Reason::kEntityExists:
    case Reason::kEntityInUse:
    case Reason::kLimitExceeded:
    case Reason::kVersionMismatch:
    case Reason::kPreconditionFailed:
      return InvalidRequest(error, "INVALID_INPUT");
    case Reason::kDatabaseNotFound:
    case Reason::kTableNotFound:
    case Reason::kPartitionNotFound:
      return code("MetadataException");
    case Reason::kNotImplemented:
      return code("NotImplemented", 501);
    case Reason::kMissingCredentials:
      return code("MissingAuthenticationTokenException");
    case Reason::kUnknownAccessKey:
      return code("UnrecognizedClientException");
    case Reason::kSignatureMismatch:
    case Reason::kRequestExpired:
    case Reason::kClockSkew:
    case Reason::kDigestMismatch:
      return code("InvalidSignatureException");
    case Reason::kExpiredToken:
      return code("ExpiredTokenException");
    case Reason::kAccessDenied:
      return code("AccessDeniedException");
    case Reason::kOverloaded: {
      auto mapped = code("TooManyRequestsException");
      mapped.fields = {{"Reason", "CONCURRENT_QUERY_LIMIT_EXCEEDED"}};
      return mapped;
    }
    case Reason::kUnavailable:
      return code("ServiceUnavailableException", 503);
    case Reason::kPartOrder:
    case Reason::kPartTooSmall:
    case Reason::kChecksumMismatch:
    case Reason::kIncompleteBody:
    case Reason::kRangeNotSatisfiable:
    case Reason::kNotModified:
    case Reason::kCancelled:
    case Reason::kTimeout:
    case Reason::kOutOfMemory:
    case Reason::kStorageFull:
    case Reason::kReadOnly:
    case Reason::kCorruption:
    case Reason::kInternal:
      return code("InternalServerException", 500);
  }
  return code("InternalServerException", 500);
}

}  // namespace owlet::athena
