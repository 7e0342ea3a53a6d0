#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/engine/leaf_sql.h"
#include "core/engine/runtime.h"
#include "core/engine/scan_predicates.h"
#include "core/engine/statement_state.h"

namespace owlet::engine {

/// Puts the leaves of a statement into its StatementState, files listed, and says the FROM items
/// that read them there.
class StatementLeaves final : public LeafSql {
 public:
  /// `runtime` answers what the statement's filters say about partitions.
  StatementLeaves(Runtime& runtime, StatementState& state, const plan::NodePtr& query)
      : runtime_(runtime), state_(state), predicates_(query) {}
  [[nodiscard]] Result<std::string> Scan(const plan::ScanNode& scan,
                                         const std::vector<plan::Column>& columns) override;
  [[nodiscard]] Result<std::string> Local(const plan::LocalNode& local,
                                          const std::vector<plan::Column>& columns) override;

 private:
  /// The objects that the scan must read: of the partitions, and of the objects in them, that its
  /// filters leave.
  [[nodiscard]] Result<std::vector<ListedFile>> FilesOf(const plan::ScanNode& scan,
                                                        const std::vector<plan::Column>& columns);
  /// A SELECT of the scan's columns from files that are read in one way.
  [[nodiscard]] Result<std::string> ReadFiles(std::shared_ptr<const plan::TableSource> source,
                                              std::vector<ListedFile> files,
                                              const plan::ScanNode& scan,
                                              const std::vector<plan::Column>& columns);

  Runtime& runtime_;
  StatementState& state_;
  const ScanPredicates predicates_;
};

}  // namespace owlet::engine
