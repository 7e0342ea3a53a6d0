#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"

// What a service sees of HTTP. The server (http_server.h) parses and writes; services are plain
// code.

namespace owlet::net {

/// Header fields in their order of arrival; names compare without case (RFC 9110, 5.1).
class Headers {
 public:
  void Add(std::string name, std::string value);
  /// Replaces all fields of that name by one.
  void Set(std::string name, std::string value);
  /// The first field of that name.
  [[nodiscard]] std::optional<std::string_view> Find(std::string_view name) const;
  /// The first field of that name, or "".
  [[nodiscard]] std::string_view Get(std::string_view name) const;
  [[nodiscard]] bool Has(std::string_view name) const { return Find(name).has_value(); }
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& fields() const {
    return fields_;
  }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

/// The request line and header. `raw_path` and `raw_query` are as sent, still percent-encoded
/// (SigV4 signs them); use DecodePath and ParseQuery (uri.h) to read them.
struct HttpRequest {
  std::string method;
  std::string raw_path;
  std::string raw_query;  // without '?'
  Headers headers;
  std::string remote_address;  // "127.0.0.1:53124"
  std::string request_id;      // made by the server, unique, in its log and in every reply
  bool tls = false;
  /// Content-Length, or nothing for a chunked body.
  std::optional<std::uint64_t> content_length;
};

/// A piece of an open file that the server sends with sendfile(2). `keep_alive` holds whatever
/// keeps the descriptor open and the bytes in place until they are sent.
struct FileRange {
  int fd = -1;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  std::shared_ptr<const void> keep_alive;
};

/// Pieces of a body in order: bytes in memory or a range of a file.
using BodyPiece = std::variant<std::string, FileRange>;

/// A body made while it is sent. `Next` is called on a worker thread, never concurrently; an empty
/// string ends the body. Sent with Transfer-Encoding: chunked, unless its size is known.
class BodySource {
 public:
  virtual ~BodySource() = default;
  [[nodiscard]] virtual Result<std::string> Next() = 0;
};

struct HttpResponse {
  int status = 200;
  Headers headers;
  /// Content-Length is their sum. For HEAD give the pieces of the GET, or set Content-Length by
  /// hand: the server sends no body then.
  std::vector<BodyPiece> body;
  std::unique_ptr<BodySource> source;  // instead of `body`
  /// The bytes that the source will make, where that is known: sent as Content-Length.
  std::optional<std::uint64_t> source_size;
  /// After the reply the connection closes (a body was left unread, or the stream is broken).
  bool close = false;
  /// What was done, for the request log: "s3.PutObject". Not sent.
  std::string operation;

  static HttpResponse Text(int status, std::string content_type, std::string body);
};

/// Takes one request's body as it arrives. Calls come from worker threads, one at a time, in order;
/// they may block on disk, never on the client. Destroyed without OnEnd when the client goes away.
class RequestHandler {
 public:
  virtual ~RequestHandler() = default;
  /// The next bytes. An error ends the reading: OnError makes the reply.
  [[nodiscard]] virtual Status OnBody(std::span<const std::byte> chunk) = 0;
  /// The body is complete.
  [[nodiscard]] virtual HttpResponse OnEnd() = 0;
  /// OnBody failed, or the body broke a limit of the server.
  [[nodiscard]] virtual HttpResponse OnError(const Error& error) = 0;
};

/// Either the reply at once (the body stays unread: an early refusal) or who takes the body.
using Dispatch = std::variant<HttpResponse, std::unique_ptr<RequestHandler>>;

/// What answers requests. Thread-safe; called on worker threads when a header is complete.
class HttpService {
 public:
  virtual ~HttpService() = default;
  [[nodiscard]] virtual Dispatch OnRequest(std::shared_ptr<const HttpRequest> request) = 0;
  /// The reply to a request that the server itself refuses after a good header: kOverloaded,
  /// kRequestTooLarge, kInternal (an exception escaped). Plain text unless overridden. Must not
  /// block: it may be called on an I/O thread.
  [[nodiscard]] virtual HttpResponse OnFailure(const HttpRequest& request, const Error& error);
};

/// A handler that collects a body of at most `limit` bytes, then calls `answer` with it.
/// `refuse` turns an error (too large) into the service's reply.
std::unique_ptr<RequestHandler> CollectBody(std::uint64_t limit,
                                            std::function<HttpResponse(std::string body)> answer,
                                            std::function<HttpResponse(const Error&)> refuse);

}  // namespace owlet::net
