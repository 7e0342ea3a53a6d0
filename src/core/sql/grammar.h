#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "core/plan/expression.h"
#include "core/plan/relation.h"
#include "core/sql/statement.h"
#include "core/sql/token_stream.h"

namespace owlet::sql {

/// The part of the grammar that all statements share: names, types, expressions and queries, of all
/// three dialects. Recursive descent; operators by binding power. Every method reads from `tokens`
/// and leaves the place behind what it read; after an error the place means nothing.
///
/// The origin of an expression carries its span. In Trino the line and column of an operator's span
/// are those of the operator, as Trino's messages have it; start and stop always hold all of it.
class Grammar {
 public:
  Grammar(std::string_view text, SqlDialect dialect, std::vector<Token> token_list)
      : tokens(text, dialect, std::move(token_list)) {}

  TokenStream tokens;
  /// See ParseSpark.
  std::function<Result<std::string>(const plan::ExpressionPtr&)> evaluate_name = nullptr;

  // ---- Names (names.cc).
  [[nodiscard]] bool AtIdentifier(std::size_t ahead = 0) const;
  Result<std::string> Identifier();
  Result<Name> QualifiedName();
  /// The name of a table or view; Spark: IDENTIFIER(..) too.
  Result<Name> TableName();
  /// The parts of the name that Spark's IDENTIFIER(..) stands for.
  Result<Name> IdentifierClause();
  /// The text of a constant: a literal's, or what `evaluate_name` says.
  Result<std::string> NameOf(const plan::ExpressionPtr& expression) const;
  Result<std::vector<std::string>> IdentifierList();  // with its parentheses
  Result<std::string> String();
  Result<std::int64_t> Integer();
  /// An alias that needs no AS, if one stands here.
  [[nodiscard]] bool AtTableAlias() const;
  [[nodiscard]] bool AtColumnAlias() const;

  // ---- Types (type_grammar.cc).
  Result<plan::Type> TypeName();
  Result<plan::Field> SparkColumn(bool colon);  // name type [NOT NULL] [COMMENT '..']

  // ---- Expressions (expression.cc).
  Result<plan::ExpressionPtr> Expression();
  Result<std::vector<plan::ExpressionPtr>> ExpressionList();
  Result<plan::ExpressionPtr> ValueExpression() { return Value(0); }
  Result<plan::ExpressionPtr> PrimaryExpression();
  Result<plan::SortOrder> SortItem();
  Result<std::vector<plan::SortOrder>> SortItems();
  Result<plan::ExpressionPtr> NamedExpression();  // a select item: alias, star

  // ---- Queries (query.cc).
  [[nodiscard]] bool AtQuery() const;
  Result<plan::RelationPtr> Query();
  /// One relation of FROM with its alias and joins (relation.cc).
  Result<plan::RelationPtr> Relation();
  Result<plan::RelationPtr> RelationPrimary();

  /// The wrapping of a node: what was read since the token `start`.
  template <class Node>
  plan::ExpressionPtr Make(Node node, std::size_t start) const {
    return MakeAt(std::move(node), start, start);
  }
  /// The same with the line and column of the token `at`.
  template <class Node>
  plan::ExpressionPtr MakeAt(Node node, std::size_t start, std::size_t at) const {
    auto origin = std::make_shared<plan::Origin>();
    SourceSpan span = tokens.SpanFrom(start);
    if (tokens.trino()) {
      span.line = tokens.TokenAt(at).span.line;
      span.column = tokens.TokenAt(at).span.column;
    }
    origin->span = span;
    return plan::MakeExpression(std::move(node), std::move(origin));
  }
  /// A relation that errors of the resolver can place: from `start` to the last token read.
  template <class Node>
  [[nodiscard]] plan::RelationPtr MakePlaced(Node node, std::size_t start) const {
    auto origin = std::make_shared<plan::Origin>();
    origin->span = tokens.SpanFrom(start);
    return std::make_shared<const plan::Relation>(
        plan::Relation{std::move(node), std::nullopt, std::move(origin)});
  }
  /// The place of what was read since the token `start`; of the next token, when nothing was.
  [[nodiscard]] std::shared_ptr<const plan::Origin> OriginFrom(std::size_t start) const {
    auto origin = std::make_shared<plan::Origin>();
    origin->span = tokens.SpanFrom(start);
    return origin;
  }
  plan::ExpressionPtr Call(std::string name, std::vector<plan::ExpressionPtr> arguments,
                           std::size_t start) const;
  plan::ExpressionPtr Operator(std::string name, std::vector<plan::ExpressionPtr> arguments,
                               std::size_t start, std::size_t at) const;
  plan::ExpressionPtr Text(std::string value, std::size_t start) const;

  [[nodiscard]] std::uint32_t num_parameters() const { return num_parameters_; }

  /// An error of meaning that the real parser finds too, at the token `start`.
  [[nodiscard]] std::unexpected<Error> Invalid(
      std::size_t start, std::string_view condition, std::string_view sql_state,
      std::string_view message,
      std::vector<std::pair<std::string, std::string>> parameters = {}) const;
  [[nodiscard]] std::unexpected<Error> Missing(std::string_view what) const;  // not implemented

 private:
  /// Counts how deep the descent is; `entered` is false beyond kMaximumDepth.
  class Depth {
   public:
    explicit Depth(int& depth);
    ~Depth() { --depth_; }
    Depth(const Depth&) = delete;
    Depth& operator=(const Depth&) = delete;
    [[nodiscard]] bool TooDeep() const;

   private:
    int& depth_;
  };
  [[nodiscard]] std::unexpected<Error> NestedTooDeep() const;
  [[nodiscard]] bool QueryInParentheses() const;
  [[nodiscard]] bool AtExpressionStart() const;

  // expression.cc
  Result<plan::ExpressionPtr> Chain(std::string_view word, bool is_or);
  Result<plan::ExpressionPtr> Negation();
  Result<plan::ExpressionPtr> Predicated();
  Result<plan::ExpressionPtr> Predicate(plan::ExpressionPtr left, std::size_t start, bool& found);
  Result<plan::ExpressionPtr> Comparison(plan::ExpressionPtr left, std::size_t start);
  Result<plan::ExpressionPtr> InPredicate(plan::ExpressionPtr left, std::size_t start,
                                          std::size_t at);
  Result<plan::ExpressionPtr> LikePredicate(plan::ExpressionPtr left, std::size_t start,
                                            std::size_t at, bool negated);
  Result<plan::ExpressionPtr> IsPredicate(plan::ExpressionPtr left, std::size_t start);
  Result<plan::ExpressionPtr> Value(int binding);
  Result<plan::ExpressionPtr> Unary();
  Result<plan::ExpressionPtr> Postfix();

  // primary.cc
  Result<plan::ExpressionPtr> Primary();
  Result<plan::ExpressionPtr> PrimaryByKind();
  Result<plan::ExpressionPtr> PrimaryByWord();
  Result<plan::ExpressionPtr> SparkWord(bool& found);
  Result<plan::ExpressionPtr> Parenthesised();
  Result<plan::ExpressionPtr> LambdaFrom(std::vector<std::string> parameters, std::size_t start);
  [[nodiscard]] bool AtLambdaList() const;
  Result<plan::ExpressionPtr> NameOrCall();
  Result<plan::ExpressionPtr> CaseExpression();
  Result<plan::ExpressionPtr> CastExpression(plan::CastMode mode);
  Result<plan::ExpressionPtr> StarExpression(std::vector<std::string> qualifier, std::size_t start);
  Result<plan::ExpressionPtr> ParameterMark();
  Result<plan::ExpressionPtr> SubqueryExpression(plan::SubqueryKind kind, std::size_t start);

  // function_call.cc
  Result<plan::ExpressionPtr> FunctionCallOf(Name name, std::size_t start);
  Status FunctionArguments(plan::FunctionCall& call);
  Result<plan::ExpressionPtr> FunctionSuffixes(plan::FunctionCall call, std::size_t start);
  Result<plan::ExpressionPtr> TableArgument(std::size_t start);

 public:
  /// A window specification in parentheses, or a window's name.
  Result<plan::WindowCall> WindowSpecification(plan::ExpressionPtr function);

 private:
  Result<plan::WindowFrame> Frame();
  Result<plan::FrameEdge> FrameEdgeOf();

  // special_forms.cc
  Result<plan::ExpressionPtr> SpecialForm(bool& found);
  Result<plan::ExpressionPtr> TrimForm(std::size_t start);
  Result<plan::ExpressionPtr> SubstringForm(std::size_t start);
  Result<plan::ExpressionPtr> PositionForm(std::size_t start);
  Result<plan::ExpressionPtr> OverlayForm(std::size_t start);
  Result<plan::ExpressionPtr> ExtractForm(std::size_t start);
  Result<plan::ExpressionPtr> NormalizeForm(std::size_t start);
  Result<plan::ExpressionPtr> ListaggForm(std::size_t start);
  Result<plan::ExpressionPtr> GroupingForm(std::size_t start);
  Result<plan::ExpressionPtr> TimestampUnitForm(std::size_t start);

  // json_forms.cc
  Result<plan::ExpressionPtr> JsonPathForm(std::string name, std::size_t start);
  Status JsonBehaviour(plan::FunctionCall& call, std::string_view word);
  Status JsonPassing(plan::FunctionCall& call);
  Result<plan::ExpressionPtr> JsonFormatted(plan::FunctionCall& call);
  Status JsonReturning(plan::FunctionCall& call);
  Result<plan::ExpressionPtr> JsonObjectForm(std::size_t start);
  Result<plan::ExpressionPtr> JsonArrayForm(std::size_t start);
  Status JsonNullHandling(plan::FunctionCall& call);

  // literals.cc
  Result<plan::ExpressionPtr> StringLiteral();
  Result<plan::ExpressionPtr> UnicodeStringLiteral();
  Result<plan::ExpressionPtr> BinaryLiteral();
  Result<plan::ExpressionPtr> NumberLiteral();
  Result<plan::ExpressionPtr> SparkNumber(const Token& token, std::size_t start);
  Result<plan::ExpressionPtr> TypedLiteral(bool& found);
  Result<plan::ExpressionPtr> TrinoTypedLiteral(std::size_t start);
  Result<plan::ExpressionPtr> SparkTypedLiteral(std::size_t start);

  // interval_literal.cc
  Result<plan::ExpressionPtr> IntervalLiteral();
  Result<plan::ExpressionPtr> TrinoInterval(std::size_t start);
  Result<plan::ExpressionPtr> SparkInterval(std::size_t start);
  Result<plan::ExpressionPtr> SparkIntervalText(std::size_t start);

  // type_grammar.cc
  Result<plan::Type> TrinoType();
  Result<plan::Type> TrinoTypeBase();
  Result<plan::Type> TrinoNamedType(std::size_t start);
  Result<plan::Type> TrinoRow();
  Result<plan::Type> SparkType();
  Result<plan::Type> SparkStruct();
  Result<plan::Type> HiveType();
  Result<std::vector<int>> TypeParameters();
  Status CloseAngle();

  // query.cc
  Result<plan::RelationPtr> QueryBody();
  Result<std::optional<plan::With>> WithClause();
  Result<plan::RelationPtr> SetTerm(int binding);
  Result<plan::RelationPtr> QueryTail(plan::RelationPtr body);
  Result<plan::RelationPtr> SparkTail(plan::RelationPtr body);
  Result<plan::RelationPtr> TrinoTail(plan::RelationPtr body);
  Result<plan::RelationPtr> QueryPrimary();
  Result<plan::RelationPtr> QuerySpecification(plan::RelationPtr from);
  Result<plan::RelationPtr> ValuesClause();
  Result<plan::RelationPtr> TableClause();
  Result<plan::ExpressionPtr> RowCount();
  Status SelectItems(plan::Select& select);
  Status SelectClauses(plan::Select& select);
  Result<std::vector<plan::GroupingElement>> GroupByClause(plan::Select& select);
  Result<plan::GroupingElement> GroupingElementOf();
  Result<std::vector<plan::ExpressionPtr>> GroupingSet(bool in_sets);
  Status WindowClause(plan::Select& select);
  Status LateralViews(plan::Select& select);
  Status Hints();
  Result<plan::RelationPtr> FromClause();
  Result<plan::RelationPtr> FromStatement();
  Result<plan::RelationPtr> PipeOperators(plan::RelationPtr input);

  // relation.cc
  Result<plan::RelationPtr> JoinWith(plan::RelationPtr left, bool& found);
  Result<std::optional<plan::JoinKind>> JoinKindOf(bool& natural);
  Status JoinCriteria(plan::Join& join);
  Result<plan::RelationPtr> AliasedRelation();
  Result<plan::RelationPtr> NamedRelation();
  Result<plan::RelationPtr> TrinoPrimaryRelation(bool& found);
  Result<plan::RelationPtr> UnnestRelation();
  Result<plan::RelationPtr> TableFunctionRelation();
  Result<plan::RelationPtr> SparkTableFunction(Name name, std::size_t start);
  Result<plan::RelationPtr> AliasFor(plan::RelationPtr relation);
  Result<plan::RelationPtr> SampleOf(plan::RelationPtr relation);
  Result<plan::RelationPtr> SparkSample(plan::RelationPtr relation);
  Result<plan::RelationPtr> PivotOf(plan::RelationPtr relation);
  Result<plan::RelationPtr> UnpivotOf(plan::RelationPtr relation);
  Status TimeTravel(plan::ReadTable& table);
  /// The right side of a join or a comma sees what is left of it.
  [[nodiscard]] static bool IsLateral(const plan::Relation& relation);

  int depth_ = 0;
  std::uint32_t num_parameters_ = 0;
  bool last_relation_lateral_ = false;
};

}  // namespace owlet::sql
