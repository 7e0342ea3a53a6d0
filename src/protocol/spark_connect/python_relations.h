#pragma once

#include "base/result.h"
#include "core/plan/relation.h"
#include "protocol/spark_connect/expression_proto.h"
#include "protocol/spark_connect/relation_proto.h"

namespace spark::connect {
class CommonInlineUserDefinedTableFunction;
}

// Relations that a Python function of the user makes. Each is an expression over lists of rows:
// the function gets a group's rows (mapInPandas: all rows) as one list and gives a list of rows,
// which inline() takes apart.

namespace owlet::spark_connect {

/// MapPartitions, GroupMap, CoGroupMap and inline UDTFs. kNotImplemented names what is none of
/// these, or asks for more (state between groups, sorted groups).
[[nodiscard]] Result<plan::RelationPtr> ReadPythonRelation(
    RelationReader& relations, ExpressionReader& expressions,
    const ::spark::connect::Relation& relation);

/// A UDTF without its arguments.
[[nodiscard]] Result<plan::PythonFunction> ReadTableFunction(
    const ::spark::connect::CommonInlineUserDefinedTableFunction& function);

}  // namespace owlet::spark_connect
