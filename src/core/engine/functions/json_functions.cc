#include <fmt/format.h>

#include <cctype>
#include <nlohmann/json.hpp>

#include "core/engine/functions/cells.h"

// JSON by paths: Spark's get_json_object; lengths of arrays in both dialects.

namespace owlet::engine {

namespace {

using Json = nlohmann::ordered_json;

struct Step {
  std::string name;
  std::int64_t index = -1;  // an array's
  bool wildcard = false;
};

/// $.a.b[0]["c d"]; nothing for what is no path.
std::optional<std::vector<Step>> ParsePath(std::string_view path) {
  std::vector<Step> steps;
  if (path.empty() || path[0] != '$') return std::nullopt;
  std::size_t at = 1;
  while (at < path.size()) {
    Step step;
    if (path[at] == '.') {
      ++at;
      const std::size_t start = at;
      while (at < path.size() && path[at] != '.' && path[at] != '[') ++at;
      step.name = std::string(path.substr(start, at - start));
      if (step.name.empty()) return std::nullopt;
      step.wildcard = step.name == "*";
    } else if (path[at] == '[') {
      const auto end = path.find(']', at);
      if (end == std::string_view::npos) return std::nullopt;
      std::string_view inside = path.substr(at + 1, end - at - 1);
      at = end + 1;
      const bool quoted = inside.size() >= 2 && (inside[0] == '"' || inside[0] == '\'') &&
                          inside.back() == inside[0];
      if (quoted) {
        step.name = std::string(inside.substr(1, inside.size() - 2));
      } else if (inside == "*") {
        step.wildcard = true;
      } else {
        step.index = 0;
        if (inside.empty() || inside.size() > 9) return std::nullopt;
        for (const char c : inside) {
          if (std::isdigit(static_cast<unsigned char>(c)) == 0) return std::nullopt;
          step.index = step.index * 10 + (c - '0');
        }
      }
    } else {
      return std::nullopt;
    }
    steps.push_back(std::move(step));
  }
  return steps;
}

std::optional<Json> Parse(std::string_view text) {
  Json document = Json::parse(text, nullptr, false);
  if (document.is_discarded()) return std::nullopt;
  return document;
}

std::string Dump(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string ScalarText(const Json& value) {
  return value.is_string() ? value.get<std::string>() : Dump(value);
}

void ArrayLength(Cells& cells) {
  const auto document = Parse(cells.Text(0));
  if (!document || !document->is_array()) return cells.SetNull();
  cells.SetInteger(static_cast<std::int64_t>(document->size()));
}

/// All values that a path with wildcards meets.
void Collect(const Json& value, std::span<const Step> steps, std::vector<const Json*>& found) {
  if (steps.empty()) {
    found.push_back(&value);
    return;
  }
  const Step& step = steps.front();
  const auto rest = steps.subspan(1);
  if (step.wildcard) {
    if (!value.is_structured()) return;
    for (const Json& item : value) Collect(item, rest, found);
  } else if (step.index >= 0) {
    if (value.is_array() && step.index < static_cast<std::int64_t>(value.size())) {
      Collect(value[static_cast<std::size_t>(step.index)], rest, found);
    }
  } else if (value.is_object()) {
    if (const auto at = value.find(step.name); at != value.end()) Collect(*at, rest, found);
  } else if (value.is_array()) {
    // Spark looks for a name in each element of an array.
    for (const Json& item : value) {
      if (item.is_object()) Collect(item, steps, found);
    }
  }
}

void SparkGetObject(Cells& cells) {
  const auto steps = ParsePath(cells.Text(1));
  const auto document = Parse(cells.Text(0));
  if (!steps || !document) return cells.SetNull();
  std::vector<const Json*> found;
  Collect(*document, *steps, found);
  std::erase_if(found, [](const Json* value) { return value->is_null(); });
  if (found.empty()) return cells.SetNull();
  if (found.size() == 1) return cells.SetText(ScalarText(*found[0]));
  std::string list = "[";
  for (const Json* value : found) list += (list.size() > 1 ? "," : "") + Dump(*value);
  cells.SetText(list + "]");
}

void SparkObjectKeys(Cells& cells) {
  const auto document = Parse(cells.Text(0));
  if (!document || !document->is_object()) return cells.SetNull();
  std::vector<std::optional<std::string>> keys;
  for (const auto& [key, value] : document->items()) keys.emplace_back(key);
  cells.SetTexts(keys);
}

}  // namespace

CellFunctions JsonFunctions() {
  return {
      {"trino.json_array_length", "BIGINT", ArrayLength},
      {"spark.json_array_length", "INTEGER", ArrayLength},
      {"spark.get_json_object", "VARCHAR", SparkGetObject},
      {"spark.json_object_keys", "VARCHAR[]", SparkObjectKeys},
  };
}

}  // namespace owlet::engine
