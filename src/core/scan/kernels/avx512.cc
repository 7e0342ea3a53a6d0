#if defined(__x86_64__)

#include <immintrin.h>

#include "core/scan/kernels/json_walk_body.h"
#include "core/scan/kernels/kernels.h"

namespace owlet::scan {

namespace {

struct Avx512 {
  // Loads of 64 bytes nearly always cross a cache line: half of that where it is enough.
  static bool Matches(const char* at, const JsonMember& member) {
    if (member.expected_size > 32) [[unlikely]] {
      return _mm512_mask_cmpneq_epu8_mask(member.expected_mask, _mm512_loadu_si512(at),
                                          _mm512_load_si512(member.expected)) == 0;
    }
    const __m256i text = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
    const __m256i expected = _mm256_load_si256(reinterpret_cast<const __m256i*>(member.expected));
    return member.expected_size != 0 &&
           _mm256_mask_cmpneq_epu8_mask(static_cast<__mmask32>(member.expected_mask), text,
                                        expected) == 0;
  }
  static const char* FindSpecial(const char* at) {
    for (;; at += 64) {
      const __m512i text = _mm512_loadu_si512(at);
      const std::uint64_t marks = _mm512_cmpeq_epi8_mask(text, _mm512_set1_epi8('"')) |
                                  _mm512_cmpeq_epi8_mask(text, _mm512_set1_epi8('\\')) |
                                  _mm512_cmplt_epu8_mask(text, _mm512_set1_epi8(0x20));
      if (marks != 0) [[likely]]
        return at + __builtin_ctzll(marks);
    }
  }
  static const char* FindLineEnd(const char* at) {
    for (;; at += 64) {
      const __m512i text = _mm512_loadu_si512(at);
      const std::uint64_t marks = _mm512_cmpeq_epi8_mask(text, _mm512_set1_epi8('\n')) |
                                  _mm512_cmpeq_epi8_mask(text, _mm512_set1_epi8('\r'));
      if (marks != 0) return at + __builtin_ctzll(marks);
    }
  }
};

}  // namespace

WalkEnd WalkAvx512(JsonWalk& walk) { return Walker<Avx512>::Run(walk); }

}  // namespace owlet::scan

#endif
