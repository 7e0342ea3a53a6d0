#include "protocol/common/identity_error_map.h"

namespace owlet::protocol {
namespace {

/// IAM and STS name what is wrong with an argument in several ways; the store says which.
const char* InvalidCode(std::string_view condition) {
  for (const char* code : {"InvalidInput", "PasswordPolicyViolation", "InvalidIdentityToken",
                           "IDPRejectedClaim", "PackedPolicyTooLarge"}) {
    if (condition == code) return code;
  }
  return "ValidationError";
}

}  // namespace

ServiceError MapIdentityError(const Error& error) {
  const auto code = [&error](const char* name, int status) {
    return ServiceError{.status = status, .code = name, .message = error.message};
  };
  switch (error.reason) {
    case Reason::kMalformedRequest:
      return code(error.condition == "MalformedPolicyDocument" ? "MalformedPolicyDocument"
                                                               : "ValidationError",
                  400);
    case Reason::kInvalidArgument:
      return code(InvalidCode(error.condition), 400);
    case Reason::kRequestTooLarge:
    case Reason::kMethodNotAllowed:
      return code("ValidationError", 400);
    case Reason::kNotImplemented:
      return code("NotImplemented", 501);
    case Reason::kMissingCredentials:
      return code("MissingAuthenticationToken", 403);
    case Reason::kUnknownAccessKey:
      return code("InvalidClientTokenId", 403);
    case Reason::kSignatureMismatch:
    case Reason::kRequestExpired:
    case Reason::kClockSkew:
    case Reason::kDigestMismatch:
      return code("SignatureDoesNotMatch", 403);
    case Reason::kExpiredToken:
      // A signer's own token is refused as forbidden, an identity provider's as a bad argument.
      if (error.condition == "ExpiredTokenException") return code("ExpiredTokenException", 400);
      return code("ExpiredToken", 403);
    case Reason::kAccessDenied:
      return code("AccessDenied", 403);
    case Reason::kBucketNotFound:
    case Reason::kObjectNotFound:
    case Reason::kUploadNotFound:
    case Reason::kPartNotFound:
    case Reason::kDatabaseNotFound:
    case Reason::kTableNotFound:
    case Reason::kPartitionNotFound:
    case Reason::kEntityNotFound:
      return code("NoSuchEntity", 404);
    case Reason::kEntityExists:
    case Reason::kBucketAlreadyExists:
      return code("EntityAlreadyExists", 409);
    case Reason::kEntityInUse:
    case Reason::kBucketNotEmpty:
      return code("DeleteConflict", 409);
    case Reason::kLimitExceeded:
      return code("LimitExceeded", 409);
    case Reason::kVersionMismatch:
    case Reason::kPreconditionFailed:
      return code("ConcurrentModification", 409);
    case Reason::kOverloaded:
      return code("Throttling", 400);
    case Reason::kUnavailable:
    case Reason::kTimeout:
    case Reason::kCancelled:
      return code("ServiceUnavailable", 503);
    case Reason::kPartOrder:
    case Reason::kPartTooSmall:
    case Reason::kChecksumMismatch:
    case Reason::kIncompleteBody:
    case Reason::kRangeNotSatisfiable:
    case Reason::kNotModified:
    case Reason::kKeyTooLong:
    case Reason::kInvalidBucketName:
    case Reason::kSyntaxError:
    case Reason::kAnalysisError:
    case Reason::kExecutionError:
    case Reason::kPythonError:
    case Reason::kOutOfMemory:
    case Reason::kStorageFull:
    case Reason::kReadOnly:
    case Reason::kCorruption:
    case Reason::kInternal:
      return code("ServiceFailure", 500);
  }
  return code("ServiceFailure", 500);
}

}  // namespace owlet::protocol
