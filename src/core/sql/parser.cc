#include "core/sql/parser.h"

#include <utility>

#include "core/sql/classify.h"
#include "core/sql/grammar.h"
#include "core/sql/lexer.h"
#include "core/sql/statements.h"
#include "core/sql/syntax_error.h"

namespace owlet::sql {
namespace {

/// Reads all of a text with one method of the grammar.
template <class Read>
auto ReadAll(std::string_view text, SqlDialect dialect, Read read)
    -> decltype(read(std::declval<Grammar&>())) {
  OWLET_TRY(std::vector<Token> tokens, Tokenize(text, dialect));
  Grammar grammar(text, dialect, std::move(tokens));
  OWLET_TRY(auto result, read(grammar));
  OWLET_CHECK_OK(grammar.tokens.ExpectEnd());
  return result;
}

Result<Statement> ReadStatement(std::string_view text, SqlDialect dialect,
                                const std::function<Result<Statement>(Grammar&)>& read) {
  return ReadAll(text, dialect, [&read](Grammar& g) -> Result<Statement> {
    OWLET_TRY(Statement statement, read(g));
    while (g.tokens.Is(";")) g.tokens.Next();
    statement.num_parameters = g.num_parameters();
    return statement;
  });
}

std::vector<std::string_view> Split(std::string_view text, SqlDialect dialect) {
  std::vector<std::string_view> parts;
  auto tokens = Tokenize(text, dialect);
  if (!tokens) return {text};
  std::size_t first = 0;
  for (std::size_t i = 0; i < tokens->size(); ++i) {
    const Token& token = (*tokens)[i];
    const bool end = token.kind == TokenKind::kEnd;
    if (!end && !(token.kind == TokenKind::kSymbol && token.text == ";")) continue;
    if (i > first) {
      const std::uint32_t from = (*tokens)[first].span.start;
      parts.push_back(text.substr(from, (*tokens)[i - 1].span.stop - from));
    }
    first = i + 1;
  }
  return parts;
}

}  // namespace

Result<Statement> ParseTrino(std::string_view text) {
  return ReadStatement(text, SqlDialect::kTrino, TrinoStatement);
}
Result<Statement> ParseHive(std::string_view text) {
  return ReadStatement(text, SqlDialect::kHive, HiveStatement);
}
Result<Statement> ParseSpark(std::string_view text, const EvaluateName& evaluate) {
  return ReadStatement(text, SqlDialect::kSpark, [&](Grammar& g) {
    g.evaluate_name = evaluate;
    return SparkStatement(g);
  });
}
Result<Statement> ParseAthena(std::string_view text) {
  return ClassifyAthena(text) == AthenaGrammar::kHive ? ParseHive(text) : ParseTrino(text);
}

std::vector<std::string_view> SplitTrinoScript(std::string_view text) {
  return Split(text, SqlDialect::kTrino);
}
std::vector<std::string_view> SplitSparkScript(std::string_view text) {
  return Split(text, SqlDialect::kSpark);
}

Result<plan::ExpressionPtr> ParseSparkExpression(std::string_view text) {
  return ReadAll(text, SqlDialect::kSpark, [](Grammar& g) { return g.NamedExpression(); });
}
Result<plan::ExpressionPtr> ParseTrinoExpression(std::string_view text) {
  return ReadAll(text, SqlDialect::kTrino, [](Grammar& g) { return g.Expression(); });
}
Result<Name> ParseSparkTableName(std::string_view text) {
  return ReadAll(text, SqlDialect::kSpark, [](Grammar& g) { return g.QualifiedName(); });
}

Result<Name> ParseSparkColumnName(std::string_view text) {
  const auto invalid = [&] {
    return std::unexpected(
        MakeSparkError("INVALID_ATTRIBUTE_NAME_SYNTAX", "42601",
                       "Syntax error in the attribute name: " + std::string(text) +
                           ". Check that backticks appear in pairs, a quoted "
                           "string is a complete name part and use a backtick "
                           "only inside quoted name parts.",
                       {{"name", std::string(text)}}));
  };
  Name parts;
  std::string part;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '.') {
      if (i == 0 || text[i - 1] == '.' || i + 1 == text.size()) return invalid();
      parts.push_back(std::exchange(part, {}));
    } else if (text[i] == '`') {
      if (!part.empty()) return invalid();
      for (++i; i < text.size(); ++i) {
        if (text[i] != '`') {
          part.push_back(text[i]);
        } else if (i + 1 < text.size() && text[i + 1] == '`') {
          part.push_back(text[i++]);
        } else {
          break;
        }
      }
      if (i >= text.size()) return invalid();
      if (i + 1 < text.size() && text[i + 1] != '.') return invalid();
    } else {
      part.push_back(text[i]);
    }
  }
  parts.push_back(std::move(part));
  return parts;
}

Result<plan::Type> ParseTrinoType(std::string_view text) {
  return ReadAll(text, SqlDialect::kTrino, [](Grammar& g) { return g.TypeName(); });
}
Result<plan::Type> ParseHiveType(std::string_view text) {
  return ReadAll(text, SqlDialect::kHive, [](Grammar& g) { return g.TypeName(); });
}
Result<plan::Type> ParseSparkType(std::string_view text) {
  return ReadAll(text, SqlDialect::kSpark, [](Grammar& g) { return g.TypeName(); });
}
Result<plan::Schema> ParseSparkSchema(std::string_view text) {
  return ReadAll(text, SqlDialect::kSpark, [](Grammar& g) -> Result<plan::Schema> {
    plan::Schema schema;
    if (g.tokens.IsEnd()) return schema;
    do {
      OWLET_TRY(plan::Field field, g.SparkColumn(true));
      schema.push_back(std::move(field));
    } while (g.tokens.Accept(","));
    return schema;
  });
}

}  // namespace owlet::sql
