#pragma once

#include "base/result.h"
#include "net/uri.h"
#include "protocol/common/schema.h"
#include "protocol/common/validation.h"

namespace owlet::protocol {

/// Reads the parameters of a query-protocol request ("Tags.member.1.Key=a") into the struct that
/// `shape` describes. Unknown names are ignored.
///
/// Errors: kMalformedRequest with the condition "MalformedInput" for a value that is none of its
/// member's type or a name with too many parts.
[[nodiscard]] Status ReadForm(const Shape& shape, const net::QueryParameters& parameters,
                              Validation& validation, void* object);

}  // namespace owlet::protocol
