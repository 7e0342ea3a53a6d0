#include "base/error.h"

namespace owlet {

std::string_view Error::Parameter(std::string_view name) const {
  for (const auto& [key, value] : parameters) {
    if (key == name) return value;
  }
  return {};
}

std::string_view ReasonName(Reason reason) {
  switch (reason) {
#define OWLET_REASON(name) \
  case Reason::k##name:    \
    return #name
    OWLET_REASON(InvalidArgument);
    OWLET_REASON(MalformedRequest);
    OWLET_REASON(RequestTooLarge);
    OWLET_REASON(NotImplemented);
    OWLET_REASON(MethodNotAllowed);
    OWLET_REASON(MissingCredentials);
    OWLET_REASON(UnknownAccessKey);
    OWLET_REASON(SignatureMismatch);
    OWLET_REASON(RequestExpired);
    OWLET_REASON(ClockSkew);
    OWLET_REASON(ExpiredToken);
    OWLET_REASON(AccessDenied);
    OWLET_REASON(BucketNotFound);
    OWLET_REASON(BucketAlreadyExists);
    OWLET_REASON(BucketNotEmpty);
    OWLET_REASON(ObjectNotFound);
    OWLET_REASON(UploadNotFound);
    OWLET_REASON(PartNotFound);
    OWLET_REASON(PartOrder);
    OWLET_REASON(PartTooSmall);
    OWLET_REASON(DigestMismatch);
    OWLET_REASON(ChecksumMismatch);
    OWLET_REASON(IncompleteBody);
    OWLET_REASON(RangeNotSatisfiable);
    OWLET_REASON(PreconditionFailed);
    OWLET_REASON(NotModified);
    OWLET_REASON(KeyTooLong);
    OWLET_REASON(InvalidBucketName);
    OWLET_REASON(DatabaseNotFound);
    OWLET_REASON(TableNotFound);
    OWLET_REASON(PartitionNotFound);
    OWLET_REASON(EntityNotFound);
    OWLET_REASON(EntityExists);
    OWLET_REASON(EntityInUse);
    OWLET_REASON(VersionMismatch);
    OWLET_REASON(LimitExceeded);
    OWLET_REASON(SyntaxError);
    OWLET_REASON(AnalysisError);
    OWLET_REASON(ExecutionError);
    OWLET_REASON(PythonError);
    OWLET_REASON(Cancelled);
    OWLET_REASON(Timeout);
    OWLET_REASON(Overloaded);
    OWLET_REASON(OutOfMemory);
    OWLET_REASON(StorageFull);
    OWLET_REASON(ReadOnly);
    OWLET_REASON(Corruption);
    OWLET_REASON(Unavailable);
    OWLET_REASON(Internal);
#undef OWLET_REASON
  }
  return "Unknown";
}

}  // namespace owlet
