#pragma once

#include <string>

#include "core/store/object_store.h"
#include "net/http.h"
#include "protocol/common/rest_xml_service.h"

// Cross-origin requests of browsers (Fetch standard, "CORS protocol"; S3 User Guide, "Using CORS").

namespace owlet::s3 {

/// Adds the Access-Control-* headers that the bucket's configuration gives to a request's Origin.
void AddCorsHeaders(const store::ObjectStore& store, const std::string& domain,
                    const net::HttpRequest& request, net::HttpResponse& response);

/// The reply to a preflight (OPTIONS).
[[nodiscard]] net::Dispatch AnswerPreflight(const store::ObjectStore& store,
                                            const protocol::RestXmlService& service,
                                            const protocol::RestXmlService::Incoming& incoming);

}  // namespace owlet::s3
