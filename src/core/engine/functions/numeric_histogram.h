#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace owlet::engine {

/// At most so many buckets of numbers, each a value and a weight: whenever there are more, the
/// neighbours whose joining changes least are joined (Ben-Haim and Tom-Tov), at the moments at
/// which Trino joins them.
///
/// A value; not thread-safe.
class NumericHistogram {
 public:
  using Bucket = std::pair<double, double>;  // value, weight

  explicit NumericHistogram(std::size_t maximum) : maximum_(maximum) {}

  void Add(double value, double weight);
  void Merge(const NumericHistogram& other);
  /// By their values.
  [[nodiscard]] std::vector<Bucket> Buckets() const;

 private:
  void Compact();

  std::size_t maximum_;
  std::vector<Bucket> buckets_;
};

}  // namespace owlet::engine
