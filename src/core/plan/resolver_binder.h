#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/plan/resolved_walk.h"
#include "core/plan/resolver_errors.h"
#include "core/plan/resolver_scope.h"
#include "core/plan/resolver_statement.h"

// Expressions of one clause: names to columns, calls to overloads, types to all. Internal to the
// resolver.

namespace owlet::plan {

/// Aggregate or window calls met in the expressions of one SELECT, each with the column that
/// stands for it.
struct CallSink {
  std::vector<BoundPtr> calls;
  std::vector<Column> columns;
};

/// A generator (explode, inline, stack) met in a SELECT list.
struct GeneratorSink {
  std::optional<UnnestNode> node;  // without its input
  std::vector<Column> columns;     // what it adds
  std::vector<std::vector<BoundPtr>> stack_rows;
};

/// A name of the SELECT list that other clauses may use: the expression itself takes its place.
struct NamedExpression {
  std::string name;
  BoundPtr expression;
};

/// Binds the expressions of one clause over one scope. The public members say what the clause
/// allows; a null sink forbids that kind of call. Cheap; not thread-safe.
class Binder {
 public:
  Binder(Statement& statement, const Scope& input, const Binder* outer, std::string clause_name)
      : clause(std::move(clause_name)), statement_(statement), input_(input), outer_(outer) {}

  std::string clause;  // "WHERE", for messages
  CallSink* aggregates = nullptr;
  CallSink* windows = nullptr;
  GeneratorSink* generator = nullptr;
  /// ORDER BY sees the SELECT list's names before the input's; Spark's SELECT list (lateral
  /// aliases), GROUP BY and HAVING see them behind it.
  const std::vector<NamedExpression>* names_first = nullptr;
  const std::vector<NamedExpression>* names_last = nullptr;
  const std::vector<NamedWindow>* named_windows = nullptr;
  /// grouping() is allowed; it stays a call of kGrouping until the keys are known.
  bool grouping = false;
  OriginPtr select_origin =
      nullptr;  // where the SELECT stands: the place of some of Trino's messages
  /// Columns of `below` scopes that were met, for the Sort or Filter that may reach them.
  std::vector<ColumnId>* reached_below = nullptr;

  [[nodiscard]] Result<BoundPtr> Bind(const ExpressionPtr& expression);
  /// Bind, then the dialect's error unless it is a boolean.
  [[nodiscard]] Result<BoundPtr> BindCondition(const ExpressionPtr& expression);
  [[nodiscard]] Result<std::vector<BoundSort>> BindSort(const std::vector<SortOrder>& orders);

  /// Calls an overload of the dialect's table on bound arguments; `call` is for messages.
  [[nodiscard]] Result<BoundPtr> Call(const std::string& name, std::vector<BoundPtr> arguments,
                                      const ExpressionPtr& call);
  /// A comparison by its operator, both sides coerced to their common type.
  [[nodiscard]] Result<BoundPtr> Compare(const std::string& comparison, BoundPtr left,
                                         BoundPtr right, const ExpressionPtr& call);

  /// What the dialect calls a column of this expression that has no alias.
  [[nodiscard]] std::string NameOf(const ExpressionPtr& expression) const;
  [[nodiscard]] std::string TextOf(const ExpressionPtr& expression) const;

  /// The column a name means, with fields of it left over; null: this binder knows none.
  [[nodiscard]] Result<BoundPtr> ResolveName(const ColumnReference& reference,
                                             const OriginPtr& origin) const;

  [[nodiscard]] Statement& statement() const { return statement_; }
  [[nodiscard]] const Scope& input() const { return input_; }
  [[nodiscard]] const Binder* outer() const { return outer_; }

 private:
  friend class Statement;

  [[nodiscard]] Result<BoundPtr> BindNode(const ExpressionPtr& expression);

  // resolver_names.cc
  [[nodiscard]] Result<BoundPtr> BindReference(const ColumnReference& reference,
                                               const ExpressionPtr& expression);
  [[nodiscard]] Result<BoundPtr> ResolveByPlan(const ColumnReference& reference,
                                               const OriginPtr& origin) const;
  [[nodiscard]] Result<BoundPtr> ResolveInScope(const Scope& scope,
                                                const ColumnReference& reference,
                                                const OriginPtr& origin) const;
  [[nodiscard]] Result<BoundPtr> Fields(BoundPtr value, const std::vector<std::string>& parts,
                                        std::size_t from, const ColumnReference& reference,
                                        const OriginPtr& origin) const;
  /// A session variable of Spark; null where the name is none.
  [[nodiscard]] Result<BoundPtr> Variable(const ColumnReference& reference,
                                          const OriginPtr& origin) const;
  [[nodiscard]] std::unexpected<Error> Unresolved(const ColumnReference& reference,
                                                  const OriginPtr& origin) const;
  [[nodiscard]] Result<BoundPtr> BindExtract(const ExtractValue& extract,
                                             const ExpressionPtr& expression);
  [[nodiscard]] Result<BoundPtr> BindUpdate(const UpdateField& update,
                                            const ExpressionPtr& expression);

  // resolver_operators.cc
  [[nodiscard]] Result<std::optional<BoundPtr>> BindSpecial(const FunctionCall& call,
                                                            const ExpressionPtr& expression);
  [[nodiscard]] Result<BoundPtr> BindLogical(const FunctionCall& call,
                                             const ExpressionPtr& expression);
  [[nodiscard]] Result<BoundPtr> BindCase(const FunctionCall& call,
                                          const ExpressionPtr& expression);
  [[nodiscard]] Result<BoundPtr> BindIn(const FunctionCall& call, const ExpressionPtr& expression);
  [[nodiscard]] Result<BoundPtr> BindBetween(const FunctionCall& call,
                                             const ExpressionPtr& expression);
  [[nodiscard]] Result<BoundPtr> BindConstructor(const FunctionCall& call,
                                                 const ExpressionPtr& expression);
  /// `[]` or element_at: the element of an array or the value of a map.
  [[nodiscard]] Result<BoundPtr> BindElement(const std::string& name, BoundPtr input,
                                             BoundPtr index, const ExpressionPtr& expression);
  [[nodiscard]] Result<BoundPtr> BindRow(const FunctionCall& call, const ExpressionPtr& expression);
  [[nodiscard]] Result<BoundPtr> BindCoalesce(const FunctionCall& call,
                                              const ExpressionPtr& expression);
  [[nodiscard]] Result<BoundPtr> BindClock(const FunctionCall& call,
                                           const ExpressionPtr& expression);
  [[nodiscard]] Result<BoundPtr> BindGrouping(const FunctionCall& call,
                                              const ExpressionPtr& expression);
  [[nodiscard]] Result<BoundPtr> BindCast(const Cast& cast, const ExpressionPtr& expression);

  // resolver_functions.cc
  [[nodiscard]] Result<BoundPtr> BindCall(const FunctionCall& call,
                                          const ExpressionPtr& expression);
  [[nodiscard]] Result<BoundPtr> BindAggregate(const FunctionCall& call,
                                               const ExpressionPtr& expression);
  [[nodiscard]] Result<BoundAggregate> AggregateOf(const FunctionCall& call,
                                                   const ExpressionPtr& expression, Type& type,
                                                   bool& nullable);
  [[nodiscard]] Result<BoundPtr> BindPython(const PythonFunction& function,
                                            const ExpressionPtr& expression);
  [[nodiscard]] Result<BoundPtr> BindWindow(const WindowCall& call,
                                            const ExpressionPtr& expression);
  // resolver_windows.cc
  [[nodiscard]] Status CheckTrinoWindow(const FunctionCall& call, const WindowCall& window,
                                        const ExpressionPtr& function) const;
  [[nodiscard]] Status CheckTrinoFrame(const WindowCall& window, const BoundWindow& bound) const;
  [[nodiscard]] Result<BoundPtr> BindGenerator(const FunctionCall& call,
                                               const ExpressionPtr& expression);
  struct Matched {
    FunctionMatch match;
    std::vector<BoundPtr> arguments;
  };
  [[nodiscard]] Result<Matched> MatchCall(const std::string& name,
                                          const std::vector<ExpressionPtr>& expressions,
                                          std::vector<BoundPtr> bound, const ExpressionPtr& call);
  [[nodiscard]] Result<BoundPtr> BindLambda(const Lambda& lambda,
                                            const std::vector<Field>& parameters,
                                            const OriginPtr& origin);
  [[nodiscard]] Error FillMatchError(Error error, const ExpressionPtr& call,
                                     const std::vector<ExpressionPtr>& arguments) const;
  [[nodiscard]] Result<BoundPtr> BindSubquery(const Subquery& subquery,
                                              const ExpressionPtr& expression);
  [[nodiscard]] std::unexpected<Error> NotAllowed(const ExpressionPtr& expression,
                                                  bool window) const;

  struct LambdaScope {
    std::vector<std::pair<ColumnId, Field>> parameters;
  };

  Statement& statement_;
  const Scope& input_;
  const Binder* outer_;
  std::vector<LambdaScope> lambdas_;
  int inside_aggregate_ = 0;
  ExpressionPtr condition_;  // the whole condition that is being bound, for messages
};

/// What a Binder gives for grouping(..) and grouping_id(..): a call of this entry with the keys.
extern const FunctionEntry kGrouping;

/// The expression as the wanted type: itself, a constant of that type, or a cast. Nullable where
/// the dialect's cast is.
[[nodiscard]] BoundPtr Coerce(BoundPtr bound, const Type& type, const SessionSettings& session);

/// A constant as an expression.
[[nodiscard]] BoundPtr Constant(Literal literal, OriginPtr origin = nullptr);
[[nodiscard]] BoundPtr Conjunction(BoundPtr left, BoundPtr right);
[[nodiscard]] BoundPtr Negation(BoundPtr bound);
[[nodiscard]] BoundPtr IsNull(BoundPtr bound);
[[nodiscard]] BoundPtr FirstNotNull(std::vector<BoundPtr> arguments, const Type& type,
                                    const SessionSettings& session);
/// A call of a DuckDB template that is the resolver's own (resolver_operators.cc).
[[nodiscard]] BoundPtr TemplateCall(const FunctionEntry& entry, std::vector<BoundPtr> arguments,
                                    Type type, bool nullable, OriginPtr origin = nullptr);
/// The type that Spark's cast function of that name (int, string ...) casts to.
[[nodiscard]] std::optional<Type> CastFunctionType(std::string_view name);
/// The dialect's name of a type for messages.
[[nodiscard]] std::string TypeText(const Type& type, const SessionSettings& session);

}  // namespace owlet::plan
