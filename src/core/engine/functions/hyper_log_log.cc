#include "core/engine/functions/hyper_log_log.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <iterator>

#include "core/engine/functions/hyper_log_log_bias.h"

namespace owlet::engine {

namespace {

constexpr char kSparseTag = 2;
constexpr char kDenseTag = 3;
constexpr int kPrefixBits = 26;
constexpr int kZeroBits = 6;
constexpr int kMaximumDelta = 15;

std::size_t PrefixOf(std::uint32_t entry) { return entry >> kZeroBits; }
int ZerosOf(std::uint32_t entry) { return static_cast<int>(entry & ((1U << kZeroBits) - 1)); }

/// The zeros that follow the first `bits` bits of a hash.
int ZerosBehind(std::uint64_t hash, int bits) {
  return std::countl_zero((hash << bits) | (std::uint64_t{1} << (bits - 1)));
}

double LinearCount(double empty, double buckets) { return buckets * std::log(buckets / empty); }

double Alpha(double buckets) {
  if (buckets <= 16) return 0.673;
  if (buckets <= 32) return 0.697;
  if (buckets <= 64) return 0.709;
  return 0.7213 / (1 + 1.079 / buckets);
}

template <class T>
void Put(std::string& bytes, T value) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

template <class T>
T Get(std::string_view bytes, std::size_t at) {
  T value{};
  std::memcpy(&value, bytes.data() + at, sizeof(T));
  return value;
}

}  // namespace

std::pair<std::size_t, int> HyperLogLog::RegisterOf(std::uint32_t entry) const {
  const std::size_t bucket = entry >> (32 - index_bits_);
  const int between = kPrefixBits - index_bits_;
  const int zeros = std::countl_zero(entry << index_bits_);
  return {bucket, (zeros >= between ? between + ZerosOf(entry) : zeros) + 1};
}

void HyperLogLog::Raise(std::size_t bucket, int value) {
  registers_[bucket] = std::max(registers_[bucket], static_cast<std::uint8_t>(value));
}

void HyperLogLog::MakeDense() {
  // Trino's objects: 24 bytes and an array of ints against 40 bytes and half a byte a bucket.
  const std::size_t sparse_size = 24 + 16 + 4 * entry_capacity_;
  const std::size_t dense_size = 40 + NumBuckets() / 2;
  if (sparse_size <= dense_size) return;
  registers_.assign(NumBuckets(), 0);
  for (const std::uint32_t entry : entries_) {
    const auto [bucket, value] = RegisterOf(entry);
    Raise(bucket, value);
  }
  entries_.clear();
  entries_.shrink_to_fit();
}

void HyperLogLog::AddEntry(std::uint32_t entry) {
  const auto at = std::lower_bound(
      entries_.begin(), entries_.end(), PrefixOf(entry),
      [](std::uint32_t left, std::size_t prefix) { return PrefixOf(left) < prefix; });
  if (at != entries_.end() && PrefixOf(*at) == PrefixOf(entry)) {
    *at = std::max(*at, entry);
    return;
  }
  if (entries_.size() + 1 > entry_capacity_) entry_capacity_ += 10;
  entries_.insert(at, entry);
  MakeDense();
}

void HyperLogLog::Add(std::uint64_t hash) {
  if (IsDense()) {
    Raise(hash >> (64 - index_bits_), ZerosBehind(hash, index_bits_) + 1);
    return;
  }
  const auto prefix = static_cast<std::uint32_t>(hash >> (64 - kPrefixBits));
  AddEntry((prefix << kZeroBits) | static_cast<std::uint32_t>(ZerosBehind(hash, kPrefixBits)));
}

bool HyperLogLog::Merge(const HyperLogLog& other) {
  if (other.index_bits_ != index_bits_) return false;
  if (!IsDense() && !other.IsDense()) {
    std::vector<std::uint32_t> both;
    std::merge(entries_.begin(), entries_.end(), other.entries_.begin(), other.entries_.end(),
               std::back_inserter(both));
    // Of one prefix the last, which has most zeros.
    entries_.clear();
    for (const std::uint32_t entry : both) {
      if (!entries_.empty() && PrefixOf(entries_.back()) == PrefixOf(entry)) {
        entries_.back() = entry;
      } else {
        entries_.push_back(entry);
      }
    }
    entry_capacity_ = entries_.size();
    MakeDense();
    return true;
  }
  if (!IsDense()) {
    entry_capacity_ = NumBuckets();
    MakeDense();
  }
  for (const std::uint32_t entry : other.entries_) {
    const auto [bucket, value] = RegisterOf(entry);
    Raise(bucket, value);
  }
  for (std::size_t i = 0; i < other.registers_.size(); ++i) Raise(i, other.registers_[i]);
  return true;
}

std::int64_t HyperLogLog::Cardinality() const {
  if (!IsDense()) {
    constexpr double kPrefixes = 1 << kPrefixBits;
    return std::llround(LinearCount(kPrefixes - static_cast<double>(entries_.size()), kPrefixes));
  }
  const auto buckets = static_cast<double>(NumBuckets());
  const auto empty = static_cast<double>(std::count(registers_.begin(), registers_.end(), 0));
  // With fewer empty buckets the registers tell more than the emptiness.
  constexpr double kLinearShare = 0.4;
  if (empty > kLinearShare * buckets) return std::llround(LinearCount(empty, buckets));
  double sum = 0;
  for (const std::uint8_t value : registers_) sum += std::ldexp(1.0, -value);
  const double raw = Alpha(buckets) * buckets * buckets / sum;
  return std::llround(raw - HyperLogLogBias(raw, index_bits_));
}

std::string HyperLogLog::Serialize() const {
  std::string bytes;
  bytes += IsDense() ? kDenseTag : kSparseTag;
  bytes += static_cast<char>(index_bits_);
  if (!IsDense()) {
    Put(bytes, static_cast<std::uint16_t>(entries_.size()));
    for (const std::uint32_t entry : entries_) Put(bytes, entry);
    return bytes;
  }
  // Four bits a bucket above the smallest value; what does not fit is listed behind them.
  const int baseline = *std::min_element(registers_.begin(), registers_.end());
  bytes += static_cast<char>(baseline);
  std::vector<std::pair<std::uint16_t, std::uint8_t>> overflows;
  for (std::size_t i = 0; i < registers_.size(); i += 2) {
    int pair = 0;
    for (std::size_t bucket = i; bucket < i + 2; ++bucket) {
      const int delta = registers_[bucket] - baseline;
      if (delta > kMaximumDelta) {
        overflows.emplace_back(static_cast<std::uint16_t>(bucket),
                               static_cast<std::uint8_t>(delta - kMaximumDelta));
      }
      pair = pair << 4 | std::min(delta, kMaximumDelta);
    }
    bytes += static_cast<char>(pair);
  }
  Put(bytes, static_cast<std::uint16_t>(overflows.size()));
  for (const auto& [bucket, value] : overflows) Put(bytes, bucket);
  for (const auto& [bucket, value] : overflows) Put(bytes, value);
  return bytes;
}

std::optional<HyperLogLog> HyperLogLog::Parse(std::string_view bytes) {
  if (bytes.size() < 4) return std::nullopt;
  const int index_bits = bytes[1];
  if (index_bits < 1 || index_bits > 16) return std::nullopt;
  HyperLogLog sketch(index_bits);
  if (bytes[0] == kSparseTag) {
    const std::size_t count = Get<std::uint16_t>(bytes, 2);
    if (bytes.size() != 4 + 4 * count) return std::nullopt;
    for (std::size_t i = 0; i < count; ++i) {
      sketch.entries_.push_back(Get<std::uint32_t>(bytes, 4 + 4 * i));
    }
    sketch.entry_capacity_ = count;
    return sketch;
  }
  const std::size_t half = sketch.NumBuckets() / 2;
  if (bytes[0] != kDenseTag || bytes.size() < 3 + half + 2) return std::nullopt;
  const std::size_t overflows = Get<std::uint16_t>(bytes, 3 + half);
  if (bytes.size() != 3 + half + 2 + 3 * overflows) return std::nullopt;
  const auto baseline = static_cast<std::uint8_t>(bytes[2]);
  for (std::size_t i = 0; i < half; ++i) {
    const auto pair = static_cast<std::uint8_t>(bytes[3 + i]);
    sketch.registers_.push_back(static_cast<std::uint8_t>(baseline + (pair >> 4)));
    sketch.registers_.push_back(static_cast<std::uint8_t>(baseline + (pair & kMaximumDelta)));
  }
  const std::size_t buckets_at = 3 + half + 2;
  for (std::size_t i = 0; i < overflows; ++i) {
    const std::size_t bucket = Get<std::uint16_t>(bytes, buckets_at + 2 * i);
    if (bucket >= sketch.registers_.size()) return std::nullopt;
    sketch.registers_[bucket] = static_cast<std::uint8_t>(
        sketch.registers_[bucket] + Get<std::uint8_t>(bytes, buckets_at + 2 * overflows + i));
  }
  return sketch;
}

}  // namespace owlet::engine
