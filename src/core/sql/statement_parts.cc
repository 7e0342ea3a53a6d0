#include "core/sql/statements.h"

namespace owlet::sql {

Statement TakeUnread(Grammar& g, std::string name) {
  while (!g.tokens.IsEnd()) g.tokens.Next();
  return Make(NotImplemented{std::move(name)});
}

Result<bool> IfExists(Grammar& g) {
  if (!(g.tokens.At("IF") && g.tokens.Is("EXISTS", 1))) return false;
  OWLET_CHECK_OK(g.tokens.ExpectWords("IF EXISTS"));
  return true;
}

Result<bool> IfNotExists(Grammar& g) {
  if (!(g.tokens.At("IF") && g.tokens.Is("NOT", 1))) return false;
  OWLET_CHECK_OK(g.tokens.ExpectWords("IF NOT EXISTS"));
  return true;
}

namespace {

/// 'a.b', a.b: a property's key.
Result<std::string> PropertyKey(Grammar& g) {
  if (g.tokens.Peek().kind == TokenKind::kString) return g.String();
  std::string key;
  do {
    OWLET_TRY(const std::string part, g.Identifier());
    key += (key.empty() ? "" : ".") + part;
  } while (g.tokens.Accept("."));
  return key;
}

Result<std::string> PropertyValue(Grammar& g) {
  const Token& token = g.tokens.Peek();
  if (token.kind == TokenKind::kString) return g.String();
  if (g.tokens.hive()) {
    OWLET_TRY(std::string value, g.String());
    return value;
  }
  const std::size_t start = g.tokens.position();
  if (g.tokens.IsAny({"-", "+"})) g.tokens.Next();
  const TokenKind kind = g.tokens.Peek().kind;
  if (kind == TokenKind::kInteger || kind == TokenKind::kDecimal || kind == TokenKind::kDouble ||
      g.tokens.IsAny({"TRUE", "FALSE"})) {
    g.tokens.Next();
    std::string value(g.tokens.TextFrom(start));
    if (value == "TRUE" || value == "True") value = "true";
    if (value == "FALSE" || value == "False") value = "false";
    return value;
  }
  OWLET_TRY([[maybe_unused]] const plan::ExpressionPtr value, g.Expression());
  return std::string(g.tokens.TextFrom(start));
}

}  // namespace

Result<Properties> PropertyList(Grammar& g) {
  Properties properties;
  OWLET_CHECK_OK(g.tokens.Expect("("));
  if (g.tokens.spark() && g.tokens.Accept(")")) return properties;
  do {
    OWLET_TRY(std::string key, PropertyKey(g));
    std::string value;
    if (g.tokens.spark()) {
      if (!g.tokens.IsAny({",", ")"})) {
        g.tokens.Accept("=");
        OWLET_TRY(value, PropertyValue(g));
      }
    } else {
      OWLET_CHECK_OK(g.tokens.Expect("="));
      OWLET_TRY(value, PropertyValue(g));
    }
    properties.emplace_back(std::move(key), std::move(value));
  } while (g.tokens.Accept(","));
  OWLET_CHECK_OK(g.tokens.Expect(")"));
  return properties;
}

Result<ExpressionProperties> ExpressionPropertyList(Grammar& g) {
  ExpressionProperties properties;
  OWLET_CHECK_OK(g.tokens.Expect("("));
  do {
    OWLET_TRY(std::string name, g.Identifier());
    OWLET_CHECK_OK(g.tokens.Expect("="));
    OWLET_TRY(plan::ExpressionPtr value, g.Expression());
    properties.emplace_back(std::move(name), std::move(value));
  } while (g.tokens.Accept(","));
  OWLET_CHECK_OK(g.tokens.Expect(")"));
  return properties;
}

Result<PartitionSpec> PartitionTerms(Grammar& g) {
  PartitionSpec spec;
  OWLET_CHECK_OK(g.tokens.Expect("("));
  do {
    PartitionTerm term;
    OWLET_TRY(term.column, g.Identifier());
    const bool compares =
        g.tokens.Is("=") ||
        (g.tokens.hive() && g.tokens.IsAny({"<>", "!=", "<", "<=", ">", ">=", "=="}));
    if (compares) {
      term.comparison = g.tokens.Next().text;
      if (term.comparison == "!=") term.comparison = "<>";
      if (term.comparison == "==") term.comparison = "=";
      OWLET_TRY(term.value, g.ValueExpression());
    } else if (!g.tokens.IsAny({",", ")"})) {
      return g.tokens.UnexpectedBut(")");
    }
    spec.push_back(std::move(term));
  } while (g.tokens.Accept(","));
  OWLET_CHECK_OK(g.tokens.Expect(")"));
  return spec;
}

Result<ColumnDefinition> Column(Grammar& g) {
  ColumnDefinition column;
  OWLET_TRY(column.name, g.Identifier());
  const std::size_t start = g.tokens.position();
  OWLET_TRY(column.type, g.TypeName());
  // Glue keeps the type's text; blanks mean nothing in it, but between words.
  char last = ' ';
  bool blank = false;
  for (const char c : g.tokens.TextFrom(start)) {
    if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
      blank = true;
      continue;
    }
    const auto word = [](char x) {
      return (x >= '0' && x <= '9') || (x | 0x20) >= 'a' || x == '_';
    };
    if (blank && word(last) && word(c)) column.type_text.push_back(' ');
    column.type_text.push_back(c);
    last = c;
    blank = false;
  }
  while (true) {
    if (g.tokens.IsWords("NOT NULL")) {
      OWLET_CHECK_OK(g.tokens.ExpectWords("NOT NULL"));
      column.nullable = false;
    } else if (g.tokens.Accept("COMMENT")) {
      OWLET_TRY(column.comment, g.String());
    } else if (g.tokens.spark() && g.tokens.Accept("DEFAULT")) {
      const std::size_t value = g.tokens.position();
      OWLET_TRY(column.default_value, g.Expression());
      column.default_text = g.tokens.TextFrom(value);
    } else if (g.tokens.spark() && g.tokens.IsWords("GENERATED ALWAYS AS")) {
      return g.Missing("a generated column");
    } else {
      return column;
    }
  }
}

}  // namespace owlet::sql
