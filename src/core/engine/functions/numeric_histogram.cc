#include "core/engine/functions/numeric_histogram.h"

#include <algorithm>

namespace owlet::engine {

namespace {

/// How much the squared error grows when two buckets become one.
double Penalty(const NumericHistogram::Bucket& left, const NumericHistogram::Bucket& right) {
  const double weight = left.second + right.second;
  const double distance = left.first - right.first;
  return weight * (distance * distance) * ((left.second * right.second) / (weight * weight));
}

}  // namespace

void NumericHistogram::Compact() {
  std::stable_sort(buckets_.begin(), buckets_.end(), [](const Bucket& left, const Bucket& right) {
    return left.first < right.first;
  });
  std::vector<Bucket> kept;
  for (const Bucket& bucket : buckets_) {
    if (!kept.empty() && kept.back().first == bucket.first) {
      kept.back().second += bucket.second;
    } else {
      kept.push_back(bucket);
    }
  }
  while (kept.size() > maximum_) {
    std::size_t best = 0;
    for (std::size_t i = 1; i + 1 < kept.size(); ++i) {
      if (Penalty(kept[i], kept[i + 1]) < Penalty(kept[best], kept[best + 1])) best = i;
    }
    Bucket& left = kept[best];
    const Bucket right = kept[best + 1];
    const double weight = left.second + right.second;
    left = {(left.first * left.second + right.first * right.second) / weight, weight};
    kept.erase(kept.begin() + static_cast<std::ptrdiff_t>(best) + 1);
  }
  buckets_ = std::move(kept);
}

void NumericHistogram::Add(double value, double weight) {
  const std::size_t spare = std::max<std::size_t>(maximum_ / 5, 1);
  if (buckets_.size() >= maximum_ + spare) Compact();
  buckets_.emplace_back(value, weight);
}

void NumericHistogram::Merge(const NumericHistogram& other) {
  buckets_.insert(buckets_.end(), other.buckets_.begin(), other.buckets_.end());
  Compact();
}

std::vector<NumericHistogram::Bucket> NumericHistogram::Buckets() const {
  NumericHistogram copy = *this;
  copy.Compact();
  return copy.buckets_;
}

}  // namespace owlet::engine
