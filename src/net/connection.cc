#include "net/connection.h"

#include <sys/sendfile.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <cerrno>
#include <exception>
#include <vector>

#include "base/ascii.h"
#include "base/log.h"
#include "net/request_head.h"
#include "net/response_head.h"
#include "net/transport.h"

// GCC 12 miscompiles coroutines that have a non-trivial temporary, `?:` or a braced list inside a
// co_await expression: here every operand is a named variable.

namespace owlet::net {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using SteadyClock = std::chrono::steady_clock;
using Parser = http::request_parser<http::buffer_body>;

constexpr std::size_t kHeadReadBytes = 16 * 1024;
constexpr std::size_t kSendFileBytes = 8 << 20;
// What the I/O thread sends at once of a file that is in memory: others wait meanwhile.
constexpr std::size_t kSendCachedBytes = 1 << 20;
constexpr std::size_t kEncryptBytes = 256 << 10;
// How long a connection that leaves a body unread still takes bytes after the reply: a client that
// is writing receives the reply only if its bytes are not answered by a reset.
constexpr std::chrono::milliseconds kLingerTime{2000};
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

/// One request and its reply.
struct Exchange {
  std::shared_ptr<HttpRequest> request;
  std::unique_ptr<RequestHandler> handler;
  HttpResponse response;
  bool replied = false;  // `response` is there
  bool http10 = false;
  bool keep_alive = false;
  bool expects_continue = false;
  bool chunked = false;
  std::uint64_t body_left = 0;  // of a body with Content-Length
  bool body_done = false;
  bool client_gone = false;
  std::uint64_t bytes_received = 0;
  std::uint64_t bytes_sent = 0;
  SteadyClock::time_point start;
};

class HttpConnection final : public Connection {
 public:
  HttpConnection(tcp::socket socket, ServerShared& shared, std::mt19937_64& random)
      : transport_(std::move(socket), shared.options),
        shared_(shared),
        random_(random),
        buffer_(shared.options.max_header_bytes + kHeadReadBytes) {
    error_code ignored;
    const tcp::endpoint peer = transport_.socket().remote_endpoint(ignored);
    const std::string host = peer.address().to_string();
    remote_address_ =
        (peer.address().is_v6() ? "[" + host + "]" : host) + ":" + std::to_string(peer.port());
  }

  asio::awaitable<void> Serve() override;

  void ExpireIfLate(SteadyClock::time_point now) override { transport_.ExpireIfLate(now); }

  void CloseIfIdle() override {
    if (transport_.wait() == Wait::kNextRequest) Cut();
  }

  void Cut() override { transport_.Cut(); }

 private:
  enum class Head : std::uint8_t { kRead, kClosed, kRefused };

  asio::awaitable<Head> ReadHead(Exchange& exchange);
  asio::awaitable<void> Refuse(int status, const std::string& message);
  asio::awaitable<void> RunService(Exchange& exchange);
  asio::awaitable<void> ReadBody(Exchange& exchange);
  asio::awaitable<std::size_t> ReadBodyPiece(Exchange& exchange);
  asio::awaitable<std::size_t> ReadChunkedPiece(Exchange& exchange);
  asio::awaitable<bool> WriteReply(Exchange& exchange);
  asio::awaitable<bool> WriteSource(Exchange& exchange);
  asio::awaitable<bool> SendFile(const FileRange& range, std::uint64_t& sent);
  asio::awaitable<bool> SendFileEncrypted(const FileRange& range, std::uint64_t& sent);
  asio::awaitable<void> Linger();
  template <class Work>
  asio::awaitable<void> OnWorker(Work& work);

  Head MakeRequest(Exchange& exchange, Parser& parser);
  void StartService(Exchange& exchange);
  bool MakeChunk();
  void DropChunk();
  void GiveBody(Exchange& exchange, std::span<const std::byte> bytes);
  HttpResponse FailureReply(const HttpRequest& request, const Error& error);
  void Log(const Exchange& exchange, bool broken);

  [[nodiscard]] std::span<const std::byte> Buffered() const {
    const asio::const_buffer data = buffer_.cdata();
    return {static_cast<const std::byte*>(data.data()), data.size()};
  }

  Transport transport_;
  ServerShared& shared_;
  std::mt19937_64& random_;
  boost::beast::flat_buffer buffer_;  // read from the socket, not yet used
  std::optional<Parser> parser_;
  std::unique_ptr<std::byte[]> chunk_;  // of a body, while it is read
  std::size_t chunk_bytes_ = 0;
  MemoryBudget::Reservation chunk_memory_;
  std::string remote_address_;
  bool unread_body_ = false;  // something of a request's body was left unread
};

/// Runs service code; an exception is a bug, logged here and answered as one.
template <class Call>
bool CallGuarded(const HttpRequest& request, Call&& call) {
  try {
    call();
    return true;
  } catch (const std::exception& exception) {
    log::error("request {}: an exception escaped from a service: {}", request.request_id,
               exception.what());
  } catch (...) {
    log::error("request {}: an exception escaped from a service", request.request_id);
  }
  return false;
}

template <class Work>
asio::awaitable<void> HttpConnection::OnWorker(Work& work) {
  transport_.StopWait();
  const auto executor = transport_.socket().get_executor();
  auto initiation = [this, &work, executor](auto handler) {
    shared_.workers.Run([&work, executor, resume = std::move(handler)]() mutable {
      work();
      asio::post(executor, std::move(resume));
    });
  };
  co_await asio::async_initiate<const asio::use_awaitable_t<>&, void()>(initiation,
                                                                        asio::use_awaitable);
}

/// Whether the pages at both ends of a piece of a file are in memory; those between are too then,
/// but for rare cases.
bool IsCached(int fd, off_t begin, std::size_t size) {
  char byte = 0;
  const iovec place{.iov_base = &byte, .iov_len = 1};
  const auto last = begin + static_cast<off_t>(size) - 1;
  return ::preadv2(fd, &place, 1, begin, RWF_NOWAIT) == 1 &&
         ::preadv2(fd, &place, 1, last, RWF_NOWAIT) == 1;
}

asio::awaitable<bool> HttpConnection::SendFile(const FileRange& range, std::uint64_t& sent) {
  auto offset = static_cast<off_t>(range.offset);
  const auto end = static_cast<off_t>(range.offset + range.size);
  if (transport_.encrypted()) {
    const bool good = co_await SendFileEncrypted(range, sent);
    co_return good;
  }
  const int socket = transport_.socket().native_handle();
  const auto executor = transport_.socket().get_executor();
  while (offset < end) {
    if (transport_.was_cut()) co_return false;
    ssize_t result = 0;
    int failure = 0;
    std::size_t wanted = std::min(static_cast<std::size_t>(end - offset), kSendCachedBytes);
    const bool cached = IsCached(range.fd, offset, wanted);
    auto send = [&] {
      result = ::sendfile(socket, range.fd, &offset, wanted);
      failure = errno;
    };
    if (cached) {
      send();
      // A client as fast as this would keep the thread to itself.
      co_await asio::post(executor, asio::use_awaitable);
    } else {
      // The file's pages have to come from the disk: that is a worker's business.
      wanted = std::min(static_cast<std::size_t>(end - offset), kSendFileBytes);
      co_await OnWorker(send);
    }
    if (result > 0) {
      sent += static_cast<std::uint64_t>(result);
      continue;
    }
    if (result == 0) {
      log::error("a file ended {} bytes before the range that was to be sent", end - offset);
      co_return false;
    }
    if (failure == EINTR) continue;
    if (failure != EAGAIN && failure != EWOULDBLOCK) co_return false;
    const bool writable = co_await transport_.WaitWritable();
    if (!writable) co_return false;
  }
  co_return true;
}

asio::awaitable<bool> HttpConnection::SendFileEncrypted(const FileRange& range,
                                                        std::uint64_t& sent) {
  std::string plain;
  for (std::uint64_t done = 0; done < range.size;) {
    if (transport_.was_cut()) co_return false;
    std::optional<std::string> sealed;
    auto read = [&] {
      plain.resize(
          static_cast<std::size_t>(std::min<std::uint64_t>(range.size - done, kEncryptBytes)));
      const ssize_t got =
          ::pread(range.fd, plain.data(), plain.size(), static_cast<off_t>(range.offset + done));
      plain.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
      if (!plain.empty()) sealed = transport_.Encrypt(std::as_bytes(std::span(plain)));
    };
    co_await OnWorker(read);
    if (!sealed) {
      log::error("a file could not be sent: {} bytes of its range are left", range.size - done);
      co_return false;
    }
    const bool good = co_await transport_.SendEncrypted(*sealed);
    if (!good) co_return false;
    done += plain.size();
    sent += plain.size();
  }
  co_return true;
}

HttpConnection::Head HttpConnection::MakeRequest(Exchange& exchange, Parser& parser) {
  const auto& message = parser.get();
  auto request = std::make_shared<HttpRequest>();
  request->method = std::string(message.method_string());
  for (const auto& field : message) {
    request->headers.Add(std::string(field.name_string()), std::string(field.value()));
  }
  request->remote_address = remote_address_;
  request->tls = transport_.encrypted();
  request->request_id = MakeRequestId(random_());
  exchange.http10 = message.version() < 11;
  exchange.keep_alive = message.keep_alive();
  exchange.chunked = parser.chunked();
  const auto length = parser.content_length();
  if (length) request->content_length = *length;
  if (!exchange.chunked && !length) request->content_length = 0;
  exchange.body_left = request->content_length.value_or(0);
  exchange.body_done = !exchange.chunked && exchange.body_left == 0;
  exchange.expects_continue = !exchange.http10 && !exchange.body_done &&
                              EqualsIgnoringCase(request->headers.Get("Expect"), "100-continue");
  const bool good = SplitTarget(std::string(message.target()), *request) &&
                    HostAndFramingAreGood(*request, exchange.http10, exchange.chunked);
  exchange.request = std::move(request);
  exchange.start = SteadyClock::now();
  return good ? Head::kRead : Head::kRefused;
}

asio::awaitable<HttpConnection::Head> HttpConnection::ReadHead(Exchange& exchange) {
  parser_.emplace();
  parser_->header_limit(static_cast<std::uint32_t>(shared_.options.max_header_bytes));
  parser_->body_limit(boost::none);
  bool started = false;
  while (true) {
    DropEmptyLines(buffer_, started);
    if (buffer_.size() > 0) {
      if (!started) {
        started = true;
        transport_.StartWait(Wait::kHead, shared_.options.header_timeout);
      }
      error_code error;
      const std::size_t used = parser_->put(buffer_.cdata(), error);
      buffer_.consume(used);
      if (parser_->is_header_done()) {
        transport_.StopWait();
        const Head head = MakeRequest(exchange, *parser_);
        const std::string message = "the request's header is not HTTP/1.1";
        if (head == Head::kRefused) co_await Refuse(400, message);
        co_return head;
      }
      if (error && error != http::error::need_more) {
        const bool too_large = error == http::error::header_limit;
        std::string message = "the request is not HTTP/1.1: " + error.message();
        if (too_large) message = "the request's header is too large";
        const int status = too_large ? 431 : 400;
        co_await Refuse(status, message);
        co_return Head::kRefused;
      }
    }
    const asio::mutable_buffer space =
        buffer_.prepare(std::min(kHeadReadBytes, buffer_.max_size() - buffer_.size()));
    const Wait reason = started ? Wait::kHead : Wait::kNextRequest;
    const bool alive = co_await transport_.Receive(space, reason);
    buffer_.commit(transport_.received());
    if (!alive && started && transport_.expired() && !transport_.was_cut()) {
      const std::string message = "the request's header did not arrive in time";
      co_await Refuse(408, message);
      co_return Head::kRefused;
    }
    if (!alive) co_return Head::kClosed;
    if (transport_.received() == 0) {
      if (!started) co_return Head::kClosed;
      const std::string message = "the request ends within its header";
      co_await Refuse(400, message);
      co_return Head::kRefused;
    }
  }
}

asio::awaitable<void> HttpConnection::Refuse(int status, const std::string& message) {
  HttpResponse response = HttpResponse::Text(status, "text/plain", message + "\n");
  ReplyTerms terms;
  terms.close = true;
  const Framing framing = FrameReply(response, terms);
  const std::string reply = FormatHead(response, framing, SystemClock().Now()) + message + "\n";
  co_await transport_.SendText(reply);
  unread_body_ = true;
}

HttpResponse HttpConnection::FailureReply(const HttpRequest& request, const Error& error) {
  HttpResponse response;
  const bool answered =
      CallGuarded(request, [&] { response = shared_.service.OnFailure(request, error); });
  if (!answered) response = HttpResponse::Text(500, "text/plain", "internal error\n");
  response.close = true;
  return response;
}

// On a worker: the header is complete. A body that is there already is given at once, which spares
// small requests two changes of the thread.
void HttpConnection::StartService(Exchange& exchange) {
  const bool good = CallGuarded(*exchange.request, [&] {
    Dispatch dispatch = shared_.service.OnRequest(exchange.request);
    if (auto* reply = std::get_if<HttpResponse>(&dispatch)) {
      exchange.response = std::move(*reply);
      exchange.replied = true;
      return;
    }
    exchange.handler = std::move(std::get<std::unique_ptr<RequestHandler>>(dispatch));
  });
  if (!good) {
    exchange.response = FailureReply(*exchange.request, Error{.message = "internal error"});
    exchange.replied = true;
    return;
  }
  if (exchange.replied) return;
  const std::span<const std::byte> buffered = Buffered();
  if (exchange.body_done) {
    GiveBody(exchange, {});
  } else if (!exchange.chunked && !exchange.expects_continue &&
             exchange.body_left <= buffered.size()) {
    const auto length = static_cast<std::size_t>(exchange.body_left);
    exchange.bytes_received = length;
    exchange.body_left = 0;
    exchange.body_done = true;
    GiveBody(exchange, buffered.first(length));
  }
}

// On a worker: the next bytes for the handler, and the end when body_done is set.
void HttpConnection::GiveBody(Exchange& exchange, std::span<const std::byte> bytes) {
  const bool good = CallGuarded(*exchange.request, [&] {
    if (!bytes.empty()) {
      if (const Status taken = exchange.handler->OnBody(bytes); !taken) {
        exchange.response = exchange.handler->OnError(taken.error());
        exchange.replied = true;
      }
    }
    if (!exchange.replied && exchange.body_done) {
      exchange.response = exchange.handler->OnEnd();
      exchange.replied = true;
    }
  });
  if (!good) {
    exchange.response = FailureReply(*exchange.request, Error{.message = "internal error"});
    exchange.replied = true;
  }
  if (exchange.replied) CallGuarded(*exchange.request, [&] { exchange.handler.reset(); });
}

asio::awaitable<void> HttpConnection::RunService(Exchange& exchange) {
  const ServerOptions& options = shared_.options;
  if (exchange.request->content_length.value_or(0) > options.max_body_bytes) {
    const Error error{.reason = Reason::kRequestTooLarge,
                      .message = "the request's body is larger than this server takes"};
    exchange.response = FailureReply(*exchange.request, error);
    exchange.replied = true;
    co_return;
  }
  if (shared_.workers.waiting() >= options.max_waiting_requests) {
    const Error error{.reason = Reason::kOverloaded,
                      .message = "too many requests are waiting: reduce the request rate"};
    exchange.response = FailureReply(*exchange.request, error);
    exchange.replied = true;
    co_return;
  }
  const std::size_t buffered = buffer_.size();
  const std::uint64_t expected = exchange.body_left;
  auto start = [&] { StartService(exchange); };
  co_await OnWorker(start);
  if (exchange.body_done && expected <= buffered) {
    buffer_.consume(static_cast<std::size_t>(expected));
  }
  if (exchange.replied) co_return;
  if (exchange.expects_continue) {
    const bool sent = co_await transport_.SendText(kContinue);
    exchange.client_gone = !sent;
  }
  if (!exchange.client_gone) co_await ReadBody(exchange);
  DropChunk();
  if (exchange.handler != nullptr) {
    // The handler may have files to remove.
    auto drop = [&] { CallGuarded(*exchange.request, [&] { exchange.handler.reset(); }); };
    co_await OnWorker(drop);
  }
}

bool HttpConnection::MakeChunk() {
  constexpr std::size_t kLeastChunk = 16 * 1024;
  for (std::size_t size = shared_.options.body_chunk_bytes;; size /= 4) {
    if (shared_.options.memory != nullptr) {
      auto reserved = shared_.options.memory->Reserve(MemoryShare::kUploads, size);
      if (!reserved && size / 4 < kLeastChunk) return false;
      if (!reserved) continue;
      chunk_memory_ = std::move(*reserved);
    }
    chunk_ = std::make_unique_for_overwrite<std::byte[]>(size);
    chunk_bytes_ = size;
    return true;
  }
}

void HttpConnection::DropChunk() {
  chunk_.reset();
  chunk_memory_ = {};
}

asio::awaitable<void> HttpConnection::ReadBody(Exchange& exchange) {
  if (!MakeChunk()) {
    const Error error{.reason = Reason::kOverloaded,
                      .message = "too many bodies are on their way: reduce the request rate"};
    exchange.response = FailureReply(*exchange.request, error);
    exchange.replied = true;
  }
  while (!exchange.replied) {
    const std::size_t size = co_await ReadBodyPiece(exchange);
    if (exchange.client_gone || exchange.replied) co_return;
    exchange.bytes_received += size;
    Status within_bounds;
    if (exchange.bytes_received > shared_.options.max_body_bytes) {
      within_bounds =
          Fail(Reason::kRequestTooLarge, "the request's body is larger than this server takes");
    }
    auto give = [&] {
      if (within_bounds) {
        GiveBody(exchange, std::span<const std::byte>(chunk_.get(), size));
        return;
      }
      exchange.response = FailureReply(*exchange.request, within_bounds.error());
      exchange.replied = true;
    };
    co_await OnWorker(give);
  }
}

asio::awaitable<std::size_t> HttpConnection::ReadBodyPiece(Exchange& exchange) {
  if (exchange.chunked) {
    const std::size_t size = co_await ReadChunkedPiece(exchange);
    co_return size;
  }
  const auto wanted =
      static_cast<std::size_t>(std::min<std::uint64_t>(exchange.body_left, chunk_bytes_));
  const std::span<const std::byte> buffered = Buffered();
  std::size_t size = std::min(wanted, buffered.size());
  if (size > 0) {
    std::copy_n(buffered.begin(), size, chunk_.get());
    buffer_.consume(size);
  }
  // Small bodies are gathered whole, large ones taken as they come.
  while (size < wanted && (size == 0 || wanted == exchange.body_left)) {
    const asio::mutable_buffer space(chunk_.get() + size, wanted - size);
    const bool alive = co_await transport_.Receive(space, Wait::kProgress);
    if (!alive || transport_.received() == 0) {
      exchange.client_gone = true;
      co_return 0;
    }
    size += transport_.received();
  }
  exchange.body_left -= size;
  exchange.body_done = exchange.body_left == 0;
  co_return size;
}

asio::awaitable<std::size_t> HttpConnection::ReadChunkedPiece(Exchange& exchange) {
  auto& body = parser_->get().body();
  const std::size_t capacity = chunk_bytes_;
  body.data = chunk_.get();
  body.size = capacity;
  body.more = true;
  parser_->eager(true);
  while (true) {
    std::size_t size = 0;
    if (buffer_.size() > 0) {
      error_code error;
      const std::size_t used = parser_->put(buffer_.cdata(), error);
      buffer_.consume(used);
      size = capacity - body.size;
      if (error && error != http::error::need_more && error != http::error::need_buffer) {
        const Error broken{.reason = Reason::kMalformedRequest,
                           .message = "the chunked body is broken: " + error.message()};
        auto refuse = [&] {
          CallGuarded(*exchange.request,
                      [&] { exchange.response = exchange.handler->OnError(broken); });
          exchange.response.close = true;
          exchange.replied = true;
        };
        co_await OnWorker(refuse);
        co_return 0;
      }
      exchange.body_done = parser_->is_done();
      if (exchange.body_done || size > 0) co_return size;
    }
    const asio::mutable_buffer space =
        buffer_.prepare(std::min(kHeadReadBytes, buffer_.max_size() - buffer_.size()));
    if (space.size() == 0) exchange.client_gone = true;  // a chunk's own head fills the buffer
    bool alive = false;
    if (space.size() > 0) alive = co_await transport_.Receive(space, Wait::kProgress);
    buffer_.commit(transport_.received());
    if (!alive || transport_.received() == 0) {
      exchange.client_gone = true;
      co_return 0;
    }
  }
}

asio::awaitable<bool> HttpConnection::WriteReply(Exchange& exchange) {
  HttpResponse& response = exchange.response;
  if (!exchange.body_done) {
    // What is unread would be taken for the next request.
    response.close = true;
    unread_body_ = true;
  }
  ReplyTerms terms;
  terms.head = exchange.request->method == "HEAD";
  terms.http10 = exchange.http10;
  terms.close = !exchange.keep_alive || shared_.stopping;
  const Framing framing = FrameReply(response, terms);
  exchange.keep_alive = !framing.close;
  const std::string head = FormatHead(response, framing, SystemClock().Now());
  std::vector<iovec> pieces;
  pieces.push_back(AsPiece(head));
  if (!framing.has_body || response.source != nullptr) {
    bool sent = co_await transport_.Send(pieces, false);
    if (sent && framing.has_body) sent = co_await WriteSource(exchange);
    co_return sent;
  }
  std::uint64_t in_pieces = 0;
  for (const BodyPiece& piece : response.body) {
    if (const auto* text = std::get_if<std::string>(&piece)) {
      if (!text->empty()) pieces.push_back(AsPiece(*text));
      in_pieces += text->size();
      continue;
    }
    const auto& range = std::get<FileRange>(piece);
    if (range.size == 0) continue;
    bool sent = co_await transport_.Send(pieces, true);
    if (!sent) co_return false;
    exchange.bytes_sent += in_pieces;
    in_pieces = 0;
    pieces.clear();
    sent = co_await SendFile(range, exchange.bytes_sent);
    if (!sent) co_return false;
  }
  const bool sent = co_await transport_.Send(pieces, false);
  if (sent) exchange.bytes_sent += in_pieces;
  co_return sent;
}

asio::awaitable<bool> HttpConnection::WriteSource(Exchange& exchange) {
  const bool chunked = !exchange.http10 && !exchange.response.source_size;
  while (true) {
    Result<std::string> piece = Fail(Reason::kInternal, "an exception escaped");
    auto next = [&] {
      CallGuarded(*exchange.request, [&] { piece = exchange.response.source->Next(); });
    };
    co_await OnWorker(next);
    if (!piece) {
      // The status is sent already: only a connection that breaks tells the client.
      log::warn("request {}: the reply broke off: {}", exchange.request->request_id,
                piece.error().message);
      co_return false;
    }
    std::string frame;
    if (chunked) frame = ChunkHead(piece->size());
    std::vector<iovec> pieces;
    pieces.push_back(AsPiece(frame));
    pieces.push_back(AsPiece(*piece));
    if (chunked) pieces.push_back(AsPiece("\r\n"));
    const bool sent = co_await transport_.Send(pieces, false);
    if (!sent) co_return false;
    exchange.bytes_sent += piece->size();
    if (piece->empty()) co_return true;
  }
}

asio::awaitable<void> HttpConnection::Linger() {
  const bool ended = co_await transport_.EndSending();
  if (!ended) co_return;
  transport_.StartWait(Wait::kLinger, kLingerTime);
  std::array<std::byte, 16 * 1024> sink;
  const asio::mutable_buffer space = asio::buffer(sink);
  while (true) {
    const bool alive = co_await transport_.Receive(space, Wait::kLinger);
    if (!alive || transport_.received() == 0) co_return;
  }
}

void HttpConnection::Log(const Exchange& exchange, bool broken) {
  if (!shared_.log) return;
  const RequestLogEntry entry{.request = *exchange.request,
                              .response = exchange.response,
                              .status = exchange.replied ? exchange.response.status : 0,
                              .operation = exchange.response.operation,
                              .bytes_received = exchange.bytes_received,
                              .bytes_sent = exchange.bytes_sent,
                              .duration = std::chrono::duration_cast<std::chrono::microseconds>(
                                  SteadyClock::now() - exchange.start),
                              .broken = broken};
  shared_.log(entry);
}

/// Whether giving the reply up may close files: a worker's business, unlike that of bytes.
bool HoldsFiles(const HttpResponse& response) {
  return response.source != nullptr ||
         std::ranges::any_of(response.body, [](const BodyPiece& piece) {
           return std::holds_alternative<FileRange>(piece);
         });
}

asio::awaitable<void> HttpConnection::Serve() {
  const bool open = co_await transport_.Open(buffer_);
  while (open && !transport_.was_cut()) {
    Exchange exchange;
    const Head head = co_await ReadHead(exchange);
    if (head != Head::kRead) break;
    co_await RunService(exchange);
    bool sent = false;
    if (exchange.replied && !exchange.client_gone) sent = co_await WriteReply(exchange);
    Log(exchange, !sent);
    if (HoldsFiles(exchange.response)) {
      auto drop = [&] {
        exchange.response.body.clear();
        exchange.response.source.reset();
      };
      co_await OnWorker(drop);
    }
    if (!sent) {
      transport_.Close();
      co_return;
    }
    if (!exchange.keep_alive) break;
  }
  if (unread_body_ && !transport_.was_cut()) {
    co_await Linger();
  } else if (open && transport_.encrypted()) {
    co_await transport_.EndSending();
  }
  transport_.Close();
}

}  // namespace

std::shared_ptr<Connection> MakeConnection(tcp::socket socket, ServerShared& shared,
                                           std::mt19937_64& random) {
  return std::make_shared<HttpConnection>(std::move(socket), shared, random);
}

}  // namespace owlet::net
