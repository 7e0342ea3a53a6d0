#include "net/transport.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>

// GCC 12 miscompiles coroutines that have a non-trivial temporary, `?:` or a braced list inside a
// co_await expression: here every operand is a named variable.

namespace owlet::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kMaxPiecesPerSend = 64;
constexpr std::size_t kFirstBytes = 4096;
constexpr std::size_t kSealedReadBytes = 17 * 1024;  // a TLS record
constexpr std::size_t kSealAtOnce = 256 * 1024;
constexpr unsigned char kTlsHandshake = 0x16;
constexpr std::string_view kPlainRefused =
    "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: 23\r\n"
    "Connection: close\r\nServer: owlet\r\n\r\nthis port speaks HTTPS\n";

}  // namespace

iovec AsPiece(std::string_view text) {
  return {.iov_base = const_cast<char*>(text.data()), .iov_len = text.size()};
}

Transport::Transport(tcp::socket socket, const ServerOptions& options)
    : socket_(std::move(socket)), options_(options) {
  error_code ignored;
  socket_.native_non_blocking(true, ignored);
  socket_.set_option(tcp::no_delay(true), ignored);
}

void Transport::StartWait(Wait reason, std::chrono::milliseconds limit) {
  wait_ = reason;
  deadline_ = SteadyClock::now() + limit;
}

void Transport::ExpireIfLate(SteadyClock::time_point now) {
  if (wait_ == Wait::kNothing || now < deadline_) return;
  expired_ = true;
  error_code ignored;
  socket_.cancel(ignored);
}

void Transport::Cut() {
  cut_ = true;
  error_code ignored;
  socket_.cancel(ignored);
}

asio::awaitable<bool> Transport::Open(boost::beast::flat_buffer& first) {
  if (options_.tls == nullptr) co_return true;
  const asio::mutable_buffer space = first.prepare(kFirstBytes);
  const bool alive = co_await ReceiveRaw(space, Wait::kNextRequest);
  if (!alive || received_ == 0) co_return false;
  first.commit(received_);
  const asio::const_buffer bytes = first.cdata();
  if (*static_cast<const unsigned char*>(bytes.data()) != kTlsHandshake) {
    error_code error;
    const tcp::endpoint peer = socket_.remote_endpoint(error);
    const tcp::endpoint own = socket_.local_endpoint(error);
    const bool same_machine = peer.address().is_loopback() || peer.address() == own.address();
    if (!error && same_machine) co_return true;
    co_await SendText(kPlainRefused);
    co_return false;
  }
  auto session = options_.tls->Accept();
  if (!session) co_return false;
  tls_ = std::move(*session);
  tls_->Feed({static_cast<const std::byte*>(bytes.data()), bytes.size()});
  first.consume(bytes.size());
  const bool agreed = co_await ShakeHands();
  co_return agreed;
}

asio::awaitable<bool> Transport::ShakeHands() {
  StartWait(Wait::kHead, options_.header_timeout);
  std::array<std::byte, kFirstBytes> sealed;
  const asio::mutable_buffer space = asio::buffer(sealed);
  while (true) {
    const bool done = tls_->Handshake();
    const bool sent = co_await SendOutput();
    if (!sent || tls_->state() != TlsSession::State::kOpen) co_return false;
    if (done) co_return true;
    const bool alive = co_await ReceiveRaw(space, Wait::kHead);
    if (!alive || received_ == 0) co_return false;
    const std::span<const std::byte> bytes(sealed.data(), received_);
    tls_->Feed(bytes);
  }
}

asio::awaitable<bool> Transport::Receive(asio::mutable_buffer into, Wait reason) {
  bool alive = false;
  if (tls_ == nullptr) {
    alive = co_await ReceiveRaw(into, reason);
  } else {
    alive = co_await ReceiveOpened(into, reason);
  }
  co_return alive;
}

asio::awaitable<bool> Transport::ReceiveOpened(asio::mutable_buffer into, Wait reason) {
  const std::span<std::byte> out(static_cast<std::byte*>(into.data()), into.size());
  std::array<std::byte, kSealedReadBytes> sealed;
  const asio::mutable_buffer space = asio::buffer(sealed);
  while (true) {
    const std::size_t size = tls_->Read(out);
    const bool sent = co_await SendOutput();
    received_ = size;
    if (size > 0) co_return true;
    if (tls_->state() == TlsSession::State::kClosed) co_return true;
    if (!sent || tls_->state() == TlsSession::State::kBroken) co_return false;
    const bool alive = co_await ReceiveRaw(space, reason);
    // An end without a word of farewell may be somebody else's doing.
    if (!alive || received_ == 0) {
      received_ = 0;
      co_return reason == Wait::kNextRequest&& alive;
    }
    const std::span<const std::byte> bytes(sealed.data(), received_);
    tls_->Feed(bytes);
  }
}

asio::awaitable<bool> Transport::ReceiveRaw(asio::mutable_buffer into, Wait reason) {
  received_ = 0;
  if (cut_) co_return false;
  expired_ = false;
  // The header's deadline counts from its first byte: whoever reads the header sets it.
  if (reason == Wait::kNextRequest) StartWait(reason, options_.idle_timeout);
  if (reason == Wait::kProgress) StartWait(reason, options_.progress_timeout);
  wait_ = reason;
  error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  received_ = co_await socket_.async_read_some(into, token);
  wait_ = Wait::kNothing;
  if (error == asio::error::eof) {
    received_ = 0;
    co_return true;
  }
  co_return !error && !cut_;
}

asio::awaitable<bool> Transport::WaitWritable() {
  if (cut_) co_return false;
  expired_ = false;
  StartWait(Wait::kProgress, options_.progress_timeout);
  error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  co_await socket_.async_wait(tcp::socket::wait_write, token);
  wait_ = Wait::kNothing;
  co_return !error && !cut_;
}

asio::awaitable<bool> Transport::Send(std::vector<iovec>& pieces, bool more) {
  if (tls_ == nullptr) {
    const bool sent = co_await SendRaw(pieces, more);
    co_return sent;
  }
  for (const iovec& piece : pieces) {
    std::span<const std::byte> rest(static_cast<const std::byte*>(piece.iov_base), piece.iov_len);
    while (!rest.empty()) {
      const auto part = rest.first(std::min(rest.size(), kSealAtOnce));
      rest = rest.subspan(part.size());
      const bool sealed = tls_->Write(part);
      if (!sealed) co_return false;
      // A head and a small body go together.
      if (rest.empty() && &piece != &pieces.back()) continue;
      const bool sent = co_await SendOutput();
      if (!sent) co_return false;
    }
  }
  const bool sent = co_await SendOutput();
  co_return sent;
}

asio::awaitable<bool> Transport::SendRaw(std::vector<iovec>& pieces, bool more) {
  std::size_t first = 0;
  const int flags = more ? MSG_NOSIGNAL | MSG_DONTWAIT | MSG_MORE : MSG_NOSIGNAL | MSG_DONTWAIT;
  while (first < pieces.size()) {
    if (cut_) co_return false;
    msghdr message{};
    message.msg_iov = &pieces[first];
    message.msg_iovlen = std::min(pieces.size() - first, kMaxPiecesPerSend);
    const ssize_t result = ::sendmsg(socket_.native_handle(), &message, flags);
    if (result < 0) {
      if (errno == EINTR) continue;
      if (errno != EAGAIN && errno != EWOULDBLOCK) co_return false;
      const bool writable = co_await WaitWritable();
      if (!writable) co_return false;
      continue;
    }
    auto sent = static_cast<std::size_t>(result);
    while (first < pieces.size() && sent >= pieces[first].iov_len) {
      sent -= pieces[first].iov_len;
      ++first;
    }
    if (sent > 0) {
      pieces[first].iov_base = static_cast<char*>(pieces[first].iov_base) + sent;
      pieces[first].iov_len -= sent;
    }
  }
  co_return true;
}

asio::awaitable<bool> Transport::SendText(std::string_view text) {
  std::vector<iovec> pieces;
  pieces.push_back(AsPiece(text));
  const bool sent = co_await Send(pieces, false);
  co_return sent;
}

std::optional<std::string> Transport::Encrypt(std::span<const std::byte> plain) {
  if (!tls_->Write(plain)) return std::nullopt;
  return tls_->TakeOutput();
}

asio::awaitable<bool> Transport::SendEncrypted(std::string_view bytes) {
  std::vector<iovec> pieces;
  pieces.push_back(AsPiece(bytes));
  const bool sent = co_await SendRaw(pieces, false);
  co_return sent;
}

asio::awaitable<bool> Transport::SendOutput() {
  const std::string output = tls_->TakeOutput();
  if (output.empty()) co_return true;
  const bool sent = co_await SendEncrypted(output);
  co_return sent;
}

asio::awaitable<bool> Transport::EndSending() {
  if (tls_ != nullptr) {
    tls_->Close();
    const bool sent = co_await SendOutput();
    if (!sent) co_return false;
  }
  error_code error;
  socket_.shutdown(tcp::socket::shutdown_send, error);
  co_return !error;
}

void Transport::Close() {
  error_code ignored;
  socket_.shutdown(tcp::socket::shutdown_both, ignored);
  socket_.close(ignored);
}

}  // namespace owlet::net
