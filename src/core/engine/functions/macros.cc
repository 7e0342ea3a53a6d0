#include "core/engine/functions/macros.h"

#include <array>

namespace owlet::engine {

namespace {

// A macro's body finds functions through the search path of its caller: what DuckDB brings is in
// `main`, which is always on it; our own are qualified.
constexpr std::array kMacros = {
    // ---- Arrays. DuckDB's list_position finds NULL too; list_distinct neither keeps the order nor
    // NULLs.
    std::string_view("CREATE MACRO spark.get_item(a, i, o) AS list_extract(a, "
                     "spark.index_from_zero(len(a), i, o))"),
    std::string_view("CREATE MACRO spark.element_at(a, i, o) AS list_extract(a, "
                     "spark.index_from_one(len(a), i, o))"),
    std::string_view("CREATE MACRO trino.subscript(a, i, o) AS list_extract(a, "
                     "trino.checked_subscript(len(a), i, o))"),
    std::string_view("CREATE MACRO trino.element_at(a, i, o) AS list_extract(a, "
                     "trino.nonzero_subscript(i, o))"),
    std::string_view(
        "CREATE MACRO trino.subscript_map(m, k, o) AS CASE WHEN m IS NULL OR k IS NULL "
        "THEN NULL WHEN map_contains(m, k) THEN map_extract_value(m, k) ELSE "
        "map_extract_value(m, trino.missing_key(k, o)) END"),
    std::string_view(
        "CREATE MACRO spark.array_contains(a, v) AS CASE WHEN a IS NULL OR v IS NULL "
        "THEN NULL WHEN list_contains(a, v) THEN true WHEN len(a) > list_count(a) THEN "
        "NULL ELSE false END"),
    std::string_view(
        "CREATE MACRO spark.make_interval(y, mo, w, d, h, mi, s, o) AS "
        "to_months(spark.interval_part(y, 12, mo, o)) + to_days(spark.interval_part(w, 7, d, o)) + "
        "to_microseconds(CAST(h AS BIGINT) * 3600000000 + CAST(mi AS BIGINT) * 60000000 + "
        "CAST(s * 1000000 AS BIGINT))"),
    std::string_view("CREATE MACRO spark.floor_to(t, w, s) AS t - (((t - s) % w) + w) % w"),
    std::string_view("CREATE MACRO spark.any_true(l) AS CASE WHEN list_contains(l, true) THEN true "
                     "WHEN len(l) > list_count(l) THEN NULL WHEN l IS NULL THEN NULL ELSE false "
                     "END"),
    std::string_view("CREATE MACRO spark.array_distinct(a) AS list_filter(a, lambda x, i: "
                     "list_position(a, x) = i)"),
    std::string_view("CREATE MACRO spark.array_intersect(a, b) AS CASE WHEN b IS NULL THEN NULL "
                     "ELSE list_filter(a, lambda x, i: list_position(a, x) = i AND "
                     "list_position(b, x) IS NOT NULL) END"),
    std::string_view("CREATE MACRO spark.array_except(a, b) AS CASE WHEN b IS NULL THEN NULL ELSE "
                     "list_filter(a, lambda x, i: list_position(a, x) = i AND list_position(b, x) "
                     "IS NULL) END"),
    std::string_view(
        "CREATE MACRO spark.arrays_overlap(a, b) AS CASE WHEN a IS NULL OR b IS NULL "
        "THEN NULL WHEN list_has_any(a, b) THEN true WHEN len(a) > 0 AND len(b) > 0 AND "
        "(len(a) > list_count(a) OR len(b) > list_count(b)) THEN NULL ELSE false END"),
    std::string_view("CREATE MACRO spark.flatten(a) AS CASE WHEN len(a) > list_count(a) THEN NULL "
                     "ELSE flatten(a) END"),
    std::string_view("CREATE MACRO spark.slice(a, s, n, o) AS list_slice(a, "
                     "spark.slice_start(len(a), s, n, o), spark.slice_end(len(a), s, n, o))"),
    std::string_view("CREATE MACRO trino.slice(a, s, n, o) AS list_slice(a, "
                     "trino.slice_start(len(a), s, n, o), trino.slice_end(len(a), s, n, o))"),
    std::string_view("CREATE MACRO spark.array_insert(a, i, v) AS CASE WHEN a IS NULL OR i IS NULL "
                     "THEN NULL WHEN i > 0 THEN list_concat(list_concat(list_resize(a[1:i-1], "
                     "CAST(i - 1 AS BIGINT)), [v]), a[i:]) WHEN -i <= len(a) + 1 THEN "
                     "list_concat(list_concat(a[1:len(a)+i+1], [v]), a[len(a)+i+2:]) ELSE "
                     "list_concat(list_resize([v], CAST(-i - len(a) AS BIGINT)), a) END"),
    std::string_view("CREATE MACRO spark.sequence(a, b, s, o) AS generate_series(a, b, "
                     "spark.checked_step(a, b, s, o))"),
    std::string_view("CREATE MACRO trino.sequence(a, b, s, o) AS generate_series(a, b, "
                     "trino.checked_step(a, b, s, o))"),
    std::string_view("CREATE MACRO trino.all_or_null(a) AS CASE WHEN len(a) > list_count(a) THEN "
                     "NULL ELSE a END"),
    std::string_view("CREATE MACRO trino.any_true(a) AS CASE WHEN list_contains(a, true) THEN true "
                     "WHEN len(a) > list_count(a) THEN NULL WHEN a IS NOT NULL THEN false END"),
    std::string_view("CREATE MACRO trino.some_or_null(a) AS CASE WHEN len(a) > 0 THEN a END"),
    std::string_view("CREATE MACRO trino.same_length(a, b, o) AS CASE WHEN "
                     "trino.check_lengths(len(a), len(b), o) THEN a END"),
    // ---- Maps.
    std::string_view("CREATE MACRO spark.map_from_arrays(k, v, o) AS CASE WHEN k IS NULL OR v IS "
                     "NULL THEN NULL ELSE map(CASE WHEN spark.check_map(len(k), len(v), "
                     "len(list_distinct(k)), list_count(k), o) THEN k END, v) END"),
    std::string_view("CREATE MACRO trino.map_from_arrays(k, v, o) AS CASE WHEN k IS NOT NULL AND v "
                     "IS NOT NULL THEN trino.map_unique(list_zip(CASE WHEN trino.check_map(len(k), "
                     "len(v), len(k), len(k), o) THEN k END, v), o) END"),
    std::string_view("CREATE MACRO spark.map_concat(a) AS a, (a, b) AS map_concat(a, b), (a, b, c) "
                     "AS map_concat(a, b, c), (a, b, c, d) AS map_concat(a, b, c, d)"),
    std::string_view("CREATE MACRO trino.map_concat(a, b) AS map_concat(a, b), (a, b, c) AS "
                     "map_concat(a, b, c), (a, b, c, d) AS map_concat(a, b, c, d)"),
    // ---- Trino's instants with a zone.
    std::string_view("CREATE MACRO trino.zoned(t, z) AS CASE WHEN t IS NULL OR z IS NULL THEN NULL "
                     "ELSE struct_pack(instant := t, zone := z) END"),
    std::string_view("CREATE MACRO trino.from_iso8601_timestamp(t, z, o) AS "
                     "trino.zoned(trino.iso_instant(t, z, o), trino.iso_zone(t, z))"),
};

}  // namespace

std::span<const std::string_view> MacroStatements() { return kMacros; }

}  // namespace owlet::engine
