#include "protocol/common/service_router.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "core/access/authenticator.h"
#include "protocol/common/http_request_view.h"
#include "protocol/common/query_service.h"
#include "protocol/common/service_error.h"

namespace owlet::protocol {
namespace {

constexpr std::uint64_t kFormLimit = std::uint64_t{1} << 20;

ServiceError UnknownService(std::string_view name) {
  return {.status = 501,
          .code = "NotImplemented",
          .message = fmt::format("owlet does not serve the service '{}'", name)};
}

net::HttpResponse QueryRefusal(const ServiceError& error, std::string_view request_id) {
  static constexpr ServiceSchema kNoService{};
  return QueryErrorResponse(kNoService, error, request_id);
}

bool IsForm(const net::HttpRequest& request) {
  return request.method == "POST" && request.raw_path == "/" &&
         request.headers.Get("Content-Type").starts_with("application/x-www-form-urlencoded");
}

/// The reply of a service to a whole body.
net::HttpResponse Replay(net::HttpService& service, std::shared_ptr<const net::HttpRequest> request,
                         std::string_view body) {
  net::Dispatch dispatch = service.OnRequest(std::move(request));
  if (auto* refusal = std::get_if<net::HttpResponse>(&dispatch)) return std::move(*refusal);
  auto& handler = *std::get<std::unique_ptr<net::RequestHandler>>(dispatch);
  const Status status = handler.OnBody(std::as_bytes(std::span(body)));
  return status ? handler.OnEnd() : handler.OnError(status.error());
}

}  // namespace

void ServiceRouter::Add(const ServiceSchema& schema, net::HttpService& service) {
  routes_.push_back({.schema = &schema, .service = &service});
  if (schema.protocol == "rest-xml") fallback_ = &service;
}

const ServiceRouter::Route* ServiceRouter::ByTarget(std::string_view target) const {
  const std::string_view prefix = target.substr(0, target.rfind('.'));
  const auto found = std::ranges::find_if(routes_, [&](const Route& route) {
    return !route.schema->target_prefix.empty() && route.schema->target_prefix == prefix;
  });
  return found == routes_.end() ? nullptr : &*found;
}

const ServiceRouter::Route* ServiceRouter::BySigningName(std::string_view name) const {
  const auto found = std::ranges::find_if(
      routes_, [&](const Route& route) { return route.schema->signing_name == name; });
  return found == routes_.end() ? nullptr : &*found;
}

const ServiceRouter::Route* ServiceRouter::ByAction(const net::QueryParameters& parameters) const {
  const auto action = parameters.Find("Action");
  if (!action) return nullptr;
  const std::string_view version = parameters.Get("Version");
  const auto found = std::ranges::find_if(routes_, [&](const Route& route) {
    return route.schema->protocol == "query" && route.schema->Find(*action) != nullptr &&
           (version.empty() || version == route.schema->api_version);
  });
  return found == routes_.end() ? nullptr : &*found;
}

net::Dispatch ServiceRouter::OnRequest(std::shared_ptr<const net::HttpRequest> request) {
  if (const auto target = request->headers.Find("X-Amz-Target")) {
    if (const Route* route = ByTarget(*target)) return route->service->OnRequest(request);
    const std::string_view service = target->substr(0, target->rfind('.'));
    return JsonErrorResponse(UnknownService(service), kJsonContentType, "message",
                             request->request_id);
  }
  const std::string_view signed_for = access::SignedService(ViewOf(*request));
  if (!signed_for.empty()) {
    if (const Route* route = BySigningName(signed_for)) return route->service->OnRequest(request);
    return QueryRefusal(UnknownService(signed_for), request->request_id);
  }
  // Below "/" stand S3's buckets, whatever a query says.
  if (const auto query = net::ParseQuery(request->raw_query); query && request->raw_path == "/") {
    if (const Route* route = ByAction(*query)) return route->service->OnRequest(request);
  }
  if (IsForm(*request)) return RouteForm(std::move(request));
  if (fallback_ != nullptr) return fallback_->OnRequest(std::move(request));
  return net::HttpResponse::Text(404, "text/plain", "no service\n");
}

// Who signs nothing names no service: the form's Action tells it.
net::Dispatch ServiceRouter::RouteForm(std::shared_ptr<const net::HttpRequest> request) const {
  return net::CollectBody(
      kFormLimit,
      [this, request](std::string body) {
        const auto form = net::ParseQuery(body);
        const Route* route = form ? ByAction(*form) : nullptr;
        net::HttpService* service = route != nullptr ? route->service : fallback_;
        if (service != nullptr) return Replay(*service, request, body);
        return QueryRefusal({.code = "InvalidAction", .message = "Could not find operation"},
                            request->request_id);
      },
      [request](const Error& error) {
        return QueryRefusal(
            {.status = 413, .code = "RequestEntityTooLarge", .message = error.message},
            request->request_id);
      });
}

net::HttpResponse ServiceRouter::OnFailure(const net::HttpRequest& request, const Error& error) {
  const auto target = request.headers.Find("X-Amz-Target");
  const std::string_view signed_for = access::SignedService(ViewOf(request));
  const Route* route = target ? ByTarget(*target) : BySigningName(signed_for);
  if (route != nullptr) return route->service->OnFailure(request, error);
  if (fallback_ != nullptr) return fallback_->OnFailure(request, error);
  return net::HttpService::OnFailure(request, error);
}

}  // namespace owlet::protocol
