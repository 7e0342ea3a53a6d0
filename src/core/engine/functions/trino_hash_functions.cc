#define XXH_INLINE_ALL
#include <xxhash.h>

#include <bit>
#include <cstring>

#include "base/digest.h"
#include "core/engine/functions/cells.h"

// Trino's hashes of bytes: SHA-512, HMACs, MurmurHash3 (x64, 128 bits), SpookyHash V2 (Bob
// Jenkins), and the parts of checksum().

namespace owlet::engine {

namespace {

std::string BigEndian(std::uint64_t value, int bytes) {
  std::string text;
  for (int i = bytes - 1; i >= 0; --i) text += static_cast<char>(value >> (8 * i));
  return text;
}

std::string LittleEndian(std::uint64_t value) {
  std::string text(8, '\0');
  std::memcpy(text.data(), &value, 8);
  return text;
}

template <class T>
T Load(const char* at) {
  T value = 0;
  std::memcpy(&value, at, sizeof(T));
  return value;
}

template <DigestKind kKind>
void DigestBytes(Cells& cells) {
  cells.SetText(Digest::Of(kKind, cells.Text(0)));
}

template <DigestKind kKind>
void HmacBytes(Cells& cells) {
  cells.SetText(Hmac(kKind, cells.Text(1), cells.Text(0)));
}

// ---- MurmurHash3.

std::uint64_t MurmurFinish(std::uint64_t k) {
  k = (k ^ (k >> 33)) * 0xff51afd7ed558ccdULL;
  k = (k ^ (k >> 33)) * 0xc4ceb9fe1a85ec53ULL;
  return k ^ (k >> 33);
}

std::pair<std::uint64_t, std::uint64_t> Murmur3Of(std::string_view bytes) {
  constexpr std::uint64_t kC1 = 0x87c37b91114253d5ULL;
  constexpr std::uint64_t kC2 = 0x4cf5ad432745937fULL;
  std::uint64_t h1 = 0;
  std::uint64_t h2 = 0;
  const auto mix1 = [&](std::uint64_t k) { h1 ^= std::rotl(k * kC1, 31) * kC2; };
  const auto mix2 = [&](std::uint64_t k) { h2 ^= std::rotl(k * kC2, 33) * kC1; };
  std::size_t at = 0;
  for (; at + 16 <= bytes.size(); at += 16) {
    mix1(Load<std::uint64_t>(bytes.data() + at));
    h1 = (std::rotl(h1, 27) + h2) * 5 + 0x52dce729;
    mix2(Load<std::uint64_t>(bytes.data() + at + 8));
    h2 = (std::rotl(h2, 31) + h1) * 5 + 0x38495ab5;
  }
  char tail[16] = {};
  std::memcpy(tail, bytes.data() + at, bytes.size() - at);
  if (bytes.size() - at > 8) mix2(Load<std::uint64_t>(tail + 8));
  if (bytes.size() - at > 0) mix1(Load<std::uint64_t>(tail));
  h1 ^= bytes.size();
  h2 ^= bytes.size();
  h1 += h2;
  h2 += h1;
  h1 = MurmurFinish(h1);
  h2 = MurmurFinish(h2);
  h1 += h2;
  h2 += h1;
  return {h1, h2};
}

void Murmur3x64(Cells& cells) {
  const auto [low, high] = Murmur3Of(cells.Text(0));
  cells.SetText(LittleEndian(low) + LittleEndian(high));
}

/// The hash of a bigint, a double or bytes that approx_set() counts.
void Murmur3Hash(Cells& cells) {
  const char family = cells.Family(0);
  const auto number = family == 'f'   ? std::bit_cast<std::uint64_t>(cells.Double(0))
                      : family == 'i' ? static_cast<std::uint64_t>(cells.Integer(0))
                                      : 0;
  const auto hash =
      Murmur3Of(family == 't' || family == 'x' ? cells.Text(0) : LittleEndian(number));
  cells.SetInteger(static_cast<std::int64_t>(hash.first));
}

// ---- SpookyHash V2, both seeds 0.

constexpr std::uint64_t kSpooky = 0xdeadbeefdeadbeefULL;

struct SpookyShort {
  std::uint64_t a = 0;
  std::uint64_t b = 0;
  std::uint64_t c = kSpooky;
  std::uint64_t d = kSpooky;

  void Mix() {
    constexpr int kTurns[] = {50, 52, 30, 41, 54, 48, 38, 37, 62, 34, 5, 36};
    std::uint64_t* const parts[] = {&a, &b, &c, &d};
    for (int i = 0; i < 12; ++i) {  // c d a b, again and again
      std::uint64_t& turned = *parts[(i + 2) % 4];
      std::uint64_t& added = *parts[(i + 3) % 4];
      turned = std::rotl(turned, kTurns[i]) + added;
      *parts[i % 4] ^= turned;
    }
  }
  void End() {
    constexpr int kTurns[] = {15, 52, 26, 51, 28, 9, 47, 54, 32, 25, 63};
    std::uint64_t* const parts[] = {&a, &b, &c, &d};
    for (int i = 0; i < 11; ++i) {  // d c, a d, b a, c b
      std::uint64_t& into = *parts[(i + 3) % 4];
      std::uint64_t& turned = *parts[(i + 2) % 4];
      into ^= turned;
      turned = std::rotl(turned, kTurns[i]);
      into += turned;
    }
  }
};

std::uint64_t HashShort(std::string_view bytes) {
  SpookyShort state;
  const char* at = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= 32; at += 32, left -= 32) {
    state.c += Load<std::uint64_t>(at);
    state.d += Load<std::uint64_t>(at + 8);
    state.Mix();
    state.a += Load<std::uint64_t>(at + 16);
    state.b += Load<std::uint64_t>(at + 24);
  }
  if (left >= 16) {
    state.c += Load<std::uint64_t>(at);
    state.d += Load<std::uint64_t>(at + 8);
    state.Mix();
    at += 16;
    left -= 16;
  }
  state.d += static_cast<std::uint64_t>(bytes.size()) << 56;
  if (left == 0) {
    state.c += kSpooky;
    state.d += kSpooky;
  } else {
    char tail[16] = {};
    std::memcpy(tail, at, left);
    state.c += Load<std::uint64_t>(tail);
    state.d += Load<std::uint64_t>(tail + 8);
  }
  state.End();
  return state.a;
}

struct SpookyLong {
  std::uint64_t s[12] = {0, 0, kSpooky, 0, 0, kSpooky, 0, 0, kSpooky, 0, 0, kSpooky};

  void Mix(const char* data) {
    constexpr int kTurns[] = {11, 32, 43, 31, 17, 28, 39, 57, 55, 54, 22, 46};
    for (int i = 0; i < 12; ++i) {
      s[i] += Load<std::uint64_t>(data + 8 * i);
      s[(i + 2) % 12] ^= s[(i + 10) % 12];
      s[(i + 11) % 12] ^= s[i];
      s[i] = std::rotl(s[i], kTurns[i]);
      s[(i + 11) % 12] += s[(i + 1) % 12];
    }
  }
  void End(const char* data) {
    constexpr int kTurns[] = {44, 15, 34, 21, 38, 33, 10, 13, 38, 53, 42, 54};
    for (int i = 0; i < 12; ++i) s[i] += Load<std::uint64_t>(data + 8 * i);
    for (int round = 0; round < 3; ++round) {
      for (int i = 0; i < 12; ++i) {
        s[(i + 11) % 12] += s[(i + 1) % 12];
        s[(i + 2) % 12] ^= s[(i + 11) % 12];
        s[(i + 1) % 12] = std::rotl(s[(i + 1) % 12], kTurns[i]);
      }
    }
  }
};

std::uint64_t HashSpooky(std::string_view bytes) {
  constexpr std::size_t kBlock = 96;
  if (bytes.size() < 2 * kBlock) return HashShort(bytes);
  SpookyLong state;
  const char* at = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= kBlock; at += kBlock, left -= kBlock) state.Mix(at);
  char tail[kBlock] = {};
  std::memcpy(tail, at, left);
  tail[kBlock - 1] = static_cast<char>(left);
  state.End(tail);
  return state.s[0];
}

void Spooky64(Cells& cells) { cells.SetText(BigEndian(HashSpooky(cells.Text(0)), 8)); }
void Spooky32(Cells& cells) {
  cells.SetText(BigEndian(HashSpooky(cells.Text(0)) & 0xffffffffU, 4));
}

void Xxhash64(Cells& cells) {
  const std::string_view bytes = cells.Text(0);
  cells.SetText(BigEndian(XXH64(bytes.data(), bytes.size(), 0), 8));
}

// ---- checksum(): a sum of hashes, each times a prime; a NULL counts as the prime.

constexpr std::uint64_t kChecksumPrime = 0x9E3779B185EBCA87ULL;

std::uint64_t HashOfLong(std::int64_t value) { return XXH64(&value, sizeof(value), 0); }

/// As Trino's types hash their values; nothing for a nested one.
std::uint64_t HashOfValue(const Cells& cells) {
  switch (cells.Family(0)) {
    case 'f': {
      if (cells.IsReal(0)) {
        return HashOfLong(std::bit_cast<std::int32_t>(static_cast<float>(cells.Double(0) + 0.0)));
      }
      return HashOfLong(std::bit_cast<std::int64_t>(cells.Double(0) + 0.0));
    }
    case 'n': {
      constexpr int kShortDigits = 18;
      const Int128 value = cells.Unscaled(0);
      const auto low = static_cast<std::int64_t>(value);
      if (cells.Precision(0) <= kShortDigits) return HashOfLong(low);
      return HashOfLong(static_cast<std::int64_t>(value >> 64)) ^ HashOfLong(low);
    }
    case 't':
    case 'x': {
      const std::string_view bytes = cells.Text(0);
      return XXH64(bytes.data(), bytes.size(), 0);
    }
    case 'o':
      RaiseTrino("NOT_SUPPORTED", "NotImplemented: checksum of a nested value", -1);
    default:
      return HashOfLong(cells.Integer(0));
  }
}

void ChecksumPart(Cells& cells) {
  const std::uint64_t part = cells.IsNull(0) ? kChecksumPrime : HashOfValue(cells) * kChecksumPrime;
  cells.SetInteger(static_cast<std::int64_t>(part));
}

/// The hash of a value that approx_distinct() counts; of a nested one by its text.
void ValueHash(Cells& cells) {
  if (cells.Family(0) != 'o') {
    return cells.SetInteger(static_cast<std::int64_t>(HashOfValue(cells)));
  }
  const std::string text = cells.Printed(0);
  cells.SetInteger(static_cast<std::int64_t>(XXH64(text.data(), text.size(), 0)));
}

void ChecksumBytes(Cells& cells) {
  cells.SetText(LittleEndian(static_cast<std::uint64_t>(cells.Unscaled(0))));
}

}  // namespace

CellFunctions TrinoHashFunctions() {
  return {
      {"trino.sha512", "BLOB", DigestBytes<DigestKind::kSha512>},
      {"trino.hmac_md5", "BLOB", HmacBytes<DigestKind::kMd5>},
      {"trino.hmac_sha1", "BLOB", HmacBytes<DigestKind::kSha1>},
      {"trino.hmac_sha256", "BLOB", HmacBytes<DigestKind::kSha256>},
      {"trino.hmac_sha512", "BLOB", HmacBytes<DigestKind::kSha512>},
      {"trino.murmur3", "BLOB", Murmur3x64},
      {"trino.spooky_hash_v2_32", "BLOB", Spooky32},
      {"trino.spooky_hash_v2_64", "BLOB", Spooky64},
      {"trino.xxhash64", "BLOB", Xxhash64},
      {"trino.murmur3_hash", "BIGINT", Murmur3Hash},
      {"trino.value_hash", "BIGINT", ValueHash},
      {"trino.checksum_part", "BIGINT", ChecksumPart, true},
      {"trino.checksum_bytes", "BLOB", ChecksumBytes},
  };
}

}  // namespace owlet::engine
