#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace owlet::engine {

/// How many different hashes there were, roughly: HyperLogLog with Trino's layouts, so that
/// cardinalities agree with Trino's and CAST(approx_set(x) AS varbinary) gives its bytes. Few
/// hashes are kept by their first 26 bits (and counted all but exactly), many as one register a
/// bucket.
///
/// A value; not thread-safe. The estimates between the two regimes are corrected by a curve that
/// was measured (hyper_log_log.cc).
class HyperLogLog {
 public:
  /// 2^`index_bits` buckets, 4 to 16.
  explicit HyperLogLog(int index_bits) : index_bits_(index_bits) {}

  /// What Serialize wrote, or Trino did; nothing when it is something else.
  [[nodiscard]] static std::optional<HyperLogLog> Parse(std::string_view bytes);
  [[nodiscard]] std::string Serialize() const;

  void Add(std::uint64_t hash);
  /// False when the other has another number of buckets: then nothing is changed.
  [[nodiscard]] bool Merge(const HyperLogLog& other);
  [[nodiscard]] std::int64_t Cardinality() const;
  [[nodiscard]] int index_bits() const { return index_bits_; }

 private:
  [[nodiscard]] bool IsDense() const { return !registers_.empty(); }
  [[nodiscard]] std::size_t NumBuckets() const { return std::size_t{1} << index_bits_; }
  void AddEntry(std::uint32_t entry);
  void MakeDense();
  void Raise(std::size_t bucket, int value);
  /// The bucket and value that a sparse entry means for 2^index_bits buckets.
  [[nodiscard]] std::pair<std::size_t, int> RegisterOf(std::uint32_t entry) const;

  int index_bits_;
  /// Sorted by prefix: 26 bits of the hash, then 6 that count the zeros behind them.
  std::vector<std::uint32_t> entries_;
  std::size_t entry_capacity_ = 1;  // what Trino's array would hold: it decides when to be dense
  std::vector<std::uint8_t> registers_;
};

}  // namespace owlet::engine
