#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "net/http.h"

namespace owlet::net {

/// Sets raw_path and raw_query from a request target in origin, absolute or asterisk form
/// (RFC 9112, 3.2); the absolute form's authority becomes the Host header. False for what is none.
[[nodiscard]] bool SplitTarget(std::string_view target, HttpRequest& request);

/// What the parser lets pass but a server must refuse: no or more than one Host in HTTP/1.1, a
/// Transfer-Encoding that is not just "chunked" or comes with a Content-Length (two readers of such
/// a request disagree on where it ends).
[[nodiscard]] bool HostAndFramingAreGood(const HttpRequest& request, bool http10, bool chunked);

/// 16 capital hexadecimal digits.
[[nodiscard]] std::string MakeRequestId(std::uint64_t random);

/// "1f\r\n"; for size 0 it is followed only by the "\r\n" that ends a chunked body.
[[nodiscard]] std::string ChunkHead(std::size_t size);

/// Takes empty lines before a request line away (RFC 9112, 2.2).
template <class Buffer>
void DropEmptyLines(Buffer& buffer, bool started) {
  if (started) return;
  const auto data = buffer.cdata();
  const std::string_view text(static_cast<const char*>(data.data()), data.size());
  const std::size_t first = text.find_first_not_of("\r\n");
  buffer.consume(first == std::string_view::npos ? text.size() : first);
}

}  // namespace owlet::net
