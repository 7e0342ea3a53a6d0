#include "protocol/s3/cors.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include "base/ascii.h"
#include "protocol/common/s3_address.h"
#include "protocol/s3/bucket_documents.h"

namespace owlet::s3 {
namespace {

/// A pattern with at most one `*`.
bool Matches(std::string_view pattern, std::string_view text) {
  const std::size_t star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == text;
  const std::string_view before = pattern.substr(0, star);
  const std::string_view after = pattern.substr(star + 1);
  return text.size() >= before.size() + after.size() && text.starts_with(before) &&
         text.ends_with(after);
}

std::vector<std::string> SplitList(std::string_view list) {
  std::vector<std::string> items;
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    const std::string_view item = TrimBlanks(list.substr(0, comma));
    if (!item.empty()) items.push_back(ToLowerAscii(item));
    list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
  }
  return items;
}

bool AllowsHeaders(const aws::s3::CORSRule& rule, const std::vector<std::string>& headers) {
  return std::ranges::all_of(headers, [&](const std::string& header) {
    return rule.allowed_headers &&
           std::ranges::any_of(*rule.allowed_headers, [&](const std::string& pattern) {
             return Matches(ToLowerAscii(pattern), header);
           });
  });
}

struct Match {
  aws::s3::CORSRule rule;
  std::string allowed_origin;  // "*" or the request's own
};

std::optional<Match> FindRule(const std::string& document, std::string_view origin,
                              std::string_view method, const std::vector<std::string>& headers) {
  auto configuration = ReadCorsDocument(document);
  if (!configuration || !configuration->cors_rules) return std::nullopt;
  for (aws::s3::CORSRule& rule : *configuration->cors_rules) {
    if (std::ranges::find(rule.allowed_methods, method) == rule.allowed_methods.end()) continue;
    const auto pattern = std::ranges::find_if(
        rule.allowed_origins, [&](const std::string& each) { return Matches(each, origin); });
    if (pattern == rule.allowed_origins.end() || !AllowsHeaders(rule, headers)) continue;
    std::string allowed = *pattern == "*" ? "*" : std::string(origin);
    return Match{.rule = std::move(rule), .allowed_origin = std::move(allowed)};
  }
  return std::nullopt;
}

std::string Join(const std::vector<std::string>& items) {
  std::string joined;
  for (const std::string& item : items) {
    if (!joined.empty()) joined += ", ";
    joined += item;
  }
  return joined;
}

void SetHeaders(const Match& match, net::HttpResponse& response) {
  net::Headers& headers = response.headers;
  headers.Set("Access-Control-Allow-Origin", match.allowed_origin);
  if (match.allowed_origin != "*") headers.Set("Access-Control-Allow-Credentials", "true");
  headers.Set("Access-Control-Allow-Methods", Join(match.rule.allowed_methods));
  if (match.rule.expose_headers && !match.rule.expose_headers->empty()) {
    headers.Set("Access-Control-Expose-Headers", Join(*match.rule.expose_headers));
  }
  if (match.rule.max_age_seconds) {
    headers.Set("Access-Control-Max-Age", std::to_string(*match.rule.max_age_seconds));
  }
  headers.Set("Vary", "Origin, Access-Control-Request-Headers, Access-Control-Request-Method");
}

/// The CORS document of the bucket that a request names.
std::optional<std::string> DocumentOfBucket(const store::ObjectStore& store,
                                            std::string_view bucket_name) {
  const auto bucket = store::BucketName::Parse(bucket_name);
  if (!bucket) return std::nullopt;
  const auto terms = store.FindBucketTerms(*bucket);
  if (!terms) return std::nullopt;
  const std::string* document = terms->Find(store::BucketSetting::kCors);
  if (document == nullptr) return std::nullopt;
  return *document;
}

Error Forbidden(std::string message) {
  return {.reason = Reason::kAccessDenied,
          .message = std::move(message),
          .condition = "AccessForbidden"};
}

}  // namespace

void AddCorsHeaders(const store::ObjectStore& store, const std::string& domain,
                    const net::HttpRequest& request, net::HttpResponse& response) {
  const auto origin = request.headers.Find("Origin");
  if (!origin || request.method == "OPTIONS") return;
  const auto address = protocol::ParseS3Address(request, domain);
  if (!address) return;
  const auto document = DocumentOfBucket(store, address->bucket);
  if (!document) return;
  if (const auto match = FindRule(*document, *origin, request.method, {})) {
    SetHeaders(*match, response);
  }
}

net::Dispatch AnswerPreflight(const store::ObjectStore& store,
                              const protocol::RestXmlService& service,
                              const protocol::RestXmlService::Incoming& incoming) {
  const net::HttpRequest& request = *incoming.context.http;
  const auto refuse = [&](const Error& error) { return service.ErrorReply(request, error); };
  const auto origin = request.headers.Find("Origin");
  const auto method = request.headers.Find("Access-Control-Request-Method");
  if (!origin) {
    return refuse({.reason = Reason::kInvalidArgument,
                   .message = "Insufficient information. Origin request header needed.",
                   .condition = "BadRequest"});
  }
  if (!method) {
    return refuse({.reason = Reason::kInvalidArgument,
                   .message = "Invalid Access-Control-Request-Method: null",
                   .condition = "BadRequest"});
  }
  const auto document = DocumentOfBucket(store, incoming.address.bucket);
  if (!document) return refuse(Forbidden("CORSResponse: CORS is not enabled for this bucket."));
  const auto headers = SplitList(request.headers.Get("Access-Control-Request-Headers"));
  const auto match = FindRule(*document, *origin, *method, headers);
  if (!match) {
    return refuse(Forbidden(
        "CORSResponse: This CORS request is not allowed. This is usually because the evalution of "
        "Origin, request method / Access-Control-Request-Method or "
        "Access-Control-Request-Headers are not whitelisted by the resource's CORS spec."));
  }
  net::HttpResponse response;
  SetHeaders(*match, response);
  if (!headers.empty()) response.headers.Set("Access-Control-Allow-Headers", Join(headers));
  protocol::AddS3RequestIds(incoming.context.request_id, response);
  response.operation = "s3.Preflight";
  return response;
}

}  // namespace owlet::s3
