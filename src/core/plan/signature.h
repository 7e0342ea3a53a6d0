#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/plan/coercion.h"
#include "core/plan/functions.h"

// The little language of function signatures (functions.h), read into patterns.

namespace owlet::plan {

/// A type with holes. Immutable after parsing.
struct TypePattern {
  enum class Kind : std::uint8_t { kType, kVariable, kAny, kArray, kMap, kRow, kLambda, kSized };
  Kind kind = Kind::kType;
  Type type;           // kType; the family of kSized (decimal, varchar, char, timestamp ...)
  char variable = 0;   // kVariable
  std::string bound;   // kVariable: "numeric", "orderable" ...; "" for none
  std::string first;   // kSized: a letter, a number
  std::string second;  // kSized decimal: the scale
  std::vector<TypePattern> children;
  std::vector<std::string> names;  // of a row's fields
  bool not_null = false;           // as an element: "!" stood behind it
};

struct Signature {
  std::vector<TypePattern> parameters;
  bool repeated = false;  // the last parameter stands once or more often
  TypePattern result;
  std::string result_rule;  // "-> @name"
  std::string whole_rule;   // "@name"

  [[nodiscard]] bool Accepts(std::size_t arguments) const {
    return repeated ? arguments + 1 >= parameters.size() : arguments == parameters.size();
  }
  [[nodiscard]] const TypePattern& Parameter(std::size_t index) const {
    return parameters[index < parameters.size() ? index : parameters.size() - 1];
  }
};

/// Errors: kInternal, a mistake in a table; every table is read by a test.
[[nodiscard]] Result<Signature> ParseSignature(std::string_view text);

/// What the holes of one call stand for.
struct Bindings {
  std::map<char, Type> types;
  std::map<char, int> numbers;
};

/// The type that a pattern stands for; unbound variables are unknown.
[[nodiscard]] Type Instantiate(const TypePattern& pattern, const Bindings& bindings);

/// Fits a type to a pattern, binding variables (their common type so far): the cost of the
/// coercion, or nothing when it does not fit.
[[nodiscard]] std::optional<int> Bind(const TypePattern& pattern, const Type& type,
                                      const SessionSettings& session, Bindings& bindings);

/// How a parameter stands in an error message of the dialect: `"STRING"`, `array(T)`.
[[nodiscard]] std::string PatternText(const TypePattern& pattern, Dialect dialect);

}  // namespace owlet::plan
