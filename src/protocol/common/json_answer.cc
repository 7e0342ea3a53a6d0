#include <fmt/format.h>

#include "protocol/common/json_reader.h"
#include "protocol/common/json_service.h"
#include "protocol/common/json_writer.h"

namespace owlet::protocol {
namespace {

net::HttpResponse ErrorReply(const ServiceError& error, std::string_view message_key,
                             const RequestContext& context) {
  return JsonErrorResponse(error, kJsonContentType, message_key, context.request_id);
}

/// What happened between the bytes and the handler: an error of the reading is the protocol's, any
/// other the service's.
struct ReadOutcome {
  bool is_broken = false;  // no such JSON
  Validation validation;
};

}  // namespace

net::HttpResponse AnswerJson(const ServiceSchema& schema, const JsonService::Options& options,
                             const OperationSet& operations, std::string_view operation,
                             const RequestContext& context, std::string_view body) {
  const OperationSet::Entry* entry = operations.Find(operation);
  if (entry == nullptr) {
    if (schema.Find(operation) != nullptr)
      return ErrorReply(NotImplementedError(schema, operation), "message", context);
    return ErrorReply({.code = "UnknownOperationException", .message = {}}, "message", context);
  }
  ReadOutcome read;
  const auto fill = [&](void* request) -> Status {
    if (entry->schema->input == nullptr) return {};
    auto status =
        ReadJson(*entry->schema->input, body, options.max_depth, read.validation, request);
    read.is_broken = !status;
    if (status && !read.validation.ok())
      return Fail(Reason::kInvalidArgument, read.validation.Message());
    return status;
  };
  std::string reply;
  const auto take = [&](const void* object) {
    if (entry->schema->output != nullptr) WriteJson(*entry->schema->output, object, reply);
  };
  if (const Status status = entry->call(context, fill, take); !status) {
    const Error& error = status.error();
    if (read.is_broken)
      return ErrorReply({.code = error.condition, .message = error.message}, "message", context);
    if (!read.validation.ok()) {
      ServiceError invalid = options.validation_error;
      invalid.message = error.message;
      const bool modelled = schema.FindError(invalid.code) != nullptr;
      return ErrorReply(invalid, modelled ? options.message_key : "message", context);
    }
    return ErrorReply(options.map_error(error), options.message_key, context);
  }
  auto response = net::HttpResponse::Text(200, std::string(kJsonContentType), std::move(reply));
  response.headers.Set("x-amzn-RequestId", context.request_id);
  return response;
}

}  // namespace owlet::protocol
