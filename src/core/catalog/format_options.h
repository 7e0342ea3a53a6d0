#pragma once

#include <map>
#include <string>

#include "base/result.h"
#include "core/catalog/table_format.h"

namespace owlet::catalog {

/// Options of a table's reader and writer that no client gives: which SerDe of Hive it is
/// ("lazysimple", "opencsv", "openx", "hive-json", "avro", "regex").
inline constexpr const char* kSerDeOption = "owlet.serde";
/// The reader's schema of Avro files as JSON, by Spark's name of it.
inline constexpr const char* kAvroSchemaOption = "avroSchema";
/// RegexSerDe's properties, by its own names.
inline constexpr const char* kRegexOption = "input.regex";
inline constexpr const char* kRegexCaseOption = "input.regex.case.insensitive";

/// A table's format as the engine's name of it ("parquet", "csv" ...) and the options of its
/// readers and writers. kNotImplemented, naming the table, for a format that the engine has not.
[[nodiscard]] Status DescribeFormat(const TableFormat& format, const std::string& table_name,
                                    std::string& name, std::map<std::string, std::string>& options);

}  // namespace owlet::catalog
