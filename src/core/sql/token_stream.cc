#include "core/sql/token_stream.h"

#include <algorithm>
#include <utility>

#include "core/sql/syntax_error.h"

namespace owlet::sql {
namespace {

bool Matches(const Token& token, std::string_view what) {
  if (token.kind == TokenKind::kWord) return token.value == what;
  return token.kind == TokenKind::kSymbol && token.text == what;
}

std::string Listed(std::string_view what) {
  return what.starts_with('<') && what.size() > 2 && what != "<=>" ? std::string(what)
                                                                   : "'" + std::string(what) + "'";
}

/// The next of words separated by one blank.
std::string_view TakeWord(std::string_view& words) {
  const std::size_t blank = std::min(words.find(' '), words.size());
  const std::string_view word = words.substr(0, blank);
  words.remove_prefix(std::min(blank + 1, words.size()));
  return word;
}

}  // namespace

TokenStream::TokenStream(std::string_view text, SqlDialect dialect, std::vector<Token> tokens)
    : text_(text), dialect_(dialect), tokens_(std::move(tokens)), partners_(tokens_.size(), 0) {
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < tokens_.size(); ++i) {
    if (Matches(tokens_[i], "(")) {
      open.push_back(i);
    } else if (Matches(tokens_[i], ")") && !open.empty()) {
      partners_[open.back()] = i;
      open.pop_back();
    }
  }
}

const Token& TokenStream::Peek(std::size_t ahead) const {
  return tokens_[std::min(position_ + ahead, tokens_.size() - 1)];
}

const Token& TokenStream::Next() {
  const Token& token = tokens_[position_];
  if (position_ + 1 < tokens_.size()) ++position_;
  return token;
}

bool TokenStream::Is(std::string_view what, std::size_t ahead) const {
  return Matches(Peek(ahead), what);
}

bool TokenStream::IsAny(std::initializer_list<std::string_view> what, std::size_t ahead) const {
  const Token& token = Peek(ahead);
  return std::any_of(what.begin(), what.end(),
                     [&](std::string_view word) { return Matches(token, word); });
}

bool TokenStream::IsWords(std::string_view words) const {
  for (std::size_t ahead = 0; !words.empty(); ++ahead) {
    if (!Is(TakeWord(words), ahead)) return false;
  }
  return true;
}

bool TokenStream::At(std::string_view what) {
  if (Is(what)) return true;
  Want(what);
  return false;
}

bool TokenStream::Accept(std::string_view what) {
  if (!At(what)) return false;
  Next();
  return true;
}

bool TokenStream::AcceptWords(std::string_view words) {
  if (!IsWords(words)) {
    if (const std::string_view first = TakeWord(words); !Is(first)) Want(first);
    return false;
  }
  while (!words.empty()) {
    TakeWord(words);
    Next();
  }
  return true;
}

Status TokenStream::Expect(std::string_view what) {
  if (Accept(what)) return {};
  return Unexpected();
}

Status TokenStream::ExpectWords(std::string_view words) {
  while (!words.empty()) OWLET_CHECK_OK(Expect(TakeWord(words)));
  return {};
}

Status TokenStream::ExpectEnd() {
  if (IsEnd()) return {};
  Want("<EOF>");
  return Unexpected();
}

void TokenStream::Want(std::string_view what) {
  if (wanted_at_ != position_) {
    wanted_.clear();
    wanted_at_ = position_;
  }
  wanted_.push_back(Listed(what));
}

void TokenStream::WantOnly(std::string_view what) {
  wanted_.clear();
  Want(what);
}

std::unexpected<Error> TokenStream::Unexpected() const {
  std::vector<std::string> expected;
  if (wanted_at_ == position_) expected = wanted_;
  std::sort(expected.begin(), expected.end());
  expected.erase(std::unique(expected.begin(), expected.end()), expected.end());
  return std::unexpected(
      MakeUnexpectedToken(dialect_, text_, tokens_, position_, std::move(expected)));
}

std::unexpected<Error> TokenStream::UnexpectedBut(std::string_view what) const {
  return std::unexpected(MakeUnexpectedToken(dialect_, text_, tokens_, position_, {Listed(what)}));
}

SourceSpan TokenStream::SpanFrom(std::size_t start) const {
  SourceSpan span = tokens_[start].span;
  if (position_ > start) span.stop = tokens_[position_ - 1].span.stop;
  return span;
}

std::string_view TokenStream::TextFrom(std::size_t start) const {
  const SourceSpan span = SpanFrom(start);
  return text_.substr(span.start, span.stop - span.start);
}

std::size_t TokenStream::Partner(std::size_t ahead) const {
  const std::size_t at = position_ + ahead;
  return at < partners_.size() ? partners_[at] : 0;
}

}  // namespace owlet::sql
