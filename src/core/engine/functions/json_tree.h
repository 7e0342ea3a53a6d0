#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace owlet::engine {

/// A JSON document that keeps the text of its numbers and the order of its keys. A plain value.
struct JsonTree {
  enum class Kind : unsigned char { kNull, kBoolean, kNumber, kString, kArray, kObject };
  Kind kind = Kind::kNull;
  bool boolean = false;
  std::string text;               // a string's value, a number as written
  std::vector<std::string> keys;  // of an object, beside items
  std::vector<JsonTree> items;

  [[nodiscard]] bool IsStructured() const { return kind == Kind::kArray || kind == Kind::kObject; }
  /// The value behind a key; the last one when it comes twice. Nullptr when there is none.
  [[nodiscard]] const JsonTree* Find(std::string_view key) const;

  [[nodiscard]] static JsonTree Number(double value);
  [[nodiscard]] static JsonTree Whole(std::int64_t value);
  [[nodiscard]] static JsonTree String(std::string value);
};

/// Nothing for a text that is no JSON document, or nests deeper than a thousand.
[[nodiscard]] std::optional<JsonTree> ParseJson(std::string_view text);

/// A number as Jackson writes it back: whole ones as they are, others as Java's Double.toString.
[[nodiscard]] std::string JsonNumberText(std::string_view text);
/// Compact text. `canonical` puts keys in order and drops those that come again.
[[nodiscard]] std::string JsonText(const JsonTree& tree, bool canonical = false);
[[nodiscard]] std::string JsonQuoted(std::string_view text);

}  // namespace owlet::engine
