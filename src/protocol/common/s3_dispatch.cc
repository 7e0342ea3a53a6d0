#include "protocol/common/s3_dispatch.h"

#include <algorithm>
#include <optional>
#include <tuple>

namespace owlet::protocol {
namespace {

enum class PathKind { kService, kBucket, kObject, kOther };

PathKind KindOf(std::string_view uri_template) {
  const std::string_view path = uri_template.substr(0, uri_template.find('?'));
  if (path == "/") return PathKind::kService;
  if (path == "/{Bucket}") return PathKind::kBucket;
  if (path == "/{Bucket}/{Key+}") return PathKind::kObject;
  return PathKind::kOther;
}

PathKind KindOf(const S3Address& address) {
  if (address.bucket.empty()) return PathKind::kService;
  return address.key.empty() ? PathKind::kBucket : PathKind::kObject;
}

/// How many keys the template's static query has, or nothing when one is not in the request's.
std::optional<int> MatchStaticQuery(std::string_view uri_template,
                                    const net::QueryParameters& query) {
  const std::size_t mark = uri_template.find('?');
  if (mark == std::string_view::npos) return 0;
  std::string_view rest = uri_template.substr(mark + 1);
  int count = 0;
  while (!rest.empty()) {
    const std::string_view pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
    const std::size_t equals = pair.find('=');
    const auto value = query.Find(pair.substr(0, equals));
    if (!value) return std::nullopt;
    if (equals != std::string_view::npos && *value != pair.substr(equals + 1)) return std::nullopt;
    ++count;
  }
  return count;
}

struct Candidate {
  std::string_view name;
  int static_keys = -1;
  int required = 0;
  int missing = 0;

  // The better one is greater.
  [[nodiscard]] auto Rank() const {
    return std::tuple(static_keys, missing == 0 ? required : -1, -missing);
  }
};

}  // namespace

std::string_view FindS3Operation(const ServiceSchema& s3, const net::HttpRequest& request,
                                 const S3Address& address, const net::QueryParameters& query) {
  if (request.method == "OPTIONS") return kPreflight;
  const PathKind kind = KindOf(address);
  Candidate best;
  for (const OperationName& operation : s3.operations) {
    if (operation.deprecated || operation.method != request.method || KindOf(operation.uri) != kind)
      continue;
    const auto static_keys = MatchStaticQuery(operation.uri, query);
    if (!static_keys) continue;
    Candidate candidate{.name = operation.name, .static_keys = *static_keys};
    const auto count = [&](bool is_there) {
      ++(is_there ? candidate.required : candidate.missing);
    };
    for (const std::string_view key : operation.required_query) count(query.Has(key));
    for (const std::string_view name : operation.required_headers) count(request.headers.Has(name));
    // Without a sub-resource in the query a missing key means another operation; with one it is
    // that operation, asked for in a wrong way.
    if (candidate.static_keys == 0 && candidate.missing > 0) continue;
    if (best.name.empty() || candidate.Rank() > best.Rank()) best = candidate;
  }
  if (best.name.empty() && request.method == "POST" && kind == PathKind::kBucket)
    return kPostObject;
  return best.name;
}

}  // namespace owlet::protocol
