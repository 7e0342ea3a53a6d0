#pragma once

#include <string>
#include <string_view>

#include "core/plan/expression.h"
#include "core/plan/session.h"
#include "core/plan/types.h"

namespace owlet::engine {

/// What a cast's SQL depends on beside its types.
struct CastSqlContext {
  plan::Dialect dialect = plan::Dialect::kSpark;
  std::string_view time_zone = "UTC";
  int origin = -1;  // the number of the cast's origin in its statement: errors carry it
};

/// DuckDB's SQL for a cast of `input` (SQL text) under the dialect's rules: DuckDB's own cast where
/// it gives the same value for every input, else a call of the dialect's own function. The types
/// must be castable (plan::CanCast). Pure.
[[nodiscard]] std::string CastSql(std::string_view input, const plan::Type& from,
                                  const plan::Type& to, plan::CastMode mode,
                                  const CastSqlContext& context);

}  // namespace owlet::engine
