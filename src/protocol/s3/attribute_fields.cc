#include "protocol/s3/attribute_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace owlet::s3 {

Status ReadLockHeaders(const LockRequest& request, Timestamp now, const store::BucketTerms& bucket,
                       store::ObjectAttributes& attributes) {
  if (!request.mode && !request.until && !request.legal_hold) return {};
  if (!bucket.object_lock()) {
    return Fail(Reason::kInvalidArgument, "Bucket is missing Object Lock Configuration",
                "InvalidRequest");
  }
  if (request.mode.has_value() != request.until.has_value()) {
    return Fail(Reason::kInvalidArgument,
                "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be "
                "supplied");
  }
  if (request.until) {
    if (*request.until <= now) {
      return Fail(Reason::kInvalidArgument, "The retain until date must be in the future!");
    }
    attributes.retention = {.mode = *request.mode, .until = *request.until};
  }
  attributes.legal_hold = request.legal_hold == "ON";
  return {};
}

Status CheckStorageClass(const std::optional<std::string>& storage_class) {
  static constexpr std::array<std::string_view, 8> kKept = {
      "STANDARD",   "REDUCED_REDUNDANCY",  "STANDARD_IA",
      "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR",
      "GLACIER",    "DEEP_ARCHIVE"};
  if (!storage_class || std::ranges::find(kKept, *storage_class) != kKept.end()) return {};
  static constexpr std::array<std::string_view, 4> kOthers = {"OUTPOSTS", "SNOW", "EXPRESS_ONEZONE",
                                                              "FSX_OPENZFS"};
  if (std::ranges::find(kOthers, *storage_class) != kOthers.end()) {
    return Fail(Reason::kNotImplemented,
                fmt::format("The storage class is not built here: {}", *storage_class));
  }
  return Fail(Reason::kInvalidArgument, "The storage class you specified is not valid",
              "InvalidStorageClass");
}

Status CheckUserMetadata(const std::map<std::string, std::string>& metadata) {
  constexpr std::size_t kMaxMetadata = 2048;
  std::size_t size = 0;
  for (const auto& [name, value] : metadata) size += name.size() + value.size();
  if (size <= kMaxMetadata) return {};
  Error error{.reason = Reason::kRequestTooLarge,
              .message = "Your metadata headers exceed the maximum allowed metadata size",
              .condition = "MetadataTooLarge"};
  error.parameters = {{"Size", std::to_string(size)},
                      {"MaxSizeAllowed", std::to_string(kMaxMetadata)}};
  return Fail(std::move(error));
}

std::string ObjectContentEncoding(std::string_view header) {
  std::string kept;
  bool removed = false;
  const std::string_view whole = header;
  while (!header.empty()) {
    const std::size_t comma = header.find(',');
    const std::string_view coding = TrimBlanks(header.substr(0, comma));
    if (EqualsIgnoringCase(coding, "aws-chunked")) {
      removed = true;
    } else if (!coding.empty()) {
      if (!kept.empty()) kept += ", ";
      kept += coding;
    }
    if (comma == std::string_view::npos) break;
    header.remove_prefix(comma + 1);
  }
  return removed ? kept : std::string(whole);
}

}  // namespace owlet::s3
