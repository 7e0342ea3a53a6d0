#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "core/access/request_view.h"

// AWS Signature Version 4 as pure functions (the vendor's "Signature Version 4 signing process").

namespace owlet::access {

inline constexpr std::string_view kAlgorithmV4 = "AWS4-HMAC-SHA256";
inline constexpr std::string_view kUnsignedPayload = "UNSIGNED-PAYLOAD";
/// Of no bytes.
inline constexpr std::string_view kEmptySha256 =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

struct CredentialScope {
  std::string date;  // "20260131"
  std::string region;
  std::string service;

  /// "20260131/us-east-1/s3/aws4_request"
  [[nodiscard]] std::string ToString() const;
};

/// What a request says about its own signature, unchecked.
struct SignatureClaim {
  bool presigned = false;
  std::string access_key_id;
  CredentialScope scope;
  std::vector<std::string> signed_headers;  // lower case, in the request's order
  std::string signature;
  std::string timestamp;                        // as sent: x-amz-date, or Date
  std::optional<std::chrono::seconds> expires;  // presigned
  std::optional<std::string> session_token;
};

/// The claim in the Authorization header ("AWS4-HMAC-SHA256 Credential=…") or in the query
/// ("X-Amz-Algorithm=AWS4-HMAC-SHA256&…"); nothing when the request has neither.
[[nodiscard]] Result<std::optional<SignatureClaim>> ReadClaim(const RequestView& request);

/// How the path enters the canonical request.
enum class PathForm {
  kOnce,    // S3: encoded once, nothing else changed
  kAsSent,  // S3: the client's own encoding, whatever it is
  kTwice,   // all others: dot segments resolved, then what was sent encoded again
};

[[nodiscard]] std::string CanonicalRequest(const RequestView& request, const SignatureClaim& claim,
                                           PathForm form, std::string_view payload_hash);

[[nodiscard]] std::string StringToSign(const SignatureClaim& claim,
                                       std::string_view canonical_request);

/// Raw bytes.
[[nodiscard]] std::string SigningKey(std::string_view secret, const CredentialScope& scope);

/// Lower-case hex.
[[nodiscard]] std::string SignatureOf(std::string_view signing_key,
                                      std::string_view string_to_sign);
[[nodiscard]] std::string Sha256Hex(std::string_view bytes);

/// A query's parameters, decoded, in their order.
[[nodiscard]] Result<std::vector<std::pair<std::string, std::string>>> DecodeQuery(
    std::string_view raw_query);

}  // namespace owlet::access
