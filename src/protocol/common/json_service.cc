#include "protocol/common/json_service.h"

#include <fmt/format.h>

#include "protocol/common/http_request_view.h"
#include "protocol/common/json_reader.h"
#include "protocol/common/json_writer.h"

namespace owlet::protocol {

JsonService::JsonService(const ServiceSchema& schema, Options options,
                         ServiceEnvironment environment)
    : schema_(schema), options_(std::move(options)), environment_(std::move(environment)) {}

net::Dispatch JsonService::OnRequest(std::shared_ptr<const net::HttpRequest> request) {
  const std::string_view target = request->headers.Get("X-Amz-Target");
  const std::size_t dot = target.rfind('.');
  std::string operation(dot == std::string_view::npos ? target : target.substr(dot + 1));
  return net::CollectBody(
      options_.body_limit,
      [this, request, operation = std::move(operation)](std::string body) {
        return Answer(request, operation, body);
      },
      [this, request](const Error& error) { return OnFailure(*request, error); });
}

net::HttpResponse JsonService::OnFailure(const net::HttpRequest& request, const Error& error) {
  return Refuse(request, ServerFailure(error));
}

net::HttpResponse JsonService::Refuse(const net::HttpRequest& request,
                                      const ServiceError& error) const {
  return JsonErrorResponse(error, kJsonContentType, "message", request.request_id);
}

net::HttpResponse JsonService::Answer(std::shared_ptr<const net::HttpRequest> request,
                                      std::string_view operation, std::string_view body) const {
  const auto who =
      environment_.authenticator->Authenticate(ViewOf(*request), schema_.signing_name, body);
  if (!who) {
    const auto error = AccessError(ErrorDialect::kJson, who.error());
    return Refuse(*request, error ? *error
                                  : ServiceError{.code = "IncompleteSignatureException",
                                                 .message = who.error().message});
  }
  const RequestContext context = {
      .http = request,
      .principal = who->principal,
      .request_id = request->request_id,
      .region = who->region.empty() ? environment_.default_region : who->region,
      .now = environment_.clock->Now()};
  return AnswerJson(schema_, options_, operations_, operation, context, body);
}

}  // namespace owlet::protocol
