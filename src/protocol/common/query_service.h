#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "net/http.h"
#include "net/uri.h"
#include "protocol/common/operation.h"
#include "protocol/common/service_environment.h"
#include "protocol/common/service_error.h"

namespace owlet::protocol {

/// A service of the query protocol (IAM, STS): a form with Action=, in the body or the query, and
/// an XML reply. Made and filled as JsonService is (json_service.h); `map_error` gives codes as
/// they stand on the wire ("NoSuchEntity"). Operations of the model without a handler answer
/// NotImplemented with their name. Thread-safe once all handlers are registered.
class QueryService final : public net::HttpService {
 public:
  struct Options {
    ErrorMap map_error;
    /// Operations that need no signature: AssumeRoleWithWebIdentity.
    std::vector<std::string_view> unsigned_operations = {};
    std::uint64_t body_limit = std::uint64_t{1} << 20;
  };

  /// `schema` and what `environment` points to must outlive it.
  QueryService(const ServiceSchema& schema, Options options, ServiceEnvironment environment);

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
                                         std::string_view body) const;

  const ServiceSchema& schema_;
  Options options_;
  ServiceEnvironment environment_;
  OperationSet operations_;
};

/// The part of QueryService between a checked identity and the reply.
[[nodiscard]] net::HttpResponse AnswerQuery(const ServiceSchema& schema,
                                            const QueryService::Options& options,
                                            const OperationSet& operations,
                                            const RequestContext& context,
                                            const net::QueryParameters& parameters);

/// <ErrorResponse>, as the query services send it.
[[nodiscard]] net::HttpResponse QueryErrorResponse(const ServiceSchema& schema,
                                                   const ServiceError& error,
                                                   std::string_view request_id);

}  // namespace owlet::protocol
