#pragma once

#include "core/access/request_view.h"
#include "net/http.h"

namespace owlet::protocol {

/// The request as the signature check reads it; shows into `request`.
[[nodiscard]] inline access::RequestView ViewOf(const net::HttpRequest& request) {
  return {.method = request.method,
          .raw_path = request.raw_path,
          .raw_query = request.raw_query,
          .headers = request.headers.fields(),
          .remote_address = request.remote_address,
          .secure = request.tls};
}

}  // namespace owlet::protocol
