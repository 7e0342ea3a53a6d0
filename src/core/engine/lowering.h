#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/engine/leaf_sql.h"
#include "core/engine/python_call.h"
#include "core/plan/resolved.h"
#include "core/plan/session.h"

namespace owlet::engine {

/// A resolved plan as DuckDB's SQL: nested SELECTs whose columns are `c<id>`. `origins` are the
/// places that the text's origin numbers mean (error_carrying.h).
struct LoweredQuery {
  std::string sql;
  std::vector<std::shared_ptr<const plan::Origin>> origins;
  std::vector<PythonCall> pythons;  // by the numbers that the text calls them by
};

/// Prints the plan for DuckDB. The text depends on the plan and on the constants of the session
/// only (zone, start, user); every name and every constant in it is quoted, so nothing that a user
/// wrote is read as SQL. Errors: kNotImplemented for what has no form yet, and those of `leaves`.
[[nodiscard]] Result<LoweredQuery> LowerToSql(const plan::NodePtr& query,
                                              const plan::SessionSettings& session,
                                              LeafSql& leaves);

}  // namespace owlet::engine
