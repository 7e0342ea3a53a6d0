#include "net/uri.h"

namespace owlet::net {

Result<std::string> DecodePath(std::string_view raw_path) { return PercentDecode(raw_path); }

void QueryParameters::Add(std::string name, std::string value) {
  fields_.emplace_back(std::move(name), std::move(value));
}

std::optional<std::string_view> QueryParameters::Find(std::string_view name) const {
  for (const auto& [key, value] : fields_) {
    if (key == name) return value;
  }
  return std::nullopt;
}

std::string_view QueryParameters::Get(std::string_view name) const {
  return Find(name).value_or(std::string_view());
}

Result<QueryParameters> ParseQuery(std::string_view raw_query) {
  QueryParameters parameters;
  while (!raw_query.empty()) {
    const std::size_t end = raw_query.find('&');
    const std::string_view field = raw_query.substr(0, end);
    raw_query = end == std::string_view::npos ? std::string_view() : raw_query.substr(end + 1);
    if (field.empty()) continue;
    const std::size_t equals = field.find('=');
    const std::string_view raw_value =
        equals == std::string_view::npos ? std::string_view() : field.substr(equals + 1);
    OWLET_TRY(std::string name, PercentDecode(field.substr(0, equals), true));
    OWLET_TRY(std::string value, PercentDecode(raw_value, true));
    parameters.Add(std::move(name), std::move(value));
  }
  return parameters;
}

}  // namespace owlet::net
