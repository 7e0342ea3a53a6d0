#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "core/plan/relation.h"
#include "core/plan/types.h"
#include "core/scan/record_decoder.h"

namespace owlet::engine {

/// Makes decoders of lines by Hive's RegexSerDe: the groups of a regular expression, which must
/// match a whole line, are the columns in order; a line that it does not match is a row of NULLs.
/// Group texts become values as LazySimpleSerDe's do. `fields` of `schema` are read. Errors:
/// kExecutionError HIVE_SERDE_... for an expression that is none or has fewer groups than columns.
[[nodiscard]] Result<std::function<std::unique_ptr<scan::RecordDecoder>()>> MakeRegexDecoder(
    const plan::Schema& schema, const std::vector<std::size_t>& fields,
    const plan::Options& options);

}  // namespace owlet::engine
