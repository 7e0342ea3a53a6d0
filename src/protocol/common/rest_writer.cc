#include <algorithm>

#include "protocol/common/json_writer.h"
#include "protocol/common/rest_binding.h"
#include "protocol/common/scalar_text.h"
#include "protocol/common/xml_writer.h"

namespace owlet::protocol {
namespace {

// A value out of user data must not end the header line.
std::string HeaderText(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
  return text;
}

void WritePrefixHeaders(const Member& member, const void* map, net::Headers& headers) {
  struct State {
    std::string_view prefix;
    net::Headers& headers;
  } state{member.wire_name, headers};
  member.shape->map->each(
      map,
      [](void* opaque, const std::string& key, const void* value) {
        auto& to = *static_cast<State*>(opaque);
        to.headers.Add(HeaderText(std::string(to.prefix) + key),
                       HeaderText(*static_cast<const std::string*>(value)));
      },
      &state);
}

void WriteHeader(const Member& member, const void* value, net::Headers& headers) {
  if (member.location == Location::kHeaders) return WritePrefixHeaders(member, value, headers);
  std::string text;
  if (member.shape->kind == Kind::kList) {
    const std::size_t size = member.shape->list->size(value);
    for (std::size_t i = 0; i < size; ++i) {
      if (i > 0) text += ',';
      text += WriteScalarText(*member.shape->element, member.shape->list->at(value, i),
                              TimestampFormat::kRfc822);
    }
  } else {
    text = WriteScalarText(*member.shape, value, TimestampFormat::kRfc822);
  }
  headers.Set(std::string(member.wire_name), HeaderText(std::move(text)));
}

std::string XmlBody(const OperationSchema& operation, const void* object,
                    std::string_view xml_namespace) {
  std::string out(kXmlDeclaration);
  const std::string_view root = operation.reply_root;
  if (!operation.unwrapped_reply) {
    // As an element with the operation's output for a value.
    WriteXmlElement(root, xml_namespace, *operation.output, object, out);
    return out;
  }
  const Member& only = operation.output->members.front();
  if (const void* value = Get(only, object)) {
    WriteXmlElement(root, xml_namespace, *only.shape, value, out);
  } else {
    const std::string nothing;
    WriteXmlElement(root, xml_namespace, {.kind = Kind::kString}, &nothing, out);
  }
  return out;
}

std::string PayloadBody(const Member& member, const void* value, BodyFormat format,
                        std::string_view xml_namespace) {
  if (member.shape->kind != Kind::kStructure) return *static_cast<const std::string*>(value);
  std::string out;
  if (format == BodyFormat::kJson) {
    WriteJson(*member.shape, value, out);
  } else {
    out = kXmlDeclaration;
    WriteXmlElement(member.wire_name, xml_namespace, *member.shape, value, out);
  }
  return out;
}

}  // namespace

net::HttpResponse WriteRest(const OperationSchema& operation, const void* object, ReplyParts parts,
                            BodyFormat format, std::string_view xml_namespace) {
  net::HttpResponse response;
  response.status = parts.status == 0 ? operation.status : parts.status;
  response.body = std::move(parts.body);
  response.source = std::move(parts.source);
  response.source_size = parts.source_size;
  const Member* payload = nullptr;
  bool has_body_members = false;
  if (operation.output != nullptr) {
    for (const Member& member : operation.output->members) {
      if (member.payload) payload = &member;
      if (member.location == Location::kBody) has_body_members = true;
      const void* value = Get(member, object);
      if (value == nullptr) continue;
      if (member.location == Location::kHeader || member.location == Location::kHeaders)
        WriteHeader(member, value, response.headers);
    }
  }
  std::string body;
  if (payload != nullptr) {
    if (const void* value = Get(*payload, object))
      body = PayloadBody(*payload, value, format, xml_namespace);
  } else if (has_body_members && format == BodyFormat::kXml) {
    body = XmlBody(operation, object, xml_namespace);
  } else if (format == BodyFormat::kJson && operation.output != nullptr) {
    WriteJson(*operation.output, object, body);
  }
  if (!body.empty()) {
    if (!response.headers.Has("Content-Type"))
      response.headers.Set("Content-Type",
                           format == BodyFormat::kXml ? "application/xml" : "application/json");
    response.body.emplace_back(std::move(body));
  }
  for (const auto& [name, value] : parts.headers.fields()) response.headers.Set(name, value);
  return response;
}

}  // namespace owlet::protocol
