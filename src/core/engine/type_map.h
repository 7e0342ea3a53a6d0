#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/plan/types.h"

// How DuckDB keeps the values of plan types: the one table that lowering, scans and results share.
//
//   boolean tinyint .. bigint real double date     DuckDB's own
//   decimal(p,s)                                   DECIMAL(p,s)
//   varchar, char, json, variant, ipaddress        VARCHAR (char padded)
//   varbinary, sketches                            BLOB
//   time(p)                                        TIME (microseconds)
//   timestamp(p), timestamp with local zone        TIMESTAMP: microseconds; the latter UTC
//   timestamp(p) with time zone                    STRUCT(instant TIMESTAMP, zone VARCHAR)
//   time(p) with time zone                         STRUCT(instant TIME, zone VARCHAR)
//   intervals                                      INTERVAL
//   array, map, row                                T[], MAP(K, V), STRUCT(...)
//   unknown                                        INTEGER: only NULLs
//   uuid                                           UUID

namespace owlet::engine {

/// The type as DuckDB's SQL writes it: "DECIMAL(10,2)", "STRUCT(\"a\" BIGINT)[]".
[[nodiscard]] std::string DuckDbTypeText(const plan::Type& type);

/// The names DuckDB has for a row's fields, in order: their own when none is empty and no two are
/// the same but for case; else f0, f1 ...
[[nodiscard]] std::vector<std::string> DuckDbFieldNames(const plan::Type& row);

/// "name" with the quotes of an SQL identifier; 'text' with those of a string literal.
[[nodiscard]] std::string QuoteIdentifier(std::string_view name);
[[nodiscard]] std::string QuoteText(std::string_view text);

}  // namespace owlet::engine
