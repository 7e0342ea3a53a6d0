#include "core/sql/grammar.h"
#include "core/sql/parser.h"
#include "core/sql/schema_argument.h"

namespace owlet::sql {

using plan::ExpressionPtr;

namespace {

std::string Lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::string JoinLower(const Name& name) {
  std::string out;
  for (const std::string& part : name) {
    if (!out.empty()) out += '.';
    out += Lower(part);
  }
  return out;
}

}  // namespace

Result<ExpressionPtr> Grammar::FunctionCallOf(Name name, std::size_t start) {
  plan::FunctionCall call;
  call.name = JoinLower(name);
  OWLET_CHECK_OK(tokens.Expect("("));
  if (!tokens.Accept(")")) {
    OWLET_CHECK_OK(FunctionArguments(call));
    OWLET_CHECK_OK(tokens.Expect(")"));
  }
  // Spark's IDENTIFIER('a.b') stands for the name.
  if (tokens.spark() && call.name == "identifier" && call.arguments.size() == 1) {
    OWLET_TRY(std::string text, NameOf(call.arguments[0]));
    if (tokens.Is("(")) {
      OWLET_TRY(Name function, ParseSparkTableName(text));
      return FunctionCallOf(std::move(function), start);
    }
    OWLET_TRY(Name column, ParseSparkTableName(text));
    return Make(plan::ColumnReference{.parts = std::move(column)}, start);
  }
  return FunctionSuffixes(std::move(call), start);
}

/// Inside the parentheses: `*`, DISTINCT, names, ORDER BY (Trino), IGNORE NULLS (Spark).
Status Grammar::FunctionArguments(plan::FunctionCall& call) {
  const std::size_t star = tokens.position();
  if (tokens.trino() && tokens.Is("*") && tokens.Is(")", 1)) {
    tokens.Next();
    call.arguments.push_back(Make(plan::Star{}, star));
    return {};
  }
  if (tokens.Is("DISTINCT") || (tokens.Is("ALL") && !tokens.IsAny({",", ")"}, 1))) {
    call.distinct = tokens.Next().value == "DISTINCT";
  } else {
    tokens.Want("ALL");
    tokens.Want("DISTINCT");
  }
  bool named = false;
  std::vector<std::string> names;
  if (!(tokens.trino() && tokens.Is("ORDER"))) {
    do {
      const std::size_t start = tokens.position();
      std::string name;
      if (tokens.spark() && AtIdentifier() && tokens.Is("=>", 1)) {
        OWLET_TRY(name, Identifier());
        tokens.Next();
        named = true;
      }
      ExpressionPtr argument;
      if (tokens.spark() && tokens.Is("TABLE") && !tokens.IsAny({",", ")", "."}, 1)) {
        OWLET_TRY(argument, TableArgument(start));
      } else if (tokens.trino() && AtIdentifier() && tokens.Is(".", 1) && tokens.Is("*", 2)) {
        OWLET_TRY(std::string qualifier, Identifier());
        tokens.Next();
        tokens.Next();
        argument = Make(plan::Star{.qualifier = {std::move(qualifier)}}, start);
      } else {
        OWLET_TRY(argument, Expression());
      }
      call.arguments.push_back(std::move(argument));
      names.push_back(std::move(name));
    } while (tokens.Accept(","));
  }
  if (named) call.argument_names = std::move(names);
  if (tokens.trino() && tokens.AcceptWords("ORDER BY")) {
    OWLET_TRY(call.order_by, SortItems());
  }
  if (tokens.spark() && tokens.IsAny({"IGNORE", "RESPECT"}) && tokens.Is("NULLS", 1)) {
    call.ignore_nulls = tokens.Next().value == "IGNORE";
    tokens.Next();
  }
  return {};
}

Result<ExpressionPtr> Grammar::TableArgument(std::size_t start) {
  tokens.Next();
  plan::RelationPtr input;
  if (tokens.Is("(")) {
    tokens.Next();
    if (AtQuery()) {
      OWLET_TRY(input, Query());
    } else {
      OWLET_TRY(Name name, TableName());
      input = plan::MakeRelation(plan::ReadTable{.name = std::move(name)});
    }
    OWLET_CHECK_OK(tokens.Expect(")"));
  } else {
    OWLET_TRY(Name name, TableName());
    input = plan::MakeRelation(plan::ReadTable{.name = std::move(name)});
  }
  if (tokens.IsAny({"PARTITION", "DISTRIBUTE", "WITH", "ORDER"})) {
    return Missing("a table argument with PARTITION BY or ORDER BY");
  }
  return Make(plan::Subquery{.kind = plan::SubqueryKind::kTable, .query = std::move(input)}, start);
}

/// What may follow the closing parenthesis: WITHIN GROUP, FILTER, IGNORE NULLS, OVER.
Result<ExpressionPtr> Grammar::FunctionSuffixes(plan::FunctionCall call, std::size_t start) {
  if (tokens.spark() && tokens.IsWords("WITHIN GROUP")) {
    tokens.Next();
    tokens.Next();
    OWLET_CHECK_OK(tokens.ExpectWords("( ORDER BY"));
    OWLET_TRY(call.order_by, SortItems());
    OWLET_CHECK_OK(tokens.Expect(")"));
    call.within_group = true;
  }
  if (tokens.Is("FILTER") && tokens.Is("(", 1)) {
    tokens.Next();
    tokens.Next();
    OWLET_CHECK_OK(tokens.Expect("WHERE"));
    OWLET_TRY(call.filter, Expression());
    OWLET_CHECK_OK(tokens.Expect(")"));
  }
  bool null_treatment = false;
  if (tokens.IsAny({"IGNORE", "RESPECT"}) && tokens.Is("NULLS", 1)) {
    null_treatment = true;
    call.ignore_nulls = tokens.Next().value == "IGNORE";
    tokens.Next();
  }
  if (tokens.spark()) OWLET_CHECK_OK(ReadSchemaArgument(call));
  const bool over = tokens.Is("OVER") && (tokens.Is("(", 1) || AtIdentifier(1));
  ExpressionPtr function = Make(std::move(call), start);
  if (!over) {
    if (null_treatment && tokens.trino()) return tokens.UnexpectedBut("OVER");
    tokens.Want("FILTER");
    tokens.Want("OVER");
    return function;
  }
  tokens.Next();
  OWLET_TRY(plan::WindowCall window, WindowSpecification(std::move(function)));
  return Make(std::move(window), start);
}

Result<plan::WindowCall> Grammar::WindowSpecification(ExpressionPtr function) {
  plan::WindowCall window;
  window.function = std::move(function);
  if (!tokens.Is("(")) {
    const std::size_t name = tokens.position();
    OWLET_TRY(window.window_name, Identifier());
    window.specification = OriginFrom(name - 1);  // OVER
    return window;
  }
  tokens.Next();
  window.specification = OriginFrom(tokens.position());
  if (AtIdentifier() && !tokens.IsWords("PARTITION BY") && !tokens.IsWords("ORDER BY") &&
      !tokens.IsWords("SORT BY") && !tokens.IsWords("DISTRIBUTE BY") &&
      !tokens.IsWords("CLUSTER BY") &&
      (!tokens.IsAny({"ROWS", "RANGE", "GROUPS"}) || tokens.Is(")", 1))) {
    OWLET_TRY(window.window_name, Identifier());
    if (tokens.spark()) {
      OWLET_CHECK_OK(tokens.Expect(")"));
      return window;
    }
  }
  if (tokens.AcceptWords("PARTITION BY") ||
      (tokens.spark() &&
       (tokens.AcceptWords("DISTRIBUTE BY") || tokens.AcceptWords("CLUSTER BY")))) {
    OWLET_TRY(window.partition_by, ExpressionList());
  }
  if (tokens.AcceptWords("ORDER BY") || (tokens.spark() && tokens.AcceptWords("SORT BY"))) {
    OWLET_TRY(window.order_by, SortItems());
  }
  if (tokens.IsAny({"ROWS", "RANGE"}) || (tokens.trino() && tokens.Is("GROUPS"))) {
    OWLET_TRY(window.frame, Frame());
  } else if (tokens.trino()) {
    tokens.Want("GROUPS");
    tokens.Want("RANGE");
    tokens.Want("ROWS");
  }
  if (tokens.Is("MEASURES") || tokens.Is("PATTERN")) return Missing("row pattern recognition");
  OWLET_CHECK_OK(tokens.Expect(")"));
  return window;
}

Result<plan::WindowFrame> Grammar::Frame() {
  plan::WindowFrame frame;
  frame.origin = OriginFrom(tokens.position());
  const std::string unit = tokens.Next().value;
  frame.unit = unit == "ROWS"    ? plan::FrameUnit::kRows
               : unit == "RANGE" ? plan::FrameUnit::kRange
                                 : plan::FrameUnit::kGroups;
  if (tokens.Accept("BETWEEN")) {
    OWLET_TRY(frame.start, FrameEdgeOf());
    OWLET_CHECK_OK(tokens.Expect("AND"));
    OWLET_TRY(frame.end, FrameEdgeOf());
    return frame;
  }
  OWLET_TRY(frame.start, FrameEdgeOf());
  frame.end = {plan::FrameBound::kCurrentRow, nullptr};
  return frame;
}

Result<plan::FrameEdge> Grammar::FrameEdgeOf() {
  plan::FrameEdge edge;
  if (tokens.Is("UNBOUNDED") && tokens.IsAny({"PRECEDING", "FOLLOWING"}, 1)) {
    tokens.Next();
    edge.bound = tokens.Next().value == "PRECEDING" ? plan::FrameBound::kUnboundedPreceding
                                                    : plan::FrameBound::kUnboundedFollowing;
    return edge;
  }
  if (tokens.IsWords("CURRENT ROW")) {
    tokens.Next();
    tokens.Next();
    return edge;
  }
  OWLET_TRY(edge.value, Expression());
  if (tokens.Accept("PRECEDING")) {
    edge.bound = plan::FrameBound::kPreceding;
  } else {
    OWLET_CHECK_OK(tokens.Expect("FOLLOWING"));
    edge.bound = plan::FrameBound::kFollowing;
  }
  return edge;
}

}  // namespace owlet::sql
