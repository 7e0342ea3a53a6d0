#include "protocol/common/json_reader.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "protocol/common/scalar_text.h"

namespace owlet::protocol {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

Status Malformed(std::string message) {
  return Fail(Reason::kMalformedRequest, std::move(message), "SerializationException");
}

// The services' words for a value of the wrong type.
Status WrongType(const element& json, std::string_view wanted) {
  switch (json.type()) {
    case element_type::OBJECT:
      return Malformed("Start of structure or map found where not expected.");
    case element_type::ARRAY:
      return Malformed("Start of list found where not expected");
    case element_type::STRING:
      return Malformed(fmt::format("STRING_VALUE can not be converted to {}", wanted));
    case element_type::BOOL:
      return Malformed(fmt::format("{} can not be converted to {}",
                                   json.get_bool().value_unsafe() ? "TRUE_VALUE" : "FALSE_VALUE",
                                   wanted));
    case element_type::INT64:
    case element_type::UINT64:
      return Malformed(fmt::format("NUMBER_VALUE can not be converted to {}", wanted));
    case element_type::DOUBLE:
      return Malformed(fmt::format("DECIMAL_VALUE can not be converted to {}", wanted));
    case element_type::NULL_VALUE:
      return Malformed(fmt::format("NULL_VALUE can not be converted to {}", wanted));
  }
  return Malformed("Unexpected token received from parser");
}

/// Walks one parsed body and its shape together. The depth is bounded by the parser.
class JsonWalk {
 public:
  explicit JsonWalk(Validation& validation) : validation_(validation) {}

  Status Structure(const Shape& shape, const element& json, void* object) {
    simdjson::dom::object fields;
    if (json.get_object().get(fields)) return WrongType(json, "a structure");
    for (const auto& [name, value] : fields) {
      const Member* member = FindMember(shape, name);
      if (member == nullptr || value.is_null()) continue;
      const Validation::Place place(validation_, member->name);
      OWLET_CHECK_OK(Value(*member->shape, value, Emplace(*member, object), true));
    }
    for (const Member& member : shape.members) {
      if (!member.required || member.location != Location::kBody) continue;
      const auto found = fields.at_key(member.wire_name);
      if (found.error() || found.value_unsafe().is_null()) validation_.Missing(member.name);
    }
    return {};
  }

 private:
  static const Member* FindMember(const Shape& shape, std::string_view name) {
    const auto found = std::ranges::find_if(shape.members, [&](const Member& member) {
      return member.location == Location::kBody && member.wire_name == name;
    });
    return found == shape.members.end() ? nullptr : &*found;
  }

  // `check` is false for the scalar elements of containers, which are checked with them.
  Status Value(const Shape& shape, const element& json, void* value, bool check) {
    switch (shape.kind) {
      case Kind::kStructure:
        return Structure(shape, json, value);
      case Kind::kList:
        OWLET_CHECK_OK(List(shape, json, value));
        break;
      case Kind::kMap:
        OWLET_CHECK_OK(Map(shape, json, value));
        break;
      case Kind::kDocument:
        static_cast<Document*>(value)->json = simdjson::minify(json);
        return {};
      default:
        OWLET_CHECK_OK(Scalar(shape, json, value));
    }
    if (check) validation_.Check(shape, value);
    return {};
  }

  static bool IsContainer(const Shape& shape) {
    return shape.kind == Kind::kList || shape.kind == Kind::kMap;
  }

  Status List(const Shape& shape, const element& json, void* list) {
    simdjson::dom::array elements;
    if (json.get_array().get(elements)) return WrongType(json, "a list");
    std::size_t index = 0;
    for (const element item : elements) {
      const Validation::Place place(validation_, ++index);
      if (item.is_null()) continue;  // Sparse lists are read as the services read them: packed.
      OWLET_CHECK_OK(
          Value(*shape.element, item, shape.list->append(list), IsContainer(*shape.element)));
    }
    return {};
  }

  Status Map(const Shape& shape, const element& json, void* map) {
    simdjson::dom::object fields;
    if (json.get_object().get(fields)) return WrongType(json, "a map");
    for (const auto& [key, item] : fields) {
      if (item.is_null()) continue;
      const Validation::Place place(validation_, key);
      OWLET_CHECK_OK(Value(*shape.element, item, shape.map->emplace(map, std::string(key)),
                           IsContainer(*shape.element)));
    }
    return {};
  }

  static Status Scalar(const Shape& shape, const element& json, void* value) {
    switch (shape.kind) {
      case Kind::kInteger:
      case Kind::kLong:
        return Integer(shape, json, value);
      case Kind::kFloat:
      case Kind::kDouble: {
        double number = 0;
        if (!json.get_double().get(number)) {
          *static_cast<double*>(value) = number;
          return {};
        }
        std::string_view text;  // "NaN" and its like have no other form.
        if (!json.get_string().get(text) && (text == "NaN" || text.ends_with("Infinity")) &&
            ReadScalarText(shape, text, value))
          return {};
        return WrongType(json, "a Double");
      }
      case Kind::kBoolean:
        if (json.get_bool().get(*static_cast<bool*>(value))) return WrongType(json, "a Boolean");
        return {};
      case Kind::kTimestamp: {
        double seconds = 0;
        std::string_view text;
        if (!json.get_double().get(seconds)) {
          *static_cast<Timestamp*>(value) = TimestampFromSeconds(seconds);
          return {};
        }
        if (!json.get_string().get(text) && ReadScalarText(shape, text, value)) return {};
        return WrongType(json, "a Timestamp");
      }
      default: {
        std::string_view text;
        if (json.get_string().get(text)) return WrongType(json, "a String");
        if (!ReadScalarText(shape, text, value)) return Malformed("The value is not valid base64");
        return {};
      }
    }
  }

  static Status Integer(const Shape& shape, const element& json, void* value) {
    std::int64_t number = 0;
    const std::string_view wanted = shape.kind == Kind::kLong ? "a Long" : "an Integer";
    if (json.get_int64().get(number)) {
      // 3.0 is an integer to the services, 3.5 is none.
      double decimal = 0;
      if (json.get_double().get(decimal) || std::trunc(decimal) != decimal ||
          std::abs(decimal) > 9.0e15)
        return WrongType(json, wanted);
      number = static_cast<std::int64_t>(decimal);
    }
    if (shape.kind == Kind::kLong) {
      *static_cast<std::int64_t*>(value) = number;
      return {};
    }
    if (number < std::numeric_limits<std::int32_t>::min() ||
        number > std::numeric_limits<std::int32_t>::max())
      return WrongType(json, wanted);
    *static_cast<std::int32_t*>(value) = static_cast<std::int32_t>(number);
    return {};
  }

  Validation& validation_;
};

}  // namespace

Status ReadJson(const Shape& shape, std::string_view body, std::size_t max_depth,
                Validation& validation, void* object) {
  if (body.find_first_not_of(" \t\r\n") == std::string_view::npos) body = "{}";
  simdjson::dom::parser parser;
  if (parser.allocate(body.size(), max_depth)) return Malformed("The body is too large");
  element json;
  const simdjson::padded_string padded(body);
  // `false`: the padding is there already.
  if (const auto error = parser.parse(padded.data(), padded.size(), false).get(json)) {
    return Malformed(error == simdjson::DEPTH_ERROR
                         ? fmt::format("The body nests deeper than {} levels", max_depth)
                         : std::string("Unexpected token received from parser"));
  }
  return JsonWalk(validation).Structure(shape, json, object);
}

}  // namespace owlet::protocol
