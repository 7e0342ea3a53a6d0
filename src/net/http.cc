#include "net/http.h"

#include <algorithm>
#include <limits>

#include "base/ascii.h"

namespace owlet::net {

void Headers::Add(std::string name, std::string value) {
  fields_.emplace_back(std::move(name), std::move(value));
}

void Headers::Set(std::string name, std::string value) {
  std::erase_if(fields_, [&](const auto& field) { return EqualsIgnoringCase(field.first, name); });
  Add(std::move(name), std::move(value));
}

std::optional<std::string_view> Headers::Find(std::string_view name) const {
  for (const auto& [key, value] : fields_) {
    if (EqualsIgnoringCase(key, name)) return value;
  }
  return std::nullopt;
}

std::string_view Headers::Get(std::string_view name) const {
  return Find(name).value_or(std::string_view());
}

HttpResponse HttpResponse::Text(int status, std::string content_type, std::string body) {
  HttpResponse response;
  response.status = status;
  response.headers.Add("Content-Type", std::move(content_type));
  response.body.emplace_back(std::move(body));
  return response;
}

HttpResponse HttpService::OnFailure(const HttpRequest&, const Error& error) {
  switch (error.reason) {
    case Reason::kOverloaded:
    case Reason::kUnavailable:
      return HttpResponse::Text(503, "text/plain", error.message + "\n");
    case Reason::kRequestTooLarge:
      return HttpResponse::Text(413, "text/plain", error.message + "\n");
    default:
      return HttpResponse::Text(500, "text/plain", "internal error\n");
  }
}

namespace {

class BodyCollector final : public RequestHandler {
 public:
  BodyCollector(std::uint64_t limit, std::function<HttpResponse(std::string)> answer,
                std::function<HttpResponse(const Error&)> refuse)
      : limit_(limit), answer_(std::move(answer)), refuse_(std::move(refuse)) {}

  Status OnBody(std::span<const std::byte> chunk) override {
    if (chunk.size() > limit_ - body_.size()) {
      return Fail(Reason::kRequestTooLarge,
                  "the request's body is longer than " + std::to_string(limit_) + " bytes");
    }
    body_.append(reinterpret_cast<const char*>(chunk.data()), chunk.size());
    return {};
  }

  HttpResponse OnEnd() override { return answer_(std::move(body_)); }
  HttpResponse OnError(const Error& error) override { return refuse_(error); }

 private:
  std::uint64_t limit_;
  std::function<HttpResponse(std::string)> answer_;
  std::function<HttpResponse(const Error&)> refuse_;
  std::string body_;
};

}  // namespace

std::unique_ptr<RequestHandler> CollectBody(std::uint64_t limit,
                                            std::function<HttpResponse(std::string body)> answer,
                                            std::function<HttpResponse(const Error&)> refuse) {
  return std::make_unique<BodyCollector>(limit, std::move(answer), std::move(refuse));
}

}  // namespace owlet::net
