#include <fmt/format.h>

#include <cctype>
#include <cmath>

#include "core/engine/functions/cells.h"
#include "core/engine/functions/json_path.h"
#include "core/engine/functions/json_tree.h"
#include "core/engine/functions/numbers.h"

// Trino's JSON: json_extract's own short paths, and SQL/JSON (json_exists, json_query, json_value,
// json_object, json_array), whose forms the resolver turns into these calls.

namespace owlet::engine {

namespace {

using Kind = JsonTree::Kind;

// ---- $.a.b[0]["c d"], the paths of json_extract.

struct Step {
  std::string name;
  std::int64_t index = -1;  // of an array's element
};

/// Nothing for what is no path.
std::optional<std::vector<Step>> ParseSteps(std::string_view path) {
  std::vector<Step> steps;
  if (!path.starts_with('$')) return std::nullopt;
  path.remove_prefix(1);
  const auto plain = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == ':' || c == '-' ||
           c == '$' || c == '/' || static_cast<unsigned char>(c) >= 0x80;
  };
  std::size_t at = 0;
  while (at < path.size()) {
    Step step;
    if (path[at] == '[') {
      const auto end = path.find(']', at);
      if (end == std::string_view::npos) return std::nullopt;
      std::string_view inside = path.substr(at + 1, end - at - 1);
      if (!inside.empty() && inside[0] == '"') {
        const auto close = path.find("\"]", at + 2);
        if (close == std::string_view::npos) return std::nullopt;
        step.name = std::string(path.substr(at + 2, close - at - 2));
        at = close + 2;
      } else {
        at = end + 1;
        step.index = ParseWhole(inside).value_or(-1);
        if (step.index < 0) return std::nullopt;
      }
    } else {
      if (path[at] != '.') return std::nullopt;
      const std::size_t start = ++at;
      while (at < path.size() && plain(path[at])) ++at;
      step.name = std::string(path.substr(start, at - start));
      if (step.name.empty()) return std::nullopt;
    }
    steps.push_back(std::move(step));
  }
  return steps;
}

const JsonTree* Walk(const JsonTree& document, const std::vector<Step>& steps) {
  const JsonTree* at = &document;
  for (const Step& step : steps) {
    if (at->kind == Kind::kArray) {
      const std::int64_t index = step.index >= 0 ? step.index : ParseWhole(step.name).value_or(-1);
      if (index < 0 || index >= static_cast<std::int64_t>(at->items.size())) return nullptr;
      at = &at->items[static_cast<std::size_t>(index)];
    } else if (at->kind == Kind::kObject) {
      at = at->Find(step.index >= 0 ? std::to_string(step.index) : step.name);
      if (at == nullptr) return nullptr;
    } else {
      return nullptr;
    }
  }
  return at;
}

/// What (text, path, origin) mean; nothing when there is no such value.
std::optional<JsonTree> Extracted(Cells& cells) {
  const auto steps = ParseSteps(cells.Text(1));
  if (!steps) {
    RaiseTrino("INVALID_FUNCTION_ARGUMENT", fmt::format("Invalid JSON path: '{}'", cells.Text(1)),
               cells.Integer(2));
  }
  const auto document = ParseJson(cells.Text(0));
  const JsonTree* value = document ? Walk(*document, *steps) : nullptr;
  return value == nullptr ? std::nullopt : std::optional(*value);
}

std::string ScalarText(const JsonTree& value) {
  if (value.kind == Kind::kString || value.kind == Kind::kNumber) return value.text;
  return JsonText(value);
}

void ExtractScalar(Cells& cells) {
  const auto value = Extracted(cells);
  if (!value || value->kind == Kind::kNull || value->IsStructured()) return cells.SetNull();
  cells.SetText(ScalarText(*value));
}

void Extract(Cells& cells) {
  const auto value = Extracted(cells);
  if (!value) return cells.SetNull();
  cells.SetText(JsonText(*value));
}

void Size(Cells& cells) {
  const auto value = Extracted(cells);
  if (!value) return cells.SetNull();
  cells.SetInteger(value->IsStructured() ? static_cast<std::int64_t>(value->items.size()) : 0);
}

void Parse(Cells& cells) {
  const auto document = ParseJson(cells.Text(0));
  if (!document) {
    RaiseTrino("INVALID_FUNCTION_ARGUMENT",
               fmt::format("Cannot convert value to JSON: '{}'", cells.Text(0)), cells.Integer(1));
  }
  cells.SetText(JsonText(*document, true));
}

void IsScalar(Cells& cells) {
  const auto document = ParseJson(cells.Text(0));
  if (!document) {
    RaiseTrino("INVALID_FUNCTION_ARGUMENT", fmt::format("Invalid JSON value: {}", cells.Text(0)),
               -1);
  }
  cells.SetBoolean(!document->IsStructured());
}

/// json_array_get(array, index): from the end when negative. A string comes bare.
void ArrayGet(Cells& cells) {
  const auto document = ParseJson(cells.Text(0));
  if (!document || document->kind != Kind::kArray) return cells.SetNull();
  std::int64_t index = cells.Integer(1);
  const auto size = static_cast<std::int64_t>(document->items.size());
  if (index < 0) index += size;
  if (index < 0 || index >= size) return cells.SetNull();
  const JsonTree& item = document->items[static_cast<std::size_t>(index)];
  cells.SetText(item.kind == Kind::kString ? item.text : JsonText(item));
}

/// json_array_contains(array, value).
void ArrayContains(Cells& cells) {
  const auto document = ParseJson(cells.Text(0));
  if (!document || document->kind != Kind::kArray) return cells.SetNull();
  const auto same = [&](const JsonTree& item) {
    switch (cells.Family(1)) {
      case 'b':
        return item.kind == Kind::kBoolean && item.boolean == cells.Boolean(1);
      case 'i':
        return item.kind == Kind::kNumber && item.text == std::to_string(cells.Integer(1));
      case 'f':
        return item.kind == Kind::kNumber && item.text.find_first_of(".eE") != std::string::npos &&
               ParseJavaDouble(item.text) == cells.Double(1);
      default:
        return item.kind == Kind::kString && item.text == cells.Text(1);
    }
  };
  for (const JsonTree& item : document->items) {
    if (same(item)) return cells.SetBoolean(true);
  }
  cells.SetBoolean(false);
}

// ---- SQL/JSON. Arguments: input, path, variables as a JSON object, then the options.

constexpr std::size_t kInput = 0;
constexpr std::size_t kPath = 1;
constexpr std::size_t kVariables = 2;

struct Failure {
  std::string condition;
  std::string message;
};

/// The items a path meets, or why there are none to be had.
struct Outcome {
  std::vector<JsonTree> items;
  std::optional<Failure> failure = std::nullopt;
};

Outcome Evaluate(Cells& cells, std::int64_t origin) {
  const auto path = [&] {
    try {
      return JsonPath(cells.Text(kPath));
    } catch (const JsonPathError& error) {
      RaiseTrino("INVALID_PATH", error.message, origin);
    }
  }();
  const auto document = ParseJson(cells.Text(kInput));
  if (!document) {
    return {{}, Failure{"JSON_INPUT_CONVERSION_ERROR", "conversion to JSON failed: "}};
  }
  JsonPath::Variables variables;
  if (const auto given = ParseJson(cells.Text(kVariables))) {
    for (std::size_t i = 0; i < given->keys.size(); ++i) {
      variables.emplace(given->keys[i], given->items[i]);
    }
  }
  try {
    return {path.Evaluate(*document, variables)};
  } catch (const JsonPathError& error) {
    return {{}, Failure{"PATH_EVALUATION_ERROR", "path evaluation failed: " + error.message}};
  }
}

/// json_exists(input, path, variables, on error, origin).
void Exists(Cells& cells) {
  const Outcome outcome = Evaluate(cells, cells.Integer(4));
  if (!outcome.failure) return cells.SetBoolean(!outcome.items.empty());
  const std::string_view behaviour = cells.Text(3);
  if (behaviour == "ERROR") {
    RaiseTrino(outcome.failure->condition, outcome.failure->message, cells.Integer(4));
  }
  if (behaviour == "UNKNOWN") return cells.SetNull();
  cells.SetBoolean(behaviour == "TRUE");
}

/// json_query(input, path, variables, wrapper, quotes, on empty, on error, origin).
void Query(Cells& cells) {
  const std::int64_t origin = cells.Integer(7);
  const auto handle = [&](std::string_view behaviour, const Failure& failure) {
    if (behaviour == "ERROR") RaiseTrino(failure.condition, failure.message, origin);
    if (behaviour == "EMPTY ARRAY") return cells.SetText("[]");
    if (behaviour == "EMPTY OBJECT") return cells.SetText("{}");
    cells.SetNull();
  };
  Outcome outcome = Evaluate(cells, origin);
  if (outcome.failure) return handle(cells.Text(6), *outcome.failure);
  constexpr std::string_view kCondition = "JSON_OUTPUT_CONVERSION_ERROR";
  const auto failure = [&](std::string_view what) {
    return Failure{std::string(kCondition),
                   fmt::format("conversion from JSON failed: JSON path found {}", what)};
  };
  auto& items = outcome.items;
  if (items.empty()) return handle(cells.Text(5), failure("no items"));
  const std::string_view wrapper = cells.Text(3);
  const bool wraps = wrapper == "UNCONDITIONAL" ||
                     (wrapper == "CONDITIONAL" && (items.size() > 1 || !items[0].IsStructured()));
  if (wraps) {
    JsonTree list;
    list.kind = Kind::kArray;
    list.items = std::move(items);
    return cells.SetText(JsonText(list));
  }
  if (items.size() > 1) return handle(cells.Text(6), failure("multiple items"));
  if (cells.Text(4) == "OMIT" && items[0].kind == Kind::kString) {
    return cells.SetText(items[0].text);
  }
  cells.SetText(JsonText(items[0]));
}

/// json_value(input, path, variables, on empty, its default, on error, its default, origin).
void ValueOf(Cells& cells) {
  if (cells.IsNull(kInput)) return cells.SetNull();
  const std::int64_t origin = cells.Integer(7);
  const auto handle = [&](std::size_t behaviour, const Failure& failure) {
    if (cells.Text(behaviour) == "ERROR") RaiseTrino(failure.condition, failure.message, origin);
    if (cells.Text(behaviour) != "DEFAULT" || cells.IsNull(behaviour + 1)) return cells.SetNull();
    cells.SetText(cells.Text(behaviour + 1));
  };
  const Outcome outcome = Evaluate(cells, origin);
  if (outcome.failure) return handle(5, *outcome.failure);
  const auto failure = [](std::string_view what) {
    return Failure{"JSON_VALUE_RESULT_ERROR",
                   fmt::format("cannot extract SQL scalar from JSON: JSON path found {}", what)};
  };
  if (outcome.items.empty()) return handle(3, failure("no items"));
  if (outcome.items.size() > 1) return handle(5, failure("multiple items"));
  const JsonTree& item = outcome.items[0];
  if (item.IsStructured()) {
    return handle(5, failure("an item that cannot be converted to an SQL value"));
  }
  if (item.kind == Kind::kNull) return cells.SetNull();
  if (item.kind == Kind::kNumber && item.text.find_first_of(".eE") != std::string::npos) {
    return cells.SetText(TrinoText(ParseJavaDouble(item.text).value_or(0), false));
  }
  cells.SetText(item.kind == Kind::kBoolean ? JsonText(item) : item.text);
}

/// json_object(null handling, key, value ...), values as JSON texts.
void MakeObject(Cells& cells) {
  const bool absent = cells.Text(0) == "ABSENT";
  std::string text = "{";
  for (std::size_t i = 1; i + 1 < cells.size(); i += 2) {
    if (cells.IsNull(i)) {
      RaiseTrino("INVALID_FUNCTION_ARGUMENT",
                 "null value passed for JSON object key to JSON_OBJECT function", -1);
    }
    if (cells.IsNull(i + 1) && absent) continue;
    const std::string_view value = cells.IsNull(i + 1) ? "null" : cells.Text(i + 1);
    text += fmt::format("{}{}:{}", text.size() > 1 ? "," : "", JsonQuoted(cells.Text(i)), value);
  }
  cells.SetText(text + "}");
}

void MakeArray(Cells& cells) {
  const bool absent = cells.Text(0) == "ABSENT";
  std::string text = "[";
  for (std::size_t i = 1; i < cells.size(); ++i) {
    if (cells.IsNull(i) && absent) continue;
    if (text.size() > 1) text += ",";
    text += cells.IsNull(i) ? "null" : cells.Text(i);
  }
  cells.SetText(text + "]");
}

/// formatted_json(text): what FORMAT JSON promises to be JSON.
void Formatted(Cells& cells) {
  const auto document = ParseJson(cells.Text(0));
  if (!document) {
    RaiseTrino("JSON_INPUT_CONVERSION_ERROR", "conversion to JSON failed: ", -1);
  }
  cells.SetText(JsonText(*document));
}

/// (json, kind, type, try, origin): a scalar as the text that CAST to that kind of type reads:
/// v varchar, i an integer, n another number, b boolean. NULL for JSON's null.
void JsonScalar(Cells& cells) {
  const auto document = ParseJson(cells.Text(0));
  if (!document || document->IsStructured()) {
    if (cells.Boolean(3)) return cells.SetNull();
    RaiseTrino("INVALID_CAST_ARGUMENT",
               fmt::format("Cannot cast '{}' to {}", cells.Text(0), cells.Text(2)),
               cells.Integer(4));
  }
  const char kind = cells.Text(1)[0];
  switch (document->kind) {
    case Kind::kNull:
      return cells.SetNull();
    case Kind::kBoolean:
      if (kind == 'v' || kind == 'b') return cells.SetText(document->boolean ? "true" : "false");
      return cells.SetText(document->boolean ? "1" : "0");
    case Kind::kNumber:
      break;
    default:
      return cells.SetText(document->text);
  }
  const bool whole = document->text.find_first_of(".eE") == std::string::npos;
  const double number = ParseJavaDouble(document->text).value_or(0);
  if (kind == 'b') return cells.SetText(number != 0 ? "true" : "false");
  if (whole || kind == 'n') return cells.SetText(document->text);
  if (kind == 'v') return cells.SetText(TrinoText(number, false));
  cells.SetText(fmt::format("{:.0f}", std::round(number)));
}

}  // namespace

CellFunctions TrinoJsonFunctions() {
  return {
      {"trino.json_scalar", "VARCHAR", JsonScalar},
      {"trino.json_extract_scalar", "VARCHAR", ExtractScalar},
      {"trino.json_extract", "VARCHAR", Extract},
      {"trino.json_size", "BIGINT", Size},
      {"trino.json_parse", "VARCHAR", Parse},
      {"trino.is_json_scalar", "BOOLEAN", IsScalar},
      {"trino.json_array_get", "VARCHAR", ArrayGet},
      {"trino.json_array_contains", "BOOLEAN", ArrayContains},
      {"trino.json_exists", "BOOLEAN", Exists},
      {"trino.json_query", "VARCHAR", Query},
      {"trino.json_value", "VARCHAR", ValueOf, true},
      {"trino.json_object", "VARCHAR", MakeObject, true},
      {"trino.json_array", "VARCHAR", MakeArray, true},
      {"trino.formatted_json", "VARCHAR", Formatted},
  };
}

}  // namespace owlet::engine
