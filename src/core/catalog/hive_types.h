#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "core/plan/types.h"

namespace owlet::catalog {

/// Reads a Hive type as it stands in the catalog and in Hive DDL: "bigint", "decimal(10,2)",
/// "struct<a:int,b:array<string>>", without case; Spark's and Presto's spellings that reach the
/// catalog ("integer", "long", "uniontype" not) are taken too. `timestamp` is a timestamp without a
/// zone of precision 3, as Athena reads it. Errors: kInvalidArgument naming the text.
[[nodiscard]] Result<plan::Type> ParseHiveType(std::string_view text);

/// The type's Hive text for the catalog, or kInvalidArgument for one that Hive does not have
/// (time, intervals, timestamp with time zone ...).
[[nodiscard]] Result<std::string> FormatHiveType(const plan::Type& type);

/// The type's text as Athena shows it in DDL output of a Trino type: "varchar(10)" stays,
/// unbounded varchar becomes "string", varbinary "binary".
[[nodiscard]] std::string CanonicalHiveType(std::string_view text);

}  // namespace owlet::catalog
