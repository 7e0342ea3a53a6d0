#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace owlet::store {

enum class ChecksumAlgorithm : std::uint8_t {
  kCrc32 = 1,
  kCrc32c,
  kCrc64Nvme,
  kSha1,
  kSha256,
  kSha512,
  kMd5,
  kXxHash64,
  kXxHash3,
  kXxHash128,
};

/// "CRC32", "SHA256", "XXHASH3" ...: S3's names.
[[nodiscard]] std::string_view ChecksumName(ChecksumAlgorithm algorithm);
[[nodiscard]] std::optional<ChecksumAlgorithm> ParseChecksumName(std::string_view name);
/// The number of raw bytes.
[[nodiscard]] std::size_t ChecksumSize(ChecksumAlgorithm algorithm);

/// Of all bytes, or (multipart) of the parts' checksums, followed by "-N".
enum class ChecksumType : std::uint8_t { kFullObject = 1, kComposite };

struct Checksum {
  ChecksumAlgorithm algorithm = ChecksumAlgorithm::kCrc64Nvme;
  ChecksumType type = ChecksumType::kFullObject;
  std::string value;            // raw bytes, big-endian for CRCs
  std::uint32_t num_parts = 0;  // of a composite one

  /// Base64, with "-N" for a composite one: as S3 writes it.
  [[nodiscard]] std::string Text() const;
  /// From plain Base64 of the right length; nothing when it is not.
  [[nodiscard]] static std::optional<Checksum> Parse(ChecksumAlgorithm algorithm,
                                                     std::string_view base64);
  bool operator==(const Checksum&) const = default;
};

/// Computes one checksum over bytes in order. Not thread-safe.
class Hasher {
 public:
  virtual ~Hasher() = default;
  virtual void Append(std::span<const std::byte> bytes) = 0;
  /// The raw bytes; ends it.
  [[nodiscard]] virtual std::string Finish() = 0;
};
[[nodiscard]] std::unique_ptr<Hasher> MakeHasher(ChecksumAlgorithm algorithm);

/// Whether the checksum of a whole follows from those of its parts: CRCs alone.
[[nodiscard]] bool CanCombine(ChecksumAlgorithm algorithm);

/// The checksum of `first` followed by `second` (of `second_size` bytes). CRCs only: the raw
/// values.
[[nodiscard]] std::string CombineCrc(ChecksumAlgorithm algorithm, std::string_view first,
                                     std::string_view second, std::uint64_t second_size);

/// The checksum of a multipart object from its parts' raw checksums and sizes.
[[nodiscard]] Checksum CombineParts(ChecksumAlgorithm algorithm, ChecksumType type,
                                    std::span<const std::pair<std::string, std::uint64_t>> parts);

}  // namespace owlet::store
