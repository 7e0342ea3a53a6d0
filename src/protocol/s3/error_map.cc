#include "protocol/s3/error_map.h"

#include <array>

namespace owlet::s3 {
namespace {

struct Named {
  int status;
  std::string_view code;
};

/// S3 API reference, "Error responses".
Named NameOf(Reason reason) {
  switch (reason) {
    case Reason::kInvalidArgument:
      return {400, "InvalidArgument"};
    case Reason::kMalformedRequest:
      return {400, "MalformedXML"};
    case Reason::kRequestTooLarge:
      return {400, "EntityTooLarge"};
    case Reason::kNotImplemented:
      return {501, "NotImplemented"};
    case Reason::kMethodNotAllowed:
      return {405, "MethodNotAllowed"};
    case Reason::kMissingCredentials:
      return {403, "AccessDenied"};
    case Reason::kUnknownAccessKey:
      return {403, "InvalidAccessKeyId"};
    case Reason::kSignatureMismatch:
      return {403, "SignatureDoesNotMatch"};
    case Reason::kRequestExpired:
      return {403, "AccessDenied"};
    case Reason::kClockSkew:
      return {403, "RequestTimeTooSkewed"};
    case Reason::kExpiredToken:
      return {400, "ExpiredToken"};
    case Reason::kAccessDenied:
      return {403, "AccessDenied"};
    case Reason::kBucketNotFound:
      return {404, "NoSuchBucket"};
    case Reason::kBucketAlreadyExists:
      return {409, "BucketAlreadyOwnedByYou"};
    case Reason::kBucketNotEmpty:
      return {409, "BucketNotEmpty"};
    case Reason::kObjectNotFound:
      return {404, "NoSuchKey"};
    case Reason::kUploadNotFound:
      return {404, "NoSuchUpload"};
    case Reason::kPartNotFound:
      return {400, "InvalidPart"};
    case Reason::kPartOrder:
      return {400, "InvalidPartOrder"};
    case Reason::kPartTooSmall:
      return {400, "EntityTooSmall"};
    case Reason::kDigestMismatch:
    case Reason::kChecksumMismatch:
      return {400, "BadDigest"};
    case Reason::kIncompleteBody:
      return {400, "IncompleteBody"};
    case Reason::kRangeNotSatisfiable:
      return {416, "InvalidRange"};
    case Reason::kPreconditionFailed:
      return {412, "PreconditionFailed"};
    case Reason::kNotModified:
      return {304, "NotModified"};
    case Reason::kKeyTooLong:
      return {400, "KeyTooLongError"};
    case Reason::kInvalidBucketName:
      return {400, "InvalidBucketName"};
    case Reason::kEntityNotFound:
      return {404, "NoSuchConfiguration"};
    case Reason::kLimitExceeded:
      return {400, "TooManyBuckets"};
    case Reason::kOverloaded:
    case Reason::kOutOfMemory:
      return {503, "SlowDown"};
    case Reason::kTimeout:
    case Reason::kCancelled:
      return {400, "RequestTimeout"};
    case Reason::kStorageFull:
      // S3 itself is never full; 507 (RFC 4918) is not tried again by its clients.
      return {507, "InsufficientStorage"};
    case Reason::kReadOnly:
    case Reason::kUnavailable:
      return {503, "ServiceUnavailable"};
    // None of the store's or of access: a bug, as the rest.
    case Reason::kDatabaseNotFound:
    case Reason::kTableNotFound:
    case Reason::kPartitionNotFound:
    case Reason::kEntityExists:
    case Reason::kEntityInUse:
    case Reason::kVersionMismatch:
    case Reason::kSyntaxError:
    case Reason::kAnalysisError:
    case Reason::kExecutionError:
    case Reason::kPythonError:
    case Reason::kCorruption:
    case Reason::kInternal:
      return {500, "InternalError"};
  }
  return {500, "InternalError"};
}

/// Where S3's sentence is always the same; what it is about stands in elements of their own.
std::string_view SentenceOf(Reason reason) {
  if (reason == Reason::kObjectNotFound) return "The specified key does not exist.";
  if (reason == Reason::kBucketNotFound) return "The specified bucket does not exist";
  if (reason == Reason::kInvalidBucketName) return "The specified bucket is not valid.";
  return {};
}

/// Codes whose status is not their reason's.
int StatusOf(std::string_view code, int otherwise) {
  static constexpr std::array kRows = {
      Named{411, "MissingContentLength"}, Named{403, "SignatureDoesNotMatch"},
      Named{403, "AccessDenied"},         Named{403, "InvalidAccessKeyId"},
      Named{403, "RequestTimeTooSkewed"}, Named{400, "InvalidRequest"},
      Named{409, "OperationAborted"},     Named{404, "NoSuchVersion"},
      Named{416, "InvalidPartNumber"},    Named{409, "InvalidBucketState"},
      Named{400, "InvalidRange"},         Named{400, "InvalidTag"},
      Named{409, "BucketAlreadyExists"},  Named{412, "PreconditionFailed"},
  };
  for (const Named& row : kRows) {
    if (row.code == code) return row.status;
  }
  return otherwise;
}

/// What is known of a delete marker stands in headers.
void MoveMarkerToHeaders(protocol::ServiceError& mapped) {
  std::vector<std::pair<std::string, std::string>> fields;
  for (auto& [name, value] : mapped.fields) {
    if (name == "DeleteMarker") {
      mapped.headers.Set("x-amz-delete-marker", value);
      if (mapped.status == 405) mapped.headers.Set("Allow", "DELETE");
    } else if (name == "MarkerVersionId") {
      mapped.headers.Set("x-amz-version-id", value);
    } else if (name == "MarkerModified") {
      mapped.headers.Set("Last-Modified", value);
    } else {
      fields.emplace_back(name, value);
    }
  }
  mapped.fields = std::move(fields);
}

}  // namespace

protocol::ServiceError MapError(const Error& error) {
  const Named named = NameOf(error.reason);
  if (error.reason == Reason::kNotModified) {
    // Its reply has no body: what is known stands in headers.
    protocol::ServiceError mapped{.status = named.status, .code = std::string(named.code)};
    for (const auto& [name, value] : error.parameters) mapped.headers.Set(name, value);
    return mapped;
  }
  protocol::ServiceError mapped{.status = named.status,
                                .code = std::string(named.code),
                                .message = error.message,
                                .fields = error.parameters};
  MoveMarkerToHeaders(mapped);
  if (named.status == 500) {
    mapped.message = "We encountered an internal error. Please try again.";
    mapped.fields.clear();
  }
  if (const std::string_view sentence = SentenceOf(error.reason); !sentence.empty()) {
    mapped.message = sentence;
  }
  if (!error.condition.empty()) {
    mapped.message = error.message;
    mapped.code = error.condition;
    mapped.status = StatusOf(mapped.code, named.status);
  }
  return mapped;
}

}  // namespace owlet::s3
