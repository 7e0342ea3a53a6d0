#pragma once

namespace duckdb {
class ClientContext;
}

namespace owlet::engine {

/// Makes the table function `owlet_parquet(leaf)`: DuckDB's Parquet reader over the files of a
/// statement's ScanLeaf by its number. Columns are f0, f1 ... for file_schema ++ partition_schema,
/// found in each file by name without case, NULL where a file has none, cast to the schema's types;
/// files whose partition values fail a filter are not opened.
void RegisterParquetScan(duckdb::ClientContext& context);

}  // namespace owlet::engine
