#include "core/scan/kernels/json_walk_body.h"
#include "core/scan/kernels/kernels.h"

namespace owlet::scan {

namespace {

/// Eight bytes at a time in a register of any machine whose lowest byte is the first.
struct Plain {
  static constexpr std::uint64_t kOnes = 0x0101010101010101;
  static constexpr std::uint64_t kHighs = 0x8080808080808080;

  static std::uint64_t Load(const char* at) {
    std::uint64_t value;
    __builtin_memcpy(&value, at, 8);
    return value;
  }
  /// The high bits of bytes below `limit` (at most 0x80); right up to the first of them.
  static std::uint64_t Below(std::uint64_t bytes, std::uint64_t limit) {
    return (bytes - kOnes * limit) & ~bytes & kHighs;
  }
  static std::uint64_t Is(std::uint64_t bytes, char c) {
    return Below(bytes ^ (kOnes * static_cast<unsigned char>(c)), 1);
  }

  static bool Matches(const char* at, const JsonMember& member) {
    return member.expected_size != 0 &&
           __builtin_memcmp(at, member.expected, member.expected_size) == 0;
  }
  static const char* FindSpecial(const char* at) {
    for (;; at += 8) {
      const std::uint64_t text = Load(at);
      const std::uint64_t marks = Is(text, '"') | Is(text, '\\') | Below(text, 0x20);
      if (marks != 0) return at + (__builtin_ctzll(marks) >> 3);
    }
  }
  static const char* FindLineEnd(const char* at) {
    for (;; at += 8) {
      const std::uint64_t text = Load(at);
      const std::uint64_t marks = Is(text, '\n') | Is(text, '\r');
      if (marks != 0) return at + (__builtin_ctzll(marks) >> 3);
    }
  }
};

}  // namespace

WalkEnd WalkPlain(JsonWalk& walk) { return Walker<Plain>::Run(walk); }

}  // namespace owlet::scan
