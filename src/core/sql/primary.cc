#include <algorithm>

#include "core/sql/grammar.h"
#include "core/sql/keywords.h"

namespace owlet::sql {

using plan::ExpressionPtr;

Result<ExpressionPtr> Grammar::Primary() {
  if (tokens.Peek().kind == TokenKind::kWord && tokens.Peek().problem.empty()) {
    return PrimaryByWord();
  }
  return PrimaryByKind();
}

Result<ExpressionPtr> Grammar::PrimaryByKind() {
  const std::size_t start = tokens.position();
  switch (tokens.Peek().kind) {
    case TokenKind::kString:
      return StringLiteral();
    case TokenKind::kUnicodeString:
      return UnicodeStringLiteral();
    case TokenKind::kBinary:
      return BinaryLiteral();
    case TokenKind::kInteger:
    case TokenKind::kDecimal:
    case TokenKind::kDouble:
      return NumberLiteral();
    case TokenKind::kQuoted:
      if (tokens.trino() && tokens.Peek(1).kind == TokenKind::kString &&
          tokens.Peek().problem.empty()) {
        return TrinoTypedLiteral(start);
      }
      return NameOrCall();
    case TokenKind::kWord:
      return NameOrCall();
    default:
      break;
  }
  if (tokens.Is("(")) return Parenthesised();
  if (tokens.Is("-")) return NumberLiteral();
  if (tokens.Is("?") || (tokens.spark() && tokens.Is(":"))) return ParameterMark();
  if (tokens.spark() && tokens.Is("*")) {
    tokens.Next();
    return StarExpression({}, start);
  }
  tokens.Want("<expression>");
  return tokens.Unexpected();
}

Result<ExpressionPtr> Grammar::ParameterMark() {
  const std::size_t start = tokens.position();
  if (tokens.Next().text == "?") {
    return Make(plan::Parameter{.name = {}, .position = num_parameters_++}, start);
  }
  OWLET_TRY(std::string name, Identifier());
  return Make(plan::Parameter{.name = std::move(name), .position = 0}, start);
}

Result<ExpressionPtr> Grammar::SubqueryExpression(plan::SubqueryKind kind, std::size_t start) {
  OWLET_CHECK_OK(tokens.Expect("("));
  OWLET_TRY(plan::RelationPtr query, Query());
  OWLET_CHECK_OK(tokens.Expect(")"));
  return Make(plan::Subquery{.kind = kind, .query = std::move(query)}, start);
}

bool Grammar::AtLambdaList() const {
  const std::size_t close = tokens.Partner();
  if (close == 0) return false;
  const std::size_t length = close - tokens.position();
  if (!tokens.Is("->", length + 1)) return false;
  // Spark: one parameter stands without parentheses, and none is no lambda.
  if (tokens.spark() && length < 4) return false;
  if (length == 1) return true;
  for (std::size_t i = 1; i < length; ++i) {
    if (i % 2 == 1 ? !AtIdentifier(i) : !tokens.Is(",", i)) return false;
  }
  return length % 2 == 0;
}

Result<ExpressionPtr> Grammar::LambdaFrom(std::vector<std::string> parameters, std::size_t start) {
  OWLET_CHECK_OK(tokens.Expect("->"));
  OWLET_TRY(ExpressionPtr body, Expression());
  return Make(plan::Lambda{std::move(parameters), std::move(body)}, start);
}

Result<ExpressionPtr> Grammar::Parenthesised() {
  const std::size_t start = tokens.position();
  if (AtLambdaList()) {
    std::vector<std::string> parameters;
    if (tokens.Is(")", 1)) {
      tokens.Next();
      tokens.Next();
    } else {
      OWLET_TRY(parameters, IdentifierList());
    }
    return LambdaFrom(std::move(parameters), start);
  }
  if (QueryInParentheses()) return SubqueryExpression(plan::SubqueryKind::kScalar, start);
  tokens.Next();
  std::vector<ExpressionPtr> items;
  bool named = false;
  do {
    OWLET_TRY(ExpressionPtr item, tokens.spark() ? NamedExpression() : Expression());
    named = named || std::holds_alternative<plan::Alias>(item->node);
    items.push_back(std::move(item));
  } while (tokens.Accept(","));
  OWLET_CHECK_OK(tokens.Expect(")"));
  if (items.size() == 1 && !named) return items.front();
  if (items.size() == 1 && tokens.spark()) {
    tokens.Restore(start);
    tokens.Next();
    OWLET_TRY(ExpressionPtr again, Expression());
    return tokens.UnexpectedBut(")");
  }
  return Operator(tokens.spark() ? "struct" : "row", std::move(items), start, start);
}

Result<ExpressionPtr> Grammar::PrimaryByWord() {
  const std::size_t start = tokens.position();
  const auto constant = [&](plan::Literal literal) {
    tokens.Next();
    return Make(std::move(literal), start);
  };
  if (tokens.Is("NULL")) return constant(plan::Literal::Null());
  if (tokens.Is("TRUE")) return constant(plan::Literal::Boolean(true));
  if (tokens.Is("FALSE")) return constant(plan::Literal::Boolean(false));
  if (AtIdentifier() && tokens.Is("->", 1)) {
    OWLET_TRY(std::string name, Identifier());
    return LambdaFrom({std::move(name)}, start);
  }
  bool found = false;
  OWLET_TRY(ExpressionPtr literal, TypedLiteral(found));
  if (found) return literal;
  if (tokens.Is("CASE") && !tokens.Is(".", 1)) return CaseExpression();
  if (tokens.Is("(", 1)) {
    if (tokens.Is("CAST")) return CastExpression(plan::CastMode::kDialect);
    if (tokens.Is("TRY_CAST")) return CastExpression(plan::CastMode::kTry);
    if (tokens.Is("EXISTS")) {
      tokens.Next();
      if (QueryInParentheses()) return SubqueryExpression(plan::SubqueryKind::kExists, start);
      if (tokens.trino()) {
        tokens.Next();
        tokens.Want("<query>");
        return tokens.Unexpected();
      }
      tokens.Restore(start);
    }
  }
  OWLET_TRY(ExpressionPtr form, SpecialForm(found));
  if (found) return form;
  if (tokens.trino() && tokens.Is("ARRAY") && tokens.Is("[", 1)) {
    tokens.Next();
    tokens.Next();
    std::vector<ExpressionPtr> items;
    if (!tokens.Is("]")) {
      OWLET_TRY(items, ExpressionList());
    }
    OWLET_CHECK_OK(tokens.Expect("]"));
    return Operator("array", std::move(items), start, start);
  }
  return NameOrCall();
}

Result<ExpressionPtr> Grammar::NameOrCall() {
  const std::size_t start = tokens.position();
  plan::ColumnReference column;
  do {
    const bool quoted = tokens.Peek().kind == TokenKind::kQuoted;
    if (tokens.spark() && tokens.Is("*") && !column.parts.empty()) {
      tokens.Next();
      return StarExpression(std::move(column.parts), start);
    }
    if (tokens.trino() && !column.parts.empty()) tokens.Want("*");
    OWLET_TRY(std::string part, Identifier());
    column.parts.push_back(std::move(part));
    column.quoted.push_back(quoted);
    if (tokens.trino() && tokens.Is(".") && tokens.Is("*", 1)) break;
  } while (tokens.Is(".") && (tokens.Next(), true));
  if (tokens.Is("(") && !(tokens.spark() && column.parts.size() == 1 && column.parts[0].empty())) {
    return FunctionCallOf(std::move(column.parts), start);
  }
  return Make(std::move(column), start);
}

Result<ExpressionPtr> Grammar::StarExpression(std::vector<std::string> qualifier,
                                              std::size_t start) {
  plan::Star star{.qualifier = std::move(qualifier)};
  if (tokens.spark() && tokens.Is("EXCEPT") && tokens.Is("(", 1) &&
      !tokens.IsAny({"SELECT", "WITH", "VALUES", "FROM", "(", "TABLE"}, 2)) {
    tokens.Next();
    tokens.Next();
    do {
      OWLET_TRY(Name name, QualifiedName());
      star.except.push_back(std::move(name));
    } while (tokens.Accept(","));
    OWLET_CHECK_OK(tokens.Expect(")"));
  }
  return Make(std::move(star), start);
}

Result<ExpressionPtr> Grammar::CaseExpression() {
  const std::size_t start = tokens.position();
  tokens.Next();
  ExpressionPtr comparand;
  std::vector<ExpressionPtr> arguments;
  if (!tokens.At("WHEN")) {
    OWLET_TRY(comparand, Expression());
  }
  OWLET_CHECK_OK(tokens.Expect("WHEN"));
  do {
    const std::size_t when_start = tokens.position();
    OWLET_TRY(ExpressionPtr condition, Expression());
    if (comparand != nullptr) {
      condition = Operator("=", {comparand, std::move(condition)}, when_start, when_start);
    }
    OWLET_CHECK_OK(tokens.Expect("THEN"));
    OWLET_TRY(ExpressionPtr result, Expression());
    arguments.push_back(std::move(condition));
    arguments.push_back(std::move(result));
  } while (tokens.Accept("WHEN"));
  if (tokens.Accept("ELSE")) {
    OWLET_TRY(ExpressionPtr otherwise, Expression());
    arguments.push_back(std::move(otherwise));
  }
  OWLET_CHECK_OK(tokens.Expect("END"));
  return Operator("case", std::move(arguments), start, start);
}

Result<ExpressionPtr> Grammar::CastExpression(plan::CastMode mode) {
  const std::size_t start = tokens.position();
  tokens.Next();
  OWLET_CHECK_OK(tokens.Expect("("));
  OWLET_TRY(ExpressionPtr input, Expression());
  OWLET_CHECK_OK(tokens.Expect("AS"));
  const std::size_t type_start = tokens.position();
  auto type = TypeName();
  if (!type && tokens.trino() && type.error().condition == "TYPE_NOT_FOUND") {
    // Trino finds out when it looks at the cast, and names all of the type.
    tokens.Restore(start + 1);
    const std::size_t close = tokens.Partner();
    if (close <= type_start) return std::unexpected(std::move(type).error());
    tokens.Restore(close);
    std::string text(tokens.TextFrom(type_start));
    if (text.starts_with("row")) text.replace(0, 3, "ROW");
    return Invalid(start, "TYPE_MISMATCH", "", "Unknown type: " + text);
  }
  if (!type) return std::unexpected(std::move(type).error());
  OWLET_CHECK_OK(tokens.Expect(")"));
  return Make(plan::Cast{std::move(input), *std::move(type), mode}, start);
}

}  // namespace owlet::sql
