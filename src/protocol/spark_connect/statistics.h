#pragma once

#include "base/result.h"
#include "core/plan/relation.h"

namespace spark::connect {
class Relation;
}

namespace owlet::spark_connect {

class ExpressionReader;
class RelationReader;

/// The relations of df.describe, df.summary and df.stat, as aggregates over their input: one scan
/// each. `relation` is one of Stat*; the columns and their types are Spark's.
[[nodiscard]] Result<plan::RelationPtr> ReadStatistic(RelationReader& relations,
                                                      ExpressionReader& expressions,
                                                      const ::spark::connect::Relation& relation);

}  // namespace owlet::spark_connect
