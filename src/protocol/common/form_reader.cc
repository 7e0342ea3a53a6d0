#include "protocol/common/form_reader.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>

#include "protocol/common/scalar_text.h"

namespace owlet::protocol {
namespace {

// More than any shape of the services nests, and few enough to walk by recursion.
constexpr std::size_t kMaxParts = 32;

/// The parameters as a tree of their names' parts. Shows into the parameters.
struct FormNode {
  std::optional<std::string_view> value;
  std::map<std::string_view, FormNode> parts;
};

Status Malformed(std::string message) {
  return Fail(Reason::kMalformedRequest, std::move(message), "MalformedInput");
}

Status Insert(std::string_view name, std::string_view value, FormNode& root) {
  FormNode* node = &root;
  std::string_view rest = name;
  for (std::size_t depth = 0; depth < kMaxParts; ++depth) {
    const std::size_t dot = rest.find('.');
    node = &node->parts[rest.substr(0, dot)];
    if (dot == std::string_view::npos) {
      node->value = value;
      return {};
    }
    rest = rest.substr(dot + 1);
  }
  return Malformed("A parameter's name has too many parts");
}

/// The numbered parts in their numbers' order; gaps are closed.
Result<std::map<std::uint32_t, const FormNode*>> Numbered(const FormNode& node) {
  std::map<std::uint32_t, const FormNode*> numbered;
  for (const auto& [name, part] : node.parts) {
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (error != std::errc() || end != name.data() + name.size())
      return std::unexpected(Malformed(fmt::format("Key {} is no list index", name)).error());
    numbered[number] = &part;
  }
  return numbered;
}

const FormNode* Find(const FormNode& node, std::string_view part) {
  const auto found = node.parts.find(part);
  return found == node.parts.end() ? nullptr : &found->second;
}

std::string_view NameOr(std::string_view name, std::string_view fallback) {
  return name.empty() ? fallback : name;
}

class FormWalk {
 public:
  explicit FormWalk(Validation& validation) : validation_(validation) {}

  Status Structure(const Shape& shape, const FormNode& node, void* object) {
    for (const Member& member : shape.members) {
      const FormNode* part = Find(node, member.wire_name);
      if (part == nullptr) {
        if (member.required) validation_.Missing(member.name);
        continue;
      }
      const Validation::Place place(validation_, member.name);
      OWLET_CHECK_OK(Value(*member.shape, member.flattened, *part, Emplace(member, object), true));
    }
    return {};
  }

 private:
  Status Value(const Shape& shape, bool flattened, const FormNode& node, void* value, bool check) {
    switch (shape.kind) {
      case Kind::kStructure:
        return Structure(shape, node, value);
      case Kind::kList:
        OWLET_CHECK_OK(List(shape, flattened, node, value));
        break;
      case Kind::kMap:
        OWLET_CHECK_OK(Map(shape, flattened, node, value));
        break;
      default:
        if (!ReadScalarText(shape, node.value.value_or(std::string_view()), value))
          return Malformed(fmt::format("Invalid value of {}", shape.name));
    }
    if (check) validation_.Check(shape, value);
    return {};
  }

  Status List(const Shape& shape, bool flattened, const FormNode& node, void* list) {
    // "Tags=" is how an empty list is sent.
    const FormNode* items = flattened ? &node : Find(node, NameOr(shape.element_name, "member"));
    if (items == nullptr) return {};
    OWLET_TRY(const auto numbered, Numbered(*items));
    std::size_t index = 0;
    for (const auto& [number, item] : numbered) {
      const Validation::Place place(validation_, ++index);
      OWLET_CHECK_OK(Value(*shape.element, false, *item, shape.list->append(list), false));
    }
    return {};
  }

  Status Map(const Shape& shape, bool flattened, const FormNode& node, void* map) {
    const FormNode* items = flattened ? &node : Find(node, "entry");
    if (items == nullptr) return {};
    OWLET_TRY(const auto numbered, Numbered(*items));
    for (const auto& [number, item] : numbered) {
      const FormNode* key = Find(*item, NameOr(shape.key_name, "key"));
      const FormNode* value = Find(*item, NameOr(shape.element_name, "value"));
      if (key == nullptr || value == nullptr || !key->value)
        return Malformed("A map's entry has no key or no value");
      OWLET_CHECK_OK(Value(*shape.element, false, *value,
                           shape.map->emplace(map, std::string(*key->value)), false));
    }
    return {};
  }

  Validation& validation_;
};

}  // namespace

Status ReadForm(const Shape& shape, const net::QueryParameters& parameters, Validation& validation,
                void* object) {
  FormNode root;
  for (const auto& [name, value] : parameters.fields()) OWLET_CHECK_OK(Insert(name, value, root));
  return FormWalk(validation).Structure(shape, root, object);
}

}  // namespace owlet::protocol
