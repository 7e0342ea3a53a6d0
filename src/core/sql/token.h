#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace owlet::sql {

/// Whose words and rules a text follows.
enum class SqlDialect : std::uint8_t { kTrino, kSpark, kHive };

enum class TokenKind : std::uint8_t {
  kWord,           // a keyword or an unquoted identifier
  kQuoted,         // "x" in Trino, `x` in Spark and Hive
  kString,         // its value decoded
  kUnicodeString,  // Trino's U&'..': escapes not decoded, UESCAPE may follow
  kBinary,         // X'..' of Trino
  kInteger,        // digits; Trino's 0x, 0o, 0b too
  kDecimal,        // 1.5
  kDouble,         // 1e3
  kSymbol,
  kUnrecognized,  // a character that begins no token
  kEnd
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::string_view text;  // as written; lives as long as the parsed text
  /// Words: upper case. Quoted and strings: decoded. Numbers: without underscores and suffix.
  std::string value;
  std::string suffix;   // Spark's L, S, Y, D, F, BD in upper case
  std::string problem;  // a word that the lexer knows and the dialect forbids: why
  bool raw = false;     // Spark's r'..'
  SourceSpan span;
};

}  // namespace owlet::sql
