#pragma once

#include <cstddef>
#include <string_view>

#include "base/result.h"
#include "protocol/common/schema.h"
#include "protocol/common/validation.h"

namespace owlet::protocol {

/// Reads an XML body into the struct that `shape` describes. The root's name and all namespaces are
/// not looked at and unknown elements are ignored, as clients differ in both.
///
/// Errors: kMalformedRequest with the condition "MalformedXML" for what is no XML, nests deeper
/// than `max_depth` or has a text that is no value of its member.
[[nodiscard]] Status ReadXml(const Shape& shape, std::string_view body, std::size_t max_depth,
                             Validation& validation, void* object);

}  // namespace owlet::protocol
