#include "core/engine/functions/json_path.h"

#include <fmt/format.h>

#include <array>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <utility>

namespace owlet::engine {

namespace {

using Kind = JsonTree::Kind;
using Items = std::vector<JsonTree>;

[[noreturn]] void Raise(std::string message) { throw JsonPathError{false, std::move(message)}; }
[[noreturn]] void Structural(std::string message) { Raise("structural error: " + message); }

std::optional<double> NumberOf(const JsonTree& item) {
  if (item.kind != Kind::kNumber) return std::nullopt;
  return std::strtod(item.text.c_str(), nullptr);
}

bool IsWhole(const JsonTree& item) { return item.text.find_first_of(".eE") == std::string::npos; }

std::string_view KindName(const JsonTree& item) {
  constexpr std::array<std::string_view, 6> kNames = {"null",   "boolean", "number",
                                                      "string", "array",   "object"};
  return kNames[static_cast<std::size_t>(item.kind)];
}

}  // namespace

/// One step or expression. `name` says which: "$", "@", "last", "var", "literal", ".", ".*", "[]",
/// "[*]", "?", "method", an operator, or a predicate.
struct JsonPath::Node {
  std::string name;
  std::string text;  // a key, a variable's or method's name
  JsonTree literal;
  std::vector<std::unique_ptr<const Node>> children;
};

class JsonPath::Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool Strict() {
    const bool strict = Word("strict");
    if (!strict && !Word("lax")) Bad();
    return strict;
  }
  std::unique_ptr<Node> Whole() {
    auto node = Sum();
    Space();
    if (at_ != text_.size()) Bad();
    return node;
  }

 private:
  using NodePtr = std::unique_ptr<Node>;

  [[noreturn]] void Bad() const {
    throw JsonPathError{true, fmt::format("invalid JSON path at {}: {}", at_ + 1, text_)};
  }
  void Space() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
  }
  bool Take(std::string_view token) {
    Space();
    if (!text_.substr(at_).starts_with(token)) return false;
    at_ += token.size();
    return true;
  }
  static bool IsNamePart(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
  }
  bool Word(std::string_view word) {
    Space();
    if (!text_.substr(at_).starts_with(word)) return false;
    if (at_ + word.size() < text_.size() && IsNamePart(text_[at_ + word.size()])) return false;
    at_ += word.size();
    return true;
  }
  std::string Name() {
    const auto start = at_;
    while (at_ < text_.size() && IsNamePart(text_[at_])) ++at_;
    if (start == at_) Bad();
    return std::string(text_.substr(start, at_ - start));
  }
  std::string Quoted() {
    const auto start = at_++;
    while (at_ < text_.size() && text_[at_] != '"') at_ += text_[at_] == '\\' ? 2 : 1;
    if (at_ >= text_.size()) Bad();
    const auto tree = ParseJson(text_.substr(start, ++at_ - start));
    if (!tree) Bad();
    return tree->text;
  }
  template <class... Children>
  static NodePtr Make(std::string name, std::string text, Children... children) {
    auto node = std::make_unique<Node>();
    node->name = std::move(name);
    node->text = std::move(text);
    (node->children.push_back(std::move(children)), ...);
    return node;
  }

  NodePtr Sum() {
    constexpr int kMaximumDepth = 200;
    if (++depth_ > kMaximumDepth) Bad();
    NodePtr left = Product();
    for (;;) {
      if (Take("+")) {
        left = Make("+", "", std::move(left), Product());
      } else if (Take("-")) {
        left = Make("-", "", std::move(left), Product());
      } else {
        --depth_;
        return left;
      }
    }
  }
  NodePtr Product() {
    NodePtr left = Unary();
    for (;;) {
      if (Take("*")) {
        left = Make("*", "", std::move(left), Unary());
      } else if (Take("/")) {
        left = Make("/", "", std::move(left), Unary());
      } else if (Take("%")) {
        left = Make("%", "", std::move(left), Unary());
      } else {
        return left;
      }
    }
  }
  NodePtr Unary() {
    if (Take("-")) return Make("negate", "", Unary());
    if (Take("+")) return Make("plus", "", Unary());
    return Accessors(Primary());
  }
  NodePtr Literal(JsonTree value) {
    NodePtr node = Make("literal", "");
    node->literal = std::move(value);
    return node;
  }
  NodePtr Primary() {
    Space();
    if (at_ >= text_.size()) Bad();
    const char c = text_[at_];
    if (c == '$') {
      ++at_;
      if (at_ < text_.size() && text_[at_] == '"') return Make("var", Quoted());
      if (at_ < text_.size() && IsNamePart(text_[at_])) return Make("var", Name());
      return Make("$", "");
    }
    if (Take("@")) return Make("@", "");
    if (Take("(")) {
      NodePtr inner = Sum();
      if (!Take(")")) Bad();
      return inner;
    }
    if (c == '"') return Literal(JsonTree::String(Quoted()));
    if (std::isdigit(static_cast<unsigned char>(c)) != 0) return NumberLiteral();
    if (Word("last")) return Make("last", "");
    JsonTree value;
    if (Word("null")) return Literal(value);
    value.kind = Kind::kBoolean;
    value.boolean = text_.substr(at_).starts_with("true");
    if (Word("true") || Word("false")) return Literal(value);
    Bad();
  }
  NodePtr NumberLiteral() {
    const auto start = at_;
    while (at_ < text_.size() &&
           (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0 || text_[at_] == '.' ||
            ((text_[at_] == '-' || text_[at_] == '+') && (text_[at_ - 1] | 0x20) == 'e'))) {
      ++at_;
    }
    auto tree = ParseJson(text_.substr(start, at_ - start));
    if (!tree) Bad();
    return Literal(std::move(*tree));
  }
  NodePtr Accessors(NodePtr base) {
    for (;;) {
      if (Take(".")) {
        Space();
        if (Take("*")) {
          base = Make(".*", "", std::move(base));
        } else if (at_ < text_.size() && text_[at_] == '"') {
          base = Make(".", Quoted(), std::move(base));
        } else {
          std::string name = Name();
          if (Take("(")) {
            if (!Take(")")) Bad();
            base = Make("method", std::move(name), std::move(base));
          } else {
            base = Make(".", std::move(name), std::move(base));
          }
        }
      } else if (Take("[")) {
        base = Subscripts(std::move(base));
      } else if (Take("?")) {
        if (!Take("(")) Bad();
        base = Make("?", "", std::move(base), Either());
        if (!Take(")")) Bad();
      } else {
        return base;
      }
    }
  }
  NodePtr Subscripts(NodePtr base) {
    if (Take("*")) {
      if (!Take("]")) Bad();
      return Make("[*]", "", std::move(base));
    }
    NodePtr node = Make("[]", "", std::move(base));
    do {
      NodePtr from = Sum();
      if (Word("to")) {
        node->children.push_back(Make("range", "", std::move(from), Sum()));
      } else {
        node->children.push_back(std::move(from));
      }
    } while (Take(","));
    if (!Take("]")) Bad();
    return node;
  }

  NodePtr Either() {
    NodePtr left = Both();
    while (Take("||")) left = Make("||", "", std::move(left), Both());
    return left;
  }
  NodePtr Both() {
    NodePtr left = Predicate();
    while (Take("&&")) left = Make("&&", "", std::move(left), Predicate());
    return left;
  }
  NodePtr Predicate() {
    if (Take("!")) {
      if (!Take("(")) Bad();
      NodePtr inner = Either();
      if (!Take(")")) Bad();
      return Make("!", "", std::move(inner));
    }
    if (Word("exists")) {
      if (!Take("(")) Bad();
      NodePtr inner = Sum();
      if (!Take(")")) Bad();
      return Make("exists", "", std::move(inner));
    }
    const auto start = at_;
    if (Take("(")) {
      // A predicate in parentheses, or an expression whose first parenthesis this is.
      try {
        NodePtr inner = Either();
        if (Take(")")) {
          if (Word("is")) {
            if (!Word("unknown")) Bad();
            return Make("is unknown", "", std::move(inner));
          }
          return inner;
        }
      } catch (const JsonPathError&) {
      }
      at_ = start;
    }
    NodePtr left = Sum();
    for (const std::string_view op : {"==", "<>", "!=", "<=", ">=", "<", ">"}) {
      if (!Take(op)) continue;
      return Make(op == "!=" ? "<>" : std::string(op), "", std::move(left), Sum());
    }
    if (Word("starts")) {
      if (!Word("with")) Bad();
      return Make("starts with", "", std::move(left), Sum());
    }
    Bad();
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

class JsonPath::Evaluation {
 public:
  Evaluation(bool strict, const JsonTree& document, const Variables& variables)
      : strict_(strict), document_(document), variables_(variables) {}

  Items Of(const Node& node) {
    if (node.name == "$") return {document_};
    if (node.name == "@") return {*current_};
    if (node.name == "last") return {JsonTree::Whole(last_)};
    if (node.name == "literal") return {node.literal};
    if (node.name == "var") {
      const auto found = variables_.find(node.text);
      if (found == variables_.end()) Raise("no value passed for parameter " + node.text);
      return {found->second};
    }
    if (node.name == ".") return Members(node);
    if (node.name == ".*") return AllMembers(node);
    if (node.name == "[]" || node.name == "[*]") return Elements(node);
    if (node.name == "?") return Filtered(node);
    if (node.name == "method") return Method(node);
    return Arithmetic(node);
  }

 private:
  /// In lax mode arrays stand for their elements.
  Items Unwrapped(Items items) const {
    if (strict_) return items;
    Items flat;
    for (JsonTree& item : items) {
      if (item.kind == Kind::kArray) {
        for (JsonTree& element : item.items) flat.push_back(std::move(element));
      } else {
        flat.push_back(std::move(item));
      }
    }
    return flat;
  }

  Items Members(const Node& node) {
    Items found;
    for (const JsonTree& item : Unwrapped(Of(*node.children[0]))) {
      if (item.kind != Kind::kObject) {
        if (strict_) {
          Structural(
              fmt::format("invalid item type. Expected: OBJECT, actual: {}", KindName(item)));
        }
        continue;
      }
      const JsonTree* value = item.Find(node.text);
      if (value != nullptr) {
        found.push_back(*value);
      } else if (strict_) {
        Structural(fmt::format("missing member '{}' in JSON object", node.text));
      }
    }
    return found;
  }

  Items AllMembers(const Node& node) {
    Items found;
    for (const JsonTree& item : Unwrapped(Of(*node.children[0]))) {
      if (item.kind == Kind::kObject) {
        found.insert(found.end(), item.items.begin(), item.items.end());
      } else if (strict_) {
        Structural(fmt::format("invalid item type. Expected: OBJECT, actual: {}", KindName(item)));
      }
    }
    return found;
  }

  std::int64_t Index(const Node& node) {
    const Items items = Of(node);
    if (items.size() != 1 || !NumberOf(items[0])) {
      Raise("array subscript is not a singleton numeric item");
    }
    return static_cast<std::int64_t>(*NumberOf(items[0]));
  }

  Items Elements(const Node& node) {
    Items found;
    for (JsonTree& item : Of(*node.children[0])) {
      if (item.kind != Kind::kArray) {
        if (strict_) {
          Structural(fmt::format("invalid item type. Expected: ARRAY, actual: {}", KindName(item)));
        }
        JsonTree wrapped;
        wrapped.kind = Kind::kArray;
        wrapped.items.push_back(std::move(item));
        item = std::move(wrapped);
      }
      if (node.name == "[*]") {
        found.insert(found.end(), item.items.begin(), item.items.end());
        continue;
      }
      const auto size = static_cast<std::int64_t>(item.items.size());
      const std::int64_t outer = std::exchange(last_, size - 1);
      for (std::size_t i = 1; i < node.children.size(); ++i) {
        const Node& subscript = *node.children[i];
        const bool range = subscript.name == "range";
        const std::int64_t from = Index(range ? *subscript.children[0] : subscript);
        const std::int64_t to = range ? Index(*subscript.children[1]) : from;
        if (strict_ && (from < 0 || to >= size || from > to)) {
          Structural(fmt::format("invalid array subscript for array of size {}", size));
        }
        for (std::int64_t at = std::max<std::int64_t>(from, 0); at <= std::min(to, size - 1);
             ++at) {
          found.push_back(item.items[static_cast<std::size_t>(at)]);
        }
      }
      last_ = outer;
    }
    return found;
  }

  Items Filtered(const Node& node) {
    Items found;
    for (JsonTree& item : Unwrapped(Of(*node.children[0]))) {
      const JsonTree* const outer = std::exchange(current_, &item);
      const auto holds = Holds(*node.children[1]);
      current_ = outer;
      if (holds.value_or(false)) found.push_back(std::move(item));
    }
    return found;
  }

  /// Nothing: unknown.
  std::optional<bool> Holds(const Node& node) {
    if (node.name == "!") {
      const auto inner = Holds(*node.children[0]);
      return inner ? std::optional(!*inner) : std::nullopt;
    }
    if (node.name == "&&" || node.name == "||") {
      const bool decides = node.name == "||";
      const auto left = Holds(*node.children[0]);
      const auto right = Holds(*node.children[1]);
      if (left == decides || right == decides) return decides;
      return left && right ? std::optional(!decides) : std::nullopt;
    }
    if (node.name == "is unknown") return !Holds(*node.children[0]).has_value();
    try {
      const Items left = Unwrapped(Of(*node.children[0]));
      if (node.name == "exists") return !left.empty();
      const Items right = Unwrapped(Of(*node.children[1]));
      return AnyPair(node.name, left, right);
    } catch (const JsonPathError&) {
      return std::nullopt;
    }
  }

  std::optional<bool> AnyPair(std::string_view op, const Items& left, const Items& right) const {
    bool found = false;
    bool unknown = false;
    for (const JsonTree& a : left) {
      for (const JsonTree& b : right) {
        const auto holds = Compare(op, a, b);
        found = found || holds.value_or(false);
        unknown = unknown || !holds;
        if (found && !strict_) return true;
      }
    }
    if (unknown) return std::nullopt;
    return found;
  }

  static std::optional<bool> Compare(std::string_view op, const JsonTree& a, const JsonTree& b) {
    if (op == "starts with") {
      if (a.kind != Kind::kString || b.kind != Kind::kString) return std::nullopt;
      return a.text.starts_with(b.text);
    }
    if (a.kind != b.kind) {
      if (a.kind != Kind::kNull && b.kind != Kind::kNull) return std::nullopt;
      return op == "<>" ? std::optional(true) : op == "==" ? std::optional(false) : std::nullopt;
    }
    int order = 0;
    if (a.kind == Kind::kNumber) {
      const double x = *NumberOf(a);
      const double y = *NumberOf(b);
      order = x < y ? -1 : x > y ? 1 : 0;
    } else if (a.kind == Kind::kString) {
      order = a.text.compare(b.text);
    } else if (a.kind == Kind::kBoolean) {
      order = static_cast<int>(a.boolean) - static_cast<int>(b.boolean);
    } else if (a.kind != Kind::kNull) {
      return std::nullopt;
    }
    if (op == "==") return order == 0;
    if (op == "<>") return order != 0;
    if (op == "<") return order < 0;
    if (op == "<=") return order <= 0;
    if (op == ">") return order > 0;
    return order >= 0;
  }

  JsonTree Single(const Node& node, std::string_view name) {
    const Items items = Unwrapped(Of(node));
    if (items.size() != 1 || !NumberOf(items[0])) {
      Raise(fmt::format("invalid operand of {}: not a singleton numeric item", name));
    }
    return items[0];
  }

  Items Arithmetic(const Node& node) {
    if (node.children.size() == 1) {
      Items results;
      for (const JsonTree& item : Unwrapped(Of(*node.children[0]))) {
        if (!NumberOf(item)) Raise("invalid item type. Expected: NUMBER");
        if (node.name == "plus") {
          results.push_back(item);
        } else {
          results.push_back(IsWhole(item) ? JsonTree::Whole(-std::atoll(item.text.c_str()))
                                          : JsonTree::Number(-*NumberOf(item)));
        }
      }
      return results;
    }
    const JsonTree left = Single(*node.children[0], node.name);
    const JsonTree right = Single(*node.children[1], node.name);
    if (IsWhole(left) && IsWhole(right)) {
      const std::int64_t a = std::atoll(left.text.c_str());
      const std::int64_t b = std::atoll(right.text.c_str());
      std::int64_t result = 0;
      bool overflow = false;
      if (node.name == "+") overflow = __builtin_add_overflow(a, b, &result);
      if (node.name == "-") overflow = __builtin_sub_overflow(a, b, &result);
      if (node.name == "*") overflow = __builtin_mul_overflow(a, b, &result);
      if (node.name == "/" || node.name == "%") {
        if (b == 0) Raise("arithmetic error: Division by zero");
        if (b == -1) {
          overflow = node.name == "/" && __builtin_sub_overflow(std::int64_t{0}, a, &result);
        } else {
          result = node.name == "/" ? a / b : a % b;
        }
      }
      if (overflow) Raise("arithmetic error: bigint overflow");
      return {JsonTree::Whole(result)};
    }
    const double a = *NumberOf(left);
    const double b = *NumberOf(right);
    if (node.name == "+") return {JsonTree::Number(a + b)};
    if (node.name == "-") return {JsonTree::Number(a - b)};
    if (node.name == "*") return {JsonTree::Number(a * b)};
    if (node.name == "/") return {JsonTree::Number(a / b)};
    return {JsonTree::Number(std::fmod(a, b))};
  }

  Items Method(const Node& node) {
    Items results;
    Items inputs = Of(*node.children[0]);
    if (node.text == "type") {
      for (const JsonTree& item : inputs) {
        results.push_back(JsonTree::String(std::string(KindName(item))));
      }
      return results;
    }
    if (node.text == "size") {
      for (const JsonTree& item : inputs) {
        if (item.kind != Kind::kArray && strict_) {
          Structural(fmt::format("invalid item type. Expected: ARRAY, actual: {}", KindName(item)));
        }
        results.push_back(JsonTree::Whole(
            item.kind == Kind::kArray ? static_cast<std::int64_t>(item.items.size()) : 1));
      }
      return results;
    }
    for (const JsonTree& item : Unwrapped(std::move(inputs))) {
      if (node.text == "keyvalue") {
        KeyValues(item, results);
      } else {
        results.push_back(NumberMethod(node.text, item));
      }
    }
    return results;
  }

  void KeyValues(const JsonTree& item, Items& results) {
    if (item.kind != Kind::kObject) {
      Structural(fmt::format("invalid item type. Expected: OBJECT, actual: {}", KindName(item)));
    }
    for (std::size_t i = 0; i < item.keys.size(); ++i) {
      JsonTree pair;
      pair.kind = Kind::kObject;
      pair.keys = {"name", "value", "id"};
      pair.items = {JsonTree::String(item.keys[i]), item.items[i], JsonTree::Whole(objects_)};
      results.push_back(std::move(pair));
    }
    ++objects_;
  }

  static JsonTree NumberMethod(const std::string& method, const JsonTree& item) {
    if (method == "double" && item.kind == Kind::kString) {
      char* end = nullptr;
      const double value = std::strtod(item.text.c_str(), &end);
      if (item.text.empty() || *end != '\0') Raise("invalid double value: " + item.text);
      return JsonTree::Number(value);
    }
    const auto value = NumberOf(item);
    if (!value) {
      Raise(fmt::format("invalid item type. Expected: NUMBER, actual: {}", KindName(item)));
    }
    if (method == "double") return JsonTree::Number(*value);
    if (method == "abs") {
      return IsWhole(item) ? JsonTree::Whole(std::llabs(std::atoll(item.text.c_str())))
                           : JsonTree::Number(std::abs(*value));
    }
    if (method == "floor" || method == "ceiling") {
      if (IsWhole(item)) return item;
      return JsonTree::Number(method == "floor" ? std::floor(*value) : std::ceil(*value));
    }
    Raise("method not supported: " + method);
  }

  bool strict_;
  const JsonTree& document_;
  const Variables& variables_;
  const JsonTree* current_ = nullptr;
  std::int64_t last_ = 0;
  std::int64_t objects_ = 0;  // numbers the objects of keyvalue()
};

JsonPath::JsonPath(std::string_view text) {
  constexpr std::size_t kMaximumLength = 10000;  // bounds how deep predicates nest
  if (text.size() > kMaximumLength) throw JsonPathError{true, "invalid JSON path: too long"};
  Reader reader(text);
  strict_ = reader.Strict();
  root_ = reader.Whole();
}
JsonPath::~JsonPath() = default;
JsonPath::JsonPath(JsonPath&&) noexcept = default;

std::vector<JsonTree> JsonPath::Evaluate(const JsonTree& document,
                                         const Variables& variables) const {
  return Evaluation(strict_, document, variables).Of(*root_);
}

}  // namespace owlet::engine
