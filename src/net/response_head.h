#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "net/http.h"

namespace owlet::net {

/// How a reply's body is delimited (RFC 9112, 6).
struct Framing {
  std::optional<std::uint64_t> content_length;  // to be written by the server
  bool chunked = false;
  bool close = false;     // "Connection: close"
  bool has_body = false;  // bytes follow the head
  /// A body that only the end of the connection ends (a BodySource to an HTTP/1.0 client).
  bool until_close = false;
};

/// What the request means for its reply.
struct ReplyTerms {
  bool head = false;  // the method was HEAD
  bool http10 = false;
  bool close = false;  // the client or the server wants the connection closed
};

[[nodiscard]] Framing FrameReply(const HttpResponse& response, const ReplyTerms& terms);

/// Status line and header, up to the empty line. Date and Server are added; what would break the
/// framing is left out (Connection, Transfer-Encoding, a second Content-Length), and line breaks
/// inside values become spaces, so that no value can add a header.
[[nodiscard]] std::string FormatHead(const HttpResponse& response, const Framing& framing,
                                     Timestamp now);

[[nodiscard]] std::string_view StatusText(int status);

}  // namespace owlet::net
