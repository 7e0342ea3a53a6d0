#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/memory_budget.h"
#include "base/result.h"
#include "net/http.h"

namespace owlet::net {

class TlsIdentity;

/// The bounds of a server. Each stands for a promise: no client can make it keep more than this.
struct ServerOptions {
  std::string host = "127.0.0.1";  // an IPv4 or IPv6 address, not a name
  std::uint16_t port = 0;          // 0: any free one
  unsigned io_threads = 1;
  unsigned worker_threads = 16;
  /// Requests that wait for a worker; the next is refused with kOverloaded.
  std::size_t max_waiting_requests = 1024;
  std::size_t max_connections = 4096;
  std::size_t max_header_bytes = 64 * 1024;
  /// S3's largest PUT is 5 GiB; the frames of aws-chunked come on top.
  std::uint64_t max_body_bytes = std::uint64_t{6} << 30;
  /// What one OnBody gets at most, and what a connection keeps of a body at a time.
  std::size_t body_chunk_bytes = 256 * 1024;
  /// The bodies on their way count as kUploads; a connection for which that has no room reads by
  /// smaller pieces, or is refused with kOverloaded. Null: unlimited.
  std::shared_ptr<MemoryBudget> memory;
  /// With it, connections are TLS; plain HTTP is for clients on this machine only. Null: plain.
  std::shared_ptr<const TlsIdentity> tls;
  std::chrono::milliseconds header_timeout{20'000};  // from the first byte to the end of the header
  std::chrono::milliseconds idle_timeout{75'000};    // between two requests
  std::chrono::milliseconds progress_timeout{60'000};  // without a byte of a body, in or out
};

/// One finished (or broken off) request, for the request log.
struct RequestLogEntry {
  const HttpRequest& request;
  const HttpResponse& response;  // its body still whole
  int status;                    // 0: the client left before there was a reply
  std::string_view operation;    // HttpResponse::operation
  std::uint64_t bytes_received;  // of the body
  std::uint64_t bytes_sent;      // of the body
  std::chrono::microseconds duration;
  bool broken;  // the reply was not sent whole
};

/// Called on an I/O thread after each request: must not block for long.
using RequestLog = std::function<void(const RequestLogEntry&)>;

/// An HTTP/1.1 server (RFC 9112) over TCP, or TLS on the same port, with keep-alive, pipelining,
/// chunked bodies both ways, HEAD, `Expect: 100-continue` and sendfile(2).
///
/// I/O threads never run a service's code: OnRequest, OnBody, OnEnd, OnError, BodySource::Next and
/// the destructor of a handler run on `worker_threads` threads, one call of a request at a time. A
/// request holds a worker only while such a call runs. The body is read no faster than OnBody takes
/// it. `100 Continue` is sent only after OnRequest gave a handler. When the reply leaves a body
/// unread, the connection closes after it, reading on for a moment so that the client can still
/// receive the reply.
///
/// The request that cannot be read at all (malformed, header too large or too slow) gets a plain
/// 400, 431 or 408 without the service; a refusal of the server's own after a good header (body
/// over max_body_bytes, overload, an exception that escaped) is made by HttpService::OnFailure.
///
/// Thread-safe. The destructor is Stop(0).
class HttpServer {
 public:
  /// Listens and serves. kInvalidArgument for a bad address, kUnavailable when the port is taken.
  /// `service` must outlive the server.
  [[nodiscard]] static Result<std::unique_ptr<HttpServer>> Start(const ServerOptions& options,
                                                                 HttpService& service,
                                                                 RequestLog log = {});
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// The port in use, and "127.0.0.1:9000" or "[::1]:9000".
  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] std::string address() const;

  /// Refuses new connections, closes idle ones, lets running requests finish for `grace`, then
  /// cuts what is left. Returns when no service call runs any more; the second call does nothing.
  void Stop(std::chrono::milliseconds grace);

 private:
  class Implementation;

 public:
  /// For Start.
  explicit HttpServer(std::unique_ptr<Implementation> implementation);

 private:
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace owlet::net
