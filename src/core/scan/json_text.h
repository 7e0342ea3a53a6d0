#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/scan/column_batch.h"

namespace owlet::scan {

/// What a JSON text may have beside the standard: Spark's options of these names.
struct JsonLeniency {
  bool comments = false;            // allowComments
  bool single_quotes = true;        // allowSingleQuotes
  bool unquoted_names = false;      // allowUnquotedFieldNames
  bool leading_zeros = false;       // allowNumericLeadingZeros
  bool non_numeric_numbers = true;  // allowNonNumericNumbers
  bool backslash_any = false;       // allowBackslashEscapingAnyCharacter
  bool control_characters = false;  // allowUnquotedControlChars
};

enum class JsonKind : std::uint8_t {
  kObject,
  kArray,
  kString,
  kInteger,
  kNumber,      // with a point or an exponent
  kNonNumeric,  // NaN, Infinity, -INF ...
  kTrue,
  kFalse,
  kNull,
  kEnd,  // nothing but blanks is left
  kBad,
};

/// Reads JSON as Jackson's streaming parser reads it, which is what Spark's answers for broken
/// lines follow from. A cursor: Peek names the value that stands next, then exactly one of the
/// reading calls takes it. After a syntax error ok() is false and everything ends. Not thread-safe;
/// refers to the text.
///
///     parser.EnterObject(); while (parser.NextMember(key)) { ...take the value... }
class JsonText {
 public:
  JsonText(std::string_view text, const JsonLeniency& leniency)
      : next_(text.data()), end_(text.data() + text.size()), leniency_(leniency) {}

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] JsonKind Peek();

  void EnterObject() { Enter('}'); }
  /// The name of the next member, with the cursor on its value; false behind the last one. The name
  /// is good until the next call.
  [[nodiscard]] bool NextMember(std::string_view& name);
  void EnterArray() { Enter(']'); }
  /// Puts the cursor on the next element; false behind the last one.
  [[nodiscard]] bool NextElement();

  /// The text of a string; good until the next call unless it lies in the JSON text itself.
  [[nodiscard]] std::string_view TakeString();
  /// A number, true, false, null or a non-numeric number as it is written.
  [[nodiscard]] std::string_view TakeScalar();
  /// Any value, checked; its text as it is written.
  std::string_view Skip();

 private:
  // Deeper than Spark's reader goes (Jackson's StreamReadConstraints).
  static constexpr int kDepth = 1000;

  void Enter(char close);
  void SkipBlanks();
  bool Fail() {
    ok_ = false;
    next_ = end_;
    return false;
  }
  bool ReadQuoted(char quote, std::string_view& text);
  bool ReadEscape();
  bool ReadNumber();
  [[nodiscard]] JsonKind KindOfNumber() const;

  const char* next_;
  const char* const end_;
  const JsonLeniency& leniency_;
  std::string unescaped_;
  int depth_ = 0;
  bool first_ = false;
  bool ok_ = true;
};

}  // namespace owlet::scan
