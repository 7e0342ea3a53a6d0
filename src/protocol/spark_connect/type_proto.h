#pragma once

#include "base/result.h"
#include "core/plan/literal.h"
#include "core/plan/types.h"

namespace spark::connect {
class DataType;
class Expression_Literal;
}  // namespace spark::connect

// Spark Connect's types and literals <-> the plan's. Pure functions.

namespace owlet::spark_connect {

/// An unparsed type string is read as Spark's DDL; a user-defined type becomes its SQL type.
/// Spark's string is an unbounded varchar, timestamp a kTimestampLocalZone, timestamp_ntz a
/// kTimestamp. What the plan has no type for (geometry) is kNotImplemented.
[[nodiscard]] Result<plan::Type> TypeFromProto(const ::spark::connect::DataType& type);

/// The struct of a schema, or a single type as a one-column schema is not made: an error.
[[nodiscard]] Result<plan::Schema> SchemaFromProto(const ::spark::connect::DataType& type);

void TypeToProto(const plan::Type& type, ::spark::connect::DataType* out);
void SchemaToProto(const plan::Schema& schema, ::spark::connect::DataType* out);

[[nodiscard]] Result<plan::Literal> LiteralFromProto(
    const ::spark::connect::Expression_Literal& literal);

/// For observed metrics.
void LiteralToProto(const plan::Literal& literal, ::spark::connect::Expression_Literal* out);

}  // namespace owlet::spark_connect
