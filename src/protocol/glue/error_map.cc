#include "protocol/glue/error_map.h"

namespace owlet::glue {

protocol::ServiceError MapError(const Error& error) {
  const auto code = [&error](const char* name, int status = 400) {
    return protocol::ServiceError{.status = status, .code = name, .message = error.message};
  };
  switch (error.reason) {
    case Reason::kInvalidArgument:
    case Reason::kMalformedRequest:
    case Reason::kRequestTooLarge:
    case Reason::kMethodNotAllowed:
    case Reason::kEntityInUse:
    case Reason::kInvalidBucketName:
    case Reason::kKeyTooLong:
    case Reason::kSyntaxError:
    case Reason::kAnalysisError:
    case Reason::kExecutionError:
    case Reason::kPythonError:
      return code("InvalidInputException");
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
    case Reason::kBucketNotFound:
    case Reason::kObjectNotFound:
    case Reason::kUploadNotFound:
    case Reason::kPartNotFound:
    case Reason::kDatabaseNotFound:
    case Reason::kTableNotFound:
    case Reason::kPartitionNotFound:
    case Reason::kEntityNotFound:
      return code("EntityNotFoundException");
    case Reason::kEntityExists:
    case Reason::kBucketAlreadyExists:
      return code("AlreadyExistsException");
    case Reason::kVersionMismatch:
    case Reason::kPreconditionFailed:
      return code("ConcurrentModificationException");
    case Reason::kLimitExceeded:
      return code("ResourceNumberLimitExceededException");
    case Reason::kTimeout:
    case Reason::kCancelled:
      return code("OperationTimeoutException");
    case Reason::kOverloaded:
      return code("ThrottlingException");
    case Reason::kUnavailable:
      return code("ServiceUnavailableException", 503);
    case Reason::kBucketNotEmpty:
    case Reason::kPartOrder:
    case Reason::kPartTooSmall:
    case Reason::kChecksumMismatch:
    case Reason::kIncompleteBody:
    case Reason::kRangeNotSatisfiable:
    case Reason::kNotModified:
    case Reason::kOutOfMemory:
    case Reason::kStorageFull:
    case Reason::kReadOnly:
    case Reason::kCorruption:
    case Reason::kInternal:
      return code("InternalServiceException", 500);
  }
  return code("InternalServiceException", 500);
}

}  // namespace owlet::glue
