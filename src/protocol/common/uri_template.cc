#include "net/uri.h"
#include "protocol/common/rest_binding.h"

namespace owlet::protocol {

std::optional<std::vector<std::pair<std::string_view, std::string>>> MatchUri(
    std::string_view uri_template, std::string_view raw_path) {
  std::vector<std::pair<std::string_view, std::string>> labels;
  uri_template = uri_template.substr(0, uri_template.find('?'));
  while (!uri_template.empty()) {
    if (uri_template.front() != '{') {
      if (raw_path.empty() || raw_path.front() != uri_template.front()) return std::nullopt;
      uri_template.remove_prefix(1);
      raw_path.remove_prefix(1);
      continue;
    }
    std::string_view name = uri_template.substr(1, uri_template.find('}') - 1);
    uri_template.remove_prefix(name.size() + 2);
    const bool is_greedy = name.ends_with('+');
    if (is_greedy) name.remove_suffix(1);
    const std::string_view text = is_greedy ? raw_path : raw_path.substr(0, raw_path.find('/'));
    raw_path.remove_prefix(text.size());
    auto decoded = net::DecodePath(text);
    if (!decoded || decoded->empty()) return std::nullopt;
    labels.emplace_back(name, std::move(*decoded));
  }
  if (!raw_path.empty()) return std::nullopt;
  return labels;
}

const OperationName* FindByUri(const ServiceSchema& service, std::string_view method,
                               std::string_view raw_path,
                               std::vector<std::pair<std::string_view, std::string>>& labels) {
  for (const OperationName& operation : service.operations) {
    if (operation.method != method) continue;
    if (auto found = MatchUri(operation.uri, raw_path)) {
      labels = std::move(*found);
      return &operation;
    }
  }
  return nullptr;
}

}  // namespace owlet::protocol
