#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "core/plan/types.h"

namespace owlet::catalog {

/// Reads a Hive type as it stands in the catalog and in Hive DDL: "bigint", "decimal(10,2)",
/// "struct<a:int,b:array<string>>", without case; "integer", "numeric" and "double precision" are
/// taken too. `timestamp` is a timestamp without a zone of precision 3, as Athena reads it (for
/// Spark it is an instant: its reader changes that). Errors: kInvalidArgument naming the text.
[[nodiscard]] Result<plan::Type> ParseHiveType(std::string_view text);

/// The type's Hive text for the catalog, or kInvalidArgument for one that Hive does not have
/// (time, intervals, timestamp with time zone ...).
[[nodiscard]] Result<std::string> FormatHiveType(const plan::Type& type);

/// The text as Hive keeps it: lower case but for field names, no blanks, "integer" as "int". A text
/// that is no Hive type comes back as it is.
[[nodiscard]] std::string CanonicalHiveType(std::string_view text);

}  // namespace owlet::catalog
