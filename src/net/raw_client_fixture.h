#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace owlet::net {

/// A client that writes bytes as they are, for tests of what no HTTP library would send.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  /// False when the server does not take it.
  bool Send(std::string_view bytes);
  /// No more from this side.
  void EndSending();
  /// Closes with a reset.
  void Abort();
  /// Reads until `text` has come; all that was read since the last call, or what came before the
  /// end or the time limit.
  std::string ReadUntil(std::string_view text, std::chrono::milliseconds limit = kLimit);
  std::string ReadBytes(std::size_t count, std::chrono::milliseconds limit = kLimit);
  /// One reply with Content-Length, head and body.
  std::string ReadReply(std::chrono::milliseconds limit = kLimit);
  /// Everything up to the end of the connection.
  std::string ReadAll(std::chrono::milliseconds limit = kLimit);
  /// Whether the server has closed.
  bool IsClosed(std::chrono::milliseconds limit = kLimit);

  static constexpr std::chrono::milliseconds kLimit{5000};

 private:
  bool Fill(std::chrono::steady_clock::time_point end);

  int socket_ = -1;
  bool ended_ = false;
  std::string buffer_;
};

}  // namespace owlet::net
