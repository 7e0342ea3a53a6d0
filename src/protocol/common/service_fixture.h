#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "core/access/authenticator.h"
#include "net/http.h"
#include "protocol/common/service_environment.h"

namespace owlet::protocol {

/// What the tests of the services share: everybody is root, the clock stands still.
class ServiceFixture {
 public:
  ServiceFixture();

  [[nodiscard]] ServiceEnvironment environment() const;

  struct Sent {
    std::string method = "POST";
    std::string path = "/";
    std::string query = {};
    std::vector<std::pair<std::string, std::string>> headers = {};
    std::string body = {};
  };

  struct Received {
    int status = 0;
    net::Headers headers;
    std::string body;
    std::string operation;
  };

  /// Gives the request to the service, with its body in pieces of a few bytes.
  static Received Send(net::HttpService& service, const Sent& sent);

 private:
  class NoCredentials final : public access::CredentialSource {
   public:
    Result<access::Credentials> FindCredentials(std::string_view) const override {
      return Fail(Reason::kUnknownAccessKey, "no such key");
    }
  };

  NoCredentials credentials_;
  ManualClock clock_;
  access::Authenticator authenticator_;
};

}  // namespace owlet::protocol
