#include "protocol/s3/conditions.h"

#include "base/ascii.h"

namespace owlet::s3 {

std::string Unquote(std::string_view etag) {
  etag = TrimBlanks(etag);
  if (etag.starts_with("W/")) etag.remove_prefix(2);
  if (etag.size() >= 2 && etag.front() == '"' && etag.back() == '"') {
    etag = etag.substr(1, etag.size() - 2);
  }
  return std::string(etag);
}

std::string Quote(std::string_view etag) { return '"' + std::string(etag) + '"'; }

std::vector<std::string> ParseEtags(const std::optional<std::string>& header) {
  std::vector<std::string> etags;
  if (!header) return etags;
  std::string_view rest = *header;
  while (true) {
    const std::size_t comma = rest.find(',');
    etags.push_back(Unquote(rest.substr(0, comma)));
    if (comma == std::string_view::npos) return etags;
    rest.remove_prefix(comma + 1);
  }
}

Result<store::WriteConditions> ParseWriteConditions(
    const std::optional<std::string>& if_match, const std::optional<std::string>& if_none_match) {
  store::WriteConditions conditions;
  const auto not_implemented = [] {
    return Fail(Reason::kNotImplemented,
                "A header you provided implies functionality that is not implemented");
  };
  if (if_none_match) {
    if (Unquote(*if_none_match) != "*" || if_match) return not_implemented();
    conditions.if_absent = true;
  }
  if (if_match) conditions.if_match = Unquote(*if_match);
  return conditions;
}

}  // namespace owlet::s3
