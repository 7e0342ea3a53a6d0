#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/engine/functions/json_tree.h"

// SQL/JSON paths (SQL:2016): `lax $.a[*] ? (@.b > 1).c`, as Trino reads and evaluates them.

namespace owlet::engine {

/// What a path fails with, caught by the functions that evaluate one.
struct JsonPathError {
  bool in_path = false;  // the path itself is wrong, whatever the document
  std::string message;
};

/// A path, read once. Immutable; thread-safe.
class JsonPath {
 public:
  using Variables = std::map<std::string, JsonTree, std::less<>>;

  /// Throws JsonPathError.
  explicit JsonPath(std::string_view text);
  ~JsonPath();
  JsonPath(JsonPath&&) noexcept;

  /// All items that the path meets in order. Throws JsonPathError: in strict mode for what is not
  /// there, in both for arithmetic and methods on the wrong kind of value.
  [[nodiscard]] std::vector<JsonTree> Evaluate(const JsonTree& document,
                                               const Variables& variables) const;

 private:
  struct Node;
  class Reader;
  class Evaluation;
  bool strict_ = false;
  std::unique_ptr<const Node> root_;
};

}  // namespace owlet::engine
