#include "protocol/common/service_fixture.h"

#include <algorithm>

namespace owlet::protocol {

ServiceFixture::ServiceFixture()
    : clock_(Timestamp{std::chrono::seconds{1769903999}}),
      authenticator_(credentials_, clock_, {.everybody_is_root = true}) {}

ServiceEnvironment ServiceFixture::environment() const {
  return {.authenticator = &authenticator_, .clock = &clock_};
}

ServiceFixture::Received ServiceFixture::Send(net::HttpService& service, const Sent& sent) {
  constexpr std::size_t kPiece = 7;
  auto request = std::make_shared<net::HttpRequest>();
  request->method = sent.method;
  request->raw_path = sent.path;
  request->raw_query = sent.query;
  request->request_id = "R1";
  request->content_length = sent.body.size();
  for (const auto& [name, value] : sent.headers) request->headers.Add(name, value);
  net::Dispatch dispatch = service.OnRequest(request);
  net::HttpResponse response;
  if (auto* refusal = std::get_if<net::HttpResponse>(&dispatch)) {
    response = std::move(*refusal);
  } else {
    auto& handler = *std::get<std::unique_ptr<net::RequestHandler>>(dispatch);
    Status status;
    for (std::size_t at = 0; status && at < sent.body.size(); at += kPiece)
      status =
          handler.OnBody(std::as_bytes(std::span(std::string_view(sent.body).substr(at, kPiece))));
    response = status ? handler.OnEnd() : handler.OnError(status.error());
  }
  Received received = {.status = response.status,
                       .headers = response.headers,
                       .body = {},
                       .operation = response.operation};
  for (const auto& piece : response.body) received.body += std::get<std::string>(piece);
  return received;
}

}  // namespace owlet::protocol
