#include <charconv>

#include "core/sql/grammar.h"
#include "core/sql/keywords.h"
#include "core/sql/lexer.h"
#include "core/sql/parser.h"
#include "core/sql/syntax_error.h"

namespace owlet::sql {

Grammar::Depth::Depth(int& depth) : depth_(depth) { ++depth_; }
bool Grammar::Depth::TooDeep() const { return depth_ > kMaximumDepth; }

std::unexpected<Error> Grammar::NestedTooDeep() const {
  const Token& token = tokens.Peek();
  Error error;
  if (tokens.spark()) {
    error = MakeSparkErrorAt(tokens.text(), token.span, "FAILED_TO_PARSE_TOO_COMPLEX", "54001",
                             "The statement, including potential SQL functions and referenced "
                             "views, was too complex to parse.",
                             {});
  } else {
    error = MakeTrinoError(token.span, "statement is too large (stack overflow while parsing)",
                           "STATEMENT_TOO_LARGE");
  }
  return std::unexpected(std::move(error));
}

std::unexpected<Error> Grammar::Invalid(
    std::size_t start, std::string_view condition, std::string_view sql_state,
    std::string_view message, std::vector<std::pair<std::string, std::string>> parameters) const {
  const SourceSpan span = tokens.SpanFrom(start);
  if (tokens.spark()) {
    Error error =
        MakeSparkErrorAt(tokens.text(), span, condition, sql_state, message, std::move(parameters));
    return std::unexpected(std::move(error));
  }
  Error error = MakeTrinoError(span, message, std::string(condition));
  if (tokens.hive()) {
    error.condition = "ParseException";
    error.message = "FAILED: ParseException " + error.message;
  }
  return std::unexpected(std::move(error));
}

std::unexpected<Error> Grammar::Missing(std::string_view what) const {
  return std::unexpected(MakeNotImplemented(tokens.Peek().span, what));
}

plan::ExpressionPtr Grammar::Call(std::string name, std::vector<plan::ExpressionPtr> arguments,
                                  std::size_t start) const {
  return Make(plan::FunctionCall{.name = std::move(name), .arguments = std::move(arguments)},
              start);
}

plan::ExpressionPtr Grammar::Operator(std::string name, std::vector<plan::ExpressionPtr> arguments,
                                      std::size_t start, std::size_t at) const {
  return MakeAt(
      plan::FunctionCall{
          .name = std::move(name), .arguments = std::move(arguments), .is_operator = true},
      start, at);
}

plan::ExpressionPtr Grammar::Text(std::string value, std::size_t start) const {
  return Make(plan::Literal::String(std::move(value)), start);
}

bool Grammar::AtIdentifier(std::size_t ahead) const {
  const Token& token = tokens.Peek(ahead);
  if (token.kind == TokenKind::kQuoted) return token.problem.empty();
  if (token.kind != TokenKind::kWord || !token.problem.empty()) return false;
  if (tokens.trino()) return !IsTrinoReserved(token.value);
  return true;
}

Result<std::string> Grammar::Identifier() {
  if (!AtIdentifier()) {
    tokens.Want("<identifier>");
    return tokens.Unexpected();
  }
  const Token& token = tokens.Next();
  return token.kind == TokenKind::kQuoted ? token.value : std::string(token.text);
}

Result<Name> Grammar::QualifiedName() {
  Name name;
  do {
    OWLET_TRY(std::string part, Identifier());
    name.push_back(std::move(part));
  } while (tokens.Accept("."));
  return name;
}

Result<Name> Grammar::IdentifierClause() {
  tokens.Next();
  OWLET_CHECK_OK(tokens.Expect("("));
  OWLET_TRY(const plan::ExpressionPtr text, Expression());
  OWLET_CHECK_OK(tokens.Expect(")"));
  OWLET_TRY(const std::string name, NameOf(text));
  return ParseSparkTableName(name);
}

Result<std::string> Grammar::NameOf(const plan::ExpressionPtr& expression) const {
  if (const auto* literal = std::get_if<plan::Literal>(&expression->node)) {
    if (const auto* text = std::get_if<std::string>(&literal->value)) return *text;
  }
  if (!evaluate_name) return Missing("IDENTIFIER() with an expression");
  return evaluate_name(expression);
}

Result<Name> Grammar::TableName() {
  const std::size_t start = tokens.position();
  if (tokens.spark() && tokens.Is("IDENTIFIER") && tokens.Is("(", 1)) {
    return IdentifierClause();
  }
  OWLET_TRY(Name name, QualifiedName());
  // Spark: a name with a hyphen needs backquotes, and the error says how it should look.
  if (tokens.spark() && tokens.Is("-") &&
      tokens.Peek().span.start == tokens.TokenAt(tokens.position() - 1).span.stop) {
    std::string whole = name.back();
    while (tokens.Is("-") || tokens.Peek().kind == TokenKind::kWord ||
           tokens.Peek().kind == TokenKind::kInteger) {
      if (tokens.Peek().span.start != tokens.TokenAt(tokens.position() - 1).span.stop) break;
      whole += tokens.Next().text;
    }
    return Invalid(start, "INVALID_IDENTIFIER", "42602",
                   "The unquoted identifier " + whole +
                       " is invalid and must be back quoted as: `" + whole +
                       "`.\nUnquoted identifiers can only contain ASCII letters ('a' - 'z', 'A' - "
                       "'Z'), digits ('0' - '9'), and underbar ('_').\nUnquoted identifiers must "
                       "also not start with a digit.\nDifferent data sources and meta stores may "
                       "impose additional restrictions on valid identifiers.",
                   {{"ident", whole}});
  }
  return name;
}

Result<std::vector<std::string>> Grammar::IdentifierList() {
  OWLET_CHECK_OK(tokens.Expect("("));
  std::vector<std::string> names;
  do {
    OWLET_TRY(std::string name, Identifier());
    names.push_back(std::move(name));
  } while (tokens.Accept(","));
  OWLET_CHECK_OK(tokens.Expect(")"));
  return names;
}

Result<std::string> Grammar::String() {
  const Token& token = tokens.Peek();
  if (token.kind == TokenKind::kUnicodeString) {
    tokens.Next();
    return DecodeUnicodeString(token.value, '\\', token.span);
  }
  if (token.kind != TokenKind::kString) {
    tokens.Want("<string>");
    return tokens.Unexpected();
  }
  std::string value = tokens.Next().value;
  while (tokens.hive() && tokens.Peek().kind == TokenKind::kString) value += tokens.Next().value;
  return value;
}

Result<std::int64_t> Grammar::Integer() {
  const Token& token = tokens.Peek();
  if (token.kind != TokenKind::kInteger || !token.suffix.empty()) {
    tokens.Want("<integer>");
    return tokens.Unexpected();
  }
  std::int64_t value = 0;
  const auto [end, error] =
      std::from_chars(token.value.data(), token.value.data() + token.value.size(), value);
  if (error != std::errc() || end != token.value.data() + token.value.size()) {
    const std::size_t start = tokens.position();
    tokens.Next();
    return Invalid(start, "INVALID_NUMERIC_LITERAL", "22003",
                   "Invalid numeric literal: " + token.value);
  }
  tokens.Next();
  return value;
}

bool Grammar::AtTableAlias() const {
  if (!AtIdentifier()) return false;
  const Token& token = tokens.Peek();
  if (token.kind == TokenKind::kQuoted) return true;
  if (tokens.trino()) return AtColumnAlias();
  return !IsSparkStrict(token.value) && AtColumnAlias();
}

bool Grammar::AtColumnAlias() const {
  if (!AtIdentifier()) return false;
  const Token& token = tokens.Peek();
  if (token.kind == TokenKind::kQuoted) return true;
  if (tokens.trino()) {
    // Words that go on with the query where what follows fits, and are names elsewhere.
    const auto counts = [&](std::size_t ahead) {
      return tokens.Peek(ahead).kind == TokenKind::kInteger || tokens.Is("?", ahead);
    };
    if (token.value == "LIMIT") return !counts(1) && !tokens.Is("ALL", 1);
    if (token.value == "OFFSET") return !counts(1);
    if (token.value == "FETCH") return !tokens.IsAny({"FIRST", "NEXT"}, 1);
    if (token.value == "WINDOW") return !(AtIdentifier(1) && tokens.Is("AS", 2));
    if (token.value == "TABLESAMPLE") return !tokens.IsAny({"BERNOULLI", "SYSTEM"}, 1);
    if (token.value == "MATCH_RECOGNIZE") return !tokens.Is("(", 1);
    if (token.value == "SET") return tokens.IsEnd(1);
    return true;
  }
  // PIVOT (sum(a) FOR b IN ...)
  if (token.value == "FOR") return !AtIdentifier(1) && !tokens.Is("(", 1);
  if (!IsSparkClauseWord(token.value)) {
    // `UPDATE t SET ..`, and words that begin what may follow a relation or an item.
    return !(token.value == "SET" && AtIdentifier(1));
  }
  if (tokens.IsEnd(1) || tokens.IsAny({")", ",", ";"}, 1)) return true;
  if (tokens.IsAny({"GROUP", "ORDER", "SORT", "CLUSTER", "DISTRIBUTE"})) return !tokens.Is("BY", 1);
  return false;
}

}  // namespace owlet::sql
