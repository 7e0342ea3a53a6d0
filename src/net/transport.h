#pragma once

#include <sys/uio.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "net/http_server.h"
#include "net/tls.h"

namespace owlet::net {

/// What a connection waits for: each has its own bound in ServerOptions.
enum class Wait : std::uint8_t { kNothing, kNextRequest, kHead, kProgress, kLinger };

/// A connection's bytes in and out, plain or by TLS, with the bounds of its waits. Socket calls
/// never wait: a call that would block suspends the coroutine, and the server's sweep ends the wait
/// when its time has passed. Every function is called on the connection's I/O thread, but Encrypt,
/// which a worker may call while nothing else runs.
class Transport {
 public:
  /// `options` must outlive it.
  Transport(boost::asio::ip::tcp::socket socket, const ServerOptions& options);

  /// Where the server has a certificate: tells by its first byte whether the client speaks TLS, and
  /// shakes hands. Plain bytes that came are put into `first`. False: the connection is over. Plain
  /// HTTP is for this machine's clients then.
  boost::asio::awaitable<bool> Open(boost::beast::flat_buffer& first);

  /// False: the connection is over. True with received() == 0: the client ended its side.
  boost::asio::awaitable<bool> Receive(boost::asio::mutable_buffer into, Wait reason);
  [[nodiscard]] std::size_t received() const { return received_; }

  /// Sends all; `more` follows at once. The pieces are changed on the way.
  boost::asio::awaitable<bool> Send(std::vector<iovec>& pieces, bool more);
  boost::asio::awaitable<bool> SendText(std::string_view text);
  boost::asio::awaitable<bool> WaitWritable();

  [[nodiscard]] bool encrypted() const { return tls_ != nullptr; }
  /// For SendEncrypted; nothing when the connection is broken.
  [[nodiscard]] std::optional<std::string> Encrypt(std::span<const std::byte> plain);
  boost::asio::awaitable<bool> SendEncrypted(std::string_view bytes);

  /// Ends what is sent; what is received goes on.
  boost::asio::awaitable<bool> EndSending();
  void Close();

  /// Sets the bound that the following waits for that reason have together.
  void StartWait(Wait reason, std::chrono::milliseconds limit);
  void StopWait() { wait_ = Wait::kNothing; }
  [[nodiscard]] Wait wait() const { return wait_; }
  void ExpireIfLate(std::chrono::steady_clock::time_point now);
  /// Whether the last wait lasted too long.
  [[nodiscard]] bool expired() const { return expired_; }
  void Cut();
  [[nodiscard]] bool was_cut() const { return cut_; }

  [[nodiscard]] boost::asio::ip::tcp::socket& socket() { return socket_; }

 private:
  boost::asio::awaitable<bool> ReceiveRaw(boost::asio::mutable_buffer into, Wait reason);
  boost::asio::awaitable<bool> ReceiveOpened(boost::asio::mutable_buffer into, Wait reason);
  boost::asio::awaitable<bool> SendRaw(std::vector<iovec>& pieces, bool more);
  boost::asio::awaitable<bool> SendOutput();
  boost::asio::awaitable<bool> ShakeHands();

  boost::asio::ip::tcp::socket socket_;
  const ServerOptions& options_;
  std::unique_ptr<TlsSession> tls_;

  // The wait in progress, for the sweep.
  Wait wait_ = Wait::kNothing;
  std::chrono::steady_clock::time_point deadline_;
  bool expired_ = false;
  bool cut_ = false;
  std::size_t received_ = 0;
};

/// Text as a piece to send.
[[nodiscard]] iovec AsPiece(std::string_view text);

}  // namespace owlet::net
