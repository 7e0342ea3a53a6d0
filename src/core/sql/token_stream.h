#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/sql/token.h"

namespace owlet::sql {

/// The tokens of one text and a place among them. Remembers which words were tried in vain at the
/// place, so that an error can list what would have been right. Not thread-safe; the text must
/// outlive it.
///
/// Words are compared in upper case, symbols as they are: Is("SELECT"), Is("<=").
class TokenStream {
 public:
  TokenStream(std::string_view text, SqlDialect dialect, std::vector<Token> tokens);

  [[nodiscard]] SqlDialect dialect() const { return dialect_; }
  [[nodiscard]] bool trino() const { return dialect_ == SqlDialect::kTrino; }
  [[nodiscard]] bool spark() const { return dialect_ == SqlDialect::kSpark; }
  [[nodiscard]] bool hive() const { return dialect_ == SqlDialect::kHive; }
  [[nodiscard]] std::string_view text() const { return text_; }

  [[nodiscard]] const Token& Peek(std::size_t ahead = 0) const;
  [[nodiscard]] const Token& TokenAt(std::size_t index) const { return tokens_[index]; }
  [[nodiscard]] std::size_t position() const { return position_; }
  void Restore(std::size_t position) { position_ = position; }
  const Token& Next();

  /// Whether the token is this word or symbol. Leaves no trace.
  [[nodiscard]] bool Is(std::string_view what, std::size_t ahead = 0) const;
  [[nodiscard]] bool IsAny(std::initializer_list<std::string_view> what,
                           std::size_t ahead = 0) const;
  [[nodiscard]] bool IsEnd(std::size_t ahead = 0) const {
    return Peek(ahead).kind == TokenKind::kEnd;
  }
  /// The same words one after the other, from here: IsWords("GROUP BY").
  [[nodiscard]] bool IsWords(std::string_view words) const;

  /// Like Is, and an error here will list the word.
  [[nodiscard]] bool At(std::string_view what);
  bool Accept(std::string_view what);
  /// All words or none: AcceptWords("ORDER BY").
  bool AcceptWords(std::string_view words);
  Status Expect(std::string_view what);
  Status ExpectWords(std::string_view words);
  Status ExpectEnd();

  /// Notes what would have been right here, in the form of the list: "<expression>".
  void Want(std::string_view what);
  /// Forgets what was noted at this place: what follows is known by one name.
  void WantOnly(std::string_view what);

  /// "Something else stands here": in the dialect's words, with what was noted.
  [[nodiscard]] std::unexpected<Error> Unexpected() const;
  /// The same without a list of one's own making: only `what` was right.
  [[nodiscard]] std::unexpected<Error> UnexpectedBut(std::string_view what) const;

  /// From the first token `start` to the last one taken.
  [[nodiscard]] SourceSpan SpanFrom(std::size_t start) const;
  [[nodiscard]] std::string_view TextFrom(std::size_t start) const;

  /// For an opening parenthesis at this place plus `ahead`: where its partner stands, 0 for none.
  [[nodiscard]] std::size_t Partner(std::size_t ahead = 0) const;

 private:
  std::string_view text_;
  SqlDialect dialect_;
  std::vector<Token> tokens_;
  std::vector<std::size_t> partners_;
  std::size_t position_ = 0;
  std::size_t wanted_at_ = 0;
  std::vector<std::string> wanted_;
};

}  // namespace owlet::sql
