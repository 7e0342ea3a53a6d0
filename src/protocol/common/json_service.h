#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "core/access/authenticator.h"
#include "net/http.h"
#include "protocol/common/operation.h"
#include "protocol/common/service_environment.h"
#include "protocol/common/service_error.h"

// A service of the JSON 1.1 protocol (Athena, Glue, EMR). How one is made, in protocol/glue:
//
//   CMakeLists.txt:
//     owlet_aws_wire(glue SOURCES 2)
//     owlet_library(protocol_glue DEPS ... protocol_common aws_glue_wire)
//
//   get_database.cc:
//     #include <aws/glue/operations.h>
//
//     namespace owlet::glue {
//     Result<aws::glue::GetDatabaseResponse> GetDatabase(
//         const catalog::Catalog& catalog, const protocol::RequestContext& context,
//         const aws::glue::GetDatabaseRequest& request) {
//       // A required member is plain (request.name), any other std::optional (request.catalog_id).
//       OWLET_TRY(const auto database, catalog.FindDatabase(request.name));
//       aws::glue::GetDatabaseResponse reply;
//       reply.database.emplace();
//       reply.database->name = database.name;
//       reply.database->create_time = database.created;  // owlet::Timestamp
//       return reply;
//     }
//     }  // namespace owlet::glue
//
//   glue_service.cc:
//     auto service = std::make_unique<protocol::JsonService>(
//         aws::glue::kService, protocol::JsonService::Options{.map_error = MapError}, environment);
//     service->On<aws::glue::operations::GetDatabase>(
//         [&catalog](const auto& context, const auto& request) {
//           return GetDatabase(catalog, context, request);
//         });
//
// A handler sees only requests that keep to the model's constraints. An error that it returns goes
// through map_error. To add an operation: its name into codegen/aws/operations/glue.txt, a handler,
// a line of On.

namespace owlet::protocol {

/// One service: reads X-Amz-Target, collects the body, checks signature and input, calls the
/// handler, writes the reply. Every operation of the model that has no handler answers
/// NotImplemented with its name. Thread-safe once all handlers are registered.
class JsonService final : public net::HttpService {
 public:
  struct Options {
    /// For errors of handlers. Refusals of the Authorizer may be left to AccessError.
    ErrorMap map_error;
    /// How the service words a broken constraint: code, status and fields; the message is added.
    ServiceError validation_error = {.code = "ValidationException"};
    /// The member that holds the message of errors that the model names.
    std::string message_key = "Message";
    std::uint64_t body_limit = std::uint64_t{4} << 20;
    std::size_t max_depth = 100;
  };

  /// `schema` and what `environment` points to must outlive it.
  JsonService(const ServiceSchema& schema, Options options, ServiceEnvironment environment);

  /// Registers the handler of one operation: see OperationSet.
  template <class Operation, class Handler>
  void On(Handler handler) {
    operations_.On<Operation>(std::move(handler));
  }

  [[nodiscard]] net::Dispatch OnRequest(std::shared_ptr<const net::HttpRequest> request) override;
  [[nodiscard]] net::HttpResponse OnFailure(const net::HttpRequest& request,
                                            const Error& error) override;

 private:
  [[nodiscard]] net::HttpResponse Answer(std::shared_ptr<const net::HttpRequest> request,
                                         std::string_view operation, std::string_view body) const;
  [[nodiscard]] net::HttpResponse Refuse(const net::HttpRequest& request,
                                         const ServiceError& error) const;

  const ServiceSchema& schema_;
  Options options_;
  ServiceEnvironment environment_;
  OperationSet operations_;
};

/// The part of JsonService between a checked identity and the reply: decodes `body`, calls the
/// handler of `operation`, encodes.
[[nodiscard]] net::HttpResponse AnswerJson(const ServiceSchema& schema,
                                           const JsonService::Options& options,
                                           const OperationSet& operations,
                                           std::string_view operation,
                                           const RequestContext& context, std::string_view body);

}  // namespace owlet::protocol
