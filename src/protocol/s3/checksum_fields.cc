#include "protocol/s3/checksum_fields.h"

#include <fmt/format.h>

namespace owlet::s3 {

Result<std::optional<store::ChecksumAlgorithm>> ParseAlgorithm(
    const std::optional<std::string>& name) {
  if (!name) return std::nullopt;
  if (const auto algorithm = store::ParseChecksumName(*name)) return algorithm;
  return Fail(Reason::kInvalidArgument,
              "Checksum algorithm provided is unsupported. Please try again with any of the valid "
              "types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256, SHA512, MD5, XXHASH64, XXHASH3, "
              "XXHASH128]",
              "InvalidRequest");
}

Result<std::optional<store::ChecksumType>> ParseChecksumType(
    const std::optional<std::string>& name) {
  if (!name) return std::nullopt;
  if (*name == "FULL_OBJECT") return store::ChecksumType::kFullObject;
  if (*name == "COMPOSITE") return store::ChecksumType::kComposite;
  return Fail(Reason::kInvalidArgument, "Value for x-amz-checksum-type header is invalid.",
              "InvalidRequest");
}

Result<store::Checksum> ParseChecksumText(store::ChecksumAlgorithm algorithm, std::string_view text,
                                          bool allow_parts) {
  const std::size_t dash = allow_parts ? text.rfind('-') : std::string_view::npos;
  std::optional<store::Checksum> checksum = store::Checksum::Parse(algorithm, text.substr(0, dash));
  if (!checksum) {
    return Fail(Reason::kInvalidArgument,
                fmt::format("Value for x-amz-checksum-{} header is invalid.",
                            ToLowerAscii(store::ChecksumName(algorithm))),
                "InvalidRequest");
  }
  return *std::move(checksum);
}

std::optional<store::ChecksumAlgorithm> AlgorithmOfHeader(std::string_view header) {
  static constexpr std::string_view kPrefix = "x-amz-checksum-";
  std::string name = ToLowerAscii(header);
  if (!name.starts_with(kPrefix)) return std::nullopt;
  name.erase(0, kPrefix.size());
  for (char& c : name) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return store::ParseChecksumName(name);
}

}  // namespace owlet::s3
