#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace owlet::engine {

/// Quantiles of numbers, exact for few and near for many: the merging t-digest (Dunning) with the
/// scale function, sizes and interpolation of Trino's, so that approx_percentile and
/// value_at_quantile give its answers and CAST(tdigest_agg(x) AS varbinary) its bytes.
///
/// A value; not thread-safe. Values and weights must be finite.
class TDigest {
 public:
  [[nodiscard]] static std::optional<TDigest> Parse(std::string_view bytes);
  /// Compacted to half the centroids, as Trino keeps a tdigest.
  [[nodiscard]] std::string Serialize();
  /// With all the centroids that the quantiles of an aggregation see.
  [[nodiscard]] std::string SerializeWhole();

  void Add(double value, double weight);
  void Merge(TDigest& other);
  /// The values at quantiles in increasing order, each in [0, 1]; NaN when there is no value.
  [[nodiscard]] std::vector<double> ValuesAt(const std::vector<double>& quantiles);

 private:
  struct Centroid {
    double mean = 0;
    double weight = 0;
  };
  void Compact(double compression);
  [[nodiscard]] std::string Bytes() const;
  [[nodiscard]] double Inside(double offset, std::size_t& centroid, double& before) const;

  std::vector<Centroid> centroids_;
  double total_ = 0;
  double minimum_ = 0;
  double maximum_ = 0;
  double compression_ = 100;
  bool backwards_ = false;
  bool compact_ = true;
};

}  // namespace owlet::engine
