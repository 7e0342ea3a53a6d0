#if defined(__x86_64__)

#include <immintrin.h>

#include "core/scan/kernels/json_walk_body.h"
#include "core/scan/kernels/kernels.h"

namespace owlet::scan {

namespace {

struct Avx2 {
  static __m256i Load(const char* at) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
  }
  static std::uint32_t Bits(__m256i bytes) {
    return static_cast<std::uint32_t>(_mm256_movemask_epi8(bytes));
  }
  static __m256i Is(__m256i text, char c) { return _mm256_cmpeq_epi8(text, _mm256_set1_epi8(c)); }

  static bool Matches(const char* at, const JsonMember& member) {
    const std::uint32_t low = Bits(_mm256_cmpeq_epi8(Load(at), Load(member.expected)));
    const std::uint32_t high = Bits(_mm256_cmpeq_epi8(Load(at + 32), Load(member.expected + 32)));
    const std::uint64_t same = (std::uint64_t{high} << 32) | low;
    return member.expected_size != 0 && (~same & member.expected_mask) == 0;
  }
  static const char* FindSpecial(const char* at) {
    for (;; at += 32) {
      const __m256i text = Load(at);
      const __m256i control =
          _mm256_cmpeq_epi8(_mm256_min_epu8(text, _mm256_set1_epi8(0x1F)), text);
      const std::uint32_t marks =
          Bits(_mm256_or_si256(control, _mm256_or_si256(Is(text, '"'), Is(text, '\\'))));
      if (marks != 0) [[likely]]
        return at + __builtin_ctz(marks);
    }
  }
  static const char* FindLineEnd(const char* at) {
    for (;; at += 32) {
      const __m256i text = Load(at);
      const std::uint32_t marks = Bits(_mm256_or_si256(Is(text, '\n'), Is(text, '\r')));
      if (marks != 0) return at + __builtin_ctz(marks);
    }
  }
};

}  // namespace

WalkEnd WalkAvx2(JsonWalk& walk) { return Walker<Avx2>::Run(walk); }

}  // namespace owlet::scan

#endif
