#include "core/engine/functions/t_digest.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace owlet::engine {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

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

/// What a line through (x0, y0) and (x1, y1) adds to y0 at x.
double Rise(double x, double x0, double y0, double x1, double y1) {
  return (x - x0) / (x1 - x0) * (y1 - y0);
}

/// How many centroids the digest may gather before it is compacted.
std::size_t Room(double compression) {
  return static_cast<std::size_t>(6 * (2 * compression + 10));
}

}  // namespace

void TDigest::Add(double value, double weight) {
  if (centroids_.size() >= Room(compression_)) Compact(2 * compression_);
  minimum_ = total_ == 0 && centroids_.empty() ? value : std::min(minimum_, value);
  maximum_ = total_ == 0 && centroids_.empty() ? value : std::max(maximum_, value);
  centroids_.push_back({value, weight});
  total_ += weight;
  compact_ = false;
}

void TDigest::Merge(TDigest& other) {
  if (other.centroids_.empty()) return;
  if (centroids_.size() + other.centroids_.size() > Room(compression_)) {
    Compact(2 * compression_);
    other.Compact(2 * other.compression_);
  }
  minimum_ = centroids_.empty() ? other.minimum_ : std::min(minimum_, other.minimum_);
  maximum_ = centroids_.empty() ? other.maximum_ : std::max(maximum_, other.maximum_);
  centroids_.insert(centroids_.end(), other.centroids_.begin(), other.centroids_.end());
  total_ += other.total_;
  compact_ = false;
}

void TDigest::Compact(double compression) {
  if (centroids_.empty()) return;
  std::stable_sort(
      centroids_.begin(), centroids_.end(),
      [](const Centroid& left, const Centroid& right) { return left.mean < right.mean; });
  // Each time from the other side, so that neither end gets the larger error.
  if (backwards_) std::reverse(centroids_.begin(), centroids_.end());
  const double normalizer = compression / (4 * std::log(total_ / compression) + 24);
  const auto largest = [&](double quantile) { return quantile * (1 - quantile) / normalizer; };
  std::vector<Centroid> merged = {centroids_[0]};
  double before = 0;
  double limit = largest(0);
  for (std::size_t i = 1; i < centroids_.size(); ++i) {
    const Centroid& next = centroids_[i];
    Centroid& last = merged.back();
    const double together = last.weight + next.weight;
    const double quantile = std::min((before + together) / total_, 1.0);
    if (together <= total_ * std::min(limit, largest(quantile))) {
      last.mean += (next.mean - last.mean) * next.weight / together;
      last.weight = together;
    } else {
      before += last.weight;
      limit = largest(before / total_);
      merged.push_back(next);
    }
  }
  if (backwards_) std::reverse(merged.begin(), merged.end());
  backwards_ = !backwards_;
  centroids_ = std::move(merged);
  compact_ = true;
}

/// The value `offset` weights from the left, between the middles of two centroids; `centroid` and
/// the weight `before` its middle move on with growing offsets.
double TDigest::Inside(double offset, std::size_t& centroid, double& before) const {
  const std::size_t last = centroids_.size() - 1;
  const auto step = [&](std::size_t at) {
    return (centroids_[at].weight + centroids_[at + 1].weight) / 2;
  };
  while (centroid < last && before + step(centroid) <= offset) {
    before += step(centroid);
    ++centroid;
  }
  if (centroid == last) {
    const double half = centroids_[last].weight / 2;
    if (offset <= total_ - 1 && half > 1) {
      return maximum_ + Rise(total_ - offset, 1, maximum_, half, centroids_[last].mean);
    }
    return maximum_;
  }
  const Centroid& left = centroids_[centroid];
  const Centroid& right = centroids_[centroid + 1];
  double into = offset - before;
  // A centroid of one value is that value, over all its width.
  if (left.weight == 1 && into < left.weight / 2) return left.mean;
  if (right.weight == 1 && into >= left.weight / 2) return right.mean;
  double section = step(centroid);
  if (left.weight == 1) {
    into -= left.weight / 2;
    section = right.weight / 2;
  } else if (right.weight == 1) {
    section = left.weight / 2;
  }
  return left.mean + Rise(into, 0, left.mean, section, right.mean);
}

std::vector<double> TDigest::ValuesAt(const std::vector<double>& quantiles) {
  if (centroids_.empty()) {
    return std::vector<double>(quantiles.size(), std::numeric_limits<double>::quiet_NaN());
  }
  if (!compact_) Compact(2 * compression_);
  std::vector<double> values;
  std::size_t centroid = 0;
  double before = centroids_[0].weight / 2;
  const double first_half = centroids_.front().weight / 2;
  const double last_half = centroids_.back().weight / 2;
  for (const double quantile : quantiles) {
    const double offset = quantile * total_;
    if (centroids_.size() == 1) {
      values.push_back(centroids_[0].mean);
    } else if (offset < 1) {
      values.push_back(minimum_);
    } else if (offset < first_half) {
      values.push_back(minimum_ + Rise(offset, 1, minimum_, first_half, centroids_.front().mean));
    } else if (offset <= total_ - 1 && total_ - offset <= last_half && last_half > 1) {
      values.push_back(maximum_ +
                       Rise(total_ - offset, 1, maximum_, last_half, centroids_.back().mean));
    } else if (offset >= total_ - 1) {
      values.push_back(maximum_);
    } else {
      values.push_back(Inside(offset, centroid, before));
    }
  }
  return values;
}

std::string TDigest::Bytes() const {
  std::string bytes(1, '\0');
  Put(bytes, centroids_.empty() ? kInfinity : minimum_);
  Put(bytes, centroids_.empty() ? -kInfinity : maximum_);
  Put(bytes, compression_);
  Put(bytes, total_);
  Put(bytes, static_cast<std::int32_t>(centroids_.size()));
  for (const Centroid& centroid : centroids_) Put(bytes, centroid.mean);
  for (const Centroid& centroid : centroids_) Put(bytes, centroid.weight);
  return bytes;
}

std::string TDigest::Serialize() {
  Compact(compression_);
  return Bytes();
}

std::string TDigest::SerializeWhole() {
  if (!compact_) Compact(2 * compression_);
  return Bytes();
}

std::optional<TDigest> TDigest::Parse(std::string_view bytes) {
  constexpr std::size_t kHead = 1 + 4 * 8 + 4;
  if (bytes.size() < kHead || bytes[0] != 0) return std::nullopt;
  TDigest digest;
  digest.minimum_ = Get<double>(bytes, 1);
  digest.maximum_ = Get<double>(bytes, 9);
  digest.compression_ = Get<double>(bytes, 17);
  digest.total_ = Get<double>(bytes, 25);
  const auto count = static_cast<std::size_t>(Get<std::uint32_t>(bytes, 33));
  if (bytes.size() - kHead != count * 16 || !(digest.compression_ >= 10)) return std::nullopt;
  for (std::size_t i = 0; i < count; ++i) {
    digest.centroids_.push_back(
        {Get<double>(bytes, kHead + 8 * i), Get<double>(bytes, kHead + 8 * (count + i))});
  }
  return digest;
}

}  // namespace owlet::engine
