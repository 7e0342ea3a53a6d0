#include "protocol/common/text_encoding.h"

#include <simdjson.h>

#include <cstddef>

namespace owlet::protocol {
namespace {

// The length of the sequence that a first byte begins; 0 for a byte that begins none.
std::size_t SequenceLength(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first < 0xE0) return 2;
  if (first >= 0xE0 && first < 0xF0) return 3;
  if (first >= 0xF0 && first < 0xF5) return 4;
  return 0;
}

}  // namespace

bool IsUtf8(std::string_view text) { return simdjson::validate_utf8(text.data(), text.size()); }

std::string RepairUtf8(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t length = SequenceLength(static_cast<unsigned char>(text[0]));
    const bool good = length > 0 && length <= text.size() && IsUtf8(text.substr(0, length));
    out += good ? text.substr(0, length) : "\xEF\xBF\xBD";
    text.remove_prefix(good ? length : 1);
  }
  return out;
}

}  // namespace owlet::protocol
