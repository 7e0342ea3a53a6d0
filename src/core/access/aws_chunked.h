#pragma once

#include <cstdint>
#include <memory>

#include "core/access/payload.h"

namespace owlet::access {

/// Reads the aws-chunked framing (x-amz-content-sha256: STREAMING-…):
///
///     10000;chunk-signature=<64 hex>\r\n<65536 bytes>\r\n
///     0;chunk-signature=<64 hex>\r\n
///     x-amz-checksum-crc32:<value>\r\n
///     x-amz-trailer-signature:<64 hex>\r\n
///     \r\n
///
/// Works on any split of the bytes; keeps at most one line (1 KiB) and the trailers (16 KiB).
class AwsChunkedReader final : public PayloadReader {
 public:
  explicit AwsChunkedReader(const PayloadTerms& terms);
  ~AwsChunkedReader() override;

  [[nodiscard]] Status Append(std::span<const std::byte> raw, const Sink& sink) override;
  [[nodiscard]] Status Finish() override;
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& trailers() const override;

 private:
  class Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace owlet::access
