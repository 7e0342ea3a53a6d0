#pragma once

#include "base/result.h"
#include "core/plan/expression.h"

namespace owlet::sql {

/// Spark's from_json and from_csv name a schema by a text, as DDL or as the JSON of a type: the
/// call with a NULL of that type in its place, from which the resolver learns the result's type.
/// Other calls, and schemas that are no text, stay as they are. Errors: those of the schema's text.
[[nodiscard]] Status ReadSchemaArgument(plan::FunctionCall& call);

}  // namespace owlet::sql
