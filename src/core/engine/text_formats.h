#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/catalog/format_options.h"
#include "core/engine/file_listing.h"
#include "core/plan/resolved.h"
#include "core/plan/session.h"
#include "core/scan/byte_source.h"
#include "core/scan/column_filter.h"
#include "core/scan/text_scanner.h"

namespace owlet::engine {

using catalog::kSerDeOption;

/// What core/scan needs to read `files` of a source of format json, csv or text: its file_schema's
/// `fields`, in that order. `filters` are hints, one a field or none at all: they are used where
/// the source's own engine would use them. `columns` (null: none) is used for formats whose values
/// it can hold. kAnalysisError for options that are wrong.
[[nodiscard]] Result<scan::TextScan> MakeTextScan(const plan::TableSource& source,
                                                  const plan::SessionSettings& session,
                                                  const std::vector<std::size_t>& fields,
                                                  std::vector<scan::ColumnFilter> filters,
                                                  std::vector<scan::InputFile> files,
                                                  std::shared_ptr<scan::ColumnCache> columns);

/// The columns of files whose schema nobody gave. kCancelled after a stop request.
[[nodiscard]] Result<plan::Schema> InferTextSchema(const std::string& format,
                                                   const plan::Options& options,
                                                   const plan::SessionSettings& session,
                                                   const std::vector<scan::InputFile>& files,
                                                   int threads, const std::stop_token& stop,
                                                   scan::ColumnCache* columns);

}  // namespace owlet::engine
