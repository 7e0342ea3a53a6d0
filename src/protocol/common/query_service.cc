#include "protocol/common/query_service.h"

#include <algorithm>

#include "protocol/common/http_request_view.h"

namespace owlet::protocol {
namespace {

/// The parameters of the query and of a form body together.
Result<net::QueryParameters> AllParameters(const net::HttpRequest& request, std::string_view body) {
  OWLET_TRY(net::QueryParameters all, net::ParseQuery(request.raw_query));
  if (request.method != "POST") return all;
  OWLET_TRY(const net::QueryParameters form, net::ParseQuery(body));
  for (const auto& [name, value] : form.fields()) all.Add(name, value);
  return all;
}

}  // namespace

QueryService::QueryService(const ServiceSchema& schema, Options options,
                           ServiceEnvironment environment)
    : schema_(schema), options_(std::move(options)), environment_(std::move(environment)) {}

net::Dispatch QueryService::OnRequest(std::shared_ptr<const net::HttpRequest> request) {
  return net::CollectBody(
      options_.body_limit, [this, request](std::string body) { return Answer(request, body); },
      [this, request](const Error& error) { return OnFailure(*request, error); });
}

net::HttpResponse QueryService::OnFailure(const net::HttpRequest& request, const Error& error) {
  return QueryErrorResponse(schema_, ServerFailure(error), request.request_id);
}

net::HttpResponse QueryService::Answer(std::shared_ptr<const net::HttpRequest> request,
                                       std::string_view body) const {
  const auto parameters = AllParameters(*request, body);
  if (!parameters)
    return QueryErrorResponse(
        schema_, {.code = "MalformedQueryString", .message = parameters.error().message},
        request->request_id);
  RequestContext context = {.http = request,
                            .principal = access::Principal::Anonymous(),
                            .request_id = request->request_id,
                            .region = environment_.default_region,
                            .now = environment_.clock->Now()};
  const bool is_open = std::ranges::find(options_.unsigned_operations, parameters->Get("Action")) !=
                       options_.unsigned_operations.end();
  const auto who =
      environment_.authenticator->Authenticate(ViewOf(*request), schema_.signing_name, body);
  if (who) {
    context.principal = who->principal;
    if (!who->region.empty()) context.region = who->region;
  } else if (!is_open || who.error().reason != Reason::kMissingCredentials) {
    const auto error = AccessError(ErrorDialect::kQuery, who.error());
    return QueryErrorResponse(
        schema_,
        error ? *error
              : ServiceError{.code = "IncompleteSignature", .message = who.error().message},
        request->request_id);
  }
  return AnswerQuery(schema_, options_, operations_, context, *parameters);
}

}  // namespace owlet::protocol
