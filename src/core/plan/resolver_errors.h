#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "core/plan/expression.h"
#include "core/plan/session.h"
#include "core/plan/types.h"

// The resolver's errors in the words of the dialects. Trino's and Athena's messages begin with
// "line 1:8: "; Spark's are a condition with parameters, whose template the protocol fills.

namespace owlet::plan {

using OriginPtr = std::shared_ptr<const Origin>;
using MessageParameters = std::vector<std::pair<std::string, std::string>>;

/// Trino's `condition` at the origin: "line L:C: text".
[[nodiscard]] std::unexpected<Error> TrinoError(std::string condition, const OriginPtr& origin,
                                                std::string_view text);

/// Spark's `condition` with the parameters of its template; `text` is what a log shows.
[[nodiscard]] std::unexpected<Error> SparkError(std::string condition, const OriginPtr& origin,
                                                MessageParameters parameters, std::string text);

/// The error with its place, where it has none yet: for errors that come from tables and parsers
/// that know no place. Trino's message gets its "line L:C: ".
[[nodiscard]] Error PlaceError(Error error, Dialect dialect, const OriginPtr& origin);

/// `a`.`b`: Spark's way to write a name in a message.
[[nodiscard]] std::string SparkName(const std::vector<std::string>& parts);

/// "text" in double quotes, as Spark writes expressions and types in messages.
[[nodiscard]] std::string SparkQuoted(std::string_view text);

/// Candidates for a name that is not there, nearest first, at most five, as Spark proposes them:
/// written with as many qualifiers as the name has.
[[nodiscard]] std::string SparkProposal(const std::vector<std::string>& name,
                                        const std::vector<std::vector<std::string>>& candidates);

/// Spark's error of a DataFrame method that takes names and finds none of that name.
[[nodiscard]] std::unexpected<Error> NotAmongFieldNames(const std::string& name,
                                                        const std::vector<std::string>& fields,
                                                        const OriginPtr& origin);

/// "Table does not exist" and friends of a table that the catalog does not have.
[[nodiscard]] std::unexpected<Error> TableNotFound(const std::vector<std::string>& name,
                                                   const SessionSettings& session,
                                                   const OriginPtr& origin);

}  // namespace owlet::plan
