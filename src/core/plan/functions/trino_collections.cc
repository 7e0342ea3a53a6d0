#include "core/plan/functions/tables.h"

// Trino's arrays, maps and rows.

namespace owlet::plan {

namespace {

constexpr FunctionEntry kRows[] = {
    {"cardinality", "(array<T>) -> bigint", "len"},
    {"cardinality", "(map<K, V>) -> bigint", "CAST(cardinality($1) AS BIGINT)"},
    {"contains", "(array<T>, T) -> boolean", "spark.array_contains", FunctionKind::kScalar,
     Nullability::kAlways},
    {"array_position", "(array<T>, T) -> bigint",
     "CAST(coalesce(list_position($1, $2), 0) AS BIGINT)"},
    {"array_distinct", "(array<T>) -> array<T>", "spark.array_distinct"},
    {"array_sort", "(array<T>) -> array<T>", "list_sort($1, 'ASC', 'NULLS LAST')"},
    {"array_max", "(array<T>) -> T", "list_max(trino.all_or_null($1))", FunctionKind::kScalar,
     Nullability::kAlways},
    {"array_min", "(array<T>) -> T", "list_min(trino.all_or_null($1))", FunctionKind::kScalar,
     Nullability::kAlways},
    {"array_join", "(array<T:scalar>, string) -> string",
     "array_to_string(list_filter(CAST($1 AS VARCHAR[]), lambda x: x IS NOT NULL), $2)"},
    {"array_join", "(array<T:scalar>, string, string) -> string",
     "array_to_string(list_transform(CAST($1 AS VARCHAR[]), lambda x: coalesce(x, $3)), $2)"},
    {"array_union", "(array<T>, array<T>) -> array<T>",
     "spark.array_distinct(list_concat($1, $2))"},
    {"array_intersect", "(array<T>, array<T>) -> array<T>", "spark.array_intersect"},
    {"array_except", "(array<T>, array<T>) -> array<T>", "spark.array_except"},
    {"arrays_overlap", "(array<T>, array<T>) -> boolean", "spark.arrays_overlap",
     FunctionKind::kScalar, Nullability::kAlways},
    {"array_remove", "(array<T>, T) -> array<T>",
     "list_filter($1, lambda x: x IS NULL OR x <> $2)"},
    {"slice", "(array<T>, bigint, bigint) -> array<T>", "trino.slice($1, $2, $3, $origin)"},
    {"flatten", "(array<array<T>>) -> array<T>", "flatten"},
    {"sequence", "(bigint, bigint) -> array<bigint>",
     "trino.sequence($1, $2, CASE WHEN $1 <= $2 THEN 1 ELSE -1 END, $origin)"},
    {"sequence", "(bigint, bigint, bigint) -> array<bigint>",
     "trino.sequence($1, $2, $3, $origin)"},
    {"sequence", "(date, date) -> array<date>",
     "CAST(generate_series($1, $2, to_days(CASE WHEN $1 <= $2 THEN 1 ELSE -1 END)) AS DATE[])"},
    {"sequence", "(date, date, I:interval) -> array<date>",
     "CAST(generate_series($1, $2, $3) AS DATE[])"},
    {"sequence", "(timestamp(p), timestamp(p), I:interval) -> array<timestamp(p)>",
     "generate_series($1, $2, $3)"},
    {"transform", "(array<T>, (T) -> U) -> array<U>", "list_transform"},
    {"filter", "(array<T>, (T) -> boolean) -> array<T>", "list_filter"},
    {"any_match", "(array<T>, (T) -> boolean) -> boolean",
     "coalesce(list_bool_or(list_transform($1, $2)), CASE WHEN len($1) = 0 THEN false END)",
     FunctionKind::kScalar, Nullability::kAlways},
    {"all_match", "(array<T>, (T) -> boolean) -> boolean",
     "coalesce(list_bool_and(list_transform($1, $2)), CASE WHEN len($1) = 0 THEN true END)",
     FunctionKind::kScalar, Nullability::kAlways},
    {"none_match", "(array<T>, (T) -> boolean) -> boolean",
     "coalesce(NOT list_bool_or(list_transform($1, $2)), CASE WHEN len($1) = 0 THEN true END)",
     FunctionKind::kScalar, Nullability::kAlways},
    {"map", "() -> map<unknown, unknown>", "MAP {}", FunctionKind::kScalar, Nullability::kNever},
    {"map", "(array<K>, array<V>) -> map<K, V>", "trino.map_from_arrays($1, $2, $origin)"},
    {"map_keys", "(map<K, V>) -> array<K>", "map_keys"},
    {"map_values", "(map<K, V>) -> array<V>", "map_values"},
    {"map_concat", "(map<K, V>, map<K, V>...) -> map<K, V>", "trino.map_concat($*)"},
    {"reduce", "(array<T>, S, (S, T) -> S, (S) -> R) -> R",
     "list_extract(list_transform([list_reduce($1, $3, $2)], $4), 1)", FunctionKind::kScalar,
     Nullability::kAlways},
    {"trim_array", "(array<T>, bigint) -> array<T>", "list_slice($1, 1, len($1) - $2)"},
};

}  // namespace

FunctionRows TrinoCollections() { return kRows; }

}  // namespace owlet::plan
