#pragma once

#include <string_view>

#include "net/http.h"
#include "net/uri.h"
#include "protocol/common/s3_address.h"
#include "protocol/common/schema.h"

namespace owlet::protocol {

/// Operations of S3 that the model does not have, as a browser sends them.
inline constexpr std::string_view kPostObject = "PostObject";
inline constexpr std::string_view kPreflight = "Preflight";

/// The operation that a request asks for, by method, kind of path, query keys and headers: of those
/// whose static query is all there the one with the most keys; of these the one with the most
/// required members that are there. Empty when S3 has none (405 MethodNotAllowed).
[[nodiscard]] std::string_view FindS3Operation(const ServiceSchema& s3,
                                               const net::HttpRequest& request,
                                               const S3Address& address,
                                               const net::QueryParameters& query);

}  // namespace owlet::protocol
