#include <fmt/format.h>

#include "protocol/common/form_reader.h"
#include "protocol/common/query_service.h"
#include "protocol/common/xml_writer.h"

namespace owlet::protocol {
namespace {

constexpr std::string_view kXmlContentType = "text/xml";

void OpenRoot(std::string_view name, const ServiceSchema& schema, std::string& out) {
  out += fmt::format("<{} xmlns=\"{}\">", name, schema.xml_namespace);
}

net::HttpResponse XmlReply(int status, std::string body, std::string_view request_id) {
  auto response = net::HttpResponse::Text(status, std::string(kXmlContentType), std::move(body));
  response.headers.Set("x-amzn-RequestId", std::string(request_id));
  return response;
}

std::string SuccessBody(const ServiceSchema& schema, const OperationSchema& operation,
                        const void* reply, std::string_view request_id) {
  const std::string root = std::string(operation.name) + "Response";
  std::string out;
  OpenRoot(root, schema, out);
  if (operation.output != nullptr) {
    out += fmt::format("<{}>", operation.result_wrapper);
    WriteXmlMembers(*operation.output, reply, out);
    out += fmt::format("</{}>", operation.result_wrapper);
  }
  out += "<ResponseMetadata>";
  AppendXmlElement("RequestId", request_id, out);
  out += fmt::format("</ResponseMetadata></{}>", root);
  return out;
}

net::HttpResponse CallQuery(const ServiceSchema& schema, const QueryService::Options& options,
                            const OperationSet::Entry& entry, const RequestContext& context,
                            const net::QueryParameters& parameters) {
  std::string reply;
  const CallOutcome outcome = CallOperation(
      entry, context,
      [&](Validation& validation, void* request) {
        return ReadForm(*entry.schema->input, parameters, validation, request);
      },
      [&](const void* object, const ReplyParts&) {
        reply = SuccessBody(schema, *entry.schema, object, context.request_id);
      });
  const auto refuse = [&](const ServiceError& error) {
    return QueryErrorResponse(schema, error, context.request_id);
  };
  switch (outcome.kind) {
    case CallOutcome::Kind::kDone:
      return XmlReply(200, std::move(reply), context.request_id);
    case CallOutcome::Kind::kUnreadable:
      return refuse({.code = outcome.error.condition, .message = outcome.error.message});
    case CallOutcome::Kind::kInvalid:
      return refuse({.code = "ValidationError", .message = outcome.error.message});
    case CallOutcome::Kind::kFailed:
      return refuse(options.map_error(outcome.error));
  }
  return {};
}

}  // namespace

net::HttpResponse AnswerQuery(const ServiceSchema& schema, const QueryService::Options& options,
                              const OperationSet& operations, const RequestContext& context,
                              const net::QueryParameters& parameters) {
  const std::string action(parameters.Get("Action"));
  const auto refuse = [&](const ServiceError& error) {
    return QueryErrorResponse(schema, error, context.request_id);
  };
  if (action.empty())
    return refuse(
        {.code = "MissingAction", .message = "The request must contain the parameter Action"});
  const std::string_view version = parameters.Get("Version");
  if (schema.Find(action) == nullptr || (!version.empty() && version != schema.api_version))
    return refuse({.code = "InvalidAction",
                   .message = fmt::format("Could not find operation {} for version {}", action,
                                          version.empty() ? "NO_VERSION_SPECIFIED" : version)});
  const OperationSet::Entry* entry = operations.Find(action);
  net::HttpResponse response = entry == nullptr
                                   ? refuse(NotImplementedError(schema, action))
                                   : CallQuery(schema, options, *entry, context, parameters);
  response.operation = std::string(schema.name) + "." + action;
  return response;
}

net::HttpResponse QueryErrorResponse(const ServiceSchema& schema, const ServiceError& error,
                                     std::string_view request_id) {
  std::string out;
  OpenRoot("ErrorResponse", schema, out);
  out += "<Error>";
  AppendXmlElement("Type", error.status >= 500 ? "Receiver" : "Sender", out);
  AppendXmlElement("Code", error.code, out);
  AppendXmlElement("Message", error.message, out);
  for (const auto& [name, value] : error.fields) AppendXmlElement(name, value, out);
  out += "</Error>";
  AppendXmlElement("RequestId", request_id, out);
  out += "</ErrorResponse>";
  return XmlReply(error.status, std::move(out), request_id);
}

}  // namespace owlet::protocol
