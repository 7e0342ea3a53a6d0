#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/plan/resolved.h"
#include "core/plan/session.h"

// What names an expression can see: the resolver's view of a resolved relation. Internal to the
// resolver.

namespace owlet::plan {

/// A column of a relation with the qualifiers it answers to.
struct ScopeColumn {
  Column column;
  std::vector<std::string> qualifier = {};  // {"db", "t"} or {"t"}; empty for computed columns
  /// Not in `*`, only by a qualified name or a plan id: the other side's key of a USING join.
  bool hidden = false;
  /// Hidden, but found by its name alone too: "$path" of a table.
  bool made_up = false;
  /// Two columns of one origin are no ambiguity (df.select("a", "a")); 0: none but itself.
  ColumnId same_as = 0;
};

/// The columns of one plan of a Spark Connect client, where a `df["x"]` with its id looks. One
/// plan used twice in a statement (a self join) occurs twice, with columns of its own.
struct PlanOccurrence {
  std::int64_t plan_id = 0;
  std::vector<ScopeColumn> columns;
};

/// A resolved relation and its names.
struct Scope {
  NodePtr node;
  std::vector<ScopeColumn> columns;
  std::vector<PlanOccurrence> plans;
  /// What a Sort or Filter above may still reach of the input that this relation dropped; null at
  /// barriers (aliases, set operations, DISTINCT).
  std::shared_ptr<const Scope> below = nullptr;
  /// FROM is missing: Trino forbids `*` then.
  bool no_from = false;
};

/// What a dotted name can mean in a scope.
struct NameMatch {
  std::vector<const ScopeColumn*> columns;  // more than one: ambiguous
  std::size_t used_parts = 0;               // the rest are fields of the column
};

/// Whether two names are the same under the session's case rule.
[[nodiscard]] bool SameName(std::string_view left, std::string_view right,
                            const SessionSettings& session);

/// The most qualified reading of the name that some column answers to; no columns: none does.
[[nodiscard]] NameMatch FindName(const std::vector<ScopeColumn>& columns,
                                 const std::vector<std::string>& parts,
                                 const SessionSettings& session);

/// The columns that `qualifier.*` means; without a qualifier all that are not hidden.
[[nodiscard]] std::vector<const ScopeColumn*> ColumnsOf(const std::vector<ScopeColumn>& columns,
                                                        const std::vector<std::string>& qualifier,
                                                        const SessionSettings& session);

[[nodiscard]] const ScopeColumn* FindColumn(const Scope& scope, ColumnId id);

/// The names of the columns that are not hidden, qualified, for proposals.
[[nodiscard]] std::vector<std::vector<std::string>> QualifiedNames(const Scope& scope);

/// A reference to the column.
[[nodiscard]] BoundPtr ReferTo(const Column& column,
                               std::shared_ptr<const Origin> origin = nullptr);

/// The scope of a node whose columns are the input's, in the same order.
[[nodiscard]] Scope WithNode(Scope scope,
                             std::variant<FilterNode, SortNode, LimitNode, SampleNode> node);

}  // namespace owlet::plan
