#include <boost/asio/buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <string>

#include "fuzz_target.h"
#include "net/request_head.h"
#include "net/response_head.h"
#include "net/uri.h"
#include "protocol/common/s3_address.h"

// A request's head as the server reads it, up to the bucket and key that it names; its values as
// headers of a reply, which must not be able to add one.

namespace {

namespace http = boost::beast::http;

void CheckReply(const owlet::net::HttpRequest& request) {
  owlet::net::HttpResponse response;
  response.headers.Set("x-amz-meta-echo", std::string(request.headers.Get("x-amz-meta-echo")));
  const owlet::net::Framing framing = owlet::net::FrameReply(response, {});
  const std::string head = owlet::net::FormatHead(response, framing, owlet::Timestamp());
  owlet::fuzz::Require(head.find("\r\n\r\n") == head.size() - 4);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  http::request_parser<http::buffer_body> parser;
  parser.header_limit(64 * 1024);
  boost::system::error_code error;
  parser.put(boost::asio::buffer(data, size), error);
  if (!parser.is_header_done()) return 0;
  owlet::net::HttpRequest request;
  request.method = std::string(parser.get().method_string());
  for (const auto& field : parser.get()) {
    request.headers.Add(std::string(field.name_string()), std::string(field.value()));
  }
  if (!owlet::net::SplitTarget(std::string(parser.get().target()), request)) return 0;
  (void)owlet::net::HostAndFramingAreGood(request, parser.get().version() < 11, parser.chunked());
  (void)owlet::net::ParseQuery(request.raw_query);
  const auto address = owlet::protocol::ParseS3Address(request, "s3.example.test");
  if (address) owlet::fuzz::Require(address->key.empty() || !address->bucket.empty());
  CheckReply(request);
  return 0;
}
