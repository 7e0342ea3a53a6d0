#include "protocol/common/xml_reader.h"

#include <algorithm>
#include <pugixml.hpp>
#include <string>

#include "protocol/common/scalar_text.h"
#include "protocol/common/text_encoding.h"

namespace owlet::protocol {
namespace {

Status Malformed() {
  return Fail(Reason::kMalformedRequest,
              "The XML you provided was not well-formed or did not validate against our published "
              "schema",
              "MalformedXML");
}

std::string_view LocalName(std::string_view name) {
  const std::size_t colon = name.rfind(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

std::string_view NameOr(std::string_view name, std::string_view fallback) {
  return name.empty() ? fallback : name;
}

std::string Text(const pugi::xml_node& node) {
  std::string text;
  for (const pugi::xml_node& child : node.children()) {
    if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata)
      text += child.value();
  }
  return text;
}

// Walks without recursion, as the depth is not known yet.
bool IsDeeperThan(std::size_t max_depth, const pugi::xml_node& root) {
  pugi::xml_node node = root;
  std::size_t depth = 1;
  while (node) {
    if (depth > max_depth) return true;
    if (const pugi::xml_node child = node.first_child()) {
      node = child;
      ++depth;
      continue;
    }
    while (node && !node.next_sibling()) {
      if (node == root) return false;
      node = node.parent();
      --depth;
    }
    node = node == root ? pugi::xml_node() : node.next_sibling();
  }
  return false;
}

/// Walks one parsed body and its shape together; recursion is bounded by the checked depth.
class XmlWalk {
 public:
  explicit XmlWalk(Validation& validation) : validation_(validation) {}

  Status Structure(const Shape& shape, const pugi::xml_node& node, void* object) {
    OWLET_CHECK_OK(Attributes(shape, node, object));
    for (const pugi::xml_node& child : node.children()) {
      if (child.type() != pugi::node_element) continue;
      const Member* member = FindMember(shape, LocalName(child.name()));
      if (member == nullptr) continue;
      const Validation::Place place(validation_, member->name);
      if (member->flattened && member->shape->kind == Kind::kList) {
        OWLET_CHECK_OK(AppendFlattened(*member, child, object));
      } else {
        OWLET_CHECK_OK(Value(*member->shape, child, Emplace(*member, object), true));
      }
    }
    for (const Member& member : shape.members) CheckMember(member, node, object);
    return {};
  }

 private:
  static const Member* FindMember(const Shape& shape, std::string_view name) {
    const auto found = std::ranges::find_if(shape.members, [&](const Member& member) {
      return member.location == Location::kBody && !member.xml_attribute &&
             member.wire_name == name;
    });
    return found == shape.members.end() ? nullptr : &*found;
  }

  static Status Attributes(const Shape& shape, const pugi::xml_node& node, void* object) {
    for (const Member& member : shape.members) {
      if (!member.xml_attribute) continue;
      for (const pugi::xml_attribute& attribute : node.attributes()) {
        if (LocalName(attribute.name()) == LocalName(member.wire_name) &&
            !ReadScalarText(*member.shape, attribute.value(), Emplace(member, object)))
          return Malformed();
      }
    }
    return {};
  }

  // A flattened list is whole only at the end of its structure.
  void CheckMember(const Member& member, const pugi::xml_node& node, void* object) {
    if (member.location != Location::kBody) return;
    const bool there = member.xml_attribute
                           ? HasAttribute(node, member.wire_name)
                           : std::ranges::any_of(node.children(), [&](const pugi::xml_node& child) {
                               return child.type() == pugi::node_element &&
                                      LocalName(child.name()) == member.wire_name;
                             });
    if (!there && member.required) validation_.Missing(member.name);
    if (!there || !member.flattened) return;
    const Validation::Place place(validation_, member.name);
    validation_.Check(*member.shape, Get(member, object));
  }

  static bool HasAttribute(const pugi::xml_node& node, std::string_view name) {
    return std::ranges::any_of(node.attributes(), [&](const pugi::xml_attribute& attribute) {
      return LocalName(attribute.name()) == LocalName(name);
    });
  }

  Status AppendFlattened(const Member& member, const pugi::xml_node& node, void* object) {
    const void* there = Get(member, object);
    void* list = there == nullptr ? Emplace(member, object) : const_cast<void*>(there);
    return Element(*member.shape, node, list);
  }

  Status Element(const Shape& shape, const pugi::xml_node& node, void* list) {
    const Validation::Place place(validation_, shape.list->size(list) + 1);
    return Value(*shape.element, node, shape.list->append(list), false);
  }

  Status Value(const Shape& shape, const pugi::xml_node& node, void* value, bool check) {
    switch (shape.kind) {
      case Kind::kStructure:
        return Structure(shape, node, value);
      case Kind::kList:
        for (const pugi::xml_node& child : node.children()) {
          if (child.type() == pugi::node_element &&
              LocalName(child.name()) == NameOr(shape.element_name, "member"))
            OWLET_CHECK_OK(Element(shape, child, value));
        }
        break;
      case Kind::kMap:
        for (const pugi::xml_node& entry : node.children())
          OWLET_CHECK_OK(MapEntry(shape, entry, value));
        break;
      default:
        if (!ReadScalarText(shape, Text(node), value)) return Malformed();
    }
    if (check) validation_.Check(shape, value);
    return {};
  }

  Status MapEntry(const Shape& shape, const pugi::xml_node& entry, void* map) {
    pugi::xml_node key;
    pugi::xml_node value;
    for (const pugi::xml_node& child : entry.children()) {
      if (LocalName(child.name()) == NameOr(shape.key_name, "key")) key = child;
      if (LocalName(child.name()) == NameOr(shape.element_name, "value")) value = child;
    }
    if (!key || !value) return Malformed();
    return Value(*shape.element, value, shape.map->emplace(map, Text(key)), false);
  }

  Validation& validation_;
};

}  // namespace

Status ReadXml(const Shape& shape, std::string_view body, std::size_t max_depth,
               Validation& validation, void* object) {
  if (!IsUtf8(body)) return Malformed();
  pugi::xml_document document;
  // White space alone is a value ("<Prefix> </Prefix>"), so it is kept where it stands alone.
  constexpr unsigned kFlags = pugi::parse_cdata | pugi::parse_escapes | pugi::parse_eol |
                              pugi::parse_ws_pcdata_single | pugi::parse_doctype;
  if (!document.load_buffer(body.data(), body.size(), kFlags, pugi::encoding_utf8))
    return Malformed();
  // A document type can only be there to define entities, which no request needs.
  for (const pugi::xml_node node : document.children()) {
    if (node.type() == pugi::node_doctype) return Malformed();
  }
  const pugi::xml_node root = document.document_element();
  if (!root || IsDeeperThan(max_depth, root)) return Malformed();
  return XmlWalk(validation).Structure(shape, root, object);
}

}  // namespace owlet::protocol
