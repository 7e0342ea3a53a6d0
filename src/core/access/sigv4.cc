#include "core/access/sigv4.h"

#include <algorithm>
#include <charconv>
#include <map>

#include "base/ascii.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "base/percent_encoding.h"

namespace owlet::access {
namespace {

constexpr std::string_view kMalformedHeader = "AuthorizationHeaderMalformed";
constexpr std::string_view kMalformedQuery = "AuthorizationQueryParametersError";
constexpr std::int64_t kLongestExpiry = 604'800;

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::unexpected<Error> Malformed(bool presigned, const std::string& what) {
  if (presigned) {
    return Fail(Reason::kMalformedRequest, what, std::string(kMalformedQuery));
  }
  return Fail(Reason::kMalformedRequest, "The authorization header is malformed; " + what,
              std::string(kMalformedHeader));
}

Status ReadCredential(std::string_view credential, SignatureClaim& claim) {
  const std::vector<std::string_view> parts = Split(credential, '/');
  // A key id has no '/', but be exact about the last four parts.
  if (parts.size() < 5 || parts.back() != "aws4_request" || parts[0].empty()) {
    return Malformed(claim.presigned,
                     "the Credential is mal-formed; expecting "
                     "\"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".");
  }
  const std::size_t last = parts.size() - 1;
  claim.access_key_id =
      credential.substr(0, credential.size() - parts[last].size() - parts[last - 1].size() -
                               parts[last - 2].size() - parts[last - 3].size() - 4);
  claim.scope.date = parts[last - 3];
  claim.scope.region = parts[last - 2];
  claim.scope.service = parts[last - 1];
  const bool is_date = claim.scope.date.size() == 8 &&
                       claim.scope.date.find_first_not_of("0123456789") == std::string::npos;
  if (!is_date) {
    return Malformed(claim.presigned, "incorrect date format \"" + claim.scope.date +
                                          "\". This date in the credential must be in the format "
                                          "\"yyyyMMdd\".");
  }
  return {};
}

void ReadSignedHeaders(std::string_view text, SignatureClaim& claim) {
  for (const std::string_view name : Split(text, ';')) {
    if (!name.empty()) claim.signed_headers.push_back(ToLowerAscii(name));
  }
}

Result<SignatureClaim> ReadHeaderClaim(const RequestView& request, std::string_view value) {
  SignatureClaim claim;
  value.remove_prefix(kAlgorithmV4.size());
  std::string_view credential;
  std::string_view headers;
  for (std::string_view part : Split(value, ',')) {
    part = TrimBlanks(part);
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view name = part.substr(0, equals);
    const std::string_view content = part.substr(equals + 1);
    if (name == "Credential") credential = content;
    if (name == "SignedHeaders") headers = content;
    if (name == "Signature") claim.signature = content;
  }
  if (credential.empty()) return Malformed(false, "the Credential is missing.");
  OWLET_CHECK_OK(ReadCredential(credential, claim));
  if (headers.empty()) return Malformed(false, "the SignedHeaders are missing.");
  if (claim.signature.empty()) return Malformed(false, "the Signature is missing.");
  ReadSignedHeaders(headers, claim);
  claim.timestamp =
      request.HasHeader("x-amz-date") ? request.Header("x-amz-date") : request.Header("date");
  if (request.HasHeader("x-amz-security-token")) {
    claim.session_token = request.Header("x-amz-security-token");
  }
  return claim;
}

Status ReadExpiry(std::string_view text, SignatureClaim& claim) {
  std::int64_t seconds = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) {
    return Malformed(true, "X-Amz-Expires should be a number");
  }
  if (seconds < 0) return Malformed(true, "X-Amz-Expires must be non-negative");
  if (seconds > kLongestExpiry) {
    return Malformed(true,
                     "X-Amz-Expires must be less than a week (in seconds); that is, the given "
                     "X-Amz-Expires must be less than 604800 seconds");
  }
  claim.expires = std::chrono::seconds(seconds);
  return {};
}

Result<std::optional<SignatureClaim>> ReadQueryClaim(const RequestView& request) {
  if (request.raw_query.find("X-Amz-") == std::string_view::npos) return std::nullopt;
  OWLET_TRY(const auto query, DecodeQuery(request.raw_query));
  std::map<std::string_view, std::string_view> found;
  for (const auto& [name, value] : query) {
    if (name.starts_with("X-Amz-")) found.try_emplace(name, value);
  }
  if (!found.contains("X-Amz-Algorithm") && !found.contains("X-Amz-Credential")) {
    return std::nullopt;
  }
  for (const std::string_view name : {"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature",
                                      "X-Amz-Date", "X-Amz-SignedHeaders", "X-Amz-Expires"}) {
    if (found.contains(name)) continue;
    return Malformed(true,
                     "Query-string authentication version 4 requires the X-Amz-Algorithm, "
                     "X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and "
                     "X-Amz-Expires parameters.");
  }
  if (found["X-Amz-Algorithm"] != kAlgorithmV4) {
    return Malformed(true, "X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256\"");
  }
  SignatureClaim claim;
  claim.presigned = true;
  OWLET_CHECK_OK(ReadCredential(found["X-Amz-Credential"], claim));
  OWLET_CHECK_OK(ReadExpiry(found["X-Amz-Expires"], claim));
  ReadSignedHeaders(found["X-Amz-SignedHeaders"], claim);
  claim.signature = found["X-Amz-Signature"];
  claim.timestamp = found["X-Amz-Date"];
  if (const auto token = found.find("X-Amz-Security-Token"); token != found.end()) {
    claim.session_token = token->second;
  }
  return claim;
}

// Empty and "." segments go, ".." takes the segment before it away.
std::string ResolveDotSegments(std::string_view path) {
  std::vector<std::string_view> kept;
  for (const std::string_view segment : Split(path, '/')) {
    if (segment.empty() || segment == ".") continue;
    if (segment != "..") {
      kept.push_back(segment);
    } else if (!kept.empty()) {
      kept.pop_back();
    }
  }
  std::string resolved;
  for (const std::string_view segment : kept) resolved.append("/").append(segment);
  if (resolved.empty() || path.ends_with('/')) resolved.push_back('/');
  return resolved;
}

std::string CanonicalPath(std::string_view raw_path, PathForm form) {
  if (form == PathForm::kTwice) return PercentEncode(ResolveDotSegments(raw_path), true);
  if (form == PathForm::kAsSent) return std::string(raw_path);
  const Result<std::string> decoded = PercentDecode(raw_path);
  return decoded ? PercentEncode(*decoded, true) : std::string(raw_path);
}

std::string CanonicalQuery(std::string_view raw_query, bool presigned) {
  std::vector<std::pair<std::string, std::string>> encoded;
  for (const std::string_view field : Split(raw_query, '&')) {
    if (field.empty()) continue;
    const std::size_t equals = field.find('=');
    const std::string_view raw_name = field.substr(0, equals);
    const std::string_view raw_value =
        equals == std::string_view::npos ? std::string_view() : field.substr(equals + 1);
    const Result<std::string> name = PercentDecode(raw_name, true);
    const Result<std::string> value = PercentDecode(raw_value, true);
    if (presigned && name && *name == "X-Amz-Signature") continue;
    encoded.emplace_back(PercentEncode(name ? *name : std::string(raw_name)),
                         PercentEncode(value ? *value : std::string(raw_value)));
  }
  std::ranges::sort(encoded);
  std::string canonical;
  for (const auto& [name, value] : encoded) {
    if (!canonical.empty()) canonical.push_back('&');
    canonical.append(name).append("=").append(value);
  }
  return canonical;
}

// Trimmed, runs of blanks as one.
void AppendHeaderValue(std::string& out, std::string_view value) {
  bool blank = false;
  for (const char c : TrimBlanks(value)) {
    const bool is_blank = c == ' ' || c == '\t';
    if (!is_blank) {
      out.push_back(c);
    } else if (!blank) {
      out.push_back(' ');
    }
    blank = is_blank;
  }
}

}  // namespace

std::string CredentialScope::ToString() const {
  return date + "/" + region + "/" + service + "/aws4_request";
}

Result<std::vector<std::pair<std::string, std::string>>> DecodeQuery(std::string_view raw_query) {
  std::vector<std::pair<std::string, std::string>> fields;
  for (const std::string_view field : Split(raw_query, '&')) {
    if (field.empty()) continue;
    const std::size_t equals = field.find('=');
    const std::string_view raw_value =
        equals == std::string_view::npos ? std::string_view() : field.substr(equals + 1);
    OWLET_TRY(std::string name, PercentDecode(field.substr(0, equals), true));
    OWLET_TRY(std::string value, PercentDecode(raw_value, true));
    fields.emplace_back(std::move(name), std::move(value));
  }
  return fields;
}

Result<std::optional<SignatureClaim>> ReadClaim(const RequestView& request) {
  const std::string_view authorization = request.Header("authorization");
  if (!authorization.starts_with(kAlgorithmV4)) return ReadQueryClaim(request);
  OWLET_TRY(const auto query_claim, ReadQueryClaim(request));
  if (query_claim.has_value()) {
    return Fail(Reason::kInvalidArgument,
                "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, "
                "Signature query string parameter or the Authorization header should be specified",
                "InvalidArgument");
  }
  OWLET_TRY(SignatureClaim claim, ReadHeaderClaim(request, authorization));
  return claim;
}

std::string CanonicalRequest(const RequestView& request, const SignatureClaim& claim, PathForm form,
                             std::string_view payload_hash) {
  std::string canonical;
  canonical.append(request.method).append("\n");
  canonical.append(CanonicalPath(request.raw_path, form)).append("\n");
  canonical.append(CanonicalQuery(request.raw_query, claim.presigned)).append("\n");
  std::string names;
  for (const std::string& name : claim.signed_headers) {
    canonical.append(name).append(":");
    bool first = true;
    for (const auto& [key, value] : request.headers) {
      if (!EqualsIgnoringCase(key, name)) continue;
      if (!first) canonical.push_back(',');
      first = false;
      AppendHeaderValue(canonical, value);
    }
    canonical.push_back('\n');
    if (!names.empty()) names.push_back(';');
    names.append(name);
  }
  canonical.append("\n").append(names).append("\n").append(payload_hash);
  return canonical;
}

std::string StringToSign(const SignatureClaim& claim, std::string_view canonical_request) {
  std::string text(kAlgorithmV4);
  text.append("\n").append(claim.timestamp).append("\n").append(claim.scope.ToString());
  text.append("\n").append(Sha256Hex(canonical_request));
  return text;
}

std::string SigningKey(std::string_view secret, const CredentialScope& scope) {
  const std::string date = HmacSha256("AWS4" + std::string(secret), scope.date);
  const std::string region = HmacSha256(date, scope.region);
  const std::string service = HmacSha256(region, scope.service);
  return HmacSha256(service, "aws4_request");
}

std::string SignatureOf(std::string_view signing_key, std::string_view string_to_sign) {
  return EncodeHex(HmacSha256(signing_key, string_to_sign));
}

std::string Sha256Hex(std::string_view bytes) {
  return EncodeHex(Digest::Of(DigestKind::kSha256, bytes));
}

}  // namespace owlet::access
