#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "net/http.h"
#include "protocol/common/operation.h"
#include "protocol/common/rest_binding.h"
#include "protocol/common/service_environment.h"
#include "protocol/common/service_error.h"

namespace owlet::protocol {

/// A service of the rest-json protocol (EMR Serverless): the operation is told by method and path.
/// Made and filled as JsonService is (json_service.h). Operations of the model without a handler
/// answer NotImplemented with their name. Thread-safe once all handlers are registered.
class RestJsonService final : public net::HttpService {
 public:
  struct Options {
    ErrorMap map_error;
    std::uint64_t body_limit = std::uint64_t{4} << 20;
    std::size_t max_depth = 100;
  };

  /// `schema` and what `environment` points to must outlive it.
  RestJsonService(const ServiceSchema& schema, Options options, ServiceEnvironment environment);

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
  [[nodiscard]] net::HttpResponse Call(const OperationSet::Entry& entry, const RestRequest& rest,
                                       const RequestContext& context, std::string_view body) const;
  [[nodiscard]] static net::HttpResponse Refuse(const ServiceError& error,
                                                std::string_view request_id);

  const ServiceSchema& schema_;
  Options options_;
  ServiceEnvironment environment_;
  OperationSet operations_;
};

}  // namespace owlet::protocol
