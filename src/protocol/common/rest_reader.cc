#include <fmt/format.h>

#include <algorithm>

#include "base/ascii.h"
#include "protocol/common/json_reader.h"
#include "protocol/common/rest_binding.h"
#include "protocol/common/scalar_text.h"
#include "protocol/common/xml_reader.h"

namespace owlet::protocol {
namespace {

Status BadArgument(const Shape& shape, std::string_view name, std::string_view value) {
  const bool is_integer = shape.kind == Kind::kInteger || shape.kind == Kind::kLong;
  return Fail(Error{
      .reason = Reason::kInvalidArgument,
      .message = fmt::format("Provided {} not {}", name,
                             is_integer ? "an integer or within integer range" : "a valid value"),
      .condition = "InvalidArgument",
      .parameters = {{"ArgumentName", std::string(name)}, {"ArgumentValue", std::string(value)}}});
}

/// Reads what stands outside the body, member by member.
class OutsideReader {
 public:
  OutsideReader(const RestRequest& request, Validation& validation)
      : request_(request), validation_(validation) {}

  Status Read(const Member& member, void* object) {
    const Validation::Place place(validation_, member.name);
    switch (member.location) {
      case Location::kUri:
        return Label(member, object);
      case Location::kQuery:
        return Query(member, object);
      case Location::kHeader:
        return Header(member, object);
      case Location::kHeaders:
        return PrefixHeaders(member, object);
      case Location::kBody:
      case Location::kStatus:
        return {};
    }
    return {};
  }

 private:
  Status Label(const Member& member, void* object) {
    const auto found = std::ranges::find(request_.labels, member.wire_name,
                                         [](const auto& label) { return label.first; });
    if (found == request_.labels.end()) return {};
    return Scalar(member, found->second, Emplace(member, object));
  }

  Status Query(const Member& member, void* object) {
    if (member.shape->kind == Kind::kList) return QueryList(member, object);
    const auto value = request_.query.Find(member.wire_name);
    if (!value) return {};
    // "max-keys=" is no number: the services take it for one that is not there.
    if (value->empty() && member.shape->kind != Kind::kString) return {};
    return Scalar(member, *value, Emplace(member, object));
  }

  Status QueryList(const Member& member, void* object) {
    void* list = nullptr;
    for (const auto& [name, value] : request_.query.fields()) {
      if (name != member.wire_name) continue;
      if (list == nullptr) list = Emplace(member, object);
      if (!ReadScalarText(*member.shape->element, value, member.shape->list->append(list)))
        return BadArgument(*member.shape->element, member.wire_name, value);
    }
    if (list != nullptr) validation_.Check(*member.shape, list);
    return {};
  }

  Status Header(const Member& member, void* object) {
    const auto value = request_.http->headers.Find(member.wire_name);
    if (!value) return {};
    if (member.shape->kind == Kind::kList) return HeaderList(member, object);
    // Some clients send a header that has no value ("x-amz-acl:") for one that they do not mean.
    if (value->empty() && !member.shape->enum_values.empty()) return {};
    // And some write it in another case ("x-amz-checksum-mode: enabled").
    for (const std::string_view known : member.shape->enum_values) {
      if (EqualsIgnoringCase(known, *value)) return Scalar(member, known, Emplace(member, object));
    }
    if (member.shape->kind == Kind::kTimestamp) {
      // A date that cannot be read is no condition (RFC 9110, 13.1.3).
      Timestamp time;
      if (ReadScalarText(*member.shape, *value, &time))
        *static_cast<Timestamp*>(Emplace(member, object)) = time;
      return {};
    }
    return Scalar(member, *value, Emplace(member, object));
  }

  // A list is one header with commas, or the header more than once.
  Status HeaderList(const Member& member, void* object) {
    void* list = Emplace(member, object);
    for (const auto& [name, value] : request_.http->headers.fields()) {
      if (!EqualsIgnoringCase(name, member.wire_name)) continue;
      std::string_view rest = value;
      while (!rest.empty()) {
        const std::size_t comma = rest.find(',');
        const std::string_view item = TrimBlanks(rest.substr(0, comma));
        if (!item.empty() &&
            !ReadScalarText(*member.shape->element, item, member.shape->list->append(list)))
          return BadArgument(*member.shape->element, member.wire_name, item);
        rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
      }
    }
    validation_.Check(*member.shape, list);
    return {};
  }

  Status PrefixHeaders(const Member& member, void* object) {
    void* map = nullptr;
    for (const auto& [name, value] : request_.http->headers.fields()) {
      const std::size_t prefix = member.wire_name.size();
      if (name.size() <= prefix ||
          !EqualsIgnoringCase(std::string_view(name).substr(0, prefix), member.wire_name))
        continue;
      if (map == nullptr) map = Emplace(member, object);
      auto& text = *static_cast<std::string*>(
          member.shape->map->emplace(map, ToLowerAscii(std::string_view(name).substr(prefix))));
      // Of a header that comes twice S3 keeps both values.
      if (!text.empty()) text += ',';
      text += value;
    }
    return {};
  }

  Status Scalar(const Member& member, std::string_view text, void* value) {
    if (!ReadScalarText(*member.shape, text, value))
      return BadArgument(*member.shape, member.wire_name, text);
    validation_.Check(*member.shape, value);
    return {};
  }

  const RestRequest& request_;
  Validation& validation_;
};

Status ReadStructure(const Shape& shape, std::string_view body, BodyFormat format,
                     std::size_t max_depth, Validation& validation, void* object) {
  return format == BodyFormat::kXml ? ReadXml(shape, body, max_depth, validation, object)
                                    : ReadJson(shape, body, max_depth, validation, object);
}

Status ReadPayload(const Member& member, std::string_view body, BodyFormat format,
                   std::size_t max_depth, Validation& validation, void* object) {
  if (member.shape->kind != Kind::kStructure) {
    if (!body.empty() || member.required)
      static_cast<std::string*>(Emplace(member, object))->assign(body);
    return {};
  }
  if (body.empty()) {
    if (!member.required) return {};
    return Fail(Reason::kMalformedRequest, "Request Body is empty", "MissingRequestBodyError");
  }
  const Validation::Place place(validation, member.name);
  return ReadStructure(*member.shape, body, format, max_depth, validation, Emplace(member, object));
}

}  // namespace

Status ReadRest(const OperationSchema& operation, const RestRequest& request, std::string_view body,
                BodyFormat format, std::size_t max_depth, RestValidation& validation,
                void* object) {
  if (operation.input == nullptr) return {};
  OutsideReader outside(request, validation.outside);
  const Member* payload = nullptr;
  bool has_body_members = false;
  for (const Member& member : operation.input->members) {
    if (member.payload) payload = &member;
    has_body_members |= member.location == Location::kBody;
    OWLET_CHECK_OK(outside.Read(member, object));
    if (!member.required || member.location == Location::kBody) continue;
    // Of plain members the struct cannot tell; what was sent can.
    const bool there =
        member.location == Location::kHeader
            ? request.http->headers.Has(member.wire_name)
            : member.location != Location::kQuery || request.query.Has(member.wire_name);
    if (!there) validation.outside.Missing(member.name);
  }
  if (operation.streaming_input) return {};
  if (payload != nullptr)
    return ReadPayload(*payload, body, format, max_depth, validation.body, object);
  if (!has_body_members || (body.empty() && format == BodyFormat::kXml)) return {};
  return ReadStructure(*operation.input, body, format, max_depth, validation.body, object);
}

}  // namespace owlet::protocol
