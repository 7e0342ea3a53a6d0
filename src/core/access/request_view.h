#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace owlet::access {

/// What the signature check sees of a request: everything as sent, still percent-encoded. It does
/// not own what it shows. `headers` is what net::Headers::fields() gives.
struct RequestView {
  std::string_view method;
  std::string_view raw_path;
  std::string_view raw_query;  // without '?'
  std::span<const std::pair<std::string, std::string>> headers;
  std::string_view remote_address = {};  // "127.0.0.1:53124", "[::1]:53124"
  bool secure = false;                   // TLS

  /// The first header of that name (compared without case), or "".
  [[nodiscard]] std::string_view Header(std::string_view name) const;
  [[nodiscard]] bool HasHeader(std::string_view name) const;
};

}  // namespace owlet::access
