#include "protocol/spark_connect/error_conditions.h"

#include <fmt/format.h>

#include <algorithm>

namespace owlet::spark_connect {

const ErrorCondition* FindErrorCondition(std::string_view name) {
  const ErrorCondition* end = kErrorConditions + kErrorConditionCount;
  const ErrorCondition* found = std::lower_bound(
      kErrorConditions, end, name, [](const ErrorCondition& condition, std::string_view wanted) {
        return condition.name < wanted;
      });
  return found != end && found->name == name ? found : nullptr;
}

std::string FormatErrorCondition(
    const ErrorCondition& condition,
    const std::vector<std::pair<std::string, std::string>>& parameters) {
  std::string text;
  std::string_view rest = condition.message;
  while (!rest.empty()) {
    const std::size_t open = rest.find('<');
    const std::size_t close = open == std::string_view::npos ? open : rest.find('>', open);
    if (close == std::string_view::npos) break;
    const std::string_view name = rest.substr(open + 1, close - open - 1);
    const auto parameter = std::ranges::find(
        parameters, name, [](const auto& p) { return std::string_view(p.first); });
    text += rest.substr(0, open);
    // A parameter that nobody gave stays as its <name>, as Spark prints it.
    text += parameter != parameters.end() ? parameter->second
                                          : std::string(rest.substr(open, close - open + 1));
    rest.remove_prefix(close + 1);
  }
  text += rest;
  return fmt::format("[{}] {} SQLSTATE: {}", condition.name, text, condition.sql_state);
}

}  // namespace owlet::spark_connect
