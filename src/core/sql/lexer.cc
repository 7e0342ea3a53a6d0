#include "core/sql/lexer.h"

#include <array>
#include <optional>
#include <string>
#include <utility>

#include "core/sql/syntax_error.h"

namespace owlet::sql {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsWordPart(char c) { return IsLetter(c) || IsDigit(c) || c == '_'; }
char Upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

constexpr std::array<std::string_view, 16> kSparkSymbols = {
    "<=>", "<>", "!=", "==", "<=", ">=", "!<", "!>",
    "||",  "->", "=>", "::", ":=", "|>", "<<", "*/"};
constexpr std::array<std::string_view, 7> kTrinoSymbols = {
    "<>", "!=", "<=", ">=", "||", "->", "=>"};
constexpr std::string_view kSingles = "()[]{},.;:=<>+-*/%&|^~?!@$";
constexpr std::string_view kTrinoSingles = "()[],.=<>+-*/%?;:|";

class Lexer {
 public:
  Lexer(std::string_view text, SqlDialect dialect) : text_(text), dialect_(dialect) {}

  Result<std::vector<Token>> Run() {
    while (true) {
      OWLET_CHECK_OK(SkipBlanks());
      start_ = position_;
      start_line_ = line_;
      start_column_ = column_;
      if (position_ >= text_.size()) break;
      Next();
    }
    Emit(TokenKind::kEnd);
    return std::move(tokens_);
  }

 private:
  bool spark() const { return dialect_ == SqlDialect::kSpark; }
  bool trino() const { return dialect_ == SqlDialect::kTrino; }
  char At(std::size_t ahead = 0) const {
    return position_ + ahead < text_.size() ? text_[position_ + ahead] : '\0';
  }
  bool Starts(std::string_view what) const { return text_.substr(position_).starts_with(what); }

  /// Columns count characters, not bytes: continuation bytes of UTF-8 do not move them.
  void Advance(std::size_t count = 1) {
    for (; count > 0 && position_ < text_.size(); --count) {
      const char c = text_[position_++];
      if (c == '\n') {
        ++line_;
        column_ = 1;
      } else if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) {
        ++column_;
      }
    }
  }

  Token& Emit(TokenKind kind) {
    Token token;
    token.kind = kind;
    token.text = text_.substr(start_, position_ - start_);
    token.span = {start_line_, start_column_, static_cast<std::uint32_t>(start_),
                  static_cast<std::uint32_t>(position_)};
    tokens_.push_back(std::move(token));
    return tokens_.back();
  }

  Status SkipBlanks() {
    while (position_ < text_.size()) {
      const char c = At();
      if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
        Advance();
      } else if (Starts("--")) {
        while (position_ < text_.size() && At() != '\n') Advance();
      } else if (Starts("/*") && !(spark() && At(2) == '+')) {
        if (!SkipBracketedComment()) {
          if (spark()) return std::unexpected(UnclosedComment());
          return {};  // the rest is read as the symbols / and *, as Trino does
        }
      } else if (!trino() && Starts("\xE3\x80\x80")) {
        Advance(3);  // the ideographic space
      } else {
        return {};
      }
    }
    return {};
  }

  bool SkipBracketedComment() {
    const std::size_t position = position_;
    const auto line = line_;
    const auto column = column_;
    int depth = 0;
    while (position_ < text_.size()) {
      if (Starts("*/")) {
        Advance(2);
        if (--depth == 0) return true;
      } else if (Starts("/*") && (depth == 0 || spark())) {
        Advance(2);
        ++depth;
      } else {
        Advance();
      }
    }
    position_ = position;
    line_ = line;
    column_ = column;
    return false;
  }

  void Next() {
    const char c = At();
    if (c == '\'') return QuotedString('\'');
    if (c == '"') return trino() ? QuotedIdentifier('"') : QuotedString('"');
    if (c == '`') return QuotedIdentifier('`');
    if (trino() && (c == 'U' || c == 'u') && At(1) == '&' && At(2) == '\'') {
      Advance(2);
      return QuotedString('\'', TokenKind::kUnicodeString);
    }
    if (trino() && (c == 'X' || c == 'x') && At(1) == '\'') {
      Advance(1);
      return QuotedString('\'', TokenKind::kBinary);
    }
    if (spark() && (c == 'R' || c == 'r') && (At(1) == '\'' || At(1) == '"')) return RawString();
    if (IsDigit(c) || (c == '.' && IsDigit(At(1)) && !AfterName())) return Number();
    if (IsLetter(c) || c == '_' || (!trino() && (static_cast<unsigned char>(c) & 0x80U) != 0)) {
      return Word();
    }
    Symbol();
  }

  /// `t.1a`: a dot after a name is a dot.
  bool AfterName() const {
    if (tokens_.empty() || tokens_.back().span.stop != position_) return false;
    const Token& last = tokens_.back();
    return last.kind == TokenKind::kWord || last.kind == TokenKind::kQuoted || last.text == ")" ||
           last.text == "]";
  }

  void Unrecognized() {
    Advance();
    while ((static_cast<unsigned char>(At()) & 0xC0U) == 0x80U) Advance();
    Emit(TokenKind::kUnrecognized);
  }

  void Word() {
    while (IsWordPart(At()) || (!trino() && (static_cast<unsigned char>(At()) & 0x80U) != 0)) {
      Advance();
    }
    FinishWord();
  }

  void FinishWord() {
    Token& token = Emit(TokenKind::kWord);
    token.value.reserve(token.text.size());
    for (const char c : token.text) token.value.push_back(Upper(c));
    if (trino() && IsDigit(token.text.front())) {
      token.problem =
          "identifiers must not start with a digit; surround the identifier with double quotes";
    }
  }

  void QuotedIdentifier(char quote) {
    std::size_t end = position_ + 1;
    std::string value;
    while (end < text_.size()) {
      if (text_[end] == quote) {
        if (end + 1 < text_.size() && text_[end + 1] == quote) {
          value.push_back(quote);
          end += 2;
          continue;
        }
        break;
      }
      value.push_back(text_[end++]);
    }
    if (end >= text_.size()) return Unrecognized();
    Advance(end + 1 - position_);
    Token& token = Emit(TokenKind::kQuoted);
    token.value = std::move(value);
    if (trino() && quote == '`') {
      token.problem =
          "backquoted identifiers are not supported; use double quotes to quote identifiers";
    }
  }

  void QuotedString(char quote, TokenKind kind = TokenKind::kString) {
    std::size_t end = position_ + 1;
    std::string value;
    const bool escapes = !trino();
    while (end < text_.size() && text_[end] != quote) {
      if (escapes && text_[end] == '\\' && end + 1 < text_.size()) {
        end = Unescape(end, value);
      } else {
        value.push_back(text_[end++]);
      }
      // A doubled quote is one quote (not in Hive, where it ends a string and begins the next).
      if (dialect_ != SqlDialect::kHive && end + 1 < text_.size() && text_[end] == quote &&
          text_[end + 1] == quote) {
        value.push_back(quote);
        end += 2;
      }
    }
    if (end >= text_.size()) return UnterminatedString();
    Advance(end + 1 - position_);
    Emit(kind).value = std::move(value);
  }

  void UnterminatedString() {
    position_ = start_;
    line_ = start_line_;
    column_ = start_column_;
    if (IsLetter(At())) return Word();  // X'..., U&'... without an end: X is a word
    Unrecognized();
  }

  /// Reads one backslash escape at `at`, as Spark and Hive do, and gives the place after it.
  std::size_t Unescape(std::size_t at, std::string& value) {
    const char c = text_[at + 1];
    const auto hex = [&](std::size_t count) -> std::optional<char32_t> {
      if (at + 2 + count > text_.size()) return std::nullopt;
      char32_t code = 0;
      for (std::size_t i = 0; i < count; ++i) {
        const char h = Upper(text_[at + 2 + i]);
        if (!IsDigit(h) && (h < 'A' || h > 'F')) return std::nullopt;
        code = code * 16 + static_cast<char32_t>(IsDigit(h) ? h - '0' : h - 'A' + 10);
      }
      return code;
    };
    if (c == 'u' || c == 'U') {
      const std::size_t digits = c == 'u' ? 4 : 8;
      if (auto code = hex(digits)) {
        at += 2 + digits;
        // A pair of UTF-16 surrogates is one character.
        if (c == 'u' && *code >= 0xD800 && *code < 0xDC00 && text_.substr(at).starts_with("\\u")) {
          if (auto low = hex(4); low && *low >= 0xDC00 && *low < 0xE000) {
            code = 0x10000 + ((*code - 0xD800) << 10U) + (*low - 0xDC00);
            at += 6;
          }
        }
        AppendUtf8(value, *code);
        return at;
      }
    }
    const auto octal = [&](std::size_t i) {
      return at + i < text_.size() && text_[at + i] >= '0' && text_[at + i] <= '7';
    };
    if ((c == '0' || c == '1') && octal(2) && octal(3)) {
      AppendUtf8(value, static_cast<char32_t>((c - '0') * 64 + (text_[at + 2] - '0') * 8 +
                                              (text_[at + 3] - '0')));
      return at + 4;
    }
    switch (c) {
      case '0':
        value.push_back('\0');
        break;
      case 'b':
        value.push_back('\b');
        break;
      case 'n':
        value.push_back('\n');
        break;
      case 'r':
        value.push_back('\r');
        break;
      case 't':
        value.push_back('\t');
        break;
      case 'Z':
        value.push_back('\x1A');
        break;
      case '%':
        value.append("\\%");
        break;
      case '_':
        value.append("\\_");
        break;
      default:
        value.push_back(c);
        break;
    }
    return at + 2;
  }

  void RawString() {
    const char quote = At(1);
    const std::size_t end = text_.find(quote, position_ + 2);
    if (end == std::string_view::npos) return Word();
    std::string value(text_.substr(position_ + 2, end - position_ - 2));
    Advance(end + 1 - position_);
    Token& token = Emit(TokenKind::kString);
    token.value = std::move(value);
    token.raw = true;
  }

  void Digits() {
    while (IsDigit(At()) || (trino() && At() == '_' && IsDigit(At(1)))) Advance();
  }

  bool Exponent() {
    const char e = Upper(At());
    if (e != 'E') return false;
    const std::size_t sign = At(1) == '+' || At(1) == '-' ? 1 : 0;
    if (!IsDigit(At(1 + sign))) return false;
    Advance(1 + sign);
    Digits();
    return true;
  }

  bool PrefixedInteger() {
    if (!trino() || At() != '0') return false;
    const char base = Upper(At(1));
    if (base != 'X' && base != 'O' && base != 'B') return false;
    const auto fits = [base](char c) {
      if (base == 'B') return c == '0' || c == '1';
      if (base == 'O') return c >= '0' && c <= '7';
      return IsDigit(c) || (Upper(c) >= 'A' && Upper(c) <= 'F');
    };
    if (!fits(At(2))) return false;
    Advance(2);
    while (fits(At()) || (At() == '_' && fits(At(1)))) Advance();
    return true;
  }

  void Number() {
    TokenKind kind = TokenKind::kInteger;
    if (PrefixedInteger()) return FinishNumber(kind);
    Digits();
    // Spark: `1.a` is 1, a dot and a name; `1..` never.
    const bool dot =
        At() == '.' &&
        !(spark() && (IsLetter(At(1)) || At(1) == '_') &&
          !(Upper(At(1)) == 'E' && (IsDigit(At(2)) || IsDigit(At(3)))) && !SuffixAt(1));
    if (dot) {
      kind = TokenKind::kDecimal;
      Advance();
      Digits();
    }
    if (Exponent()) kind = TokenKind::kDouble;
    FinishNumber(kind);
  }

  /// The length of a numeric suffix that ends a number here, or 0.
  std::size_t SuffixAt(std::size_t ahead) const {
    if (trino()) return 0;
    const char c = Upper(At(ahead));
    if (c == 'B' && Upper(At(ahead + 1)) == 'D' && !IsWordPart(At(ahead + 2))) return 2;
    if (std::string_view("LSYDF").find(c) != std::string_view::npos && c != '\0' &&
        !IsWordPart(At(ahead + 1))) {
      return 1;
    }
    return 0;
  }

  void FinishNumber(TokenKind kind) {
    std::string value;
    for (const char c : text_.substr(start_, position_ - start_)) {
      if (c != '_') value.push_back(c);
    }
    std::string suffix;
    if (const std::size_t length = SuffixAt(0); length > 0) {
      const bool whole = kind == TokenKind::kInteger;
      const char first = Upper(At());
      if (whole || (first != 'L' && first != 'S' && first != 'Y')) {
        for (std::size_t i = 0; i < length; ++i) suffix.push_back(Upper(At(i)));
        Advance(length);
      }
    }
    // A name may begin with digits: Spark takes it, Trino knows it to say so.
    const bool dotted =
        text_.substr(start_, position_ - start_).find('.') != std::string_view::npos;
    if (suffix.empty() && IsWordPart(At()) && !dotted) {
      return Word();
    }
    Token& token = Emit(kind);
    token.value = std::move(value);
    token.suffix = std::move(suffix);
  }

  void Symbol() {
    if (spark() && Starts("/*+")) {
      Advance(3);
      Emit(TokenKind::kSymbol);
      return;
    }
    const auto take = [this](const auto& symbols) {
      for (const std::string_view symbol : symbols) {
        if (Starts(symbol)) {
          Advance(symbol.size());
          Emit(TokenKind::kSymbol);
          return true;
        }
      }
      return false;
    };
    if (trino() ? take(kTrinoSymbols) : take(kSparkSymbols)) return;
    if ((trino() ? kTrinoSingles : kSingles).find(At()) == std::string_view::npos ||
        (spark() && (At() == '@' || At() == '$'))) {
      return Unrecognized();
    }
    Advance();
    Emit(TokenKind::kSymbol);
  }

  static Error UnclosedComment() {
    Error error = MakeSparkError(
        "UNCLOSED_BRACKETED_COMMENT", "42601",
        "Found an unclosed bracketed comment. Please, append */ at the end of the comment.", {});
    return error;
  }

  std::string_view text_;
  SqlDialect dialect_;
  std::size_t position_ = 0;
  std::uint32_t line_ = 1;
  std::uint32_t column_ = 1;
  std::size_t start_ = 0;
  std::uint32_t start_line_ = 1;
  std::uint32_t start_column_ = 1;
  std::vector<Token> tokens_;
};

}  // namespace

void AppendUtf8(std::string& out, char32_t code_point) {
  const auto byte = [&out](char32_t value) { out.push_back(static_cast<char>(value)); };
  if (code_point >= 0xD800 && code_point < 0xE000) {
    out.push_back('?');  // half of a surrogate pair is no character
  } else if (code_point < 0x80) {
    byte(code_point);
  } else if (code_point < 0x800) {
    byte(0xC0 | (code_point >> 6U));
    byte(0x80 | (code_point & 0x3FU));
  } else if (code_point < 0x10000) {
    byte(0xE0 | (code_point >> 12U));
    byte(0x80 | ((code_point >> 6U) & 0x3FU));
    byte(0x80 | (code_point & 0x3FU));
  } else {
    byte(0xF0 | (code_point >> 18U));
    byte(0x80 | ((code_point >> 12U) & 0x3FU));
    byte(0x80 | ((code_point >> 6U) & 0x3FU));
    byte(0x80 | (code_point & 0x3FU));
  }
}

Result<std::vector<Token>> Tokenize(std::string_view text, SqlDialect dialect) {
  return Lexer(text, dialect).Run();
}

Result<std::string> DecodeUnicodeString(std::string_view body, char escape,
                                        const SourceSpan& span) {
  std::string out;
  for (std::size_t i = 0; i < body.size();) {
    if (body[i] != escape) {
      out.push_back(body[i++]);
      continue;
    }
    if (i + 1 < body.size() && body[i + 1] == escape) {
      out.push_back(escape);
      i += 2;
      continue;
    }
    const bool is_long = i + 1 < body.size() && body[i + 1] == '+';
    const std::size_t digits = is_long ? 6 : 4;
    std::size_t at = i + (is_long ? 2 : 1);
    char32_t code = 0;
    std::size_t count = 0;
    for (; count < digits && at < body.size(); ++count, ++at) {
      const char h = Upper(body[at]);
      if (!IsDigit(h) && (h < 'A' || h > 'F')) {
        return std::unexpected(
            MakeTrinoError(span, "Invalid hexadecimal digit: " + std::string(1, body[at])));
      }
      code = code * 16 + static_cast<char32_t>(IsDigit(h) ? h - '0' : h - 'A' + 10);
    }
    if (count < digits) {
      return std::unexpected(MakeTrinoError(
          span, "Incomplete escape sequence: " + std::string(body.substr(at - count))));
    }
    if (code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) {
      return std::unexpected(MakeTrinoError(
          span, "Invalid escaped character: " + std::string(body.substr(at - count, count))));
    }
    AppendUtf8(out, code);
    i = at;
  }
  return out;
}

}  // namespace owlet::sql
