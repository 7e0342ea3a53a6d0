#include "protocol/common/rest_json_service.h"

#include "protocol/common/http_request_view.h"

namespace owlet::protocol {

RestJsonService::RestJsonService(const ServiceSchema& schema, Options options,
                                 ServiceEnvironment environment)
    : schema_(schema), options_(std::move(options)), environment_(std::move(environment)) {}

net::HttpResponse RestJsonService::Refuse(const ServiceError& error, std::string_view request_id) {
  return JsonErrorResponse(error, "application/json", "message", request_id);
}

net::Dispatch RestJsonService::OnRequest(std::shared_ptr<const net::HttpRequest> request) {
  return net::CollectBody(
      options_.body_limit, [this, request](std::string body) { return Answer(request, body); },
      [this, request](const Error& error) { return OnFailure(*request, error); });
}

net::HttpResponse RestJsonService::OnFailure(const net::HttpRequest& request, const Error& error) {
  return Refuse(ServerFailure(error), request.request_id);
}

net::HttpResponse RestJsonService::Answer(std::shared_ptr<const net::HttpRequest> request,
                                          std::string_view body) const {
  const auto who =
      environment_.authenticator->Authenticate(ViewOf(*request), schema_.signing_name, body);
  if (!who) {
    auto error = AccessError(ErrorDialect::kJson, who.error())
                     .value_or(ServiceError{.code = "IncompleteSignatureException",
                                            .message = who.error().message});
    error.status = 403;  // rest-json services say of every refused signature that it is forbidden
    return Refuse(error, request->request_id);
  }
  RestRequest rest = {.http = request.get()};
  const OperationName* operation =
      FindByUri(schema_, request->method, request->raw_path, rest.labels);
  auto query = net::ParseQuery(request->raw_query);
  if (operation == nullptr || !query)
    return Refuse({.status = 404, .code = "UnknownOperationException"}, request->request_id);
  rest.query = std::move(*query);
  const RequestContext context = {
      .http = request,
      .principal = who->principal,
      .request_id = request->request_id,
      .region = who->region.empty() ? environment_.default_region : who->region,
      .now = environment_.clock->Now()};
  const OperationSet::Entry* entry = operations_.Find(operation->name);
  net::HttpResponse response =
      entry == nullptr ? Refuse(NotImplementedError(schema_, operation->name), request->request_id)
                       : Call(*entry, rest, context, body);
  response.operation = std::string(schema_.name) + "." + std::string(operation->name);
  return response;
}

net::HttpResponse RestJsonService::Call(const OperationSet::Entry& entry, const RestRequest& rest,
                                        const RequestContext& context,
                                        std::string_view body) const {
  net::HttpResponse response;
  const CallOutcome outcome = CallOperation(
      entry, context,
      [&](Validation& validation, void* request) -> Status {
        RestValidation both;
        OWLET_CHECK_OK(ReadRest(*entry.schema, rest, body, BodyFormat::kJson, options_.max_depth,
                                both, request));
        validation = both.outside.ok() ? std::move(both.body) : std::move(both.outside);
        return {};
      },
      [&](const void* object, ReplyParts parts) {
        response = WriteRest(*entry.schema, object, std::move(parts), BodyFormat::kJson, {});
        response.headers.Set("x-amzn-RequestId", context.request_id);
      });
  switch (outcome.kind) {
    case CallOutcome::Kind::kDone:
      return response;
    case CallOutcome::Kind::kUnreadable:
      return Refuse({.code = "SerializationException", .message = outcome.error.message},
                    context.request_id);
    case CallOutcome::Kind::kInvalid:
      return Refuse({.code = "ValidationException", .message = outcome.error.message},
                    context.request_id);
    case CallOutcome::Kind::kFailed:
      return Refuse(options_.map_error(outcome.error), context.request_id);
  }
  return response;
}

}  // namespace owlet::protocol
