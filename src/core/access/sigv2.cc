#include "core/access/sigv2.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include "base/ascii.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "core/access/request_time.h"
#include "core/access/sigv4.h"

namespace owlet::access {
namespace {

// Parameters that name a part of a resource or override a header of the reply: they are signed.
constexpr std::array<std::string_view, 39> kSignedParameters = {
    "accelerate",
    "acl",
    "analytics",
    "cors",
    "defaultObjectAcl",
    "delete",
    "encryption",
    "inventory",
    "legal-hold",
    "lifecycle",
    "location",
    "logging",
    "metrics",
    "notification",
    "object-lock",
    "partNumber",
    "policy",
    "policyStatus",
    "publicAccessBlock",
    "replication",
    "requestPayment",
    "response-cache-control",
    "response-content-disposition",
    "response-content-encoding",
    "response-content-language",
    "response-content-type",
    "response-expires",
    "restore",
    "retention",
    "select",
    "select-type",
    "storageClass",
    "tagging",
    "torrent",
    "uploadId",
    "uploads",
    "versionId",
    "versioning",
    "versions",
};

bool IsSignedParameter(std::string_view name) {
  return name == "website" || std::ranges::find(kSignedParameters, name) != kSignedParameters.end();
}

// The headers that are signed; a presigned URL may carry them as parameters.
std::map<std::string, std::string> AmzHeaders(const RequestView& request, bool presigned) {
  std::map<std::string, std::string> headers;
  const auto add = [&](std::string_view name, std::string_view value) {
    std::string& joined = headers[ToLowerAscii(name)];
    if (!joined.empty()) joined.push_back(',');
    joined.append(TrimBlanks(value));
  };
  for (const auto& [name, value] : request.headers) {
    if (ToLowerAscii(name).starts_with("x-amz-")) add(name, value);
  }
  if (!presigned) return headers;
  const auto query = DecodeQuery(request.raw_query);
  if (!query) return headers;
  for (const auto& [name, value] : *query) {
    if (name.starts_with("x-amz-")) headers[name] = value;
  }
  return headers;
}

std::string ParameterOrHeader(const RequestView& request, bool presigned, std::string_view name) {
  if (presigned) {
    if (const auto query = DecodeQuery(request.raw_query)) {
      for (const auto& [key, value] : *query) {
        if (EqualsIgnoringCase(key, name)) return value;
      }
    }
  }
  return std::string(TrimBlanks(request.Header(name)));
}

std::string CanonicalResource(const RequestView& request, std::string_view bucket) {
  std::string resource;
  if (!bucket.empty()) resource.append("/").append(bucket);
  resource.append(request.raw_path);
  std::vector<std::string> parts;
  std::string_view rest = request.raw_query;
  while (!rest.empty()) {
    const std::size_t end = rest.find('&');
    const std::string_view field = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    const auto decoded = DecodeQuery(field);
    if (!decoded || decoded->empty() || !IsSignedParameter(decoded->front().first)) continue;
    std::string part = decoded->front().first;
    if (field.find('=') != std::string_view::npos) part += "=" + decoded->front().second;
    parts.push_back(std::move(part));
  }
  std::ranges::sort(parts, {},
                    [](const std::string& part) { return part.substr(0, part.find('=')); });
  for (std::size_t i = 0; i < parts.size(); ++i) {
    resource.append(i == 0 ? "?" : "&").append(parts[i]);
  }
  return resource;
}

Result<std::optional<ClaimV2>> ReadQueryClaim(const RequestView& request) {
  if (request.raw_query.find("AWSAccessKeyId=") == std::string_view::npos) return std::nullopt;
  OWLET_TRY(const auto query, DecodeQuery(request.raw_query));
  ClaimV2 claim;
  claim.presigned = true;
  for (const auto& [name, value] : query) {
    if (name == "AWSAccessKeyId") claim.access_key_id = value;
    if (name == "Signature") claim.signature = value;
    if (name == "Expires") claim.date = value;
    if (name == "x-amz-security-token") claim.session_token = value;
  }
  std::int64_t seconds = 0;
  const char* end = claim.date.data() + claim.date.size();
  const auto parsed = std::from_chars(claim.date.data(), end, seconds);
  const bool is_number = parsed.ec == std::errc() && parsed.ptr == end && !claim.date.empty();
  if (claim.signature.empty() || claim.date.empty()) {
    return Fail(Reason::kAccessDenied,
                "Query-string authentication requires the Signature, Expires and AWSAccessKeyId "
                "parameters",
                "AccessDenied");
  }
  if (!is_number) {
    return Fail(Reason::kAccessDenied,
                "Invalid date (should be seconds since epoch): " + claim.date, "AccessDenied");
  }
  claim.expires =
      Timestamp(std::chrono::seconds(std::clamp<std::int64_t>(seconds, 0, std::int64_t{1} << 40)));
  return claim;
}

}  // namespace

Result<std::optional<ClaimV2>> ReadClaimV2(const RequestView& request) {
  std::string_view authorization = request.Header("authorization");
  if (!authorization.starts_with("AWS ")) return ReadQueryClaim(request);
  authorization = TrimBlanks(authorization.substr(4));
  const std::size_t colon = authorization.rfind(':');
  if (colon == std::string_view::npos) {
    return Fail(Reason::kInvalidArgument,
                "AWS authorization header is invalid.  Expected AwsAccessKeyId:signature",
                "InvalidArgument");
  }
  ClaimV2 claim;
  claim.access_key_id = authorization.substr(0, colon);
  claim.signature = authorization.substr(colon + 1);
  const std::string_view amz_date = request.Header("x-amz-date");
  claim.date = amz_date.empty() ? request.Header("date") : std::string_view();
  const std::string_view date = amz_date.empty() ? request.Header("date") : amz_date;
  claim.sent = ParseHttpTime(date);
  if (!claim.sent) claim.sent = ParseBasicTime(date);
  if (!claim.sent || *claim.sent < Timestamp()) {
    return Fail(Reason::kAccessDenied,
                "AWS authentication requires a valid Date or x-amz-date header", "AccessDenied");
  }
  if (request.HasHeader("x-amz-security-token")) {
    claim.session_token = request.Header("x-amz-security-token");
  }
  return claim;
}

std::string StringToSignV2(const RequestView& request, const ClaimV2& claim,
                           std::string_view bucket) {
  std::string text(request.method);
  text.append("\n").append(ParameterOrHeader(request, claim.presigned, "content-md5"));
  text.append("\n").append(ParameterOrHeader(request, claim.presigned, "content-type"));
  text.append("\n").append(claim.date).append("\n");
  for (const auto& [name, value] : AmzHeaders(request, claim.presigned)) {
    text.append(name).append(":").append(value).append("\n");
  }
  text.append(CanonicalResource(request, bucket));
  return text;
}

std::string SignatureV2(std::string_view secret, std::string_view string_to_sign) {
  return EncodeBase64(HmacSha1(secret, string_to_sign));
}

}  // namespace owlet::access
