#if defined(__aarch64__)

#include <arm_neon.h>

#include "core/scan/kernels/json_walk_body.h"
#include "core/scan/kernels/kernels.h"

namespace owlet::scan {

namespace {

struct Neon {
  static uint8x16_t Load(const char* at) {
    return vld1q_u8(reinterpret_cast<const std::uint8_t*>(at));
  }
  /// Four bits a byte, all or none.
  static std::uint64_t Bits(uint8x16_t bytes) {
    const uint8x8_t narrow = vshrn_n_u16(vreinterpretq_u16_u8(bytes), 4);
    return vget_lane_u64(vreinterpret_u64_u8(narrow), 0);
  }

  static bool Matches(const char* at, const JsonMember& member) {
    const std::size_t size = member.expected_size;
    std::uint64_t other = 0;
    for (std::size_t i = 0; i < size; i += 16) {
      const std::uint64_t differ = ~Bits(vceqq_u8(Load(at + i), Load(member.expected + i)));
      other |= size - i < 16 ? differ & ((std::uint64_t{1} << (4 * (size - i))) - 1) : differ;
    }
    return size != 0 && other == 0;
  }
  static const char* FindSpecial(const char* at) {
    for (;; at += 16) {
      const uint8x16_t text = Load(at);
      const uint8x16_t quotes =
          vorrq_u8(vceqq_u8(text, vdupq_n_u8('"')), vceqq_u8(text, vdupq_n_u8('\\')));
      const std::uint64_t marks = Bits(vorrq_u8(quotes, vcltq_u8(text, vdupq_n_u8(0x20))));
      if (marks != 0) return at + (__builtin_ctzll(marks) >> 2);
    }
  }
  static const char* FindLineEnd(const char* at) {
    for (;; at += 16) {
      const uint8x16_t text = Load(at);
      const std::uint64_t marks =
          Bits(vorrq_u8(vceqq_u8(text, vdupq_n_u8('\n')), vceqq_u8(text, vdupq_n_u8('\r'))));
      if (marks != 0) return at + (__builtin_ctzll(marks) >> 2);
    }
  }
};

}  // namespace

WalkEnd WalkNeon(JsonWalk& walk) { return Walker<Neon>::Run(walk); }

}  // namespace owlet::scan

#endif
