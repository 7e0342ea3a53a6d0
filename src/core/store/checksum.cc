#include "core/store/checksum.h"

#include <fmt/format.h>

// Its functions are inlined here: no library to link, no symbols that another copy could shadow.
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <array>
#include <bit>
#include <utility>

#include "base/check.h"
#include "base/crc.h"
#include "base/digest.h"
#include "base/encoding.h"

namespace owlet::store {
namespace {

struct Named {
  ChecksumAlgorithm algorithm;
  std::string_view name;
  std::size_t size;
};
constexpr std::array kAlgorithms = {
    Named{ChecksumAlgorithm::kCrc32, "CRC32", 4},
    Named{ChecksumAlgorithm::kCrc32c, "CRC32C", 4},
    Named{ChecksumAlgorithm::kCrc64Nvme, "CRC64NVME", 8},
    Named{ChecksumAlgorithm::kSha1, "SHA1", 20},
    Named{ChecksumAlgorithm::kSha256, "SHA256", 32},
    Named{ChecksumAlgorithm::kSha512, "SHA512", 64},
    Named{ChecksumAlgorithm::kMd5, "MD5", 16},
    Named{ChecksumAlgorithm::kXxHash64, "XXHASH64", 8},
    Named{ChecksumAlgorithm::kXxHash3, "XXHASH3", 8},
    Named{ChecksumAlgorithm::kXxHash128, "XXHASH128", 16},
};

const Named& Find(ChecksumAlgorithm algorithm) {
  for (const Named& named : kAlgorithms) {
    if (named.algorithm == algorithm) return named;
  }
  OWLET_CHECK(false);
}

template <class Word>
std::string ToBigEndian(Word value) {
  std::string bytes(sizeof(Word), '\0');
  for (std::size_t i = sizeof(Word); i-- > 0; value = static_cast<Word>(value >> 8)) {
    bytes[i] = static_cast<char>(value);
  }
  return bytes;
}

template <class Word>
Word FromBigEndian(std::string_view bytes) {
  OWLET_CHECK(bytes.size() == sizeof(Word));
  Word value = 0;
  for (const char c : bytes) {
    value = static_cast<Word>(value << 8 | static_cast<unsigned char>(c));
  }
  return value;
}

template <class Word, Word (*kUpdate)(Word, std::span<const std::byte>)>
class CrcHasher final : public Hasher {
 public:
  void Append(std::span<const std::byte> bytes) override { crc_ = kUpdate(crc_, bytes); }
  std::string Finish() override { return ToBigEndian(crc_); }

 private:
  Word crc_ = 0;
};

class XxHasher64 final : public Hasher {
 public:
  XxHasher64() { XXH64_reset(state_.get(), 0); }
  void Append(std::span<const std::byte> bytes) override {
    XXH64_update(state_.get(), bytes.data(), bytes.size());
  }
  std::string Finish() override { return ToBigEndian(XXH64_digest(state_.get())); }

 private:
  std::unique_ptr<XXH64_state_t> state_ = std::make_unique<XXH64_state_t>();
};

/// XXH3 of 64 or 128 bits.
class XxHasher3 final : public Hasher {
 public:
  explicit XxHasher3(bool wide) : wide_(wide), state_(XXH3_createState()) {
    wide ? XXH3_128bits_reset(state_.get()) : XXH3_64bits_reset(state_.get());
  }
  void Append(std::span<const std::byte> bytes) override {
    wide_ ? XXH3_128bits_update(state_.get(), bytes.data(), bytes.size())
          : XXH3_64bits_update(state_.get(), bytes.data(), bytes.size());
  }
  std::string Finish() override {
    if (!wide_) return ToBigEndian(XXH3_64bits_digest(state_.get()));
    const XXH128_hash_t hash = XXH3_128bits_digest(state_.get());
    return ToBigEndian(hash.high64) + ToBigEndian(hash.low64);
  }

 private:
  struct FreeState {
    void operator()(XXH3_state_t* state) const { XXH3_freeState(state); }
  };
  bool wide_;
  std::unique_ptr<XXH3_state_t, FreeState> state_;  // aligned by its own allocator
};

class DigestHasher final : public Hasher {
 public:
  explicit DigestHasher(DigestKind kind) : digest_(kind) {}
  void Append(std::span<const std::byte> bytes) override { digest_.Append(bytes); }
  std::string Finish() override { return digest_.Finish(); }

 private:
  Digest digest_;
};

}  // namespace

std::string_view ChecksumName(ChecksumAlgorithm algorithm) { return Find(algorithm).name; }
std::size_t ChecksumSize(ChecksumAlgorithm algorithm) { return Find(algorithm).size; }

std::optional<ChecksumAlgorithm> ParseChecksumName(std::string_view name) {
  for (const Named& named : kAlgorithms) {
    if (named.name == name) return named.algorithm;
  }
  return std::nullopt;
}

std::string Checksum::Text() const {
  std::string text = EncodeBase64(value);
  if (type == ChecksumType::kComposite) text += fmt::format("-{}", num_parts);
  return text;
}

std::optional<Checksum> Checksum::Parse(ChecksumAlgorithm algorithm, std::string_view base64) {
  std::optional<std::string> value = DecodeBase64(base64);
  if (!value || value->size() != ChecksumSize(algorithm)) return std::nullopt;
  return Checksum{.algorithm = algorithm, .value = *std::move(value)};
}

std::unique_ptr<Hasher> MakeHasher(ChecksumAlgorithm algorithm) {
  switch (algorithm) {
    case ChecksumAlgorithm::kCrc32:
      return std::make_unique<CrcHasher<std::uint32_t, Crc32>>();
    case ChecksumAlgorithm::kCrc32c:
      return std::make_unique<CrcHasher<std::uint32_t, Crc32c>>();
    case ChecksumAlgorithm::kCrc64Nvme:
      return std::make_unique<CrcHasher<std::uint64_t, Crc64Nvme>>();
    case ChecksumAlgorithm::kSha1:
      return std::make_unique<DigestHasher>(DigestKind::kSha1);
    case ChecksumAlgorithm::kSha256:
      return std::make_unique<DigestHasher>(DigestKind::kSha256);
    case ChecksumAlgorithm::kSha512:
      return std::make_unique<DigestHasher>(DigestKind::kSha512);
    case ChecksumAlgorithm::kMd5:
      return std::make_unique<DigestHasher>(DigestKind::kMd5);
    case ChecksumAlgorithm::kXxHash64:
      return std::make_unique<XxHasher64>();
    case ChecksumAlgorithm::kXxHash3:
      return std::make_unique<XxHasher3>(/*wide=*/false);
    case ChecksumAlgorithm::kXxHash128:
      return std::make_unique<XxHasher3>(/*wide=*/true);
  }
  OWLET_CHECK(false);
}

std::string CombineCrc(ChecksumAlgorithm algorithm, std::string_view first, std::string_view second,
                       std::uint64_t second_size) {
  switch (algorithm) {
    case ChecksumAlgorithm::kCrc32:
      return ToBigEndian(CombineCrc32(FromBigEndian<std::uint32_t>(first),
                                      FromBigEndian<std::uint32_t>(second), second_size));
    case ChecksumAlgorithm::kCrc32c:
      return ToBigEndian(CombineCrc32c(FromBigEndian<std::uint32_t>(first),
                                       FromBigEndian<std::uint32_t>(second), second_size));
    case ChecksumAlgorithm::kCrc64Nvme:
      return ToBigEndian(CombineCrc64Nvme(FromBigEndian<std::uint64_t>(first),
                                          FromBigEndian<std::uint64_t>(second), second_size));
    case ChecksumAlgorithm::kSha1:
    case ChecksumAlgorithm::kSha256:
    case ChecksumAlgorithm::kSha512:
    case ChecksumAlgorithm::kMd5:
    case ChecksumAlgorithm::kXxHash64:
    case ChecksumAlgorithm::kXxHash3:
    case ChecksumAlgorithm::kXxHash128:
      break;
  }
  OWLET_CHECK(false);
}

bool CanCombine(ChecksumAlgorithm algorithm) {
  return algorithm == ChecksumAlgorithm::kCrc32 || algorithm == ChecksumAlgorithm::kCrc32c ||
         algorithm == ChecksumAlgorithm::kCrc64Nvme;
}

Checksum CombineParts(ChecksumAlgorithm algorithm, ChecksumType type,
                      std::span<const std::pair<std::string, std::uint64_t>> parts) {
  Checksum combined{.algorithm = algorithm, .type = type};
  if (type == ChecksumType::kComposite) {
    const std::unique_ptr<Hasher> hasher = MakeHasher(algorithm);
    for (const auto& [value, size] : parts) hasher->Append(std::as_bytes(std::span(value)));
    combined.value = hasher->Finish();
    combined.num_parts = static_cast<std::uint32_t>(parts.size());
    return combined;
  }
  combined.value.assign(ChecksumSize(algorithm), '\0');  // of no bytes at all
  for (const auto& [value, size] : parts) {
    combined.value = CombineCrc(algorithm, combined.value, value, size);
  }
  return combined;
}

}  // namespace owlet::store
