#include "core/access/authenticator.h"

#include <algorithm>
#include <charconv>

#include "base/ascii.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "core/access/request_time.h"
#include "core/access/sigv2.h"
#include "core/access/sigv4.h"

namespace owlet::access {
namespace {

constexpr std::chrono::minutes kAllowedSkew{15};

// "61 62 63": S3 shows what it signed byte by byte.
std::string BytesInHex(std::string_view text) {
  const std::string digits = EncodeHex(text);
  std::string spaced;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    if (i > 0) spaced.push_back(' ');
    spaced.append(digits, i, 2);
  }
  return spaced;
}

std::unexpected<Error> SignatureDoesNotMatch(std::string_view key_id, std::string_view provided,
                                             const std::string& string_to_sign,
                                             const std::string& canonical_request) {
  Error error{.reason = Reason::kSignatureMismatch,
              .message =
                  "The request signature we calculated does not match the signature you "
                  "provided. Check your key and signing method.",
              .condition = "SignatureDoesNotMatch"};
  error.parameters = {{"AWSAccessKeyId", std::string(key_id)},
                      {"StringToSign", string_to_sign},
                      {"SignatureProvided", std::string(provided)},
                      {"StringToSignBytes", BytesInHex(string_to_sign)}};
  if (!canonical_request.empty()) {
    error.parameters.emplace_back("CanonicalRequest", canonical_request);
    error.parameters.emplace_back("CanonicalRequestBytes", BytesInHex(canonical_request));
  }
  return Fail(std::move(error));
}

std::unexpected<Error> TooSkewed(std::string_view sent, Timestamp now) {
  Error error{.reason = Reason::kClockSkew,
              .message =
                  "The difference between the request time and the current time is too "
                  "large.",
              .condition = "RequestTimeTooSkewed"};
  error.parameters = {{"RequestTime", std::string(sent)},
                      {"ServerTime", FormatIso8601Millis(now)},
                      {"MaxAllowedSkewMilliseconds", "900000"}};
  return Fail(std::move(error));
}

std::unexpected<Error> Expired(Timestamp expires, Timestamp now, const std::string& seconds) {
  Error error{.reason = Reason::kRequestExpired,
              .message = "Request has expired",
              .condition = "AccessDenied"};
  if (!seconds.empty()) error.parameters.emplace_back("X-Amz-Expires", seconds);
  error.parameters.emplace_back("Expires", FormatIso8601Millis(expires));
  error.parameters.emplace_back("ServerTime", FormatIso8601Millis(now));
  return Fail(std::move(error));
}

bool IsSigned(const SignatureClaim& claim, std::string_view name) {
  return std::ranges::find(claim.signed_headers, name) != claim.signed_headers.end();
}

// A header that changes what a request means must be signed, or anybody on the way could add it.
Status CheckSignedHeaders(const RequestView& request, const SignatureClaim& claim) {
  std::string missing;
  const auto require = [&](const std::string& name) {
    if (IsSigned(claim, name)) return;
    if (!missing.empty()) missing += ", ";
    missing += name;
  };
  require("host");
  for (const auto& [key, value] : request.headers) {
    const std::string name = ToLowerAscii(key);
    const bool is_hash = name == "x-amz-content-sha256";
    if (name.starts_with("x-amz-") && !(is_hash && claim.presigned)) require(name);
  }
  if (missing.empty()) return {};
  Error error{.reason = Reason::kAccessDenied,
              .message = "There were headers present in the request which were not signed",
              .condition = "AccessDenied"};
  error.parameters = {{"HeadersNotSigned", missing}};
  return Fail(std::move(error));
}

Status CheckToken(const Credentials& credentials, const std::optional<std::string>& token,
                  Timestamp now) {
  const std::string& expected = credentials.session_token;
  if (!EqualInConstantTime(token.value_or(""), expected)) {
    return Fail(Reason::kUnknownAccessKey,
                expected.empty() || token.has_value()
                    ? "The provided token is malformed or otherwise invalid."
                    : "The request signature needs the session token of its temporary credentials",
                "InvalidToken");
  }
  if (credentials.expires && *credentials.expires <= now) {
    return Fail(Reason::kExpiredToken, "The provided token has expired.", "ExpiredToken");
  }
  return {};
}

Result<Credentials> FindKey(const CredentialSource& source, const std::string& key_id) {
  Result<Credentials> found = source.FindCredentials(key_id);
  if (found || found.error().reason != Reason::kUnknownAccessKey) return found;
  Error error{.reason = Reason::kUnknownAccessKey,
              .message = "The AWS Access Key Id you provided does not exist in our records.",
              .condition = "InvalidAccessKeyId"};
  error.parameters = {{"AWSAccessKeyId", key_id}};
  return Fail(std::move(error));
}

Status CheckTime(const SignatureClaim& claim, Timestamp now) {
  const std::optional<Timestamp> basic = ParseBasicTime(claim.timestamp);
  const std::optional<Timestamp> sent = basic ? basic : ParseHttpTime(claim.timestamp);
  if (!sent) {
    if (claim.presigned) {
      return Fail(Reason::kMalformedRequest,
                  "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"",
                  "AuthorizationQueryParametersError");
    }
    return Fail(Reason::kMissingCredentials,
                "AWS authentication requires a valid Date or x-amz-date header", "AccessDenied");
  }
  if (FormatBasicIso8601(*sent).substr(0, 8) != claim.scope.date) {
    return Fail(
        Reason::kMalformedRequest,
        "Invalid credential date \"" + claim.scope.date +
            "\". This date is not the same as X-Amz-Date: \"" + claim.timestamp + "\".",
        claim.presigned ? "AuthorizationQueryParametersError" : "AuthorizationHeaderMalformed");
  }
  if (!claim.presigned) {
    if (std::chrono::abs(now - *sent) > kAllowedSkew) return TooSkewed(claim.timestamp, now);
    return {};
  }
  if (*sent > now + kAllowedSkew) {
    return Fail(Reason::kRequestExpired, "Request is not yet valid", "AccessDenied");
  }
  const Timestamp expires = *sent + *claim.expires;
  if (expires < now) return Expired(expires, now, std::to_string(claim.expires->count()));
  return {};
}

std::string_view WithoutPort(std::string_view address) {
  if (address.starts_with('[')) return address.substr(1, address.find(']') - 1);
  return address.substr(0, address.rfind(':'));
}

/// What policies may ask of the request itself; `claim` is null when it has no Version 4 signature.
RequestOrigin OriginOf(const RequestView& request, const SignatureClaim* claim) {
  RequestOrigin origin;
  origin.source_ip = WithoutPort(request.remote_address);
  origin.secure = request.secure;
  origin.user_agent = request.Header("user-agent");
  origin.referer = request.Header("referer");
  if (claim == nullptr) return origin;
  origin.region = claim->scope.region;
  origin.auth_type = claim->presigned ? "REST-QUERY-STRING" : "REST-HEADER";
  origin.signature_version = kAlgorithmV4;
  origin.signed_at = ParseBasicTime(claim->timestamp);
  return origin;
}

void SetOrigin(RequestOrigin origin, Principal& principal) {
  principal.origin = std::make_shared<const RequestOrigin>(std::move(origin));
}

struct Verified {
  Credentials credentials;
  std::string signing_key;
};

/// `forms`: ways in which clients of this service write the path; any that fits is good.
Result<Verified> Verify(const CredentialSource& source, Timestamp now, const RequestView& request,
                        const SignatureClaim& claim, std::initializer_list<PathForm> forms,
                        std::string_view payload_hash) {
  OWLET_TRY(Credentials credentials, FindKey(source, claim.access_key_id));
  OWLET_CHECK_OK(CheckToken(credentials, claim.session_token, now));
  OWLET_CHECK_OK(CheckTime(claim, now));
  OWLET_CHECK_OK(CheckSignedHeaders(request, claim));
  std::string key = SigningKey(credentials.secret_access_key, claim.scope);
  std::string canonical;
  std::string text;
  for (const PathForm form : forms) {
    std::string next = CanonicalRequest(request, claim, form, payload_hash);
    if (next == canonical) continue;
    const std::string next_text = StringToSign(claim, next);
    if (EqualInConstantTime(SignatureOf(key, next_text), claim.signature)) {
      return Verified{.credentials = std::move(credentials), .signing_key = std::move(key)};
    }
    if (!canonical.empty()) continue;  // the reply shows the first form
    canonical = std::move(next);
    text = next_text;
  }
  return SignatureDoesNotMatch(claim.access_key_id, claim.signature, text, canonical);
}

bool IsSha256(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Status ReadDecodedLength(const RequestView& request, PayloadTerms& terms) {
  const std::string_view text = request.Header("x-amz-decoded-content-length");
  std::uint64_t length = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), length);
  if (text.empty() || parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) {
    return Fail(Reason::kMalformedRequest, "You must provide the Content-Length HTTP header.",
                "MissingContentLength");
  }
  terms.decoded_length = length;
  std::string_view names = request.Header("x-amz-trailer");
  while (!names.empty()) {
    const std::size_t comma = names.find(',');
    const std::string_view name = TrimBlanks(names.substr(0, comma));
    if (!name.empty()) terms.trailer_names.push_back(ToLowerAscii(name));
    names = comma == std::string_view::npos ? std::string_view() : names.substr(comma + 1);
  }
  return {};
}

Result<PayloadTerms> ReadPayloadTerms(const RequestView& request) {
  PayloadTerms terms;
  terms.check_signatures = false;
  const std::string_view value = request.Header("x-amz-content-sha256");
  if (value.empty() || value == kUnsignedPayload) return terms;
  const std::string hash = ToLowerAscii(value);
  if (IsSha256(hash)) {
    terms.form = PayloadForm::kSha256;
    terms.sha256_hex = hash;
    return terms;
  }
  if (value == "STREAMING-AWS4-HMAC-SHA256-PAYLOAD") {
    terms.form = PayloadForm::kSignedChunks;
  } else if (value == "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER") {
    terms.form = PayloadForm::kSignedChunksTrailer;
  } else if (value == "STREAMING-UNSIGNED-PAYLOAD-TRAILER") {
    terms.form = PayloadForm::kUnsignedChunksTrailer;
  } else if (value.starts_with("STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD")) {
    return Fail(Reason::kNotImplemented,
                "Signature Version 4A (AWS4-ECDSA-P256-SHA256) is not implemented",
                "NotImplemented");
  } else {
    return Fail(Reason::kInvalidArgument,
                "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, "
                "STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, "
                "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, or a valid sha256 value.",
                "InvalidArgument");
  }
  OWLET_CHECK_OK(ReadDecodedLength(request, terms));
  return terms;
}

Result<Principal> VerifyV2(const CredentialSource& source, Timestamp now,
                           const RequestView& request, const ClaimV2& claim,
                           std::string_view bucket) {
  OWLET_TRY(Credentials credentials, FindKey(source, claim.access_key_id));
  OWLET_CHECK_OK(CheckToken(credentials, claim.session_token, now));
  if (claim.sent && std::chrono::abs(now - *claim.sent) > kAllowedSkew) {
    return TooSkewed(claim.date, now);
  }
  if (claim.expires && *claim.expires < now) return Expired(*claim.expires, now, "");
  const std::string text = StringToSignV2(request, claim, bucket);
  const auto matches = [&](const std::string& signed_text) {
    return EqualInConstantTime(SignatureV2(credentials.secret_access_key, signed_text),
                               claim.signature);
  };
  // Of a bucket's path some clients sign "/bucket/" whatever they send.
  RequestView with_slash = request;
  const std::string path = std::string(request.raw_path) + "/";
  with_slash.raw_path = path;
  const bool is_bucket = request.raw_path.size() > 1 && request.raw_path.rfind('/') == 0;
  if (!matches(text) && !(is_bucket && matches(StringToSignV2(with_slash, claim, bucket)))) {
    return SignatureDoesNotMatch(claim.access_key_id, claim.signature, text, "");
  }
  return std::move(credentials.principal);
}

std::unexpected<Error> WrongService(const SignatureClaim& claim, std::string_view service) {
  return Fail(
      Reason::kMalformedRequest,
      "Credential should be scoped to correct service: '" + std::string(service) + "'.",
      claim.presigned ? "AuthorizationQueryParametersError" : "AuthorizationHeaderMalformed");
}

}  // namespace

std::string_view SignedService(const RequestView& request) {
  std::string_view text = request.Header("authorization");
  std::string_view separator = "/";
  std::size_t start = std::string_view::npos;
  if (text.starts_with(kAlgorithmV4)) {
    start = text.find("Credential=");
    text = start == std::string_view::npos ? text : text.substr(start + 11);
    text = text.substr(0, text.find_first_of(", "));
  } else {
    text = request.raw_query;
    start = text.find("X-Amz-Credential=");
    text = start == std::string_view::npos ? text : text.substr(start + 17);
    text = text.substr(0, text.find('&'));
    if (text.find('/') == std::string_view::npos) {
      separator = text.find("%2f") == std::string_view::npos ? "%2F" : "%2f";
    }
  }
  if (start == std::string_view::npos) return {};
  // key / date / region / service / aws4_request
  for (int i = 0; i < 3; ++i) {
    const std::size_t next = text.find(separator);
    if (next == std::string_view::npos) return {};
    text.remove_prefix(next + separator.size());
  }
  return text.substr(0, text.find(separator));
}

Authenticator::Authenticator(const CredentialSource& credentials, const Clock& clock,
                             Options options)
    : credentials_(credentials), clock_(clock), options_(std::move(options)) {}

Result<Authentication> Authenticator::AuthenticateS3(const RequestView& request,
                                                     std::string_view virtual_bucket) const {
  Authentication result;
  OWLET_TRY(result.payload, ReadPayloadTerms(request));
  if (options_.everybody_is_root) {
    result.principal = Principal::Root(options_.account_id);
    return result;
  }
  const Timestamp now = clock_.Now();
  OWLET_TRY(const auto claim, ReadClaim(request));
  if (claim.has_value()) {
    if (claim->scope.service != "s3") return WrongService(*claim, "s3");
    std::string_view payload_hash = request.Header("x-amz-content-sha256");
    if (payload_hash.empty()) {
      if (!claim->presigned) {
        return Fail(Reason::kMalformedRequest,
                    "Missing required header for this request: x-amz-content-sha256",
                    "InvalidRequest");
      }
      payload_hash = kUnsignedPayload;
    }
    OWLET_TRY(Verified verified, Verify(credentials_, now, request, *claim,
                                        {PathForm::kOnce, PathForm::kAsSent}, payload_hash));
    result.principal = std::move(verified.credentials.principal);
    SetOrigin(OriginOf(request, &*claim), result.principal);
    credentials_.NoteUse(claim->access_key_id,
                         {.time = now, .service = "s3", .region = claim->scope.region});
    result.region = claim->scope.region;
    result.service = claim->scope.service;
    result.presigned = claim->presigned;
    result.payload.check_signatures = true;
    result.payload.signing_key = std::move(verified.signing_key);
    result.payload.seed_signature = claim->signature;
    result.payload.timestamp = claim->timestamp;
    result.payload.scope = claim->scope.ToString();
    return result;
  }
  OWLET_TRY(const auto claim_v2, ReadClaimV2(request));
  if (claim_v2.has_value()) {
    OWLET_TRY(result.principal, VerifyV2(credentials_, now, request, *claim_v2, virtual_bucket));
    RequestOrigin origin = OriginOf(request, nullptr);
    origin.auth_type = claim_v2->presigned ? "REST-QUERY-STRING" : "REST-HEADER";
    origin.signature_version = "AWS";
    origin.signed_at = claim_v2->sent;
    SetOrigin(std::move(origin), result.principal);
    result.presigned = claim_v2->presigned;
    return result;
  }
  const std::string_view authorization = request.Header("authorization");
  if (authorization.starts_with("AWS4-ECDSA")) {
    return Fail(Reason::kNotImplemented,
                "Signature Version 4A (AWS4-ECDSA-P256-SHA256) is not implemented",
                "NotImplemented");
  }
  if (!authorization.empty()) {
    return Fail(Reason::kInvalidArgument, "Unsupported Authorization Type", "InvalidArgument");
  }
  result.principal = Principal::Anonymous();
  SetOrigin(OriginOf(request, nullptr), result.principal);
  return result;
}

Result<Principal> Authenticator::AuthenticateForm(const FormClaim& claim) const {
  if (options_.everybody_is_root) return Principal::Root(options_.account_id);
  if (claim.policy.empty() && claim.signature.empty()) return Principal::Anonymous();
  const auto missing = [](std::string_view field) {
    return Fail(Reason::kInvalidArgument,
                "Bucket POST must contain a field named '" + std::string(field) +
                    "'.  If it is specified, please check the order of the fields.",
                "InvalidArgument");
  };
  if (claim.policy.empty()) return missing("policy");
  if (claim.signature.empty()) {
    return missing(claim.credential.empty() ? "signature" : "x-amz-signature");
  }
  std::string_view key_id = claim.access_key_id;
  if (!claim.credential.empty()) key_id = claim.credential.substr(0, claim.credential.find('/'));
  if (key_id.empty()) return missing("AWSAccessKeyId");
  OWLET_TRY(Credentials credentials, FindKey(credentials_, std::string(key_id)));
  OWLET_CHECK_OK(CheckToken(credentials,
                            claim.session_token.empty()
                                ? std::optional<std::string>()
                                : std::optional(std::string(claim.session_token)),
                            clock_.Now()));
  std::string expected;
  if (claim.credential.empty()) {
    expected = EncodeBase64(HmacSha1(credentials.secret_access_key, claim.policy));
  } else {
    std::vector<std::string> parts;
    std::string_view rest = claim.credential;
    while (!rest.empty()) {
      parts.emplace_back(rest.substr(0, rest.find('/')));
      rest.remove_prefix(std::min(rest.size(), parts.back().size() + 1));
    }
    if (parts.size() != 5) return missing("x-amz-credential");
    const std::string key =
        SigningKey(credentials.secret_access_key,
                   CredentialScope{.date = parts[1], .region = parts[2], .service = parts[3]});
    expected = SignatureOf(key, claim.policy);
  }
  if (!EqualInConstantTime(expected, claim.signature)) {
    return Fail(Reason::kSignatureMismatch,
                "The request signature we calculated does not match the signature you provided. "
                "Check your key and signing method.",
                "SignatureDoesNotMatch");
  }
  return std::move(credentials.principal);
}

Result<Authentication> Authenticator::Authenticate(const RequestView& request,
                                                   std::string_view service,
                                                   std::string_view body) const {
  Authentication result;
  if (options_.everybody_is_root) {
    result.principal = Principal::Root(options_.account_id);
    return result;
  }
  OWLET_TRY(const auto claim, ReadClaim(request));
  if (!claim.has_value()) {
    return Fail(Reason::kMissingCredentials, "Request is missing Authentication Token",
                "MissingAuthenticationToken");
  }
  if (claim->scope.service != service) return WrongService(*claim, service);
  const std::string computed = Sha256Hex(body);
  std::string payload_hash(request.Header("x-amz-content-sha256"));
  if (payload_hash.empty()) payload_hash = computed;
  OWLET_TRY(Verified verified,
            Verify(credentials_, clock_.Now(), request, *claim, {PathForm::kTwice}, payload_hash));
  if (payload_hash != kUnsignedPayload && ToLowerAscii(payload_hash) != computed) {
    return Fail(Reason::kSignatureMismatch,
                "The 'x-amz-content-sha256' header does not match what was computed of the body",
                "XAmzContentSHA256Mismatch");
  }
  result.principal = std::move(verified.credentials.principal);
  SetOrigin(OriginOf(request, &*claim), result.principal);
  credentials_.NoteUse(
      claim->access_key_id,
      {.time = clock_.Now(), .service = claim->scope.service, .region = claim->scope.region});
  result.region = claim->scope.region;
  result.service = claim->scope.service;
  result.presigned = claim->presigned;
  return result;
}

}  // namespace owlet::access
