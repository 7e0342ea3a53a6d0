#include <array>

#include "core/sql/grammar.h"
#include "core/sql/keywords.h"
#include "core/sql/parser.h"

namespace owlet::sql {

using plan::ExpressionPtr;

namespace {

/// The name that both dialects' comparisons have in the plan; empty for another token.
std::string_view ComparisonName(const Token& token, SqlDialect dialect) {
  if (token.kind != TokenKind::kSymbol) return {};
  const std::string_view text = token.text;
  for (const std::string_view same : {"=", "<>", "<", "<=", ">", ">="}) {
    if (text == same) return same;
  }
  if (text == "!=") return "<>";
  if (dialect == SqlDialect::kTrino) return {};
  if (text == "==") return "=";
  if (text == "<=>") return "<=>";
  if (text == "!<") return ">=";
  if (text == "!>") return "<=";
  return {};
}

/// Operands of a long AND or OR, as a tree that is no deeper than it must be.
ExpressionPtr Balance(const Grammar& grammar, const std::string& name,
                      std::vector<ExpressionPtr>& operands, std::size_t from, std::size_t to,
                      std::size_t start) {
  if (to - from == 1) return operands[from];
  const std::size_t middle = from + (to - from + 1) / 2;
  return grammar.Operator(name,
                          {Balance(grammar, name, operands, from, middle, start),
                           Balance(grammar, name, operands, middle, to, start)},
                          start, start);
}

constexpr int kMaximumChain = 5000;  // operators of one level side by side: `a + b + c ...`

}  // namespace

bool Grammar::AtExpressionStart() const {
  const Token& token = tokens.Peek();
  switch (token.kind) {
    case TokenKind::kEnd:
    case TokenKind::kUnrecognized:
      return false;
    case TokenKind::kSymbol:
      return tokens.IsAny({"(", "+", "-", "?"}) ||
             (tokens.spark() && tokens.IsAny({"*", "~", "!", ":"}));
    case TokenKind::kWord:
      if (!token.problem.empty()) return true;  // the name's own error is better
      if (!tokens.trino() || !IsTrinoReserved(token.value)) return true;
      return tokens.IsAny({"NOT",
                           "NULL",
                           "TRUE",
                           "FALSE",
                           "CASE",
                           "CAST",
                           "EXISTS",
                           "EXTRACT",
                           "TRIM",
                           "NORMALIZE",
                           "LISTAGG",
                           "GROUPING",
                           "CURRENT_CATALOG",
                           "CURRENT_DATE",
                           "CURRENT_PATH",
                           "CURRENT_SCHEMA",
                           "CURRENT_TIME",
                           "CURRENT_TIMESTAMP",
                           "CURRENT_USER",
                           "LOCALTIME",
                           "LOCALTIMESTAMP",
                           "JSON_ARRAY",
                           "JSON_EXISTS",
                           "JSON_OBJECT",
                           "JSON_QUERY",
                           "JSON_VALUE"});
    default:
      return true;
  }
}

Result<ExpressionPtr> Grammar::Expression() {
  const Depth depth(depth_);
  if (depth.TooDeep()) return NestedTooDeep();
  if (!AtExpressionStart()) {
    tokens.Want("<expression>");
    return tokens.Unexpected();
  }
  return Chain("OR", true);
}

Result<std::vector<ExpressionPtr>> Grammar::ExpressionList() {
  std::vector<ExpressionPtr> list;
  do {
    OWLET_TRY(ExpressionPtr item, Expression());
    list.push_back(std::move(item));
  } while (tokens.Accept(","));
  return list;
}

Result<ExpressionPtr> Grammar::Chain(std::string_view word, bool is_or) {
  const std::size_t start = tokens.position();
  std::vector<ExpressionPtr> operands;
  do {
    if (!operands.empty() && !AtExpressionStart()) {
      tokens.Want("<expression>");
      return tokens.Unexpected();
    }
    OWLET_TRY(ExpressionPtr operand, is_or ? Chain("AND", false) : Negation());
    operands.push_back(std::move(operand));
  } while (tokens.Accept(word));
  return Balance(*this, is_or ? "or" : "and", operands, 0, operands.size(), start);
}

Result<ExpressionPtr> Grammar::Negation() {
  const std::size_t start = tokens.position();
  const bool is_word = tokens.Is("NOT");
  if (!is_word && !(tokens.spark() && tokens.Is("!"))) return Predicated();
  const Depth depth(depth_);
  if (depth.TooDeep()) return NestedTooDeep();
  tokens.Next();
  if (!AtExpressionStart()) {
    tokens.Want("<expression>");
    return tokens.Unexpected();
  }
  OWLET_TRY(ExpressionPtr operand, Negation());
  return Operator("not", {std::move(operand)}, start, start);
}

Result<ExpressionPtr> Grammar::Predicated() {
  const std::size_t start = tokens.position();
  OWLET_TRY(ExpressionPtr left, Value(0));
  bool found = false;
  if (tokens.trino() && !ComparisonName(tokens.Peek(), tokens.dialect()).empty()) {
    return Comparison(std::move(left), start);
  }
  ExpressionPtr value = left;
  OWLET_TRY(ExpressionPtr result, Predicate(std::move(value), start, found));
  if (!found && tokens.trino()) tokens.Want("<predicate>");
  return found ? result : left;
}

Result<ExpressionPtr> Grammar::Comparison(ExpressionPtr left, std::size_t start) {
  const std::size_t at = tokens.position();
  const std::string name(ComparisonName(tokens.Next(), tokens.dialect()));
  if (tokens.IsAny({"ALL", "SOME", "ANY"}) && tokens.Is("(", 1)) {
    const bool all = tokens.Next().value == "ALL";
    OWLET_CHECK_OK(tokens.Expect("("));
    OWLET_TRY(plan::RelationPtr query, Query());
    OWLET_CHECK_OK(tokens.Expect(")"));
    return MakeAt(plan::Subquery{.kind = plan::SubqueryKind::kQuantified,
                                 .query = std::move(query),
                                 .left = {std::move(left)},
                                 .comparison = name,
                                 .all = all},
                  start, at);
  }
  if (!AtExpressionStart()) {
    tokens.Want("<expression>");
    return tokens.Unexpected();
  }
  OWLET_TRY(ExpressionPtr right, Value(0));
  return Operator(name, {std::move(left), std::move(right)}, start, at);
}

Result<ExpressionPtr> Grammar::Predicate(ExpressionPtr left, std::size_t start, bool& found) {
  const std::size_t at = tokens.position();
  if (tokens.Is("IS")) {
    found = true;
    return IsPredicate(std::move(left), start);
  }
  const bool negated = tokens.Is("NOT");
  const std::size_t word = negated ? 1 : 0;
  const bool between = tokens.Is("BETWEEN", word);
  const bool in = tokens.Is("IN", word);
  const bool like = tokens.Is("LIKE", word) || (tokens.spark() && tokens.Is("ILIKE", word));
  const bool rlike = tokens.spark() && tokens.IsAny({"RLIKE", "REGEXP"}, word);
  if (!between && !in && !like && !rlike) return left;
  found = true;
  if (negated) tokens.Next();
  ExpressionPtr result;
  if (in) {
    OWLET_TRY(result, InPredicate(std::move(left), start, at));
  } else if (like) {
    return LikePredicate(std::move(left), start, at, negated);
  } else if (between) {
    tokens.Next();
    OWLET_TRY(ExpressionPtr low, Value(0));
    OWLET_CHECK_OK(tokens.Expect("AND"));
    OWLET_TRY(ExpressionPtr high, Value(0));
    result = Operator("between", {std::move(left), std::move(low), std::move(high)}, start, at);
  } else {
    tokens.Next();
    OWLET_TRY(ExpressionPtr pattern, Value(0));
    result = Operator("rlike", {std::move(left), std::move(pattern)}, start, at);
  }
  return negated ? Operator("not", {std::move(result)}, start, at) : result;
}

Result<ExpressionPtr> Grammar::InPredicate(ExpressionPtr left, std::size_t start, std::size_t at) {
  tokens.Next();
  OWLET_CHECK_OK(tokens.Expect("("));
  if (AtQuery()) {
    OWLET_TRY(plan::RelationPtr query, Query());
    OWLET_CHECK_OK(tokens.Expect(")"));
    std::vector<ExpressionPtr> values;
    const auto* row = std::get_if<plan::FunctionCall>(&left->node);
    if (row != nullptr && row->is_operator && (row->name == "row" || row->name == "struct")) {
      values = row->arguments;
    } else {
      values = {std::move(left)};
    }
    return MakeAt(
        plan::Subquery{
            .kind = plan::SubqueryKind::kIn, .query = std::move(query), .left = std::move(values)},
        start, at);
  }
  std::vector<ExpressionPtr> arguments = {std::move(left)};
  do {
    OWLET_TRY(ExpressionPtr item, Expression());
    arguments.push_back(std::move(item));
  } while (tokens.Accept(","));
  OWLET_CHECK_OK(tokens.Expect(")"));
  return Operator("in", std::move(arguments), start, at);
}

Result<ExpressionPtr> Grammar::LikePredicate(ExpressionPtr left, std::size_t start, std::size_t at,
                                             bool negated) {
  std::string name = tokens.Next().value == "ILIKE" ? "ilike" : "like";
  std::vector<ExpressionPtr> arguments = {std::move(left)};
  if (tokens.spark() && tokens.IsAny({"ANY", "SOME", "ALL"}) && tokens.Is("(", 1)) {
    const std::size_t quantifier = tokens.position();
    name += tokens.Next().value == "ALL" ? " all" : " any";
    tokens.Next();
    if (tokens.Accept(")")) {
      return Invalid(quantifier, "_LEGACY_ERROR_TEMP_0064", "42601",
                     "Expected something between '(' and ')'.",
                     {{"msg", "Expected something between '(' and ')'."}});
    }
    OWLET_TRY(auto patterns, ExpressionList());
    OWLET_CHECK_OK(tokens.Expect(")"));
    arguments.insert(arguments.end(), patterns.begin(), patterns.end());
    if (negated) name = "not " + name;
    return Operator(std::move(name), std::move(arguments), start, at);
  }
  OWLET_TRY(ExpressionPtr pattern, Value(0));
  arguments.push_back(std::move(pattern));
  if (tokens.Accept("ESCAPE")) {
    const std::size_t escape_at = tokens.position();
    ExpressionPtr escape;
    if (tokens.spark()) {
      OWLET_TRY(std::string text, String());
      if (text.size() != 1) {
        return Invalid(
            escape_at, "INVALID_ESCAPE_CHAR", "42604",
            "`EscapeChar` should be a string literal of length one, but got '" + text + "'.",
            {{"sqlExpr", "'" + text + "'"}});
      }
      escape = Text(std::move(text), escape_at);
    } else {
      OWLET_TRY(escape, Value(0));
    }
    arguments.push_back(std::move(escape));
  }
  ExpressionPtr result = Operator(std::move(name), std::move(arguments), start, at);
  return negated ? Operator("not", {std::move(result)}, start, at) : result;
}

Result<ExpressionPtr> Grammar::IsPredicate(ExpressionPtr left, std::size_t start) {
  const std::size_t at = tokens.position();
  tokens.Next();
  const bool negated = tokens.Accept("NOT");
  if (tokens.Accept("NULL")) {
    return Operator(negated ? "is not null" : "is null", {std::move(left)}, start, at);
  }
  ExpressionPtr result;
  if (tokens.AcceptWords("DISTINCT FROM")) {
    OWLET_TRY(ExpressionPtr right, Value(0));
    result = Operator("is distinct from", {std::move(left), std::move(right)}, start, at);
  } else if (tokens.spark() && tokens.Accept("TRUE")) {
    result = Operator("is true", {std::move(left)}, start, at);
  } else if (tokens.spark() && tokens.Accept("FALSE")) {
    result = Operator("is false", {std::move(left)}, start, at);
  } else if (tokens.spark() && tokens.Accept("UNKNOWN")) {
    result = Operator("is unknown", {std::move(left)}, start, at);
  } else {
    if (tokens.Is("DISTINCT")) {
      tokens.Next();
      return tokens.UnexpectedBut("FROM");
    }
    return tokens.Unexpected();
  }
  return negated ? Operator("not", {std::move(result)}, start, at) : result;
}

namespace {

struct Binary {
  std::string_view name;  // empty: no operator stands here
  int binding = 0;
  std::size_t tokens = 1;
};

/// `>>` and `>>>` are single `>` to the lexer, since types end so: array<array<int>>.
Binary Shift(const TokenStream& tokens) {
  const auto follows = [&](std::size_t ahead) {
    return tokens.Is(">", ahead) &&
           tokens.Peek(ahead).span.start == tokens.Peek(ahead - 1).span.stop;
  };
  if (tokens.Is("<<")) return {"<<", 5, 1};
  if (!tokens.Is(">") || !follows(1)) return {};
  return follows(2) ? Binary{">>>", 5, 3} : Binary{">>", 5, 2};
}

Binary SparkBinary(const TokenStream& tokens) {
  if (const Binary shift = Shift(tokens); !shift.name.empty()) return shift;
  if (const auto name = ComparisonName(tokens.Peek(), SqlDialect::kSpark); !name.empty()) {
    return {name, 1, 1};
  }
  constexpr std::array<Binary, 10> kTable = {{{"|", 2},
                                              {"^", 3},
                                              {"&", 4},
                                              {"+", 6},
                                              {"-", 6},
                                              {"||", 6},
                                              {"*", 7},
                                              {"/", 7},
                                              {"%", 7},
                                              {"DIV", 7}}};
  for (const Binary& entry : kTable) {
    if (tokens.Is(entry.name)) return entry;
  }
  return {};
}

Binary TrinoBinary(TokenStream& tokens) {
  constexpr std::array<Binary, 6> kTable = {
      {{"||", 1}, {"+", 2}, {"-", 2}, {"*", 3}, {"/", 3}, {"%", 3}}};
  for (const Binary& entry : kTable) {
    if (tokens.At(entry.name)) return entry;
  }
  return {};
}

}  // namespace

Result<ExpressionPtr> Grammar::Value(int binding) {
  const std::size_t start = tokens.position();
  if (!AtExpressionStart()) {
    tokens.Want("<expression>");
    return tokens.Unexpected();
  }
  OWLET_TRY(ExpressionPtr left, Unary());
  for (int count = 0;; ++count) {
    const Binary op = tokens.trino() ? TrinoBinary(tokens) : SparkBinary(tokens);
    if (op.name.empty() || op.binding <= binding) return left;
    if (count > kMaximumChain) return NestedTooDeep();
    const std::size_t at = tokens.position();
    for (std::size_t i = 0; i < op.tokens; ++i) tokens.Next();
    OWLET_TRY(ExpressionPtr right, Value(op.binding));
    left = Operator(op.name == "DIV" ? "div" : std::string(op.name),
                    {std::move(left), std::move(right)}, start, at);
  }
}

Result<ExpressionPtr> Grammar::Unary() {
  const std::size_t start = tokens.position();
  const bool sign = tokens.IsAny({"-", "+"});
  const TokenKind next = tokens.Peek(1).kind;
  const bool negative_number =
      tokens.Is("-") &&
      (next == TokenKind::kInteger || next == TokenKind::kDecimal || next == TokenKind::kDouble);
  if (!negative_number && (sign || (tokens.spark() && tokens.Is("~")))) {
    const Depth depth(depth_);
    if (depth.TooDeep()) return NestedTooDeep();
    const std::string_view symbol = tokens.Next().text;
    if (!AtExpressionStart()) {
      tokens.Want("<expression>");
      return tokens.Unexpected();
    }
    OWLET_TRY(ExpressionPtr operand, Unary());
    if (symbol == "+" && tokens.trino()) return operand;
    return Operator(symbol == "-"   ? "negate"
                    : symbol == "+" ? "positive"
                                    : "~",
                    {std::move(operand)}, start, start);
  }
  OWLET_TRY(ExpressionPtr value, Postfix());
  while (tokens.trino() && tokens.At("AT")) {
    const std::size_t at = tokens.position();
    tokens.Next();
    if (tokens.Is("LOCAL")) return Missing("AT LOCAL");
    OWLET_CHECK_OK(tokens.ExpectWords("TIME ZONE"));
    ExpressionPtr zone;
    if (tokens.Is("INTERVAL")) {
      OWLET_TRY(zone, IntervalLiteral());
    } else {
      tokens.Want("INTERVAL");
      const std::size_t zone_start = tokens.position();
      OWLET_TRY(std::string text, String());
      zone = Text(std::move(text), zone_start);
    }
    value = Operator("at time zone", {std::move(value), std::move(zone)}, start, at);
  }
  return value;
}

Result<ExpressionPtr> Grammar::PrimaryExpression() { return Postfix(); }

Result<ExpressionPtr> Grammar::Postfix() {
  const std::size_t start = tokens.position();
  OWLET_TRY(ExpressionPtr value, Primary());
  for (int count = 0;; ++count) {
    if (count > kMaximumDepth) return NestedTooDeep();
    if (tokens.Accept("[")) {
      const Depth depth(depth_);
      if (depth.TooDeep()) return NestedTooDeep();
      OWLET_TRY(ExpressionPtr index, Value(0));
      OWLET_CHECK_OK(tokens.Expect("]"));
      value = tokens.trino() ? Operator("[]", {std::move(value), std::move(index)}, start, start)
                             : Make(plan::ExtractValue{std::move(value), std::move(index)}, start);
      continue;
    }
    if (tokens.At(".") && !tokens.Is("*", 1)) {
      tokens.Next();
      const std::size_t field_start = tokens.position();
      if (tokens.trino()) tokens.Want("*");
      OWLET_TRY(std::string field, Identifier());
      ExpressionPtr key = Text(std::move(field), field_start);
      value = Make(plan::ExtractValue{std::move(value), std::move(key)}, start);
      continue;
    }
    if (tokens.spark() && tokens.Is("::")) {
      tokens.Next();
      OWLET_TRY(plan::Type type, TypeName());
      value = Make(plan::Cast{std::move(value), std::move(type)}, start);
      continue;
    }
    if (tokens.spark() && tokens.Is("COLLATE") && AtIdentifier(1)) {
      tokens.Next();
      const std::size_t name_start = tokens.position();
      OWLET_TRY(Name collation, QualifiedName());
      ExpressionPtr name = Text(collation.back(), name_start);
      value = Operator("collate", {std::move(value), std::move(name)}, start, start);
      continue;
    }
    if (tokens.spark() && tokens.Is(":") && AtIdentifier(1)) {
      return Missing("the extraction of semi-structured data by `:`");
    }
    return value;
  }
}

Result<plan::SortOrder> Grammar::SortItem() {
  plan::SortOrder order;
  OWLET_TRY(order.expression, Expression());
  if (tokens.Accept("DESC")) {
    order.ascending = false;
  } else {
    tokens.Accept("ASC");
  }
  if (tokens.Accept("NULLS")) {
    if (tokens.Accept("FIRST")) {
      order.nulls = plan::NullOrder::kFirst;
    } else {
      OWLET_CHECK_OK(tokens.Expect("LAST"));
      order.nulls = plan::NullOrder::kLast;
    }
  }
  return order;
}

Result<std::vector<plan::SortOrder>> Grammar::SortItems() {
  std::vector<plan::SortOrder> items;
  do {
    OWLET_TRY(plan::SortOrder item, SortItem());
    items.push_back(std::move(item));
  } while (tokens.Accept(","));
  return items;
}

Result<ExpressionPtr> Grammar::NamedExpression() {
  const std::size_t start = tokens.position();
  if (tokens.trino() && tokens.At("*")) {
    tokens.Next();
    return StarExpression({}, start);
  }
  OWLET_TRY(ExpressionPtr value, Expression());
  if (tokens.trino() && tokens.Is(".") && tokens.Is("*", 1)) {
    tokens.Next();
    tokens.Next();
    plan::Star star{.input = nullptr};
    if (const auto* column = std::get_if<plan::ColumnReference>(&value->node)) {
      star.qualifier = column->parts;
    } else {
      star.input = std::move(value);
    }
    ExpressionPtr item = Make(std::move(star), start);
    if (tokens.Accept("AS")) {
      OWLET_TRY(auto names, IdentifierList());
      return Make(plan::Alias{std::move(item), std::move(names), ""}, start);
    }
    return item;
  }
  const bool as = tokens.Accept("AS");
  if (tokens.spark() && tokens.Is("(") && (as || AtIdentifier(1))) {
    OWLET_TRY(auto names, IdentifierList());
    return Make(plan::Alias{std::move(value), std::move(names), ""}, start);
  }
  if (as || AtColumnAlias()) {
    OWLET_TRY(std::string name, Identifier());
    return Make(plan::Alias{std::move(value), {std::move(name)}, ""}, start);
  }
  if (!as) tokens.Want("<identifier>");
  return value;
}

}  // namespace owlet::sql
