#include <fmt/format.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <bit>
#include <cstring>

#include "base/crc.h"
#include "base/digest.h"
#include "core/engine/functions/cells.h"

// Hashes whose values users see: Spark's hash (murmur3) and xxhash64 over columns, checksums.

namespace owlet::engine {

namespace {

std::string HexText(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return text;
}

void Crc(Cells& cells) { cells.SetInteger(Crc32(0, std::as_bytes(std::span(cells.Text(0))))); }

void SparkSha2(Cells& cells) {
  const std::int64_t bits = cells.Integer(1);
  if (bits == 0 || bits == 256) {
    return cells.SetText(HexText(Digest::Of(DigestKind::kSha256, cells.Text(0))));
  }
  for (const auto& [length, kind] : {std::pair(224, DigestKind::kSha224),
                                     {384, DigestKind::kSha384},
                                     {512, DigestKind::kSha512}}) {
    if (bits == length) return cells.SetText(HexText(Digest::Of(kind, cells.Text(0))));
  }
  cells.SetNull();
}

std::uint32_t MixKey(std::uint32_t key) { return std::rotl(key * 0xcc9e2d51U, 15) * 0x1b873593U; }
std::uint32_t MixHash(std::uint32_t hash, std::uint32_t key) {
  return std::rotl(hash ^ key, 13) * 5 + 0xe6546b64U;
}
std::uint32_t Finish(std::uint32_t hash, std::uint32_t length) {
  hash ^= length;
  hash = (hash ^ (hash >> 16)) * 0x85ebca6bU;
  hash = (hash ^ (hash >> 13)) * 0xc2b2ae35U;
  return hash ^ (hash >> 16);
}

/// Spark's variant of murmur3: the bytes behind the last whole word are mixed one by one, signed.
struct Murmur3 {
  std::uint32_t seed = 42;
  void Int(std::int32_t value) {
    seed = Finish(MixHash(seed, MixKey(static_cast<std::uint32_t>(value))), 4);
  }
  void Long(std::int64_t value) {
    const auto raw = static_cast<std::uint64_t>(value);
    const auto low = MixHash(seed, MixKey(static_cast<std::uint32_t>(raw)));
    seed = Finish(MixHash(low, MixKey(static_cast<std::uint32_t>(raw >> 32))), 8);
  }
  void Bytes(std::string_view bytes) {
    std::uint32_t hash = seed;
    std::size_t at = 0;
    for (; at + 4 <= bytes.size(); at += 4) {
      std::uint32_t word = 0;
      std::memcpy(&word, bytes.data() + at, 4);
      hash = MixHash(hash, MixKey(word));
    }
    for (; at < bytes.size(); ++at) {
      const auto byte = static_cast<std::int32_t>(static_cast<signed char>(bytes[at]));
      hash = MixHash(hash, MixKey(static_cast<std::uint32_t>(byte)));
    }
    seed = Finish(hash, static_cast<std::uint32_t>(bytes.size()));
  }
};

struct Xx64 {
  std::uint64_t seed = 42;
  void Int(std::int32_t value) { seed = XXH64(&value, sizeof(value), seed); }
  void Long(std::int64_t value) { seed = XXH64(&value, sizeof(value), seed); }
  void Bytes(std::string_view bytes) { seed = XXH64(bytes.data(), bytes.size(), seed); }
};

/// The unscaled value as Java's BigInteger.toByteArray: big endian, the fewest bytes.
std::string BigIntegerBytes(Int128 value) {
  std::string bytes;
  for (int shift = 120; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift);
  while (bytes.size() > 1 && ((bytes[0] == 0 && static_cast<signed char>(bytes[1]) >= 0) ||
                              (bytes[0] == -1 && static_cast<signed char>(bytes[1]) < 0))) {
    bytes.erase(0, 1);
  }
  return bytes;
}

template <class Hash>
void HashOne(const Cells& cells, std::size_t index, Hash& hash) {
  constexpr int kLongDigits = 18;
  switch (cells.Family(index)) {
    case 'b':
      return hash.Int(cells.Boolean(index) ? 1 : 0);
    case 'd':
      return hash.Int(static_cast<std::int32_t>(cells.Integer(index)));
    case 's':
      return hash.Long(cells.Integer(index));
    case 'i':
      if (cells.IntegerWidth(index) == 8) return hash.Long(cells.Integer(index));
      return hash.Int(static_cast<std::int32_t>(cells.Integer(index)));
    case 'f': {
      const double value = cells.Double(index) == 0 ? 0.0 : cells.Double(index);
      if (cells.IsReal(index))
        return hash.Int(std::bit_cast<std::int32_t>(static_cast<float>(value)));
      return hash.Long(std::bit_cast<std::int64_t>(value));
    }
    case 'n':
      if (cells.Precision(index) <= kLongDigits)
        return hash.Long(static_cast<std::int64_t>(cells.Unscaled(index)));
      return hash.Bytes(BigIntegerBytes(cells.Unscaled(index)));
    case 't':
    case 'x':
      return hash.Bytes(cells.Text(index));
    default:
      RaiseSpark("UNSUPPORTED_FEATURE", "NotImplemented: a hash of a nested value", {}, -1);
  }
}

template <class Hash>
Hash HashAll(const Cells& cells) {
  Hash hash;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (!cells.IsNull(i)) HashOne(cells, i, hash);
  }
  return hash;
}

void SparkMurmur3(Cells& cells) {
  cells.SetInteger(static_cast<std::int32_t>(HashAll<Murmur3>(cells).seed));
}
void SparkXxhash64(Cells& cells) {
  cells.SetInteger(static_cast<std::int64_t>(HashAll<Xx64>(cells).seed));
}

}  // namespace

CellFunctions HashFunctions() {
  return {
      {"*.crc32", "BIGINT", Crc},
      {"spark.sha2", "VARCHAR", SparkSha2},
      {"spark.murmur3", "INTEGER", SparkMurmur3, true},
      {"spark.xxhash64", "BIGINT", SparkXxhash64, true},
  };
}

}  // namespace owlet::engine
