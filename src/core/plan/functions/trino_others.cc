#include "core/plan/functions/tables.h"

// Trino's JSON, hashes, URLs and the rest.

namespace owlet::plan {

namespace {

constexpr FunctionEntry kRows[] = {
    {"json_extract_scalar", "(json, string) -> string",
     "trino.json_extract_scalar($1, $2, $origin)", FunctionKind::kScalar, Nullability::kAlways},
    {"json_extract_scalar", "(varchar(x), string) -> varchar(x)",
     "trino.json_extract_scalar($1, $2, $origin)", FunctionKind::kScalar, Nullability::kAlways},
    {"json_extract", "(json, string) -> json", "trino.json_extract($1, $2, $origin)",
     FunctionKind::kScalar, Nullability::kAlways},
    {"json_extract", "(string, string) -> json", "trino.json_extract($1, $2, $origin)",
     FunctionKind::kScalar, Nullability::kAlways},
    {"json_parse", "(string) -> json", "trino.json_parse($1, $origin)"},
    {"json_format", "(json) -> string", "$1"},
    {"json_array_length", "(json) -> bigint", "trino.json_array_length", FunctionKind::kScalar,
     Nullability::kAlways},
    {"json_array_length", "(string) -> bigint", "trino.json_array_length", FunctionKind::kScalar,
     Nullability::kAlways},
    {"json_size", "(json, string) -> bigint", "trino.json_size($1, $2, $origin)",
     FunctionKind::kScalar, Nullability::kAlways},
    {"json_size", "(string, string) -> bigint", "trino.json_size($1, $2, $origin)",
     FunctionKind::kScalar, Nullability::kAlways},
    {"is_json_scalar", "(json) -> boolean", "trino.is_json_scalar"},
    {"is_json_scalar", "(string) -> boolean", "trino.is_json_scalar"},
    {"uuid", "() -> uuid", "gen_random_uuid()", FunctionKind::kScalar, Nullability::kNever, false},
    {"current_user", "() -> string", "$user", FunctionKind::kScalar, Nullability::kNever},
    {"current_catalog", "() -> string", "$catalog", FunctionKind::kScalar, Nullability::kNever},
    {"current_schema", "() -> string", "$schema", FunctionKind::kScalar, Nullability::kNever},
    {"version", "() -> string", "('476')", FunctionKind::kScalar, Nullability::kNever},
};

}  // namespace

FunctionRows TrinoOthers() { return kRows; }

}  // namespace owlet::plan
