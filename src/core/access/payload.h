#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace owlet::access {

/// How an S3 body is framed and secured, as x-amz-content-sha256 says it.
enum class PayloadForm : std::uint8_t {
  kUnsigned,               // UNSIGNED-PAYLOAD, or no claim about the body at all
  kSha256,                 // the hex digest of the body
  kSignedChunks,           // STREAMING-AWS4-HMAC-SHA256-PAYLOAD
  kSignedChunksTrailer,    // STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER
  kUnsignedChunksTrailer,  // STREAMING-UNSIGNED-PAYLOAD-TRAILER
};

/// What the header promised about the body, and what is needed to check it.
struct PayloadTerms {
  PayloadForm form = PayloadForm::kUnsigned;
  std::string sha256_hex;  // kSha256
  /// The chunk forms: x-amz-decoded-content-length, the object's size without the frames.
  std::optional<std::uint64_t> decoded_length;
  /// Lower-case names that x-amz-trailer announced; others are refused.
  std::vector<std::string> trailer_names;
  // The chain of chunk signatures. When `check_signatures` is false (authentication is switched
  // off) frames are still taken away, but their signatures are not looked at.
  bool check_signatures = true;
  std::string signing_key;
  std::string seed_signature;
  std::string timestamp;  // "20260131T235959Z"
  std::string scope;      // "20260131/us-east-1/s3/aws4_request"
};

/// Takes the bytes of one body as they arrive and hands on the object's own bytes. Not thread-safe;
/// used for one body. Bytes are handed on before the body's signature is known: keep them invisible
/// until Finish has succeeded.
///
/// Errors, with S3's own code as `condition`: kDigestMismatch "XAmzContentSHA256Mismatch";
/// kSignatureMismatch "SignatureDoesNotMatch" (a chunk's or the trailer's); kIncompleteBody
/// "IncompleteBody" (fewer or more bytes than promised, or no last chunk); kMalformedRequest
/// "InvalidRequest", "MalformedTrailerError".
class PayloadReader {
 public:
  using Sink = std::function<Status(std::span<const std::byte>)>;

  virtual ~PayloadReader() = default;
  [[nodiscard]] virtual Status Append(std::span<const std::byte> raw, const Sink& sink) = 0;
  /// After the last byte.
  [[nodiscard]] virtual Status Finish() = 0;
  /// The trailing headers (lower-case names), complete after Finish: x-amz-checksum-*.
  [[nodiscard]] virtual const std::vector<std::pair<std::string, std::string>>& trailers()
      const = 0;
};

[[nodiscard]] std::unique_ptr<PayloadReader> MakePayloadReader(const PayloadTerms& terms);

}  // namespace owlet::access
