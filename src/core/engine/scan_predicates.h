#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "core/engine/runtime.h"
#include "core/engine/statement_state.h"
#include "core/plan/resolved.h"

namespace owlet::engine {

/// What the filters of one statement say about the rows of its scans: for each scan, conditions
/// over its own columns that every row must fulfil to matter. They are found by pushing the
/// conditions of filters and joins down the plan; the plan itself stays as it is. Immutable.
class ScanPredicates {
 public:
  ScanPredicates() = default;
  explicit ScanPredicates(const plan::NodePtr& query);

  /// Those of the node that holds `scan`.
  [[nodiscard]] const std::vector<plan::BoundPtr>& Of(const plan::ScanNode& scan) const;

 private:
  using Conditions = std::vector<plan::BoundPtr>;
  using NodePtr = plan::NodePtr;
  void VisitCommonTable(const plan::CteNode& cte);
  void Visit(const plan::NodePtr& node, Conditions conditions);
  void VisitSubqueries(const plan::Node& node);
  void VisitJoin(const plan::JoinNode& join, const Conditions& conditions);

  std::map<const plan::ScanNode*, Conditions> of_scan_;
  /// What is said at each place that refers to a common table, in terms of the place's columns.
  std::multimap<std::uint32_t, std::pair<NodePtr, Conditions>> at_references_;
};

/// The question that a statement asks about the partitions of one scan, answered by the engine's
/// own functions: `conditions` over the scan's partition columns. A condition that raises an error
/// keeps all rows: the rows shall raise it, if there are any. `runtime` and `state` must outlive
/// it.
[[nodiscard]] plan::PartitionQuestion AskPartitions(Runtime& runtime, StatementState& state,
                                                    const plan::ScanNode& scan,
                                                    const std::vector<plan::Column>& columns,
                                                    const std::vector<plan::BoundPtr>& conditions);

}  // namespace owlet::engine
