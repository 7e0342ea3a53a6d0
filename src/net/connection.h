#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <memory>
#include <random>

#include "net/http_server.h"
#include "net/worker_pool.h"

namespace owlet::net {

/// What all connections of a server share. Outlives them.
struct ServerShared {
  ServerOptions options;
  HttpService& service;
  RequestLog log;
  WorkerPool workers;
  std::atomic<bool> stopping = false;
};

/// One client's connection, served by one coroutine on one I/O thread; every function is called on
/// that thread. Socket calls never wait: a call that would block suspends the coroutine, and the
/// server's sweep ends the wait when `deadline` has passed.
class Connection {
 public:
  virtual ~Connection() = default;

  /// Serves requests until the connection ends. The caller keeps the connection alive meanwhile.
  virtual boost::asio::awaitable<void> Serve() = 0;
  /// Ends a wait that has lasted too long.
  virtual void ExpireIfLate(std::chrono::steady_clock::time_point now) = 0;
  /// Closes when it waits for the next request.
  virtual void CloseIfIdle() = 0;
  /// Ends at the next moment, whatever it does.
  virtual void Cut() = 0;
};

std::shared_ptr<Connection> MakeConnection(boost::asio::ip::tcp::socket socket,
                                           ServerShared& shared, std::mt19937_64& random);

}  // namespace owlet::net
