#include "protocol/common/json_writer.h"

#include <array>
#include <cmath>

#include "protocol/common/scalar_text.h"
#include "protocol/common/text_encoding.h"

namespace owlet::protocol {
namespace {

void WriteValue(const Shape& shape, const void* value, std::string& out);

void WriteList(const Shape& shape, const void* list, std::string& out) {
  out += '[';
  const std::size_t size = shape.list->size(list);
  for (std::size_t i = 0; i < size; ++i) {
    if (i > 0) out += ',';
    WriteValue(*shape.element, shape.list->at(list, i), out);
  }
  out += ']';
}

void WriteMap(const Shape& shape, const void* map, std::string& out) {
  struct State {
    const Shape& shape;
    std::string& out;
    bool first = true;
  } state{shape, out};
  out += '{';
  shape.map->each(
      map,
      [](void* opaque, const std::string& key, const void* value) {
        auto& to = *static_cast<State*>(opaque);
        if (!to.first) to.out += ',';
        to.first = false;
        AppendJsonString(key, to.out);
        to.out += ':';
        WriteValue(*to.shape.element, value, to.out);
      },
      &state);
  out += '}';
}

void WriteValue(const Shape& shape, const void* value, std::string& out) {
  switch (shape.kind) {
    case Kind::kStructure:
      return WriteJson(shape, value, out);
    case Kind::kList:
      return WriteList(shape, value, out);
    case Kind::kMap:
      return WriteMap(shape, value, out);
    case Kind::kDocument:
      out += static_cast<const Document*>(value)->json;
      return;
    case Kind::kString:
      return AppendJsonString(*static_cast<const std::string*>(value), out);
    case Kind::kBlob:
      return AppendJsonString(WriteScalarText(shape, value, TimestampFormat::kUnix), out);
    case Kind::kTimestamp: {
      const bool number = shape.timestamp_format == TimestampFormat::kDefault ||
                          shape.timestamp_format == TimestampFormat::kUnix;
      const std::string text = WriteScalarText(shape, value, TimestampFormat::kUnix);
      if (number)
        out += text;
      else
        AppendJsonString(text, out);
      return;
    }
    case Kind::kFloat:
    case Kind::kDouble:
      if (!std::isfinite(*static_cast<const double*>(value)))
        return AppendJsonString(FormatDouble(*static_cast<const double*>(value)), out);
      [[fallthrough]];
    case Kind::kInteger:
    case Kind::kLong:
    case Kind::kBoolean:
      out += WriteScalarText(shape, value, TimestampFormat::kUnix);
  }
}

}  // namespace

void WriteJson(const Shape& shape, const void* object, std::string& out) {
  out += '{';
  bool first = true;
  for (const Member& member : shape.members) {
    if (member.location != Location::kBody) continue;
    const void* value = Get(member, object);
    if (value == nullptr) continue;
    if (!first) out += ',';
    first = false;
    AppendJsonString(member.wire_name, out);
    out += ':';
    WriteValue(*member.shape, value, out);
  }
  out += '}';
}

void AppendJsonString(std::string_view text, std::string& out) {
  constexpr std::string_view kHex = "0123456789abcdef";
  const std::string repaired = IsUtf8(text) ? std::string() : RepairUtf8(text);
  if (!repaired.empty()) text = repaired;
  out += '"';
  std::size_t done = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte >= 0x20 && byte != '"' && byte != '\\') continue;
    out.append(text, done, i - done);
    done = i + 1;
    switch (byte) {
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      case '"':
      case '\\':
        out += '\\';
        out += static_cast<char>(byte);
        break;
      default:
        out += "\\u00";
        out += kHex[byte >> 4];
        out += kHex[byte & 15];
    }
  }
  out.append(text, done);
  out += '"';
}

}  // namespace owlet::protocol
