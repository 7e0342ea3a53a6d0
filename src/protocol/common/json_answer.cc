#include "protocol/common/json_reader.h"
#include "protocol/common/json_service.h"
#include "protocol/common/json_writer.h"

namespace owlet::protocol {
namespace {

net::HttpResponse JsonReply(std::string body, const RequestContext& context) {
  auto response = net::HttpResponse::Text(200, std::string(kJsonContentType), std::move(body));
  response.headers.Set("x-amzn-RequestId", context.request_id);
  return response;
}

net::HttpResponse CallJson(const ServiceSchema& schema, const JsonService::Options& options,
                           const OperationSet::Entry& entry, const RequestContext& context,
                           std::string_view body) {
  std::string reply;
  const CallOutcome outcome = CallOperation(
      entry, context,
      [&](Validation& validation, void* request) {
        return ReadJson(*entry.schema->input, body, options.max_depth, validation, request);
      },
      [&](const void* object, const ReplyParts&) {
        if (entry.schema->output != nullptr) WriteJson(*entry.schema->output, object, reply);
      });
  const auto refuse = [&](const ServiceError& error, bool is_modelled) {
    return JsonErrorResponse(error, kJsonContentType, is_modelled ? options.message_key : "message",
                             context.request_id);
  };
  switch (outcome.kind) {
    case CallOutcome::Kind::kDone:
      return JsonReply(std::move(reply), context);
    case CallOutcome::Kind::kUnreadable:
      return refuse({.code = outcome.error.condition, .message = outcome.error.message}, false);
    case CallOutcome::Kind::kInvalid: {
      ServiceError invalid = options.validation_error;
      invalid.message = outcome.error.message;
      return refuse(invalid, schema.FindError(invalid.code) != nullptr);
    }
    case CallOutcome::Kind::kFailed:
      return refuse(options.map_error(outcome.error), true);
  }
  return {};
}

}  // namespace

net::HttpResponse AnswerJson(const ServiceSchema& schema, const JsonService::Options& options,
                             const OperationSet& operations, std::string_view operation,
                             const RequestContext& context, std::string_view body) {
  const auto refuse = [&](const ServiceError& error) {
    return JsonErrorResponse(error, kJsonContentType, "message", context.request_id);
  };
  if (schema.Find(operation) == nullptr) return refuse({.code = "UnknownOperationException"});
  const OperationSet::Entry* entry = operations.Find(operation);
  net::HttpResponse response = entry == nullptr ? refuse(NotImplementedError(schema, operation))
                                                : CallJson(schema, options, *entry, context, body);
  response.operation = std::string(schema.name) + "." + std::string(operation);
  return response;
}

}  // namespace owlet::protocol
