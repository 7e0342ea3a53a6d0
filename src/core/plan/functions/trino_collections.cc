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
     "CASE WHEN $2 IS NOT NULL THEN CAST(coalesce(list_position($1, $2), 0) AS BIGINT) END"},
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
    {"array_join", "(array<real>, string) -> string",
     "array_to_string(list_filter(list_transform($1, lambda x: trino.shown_float(x)), lambda x: "
     "x IS NOT NULL), $2)"},
    {"array_join", "(array<double>, string) -> string",
     "array_to_string(list_filter(list_transform($1, lambda x: trino.shown_float(x)), lambda x: "
     "x IS NOT NULL), $2)"},
    {"array_join", "(array<double>, string, string) -> string",
     "array_to_string(list_transform($1, lambda x: coalesce(trino.shown_float(x), $3)), $2)"},
    {"array_union", "(array<T>, array<T>) -> array<T>",
     "spark.array_distinct(list_concat($1, $2))"},
    {"array_intersect", "(array<T>, array<T>) -> array<T>", "spark.array_intersect"},
    {"array_except", "(array<T>, array<T>) -> array<T>", "spark.array_except"},
    {"arrays_overlap", "(array<T>, array<T>) -> boolean", "spark.arrays_overlap",
     FunctionKind::kScalar, Nullability::kAlways},
    {"array_remove", "(array<T>, T) -> array<T>",
     "CASE WHEN $2 IS NOT NULL THEN list_filter($1, lambda x: x IS NULL OR x <> $2) END"},
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
    {"any_match", "(array<T>, (T) -> boolean) -> boolean", "trino.any_true(list_transform($1, $2))",
     FunctionKind::kScalar, Nullability::kAlways},
    {"all_match", "(array<T>, (T) -> boolean) -> boolean",
     "(NOT trino.any_true(list_transform($1, lambda $item: NOT $2($item))))", FunctionKind::kScalar,
     Nullability::kAlways},
    {"none_match", "(array<T>, (T) -> boolean) -> boolean",
     "(NOT trino.any_true(list_transform($1, $2)))", FunctionKind::kScalar, Nullability::kAlways},
    {"map", "() -> map<unknown, unknown>", "MAP {}", FunctionKind::kScalar, Nullability::kNever},
    {"map", "(array<K>, array<V>) -> map<K, V>", "trino.map_from_arrays($1, $2, $origin)"},
    {"map_keys", "(map<K, V>) -> array<K>", "map_keys"},
    {"map_values", "(map<K, V>) -> array<V>", "map_values"},
    {"map_concat", "(map<K, V>, map<K, V>...) -> map<K, V>", "trino.map_concat($*)"},
    // DuckDB folds values of the list's own type only: the state goes along in a struct.
    {"reduce", "(array<T>, S, (S, T) -> S, (S) -> R) -> R",
     "list_extract(list_transform([list_reduce(list_transform($1, lambda $item: struct_pack(s := "
     "CASE WHEN false THEN $2 END, x := $item)), lambda $item, $other: struct_pack(s := "
     "$3($item.s, $other.x), x := $other.x), struct_pack(s := $2, x := list_extract($1, 1))).s], "
     "$4), 1)",
     FunctionKind::kScalar, Nullability::kAlways},
    {"trim_array", "(array<T>, bigint) -> array<T>",
     "list_slice($1, 1, trino.trimmed_length(len($1), $2, $origin))"},
    {"zip", "(array<A>, array<B>) -> @zip",
     "CASE WHEN $1 IS NOT NULL AND $2 IS NOT NULL THEN CAST(list_zip($*) AS $into) END"},
    {"zip", "(array<A>, array<B>, array<C>) -> @zip",
     "CASE WHEN $1 IS NOT NULL AND $2 IS NOT NULL AND $3 IS NOT NULL THEN CAST(list_zip($*) AS "
     "$into) END"},
    {"zip", "(array<A>, array<B>, array<C>, array<D>) -> @zip",
     "CASE WHEN $1 IS NOT NULL AND $2 IS NOT NULL AND $3 IS NOT NULL AND $4 IS NOT NULL THEN "
     "CAST(list_zip($*) AS $into) END"},
    {"zip", "(array<A>, array<B>, array<C>, array<D>, array<E>) -> @zip",
     "CASE WHEN $1 IS NOT NULL AND $2 IS NOT NULL AND $3 IS NOT NULL AND $4 IS NOT NULL AND $5 IS "
     "NOT NULL THEN CAST(list_zip($*) AS $into) END"},
    {"zip_with", "(array<T>, array<U>, (T, U) -> R) -> array<R>",
     "list_transform(range(1, greatest(len($1), len($2)) + 1), lambda $item: "
     "$3(list_extract($1, $item), list_extract($2, $item)))"},
    {"array_sort", "(array<T>, (T, T) -> int) -> array<T>",
     "list_transform(list_sort(list_transform(range(1, len($1) + 1), lambda $item: struct_pack(r "
     ":= len(list_filter(range(1, len($1) + 1), lambda $other: "
     "trino.comparator($2(list_extract($1, $item), list_extract($1, $other)), $origin) > 0 OR "
     "($2(list_extract($1, $item), list_extract($1, $other)) = 0 AND $other < $item))), i := "
     "$item))), lambda $item: list_extract($1, $item.i))"},
    {"combinations", "(array<T>, int) -> array<array<T>>", "trino.combinations($1, $2, $origin)"},
    {"ngrams", "(array<T>, int) -> array<array<T>>",
     "list_transform(range(1, greatest(len($1) - trino.positive_n($2, $origin) + 1, 1) + 1), "
     "lambda $item: list_slice($1, $item, $item + $2 - 1))"},
    {"contains_sequence", "(array<T>, array<T>) -> boolean",
     "(len($2) = 0 OR len(list_filter(range(1, len($1) - len($2) + 2), lambda $item: "
     "list_slice($1, $item, $item + len($2) - 1) = $2)) > 0)"},
    {"shuffle", "(array<T>) -> array<T>",
     "list_transform(list_sort(list_transform($1, lambda $item: struct_pack(r := random(), v := "
     "$item))), lambda $item: $item.v)",
     FunctionKind::kScalar, Nullability::kAnyArgument, false},
    {"array_histogram", "(array<T>) -> map<T, bigint>", "trino.map_counting($1)"},
    {"map_entries", "(map<K, V>) -> array<row(K, V)>",
     "list_transform(map_entries($1), lambda $item: struct_pack(f0 := $item.key, f1 := "
     "$item.value))"},
    {"map_from_entries", "(array<row(K, V)>) -> map<K, V>", "trino.map_unique($1, $origin)"},
    {"multimap_from_entries", "(array<row(K, V)>) -> map<K, array<V>>",
     "trino.map_gathering($1, $origin)"},
    {"map_filter", "(map<K, V>, (K, V) -> boolean) -> map<K, V>",
     "CAST(map_from_entries(list_filter(map_entries($1), lambda $item: $2($item.key, "
     "$item.value))) AS $into)"},
    {"transform_keys", "(map<K, V>, (K, V) -> L) -> map<L, V>",
     "trino.map_unique(list_transform(map_entries($1), lambda $item: struct_pack(k := "
     "$2($item.key, $item.value), v := $item.value)), $origin)"},
    {"transform_values", "(map<K, V>, (K, V) -> W) -> map<K, W>",
     "CAST(map_from_entries(list_transform(map_entries($1), lambda $item: struct_pack(k := "
     "$item.key, v := $2($item.key, $item.value)))) AS $into)"},
    {"map_zip_with", "(map<K, V>, map<K, W>, (K, V, W) -> R) -> map<K, R>",
     "trino.map_unique(list_transform(list_concat(map_keys($1), list_filter(map_keys($2), lambda "
     "$item: NOT map_contains($1, $item))), lambda $item: struct_pack(k := $item, v := $3($item, "
     "map_extract_value($1, $item), map_extract_value($2, $item)))), $origin)"},
    {"split_to_multimap", "(string, string, string) -> map<string, array<string>>",
     "trino.map_gathering(list_transform(trino.split_entries($1, $2, $3, $origin), lambda $item: "
     "struct_pack(k := list_extract($item, 1), v := list_extract($item, 2))), $origin)"},
    {"dot_product", "(array<double>, array<double>) -> double",
     "list_inner_product(trino.same_length($1, $2, $origin), $2)"},
    {"euclidean_distance", "(array<double>, array<double>) -> double",
     "list_distance(trino.same_length($1, $2, $origin), $2)"},
    {"cosine_distance", "(array<double>, array<double>) -> double",
     "(1 - list_cosine_similarity(trino.same_length($1, $2, $origin), $2))"},
    {"cosine_similarity", "(array<double>, array<double>) -> double",
     "list_cosine_similarity(trino.same_length($1, $2, $origin), $2)"},
    {"cosine_similarity", "(map<string, double>, map<string, double>) -> double",
     "(coalesce(list_sum(list_transform(map_entries($1), lambda $item: $item.value * "
     "coalesce(map_extract_value($2, $item.key), 0))), 0) / sqrt(list_sum(list_transform("
     "map_values($1), lambda $item: $item * $item)) * list_sum(list_transform(map_values($2), "
     "lambda $item: $item * $item))))"},
};

}  // namespace

FunctionRows TrinoCollections() { return kRows; }

}  // namespace owlet::plan
