#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace owlet::s3 {

/// `size` bytes from `offset` on, inside an object.
struct ByteRange {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  bool operator==(const ByteRange&) const = default;
};

/// Reads a Range header for an object of `object_size` bytes (RFC 9110, 14.2). Nothing when the
/// header is to be ignored, as S3 does with other units, several ranges and what is no range at
/// all. kRangeNotSatisfiable when it lies behind the end.
[[nodiscard]] Result<std::optional<ByteRange>> ParseRange(std::string_view header,
                                                          std::uint64_t object_size);

/// Reads x-amz-copy-source-range, "bytes=first-last": strict, both ends inside the source.
/// kInvalidArgument.
[[nodiscard]] Result<ByteRange> ParseCopyRange(std::string_view header, std::uint64_t object_size);

/// "bytes 0-9/100".
[[nodiscard]] std::string ContentRange(const ByteRange& range, std::uint64_t object_size);

}  // namespace owlet::s3
