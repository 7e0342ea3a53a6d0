#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "net/http.h"
#include "net/uri.h"
#include "protocol/common/schema.h"

namespace owlet::protocol {

/// Tells on one port which service a request is for: by the prefix of X-Amz-Target; else by the
/// service in the credential scope; else by Action in the query or, of an unsigned POST of a form
/// to
/// "/", in the body; else S3. A signed request for a service that is not here answers
/// NotImplemented with its name. Thread-safe once all services are added.
class ServiceRouter final : public net::HttpService {
 public:
  /// Both must outlive it. The service whose protocol is rest-xml takes what nobody else does.
  void Add(const ServiceSchema& schema, net::HttpService& service);

  [[nodiscard]] net::Dispatch OnRequest(std::shared_ptr<const net::HttpRequest> request) override;
  [[nodiscard]] net::HttpResponse OnFailure(const net::HttpRequest& request,
                                            const Error& error) override;

 private:
  struct Route {
    const ServiceSchema* schema;
    net::HttpService* service;
  };

  [[nodiscard]] const Route* ByTarget(std::string_view target) const;
  [[nodiscard]] const Route* BySigningName(std::string_view name) const;
  [[nodiscard]] const Route* ByAction(const net::QueryParameters& parameters) const;
  [[nodiscard]] net::Dispatch RouteForm(std::shared_ptr<const net::HttpRequest> request) const;

  std::vector<Route> routes_;
  net::HttpService* fallback_ = nullptr;
};

}  // namespace owlet::protocol
