#pragma once

#include "core/plan/expression.h"

namespace owlet::plan {

/// SQL/JSON's forms (json_exists, json_query, json_value, json_object, json_array; expression.h) as
/// plain calls of the functions "json exists" ..., whose options are texts (trino_others.cc), with
/// the cast that RETURNING asks for.
[[nodiscard]] ExpressionPtr SqlJsonCall(const FunctionCall& call,
                                        const std::shared_ptr<const Origin>& origin);

/// Whether the call is one of those forms.
[[nodiscard]] bool IsSqlJsonForm(const FunctionCall& call);

}  // namespace owlet::plan
