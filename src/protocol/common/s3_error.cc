#include <fmt/format.h>

#include "base/encoding.h"
#include "protocol/common/rest_xml_service.h"
#include "protocol/common/xml_writer.h"

namespace owlet::protocol {
namespace {

// S3's second id names the machine; here there is one, so it is made of the request's.
std::string HostId(std::string_view request_id) {
  return EncodeBase64(fmt::format("owlet/{}", request_id));
}

}  // namespace

void AddS3RequestIds(std::string_view request_id, net::HttpResponse& response) {
  response.headers.Set("x-amz-request-id", std::string(request_id));
  response.headers.Set("x-amz-id-2", HostId(request_id));
}

net::HttpResponse S3ErrorResponse(const ServiceError& error, const net::HttpRequest& request) {
  net::HttpResponse response;
  response.status = error.status;
  if (error.status != 304) {
    std::string body(kXmlDeclaration);
    body += "<Error>";
    AppendXmlElement("Code", error.code, body);
    AppendXmlElement("Message", error.message, body);
    for (const auto& [name, value] : error.fields) AppendXmlElement(name, value, body);
    AppendXmlElement("Resource", request.raw_path, body);
    AppendXmlElement("RequestId", request.request_id, body);
    AppendXmlElement("HostId", HostId(request.request_id), body);
    body += "</Error>";
    response.headers.Set("Content-Type", "application/xml");
    response.body.emplace_back(std::move(body));
  }
  for (const auto& [name, value] : error.headers.fields()) response.headers.Set(name, value);
  AddS3RequestIds(request.request_id, response);
  return response;
}

}  // namespace owlet::protocol
