#pragma once

#include <cstddef>
#include <string_view>

#include "base/result.h"
#include "protocol/common/schema.h"
#include "protocol/common/validation.h"

namespace owlet::protocol {

/// Reads a JSON request body into the struct that `shape` describes, checking its constraints on
/// the way into `validation`. Unknown members are ignored and null means absent, as the services
/// have it. An empty body is an empty object.
///
/// Errors: kMalformedRequest with the condition "SerializationException" for what is no JSON, nests
/// deeper than `max_depth` or has a value of another type than its member.
[[nodiscard]] Status ReadJson(const Shape& shape, std::string_view body, std::size_t max_depth,
                              Validation& validation, void* object);

}  // namespace owlet::protocol
