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
    {"json exists", "(string, string, string, string) -> boolean",
     "trino.json_exists($1, $2, $3, $4, $origin)", FunctionKind::kScalar, Nullability::kAlways},
    {"json query", "(string, string, string, string, string, string, string) -> string",
     "trino.json_query($1, $2, $3, $4, $5, $6, $7, $origin)", FunctionKind::kScalar,
     Nullability::kAlways},
    {"json value", "(string, string, string, string, string, string, string) -> string",
     "trino.json_value($1, $2, $3, $4, $5, $6, $7, $origin)", FunctionKind::kScalar,
     Nullability::kAlways},
    {"json_array_get", "(string, bigint) -> json", "trino.json_array_get", FunctionKind::kScalar,
     Nullability::kAlways},
    {"json_array_contains", "(string, boolean) -> boolean", "trino.json_array_contains",
     FunctionKind::kScalar, Nullability::kAlways},
    {"json_array_contains", "(string, bigint) -> boolean", "trino.json_array_contains",
     FunctionKind::kScalar, Nullability::kAlways},
    {"json_array_contains", "(string, double) -> boolean", "trino.json_array_contains",
     FunctionKind::kScalar, Nullability::kAlways},
    {"json_array_contains", "(string, string) -> boolean", "trino.json_array_contains",
     FunctionKind::kScalar, Nullability::kAlways},
    {"json exists", "(json, string, string, string) -> boolean",
     "trino.json_exists($1, $2, $3, $4, $origin)", FunctionKind::kScalar, Nullability::kAlways},
    {"json query", "(json, string, string, string, string, string, string) -> string",
     "trino.json_query($1, $2, $3, $4, $5, $6, $7, $origin)", FunctionKind::kScalar,
     Nullability::kAlways},
    {"json value", "(json, string, string, string, string, string, string) -> string",
     "trino.json_value($1, $2, $3, $4, $5, $6, $7, $origin)", FunctionKind::kScalar,
     Nullability::kAlways},
    {"json_array_get", "(json, bigint) -> json", "trino.json_array_get", FunctionKind::kScalar,
     Nullability::kAlways},
    {"json_array_contains", "(json, boolean) -> boolean", "trino.json_array_contains",
     FunctionKind::kScalar, Nullability::kAlways},
    {"json_array_contains", "(json, bigint) -> boolean", "trino.json_array_contains",
     FunctionKind::kScalar, Nullability::kAlways},
    {"json_array_contains", "(json, double) -> boolean", "trino.json_array_contains",
     FunctionKind::kScalar, Nullability::kAlways},
    {"json_array_contains", "(json, string) -> boolean", "trino.json_array_contains",
     FunctionKind::kScalar, Nullability::kAlways},
    // SQL/JSON's forms (resolver_json.h).
    {"json object", "(string, any...) -> string", "trino.json_object($*)", FunctionKind::kScalar,
     Nullability::kNever},
    {"json array", "(string, any...) -> string", "trino.json_array($*)", FunctionKind::kScalar,
     Nullability::kNever},
    {"format json", "(string) -> string", "trino.formatted_json", FunctionKind::kScalar,
     Nullability::kAlways},
};

}  // namespace

FunctionRows TrinoOthers() { return kRows; }

}  // namespace owlet::plan
