#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "core/access/request_view.h"

// S3's Signature Version 2 (the vendor's "Signing and authenticating REST requests"). boto3
// presigns with it over a custom endpoint; old clients sign every request with it.

namespace owlet::access {

/// What a request says about its own version 2 signature, unchecked.
struct ClaimV2 {
  bool presigned = false;
  std::string access_key_id;
  std::string signature;             // Base64
  std::string date;                  // what stands in the Date line: Date, Expires or ""
  std::optional<Timestamp> sent;     // header form
  std::optional<Timestamp> expires;  // presigned
  std::optional<std::string> session_token;
};

/// "Authorization: AWS key:signature" or "AWSAccessKeyId=…&Signature=…&Expires=…"; nothing when the
/// request has neither.
[[nodiscard]] Result<std::optional<ClaimV2>> ReadClaimV2(const RequestView& request);

/// `bucket` is the one that the Host header names (virtual-host style), or "".
[[nodiscard]] std::string StringToSignV2(const RequestView& request, const ClaimV2& claim,
                                         std::string_view bucket);

[[nodiscard]] std::string SignatureV2(std::string_view secret, std::string_view string_to_sign);

}  // namespace owlet::access
