#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "protocol/spark_connect/plan_executor.h"

namespace owlet::spark_connect {

/// The files that a query reads, each once.
[[nodiscard]] Result<std::vector<std::string>> InputFiles(Services& services,
                                                          const ResolvedQuery& query,
                                                          const engine::ExecutionContext& context);

/// A text that two queries share when they compute the same from the same: the engine's statement
/// with the data that it begins with. Names of columns do not count.
[[nodiscard]] Result<std::string> Meaning(Services& services, const ResolvedQuery& query,
                                          const engine::ExecutionContext& context);

}  // namespace owlet::spark_connect
