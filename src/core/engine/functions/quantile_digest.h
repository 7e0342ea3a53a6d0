#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace owlet::engine {

/// Quantiles of whole numbers within a stated error: the q-digest (Shrivastava et al.), a binary
/// tree over the numbers' bits whose light branches are folded into their parents. Compacted at the
/// moments at which Trino's is, so that value_at_quantile agrees and the bytes are Trino's.
///
/// A value; not thread-safe. Doubles are kept as integers of the same order (SortableBits).
class QuantileDigest {
 public:
  explicit QuantileDigest(double accuracy) : accuracy_(accuracy) {}

  [[nodiscard]] static std::optional<QuantileDigest> Parse(std::string_view bytes);
  [[nodiscard]] std::string Serialize();

  void Add(std::int64_t value, double weight);
  void Merge(const QuantileDigest& other);

  [[nodiscard]] double Count() const { return total_; }
  /// Not less than the values at quantiles in increasing order, each in [0, 1].
  [[nodiscard]] std::vector<std::int64_t> ValuesAt(const std::vector<double>& quantiles) const;
  /// The share of smaller values; nothing for a value outside of all that were added.
  [[nodiscard]] std::optional<double> QuantileAt(std::int64_t value) const;

  [[nodiscard]] static std::int64_t SortableBits(double value);
  [[nodiscard]] static double FromSortableBits(std::int64_t bits);

 private:
  static constexpr int kNone = -1;
  struct Node {
    std::uint64_t bits = 0;
    int level = 0;  // how many low bits are open
    double count = 0;
    int left = kNone;
    int right = kNone;
  };

  int NewNode(std::uint64_t bits, int level, double count);
  int Join(int first, int second);
  void Insert(std::uint64_t bits, double weight);
  int MergeNodes(int node, const QuantileDigest& other, int other_node);
  int Copy(const QuantileDigest& other, int other_node);
  [[nodiscard]] int CompressionFactor() const;
  void Compress();
  int Compress(int node, double bound);
  int Drop(int node);
  /// Children before parents; stops when `visit` says no.
  bool Walk(int node, const std::function<bool(const Node&)>& visit) const;
  [[nodiscard]] int CountNodes(int node) const;

  double accuracy_;
  double total_ = 0;
  std::int64_t minimum_ = std::numeric_limits<std::int64_t>::max();
  std::int64_t maximum_ = std::numeric_limits<std::int64_t>::min();
  int root_ = kNone;
  std::vector<Node> nodes_;
  std::vector<int> free_;
};

}  // namespace owlet::engine
