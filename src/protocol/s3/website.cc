#include "protocol/s3/website.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "net/uri.h"
#include "protocol/common/rest_xml_service.h"
#include "protocol/s3/bucket_documents.h"

namespace owlet::s3 {
namespace {

constexpr int kMovedPermanently = 301;
constexpr int kFound = 302;
constexpr int kNotModified = 304;
constexpr int kForbidden = 403;
constexpr int kNotFound = 404;
constexpr int kMethodNotAllowed = 405;

/// What a page of an error tells.
struct Failure {
  int status = kNotFound;
  std::string code;
  std::string message;
  std::vector<std::pair<std::string, std::string>> facts = {};
};

std::string_view TitleOf(int status) {
  switch (status) {
    case kForbidden:
      return "403 Forbidden";
    case kNotFound:
      return "404 Not Found";
    case kMethodNotAllowed:
      return "405 Method Not Allowed";
    case kMovedPermanently:
      return "301 Moved Permanently";
    case kFound:
      return "302 Found";
    default:
      return status < 500 ? "400 Bad Request" : "500 Internal Server Error";
  }
}

std::string EscapeHtml(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

net::HttpResponse Page(const net::HttpRequest& request, const Failure& failure) {
  const std::string_view title = TitleOf(failure.status);
  std::string body = fmt::format(
      "<html>\n<head><title>{0}</title></head>\n<body>\n<h1>{0}</h1>\n<ul>\n<li>Code: {1}</li>\n"
      "<li>Message: {2}</li>\n",
      title, failure.code, EscapeHtml(failure.message));
  for (const auto& [name, value] : failure.facts) {
    body += fmt::format("<li>{}: {}</li>\n", name, EscapeHtml(value));
  }
  body +=
      fmt::format("<li>RequestId: {}</li>\n</ul>\n<hr/>\n</body>\n</html>\n", request.request_id);
  auto response =
      net::HttpResponse::Text(failure.status, "text/html; charset=utf-8", std::move(body));
  response.headers.Set("x-amz-error-code", failure.code);
  response.headers.Set("x-amz-error-message", failure.message);
  return response;
}

net::HttpResponse RedirectTo(int status, std::string location) {
  net::HttpResponse response;
  response.status = status;
  response.headers.Set("Location", std::move(location));
  return response;
}

/// The text of an element of S3's error document, which has no attributes.
std::string ElementOf(std::string_view document, std::string_view name) {
  const std::string open = fmt::format("<{}>", name);
  const std::size_t start = document.find(open);
  if (start == std::string_view::npos) return {};
  const std::size_t end = document.find('<', start + open.size());
  return std::string(document.substr(start + open.size(), end - start - open.size()));
}

Failure FailureOf(const net::HttpResponse& reply, std::string_view key) {
  std::string_view document;
  if (!reply.body.empty()) {
    if (const auto* text = std::get_if<std::string>(&reply.body.front())) document = *text;
  }
  Failure failure{.status = reply.status,
                  .code = ElementOf(document, "Code"),
                  .message = ElementOf(document, "Message")};
  if (failure.status == kNotFound) failure.facts.emplace_back("Key", key);
  return failure;
}

bool Applies(const aws::s3::RoutingRule& rule, std::string_view key, std::optional<int> error) {
  if (!rule.condition) return !error;
  const auto& prefix = rule.condition->key_prefix_equals;
  const auto& code = rule.condition->http_error_code_returned_equals;
  if (prefix && !key.starts_with(*prefix)) return false;
  if (code.has_value() != error.has_value()) return false;
  return !code || *code == std::to_string(*error);
}

net::HttpResponse Follow(const aws::s3::RoutingRule& rule, const net::HttpRequest& request,
                         std::string_view key) {
  const aws::s3::Redirect& redirect = rule.redirect;
  std::string target(key);
  if (redirect.replace_key_with) {
    target = *redirect.replace_key_with;
  } else if (redirect.replace_key_prefix_with) {
    const std::string prefix =
        rule.condition ? rule.condition->key_prefix_equals.value_or("") : std::string();
    target = *redirect.replace_key_prefix_with + target.substr(prefix.size());
  }
  int status = kMovedPermanently;
  if (redirect.http_redirect_code) {
    const std::string& text = *redirect.http_redirect_code;
    std::from_chars(text.data(), text.data() + text.size(), status);
  }
  const std::string protocol = redirect.protocol.value_or(request.tls ? "https" : "http");
  const std::string host = redirect.host_name.value_or(std::string(request.headers.Get("Host")));
  return RedirectTo(status, fmt::format("{}://{}/{}", protocol, host,
                                        PercentEncode(target, /*keep_slash=*/true)));
}

const aws::s3::RoutingRule* FindRule(const aws::s3::GetBucketWebsiteOutput& website,
                                     std::string_view key, std::optional<int> error) {
  if (!website.routing_rules) return nullptr;
  const auto found = std::ranges::find_if(
      *website.routing_rules,
      [&](const aws::s3::RoutingRule& rule) { return Applies(rule, key, error); });
  return found == website.routing_rules->end() ? nullptr : &*found;
}

bool IsGood(const net::HttpResponse& reply) {
  return reply.status < 300 || reply.status == kNotModified;
}

}  // namespace

std::optional<std::string> WebsiteBucketOf(std::string_view host, std::string_view domain) {
  constexpr std::string_view kMark = ".s3-website";
  const std::string name = ToLowerAscii(host.substr(0, host.find(':')));
  const std::size_t mark = name.rfind(kMark);
  if (mark == std::string::npos || mark == 0) return std::nullopt;
  const std::string_view behind = std::string_view(name).substr(mark + kMark.size());
  if (!behind.starts_with('.') && !behind.starts_with('-')) return std::nullopt;
  const std::string_view below = behind.substr(1);
  const bool ours = below == "localhost" || (!domain.empty() && below == domain) ||
                    below.ends_with(".amazonaws.com") || below == "amazonaws.com";
  if (!ours) return std::nullopt;
  return name.substr(0, mark);
}

net::Dispatch WebsiteFront::OnRequest(std::shared_ptr<const net::HttpRequest> request) {
  const auto bucket = WebsiteBucketOf(request->headers.Get("Host"), domain_);
  if (!bucket) return s3_.OnRequest(std::move(request));
  net::HttpResponse response = Answer(*request, *bucket);
  response.operation = "s3.Website";
  protocol::AddS3RequestIds(request->request_id, response);
  return response;
}

net::HttpResponse WebsiteFront::OnFailure(const net::HttpRequest& request, const Error& error) {
  return s3_.OnFailure(request, error);
}

/// As an anonymous reader's GetObject or HeadObject: its conditions and range count, its query does
/// not.
net::HttpResponse WebsiteFront::Read(const net::HttpRequest& request, std::string_view bucket,
                                     std::string_view key) const {
  constexpr std::array<std::string_view, 6> kKept = {
      "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "Range", "Origin"};
  auto inner = std::make_shared<net::HttpRequest>();
  inner->method = request.method;
  inner->raw_path = fmt::format("/{}/{}", bucket, PercentEncode(key, /*keep_slash=*/true));
  inner->headers.Add("Host", "s3.localhost");
  for (const std::string_view name : kKept) {
    if (const auto value = request.headers.Find(name)) {
      inner->headers.Add(std::string(name), std::string(*value));
    }
  }
  inner->remote_address = request.remote_address;
  inner->request_id = request.request_id;
  inner->tls = request.tls;
  inner->content_length = 0;
  net::Dispatch dispatch = s3_.OnRequest(std::move(inner));
  if (auto* reply = std::get_if<net::HttpResponse>(&dispatch)) return std::move(*reply);
  return std::get<std::unique_ptr<net::RequestHandler>>(dispatch)->OnEnd();
}

net::HttpResponse WebsiteFront::Answer(const net::HttpRequest& request,
                                       const std::string& bucket) const {
  if (request.method != "GET" && request.method != "HEAD") {
    return Page(request, {.status = kMethodNotAllowed,
                          .code = "MethodNotAllowed",
                          .message = "The specified method is not allowed against this resource.",
                          .facts = {{"Method", request.method}, {"ResourceType", "OBJECT"}}});
  }
  const auto name = store::BucketName::Parse(bucket);
  const auto terms = name ? store_.FindBucketTerms(*name) : Fail(name.error());
  if (!terms) {
    return Page(request, {.code = "NoSuchBucket",
                          .message = "The specified bucket does not exist",
                          .facts = {{"BucketName", bucket}}});
  }
  const std::string* document = terms->Find(store::BucketSetting::kWebsite);
  const auto website = document != nullptr ? ReadWebsiteDocument(*document)
                                           : Fail(Reason::kEntityNotFound, "no website");
  if (!website) {
    return Page(request, {.code = "NoSuchWebsiteConfiguration",
                          .message = "The specified bucket does not have a website configuration",
                          .facts = {{"BucketName", bucket}}});
  }
  const auto path = net::DecodePath(request.raw_path);
  if (!path) return Page(request, {.status = 400, .code = "InvalidURI", .message = "Bad escape"});
  const std::string key = path->starts_with('/') ? path->substr(1) : *path;
  if (website->redirect_all_requests_to) {
    const auto& all = *website->redirect_all_requests_to;
    const std::string protocol = all.protocol.value_or(request.tls ? "https" : "http");
    return RedirectTo(kMovedPermanently,
                      fmt::format("{}://{}{}", protocol, all.host_name, request.raw_path));
  }
  if (const auto* rule = FindRule(*website, key, std::nullopt)) return Follow(*rule, request, key);

  const std::string index = website->index_document ? website->index_document->suffix : "";
  const bool is_folder = key.empty() || key.ends_with('/');
  net::HttpResponse reply = Read(request, bucket, is_folder ? key + index : key);
  if (const auto elsewhere = reply.headers.Find("x-amz-website-redirect-location")) {
    return RedirectTo(kMovedPermanently, std::string(*elsewhere));
  }
  if (IsGood(reply)) return reply;
  if (const auto* rule = FindRule(*website, key, reply.status)) return Follow(*rule, request, key);
  if (!is_folder && reply.status == kNotFound && IsGood(Read(request, bucket, key + "/" + index))) {
    return RedirectTo(kFound, fmt::format("/{}/", PercentEncode(key, /*keep_slash=*/true)));
  }
  const Failure failure = FailureOf(reply, is_folder ? key + index : key);
  if (website->error_document && failure.status < 500) {
    net::HttpResponse page = Read(request, bucket, website->error_document->key);
    if (page.status == 200) {
      page.status = failure.status;
      page.headers.Set("x-amz-error-code", failure.code);
      page.headers.Set("x-amz-error-message", failure.message);
      return page;
    }
  }
  return Page(request, failure);
}

}  // namespace owlet::s3
