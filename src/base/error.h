#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace owlet {

/// What went wrong, in the words of the domain. No protocol's code stands here: each service has
/// one error_map.cc whose `switch` without default turns every Reason into that service's code and
/// status, so that a new Reason does not compile until every service has named it.
enum class Reason : std::uint8_t {
  // Requests.
  kInvalidArgument,   // a value that no state of the system could make right
  kMalformedRequest,  // not parseable as what it claims to be
  kRequestTooLarge,   // a stated bound of body, depth or count is exceeded
  kNotImplemented,    // known to the service, not built here
  kMethodNotAllowed,  // the operation does not apply to this resource
  // Identity and access.
  kMissingCredentials,
  kUnknownAccessKey,
  kSignatureMismatch,
  kRequestExpired,
  kClockSkew,
  kExpiredToken,
  kAccessDenied,
  // Object store.
  kBucketNotFound,
  kBucketAlreadyExists,
  kBucketNotEmpty,
  kObjectNotFound,
  kUploadNotFound,
  kPartNotFound,
  kPartOrder,
  kPartTooSmall,
  kDigestMismatch,
  kChecksumMismatch,
  kIncompleteBody,
  kRangeNotSatisfiable,
  kPreconditionFailed,
  kNotModified,
  kKeyTooLong,
  kInvalidBucketName,
  // Catalog.
  kDatabaseNotFound,
  kTableNotFound,
  kPartitionNotFound,
  kEntityNotFound,  // any other named thing: user, role, workgroup, cluster, query ...
  kEntityExists,
  kEntityInUse,
  kVersionMismatch,
  kLimitExceeded,
  // Statements and plans; `condition` names the dialect's own condition.
  kSyntaxError,
  kAnalysisError,   // names or types do not resolve
  kExecutionError,  // raised by the data while running: overflow, cast, division by zero
  kPythonError,     // raised by the user's Python
  // The machine and the run.
  kCancelled,
  kTimeout,
  kOverloaded,  // admission refused or a budget is exhausted: try again
  kOutOfMemory,
  kStorageFull,
  kReadOnly,
  kCorruption,
  kUnavailable,  // a part is stopping or not reachable
  kInternal,     // a bug of owlet
};

/// Where in a statement's text an error stands. Lines and columns count from 1 in characters;
/// `start` and `stop` are byte offsets of the fragment, stop exclusive.
struct SourceSpan {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
  std::uint32_t start = 0;
  std::uint32_t stop = 0;

  bool operator==(const SourceSpan&) const = default;
};

/// An error as a value. `condition` is a name from the dialect's or service's own list where one is
/// known (Spark "DIVIDE_BY_ZERO", Trino "TYPE_MISMATCH", AWS "NoSuchBucket") and empty otherwise;
/// `parameters` are the condition's message parameters, in the order of its template. `message` is
/// for people: what, where and what to do, run-time values at the end.
struct Error {
  Reason reason = Reason::kInternal;
  std::string message;
  std::string condition = {};
  std::vector<std::pair<std::string, std::string>> parameters = {};
  std::optional<SourceSpan> span = std::nullopt;

  /// The value of one message parameter, empty when it is not there.
  [[nodiscard]] std::string_view Parameter(std::string_view name) const;
};

/// The enumerator's name without its `k`, for logs: "BucketNotFound".
std::string_view ReasonName(Reason reason);

}  // namespace owlet
