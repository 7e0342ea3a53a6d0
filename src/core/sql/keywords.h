#pragma once

#include <string_view>

// Words that cannot be what their place allows, per dialect. Upper case.

namespace owlet::sql {

/// Trino: words that are never identifiers without quotes.
[[nodiscard]] bool IsTrinoReserved(std::string_view word);

/// Spark: words that cannot name a table without AS and backquotes.
[[nodiscard]] bool IsSparkStrict(std::string_view word);

/// Spark takes every word as a name; these are one only where nothing else is possible, since they
/// begin the next clause or go on with the expression.
[[nodiscard]] bool IsSparkClauseWord(std::string_view word);

/// Hive: words that are not column or table names without backquotes.
[[nodiscard]] bool IsHiveReserved(std::string_view word);

}  // namespace owlet::sql
