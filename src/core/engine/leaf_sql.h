#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "core/plan/resolved.h"

namespace owlet::engine {

/// What lowering asks for the leaves that no SQL text can say: files and rows that the client sent.
/// Each answer is a FROM item without an alias, "(SELECT ...)" or "function(...)", whose columns
/// are `c<id>` of `columns`, in order and of the types that type_map.h names. The text is good for
/// one statement: it refers to what the leaf source keeps for it. Filters above it are pushed into
/// it by DuckDB. Not thread-safe.
class LeafSql {
 public:
  virtual ~LeafSql() = default;
  [[nodiscard]] virtual Result<std::string> Scan(const plan::ScanNode& scan,
                                                 const std::vector<plan::Column>& columns) = 0;
  [[nodiscard]] virtual Result<std::string> Local(const plan::LocalNode& local,
                                                  const std::vector<plan::Column>& columns) = 0;
};

}  // namespace owlet::engine
