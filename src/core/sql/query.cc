#include <algorithm>

#include "core/sql/grammar.h"

namespace owlet::sql {

using plan::ExpressionPtr;
using plan::MakeRelation;
using plan::RelationPtr;

namespace {

/// The items of `(a, b)`, or the expression itself.
std::vector<ExpressionPtr> Spread(ExpressionPtr expression) {
  const auto* call = std::get_if<plan::FunctionCall>(&expression->node);
  if (call != nullptr && (call->name == "row" || (call->name == "struct" && call->is_operator))) {
    return call->arguments;
  }
  return {std::move(expression)};
}

}  // namespace

bool Grammar::QueryInParentheses() const {
  std::size_t at = 0;
  while (tokens.Is("(", at + 1)) {
    const std::size_t close = tokens.Partner(at + 1);
    if (close == 0) return false;
    const std::size_t after = close - tokens.position() + 1;
    if (!tokens.IsAny({"UNION", "INTERSECT", "EXCEPT", "MINUS", "ORDER", "SORT", "CLUSTER",
                       "DISTRIBUTE", "LIMIT", "OFFSET", "FETCH", "WINDOW", "|>", ")"},
                      after)) {
      return false;
    }
    ++at;
  }
  const bool plain = !tokens.IsAny({",", ")", ".", "=", "+", "-"}, at + 2);
  if (tokens.IsAny({"SELECT", "WITH", "VALUES"}, at + 1)) return plain || tokens.trino();
  if (tokens.Is("TABLE", at + 1)) return AtIdentifier(at + 2);
  return tokens.spark() && tokens.Is("FROM", at + 1) && plain;
}

bool Grammar::AtQuery() const {
  if (tokens.Is("(")) return QueryInParentheses();
  const bool plain = !tokens.IsAny({",", ")", ".", "=", "+", "-"}, 1);
  if (tokens.IsAny({"SELECT", "WITH", "VALUES"})) return plain || tokens.trino();
  if (tokens.Is("TABLE")) return AtIdentifier(1);
  return tokens.spark() && tokens.Is("FROM") && plain;
}

Result<RelationPtr> Grammar::Query() {
  const Depth depth(depth_);
  if (depth.TooDeep()) return NestedTooDeep();
  OWLET_TRY(auto with, WithClause());
  OWLET_TRY(RelationPtr body, QueryBody());
  if (!with) return body;
  with->body = std::move(body);
  return MakeRelation(*std::move(with));
}

Result<RelationPtr> Grammar::QueryBody() {
  OWLET_TRY(RelationPtr body, SetTerm(0));
  return QueryTail(std::move(body));
}

Result<std::optional<plan::With>> Grammar::WithClause() {
  if (!tokens.Is("WITH")) return std::nullopt;
  tokens.Next();
  plan::With with;
  if (tokens.trino() && tokens.Is("FUNCTION")) return Missing("WITH FUNCTION");
  with.recursive = tokens.Accept("RECURSIVE");
  do {
    plan::CommonTable table;
    const std::size_t start = tokens.position();
    OWLET_TRY(table.name, Identifier());
    table.origin = OriginFrom(start);
    if (tokens.At("(") && !(tokens.spark() && QueryInParentheses())) {
      const std::size_t columns = tokens.position() + 1;
      OWLET_TRY(table.columns, IdentifierList());
      table.columns_origin = OriginFrom(columns);
    }
    if (tokens.spark() && tokens.IsWords("MAX RECURSION LEVEL")) {
      for (int i = 0; i < 3; ++i) tokens.Next();
      OWLET_TRY([[maybe_unused]] const std::int64_t level, Integer());
    }
    if (!tokens.Accept("AS") && !tokens.spark()) return tokens.Unexpected();
    OWLET_CHECK_OK(tokens.Expect("("));
    OWLET_TRY(table.query, Query());
    OWLET_CHECK_OK(tokens.Expect(")"));
    with.tables.push_back(std::move(table));
  } while (tokens.Accept(","));
  return with;
}

Result<RelationPtr> Grammar::SetTerm(int binding) {
  OWLET_TRY(RelationPtr left, QueryPrimary());
  while (true) {
    int own = 0;
    plan::SetOperation operation;
    if (tokens.At("INTERSECT")) {
      own = 2;
      operation.kind = plan::SetKind::kIntersect;
    } else if (tokens.At("UNION")) {
      own = 1;
    } else if (tokens.At("EXCEPT") ||
               (tokens.spark() && (tokens.Is("MINUS") || tokens.Is("SETMINUS")))) {
      own = 1;
      operation.kind = plan::SetKind::kExcept;
    }
    if (own <= binding) return left;
    const std::size_t start = tokens.position();
    tokens.Next();
    if (tokens.Accept("ALL")) {
      operation.all = true;
    } else {
      tokens.Accept("DISTINCT");
    }
    if (tokens.trino() && tokens.At("CORRESPONDING")) return Missing("CORRESPONDING");
    const Depth depth(depth_);
    if (depth.TooDeep()) return NestedTooDeep();
    operation.left = std::move(left);
    OWLET_TRY(operation.right, SetTerm(own));
    left = MakePlaced(std::move(operation), start);
  }
}

Result<RelationPtr> Grammar::QueryTail(RelationPtr body) {
  if (tokens.trino()) return TrinoTail(std::move(body));
  OWLET_TRY(body, SparkTail(std::move(body)));
  while (tokens.Is("|>")) {
    OWLET_TRY(body, PipeOperators(std::move(body)));
  }
  return body;
}

Result<ExpressionPtr> Grammar::RowCount() {
  const std::size_t start = tokens.position();
  if (tokens.Is("?")) return ParameterMark();
  if (tokens.trino()) tokens.Want("?");
  OWLET_TRY(const std::int64_t count, Integer());
  return Make(plan::Literal::Bigint(count), start);
}

Result<RelationPtr> Grammar::TrinoTail(RelationPtr body) {
  if (tokens.AcceptWords("ORDER BY")) {
    plan::Sort sort{.input = std::move(body)};
    OWLET_TRY(sort.orders, SortItems());
    body = MakeRelation(std::move(sort));
  } else if (tokens.Is("ORDER")) {
    tokens.Next();
    return tokens.UnexpectedBut("BY");
  }
  plan::Limit limit;
  if (tokens.Accept("OFFSET")) {
    OWLET_TRY(limit.offset, RowCount());
    if (!tokens.Accept("ROW")) tokens.Accept("ROWS");
  }
  const std::size_t start = tokens.position();
  if (tokens.Accept("LIMIT")) {
    if (!tokens.Accept("ALL")) {
      OWLET_TRY(limit.limit, RowCount());
    }
  } else if (tokens.Accept("FETCH")) {
    if (!tokens.Accept("FIRST")) OWLET_CHECK_OK(tokens.Expect("NEXT"));
    if (tokens.IsAny({"ROW", "ROWS"})) {
      limit.limit = Make(plan::Literal::Bigint(1), tokens.position());
    } else {
      OWLET_TRY(limit.limit, RowCount());
    }
    if (!tokens.Accept("ROW")) OWLET_CHECK_OK(tokens.Expect("ROWS"));
    if (!tokens.Accept("ONLY")) {
      OWLET_CHECK_OK(tokens.ExpectWords("WITH TIES"));
      limit.with_ties = true;
    }
  }
  if (limit.limit == nullptr && limit.offset == nullptr) return body;
  limit.input = std::move(body);
  return MakePlaced(std::move(limit), start);
}

Result<RelationPtr> Grammar::SparkTail(RelationPtr body) {
  if (tokens.AcceptWords("ORDER BY")) {
    plan::Sort sort{.input = std::move(body)};
    OWLET_TRY(sort.orders, SortItems());
    body = MakeRelation(std::move(sort));
  } else if (tokens.AcceptWords("CLUSTER BY")) {
    OWLET_TRY(auto columns, ExpressionList());
    plan::Sort sort{.global = false};
    for (const ExpressionPtr& column : columns) sort.orders.push_back({.expression = column});
    sort.input = MakeRelation(plan::Repartition{std::move(body), std::move(columns)});
    body = MakeRelation(std::move(sort));
  } else {
    if (tokens.AcceptWords("DISTRIBUTE BY")) {
      OWLET_TRY(auto columns, ExpressionList());
      body = MakeRelation(plan::Repartition{std::move(body), std::move(columns)});
    }
    if (tokens.AcceptWords("SORT BY")) {
      plan::Sort sort{.input = std::move(body), .global = false};
      OWLET_TRY(sort.orders, SortItems());
      body = MakeRelation(std::move(sort));
    }
  }
  if (tokens.Is("WINDOW") && AtIdentifier(1) && tokens.Is("AS", 2)) {
    return Missing("a WINDOW clause behind ORDER BY");
  }
  plan::Limit limit;
  if (tokens.Accept("LIMIT") && !tokens.Accept("ALL")) {
    OWLET_TRY(limit.limit, Expression());
  }
  if (tokens.Accept("OFFSET")) {
    OWLET_TRY(limit.offset, Expression());
  }
  if (limit.limit == nullptr && limit.offset == nullptr) return body;
  limit.input = std::move(body);
  return MakeRelation(std::move(limit));
}

Result<RelationPtr> Grammar::QueryPrimary() {
  if (tokens.At("(")) {
    const Depth depth(depth_);
    if (depth.TooDeep()) return NestedTooDeep();
    tokens.Next();
    OWLET_TRY(RelationPtr query, tokens.spark() ? Query() : QueryBody());
    OWLET_CHECK_OK(tokens.Expect(")"));
    return query;
  }
  if (tokens.At("SELECT")) return QuerySpecification(nullptr);
  if (tokens.At("VALUES")) {
    OWLET_TRY(RelationPtr values, ValuesClause());
    return tokens.spark() ? AliasFor(std::move(values)) : Result<RelationPtr>(std::move(values));
  }
  if (tokens.At("TABLE")) return TableClause();
  if (tokens.spark() && tokens.Is("FROM")) return FromStatement();
  if (tokens.spark() && tokens.IsAny({"MAP", "REDUCE"})) return Missing("TRANSFORM");
  return tokens.Unexpected();
}

Result<RelationPtr> Grammar::TableClause() {
  tokens.Next();
  OWLET_TRY(Name name, TableName());
  return MakeRelation(plan::ReadTable{.name = std::move(name)});
}

Result<RelationPtr> Grammar::ValuesClause() {
  const std::size_t start = tokens.position();
  tokens.Next();
  plan::Values values;
  do {
    OWLET_TRY(ExpressionPtr row, Expression());
    values.rows.push_back(Spread(std::move(row)));
  } while (tokens.Accept(","));
  return MakePlaced(std::move(values), start);
}

Status Grammar::Hints() {
  while (tokens.spark() && tokens.Is("/*+")) {
    while (!tokens.Is("*/")) {
      if (tokens.IsEnd()) return tokens.Unexpected();
      tokens.Next();
    }
    tokens.Next();
  }
  return {};
}

Status Grammar::SelectItems(plan::Select& select) {
  OWLET_CHECK_OK(tokens.Expect("SELECT"));
  OWLET_CHECK_OK(Hints());
  if (tokens.Accept("DISTINCT")) {
    select.distinct = true;
  } else if (!(tokens.spark() && tokens.Is("ALL") &&
               (tokens.IsAny({",", "FROM", "."}, 1) || tokens.IsEnd(1)))) {
    tokens.Accept("ALL");
  }
  if (tokens.spark() && tokens.Is("TRANSFORM") && tokens.Is("(", 1)) {
    const std::size_t close = tokens.Partner(1);
    if (close != 0 &&
        tokens.IsAny({"USING", "ROW", "RECORDWRITER"}, close - tokens.position() + 1)) {
      return Missing("SELECT TRANSFORM");
    }
  }
  do {
    if (tokens.spark() && tokens.Is("FROM") && !select.items.empty() && !tokens.IsEnd(1)) {
      const std::size_t start = tokens.position();
      return Invalid(start, "TRAILING_COMMA_IN_SELECT", "42601",
                     "Trailing comma detected in SELECT clause. Remove the trailing comma before "
                     "the FROM clause.");
    }
    OWLET_TRY(ExpressionPtr item, NamedExpression());
    select.items.push_back(std::move(item));
  } while (tokens.Accept(","));
  return {};
}

Result<RelationPtr> Grammar::QuerySpecification(RelationPtr from) {
  const std::size_t start = tokens.position();
  plan::Select select;
  OWLET_CHECK_OK(SelectItems(select));
  if (from != nullptr) {
    select.from = std::move(from);
  } else if (tokens.Accept("FROM")) {
    OWLET_TRY(select.from, FromClause());
  } else {
    select.from = MakeRelation(plan::OneRow{});
  }
  OWLET_CHECK_OK(SelectClauses(select));
  return MakePlaced(std::move(select), start);
}

/// What may follow FROM, up to the set operations.
Status Grammar::SelectClauses(plan::Select& select) {
  OWLET_CHECK_OK(LateralViews(select));
  if (tokens.Accept("WHERE")) {
    OWLET_TRY(select.where, Expression());
  }
  if (tokens.Is("GROUP")) {
    tokens.Next();
    if (!tokens.Accept("BY")) return tokens.UnexpectedBut("BY");
    OWLET_TRY(select.group_by, GroupByClause(select));
    if (select.group_by_all) select.group_by.reset();
  } else {
    tokens.Want("GROUP");
  }
  if (tokens.Accept("HAVING")) {
    OWLET_TRY(select.having, Expression());
  }
  if (tokens.spark() && tokens.Accept("QUALIFY")) {
    OWLET_TRY(select.qualify, Expression());
  }
  return WindowClause(select);
}

Status Grammar::LateralViews(plan::Select& select) {
  while (tokens.spark() && tokens.IsWords("LATERAL VIEW")) {
    tokens.Next();
    tokens.Next();
    plan::LateralView view;
    view.outer = tokens.Is("OUTER") && AtIdentifier(1);
    if (view.outer) tokens.Next();
    const std::size_t start = tokens.position();
    OWLET_TRY(Name name, QualifiedName());
    if (!tokens.Is("(")) return tokens.UnexpectedBut("(");
    OWLET_TRY(view.generator, FunctionCallOf(std::move(name), start));
    // Without a table's name AS itself is one: the word is not reserved.
    const bool only_columns = tokens.Is("AS") && AtIdentifier(1);
    if (only_columns) {
      view.table_alias = "as";
    } else {
      if (!AtTableAlias()) return tokens.UnexpectedBut("<identifier>");
      OWLET_TRY(view.table_alias, Identifier());
    }
    const bool as = tokens.Accept("AS");
    if (as || (AtColumnAlias() && !tokens.IsAny({"LATERAL"}))) {
      do {
        OWLET_TRY(std::string column, Identifier());
        view.column_aliases.push_back(std::move(column));
      } while (tokens.Accept(","));
    }
    select.lateral_views.push_back(std::move(view));
  }
  return {};
}

Result<std::vector<ExpressionPtr>> Grammar::GroupingSet(bool in_sets) {
  if (tokens.Is("(") && tokens.Is(")", 1) && (tokens.trino() || in_sets)) {
    tokens.Next();
    tokens.Next();
    return std::vector<ExpressionPtr>{};
  }
  OWLET_TRY(ExpressionPtr item, Expression());
  const auto* call = std::get_if<plan::FunctionCall>(&item->node);
  if (call != nullptr && call->is_operator && (call->name == "row" || call->name == "struct")) {
    return call->arguments;
  }
  return std::vector<ExpressionPtr>{std::move(item)};
}

Result<plan::GroupingElement> Grammar::GroupingElementOf() {
  plan::GroupingElement element;
  if (tokens.IsAny({"ROLLUP", "CUBE"}) && tokens.Is("(", 1)) {
    element.kind =
        tokens.Next().value == "CUBE" ? plan::GroupKind::kCube : plan::GroupKind::kRollup;
  } else if (tokens.IsWords("GROUPING SETS")) {
    element.kind = plan::GroupKind::kGroupingSets;
    tokens.Next();
    tokens.Next();
  } else {
    OWLET_TRY(auto set, GroupingSet(false));
    element.sets.push_back(std::move(set));
    return element;
  }
  OWLET_CHECK_OK(tokens.Expect("("));
  if (tokens.trino() && element.kind != plan::GroupKind::kGroupingSets && tokens.Accept(")")) {
    return element;
  }
  do {
    if (tokens.spark() && element.kind == plan::GroupKind::kGroupingSets &&
        (tokens.IsWords("GROUPING SETS") ||
         (tokens.IsAny({"ROLLUP", "CUBE"}) && tokens.Is("(", 1)))) {
      return Missing("nested GROUPING SETS");
    }
    OWLET_TRY(auto set, GroupingSet(true));
    element.sets.push_back(std::move(set));
  } while (tokens.Accept(","));
  OWLET_CHECK_OK(tokens.Expect(")"));
  return element;
}

Result<std::vector<plan::GroupingElement>> Grammar::GroupByClause(plan::Select& select) {
  std::vector<plan::GroupingElement> elements;
  if (tokens.trino()) {
    if (tokens.Accept("DISTINCT")) {
      select.group_by_distinct = true;
    } else if (tokens.Is("AUTO")) {
      tokens.Next();
      select.group_by_all = true;
      return elements;
    } else if (tokens.Is("ALL") && !tokens.IsEnd(1) &&
               !tokens.IsAny({",", ".", ")", "HAVING", "ORDER", "LIMIT", "WINDOW"}, 1)) {
      tokens.Next();
    }
  } else if (tokens.Is("ALL") && !tokens.IsAny({",", ".", "(", "+", "-"}, 1)) {
    tokens.Next();
    select.group_by_all = true;
    return elements;
  }
  do {
    OWLET_TRY(auto element, GroupingElementOf());
    elements.push_back(std::move(element));
  } while (tokens.Accept(","));
  if (!tokens.spark()) return elements;
  const bool rollup = tokens.IsWords("WITH ROLLUP");
  if (rollup || tokens.IsWords("WITH CUBE")) {
    tokens.Next();
    tokens.Next();
    plan::GroupingElement all{.kind = rollup ? plan::GroupKind::kRollup : plan::GroupKind::kCube};
    for (auto& element : elements) all.sets.push_back(std::move(element.sets.front()));
    return std::vector<plan::GroupingElement>{std::move(all)};
  }
  if (tokens.IsWords("GROUPING SETS")) {
    OWLET_TRY(auto element, GroupingElementOf());
    return std::vector<plan::GroupingElement>{std::move(element)};
  }
  return elements;
}

Status Grammar::WindowClause(plan::Select& select) {
  if (!(tokens.At("WINDOW") && AtIdentifier(1) && tokens.Is("AS", 2))) return {};
  tokens.Next();
  do {
    plan::NamedWindow window;
    OWLET_TRY(window.name, Identifier());
    OWLET_CHECK_OK(tokens.Expect("AS"));
    OWLET_TRY(window.window, WindowSpecification(nullptr));
    select.windows.push_back(std::move(window));
  } while (tokens.Accept(","));
  return {};
}

Result<RelationPtr> Grammar::FromClause() {
  OWLET_TRY(RelationPtr from, Relation());
  while (tokens.Accept(",")) {
    OWLET_TRY(RelationPtr right, Relation());
    const bool lateral = last_relation_lateral_;
    from = MakeRelation(plan::Join{.left = std::move(from),
                                   .right = std::move(right),
                                   .kind = plan::JoinKind::kCross,
                                   .lateral = lateral});
  }
  // Spark: PIVOT and UNPIVOT stand behind all of FROM too.
  return from;
}

/// Spark's `FROM t SELECT ...` and `FROM t |> ...`.
Result<RelationPtr> Grammar::FromStatement() {
  tokens.Next();
  OWLET_TRY(RelationPtr from, FromClause());
  plan::Select views;
  OWLET_CHECK_OK(LateralViews(views));
  if (tokens.Is("INSERT")) return Missing("FROM .. INSERT");
  if (!tokens.Is("SELECT")) {
    if (!views.lateral_views.empty()) return tokens.UnexpectedBut("SELECT");
    return from;
  }
  OWLET_TRY(RelationPtr query, QuerySpecification(std::move(from)));
  if (!views.lateral_views.empty()) {
    plan::Select select = std::get<plan::Select>(query->node);
    select.lateral_views.insert(select.lateral_views.begin(), views.lateral_views.begin(),
                                views.lateral_views.end());
    return MakeRelation(std::move(select));
  }
  if (tokens.Is("SELECT")) return Missing("FROM with several SELECTs");
  return query;
}

/// Spark's `query |> WHERE ... |> SELECT ...`: one step.
Result<RelationPtr> Grammar::PipeOperators(RelationPtr input) {
  tokens.Next();
  if (tokens.Is("SELECT")) return QuerySpecification(std::move(input));
  if (tokens.Accept("WHERE")) {
    OWLET_TRY(ExpressionPtr condition, Expression());
    return MakeRelation(plan::Filter{std::move(input), std::move(condition)});
  }
  if (tokens.Accept("EXTEND")) {
    plan::Select select{.from = std::move(input)};
    select.items.push_back(Make(plan::Star{}, tokens.position()));
    do {
      OWLET_TRY(ExpressionPtr item, NamedExpression());
      select.items.push_back(std::move(item));
    } while (tokens.Accept(","));
    return MakeRelation(std::move(select));
  }
  if (tokens.Accept("DROP")) {
    plan::Drop drop{.input = std::move(input)};
    do {
      OWLET_TRY(std::string name, Identifier());
      drop.names.push_back(std::move(name));
    } while (tokens.Accept(","));
    return MakeRelation(std::move(drop));
  }
  if (tokens.Accept("SET")) {
    plan::WithColumns set{.input = std::move(input)};
    do {
      OWLET_TRY(std::string name, Identifier());
      OWLET_CHECK_OK(tokens.Expect("="));
      OWLET_TRY(ExpressionPtr value, Expression());
      set.columns.push_back({std::move(value), {std::move(name)}, ""});
    } while (tokens.Accept(","));
    return MakeRelation(std::move(set));
  }
  if (tokens.Accept("AS")) {
    OWLET_TRY(std::string name, Identifier());
    return MakeRelation(plan::SubqueryAlias{std::move(input), {std::move(name)}});
  }
  if (tokens.IsAny({"UNION", "INTERSECT", "EXCEPT", "MINUS"})) {
    plan::SetOperation operation{.left = std::move(input)};
    const std::string word = tokens.Next().value;
    operation.kind = word == "UNION"       ? plan::SetKind::kUnion
                     : word == "INTERSECT" ? plan::SetKind::kIntersect
                                           : plan::SetKind::kExcept;
    operation.all = tokens.Accept("ALL");
    if (!operation.all) tokens.Accept("DISTINCT");
    OWLET_TRY(operation.right, QueryPrimary());
    return MakeRelation(std::move(operation));
  }
  if (tokens.IsAny({"ORDER", "LIMIT", "OFFSET", "SORT", "CLUSTER", "DISTRIBUTE"})) {
    return SparkTail(std::move(input));
  }
  if (tokens.IsAny({"PIVOT", "UNPIVOT"})) {
    return tokens.Is("PIVOT") ? PivotOf(std::move(input)) : UnpivotOf(std::move(input));
  }
  if (tokens.IsAny({"AGGREGATE", "TABLESAMPLE", "WINDOW"})) {
    return Missing("|> " + tokens.Peek().value);
  }
  bool found = false;
  OWLET_TRY(RelationPtr joined, JoinWith(std::move(input), found));
  if (!found) return tokens.Unexpected();
  return joined;
}

}  // namespace owlet::sql
