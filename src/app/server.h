#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "app/settings.h"
#include "base/result.h"

namespace owlet::access {
struct Principal;
}
namespace owlet::jobs {
class QueryExecutions;
}

namespace owlet::app {

/// All of owlet in one process, wired by constructors: the data folder, the core, the services of
/// port 9000 and Spark Connect on 15002. While it lives the data folder is locked and server.json
/// says where it listens. Thread-safe.
class Server {
 public:
  /// Opens and listens. The message of an error is one line for the command line.
  [[nodiscard]] static Result<std::unique_ptr<Server>> Start(const Settings& settings);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// "127.0.0.1:9000", with the real port where 0 was asked for.
  [[nodiscard]] std::string address() const;
  [[nodiscard]] std::string spark_address() const;
  /// The root key pair: id and secret.
  [[nodiscard]] const std::pair<std::string, std::string>& root_key() const;

  /// Begins to keep a warm Python process for steps (core/python/warm_script_runner.h); returns at
  /// once. For a server that stays: it costs a second of a core, and memory of its own.
  void WarmUp();

  /// With --tls: the certificate that clients are to trust; else empty.
  [[nodiscard]] const std::filesystem::path& authority() const;

  struct RootKey {
    std::string account_id;
    std::string access_key_id;
    std::string secret_access_key;
  };
  /// Those of Settings::other_accounts.
  [[nodiscard]] std::vector<RootKey> other_root_keys() const;

  /// Lets running requests end, interrupts queries and jobs, closes.
  void Stop();

 private:
  struct Parts;
  explicit Server(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace owlet::app
