#include "protocol/s3/upload_body.h"

#include "base/ascii.h"

namespace owlet::s3 {

Result<std::optional<store::ChecksumAlgorithm>> TrailerAlgorithm(const net::HttpRequest& http) {
  const std::string_view name = TrimBlanks(http.headers.Get("x-amz-trailer"));
  if (name.empty()) return std::nullopt;
  if (const auto algorithm = AlgorithmOfHeader(name)) return algorithm;
  constexpr std::string_view kPrefix = "x-amz-checksum-";
  if (!ToLowerAscii(name).starts_with(kPrefix)) {
    return Fail(Reason::kInvalidArgument,
                "The value specified in the x-amz-trailer header is not supported",
                "InvalidRequest");
  }
  return Fail(Reason::kInvalidArgument,
              "The value specified in the x-amz-trailer header is not supported", "InvalidRequest");
}

SideCheck::SideCheck(std::optional<store::ChecksumAlgorithm> promised,
                     store::ChecksumAlgorithm kept) {
  if (promised && *promised != kept) hasher_ = store::MakeHasher(*promised);
}

void SideCheck::Append(std::span<const std::byte> bytes) {
  if (hasher_) hasher_->Append(bytes);
}

Status SideCheck::Finish(store::ExpectedDigests& expected) {
  if (!hasher_ || !expected.checksum) return {};
  const store::Checksum given = *std::exchange(expected.checksum, std::nullopt);
  if (hasher_->Finish() == given.value) return {};
  return Fail(Reason::kChecksumMismatch,
              "The " + std::string(ChecksumName(given.algorithm)) +
                  " you specified did not match the calculated checksum.");
}

}  // namespace owlet::s3
