#pragma once

#include <string>
#include <utility>
#include <vector>

namespace owlet::access {

/// A request as botocore signed it at 2026-01-31T12:00:00Z, with the keys of the vendor's
/// documentation, or with "ASIAIOSFODNN7EXAMPLE", "temporary+secret/key" and the token
/// "token+with/characters==".
struct SignedRequest {
  std::string name;
  std::string service;
  std::string method;
  std::string raw_path;
  std::string raw_query;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

const std::vector<SignedRequest>& BotocoreRequests();

}  // namespace owlet::access
