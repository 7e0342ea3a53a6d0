#pragma once

#include <string>
#include <string_view>

#include "protocol/common/schema.h"

namespace owlet::protocol {

/// Appends the struct that `shape` describes as a JSON object: the members of the body that are
/// there. Timestamps are seconds unless the shape has a format of its own.
void WriteJson(const Shape& shape, const void* object, std::string& out);

/// Appends a JSON string. Bytes that are no UTF-8 become U+FFFD, so that the reply stays readable.
void AppendJsonString(std::string_view text, std::string& out);

}  // namespace owlet::protocol
