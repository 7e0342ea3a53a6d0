#pragma once

namespace duckdb {
class ClientContext;
}

namespace owlet::engine {

/// Makes the table function `owlet_text(leaf)`: core/scan's readers of JSON, CSV and lines of text
/// over the files of a statement's ScanLeaf by its number. Columns are f0, f1 ... for file_schema
/// ++ partition_schema; only those that the statement needs are read, by all threads at once, rows
/// in the order of the files.
void RegisterTextScan(duckdb::ClientContext& context);

}  // namespace owlet::engine
