#include "core/plan/functions/tables.h"

// Spark's records as text, conversions with a format, intervals from their parts, bitmaps.

namespace owlet::plan {

namespace {

constexpr auto kScalar = FunctionKind::kScalar;
constexpr auto kAlways = Nullability::kAlways;

#define OWLET_SIGN_OF_INTERVAL                                                              \
  "CASE WHEN $1 < to_microseconds(0) THEN CAST(-1 AS DOUBLE) WHEN $1 > to_microseconds(0) " \
  "THEN CAST(1 AS DOUBLE) WHEN $1 IS NOT NULL THEN CAST(0 AS DOUBLE) END"
#define OWLET_MONTHS(n) \
  "CAST(date_part('year', $" n ") * 12 + date_part('month', $" n ") AS DOUBLE)"
#define OWLET_MICROS(n) "CAST(epoch_us(TIMESTAMP '1970-01-01' + $" n ") AS DOUBLE)"

constexpr FunctionEntry kRows[] = {
    // The schema stands in the second argument as a NULL of its type (core/sql: schema_argument).
    {"from_json", "(string, T) -> T", "spark.from_json($1, $json, $zone, $origin, $result)",
     kScalar, kAlways},
    {"from_json", "(string, T, map<string, string>) -> T",
     "spark.from_json($1, $json, $zone, $origin, $result, $3)", kScalar, kAlways},
    {"from_csv", "(string, T) -> T", "spark.from_csv($1, $json, $zone, $origin, $result)", kScalar,
     Nullability::kFirstArgument},
    {"from_csv", "(string, T, map<string, string>) -> T",
     "spark.from_csv($1, $json, $zone, $origin, $result, $3)", kScalar,
     Nullability::kFirstArgument},
    {"to_json", "(T:nested) -> string", "spark.to_json($1, $json1, $zone, $origin, NULL)", kScalar,
     kAlways},
    {"to_json", "(T:nested, map<string, string>) -> string",
     "spark.to_json($1, $json1, $zone, $origin, NULL, $2)", kScalar, kAlways},
    {"to_csv", "(T:nested) -> string", "spark.to_csv($1, $json1, $zone, $origin, NULL)", kScalar,
     kAlways},
    {"to_csv", "(T:nested, map<string, string>) -> string",
     "spark.to_csv($1, $json1, $zone, $origin, NULL, $2)", kScalar, kAlways},
    {"json_tuple.field", "(string, string) -> string", "spark.get_json_object($1, '$$.' || $2)",
     kScalar, kAlways},

    {"to_number", "(string, string) -> @number_format",
     "spark.to_number($1, $2, $result, false, $origin)"},
    {"try_to_number", "(string, string) -> @number_format",
     "spark.to_number($1, $2, $result, true, $origin)", kScalar, kAlways},
    {"to_char", "(decimal(p,s), string) -> string", "spark.number_to_char"},
    {"to_varchar", "(decimal(p,s), string) -> string", "spark.number_to_char"},
    {"to_char", "(double, string) -> string",
     "spark.number_to_char(CAST($1 AS DECIMAL(30,15)), $2)", kScalar, kAlways},
    {"to_varchar", "(double, string) -> string",
     "spark.number_to_char(CAST($1 AS DECIMAL(30,15)), $2)", kScalar, kAlways},
    {"is_valid_utf8", "(string) -> boolean", "($1 IS NOT NULL OR $1 IS NULL AND NULL)", kScalar,
     kAlways},
    {"is_valid_utf8", "(binary) -> boolean", "spark.is_valid_utf8", kScalar, kAlways},
    {"make_valid_utf8", "(string) -> string", "$1", kScalar, kAlways},
    {"make_valid_utf8", "(binary) -> string", "spark.make_valid_utf8", kScalar, kAlways},
    {"validate_utf8", "(string) -> string", "$1", kScalar, kAlways},
    {"validate_utf8", "(binary) -> string", "spark.validate_utf8($1, false, $origin)", kScalar,
     kAlways},
    {"try_validate_utf8", "(string) -> string", "$1", kScalar, kAlways},
    {"try_validate_utf8", "(binary) -> string", "spark.validate_utf8($1, true, $origin)", kScalar,
     kAlways},
    {"to_base32", "(binary) -> string", "spark.to_base32"},
    {"to_base32", "(string) -> string", "spark.to_base32(encode($1))"},
    {"from_base32", "(string) -> binary", "spark.from_base32"},
    {"jaro_winkler_similarity", "(string, string) -> double", "jaro_winkler_similarity", kScalar,
     kAlways},
    {"sentences", "(string) -> array<array<string!>!>", "spark.sentences($1)", kScalar, kAlways},
    {"sentences", "(string, string) -> array<array<string!>!>", "spark.sentences($1)", kScalar,
     kAlways},
    {"sentences", "(string, string, string) -> array<array<string!>!>", "spark.sentences($1)",
     kScalar, kAlways},
    {"schema_of_json", "(string) -> string", "spark.schema_of_json($1, $zone)", kScalar,
     Nullability::kNever},

    {"make_interval", "() -> interval_calendar",
     "spark.make_interval(0, 0, 0, 0, 0, 0, 0, $origin)"},
    {"make_interval", "(int) -> interval_calendar",
     "spark.make_interval($*, 0, 0, 0, 0, 0, 0, $origin)"},
    {"make_interval", "(int, int) -> interval_calendar",
     "spark.make_interval($*, 0, 0, 0, 0, 0, $origin)"},
    {"make_interval", "(int, int, int) -> interval_calendar",
     "spark.make_interval($*, 0, 0, 0, 0, $origin)"},
    {"make_interval", "(int, int, int, int) -> interval_calendar",
     "spark.make_interval($*, 0, 0, 0, $origin)"},
    {"make_interval", "(int, int, int, int, int) -> interval_calendar",
     "spark.make_interval($*, 0, 0, $origin)"},
    {"make_interval", "(int, int, int, int, int, int) -> interval_calendar",
     "spark.make_interval($*, 0, $origin)"},
    {"make_interval", "(int, int, int, int, int, int, decimal(18,6)) -> interval_calendar",
     "spark.make_interval($*, $origin)"},
    {"try_make_interval", "(int) -> interval_calendar",
     "TRY(spark.make_interval($*, 0, 0, 0, 0, 0, 0, $origin))", kScalar, kAlways},
    {"try_make_interval", "(int, int) -> interval_calendar",
     "TRY(spark.make_interval($*, 0, 0, 0, 0, 0, $origin))", kScalar, kAlways},
    {"try_make_interval", "(int, int, int) -> interval_calendar",
     "TRY(spark.make_interval($*, 0, 0, 0, 0, $origin))", kScalar, kAlways},
    {"try_make_interval", "(int, int, int, int) -> interval_calendar",
     "TRY(spark.make_interval($*, 0, 0, 0, $origin))", kScalar, kAlways},
    {"try_make_interval", "(int, int, int, int, int) -> interval_calendar",
     "TRY(spark.make_interval($*, 0, 0, $origin))", kScalar, kAlways},
    {"try_make_interval", "(int, int, int, int, int, int) -> interval_calendar",
     "TRY(spark.make_interval($*, 0, $origin))", kScalar, kAlways},
    {"try_make_interval", "(int, int, int, int, int, int, decimal(18,6)) -> interval_calendar",
     "TRY(spark.make_interval($*, $origin))", kScalar, kAlways},
    {"abs", "(I:interval) -> I", "CASE WHEN $1 < to_microseconds(0) THEN -$1 ELSE $1 END"},
    {"sign", "(interval_ym) -> double", OWLET_SIGN_OF_INTERVAL, kScalar, kAlways},
    {"sign", "(interval_dt) -> double", OWLET_SIGN_OF_INTERVAL, kScalar, kAlways},
    {"signum", "(interval_ym) -> double", OWLET_SIGN_OF_INTERVAL, kScalar, kAlways},
    {"signum", "(interval_dt) -> double", OWLET_SIGN_OF_INTERVAL, kScalar, kAlways},
    {"width_bucket", "(interval_ym, interval_ym, interval_ym, bigint) -> bigint",
     "spark.width_bucket(" OWLET_MONTHS("1") ", " OWLET_MONTHS("2") ", " OWLET_MONTHS("3") ", $4)",
     kScalar, kAlways},
    {"width_bucket", "(interval_dt, interval_dt, interval_dt, bigint) -> bigint",
     "spark.width_bucket(" OWLET_MICROS("1") ", " OWLET_MICROS("2") ", " OWLET_MICROS("3") ", $4)",
     kScalar, kAlways},

    {"bitmap_count", "(binary) -> bigint", "spark.bitmap_count"},
    {"bitmap_construct_agg", "(bigint) -> binary", "spark.bitmap_of({list(CAST($1 AS VARCHAR))})",
     FunctionKind::kAggregate, Nullability::kNever},
    {"bitmap_or_agg", "(binary) -> binary", "spark.bitmap_or({list($1)})", FunctionKind::kAggregate,
     Nullability::kNever},
    {"bitmap_and_agg", "(binary) -> binary", "spark.bitmap_and({list($1)})",
     FunctionKind::kAggregate, Nullability::kNever},
    {"freq_items", "(T, double) -> array<T>",
     "list_extract(list_transform([{histogram($1)}], lambda $item: "
     "map_keys(map_from_entries(list_filter(map_entries($item), lambda $other: "
     "cardinality($item) <= 1.0 / $2 OR struct_extract($other, 'value') > $2 * "
     "list_sum(map_values($item)))))), 1)",
     FunctionKind::kAggregate, kAlways},
    {"distributed_sequence_id", "() -> bigint", "(row_number() OVER () - 1)", kScalar,
     Nullability::kNever, false},

    {"make_dt_interval", "() -> interval_dt", "to_microseconds(0)"},
    {"make_dt_interval", "(int) -> interval_dt",
     "to_microseconds(CAST($1 AS BIGINT) * 86400000000)"},
    {"make_dt_interval", "(int, int) -> interval_dt",
     "to_microseconds(CAST($1 AS BIGINT) * 86400000000 + CAST($2 AS BIGINT) * 3600000000)"},
    {"make_dt_interval", "(int, int, int) -> interval_dt",
     "to_microseconds(CAST($1 AS BIGINT) * 86400000000 + CAST($2 AS BIGINT) * 3600000000 + CAST($3 "
     "AS BIGINT) * 60000000)"},
    {"make_dt_interval", "(int, int, int, decimal(18,6)) -> interval_dt",
     "to_microseconds(CAST($1 AS BIGINT) * 86400000000 + CAST($2 AS BIGINT) * 3600000000 + CAST($3 "
     "AS BIGINT) * 60000000 + CAST($4 * 1000000 AS BIGINT))"},
    {"make_ym_interval", "() -> interval_ym", "to_months(0)"},
    {"make_ym_interval", "(int) -> interval_ym", "to_months($1 * 12)"},
    {"make_ym_interval", "(int, int) -> interval_ym", "to_months($1 * 12 + $2)"},

    {"to_binary", "(string, string) -> binary", "spark.to_binary($1, $2, false, $origin)", kScalar,
     kAlways},
    {"try_to_binary", "(string) -> binary", "spark.to_binary($1, 'hex', true, $origin)", kScalar,
     kAlways},
    {"try_to_binary", "(string, string) -> binary", "spark.to_binary($1, $2, true, $origin)",
     kScalar, kAlways},
    {"to_char", "(timestamp_ltz, string) -> string",
     "spark.format_datetime(spark.local($1, $zone), $2, $zone, $1, $origin)"},
    {"to_varchar", "(timestamp_ltz, string) -> string",
     "spark.format_datetime(spark.local($1, $zone), $2, $zone, $1, $origin)"},
    {"to_char", "(binary, string) -> string", "spark.binary_to_char($1, $2)"},
    {"to_varchar", "(binary, string) -> string", "spark.binary_to_char($1, $2)"},
    {"try_url_decode", "(string) -> string", "TRY(spark.url_decode($1))", kScalar, kAlways},
    {"try_parse_url", "(string, string) -> string", "TRY(spark.parse_url($1, $2, $origin))",
     kScalar, kAlways},
    {"try_parse_url", "(string, string, string) -> string", "TRY(spark.parse_url_query($*))",
     kScalar, kAlways},
    {"luhn_check", "(string) -> boolean", "spark.luhn_check", kScalar, kAlways},
    {"collation", "(string) -> string", "('SYSTEM.BUILTIN.UTF8_BINARY')", kScalar,
     Nullability::kNever},

    {"bitmap_bit_position", "(bigint) -> bigint",
     "CASE WHEN $1 > 0 THEN ($1 - 1) % 32768 ELSE (-$1) % 32768 END"},
    {"bitmap_bucket_number", "(bigint) -> bigint",
     "CASE WHEN $1 > 0 THEN 1 + ($1 - 1) // 32768 ELSE -((-$1) // 32768) END"},

    {"window.tumble",
     "(timestamp_ltz, bigint, bigint) -> row(start timestamp_ltz, end timestamp_ltz)",
     "CAST(row(make_timestamp(spark.floor_to(epoch_us($1), $2, $3)), "
     "make_timestamp(spark.floor_to(epoch_us($1), $2, $3) + $2)) AS $into)"},
    {"window.slide",
     "(timestamp_ltz, bigint, bigint, bigint) -> array<row(start timestamp_ltz, end "
     "timestamp_ltz)!>",
     "list_filter(list_transform(range(0, CAST(ceil($2 / $3) AS BIGINT)), lambda $item: "
     "CAST(row(make_timestamp(spark.floor_to(epoch_us($1), $3, $4) - $item * $3), "
     "make_timestamp(spark.floor_to(epoch_us($1), $3, $4) - $item * $3 + $2)) AS $intoelement)), "
     "lambda $item: struct_extract($item, 'end') > $1)"},
    {"window.instant", "(timestamp_ltz, bigint) -> timestamp_ltz", "($1 + to_microseconds($2))"},
    {"window.tumble",
     "(timestamp_ntz, bigint, bigint) -> row(start timestamp_ntz, end timestamp_ntz)",
     "CAST(row(make_timestamp(spark.floor_to(epoch_us($1), $2, $3)), "
     "make_timestamp(spark.floor_to(epoch_us($1), $2, $3) + $2)) AS $into)"},
    {"window.slide",
     "(timestamp_ntz, bigint, bigint, bigint) -> array<row(start timestamp_ntz, end "
     "timestamp_ntz)!>",
     "list_filter(list_transform(range(0, CAST(ceil($2 / $3) AS BIGINT)), lambda $item: "
     "CAST(row(make_timestamp(spark.floor_to(epoch_us($1), $3, $4) - $item * $3), "
     "make_timestamp(spark.floor_to(epoch_us($1), $3, $4) - $item * $3 + $2)) AS $intoelement)), "
     "lambda $item: struct_extract($item, 'end') > $1)"},
    {"window.instant", "(timestamp_ntz, bigint) -> timestamp_ntz", "($1 + to_microseconds($2))"},
    {"window_time", "(row(start timestamp_ltz, end timestamp_ltz)) -> timestamp_ltz",
     "(struct_extract($1, 'end') - to_microseconds(1))", kScalar, kAlways},

    {"instr", "(string, string, int) -> int", "spark.instr($1, $2, $3, 1)"},
    {"instr", "(string, string, int, int) -> int", "spark.instr"},
    {"levenshtein", "(string, string, int) -> int",
     "CASE WHEN levenshtein($1, $2) <= $3 THEN CAST(levenshtein($1, $2) AS INTEGER) ELSE -1 END"},
    {"regexp_instr", "(string, string, int) -> int",
     "CAST(spark.regexp_position($1, $2, $origin) AS INTEGER)"},
    {"to_timestamp_ntz", "(string, string) -> timestamp_ntz",
     "spark.parse_datetime($1, $2, 'UTC', 'timestamp', $origin)", kScalar, kAlways},
    {"try_to_date", "(string) -> date",
     "CAST(spark.local(spark.text_to_timestamp($1, $zone), $zone) AS DATE)", kScalar, kAlways},
    {"try_to_date", "(timestamp_ltz) -> date", "CAST(spark.local($1, $zone) AS DATE)", kScalar,
     kAlways},
    {"unix_nanos", "(timestamp_ltz) -> decimal(21,0)",
     "CAST(CAST(epoch_us($1) AS HUGEINT) * 1000 AS DECIMAL(21,0))"},
    {"convert_timezone", "(string, timestamp_ntz) -> timestamp_ntz",
     "spark.local(spark.utc($2, $zone), $1)"},
    {"make_timestamp", "(int, int, int, int, int, double, string) -> timestamp_ltz",
     "spark.utc(make_timestamp($1, $2, $3, $4, $5, $6), $7)", kScalar, kAlways},
    {"make_timestamp_ltz", "(int, int, int, int, int, double, string) -> timestamp_ltz",
     "spark.utc(make_timestamp($1, $2, $3, $4, $5, $6), $7)", kScalar, kAlways},
    {"try_make_timestamp", "(int, int, int, int, int, double) -> timestamp_ltz",
     "TRY(spark.utc(make_timestamp($1, $2, $3, $4, $5, $6), $zone))", kScalar, kAlways},
    {"try_make_timestamp", "(int, int, int, int, int, double, string) -> timestamp_ltz",
     "TRY(spark.utc(make_timestamp($1, $2, $3, $4, $5, $6), $7))", kScalar, kAlways},
    {"try_make_timestamp_ltz", "(int, int, int, int, int, double) -> timestamp_ltz",
     "TRY(spark.utc(make_timestamp($1, $2, $3, $4, $5, $6), $zone))", kScalar, kAlways},
    {"try_make_timestamp_ltz", "(int, int, int, int, int, double, string) -> timestamp_ltz",
     "TRY(spark.utc(make_timestamp($1, $2, $3, $4, $5, $6), $7))", kScalar, kAlways},
    {"try_make_timestamp_ntz", "(int, int, int, int, int, double) -> timestamp_ntz",
     "TRY(make_timestamp($*))", kScalar, kAlways},
    {"mask", "(string, string) -> string", "spark.mask_with($1, $2, 'x', 'n', NULL)", kScalar,
     kAlways},
    {"mask", "(string, string, string) -> string", "spark.mask_with($1, $2, $3, 'n', NULL)",
     kScalar, kAlways},
    {"mask", "(string, string, string, string) -> string", "spark.mask_with($1, $2, $3, $4, NULL)",
     kScalar, kAlways},
    {"mask", "(string, string, string, string, string) -> string", "spark.mask_with($*)", kScalar,
     kAlways},
    {"regexp_replace", "(string, string, string, int) -> string",
     "CASE WHEN $4 <= 1 THEN spark.regexp_replace($1, $2, $3, $origin) ELSE left($1, $4 - 1) || "
     "spark.regexp_replace(substr($1, $4), $2, $3, $origin) END"},
    {"max_by", "(T, O:orderable, int) -> array<T>", "arg_max($1, $2, $3)", FunctionKind::kAggregate,
     kAlways},
    {"min_by", "(T, O:orderable, int) -> array<T>", "arg_min($1, $2, $3)", FunctionKind::kAggregate,
     kAlways},
    {"randn", "(bigint) -> double", "spark.randn", kScalar, Nullability::kNever, false},
};

#undef OWLET_SIGN_OF_INTERVAL
#undef OWLET_MONTHS
#undef OWLET_MICROS

}  // namespace

FunctionRows SparkConversions() { return kRows; }

}  // namespace owlet::plan
