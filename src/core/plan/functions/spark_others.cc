#include "core/plan/functions/tables.h"

// Spark's JSON, hashes, URLs and the rest.

namespace owlet::plan {

namespace {

constexpr FunctionEntry kRows[] = {
    {"get_json_object", "(string, string) -> string", "spark.get_json_object",
     FunctionKind::kScalar, Nullability::kAlways},
    {"json_array_length", "(string) -> int", "spark.json_array_length", FunctionKind::kScalar,
     Nullability::kAlways},
    {"json_object_keys", "(string) -> array<string>", "spark.json_object_keys",
     FunctionKind::kScalar, Nullability::kAlways},
    {"parse_url", "(string, string) -> string", "spark.parse_url($1, $2, $origin)",
     FunctionKind::kScalar, Nullability::kAlways},
    {"parse_url", "(string, string, string) -> string", "spark.parse_url_query",
     FunctionKind::kScalar, Nullability::kAlways},
    {"url_encode", "(string) -> string", "spark.url_encode", FunctionKind::kScalar,
     Nullability::kAlways},
    {"url_decode", "(string) -> string", "spark.url_decode", FunctionKind::kScalar,
     Nullability::kAlways},
    {"typeof", "(any) -> string", "$type1", FunctionKind::kScalar, Nullability::kNever},
    {"current_user", "() -> string", "$user", FunctionKind::kScalar, Nullability::kNever},
    {"user", "() -> string", "$user", FunctionKind::kScalar, Nullability::kNever},
    {"session_user", "() -> string", "$user", FunctionKind::kScalar, Nullability::kNever},
    {"current_catalog", "() -> string", "$catalog", FunctionKind::kScalar, Nullability::kNever},
    {"current_database", "() -> string", "$schema", FunctionKind::kScalar, Nullability::kNever},
    {"current_schema", "() -> string", "$schema", FunctionKind::kScalar, Nullability::kNever},
    {"current_path", "() -> string",
     "('system.builtin,system.session,' || $catalog || '.' || $schema)", FunctionKind::kScalar,
     Nullability::kNever},
    {"version", "() -> string", "('4.3.0')", FunctionKind::kScalar, Nullability::kNever},
    {"raise_error", "(string) -> unknown", "spark.raise_error($1, $origin)"},
    {"assert_true", "(boolean, string) -> unknown", "spark.assert_true($1, $2, $origin)",
     FunctionKind::kScalar, Nullability::kAlways},
};

}  // namespace

FunctionRows SparkOthers() { return kRows; }

}  // namespace owlet::plan
