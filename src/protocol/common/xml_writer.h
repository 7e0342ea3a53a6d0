#pragma once

#include <string>
#include <string_view>

#include "protocol/common/schema.h"

namespace owlet::protocol {

/// Appends the members of the struct that travel in the body as XML elements.
void WriteXmlMembers(const Shape& shape, const void* object, std::string& out);

/// Appends one element with the value; `name_space`, if not empty, becomes its xmlns.
void WriteXmlElement(std::string_view name, std::string_view name_space, const Shape& shape,
                     const void* value, std::string& out);

/// Appends <name>text</name>, escaped.
void AppendXmlElement(std::string_view name, std::string_view text, std::string& out);

/// Appends text with the characters of markup escaped. Control characters become references, as S3
/// writes them, although XML 1.0 has none; bytes that are no UTF-8 become U+FFFD.
void AppendXmlText(std::string_view text, std::string& out);

inline constexpr std::string_view kXmlDeclaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

}  // namespace owlet::protocol
