#pragma once

#include <string>
#include <vector>

#include "core/engine/leaf_sql.h"
#include "core/engine/statement_state.h"

namespace owlet::engine {

/// Puts the leaves of a statement into its StatementState, files listed, and says the FROM items
/// that read them there.
class StatementLeaves final : public LeafSql {
 public:
  explicit StatementLeaves(StatementState& state) : state_(state) {}
  [[nodiscard]] Result<std::string> Scan(const plan::ScanNode& scan,
                                         const std::vector<plan::Column>& columns) override;
  [[nodiscard]] Result<std::string> Local(const plan::LocalNode& local,
                                          const std::vector<plan::Column>& columns) override;

 private:
  StatementState& state_;
};

}  // namespace owlet::engine
