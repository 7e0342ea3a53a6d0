#include "core/sql/syntax_error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace owlet::sql {
namespace {

Error Base(const SourceSpan& span, std::string condition, std::string message) {
  Error error;
  error.reason = Reason::kSyntaxError;
  error.condition = std::move(condition);
  error.message = std::move(message);
  error.span = span;
  return error;
}

/// Spark's frame around a text: the lines up to the one at fault, dashes to the column, ^^^.
std::string Underline(std::string_view text, const SourceSpan& span) {
  std::string out = "\n== SQL ==\n";
  std::uint32_t line = 1;
  std::size_t at = 0;
  while (at <= text.size()) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    out += text.substr(at, end - at);
    out += '\n';
    if (line == span.line) {
      out.append(span.column - 1, '-');
      out += "^^^\n";
    }
    ++line;
    at = end + 1;
  }
  return out;
}

/// Spark's hint: an ANTLR parser that can go on by leaving one token out says so.
std::string SparkHint(const std::vector<Token>& tokens, std::size_t at,
                      const std::vector<std::string>& expected) {
  const Token& token = tokens[at];
  if (token.kind == TokenKind::kEnd) return "";
  const auto wants = [&](std::string_view what) {
    return std::find(expected.begin(), expected.end(), what) != expected.end();
  };
  const Token& next = tokens[at + 1];
  const bool extra = wants("<EOF>")
                         ? next.kind == TokenKind::kEnd || (at > 0 && tokens[at - 1].text == ";")
                         : expected.size() == 1 && next.kind != TokenKind::kEnd &&
                               wants(fmt::format("'{}'", next.kind == TokenKind::kWord
                                                             ? std::string_view(next.value)
                                                             : next.text));
  if (extra) return fmt::format(": extra input '{}'", token.text);
  return "";
}

Error SparkUnexpected(std::string_view text, const std::vector<Token>& tokens, std::size_t at,
                      const std::vector<std::string>& expected) {
  const Token& token = tokens[at];
  const std::string where =
      token.kind == TokenKind::kEnd ? std::string("end of input") : fmt::format("'{}'", token.text);
  const std::string hint = SparkHint(tokens, at, expected);
  return MakeSparkErrorAt(text, token.span, "PARSE_SYNTAX_ERROR", "42601",
                          fmt::format("Syntax error at or near {}{}.", where, hint),
                          {{"error", where}, {"hint", hint}});
}

/// Hive names up to three tokens: the one at fault and what follows.
std::string HiveNear(const std::vector<Token>& tokens, std::size_t at) {
  std::string out;
  for (std::size_t i = at; i < std::min(at + 3, tokens.size()); ++i) {
    const Token& token = tokens[i];
    out += fmt::format(" '{}'", token.kind == TokenKind::kEnd ? "<EOF>" : token.text);
    if (token.kind == TokenKind::kEnd) break;
  }
  return out;
}

Error HiveUnexpected(const std::vector<Token>& tokens, std::size_t at,
                     const std::vector<std::string>& expected) {
  const Token& token = tokens[at];
  const std::string word(token.kind == TokenKind::kEnd ? std::string_view("<EOF>") : token.text);
  std::string what;
  if (expected.size() == 1 && expected.front() == "<EOF>") {
    what = fmt::format("missing EOF at '{}' near '{}'", word,
                       at > 0 ? tokens[at - 1].text : std::string_view());
  } else if (std::find(expected.begin(), expected.end(), "<EOF>") != expected.end()) {
    what = fmt::format("missing EOF at '{}' near '{}'", word,
                       at > 0 ? tokens[at - 1].text : std::string_view());
  } else if (expected.size() == 1) {
    std::string_view wanted = expected.front();
    if (wanted.starts_with('\'')) wanted = wanted.substr(1, wanted.size() - 2);
    what = fmt::format("mismatched input '{}' expecting {} near '{}'", word, wanted,
                       at > 0 ? tokens[at - 1].text : std::string_view());
  } else {
    what = fmt::format("cannot recognize input near{}", HiveNear(tokens, at));
  }
  // Hive's columns count from 0.
  return Base(token.span, "ParseException",
              fmt::format("FAILED: ParseException line {}:{} {}", token.span.line,
                          token.span.column - 1, what));
}

}  // namespace

Error MakeTrinoError(const SourceSpan& span, std::string_view message, std::string condition) {
  return Base(span, std::move(condition),
              fmt::format("line {}:{}: {}", span.line, span.column, message));
}

Error MakeSparkError(std::string_view condition, std::string_view sql_state,
                     std::string_view message,
                     std::vector<std::pair<std::string, std::string>> parameters) {
  Error error;
  error.reason = Reason::kSyntaxError;
  error.condition = condition;
  error.parameters = std::move(parameters);
  error.message = fmt::format("[{}] {} SQLSTATE: {}", condition, message, sql_state);
  return error;
}

Error MakeSparkErrorAt(std::string_view text, const SourceSpan& span, std::string_view condition,
                       std::string_view sql_state, std::string_view message,
                       std::vector<std::pair<std::string, std::string>> parameters) {
  Error error = MakeSparkError(condition, sql_state, message, std::move(parameters));
  error.span = span;
  error.message +=
      fmt::format(" (line {}, pos {})\n{}", span.line, span.column - 1, Underline(text, span));
  return error;
}

Error MakeUnexpectedToken(SqlDialect dialect, std::string_view text,
                          const std::vector<Token>& tokens, std::size_t at,
                          std::vector<std::string> expected) {
  const Token& token = tokens[at];
  if (dialect == SqlDialect::kSpark) return SparkUnexpected(text, tokens, at, expected);
  if (dialect == SqlDialect::kHive) return HiveUnexpected(tokens, at, expected);
  if (!token.problem.empty()) return MakeTrinoError(token.span, token.problem);
  const std::string_view word = token.kind == TokenKind::kEnd ? "<EOF>" : token.text;
  return MakeTrinoError(token.span, fmt::format("mismatched input '{}'. Expecting: {}", word,
                                                fmt::join(expected, ", ")));
}

Error MakeNotImplemented(const SourceSpan& span, std::string_view what) {
  Error error =
      Base(span, "NOT_SUPPORTED",
           fmt::format("line {}:{}: {} is not supported by owlet", span.line, span.column, what));
  error.reason = Reason::kNotImplemented;
  return error;
}

}  // namespace owlet::sql
