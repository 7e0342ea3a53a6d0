#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "core/sql/token.h"

// How each real engine words an error of a text.

namespace owlet::sql {

/// "line 1:8: message", condition SYNTAX_ERROR unless another is named.
[[nodiscard]] Error MakeTrinoError(const SourceSpan& span, std::string_view message,
                                   std::string condition = "SYNTAX_ERROR");

/// "[CONDITION] message SQLSTATE: 42601", without a place.
[[nodiscard]] Error MakeSparkError(std::string_view condition, std::string_view sql_state,
                                   std::string_view message,
                                   std::vector<std::pair<std::string, std::string>> parameters);

/// The same with the place appended as Spark's parser does: "(line 1, pos 7)" and the text with the
/// place underlined.
[[nodiscard]] Error MakeSparkErrorAt(std::string_view text, const SourceSpan& span,
                                     std::string_view condition, std::string_view sql_state,
                                     std::string_view message,
                                     std::vector<std::pair<std::string, std::string>> parameters);

/// What stands in the way at `token`, where the words of `expected` (already in the form in which
/// the dialect lists them) would have been right.
[[nodiscard]] Error MakeUnexpectedToken(SqlDialect dialect, std::string_view text,
                                        const std::vector<Token>& tokens, std::size_t at,
                                        std::vector<std::string> expected);

/// A construct of the dialect that owlet does not have.
[[nodiscard]] Error MakeNotImplemented(const SourceSpan& span, std::string_view what);

}  // namespace owlet::sql
