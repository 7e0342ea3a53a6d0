#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/ascii.h"
#include "base/crc.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "protocol/common/rest_xml_service.h"

namespace owlet::protocol {
namespace {

constexpr std::string_view kChecksumPrefix = "x-amz-checksum-";

template <class Number>
std::string BigEndian(Number number) {
  std::string bytes;
  for (int shift = static_cast<int>(sizeof(Number)) * 8 - 8; shift >= 0; shift -= 8)
    bytes += static_cast<char>(number >> shift & 255);
  return bytes;
}

/// The raw checksum, or nothing for an algorithm that owlet does not compute.
std::optional<std::string> Compute(std::string_view algorithm, std::string_view body) {
  const auto bytes = std::as_bytes(std::span(body));
  if (algorithm == "crc32") return BigEndian(Crc32(0, bytes));
  if (algorithm == "crc32c") return BigEndian(Crc32c(0, bytes));
  if (algorithm == "crc64nvme") return BigEndian(Crc64Nvme(0, bytes));
  if (algorithm == "sha1") return Digest::Of(DigestKind::kSha1, body);
  if (algorithm == "sha256") return Digest::Of(DigestKind::kSha256, body);
  return std::nullopt;
}

Status CheckMd5(std::string_view given, std::string_view body) {
  const auto wanted = DecodeBase64(given);
  if (!wanted || wanted->size() != 16)
    return Fail(Reason::kInvalidArgument, "The Content-MD5 you specified was invalid.",
                "InvalidDigest");
  if (*wanted == Digest::Of(DigestKind::kMd5, body)) return {};
  return Fail(Error{.reason = Reason::kDigestMismatch,
                    .message = "The Content-MD5 you specified did not match what we received.",
                    .condition = "BadDigest",
                    .parameters = {{"ExpectedDigest", std::string(given)}}});
}

Status CheckOne(std::string_view algorithm, std::string_view given, std::string_view body) {
  const auto computed = Compute(algorithm, body);
  if (!computed || EncodeBase64(*computed) == given) return {};
  const auto decoded = DecodeBase64(given);
  if (!decoded || decoded->size() != computed->size())
    return Fail(Reason::kInvalidArgument,
                fmt::format("Value for {}{} header is invalid.", kChecksumPrefix, algorithm),
                "InvalidRequest");
  std::string upper(algorithm);
  std::ranges::transform(upper, upper.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  });
  return Fail(Reason::kChecksumMismatch,
              fmt::format("The {} you specified did not match the calculated checksum.", upper),
              "BadDigest");
}

}  // namespace

Status CheckBodyChecksums(const OperationSchema& operation, const net::HttpRequest& request,
                          const Trailers& trailers, std::string_view body) {
  const auto md5 = request.headers.Find("Content-MD5");
  if (md5) OWLET_CHECK_OK(CheckMd5(*md5, body));
  bool has_one = md5.has_value();
  constexpr std::array<std::string_view, 2> kNoChecksums = {"type", "algorithm"};
  for (const auto& fields : {request.headers.fields(), trailers}) {
    for (const auto& [name, value] : fields) {
      const std::string lower = ToLowerAscii(name);
      if (!lower.starts_with(kChecksumPrefix)) continue;
      const std::string_view algorithm = std::string_view(lower).substr(kChecksumPrefix.size());
      if (std::ranges::find(kNoChecksums, algorithm) != kNoChecksums.end()) continue;
      // CompleteMultipartUpload's headers speak of the object, not of the body.
      if (operation.name == "CompleteMultipartUpload") continue;
      OWLET_CHECK_OK(CheckOne(algorithm, value, body));
      has_one = true;
    }
  }
  if (has_one || !operation.body_checksum_required) return {};
  // SDKs always send one for these, as the model says; S3 takes them without (s3cmd has none).
  constexpr std::array<std::string_view, 7> kLenient = {
      "PutBucketAcl",        "PutBucketLogging", "PutBucketPolicy", "PutBucketRequestPayment",
      "PutBucketVersioning", "PutBucketWebsite", "PutObjectAcl"};
  if (std::ranges::find(kLenient, operation.name) != kLenient.end()) return {};
  return Fail(Reason::kInvalidArgument,
              "Missing required header for this request: Content-MD5 OR x-amz-checksum-*",
              "InvalidRequest");
}

}  // namespace owlet::protocol
