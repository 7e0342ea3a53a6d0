#pragma once

#include <string_view>

namespace owlet::plan {

/// All overloads of a function as Trino's FUNCTION_NOT_FOUND lists them ("concat(char(x), char(y)),
/// concat(varbinary)"); "" for a name that Trino does not have.
[[nodiscard]] std::string_view TrinoSignatureList(std::string_view name);

}  // namespace owlet::plan
