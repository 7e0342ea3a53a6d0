#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/ascii.h"
#include "base/result.h"
#include "core/store/checksum.h"

// The checksum members that many shapes of the model share.

namespace owlet::s3 {

[[nodiscard]] inline std::string_view ChecksumTypeName(store::ChecksumType type) {
  return type == store::ChecksumType::kComposite ? "COMPOSITE" : "FULL_OBJECT";
}

/// Sets the member of the checksum's algorithm.
template <class Shape>
void SetChecksum(Shape& shape, const std::optional<store::Checksum>& checksum) {
  if (!checksum) return;
  switch (checksum->algorithm) {
    case store::ChecksumAlgorithm::kCrc32:
      shape.checksum_crc32 = checksum->Text();
      break;
    case store::ChecksumAlgorithm::kCrc32c:
      shape.checksum_crc32_c = checksum->Text();
      break;
    case store::ChecksumAlgorithm::kCrc64Nvme:
      shape.checksum_crc64_nvme = checksum->Text();
      break;
    case store::ChecksumAlgorithm::kSha1:
      shape.checksum_sha1 = checksum->Text();
      break;
    case store::ChecksumAlgorithm::kSha256:
      shape.checksum_sha256 = checksum->Text();
      break;
    case store::ChecksumAlgorithm::kSha512:
      shape.checksum_sha512 = checksum->Text();
      break;
    case store::ChecksumAlgorithm::kMd5:
      shape.checksum_md5 = checksum->Text();
      break;
    case store::ChecksumAlgorithm::kXxHash64:
      shape.checksum_xxhash64 = checksum->Text();
      break;
    case store::ChecksumAlgorithm::kXxHash3:
      shape.checksum_xxhash3 = checksum->Text();
      break;
    case store::ChecksumAlgorithm::kXxHash128:
      shape.checksum_xxhash128 = checksum->Text();
      break;
  }
  if constexpr (requires { shape.checksum_type; }) {
    shape.checksum_type = std::string(ChecksumTypeName(checksum->type));
  }
}

/// "CRC32" ... as x-amz-checksum-algorithm and x-amz-sdk-checksum-algorithm give it.
[[nodiscard]] Result<std::optional<store::ChecksumAlgorithm>> ParseAlgorithm(
    const std::optional<std::string>& name);

/// "FULL_OBJECT" or "COMPOSITE".
[[nodiscard]] Result<std::optional<store::ChecksumType>> ParseChecksumType(
    const std::optional<std::string>& name);

/// The raw value of one x-amz-checksum-* text; `allow_parts` takes off the "-N" of a composite one.
/// kInvalidArgument with the condition "InvalidRequest".
[[nodiscard]] Result<store::Checksum> ParseChecksumText(store::ChecksumAlgorithm algorithm,
                                                        std::string_view text,
                                                        bool allow_parts = false);

/// The algorithm that a header "x-amz-checksum-crc32" is of.
[[nodiscard]] std::optional<store::ChecksumAlgorithm> AlgorithmOfHeader(std::string_view header);

/// The one checksum that a request or part gives. kInvalidArgument with the condition
/// "InvalidRequest" for several or a malformed one.
template <class Shape>
[[nodiscard]] Result<std::optional<store::Checksum>> GivenChecksum(const Shape& shape,
                                                                   bool allow_parts = false) {
  std::optional<store::Checksum> given;
  using Algorithm = store::ChecksumAlgorithm;
  const std::pair<Algorithm, const std::optional<std::string>*> fields[] = {
      {Algorithm::kCrc32, &shape.checksum_crc32},
      {Algorithm::kCrc32c, &shape.checksum_crc32_c},
      {Algorithm::kCrc64Nvme, &shape.checksum_crc64_nvme},
      {Algorithm::kSha1, &shape.checksum_sha1},
      {Algorithm::kSha256, &shape.checksum_sha256},
      {Algorithm::kSha512, &shape.checksum_sha512},
      {Algorithm::kMd5, &shape.checksum_md5},
      {Algorithm::kXxHash64, &shape.checksum_xxhash64},
      {Algorithm::kXxHash3, &shape.checksum_xxhash3},
      {Algorithm::kXxHash128, &shape.checksum_xxhash128}};
  for (const auto& [algorithm, text] : fields) {
    if (!*text) continue;
    if (given) {
      return Fail(Reason::kInvalidArgument,
                  "Expecting a single x-amz-checksum- header. Multiple checksum Types are not "
                  "allowed.",
                  "InvalidRequest");
    }
    OWLET_TRY(given, ParseChecksumText(algorithm, **text, allow_parts));
  }
  return given;
}

}  // namespace owlet::s3
