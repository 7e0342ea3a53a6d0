#include "core/plan/functions/tables.h"

// Spark's arrays, maps and structs.

namespace owlet::plan {

namespace {

constexpr FunctionEntry kRows[] = {
    {"size", "(array<T>) -> int", "CAST(len($1) AS INTEGER)"},
    {"cardinality", "(array<T>) -> int", "CAST(len($1) AS INTEGER)"},
    {"size", "(map<K, V>) -> int", "CAST(cardinality($1) AS INTEGER)"},
    {"cardinality", "(map<K, V>) -> int", "CAST(cardinality($1) AS INTEGER)"},
    {"array_size", "(array<T>) -> int", "CAST(len($1) AS INTEGER)"},
    {"array_contains", "(array<T>, T) -> boolean", "spark.array_contains"},
    {"array_position", "(array<T>, T) -> bigint",
     "CAST(coalesce(list_position($1, $2), 0) AS BIGINT)"},
    {"array_distinct", "(array<T>) -> @arrays", "spark.array_distinct"},
    {"array_sort", "(array<T>) -> @arrays", "list_sort($1, 'ASC', 'NULLS LAST')"},
    {"sort_array", "(array<T>) -> @arrays", "list_sort($1, 'ASC', 'NULLS FIRST')"},
    {"sort_array", "(array<T>, boolean) -> @first_array",
     "CASE WHEN $2 THEN list_sort($1, 'ASC', 'NULLS FIRST') ELSE list_sort($1, 'DESC', 'NULLS "
     "LAST') END"},
    {"array_max", "(array<T:orderable>) -> T", "list_max", FunctionKind::kScalar,
     Nullability::kAlways},
    {"array_min", "(array<T:orderable>) -> T", "list_min", FunctionKind::kScalar,
     Nullability::kAlways},
    {"array_join", "(array<string>, string) -> string",
     "array_to_string(list_filter($1, lambda x: x IS NOT NULL), $2)"},
    {"array_join", "(array<string>, string, string) -> string",
     "array_to_string(list_transform($1, lambda x: coalesce(x, $3)), $2)"},
    {"array_union", "(array<T>, array<T>) -> @arrays", "spark.array_distinct(list_concat($1, $2))"},
    {"array_intersect", "(array<T>, array<T>) -> @both_arrays", "spark.array_intersect"},
    {"array_except", "(array<T>, array<T>) -> @first_array", "spark.array_except"},
    {"arrays_overlap", "(array<T>, array<T>) -> boolean", "spark.arrays_overlap",
     FunctionKind::kScalar, Nullability::kAlways},
    {"array_remove", "(array<T>, T) -> @first_array",
     "CASE WHEN $2 IS NOT NULL THEN list_filter($1, lambda x: x IS NULL OR x <> $2) END"},
    {"array_repeat", "(T, int) -> @array",
     "CASE WHEN $2 IS NOT NULL THEN list_transform(range(spark.copies($2, 16)), lambda x: $1) END"},
    {"array_append", "(array<T>, T) -> array<T>",
     "CASE WHEN $1 IS NOT NULL THEN list_append($1, $2) END", FunctionKind::kScalar,
     Nullability::kFirstArgument},
    {"array_prepend", "(array<T>, T) -> array<T>",
     "CASE WHEN $1 IS NOT NULL THEN list_prepend($2, $1) END", FunctionKind::kScalar,
     Nullability::kFirstArgument},
    {"array_compact", "(array<T>) -> array<T!>", "list_filter($1, lambda x: x IS NOT NULL)"},
    {"array_insert", "(array<T>, int, T) -> array<T>", "spark.array_insert", FunctionKind::kScalar,
     Nullability::kFirstArgument},
    {"slice", "(array<T>, int, int) -> @first_array", "spark.slice($1, $2, $3, $origin)"},
    {"flatten", "(array<array<T>>) -> @flat", "spark.flatten"},
    {"reverse", "(array<T>) -> @arrays", "list_reverse"},
    {"concat", "(array<T>...) -> @arrays",
     "CASE WHEN spark.all_not_null($*) THEN list_concat($*) END"},
    {"sequence", "(bigint, bigint) -> array<bigint!>",
     "spark.sequence($1, $2, CASE WHEN $1 <= $2 THEN 1 ELSE -1 END, $origin)"},
    {"sequence", "(int, int) -> array<int!>",
     "CAST(spark.sequence(CAST($1 AS BIGINT), CAST($2 AS BIGINT), CASE WHEN $1 <= $2 THEN 1 ELSE "
     "-1 END, $origin) AS INTEGER[])"},
    {"sequence", "(bigint, bigint, bigint) -> array<bigint!>",
     "spark.sequence($1, $2, $3, $origin)"},
    {"sequence", "(int, int, int) -> array<int!>",
     "CAST(spark.sequence(CAST($1 AS BIGINT), CAST($2 AS BIGINT), CAST($3 AS BIGINT), $origin) AS "
     "INTEGER[])"},
    {"sequence", "(date, date) -> array<date!>",
     "CAST(generate_series($1, $2, to_days(CASE WHEN $1 <= $2 THEN 1 ELSE -1 END)) AS DATE[])"},
    {"sequence", "(date, date, I:interval) -> array<date!>",
     "CAST(generate_series($1, $2, $3) AS DATE[])"},
    {"sequence", "(timestamp_ltz, timestamp_ltz, I:interval) -> array<timestamp_ltz!>",
     "generate_series($1, $2, $3)"},
    {"arrays_zip", "(array<A>) -> @zip", "CAST(list_zip($*) AS $into)"},
    {"arrays_zip", "(array<A>, array<B>) -> @zip",
     "CASE WHEN $1 IS NOT NULL AND $2 IS NOT NULL THEN CAST(list_zip($*) AS $into) END"},
    {"arrays_zip", "(array<A>, array<B>, array<C>) -> @zip",
     "CASE WHEN $1 IS NOT NULL AND $2 IS NOT NULL AND $3 IS NOT NULL THEN CAST(list_zip($*) AS "
     "$into) END"},
    {"arrays_zip", "(array<A>, array<B>, array<C>, array<D>) -> @zip",
     "CASE WHEN $1 IS NOT NULL AND $2 IS NOT NULL AND $3 IS NOT NULL AND $4 IS NOT NULL THEN "
     "CAST(list_zip($*) AS $into) END"},
    {"arrays_zip", "(array<A>, array<B>, array<C>, array<D>, array<E>) -> @zip",
     "CASE WHEN $1 IS NOT NULL AND $2 IS NOT NULL AND $3 IS NOT NULL AND $4 IS NOT NULL AND $5 IS "
     "NOT NULL THEN CAST(list_zip($*) AS $into) END"},
    {"arrays_zip", "(array<A>, array<B>, array<C>, array<D>, array<E>, array<F>) -> @zip",
     "CASE WHEN $1 IS NOT NULL AND $2 IS NOT NULL AND $3 IS NOT NULL AND $4 IS NOT NULL AND $5 IS "
     "NOT NULL AND $6 IS NOT NULL THEN CAST(list_zip($*) AS $into) END"},
    {"arrays_zip", "(array<A>, array<B>, array<C>, array<D>, array<E>, array<F>, array<G>) -> @zip",
     "CASE WHEN $1 IS NOT NULL AND $2 IS NOT NULL AND $3 IS NOT NULL AND $4 IS NOT NULL AND $5 IS "
     "NOT NULL AND $6 IS NOT NULL AND $7 IS NOT NULL THEN CAST(list_zip($*) AS $into) END"},
    {"arrays_zip",
     "(array<A>, array<B>, array<C>, array<D>, array<E>, array<F>, array<G>, array<H>) -> @zip",
     "CASE WHEN $1 IS NOT NULL AND $2 IS NOT NULL AND $3 IS NOT NULL AND $4 IS NOT NULL AND $5 IS "
     "NOT NULL AND $6 IS NOT NULL AND $7 IS NOT NULL AND $8 IS NOT NULL THEN CAST(list_zip($*) AS "
     "$into) END"},
    {"get", "(array<T>, int) -> T", "CASE WHEN $2 >= 0 THEN list_extract($1, $2 + 1) END",
     FunctionKind::kScalar, Nullability::kAlways},
    {"shuffle", "(array<T>) -> @arrays",
     "list_transform(list_sort(list_transform($1, lambda $item: struct_pack(r := random(), v := "
     "$item))), lambda $item: struct_extract($item, 'v'))",
     FunctionKind::kScalar, Nullability::kAnyArgument, false},
    {"reverse", "(binary) -> binary", "unhex(spark.reversed_hex(hex($1)))"},
    {"map_keys", "(map<K, V>) -> array<K>", "map_keys"},
    {"map_values", "(map<K, V>) -> array<V>", "map_values"},
    {"map_entries", "(map<K, V>) -> array<row(key K!, value V)!>", "map_entries"},
    {"map_from_entries", "(array<row(key K, value V)>) -> map<K, V>", "map_from_entries"},
    {"map_from_arrays", "(array<K>, array<V>) -> map<K, V>",
     "spark.map_from_arrays($1, $2, $origin)"},
    {"map_contains_key", "(map<K, V>, K) -> boolean", "list_contains(map_keys($1), $2)",
     FunctionKind::kScalar, Nullability::kAlways},
    {"map_concat", "(map<K, V>...) -> @maps", "spark.map_concat($*)"},
    {"str_to_map", "(string) -> map<string, string>", "spark.str_to_map($1, ',', ':', $origin)"},
    {"str_to_map", "(string, string) -> map<string, string>",
     "spark.str_to_map($1, $2, ':', $origin)"},
    {"str_to_map", "(string, string, string) -> map<string, string>",
     "spark.str_to_map($1, $2, $3, $origin)"},
};

}  // namespace

FunctionRows SparkCollections() { return kRows; }

}  // namespace owlet::plan
