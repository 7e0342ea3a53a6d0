#pragma once

#include <vector>

#include "base/result.h"
#include "core/plan/types.h"
#include "core/scan/byte_source.h"
#include "core/scan/csv_options.h"

namespace owlet::scan {

/// Spark's CSVInferSchema: names from the first line (header, or _c0, _c1 ...), types from all
/// lines when `infer_schema` is set, else strings.
[[nodiscard]] Result<plan::Schema> InferCsvSchema(const std::vector<InputFile>& files,
                                                  const CsvOptions& options, bool case_sensitive,
                                                  int threads);

}  // namespace owlet::scan
