#include "base/crc.h"

#include <isa-l/crc.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Bits are reflected throughout: the highest power of x is the lowest bit. Polynomials: gzip's
// (RFC 1952), Castagnoli's (RFC 3720), and the one of NVM Express, section 5.2.1.3.4.

namespace owlet {
namespace {

constexpr std::uint32_t kCrc32Poly = 0xedb88320U;
constexpr std::uint32_t kCrc32cPoly = 0x82f63b78U;
constexpr std::uint64_t kCrc64NvmePoly = 0x9a6c9329ac4bc9b5ULL;

/// a * x mod P.
template <class Word>
constexpr Word TimesX(Word a, Word poly) {
  return static_cast<Word>((a >> 1) ^ ((a & 1) ? poly : 0));
}

/// a * b mod P.
template <class Word>
constexpr Word Multiply(Word a, Word b, Word poly) {
  constexpr int kBits = sizeof(Word) * 8;
  Word product = 0;
  for (int i = kBits - 1; i >= 0; --i) {
    if (a >> i & 1) product = static_cast<Word>(product ^ b);
    b = TimesX(b, poly);
  }
  return product;
}

/// x^n mod P.
template <class Word>
constexpr Word PowerOfX(std::uint64_t n, Word poly) {
  Word result = static_cast<Word>(Word{1} << (sizeof(Word) * 8 - 1));
  Word square = TimesX(result, poly);
  for (; n != 0; n >>= 1) {
    if (n & 1) result = Multiply(result, square, poly);
    square = Multiply(square, square, poly);
  }
  return result;
}

/// Both values have their first and last complement, which cancel out in the sum.
template <class Word>
Word Combine(Word a, Word b, std::uint64_t size_b, Word poly) {
  // x^(8 n) as (x^n)^8, since 8 n may not fit.
  Word shift = PowerOfX(size_b, poly);
  for (int i = 0; i < 3; ++i) shift = Multiply(shift, shift, poly);
  return static_cast<Word>(Multiply(a, shift, poly) ^ b);
}

constexpr auto kTables = [] {
  std::array<std::array<std::uint64_t, 256>, 8> tables{};
  for (unsigned i = 0; i < 256; ++i) {
    std::uint64_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = TimesX(value, kCrc64NvmePoly);
    tables[0][i] = value;
  }
  for (unsigned i = 0; i < 256; ++i) {
    for (std::size_t t = 1; t < 8; ++t) {
      const std::uint64_t before = tables[t - 1][i];
      tables[t][i] = before >> 8 ^ tables[0][before & 255];
    }
  }
  return tables;
}();

/// Goes on from the raw state (without complements), eight bytes a step.
std::uint64_t TableSteps(std::uint64_t state, const std::byte* data, std::size_t size) {
  static_assert(std::endian::native == std::endian::little);
  for (; size >= 8; data += 8, size -= 8) {
    std::uint64_t word;
    std::memcpy(&word, data, 8);
    word ^= state;
    state = 0;
    for (std::size_t i = 0; i < 8; ++i) state ^= kTables[7 - i][word >> (8 * i) & 255];
  }
  for (; size > 0; ++data, --size) {
    state = state >> 8 ^ kTables[0][(state ^ std::to_integer<std::uint64_t>(*data)) & 255];
  }
  return state;
}

#if defined(__x86_64__)
constexpr std::size_t kLanes = 4;

/// A register times x^distance: its low half stands for the higher 64 powers. The product of two
/// reflected words is one bit short, hence the exponents less one.
template <std::uint64_t kDistance>
__attribute__((target("pclmul,sse4.1"))) inline __m128i Fold(__m128i value) {
  constexpr std::uint64_t kLow = PowerOfX(kDistance + 64 - 1, kCrc64NvmePoly);
  constexpr std::uint64_t kHigh = PowerOfX(kDistance - 1, kCrc64NvmePoly);
  const __m128i keys = _mm_set_epi64x(static_cast<long long>(kHigh), static_cast<long long>(kLow));
  return _mm_xor_si128(_mm_clmulepi64_si128(value, keys, 0x00),
                       _mm_clmulepi64_si128(value, keys, 0x11));
}

/// `size` is at least one round of all lanes.
__attribute__((target("pclmul,sse4.1"))) std::uint64_t FoldingSteps(std::uint64_t state,
                                                                    const std::byte* data,
                                                                    std::size_t size) {
  const auto load = [](const std::byte* from) __attribute__((target("pclmul,sse4.1"))) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
  };
  __m128i lanes[kLanes];
  for (std::size_t i = 0; i < kLanes; ++i) lanes[i] = load(data + 16 * i);
  lanes[0] = _mm_xor_si128(lanes[0], _mm_set_epi64x(0, static_cast<long long>(state)));
  constexpr std::size_t kRound = 16 * kLanes;
  data += kRound;
  size -= kRound;
  for (; size >= kRound; data += kRound, size -= kRound) {
    for (std::size_t i = 0; i < kLanes; ++i) {
      lanes[i] = _mm_xor_si128(Fold<128 * kLanes>(lanes[i]), load(data + 16 * i));
    }
  }
  __m128i folded = lanes[0];
  for (std::size_t i = 1; i < kLanes; ++i) folded = _mm_xor_si128(Fold<128>(folded), lanes[i]);
  // What is left is a 16-byte message with the same remainder.
  std::array<std::byte, 16> rest;
  std::memcpy(rest.data(), &folded, rest.size());
  return TableSteps(TableSteps(0, rest.data(), rest.size()), data, size);
}
#endif

}  // namespace

std::uint32_t Crc32(std::uint32_t crc, std::span<const std::byte> bytes) {
  return crc32_gzip_refl(crc, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
}

std::uint32_t Crc32c(std::uint32_t crc, std::span<const std::byte> bytes) {
  // The library takes an int length and a non-const pointer, and leaves the complements to us.
  std::uint32_t state = ~crc;
  while (!bytes.empty()) {
    const auto piece = bytes.first(std::min<std::size_t>(bytes.size(), 1U << 30));
    auto* data = const_cast<unsigned char*>(reinterpret_cast<const unsigned char*>(piece.data()));
    state = crc32_iscsi(data, static_cast<int>(piece.size()), state);
    bytes = bytes.subspan(piece.size());
  }
  return ~state;
}

std::uint64_t Crc64NvmePortable(std::uint64_t crc, std::span<const std::byte> bytes) {
  return ~TableSteps(~crc, bytes.data(), bytes.size());
}

std::uint64_t Crc64Nvme(std::uint64_t crc, std::span<const std::byte> bytes) {
#if defined(__x86_64__)
  static const bool kCanFold = __builtin_cpu_supports("pclmul") != 0;
  if (kCanFold && bytes.size() >= 128) return ~FoldingSteps(~crc, bytes.data(), bytes.size());
#endif
  return Crc64NvmePortable(crc, bytes);
}

std::uint32_t CombineCrc32(std::uint32_t a, std::uint32_t b, std::uint64_t size_b) {
  return Combine(a, b, size_b, kCrc32Poly);
}
std::uint32_t CombineCrc32c(std::uint32_t a, std::uint32_t b, std::uint64_t size_b) {
  return Combine(a, b, size_b, kCrc32cPoly);
}
std::uint64_t CombineCrc64Nvme(std::uint64_t a, std::uint64_t b, std::uint64_t size_b) {
  return Combine(a, b, size_b, kCrc64NvmePoly);
}

}  // namespace owlet
