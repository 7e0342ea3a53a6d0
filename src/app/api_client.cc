#include "app/api_client.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
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
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(parts.second);
    if (inet_pton(AF_INET, parts.first.c_str(), &to.sin_addr) != 1) {
      return Fail(Reason::kInvalidArgument,
                  fmt::format("the command line reaches IPv4 servers only: {}", address));
    }
    socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (socket_ < 0 || connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof(to)) != 0) {
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

std::string Authorization(const ServerFile& server, const std::string& service,
                          const HeaderList& headers, const std::string& date,
                          const std::string& body) {
  access::SignatureClaim claim;
  claim.access_key_id = server.access_key_id;
  claim.scope = {date.substr(0, 8), server.region, service};
  claim.signed_headers = {"host", "x-amz-date", "x-amz-target"};
  claim.timestamp = date;
  const access::RequestView view{"POST", "/", "", headers};
  const std::string canonical =
      access::CanonicalRequest(view, claim, access::PathForm::kTwice, access::Sha256Hex(body));
  const std::string signature =
      access::SignatureOf(access::SigningKey(server.secret_access_key, claim.scope),
                          access::StringToSign(claim, canonical));
  return fmt::format(
      "{} Credential={}/{}, SignedHeaders=host;x-amz-date;x-amz-target, Signature={}",
      access::kAlgorithmV4, server.access_key_id, claim.scope.ToString(), signature);
}

}  // namespace

Result<nlohmann::json> ApiClient::Call(const std::string& service, const std::string& target,
                                       const nlohmann::json& input) const {
  const std::string body = input.dump();
  const std::string date = FormatBasicIso8601(SystemClock().Now());
  HeaderList headers = {{"Host", server_.address}, {"X-Amz-Date", date}, {"X-Amz-Target", target}};
  headers.emplace_back("Authorization", Authorization(server_, service, headers, date, body));
  headers.emplace_back("Content-Type", "application/x-amz-json-1.1");
  headers.emplace_back("Content-Length", std::to_string(body.size()));
  headers.emplace_back("Connection", "close");
  std::string request = "POST / HTTP/1.1\r\n";
  for (const auto& [name, value] : headers) request += fmt::format("{}: {}\r\n", name, value);
  request += "\r\n" + body;

  Connection connection;
  OWLET_CHECK_OK(connection.Open(server_.address));
  OWLET_CHECK_OK(connection.Send(request));
  OWLET_TRY(const std::string reply, connection.ReadAll());
  const std::size_t head_end = reply.find("\r\n\r\n");
  const auto json = nlohmann::json::parse(
      head_end == std::string::npos ? std::string() : reply.substr(head_end + 4), nullptr,
      /*allow_exceptions=*/false);
  if (head_end == std::string::npos || json.is_discarded()) {
    return Fail(Reason::kUnavailable, fmt::format("{} gave no answer that can be read", target));
  }
  if (reply.starts_with("HTTP/1.1 200")) return json;
  const std::string message =
      json.value("message", json.value("Message", std::string("no message")));
  return Fail(Reason::kInvalidArgument, message, json.value("__type", std::string("Unknown")));
}

}  // namespace owlet::app
