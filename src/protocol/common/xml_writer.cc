#include "protocol/common/xml_writer.h"

#include <fmt/format.h>

#include "protocol/common/scalar_text.h"
#include "protocol/common/text_encoding.h"

namespace owlet::protocol {
namespace {

void Open(std::string_view name, std::string_view name_space, std::string& out) {
  out += '<';
  out += name;
  if (name_space.empty()) return;
  out += " xmlns=\"";
  AppendXmlText(name_space, out);
  out += '"';
}

void Close(std::string_view name, std::string& out) {
  out += "</";
  out += name;
  out += '>';
}

std::string_view NameOr(std::string_view name, std::string_view fallback) {
  return name.empty() ? fallback : name;
}

void WriteListElements(std::string_view name, const Shape& shape, const void* list,
                       std::string& out) {
  const std::size_t size = shape.list->size(list);
  for (std::size_t i = 0; i < size; ++i)
    WriteXmlElement(name, {}, *shape.element, shape.list->at(list, i), out);
}

void WriteMapEntries(std::string_view name, const Shape& shape, const void* map, std::string& out) {
  struct State {
    std::string_view name;
    const Shape& shape;
    std::string& out;
  } state{name, shape, out};
  shape.map->each(
      map,
      [](void* opaque, const std::string& key, const void* value) {
        auto& to = *static_cast<State*>(opaque);
        Open(to.name, {}, to.out);
        to.out += '>';
        AppendXmlElement(NameOr(to.shape.key_name, "key"), key, to.out);
        WriteXmlElement(NameOr(to.shape.element_name, "value"), {}, *to.shape.element, value,
                        to.out);
        Close(to.name, to.out);
      },
      &state);
}

void WriteAttributes(const Shape& shape, const void* object, std::string& out) {
  for (const Member& member : shape.members) {
    if (!member.xml_attribute) continue;
    const void* value = Get(member, object);
    if (value == nullptr) continue;
    // The attribute's prefix is declared where it is used, or no parser takes the element.
    if (!shape.xml_namespace_prefix.empty()) {
      out += fmt::format(" xmlns:{}=\"", shape.xml_namespace_prefix);
      AppendXmlText(shape.xml_namespace, out);
      out += '"';
    }
    out += fmt::format(" {}=\"", member.wire_name);
    AppendXmlText(WriteScalarText(*member.shape, value, TimestampFormat::kIso8601), out);
    out += '"';
  }
}

}  // namespace

void WriteXmlElement(std::string_view name, std::string_view name_space, const Shape& shape,
                     const void* value, std::string& out) {
  Open(name, name_space, out);
  if (shape.kind == Kind::kStructure) WriteAttributes(shape, value, out);
  out += '>';
  switch (shape.kind) {
    case Kind::kStructure:
      WriteXmlMembers(shape, value, out);
      break;
    case Kind::kList:
      WriteListElements(NameOr(shape.element_name, "member"), shape, value, out);
      break;
    case Kind::kMap:
      WriteMapEntries("entry", shape, value, out);
      break;
    default:
      AppendXmlText(WriteScalarText(shape, value, TimestampFormat::kIso8601), out);
  }
  Close(name, out);
}

void WriteXmlMembers(const Shape& shape, const void* object, std::string& out) {
  for (const Member& member : shape.members) {
    if (member.location != Location::kBody || member.xml_attribute) continue;
    const void* value = Get(member, object);
    if (value == nullptr) continue;
    if (member.flattened && member.shape->kind == Kind::kList)
      WriteListElements(member.wire_name, *member.shape, value, out);
    else if (member.flattened && member.shape->kind == Kind::kMap)
      WriteMapEntries(member.wire_name, *member.shape, value, out);
    else
      WriteXmlElement(member.wire_name, {}, *member.shape, value, out);
  }
}

void AppendXmlElement(std::string_view name, std::string_view text, std::string& out) {
  Open(name, {}, out);
  out += '>';
  AppendXmlText(text, out);
  Close(name, out);
}

void AppendXmlText(std::string_view text, std::string& out) {
  const std::string repaired = IsUtf8(text) ? std::string() : RepairUtf8(text);
  if (!repaired.empty()) text = repaired;
  std::size_t done = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool plain = byte >= 0x20 || byte == '\n' || byte == '\t';
    if (plain && byte != '&' && byte != '<' && byte != '>' && byte != '"') continue;
    out.append(text, done, i - done);
    done = i + 1;
    switch (byte) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += fmt::format("&#x{:x};", byte);
    }
  }
  out.append(text, done);
}

}  // namespace owlet::protocol
