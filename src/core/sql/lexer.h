#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/sql/token.h"

namespace owlet::sql {

/// All tokens of a text, kEnd last. Comments are left out; Spark's hints stay as the symbols "/*+"
/// and "*/" with their words between. Characters that begin no token become kUnrecognized, for the
/// parser to complain of. Fails only for a comment without end (Spark), as Spark does before
/// parsing.
[[nodiscard]] Result<std::vector<Token>> Tokenize(std::string_view text, SqlDialect dialect);

/// The value of Trino's U&'..' with its escape character.
[[nodiscard]] Result<std::string> DecodeUnicodeString(std::string_view body, char escape,
                                                      const SourceSpan& span);

void AppendUtf8(std::string& out, char32_t code_point);

}  // namespace owlet::sql
