#include "core/plan/functions/tables.h"

// Spark's functions over arrays and maps that take a lambda.

namespace owlet::plan {

namespace {

// The state and the element are of two types and list_reduce has one: each step is a pair of both.
#define OWLET_REDUCE                                                                            \
  "struct_extract(list_reduce(list_transform($1, lambda $item: struct_pack(s := $null2, x := "  \
  "$item)), lambda $item, $other: struct_pack(s := $3(struct_extract($item, 's'), "             \
  "struct_extract($other, 'x')), x := struct_extract($other, 'x')), struct_pack(s := $2, x := " \
  "$nullelement1)), 's')"

constexpr FunctionEntry kRows[] = {
    {"transform", "(array<T>, (T) -> U) -> array<U>", "list_transform"},
    {"transform", "(array<T>, (T, int) -> U) -> array<U>",
     "list_transform($1, lambda $item, $other: $2($item, CAST($other - 1 AS INTEGER)))"},
    {"filter", "(array<T>, (T) -> boolean) -> @first_array", "list_filter"},
    {"filter", "(array<T>, (T, int) -> boolean) -> @first_array",
     "list_filter($1, lambda $item, $other: $2($item, CAST($other - 1 AS INTEGER)))"},
    {"exists", "(array<T>, (T) -> boolean) -> boolean", "spark.any_true(list_transform($1, $2))"},
    {"any_match", "(array<T>, (T) -> boolean) -> boolean",
     "spark.any_true(list_transform($1, $2))"},
    {"forall", "(array<T>, (T) -> boolean) -> boolean",
     "(NOT spark.any_true(list_transform($1, lambda $item: NOT $2($item))))"},
    {"aggregate", "(array<T>, S, (S, T) -> S) -> S", OWLET_REDUCE, FunctionKind::kScalar,
     Nullability::kAlways},
    {"reduce", "(array<T>, S, (S, T) -> S) -> S", OWLET_REDUCE, FunctionKind::kScalar,
     Nullability::kAlways},
    {"aggregate", "(array<T>, S, (S, T) -> S, (S) -> R) -> R",
     "list_extract(list_transform([" OWLET_REDUCE "], $4), 1)", FunctionKind::kScalar,
     Nullability::kAlways},
    {"reduce", "(array<T>, S, (S, T) -> S, (S) -> R) -> R",
     "list_extract(list_transform([" OWLET_REDUCE "], $4), 1)", FunctionKind::kScalar,
     Nullability::kAlways},
    {"zip_with", "(array<T>, array<U>, (T, U) -> R) -> array<R>",
     "CASE WHEN $1 IS NOT NULL AND $2 IS NOT NULL THEN list_transform(list_zip($1, $2), lambda "
     "$item: $3($item[1], $item[2])) END"},
    // Each element's place: how many of the others the comparator puts in front of it.
    {"array_sort", "(array<T>, (T, T) -> int) -> @first_array",
     "list_transform(list_sort(list_transform(range(1, len($1) + 1), lambda $item: struct_pack(r "
     ":= len(list_filter(range(1, len($1) + 1), lambda $other: "
     "spark.comparator($2(list_extract($1, $item), list_extract($1, $other)), $origin) > 0 OR "
     "($2(list_extract($1, $item), list_extract($1, $other)) = 0 AND $other < $item))), i := "
     "$item))), lambda $item: list_extract($1, struct_extract($item, 'i')))"},
    {"map_filter", "(map<K, V>, (K, V) -> boolean) -> @maps",
     "CAST(map_from_entries(list_filter(map_entries($1), lambda $item: $2($item.key, "
     "$item.value))) AS $into)"},
    {"transform_values", "(map<K, V>, (K, V) -> W) -> map<K, W>",
     "CAST(map_from_entries(list_transform(map_entries($1), lambda $item: struct_pack(k := "
     "$item.key, v := $2($item.key, $item.value)))) AS $into)"},
    {"transform_keys", "(map<K, V>, (K, V) -> L) -> map<L, V>",
     "CAST(spark.map_from_arrays(list_transform(map_entries($1), lambda $item: $2($item.key, "
     "$item.value)), map_values($1), $origin) AS $into)"},
    {"map_zip_with", "(map<K, V>, map<K, W>, (K, V, W) -> R) -> map<K, R>",
     "CASE WHEN $1 IS NOT NULL AND $2 IS NOT NULL THEN "
     "CAST(map_from_entries(list_transform(list_concat(map_keys($1), list_filter(map_keys($2), "
     "lambda $item: NOT map_contains($1, $item))), lambda $item: struct_pack(k := $item, v := "
     "$3($item, map_extract_value($1, $item), map_extract_value($2, $item))))) AS $into) END"},
};

#undef OWLET_REDUCE

}  // namespace

FunctionRows SparkLambdas() { return kRows; }

}  // namespace owlet::plan
