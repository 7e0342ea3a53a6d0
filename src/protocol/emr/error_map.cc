#include "protocol/emr/error_map.h"

namespace owlet::emr {

protocol::ServiceError MapError(const Error& error) {
  const auto code = [&error](const char* name, int status = 400) {
    return protocol::ServiceError{.status = status, .code = name, .message = error.message};
  };
  const auto invalid_request = [&error] {
    return protocol::ServiceError{.code = "InvalidRequestException",
                                  .message = error.message,
                                  .fields = {{"ErrorCode", "InvalidRequest"}}};
  };
  switch (error.reason) {
    case Reason::kInvalidArgument:
      if (error.condition == "ValidationException") return code("ValidationException");
      return invalid_request();
    case Reason::kEntityNotFound:
    case Reason::kEntityExists:
    case Reason::kEntityInUse:
    case Reason::kBucketNotFound:
    case Reason::kObjectNotFound:
    case Reason::kUploadNotFound:
    case Reason::kPartNotFound:
    case Reason::kDatabaseNotFound:
    case Reason::kTableNotFound:
    case Reason::kPartitionNotFound:
    case Reason::kMethodNotAllowed:
    case Reason::kVersionMismatch:
    case Reason::kPreconditionFailed:
    case Reason::kNotModified:
    case Reason::kBucketAlreadyExists:
    case Reason::kBucketNotEmpty:
      return invalid_request();
    case Reason::kMalformedRequest:
    case Reason::kRequestTooLarge:
    case Reason::kInvalidBucketName:
    case Reason::kKeyTooLong:
    case Reason::kSyntaxError:
    case Reason::kAnalysisError:
    case Reason::kExecutionError:
    case Reason::kPythonError:
    case Reason::kPartOrder:
    case Reason::kPartTooSmall:
    case Reason::kRangeNotSatisfiable:
    case Reason::kIncompleteBody:
    case Reason::kChecksumMismatch:
    case Reason::kLimitExceeded:
      return code("ValidationException");
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
    case Reason::kOverloaded:
      return code("ThrottlingException");
    case Reason::kUnavailable:
      return code("ServiceUnavailableException", 503);
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

}  // namespace owlet::emr
