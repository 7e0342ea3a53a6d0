#include "core/engine/functions/json_tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "core/engine/functions/numbers.h"

namespace owlet::engine {

namespace {

constexpr std::size_t kMaximumDepth = 1000;

/// Builds the tree from nlohmann's events.
class TreeBuilder : public nlohmann::json_sax<nlohmann::json> {
 public:
  bool null() override { return Put({}); }
  bool boolean(bool value) override {
    JsonTree tree;
    tree.kind = JsonTree::Kind::kBoolean;
    tree.boolean = value;
    return Put(std::move(tree));
  }
  bool number_integer(number_integer_t value) override { return Put(JsonTree::Whole(value)); }
  bool number_unsigned(number_unsigned_t value) override {
    return PutNumber(std::to_string(value));
  }
  bool number_float(number_float_t, const string_t& text) override { return PutNumber(text); }
  bool string(string_t& value) override { return Put(JsonTree::String(std::move(value))); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return Open(JsonTree::Kind::kObject); }
  bool key(string_t& value) override {
    open_.back()->keys.push_back(value);
    return true;
  }
  bool end_object() override { return Close(); }
  bool start_array(std::size_t) override { return Open(JsonTree::Kind::kArray); }
  bool end_array() override { return Close(); }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
    return false;
  }

  JsonTree Take() { return std::move(root_); }

 private:
  JsonTree* Place(JsonTree tree) {
    if (open_.empty()) {
      root_ = std::move(tree);
      return &root_;
    }
    open_.back()->items.push_back(std::move(tree));
    return &open_.back()->items.back();
  }
  bool Put(JsonTree tree) {
    Place(std::move(tree));
    return true;
  }
  bool PutNumber(std::string text) {
    JsonTree tree;
    tree.kind = JsonTree::Kind::kNumber;
    tree.text = std::move(text);
    return Put(std::move(tree));
  }
  bool Open(JsonTree::Kind kind) {
    if (open_.size() >= kMaximumDepth) return false;
    JsonTree tree;
    tree.kind = kind;
    open_.push_back(Place(std::move(tree)));
    return true;
  }
  bool Close() {
    open_.pop_back();
    return true;
  }

  JsonTree root_;
  std::vector<JsonTree*> open_;  // only the last one's items grow, so the pointers stay good
};

}  // namespace

const JsonTree* JsonTree::Find(std::string_view key) const {
  for (std::size_t i = keys.size(); i-- > 0;) {
    if (keys[i] == key) return &items[i];
  }
  return nullptr;
}

JsonTree JsonTree::Number(double value) {
  JsonTree tree;
  tree.kind = Kind::kNumber;
  tree.text = JavaText(value, false);
  return tree;
}

JsonTree JsonTree::Whole(std::int64_t value) {
  JsonTree tree;
  tree.kind = Kind::kNumber;
  tree.text = std::to_string(value);
  return tree;
}

JsonTree JsonTree::String(std::string value) {
  JsonTree tree;
  tree.kind = Kind::kString;
  tree.text = std::move(value);
  return tree;
}

std::optional<JsonTree> ParseJson(std::string_view text) {
  TreeBuilder builder;
  if (!nlohmann::json::sax_parse(text, &builder)) return std::nullopt;
  return builder.Take();
}

std::string JsonNumberText(std::string_view text) {
  if (text.find_first_of(".eE") == std::string_view::npos) {
    return text == "-0" ? "0" : std::string(text);
  }
  const double value = std::strtod(std::string(text).c_str(), nullptr);
  if (std::isinf(value)) return value > 0 ? "\"Infinity\"" : "\"-Infinity\"";
  return JavaText(value, false);
}

std::string JsonQuoted(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string JsonText(const JsonTree& tree, bool canonical) {
  switch (tree.kind) {
    case JsonTree::Kind::kNull:
      return "null";
    case JsonTree::Kind::kBoolean:
      return tree.boolean ? "true" : "false";
    case JsonTree::Kind::kNumber:
      return JsonNumberText(tree.text);
    case JsonTree::Kind::kString:
      return JsonQuoted(tree.text);
    case JsonTree::Kind::kArray: {
      std::string text = "[";
      for (const JsonTree& item : tree.items) {
        text += (text.size() > 1 ? "," : "") + JsonText(item, canonical);
      }
      return text + "]";
    }
    case JsonTree::Kind::kObject:
      break;
  }
  std::vector<std::string> keys = tree.keys;
  if (canonical) {
    std::ranges::sort(keys);
    const auto repeated = std::ranges::unique(keys);
    keys.erase(repeated.begin(), repeated.end());
  }
  std::string text = "{";
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const JsonTree& item = canonical ? *tree.Find(keys[i]) : tree.items[i];
    text +=
        fmt::format("{}{}:{}", i > 0 ? "," : "", JsonQuoted(keys[i]), JsonText(item, canonical));
  }
  return text + "}";
}

}  // namespace owlet::engine
