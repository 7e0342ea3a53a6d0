#include "core/plan/functions/tables.h"

// Spark's records as text, conversions with a format, intervals from their parts, bitmaps.

namespace owlet::plan {

namespace {

constexpr auto kScalar = FunctionKind::kScalar;
constexpr auto kAlways = Nullability::kAlways;

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
    {"collation", "(string) -> string", "'SYSTEM.BUILTIN.UTF8_BINARY'", kScalar,
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
    {"randn", "(bigint) -> double", "(sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()))",
     kScalar, Nullability::kNever, false},
};

}  // namespace

FunctionRows SparkConversions() { return kRows; }

}  // namespace owlet::plan
