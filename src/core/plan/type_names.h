#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "core/plan/types.h"

// How each dialect writes types. Pure functions, thread-safe. Parsing of SQL's type texts is
// core/sql's; here are only the forms that machines exchange.

namespace owlet::plan {

/// Trino's typeof() and protocol: "decimal(10,2)", "row(a bigint)", "timestamp(3) with time zone".
[[nodiscard]] std::string TrinoTypeName(const Type& type);
/// The same with the names of row fields quoted, as in Trino's protocol and error messages.
[[nodiscard]] std::string TrinoQuotedTypeName(const Type& type);

/// Spark's DataType.catalogString: "struct<a:int,b:array<string>>", "interval day to second".
[[nodiscard]] std::string SparkTypeName(const Type& type);
/// Spark's DataType.simpleString: as SparkTypeName, with at most 25 fields of a struct.
[[nodiscard]] std::string SparkSimpleString(const Type& type);
/// Spark's DataType.sql: "STRUCT<a: INT NOT NULL>", as error messages and DDL say it.
[[nodiscard]] std::string SparkSqlName(const Type& type);
/// Spark's StructType.toDDL: "a INT NOT NULL,b STRING COMMENT 'x'".
[[nodiscard]] std::string SparkSchemaDdl(const Schema& schema);
/// Spark's DataType.json, both ways; a schema is a struct. Errors: kInvalidArgument.
[[nodiscard]] std::string SparkTypeJson(const Type& type);
[[nodiscard]] std::string SparkSchemaJson(const Schema& schema);
[[nodiscard]] Result<Type> ParseSparkTypeJson(std::string_view json);
[[nodiscard]] Result<Schema> ParseSparkSchemaJson(std::string_view json);
/// Spark's StructType.treeString: what printSchema prints, down to `level` levels (0: all).
[[nodiscard]] std::string SparkTreeString(const Schema& schema, int level = 0);

/// The type of Athena's GetQueryResults ColumnInfo: "varchar", "decimal", "row", "timestamp".
[[nodiscard]] std::string AthenaColumnType(const Type& type);

/// The type in the language of function signatures (functions.h), which is also how types are told
/// to the engine's functions: "row(\"a\" bigint!)", "timestamp(6)", "timestamp_tz(3)",
/// "timestamp_ltz", "varchar(10)". A "!" behind a nested type says that it is never NULL.
[[nodiscard]] std::string SignatureTypeName(const Type& type);
/// Reads what SignatureTypeName writes. Errors: kInvalidArgument naming the text.
[[nodiscard]] Result<Type> ParseSignatureType(std::string_view text);

}  // namespace owlet::plan
