#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/plan/resolver.h"
#include "core/plan/resolver_errors.h"
#include "core/plan/resolver_scope.h"

// One statement on its way through the resolver. Internal to the resolver: the relations here, the
// expressions in resolver_binder.h.

namespace owlet::plan {

class Binder;
struct GroupedItems;

/// Resolves the relations of one statement; owns its column ids and common tables. Not
/// thread-safe; lives as long as one call of Resolve.
class Statement {
 public:
  static constexpr int kMaximumDepth = 2000;

  Statement(const SessionSettings& session, RelationSource& source)
      : session_(session), source_(source), table_(FunctionTable::Of(session.dialect)) {}

  /// The relation with its names; `outer` is the binder of the enclosing query, null at the top.
  [[nodiscard]] Result<Scope> ResolveRelation(const RelationPtr& relation, const Binder* outer);

  /// Only the columns that a client sees, in order; hidden ones are projected away.
  [[nodiscard]] NodePtr VisibleNode(const Scope& scope);

  [[nodiscard]] const SessionSettings& session() const { return session_; }
  [[nodiscard]] const FunctionTable& table() const { return table_; }
  [[nodiscard]] bool IsTrino() const { return session_.dialect == Dialect::kTrino; }
  [[nodiscard]] bool IsSpark() const { return session_.dialect == Dialect::kSpark; }
  [[nodiscard]] ColumnId NewId() { return next_id_++; }

  /// Levels of relations and expressions on the stack; Enter fails beyond kMaximumDepth.
  [[nodiscard]] Status Enter();
  void Leave() { --depth_; }

  /// The input's rows with other columns. Plain references keep their ids, so that `df["x"]` still
  /// finds them; a second reference to one column gets an id of its own.
  struct Item {
    BoundPtr expression;
    std::string name;
    std::vector<std::string> qualifier = {};
    std::string metadata = {};
    bool hidden = false;
  };
  [[nodiscard]] Scope ProjectItems(const Scope& input, std::vector<Item> items);

  /// The scope again with columns of its input that `below` still has. Null: not reachable.
  [[nodiscard]] NodePtr ExtendNode(const NodePtr& node, const std::vector<ColumnId>& wanted);

  /// Coerces both sides column by column and numbers the output anew.
  [[nodiscard]] Result<Scope> CombineSets(Scope left, Scope right, SetKind kind, bool all,
                                          const OriginPtr& origin);

 private:
  friend class Binder;
  friend class SelectResolver;

  struct CommonTableEntry {
    std::string name;
    std::uint32_t cte = 0;
    NodePtr definition;           // for a recursive one: the anchor
    std::vector<Column> columns;  // with the names that the list gives
    std::uint32_t uses = 0;
    bool recursive = false;
    bool in_base = false;  // its own base relation is being resolved
  };

  [[nodiscard]] Result<Scope> Dispatch(const Relation& relation, const Binder* outer);

  [[nodiscard]] Result<Scope> ResolveNode(const ReadTable& node, const Relation& relation,
                                          const Binder* outer);
  [[nodiscard]] Result<Scope> ResolveNode(const ReadFiles& node, const Relation& relation,
                                          const Binder* outer);
  [[nodiscard]] Result<Scope> ResolveNode(const LocalRelation& node, const Relation& relation,
                                          const Binder* outer);
  [[nodiscard]] Result<Scope> ResolveNode(const Values& node, const Relation& relation,
                                          const Binder* outer);
  [[nodiscard]] Result<Scope> ResolveNode(const Range& node, const Relation& relation,
                                          const Binder* outer);
  [[nodiscard]] Result<Scope> ResolveNode(const OneRow& node, const Relation& relation,
                                          const Binder* outer);
  [[nodiscard]] Result<Scope> ResolveNode(const Project& node, const Relation& relation,
                                          const Binder* outer);
  [[nodiscard]] Result<Scope> ResolveNode(const Filter& node, const Relation& relation,
                                          const Binder* outer);
  [[nodiscard]] Result<Scope> ResolveNode(const Sort& node, const Relation& relation,
                                          const Binder* outer);
  [[nodiscard]] Result<Scope> ResolveNode(const Limit& node, const Relation& relation,
                                          const Binder* outer);
  [[nodiscard]] Result<Scope> ResolveNode(const Tail& node, const Relation& relation,
                                          const Binder* outer);
  [[nodiscard]] Result<Scope> ResolveNode(const Aggregate& node, const Relation& relation,
                                          const Binder* outer);
  [[nodiscard]] Result<Scope> ResolveNode(const Select& node, const Relation& relation,
                                          const Binder* outer);
  [[nodiscard]] Result<Scope> ResolveNode(const Join& node, const Relation& relation,
                                          const Binder* outer);
  [[nodiscard]] Result<Scope> ResolveNode(const SetOperation& node, const Relation& relation,
                                          const Binder* outer);
  [[nodiscard]] Result<Scope> ResolveNode(const Deduplicate& node, const Relation& relation,
                                          const Binder* outer);
  [[nodiscard]] Result<Scope> ResolveNode(const SubqueryAlias& node, const Relation& relation,
                                          const Binder* outer);
  [[nodiscard]] Result<Scope> ResolveNode(const With& node, const Relation& relation,
                                          const Binder* outer);
  [[nodiscard]] Result<Scope> ResolveNode(const TableFunction& node, const Relation& relation,
                                          const Binder* outer);
  [[nodiscard]] Result<Scope> ResolveNode(const Sample& node, const Relation& relation,
                                          const Binder* outer);
  [[nodiscard]] Result<Scope> ResolveNode(const WithColumns& node, const Relation& relation,
                                          const Binder* outer);
  [[nodiscard]] Result<Scope> ResolveNode(const WithColumnsRenamed& node, const Relation& relation,
                                          const Binder* outer);
  [[nodiscard]] Result<Scope> ResolveNode(const Drop& node, const Relation& relation,
                                          const Binder* outer);
  [[nodiscard]] Result<Scope> ResolveNode(const ToDataFrame& node, const Relation& relation,
                                          const Binder* outer);
  [[nodiscard]] Result<Scope> ResolveNode(const ToSchema& node, const Relation& relation,
                                          const Binder* outer);
  [[nodiscard]] Result<Scope> ResolveNode(const NaFill& node, const Relation& relation,
                                          const Binder* outer);
  [[nodiscard]] Result<Scope> ResolveNode(const NaDrop& node, const Relation& relation,
                                          const Binder* outer);
  [[nodiscard]] Result<Scope> ResolveNode(const NaReplace& node, const Relation& relation,
                                          const Binder* outer);
  [[nodiscard]] Result<Scope> ResolveNode(const Unpivot& node, const Relation& relation,
                                          const Binder* outer);
  [[nodiscard]] Result<Scope> ResolveNode(const Repartition& node, const Relation& relation,
                                          const Binder* outer);

  [[nodiscard]] Result<Scope> ResolveNode(const BindParameters& node, const Relation& relation,
                                          const Binder* outer);
  [[nodiscard]] Result<Scope> ResolveSelect(const Select& node,
                                            const std::vector<SortOrder>* orders,
                                            const Relation& relation, const Binder* outer);
  [[nodiscard]] Result<Scope> ResolveLateralView(const LateralView& view, Scope from,
                                                 const Binder* outer);
  /// A filter or a sort over an agg() that names what only the aggregate's input has: resolved
  /// like HAVING and ORDER BY. `error` is the answer when that is no help either.
  [[nodiscard]] Result<Scope> AboveAggregate(const RelationPtr& input,
                                             const ExpressionPtr& condition,
                                             const std::vector<SortOrder>* orders,
                                             const Binder* outer, Error error);
  /// Adds columns that the scope's node dropped to its end, hidden.
  [[nodiscard]] Status Reach(Scope& scope, const std::vector<ColumnId>& reached);
  [[nodiscard]] Scope ScanScope(std::shared_ptr<const TableSource> source,
                                std::vector<std::string> qualifier);
  [[nodiscard]] Result<Scope> ViewScope(const ViewDefinition& view, const ReadTable& node,
                                        const OriginPtr& origin);
  [[nodiscard]] Scope UseCommonTable(CommonTableEntry& entry);
  [[nodiscard]] Result<Scope> ResolveRecursive(const CommonTable& table, CommonTableEntry& entry,
                                               const Binder* outer);
  [[nodiscard]] Status RenameColumns(Scope& scope, const std::vector<std::string>& names,
                                     const std::string& relation_name, const OriginPtr& origin);
  [[nodiscard]] Result<Scope> UnionByName(const SetOperation& node, Scope left, Scope right,
                                          const OriginPtr& origin);
  [[nodiscard]] Result<Scope> ResolveUsing(const Join& node, Scope left, Scope right,
                                           const OriginPtr& origin);
  [[nodiscard]] Result<Scope> MakeJoin(const Join& node, Scope left, Scope right,
                                       BoundPtr condition);
  [[nodiscard]] Result<std::int64_t> ConstantCount(const ExpressionPtr& expression,
                                                   std::string_view clause);
  [[nodiscard]] Result<double> SamplePercentage(const ExpressionPtr& expression);
  /// Trino: the names behind a common table's name are as many as its columns.
  [[nodiscard]] Status CheckCommonColumns(const CommonTable& table, const Scope& scope) const;
  [[nodiscard]] Result<const ScopeColumn*> OneColumn(const Scope& scope, const std::string& name,
                                                     const OriginPtr& origin);
  /// A function in FROM over the rows of `input`, whose columns its arguments see.
  [[nodiscard]] Result<Scope> Unnested(const TableFunction& node, const Scope& input,
                                       const Binder* outer, const OriginPtr& origin);
  [[nodiscard]] Result<Scope> TrinoUnnest(const TableFunction& node, const Scope& input,
                                          const Binder* outer, const OriginPtr& origin);

  const SessionSettings& session_;
  RelationSource& source_;
  const FunctionTable& table_;
  ColumnId next_id_ = 1;
  std::uint32_t next_cte_ = 1;
  int depth_ = 0;
  std::vector<CommonTableEntry*> common_tables_;  // innermost last
  int view_depth_ = 0;
  const BindParameters* parameters_ = nullptr;  // the innermost
};

}  // namespace owlet::plan
