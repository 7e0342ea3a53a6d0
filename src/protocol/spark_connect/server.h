#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/memory_budget.h"
#include "base/result.h"
#include "core/access/principal.h"

namespace owlet::engine {
class Engine;
}
namespace owlet::catalog {
class Catalog;
}

namespace owlet::spark_connect {

/// Says who a request comes from. Thread-safe.
class TokenIdentity {
 public:
  virtual ~TokenIdentity() = default;
  /// The identity of a bearer token. Without one: of a client on this machine, or an error where
  /// the configuration wants a token.
  [[nodiscard]] virtual Result<access::Principal> Identify(
      std::optional<std::string_view> token) const = 0;
};

struct ServerOptions {
  std::string address = "127.0.0.1:15002";  // host:port; port 0: any free one
  unsigned worker_threads = 16;             // operations and analyses that run at a time
  std::size_t max_waiting = 256;            // requests that wait for a worker; more are refused
  std::size_t max_message_bytes = 128u << 20;
  std::shared_ptr<MemoryBudget> memory;  // kReplay: replies and artifacts that are kept
  std::filesystem::path spill_folder;    // where they go when that has no room
};

/// Spark Connect's gRPC service (spark.connect.SparkConnectService) on one port. gRPC's threads
/// never block: plans run on a pool of their own. Thread-safe.
class Server {
 public:
  /// All references must outlive the server. kUnavailable when the port is taken.
  [[nodiscard]] static Result<std::unique_ptr<Server>> Start(const ServerOptions& options,
                                                             engine::Engine& engine,
                                                             catalog::Catalog& catalog,
                                                             const TokenIdentity& identity,
                                                             const Clock& clock);
  virtual ~Server() = default;
  [[nodiscard]] virtual std::uint16_t port() const = 0;
  /// Interrupts all operations and returns when none runs any more.
  virtual void Stop() = 0;
};

}  // namespace owlet::spark_connect
