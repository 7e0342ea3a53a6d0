#pragma once

#include "core/plan/expression.h"

namespace owlet::plan {

/// Whether the function is an aggregate over pandas or Arrow, by Spark Connect's eval_type: its
/// arguments reach it as one list of the group's rows.
[[nodiscard]] inline bool IsAggregate(const PythonFunction& function) {
  constexpr std::int32_t kGroupedAggPandas = 202;
  constexpr std::int32_t kGroupedAggPandasIter = 217;
  constexpr std::int32_t kGroupedAggArrow = 252;
  constexpr std::int32_t kGroupedAggArrowIter = 254;
  return function.eval_type == kGroupedAggPandas || function.eval_type == kGroupedAggPandasIter ||
         function.eval_type == kGroupedAggArrow || function.eval_type == kGroupedAggArrowIter;
}

/// Whether it gives rows (a UDTF).
[[nodiscard]] inline bool IsTableFunction(const PythonFunction& function) {
  constexpr std::int32_t kFirstTableKind = 300;
  return function.eval_type >= kFirstTableKind;
}

}  // namespace owlet::plan
