#include "protocol/spark_connect/config_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "base/ascii.h"
#include "base/time_zone.h"
#include "protocol/spark_connect/config_defaults.h"

namespace owlet::spark_connect {

namespace {

std::unexpected<Error> Refuse(std::string condition,
                              std::vector<std::pair<std::string, std::string>> parameters) {
  return Fail(Error{.reason = Reason::kAnalysisError,
                    .message = "the setting cannot have this value: " + parameters.front().second,
                    .condition = std::move(condition),
                    .parameters = std::move(parameters)});
}

bool IsInteger(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() &&
         std::ranges::all_of(text, [](unsigned char c) { return std::isdigit(c); });
}

}  // namespace

Status CheckConfigValue(const std::string& key, const std::string& value) {
  static constexpr std::array<std::string_view, 3> kStatic = {
      "spark.sql.warehouse.dir", "spark.sql.catalogImplementation", "spark.sql.extensions"};
  if (std::ranges::find(kStatic, key) != kStatic.end()) {
    return Refuse("CANNOT_MODIFY_STATIC_CONFIG", {{"key", fmt::format("\"{}\"", key)}});
  }
  if (key == "spark.sql.session.timeZone" && !TimeZone::Find(value)) {
    return Refuse("INVALID_CONF_VALUE.TIME_ZONE", {{"confValue", value}, {"confName", key}});
  }
  const ConfigDefault* known = FindConfigDefault(key);
  if (known == nullptr || !known->value) return {};
  const std::string lower = ToLowerAscii(value);
  const char* type = nullptr;
  if ((*known->value == "true" || *known->value == "false") && lower != "true" &&
      lower != "false") {
    type = "boolean";
  }
  if (IsInteger(*known->value) && !IsInteger(value)) type = "int";
  if (type == nullptr) return {};
  return Refuse("INVALID_CONF_VALUE.TYPE_MISMATCH",
                {{"confValue", value}, {"confName", key}, {"confType", type}});
}

std::string SubstituteSettings(const Session& session, const std::string& text) {
  std::string out;
  std::size_t from = 0;
  while (true) {
    const std::size_t start = text.find("${", from);
    const std::size_t end = start == std::string::npos ? start : text.find('}', start);
    if (end == std::string::npos) return out + text.substr(from);
    std::string key = text.substr(start + 2, end - start - 2);
    for (const std::string_view prefix : {"spark:", "sparkconf:", "hiveconf:", "hivevar:"}) {
      if (key.starts_with(prefix)) key.erase(0, prefix.size());
    }
    const auto value = session.Config(key);
    out += text.substr(from, start - from);
    out += value ? *value : text.substr(start, end + 1 - start);
    from = end + 1;
  }
}

}  // namespace owlet::spark_connect
