#include "net/request_head.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/ascii.h"

namespace owlet::net {

bool SplitTarget(std::string_view target, HttpRequest& request) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!EqualsIgnoringCase(target.substr(0, scheme.size()), scheme)) continue;
    target.remove_prefix(scheme.size());
    const std::size_t end = target.find_first_of("/?");
    const std::string_view authority = target.substr(0, end);
    if (authority.empty()) return false;
    request.headers.Set("Host", std::string(authority));
    target = end == std::string_view::npos ? std::string_view() : target.substr(end);
    break;
  }
  const std::size_t question = target.find('?');
  request.raw_path = target.substr(0, question);
  if (question != std::string_view::npos) request.raw_query = target.substr(question + 1);
  if (request.raw_path.empty()) request.raw_path = "/";
  return request.raw_path.front() == '/' ||
         (request.raw_path == "*" && request.method == "OPTIONS");
}

bool HostAndFramingAreGood(const HttpRequest& request, bool http10, bool chunked) {
  const auto count = [&](std::string_view name) {
    return std::ranges::count_if(request.headers.fields(), [&](const auto& field) {
      return EqualsIgnoringCase(field.first, name);
    });
  };
  const auto hosts = count("Host");
  if (hosts > 1 || (hosts == 0 && !http10)) return false;
  const auto encodings = count("Transfer-Encoding");
  if (encodings == 0) return true;
  return encodings == 1 && chunked && !http10 && count("Content-Length") == 0 &&
         EqualsIgnoringCase(TrimBlanks(request.headers.Get("Transfer-Encoding")), "chunked");
}

std::string MakeRequestId(std::uint64_t random) { return fmt::format("{:016X}", random); }

std::string ChunkHead(std::size_t size) { return fmt::format("{:x}\r\n", size); }

}  // namespace owlet::net
