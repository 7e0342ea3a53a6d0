#pragma once

#include "core/engine/functions/function_adapter.h"

namespace owlet::engine {

/// spark.rand(seed), spark.randn(seed): the numbers that Spark's generator gives for a seed, in the
/// order of the rows. Each thread of a statement counts as a partition of its own.
void AddRandomFunctions(const AddScalar& add);

}  // namespace owlet::engine
