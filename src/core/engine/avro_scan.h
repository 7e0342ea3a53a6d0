#pragma once

#include <string>

#include "base/result.h"
#include "core/catalog/format_options.h"
#include "core/plan/types.h"
#include "core/scan/byte_source.h"

namespace duckdb {
class ClientContext;
}

namespace owlet::engine {

using catalog::kAvroSchemaOption;

/// Makes the table function `owlet_avro(leaf)`, as owlet_text is for text: Avro files by
/// core/scan's reader, cut at their blocks into tasks that all threads share; only the columns that
/// the statement needs are decoded.
void RegisterAvroScan(duckdb::ClientContext& context);

/// The columns of one Avro file as Spark reads them.
[[nodiscard]] Result<plan::Schema> ReadAvroSchema(const scan::InputFile& file);

}  // namespace owlet::engine
