#pragma once

namespace duckdb {
class ClientContext;
}

namespace owlet::engine {

/// Makes the scalar function `owlet_hive_bucket(count, column, ...)`: the bucket of a row by Hive's
/// first bucketing version, as Trino and Athena write and read bucketed tables: boolean, integers,
/// real, double, varchar, date, timestamp, and arrays and maps of them. Binding fails for other
/// types.
void RegisterHiveBucket(duckdb::ClientContext& context);

}  // namespace owlet::engine
