#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace owlet {

/// Every byte but RFC 3986's unreserved ones (A-Z a-z 0-9 - . _ ~) as %XX in capitals: the form
/// that SigV4 signs. With `keep_slash`, '/' stays, as in paths.
std::string PercentEncode(std::string_view text, bool keep_slash = false);

/// Undoes percent-encoding; with `plus_is_space` '+' is a space, as in queries and forms.
/// kMalformedRequest for a '%' that two hexadecimal digits do not follow.
[[nodiscard]] Result<std::string> PercentDecode(std::string_view text, bool plus_is_space = false);

}  // namespace owlet
