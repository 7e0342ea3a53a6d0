#include "app/api_client.h"

#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "app/settings.h"
#include "base/clock.h"
#include "core/access/sigv4.h"

namespace owlet::app {

namespace {

using HeaderList = std::vector<std::pair<std::string, std::string>>;

/// A TCP connection that closes itself.
class Connection {
 public:
  ~Connection() {
    if (socket_ >= 0) close(socket_);
  }
  Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  Status Open(const std::string& address) {
    OWLET_TRY(const auto parts, SplitAddress(address));
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
    addrinfo* found = nullptr;
    if (getaddrinfo(parts.first.c_str(), std::to_string(parts.second).c_str(), &hints, &found) !=
        0) {
      return Fail(Reason::kInvalidArgument, fmt::format("not an address: {}", address));
    }
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> to(found, freeaddrinfo);
    socket_ = socket(to->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (socket_ < 0 || connect(socket_, to->ai_addr, to->ai_addrlen) != 0) {
      return Fail(Reason::kUnavailable,
                  fmt::format("cannot reach the server at {}: {}", address, std::strerror(errno)));
    }
    return {};
  }

  Status Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return Fail(Reason::kUnavailable, "the server closed the connection");
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return {};
  }

  Result<std::string> ReadAll() {
    std::string all;
    char buffer[16384];
    while (true) {
      const ssize_t got = recv(socket_, buffer, sizeof(buffer), 0);
      if (got < 0) return Fail(Reason::kUnavailable, "the server broke the connection off");
      if (got == 0) return all;
      all.append(buffer, static_cast<std::size_t>(got));
    }
  }

 private:
  int socket_ = -1;
};

}  // namespace

struct ApiClient::Request {
  std::string method;
  std::string path;
  std::string service;
  HeaderList headers;  // lower case names; all are signed
  std::string body;
};

struct ApiClient::Reply {
  int status = 0;
  std::string body;
};

Result<ApiClient::Reply> ApiClient::Send(const Request& request) const {
  const std::string date = FormatBasicIso8601(SystemClock().Now());
  const std::string digest = access::Sha256Hex(request.body);
  HeaderList headers = request.headers;
  headers.emplace_back("host", server_.address);
  headers.emplace_back("x-amz-content-sha256", digest);
  headers.emplace_back("x-amz-date", date);
  std::ranges::sort(headers);

  access::SignatureClaim claim;
  claim.access_key_id = server_.access_key_id;
  claim.scope = {date.substr(0, 8), server_.region, request.service};
  claim.timestamp = date;
  std::string names;
  for (const auto& [name, value] : headers) {
    claim.signed_headers.push_back(name);
    names += (names.empty() ? "" : ";") + name;
  }
  const access::RequestView view{request.method, request.path, "", headers};
  const auto form = request.service == "s3" ? access::PathForm::kOnce : access::PathForm::kTwice;
  const std::string signature = access::SignatureOf(
      access::SigningKey(server_.secret_access_key, claim.scope),
      access::StringToSign(claim, access::CanonicalRequest(view, claim, form, digest)));

  std::string text = fmt::format("{} {} HTTP/1.1\r\n", request.method, request.path);
  for (const auto& [name, value] : headers) text += fmt::format("{}: {}\r\n", name, value);
  text += fmt::format(
      "authorization: {} Credential={}/{}, SignedHeaders={}, Signature={}\r\n"
      "content-length: {}\r\nconnection: close\r\n\r\n",
      access::kAlgorithmV4, server_.access_key_id, claim.scope.ToString(), names, signature,
      request.body.size());
  text += request.body;

  Connection connection;
  OWLET_CHECK_OK(connection.Open(server_.address));
  OWLET_CHECK_OK(connection.Send(text));
  OWLET_TRY(const std::string reply, connection.ReadAll());
  constexpr std::string_view kStart = "HTTP/1.1 ";
  const std::size_t head_end = reply.find("\r\n\r\n");
  if (head_end == std::string::npos || !reply.starts_with(kStart)) {
    return Fail(Reason::kUnavailable, "the server gave no answer that can be read");
  }
  return Reply{std::atoi(reply.c_str() + kStart.size()), reply.substr(head_end + 4)};
}

Result<nlohmann::json> ApiClient::Call(const std::string& service, const std::string& target,
                                       const nlohmann::json& input) const {
  OWLET_TRY(const Reply reply,
            Send({"POST",
                  "/",
                  service,
                  {{"content-type", "application/x-amz-json-1.1"}, {"x-amz-target", target}},
                  input.dump()}));
  auto json = nlohmann::json::parse(reply.body, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) {
    return Fail(Reason::kUnavailable, fmt::format("{} gave no answer that can be read", target));
  }
  if (reply.status == 200) return json;
  const std::string message =
      json.value("message", json.value("Message", std::string("no message")));
  return Fail(Reason::kInvalidArgument, message, json.value("__type", std::string("Unknown")));
}

Status ApiClient::EnsureBucket(const std::string& name) const {
  OWLET_TRY(const Reply reply, Send({"PUT", "/" + name, "s3", {}, ""}));
  constexpr int kConflict = 409;  // BucketAlreadyOwnedByYou
  if (reply.status == 200 || reply.status == kConflict) return {};
  return Fail(Reason::kInvalidArgument,
              fmt::format("the bucket {} could not be made: {}", name, reply.body));
}

Result<std::string> ApiClient::GetObject(const std::string& path) const {
  OWLET_TRY(Reply reply, Send({"GET", "/" + path, "s3", {}, ""}));
  if (reply.status == 200) return std::move(reply.body);
  return Fail(Reason::kObjectNotFound, fmt::format("no s3://{}: {}", path, reply.body));
}

}  // namespace owlet::app
