#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

// Cyclic redundancy checks as S3 and gzip name them. Each function goes on from `crc`, the value of
// the bytes before (0 at the start), so that a body can come in pieces.

namespace owlet {

[[nodiscard]] std::uint32_t Crc32(std::uint32_t crc, std::span<const std::byte> bytes);
[[nodiscard]] std::uint32_t Crc32c(std::uint32_t crc, std::span<const std::byte> bytes);
[[nodiscard]] std::uint64_t Crc64Nvme(std::uint64_t crc, std::span<const std::byte> bytes);

/// The value over A followed by B, from the values over A and over B and the size of B.
[[nodiscard]] std::uint32_t CombineCrc32(std::uint32_t a, std::uint32_t b, std::uint64_t size_b);
[[nodiscard]] std::uint32_t CombineCrc32c(std::uint32_t a, std::uint32_t b, std::uint64_t size_b);
[[nodiscard]] std::uint64_t CombineCrc64Nvme(std::uint64_t a, std::uint64_t b,
                                             std::uint64_t size_b);

/// The table-driven form of Crc64Nvme, for machines without carry-less multiplication and for
/// tests.
[[nodiscard]] std::uint64_t Crc64NvmePortable(std::uint64_t crc, std::span<const std::byte> bytes);

}  // namespace owlet
