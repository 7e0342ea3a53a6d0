#include "net/http_server.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <condition_variable>
#include <mutex>
#include <random>
#include <thread>
#include <unordered_set>
#include <vector>

#include "base/log.h"
#include "base/mutex.h"
#include "net/connection.h"

namespace owlet::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::chrono::milliseconds kSweepInterval{50};
constexpr std::chrono::milliseconds kAcceptPause{50};
constexpr std::string_view kTooManyConnections =
    "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain\r\nContent-Length: 21\r\n"
    "Connection: close\r\nServer: owlet\r\n\r\ntoo many connections\n";

/// Counts the connections of all loops, so that Stop can wait for the last one.
class ConnectionCount {
 public:
  void Add() {
    MutexLock lock(mutex_);
    ++count_;
  }
  void Remove() {
    MutexLock lock(mutex_);
    if (--count_ == 0) none_.notify_all();
  }
  [[nodiscard]] std::size_t value() {
    MutexLock lock(mutex_);
    return count_;
  }
  /// False when there still are some after `limit`.
  bool WaitForNone(std::chrono::milliseconds limit) {
    const auto end = std::chrono::steady_clock::now() + limit;
    MutexLock lock(mutex_);
    while (count_ > 0) {
      const auto left = end - std::chrono::steady_clock::now();
      if (left <= std::chrono::steady_clock::duration::zero()) return false;
      lock.WaitFor(none_, left);
    }
    return true;
  }
  void WaitForNone() {
    MutexLock lock(mutex_);
    while (count_ > 0) lock.Wait(none_);
  }

 private:
  Mutex mutex_;
  std::condition_variable none_;
  std::size_t count_ GUARDED_BY(mutex_) = 0;
};

/// One I/O thread with the connections it serves. Everything but Post and Join is called on it.
class Loop {
 public:
  Loop(ServerShared& shared, ConnectionCount& count)
      : shared_(shared), count_(count), work_(context_.get_executor()), sweep_timer_(context_) {
    std::random_device device;
    std::seed_seq seed{device(), device(), device(), device()};
    random_.seed(seed);
    asio::co_spawn(context_, Sweep(), asio::detached);
    thread_ = std::jthread([this] { context_.run(); });
  }

  ~Loop() { Join(); }

  asio::io_context& context() { return context_; }

  void Serve(tcp::socket socket) {
    if (count_.value() >= shared_.options.max_connections || shared_.stopping) {
      error_code ignored;
      socket.non_blocking(true, ignored);
      const asio::const_buffer reply = asio::buffer(kTooManyConnections);
      socket.send(reply, 0, ignored);
      return;
    }
    count_.Add();
    std::shared_ptr<Connection> connection = MakeConnection(std::move(socket), shared_, random_);
    connections_.insert(connection.get());
    asio::co_spawn(context_, connection->Serve(),
                   [this, connection](const std::exception_ptr& failure) mutable {
                     if (failure) LogFailure(failure);
                     connections_.erase(connection.get());
                     connection.reset();
                     count_.Remove();
                   });
  }

  void CloseIdle() {
    for (Connection* connection : connections_) connection->CloseIfIdle();
  }

  void CutAll() {
    for (Connection* connection : connections_) connection->Cut();
  }

  void Join() {
    work_.reset();
    context_.stop();
    if (thread_.joinable()) thread_.join();
  }

 private:
  asio::awaitable<void> Sweep() {
    error_code error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    while (true) {
      sweep_timer_.expires_after(kSweepInterval);
      co_await sweep_timer_.async_wait(token);
      if (error) co_return;
      const auto now = std::chrono::steady_clock::now();
      for (Connection* connection : connections_) connection->ExpireIfLate(now);
    }
  }

  static void LogFailure(const std::exception_ptr& failure) {
    try {
      std::rethrow_exception(failure);
    } catch (const std::exception& exception) {
      log::error("a connection ended by an exception: {}", exception.what());
    }
  }

  ServerShared& shared_;
  ConnectionCount& count_;
  asio::io_context context_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  asio::steady_timer sweep_timer_;
  std::mt19937_64 random_;
  std::unordered_set<Connection*> connections_;
  std::jthread thread_;
};

}  // namespace

class HttpServer::Implementation {
 public:
  Implementation(const ServerOptions& options, HttpService& service, RequestLog log)
      : shared_{.options = options,
                .service = service,
                .log = std::move(log),
                .workers = WorkerPool(std::max(1U, options.worker_threads)),
                .stopping = false} {}

  ~Implementation() { Stop(std::chrono::milliseconds(0)); }

  Status Listen();
  void Stop(std::chrono::milliseconds grace);
  [[nodiscard]] tcp::endpoint endpoint() const { return endpoint_; }

 private:
  asio::awaitable<void> Accept();

  ServerShared shared_;
  ConnectionCount count_;
  std::vector<std::unique_ptr<Loop>> loops_;
  std::unique_ptr<tcp::acceptor> acceptor_;
  tcp::endpoint endpoint_;
  std::size_t next_loop_ = 0;
  std::once_flag stopped_;
};

Status HttpServer::Implementation::Listen() {
  const ServerOptions& options = shared_.options;
  error_code error;
  const asio::ip::address address = asio::ip::make_address(options.host, error);
  if (error) {
    return Fail(Reason::kInvalidArgument, "not an IP address to listen on: " + options.host);
  }
  const unsigned loop_count = std::max(1U, options.io_threads);
  for (unsigned i = 0; i < loop_count; ++i) {
    loops_.push_back(std::make_unique<Loop>(shared_, count_));
  }
  const tcp::endpoint wanted(address, options.port);
  acceptor_ = std::make_unique<tcp::acceptor>(loops_[0]->context());
  acceptor_->open(wanted.protocol(), error);
  if (!error) acceptor_->set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor_->bind(wanted, error);
  if (!error) acceptor_->listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    return Fail(Reason::kUnavailable, "cannot listen on " + options.host + " port " +
                                          std::to_string(options.port) + ": " + error.message());
  }
  endpoint_ = acceptor_->local_endpoint(error);
  asio::co_spawn(loops_[0]->context(), Accept(), asio::detached);
  return {};
}

asio::awaitable<void> HttpServer::Implementation::Accept() {
  error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  asio::steady_timer pause(loops_[0]->context());
  while (acceptor_->is_open()) {
    Loop& loop = *loops_[next_loop_++ % loops_.size()];
    tcp::socket socket(loop.context());
    co_await acceptor_->async_accept(socket, token);
    if (!acceptor_->is_open() || error == asio::error::operation_aborted) co_return;
    if (error) {
      // Out of descriptors, or the client left before it was accepted: go on after a moment.
      pause.expires_after(kAcceptPause);
      co_await pause.async_wait(token);
      continue;
    }
    asio::post(loop.context(), [&loop, accepted = std::move(socket)]() mutable {
      loop.Serve(std::move(accepted));
    });
  }
}

void HttpServer::Implementation::Stop(std::chrono::milliseconds grace) {
  std::call_once(stopped_, [this, grace] {
    shared_.stopping = true;
    if (acceptor_ != nullptr) {
      asio::post(loops_[0]->context(), [this] {
        error_code ignored;
        acceptor_->close(ignored);
      });
    }
    for (const auto& loop : loops_) {
      asio::post(loop->context(), [&loop = *loop] { loop.CloseIdle(); });
    }
    if (!count_.WaitForNone(grace)) {
      for (const auto& loop : loops_) {
        asio::post(loop->context(), [&loop = *loop] { loop.CutAll(); });
      }
      count_.WaitForNone();
    }
    for (const auto& loop : loops_) loop->Join();
    acceptor_.reset();
    loops_.clear();
  });
}

HttpServer::HttpServer(std::unique_ptr<Implementation> implementation)
    : implementation_(std::move(implementation)) {}

HttpServer::~HttpServer() = default;

Result<std::unique_ptr<HttpServer>> HttpServer::Start(const ServerOptions& options,
                                                      HttpService& service, RequestLog log) {
  auto implementation = std::make_unique<Implementation>(options, service, std::move(log));
  OWLET_CHECK_OK(implementation->Listen());
  return std::make_unique<HttpServer>(std::move(implementation));
}

std::uint16_t HttpServer::port() const { return implementation_->endpoint().port(); }

std::string HttpServer::address() const {
  const tcp::endpoint endpoint = implementation_->endpoint();
  const std::string host = endpoint.address().to_string();
  const std::string port = std::to_string(endpoint.port());
  return endpoint.address().is_v6() ? "[" + host + "]:" + port : host + ":" + port;
}

void HttpServer::Stop(std::chrono::milliseconds grace) { implementation_->Stop(grace); }

}  // namespace owlet::net
