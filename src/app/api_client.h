#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "app/server_file.h"
#include "base/result.h"

namespace owlet::app {

/// Calls services of a running owlet as root, for the command line. One connection a call.
class ApiClient {
 public:
  explicit ApiClient(ServerFile server) : server_(std::move(server)) {}

  /// `target` is "AmazonAthena.StartQueryExecution", `service` the name in the signature. An error
  /// reply becomes an Error with the service's code as condition.
  [[nodiscard]] Result<nlohmann::json> Call(const std::string& service, const std::string& target,
                                            const nlohmann::json& input) const;
  /// S3's CreateBucket; a bucket that is there already is good.
  [[nodiscard]] Status EnsureBucket(const std::string& name) const;
  /// S3's GetObject, of "bucket/key" in characters that need no encoding.
  [[nodiscard]] Result<std::string> GetObject(const std::string& path) const;

 private:
  struct Request;
  struct Reply;
  [[nodiscard]] Result<Reply> Send(const Request& request) const;

  const ServerFile server_;
};

}  // namespace owlet::app
