#include "core/engine/functions/hyper_log_log_bias.h"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace owlet::engine {

namespace {

struct Point {
  double raw;
  double bias;
};

/// Measured with 4096 buckets: the raw estimates of sets of known size, and by how much Trino's
/// cardinality() of them is smaller. The curve of another number of buckets is the same one scaled.
constexpr double kMeasuredBuckets = 4096;
constexpr Point kMeasured[] = {
    {5176.9, 1385.9}, {5320.4, 1322.4}, {5522.6, 1238.6}, {5757.9, 1147.9}, {5947.7, 1079.7},
    {6040.9, 1047.9}, {6230.3, 986.3},  {6393.0, 936.0},  {6524.9, 897.9},  {6706.0, 847.0},
    {6808.3, 819.3},  {6925.6, 789.6},  {7091.5, 748.5},  {7177.3, 728.3},  {7445.6, 668.6},
    {7656.2, 625.2},  {7839.8, 589.8},  {8138.3, 535.3},  {8247.0, 517.0},  {8418.0, 489.0},
    {8540.8, 469.8},  {8753.8, 438.8},  {8953.0, 411.0},  {9182.7, 381.7},  {9268.3, 371.3},
    {9368.6, 358.6},  {9809.4, 310.4},  {9887.2, 302.2},  {9983.7, 292.7},  {10152.3, 276.3},
    {10269.7, 265.7}, {10713.6, 228.6}, {10821.5, 220.5}, {10976.7, 209.7}, {11125.9, 199.9},
    {11346.2, 185.2}, {11519.3, 174.3}, {11669.4, 166.4}, {12027.8, 147.8}, {12102.5, 143.5},
    {12333.5, 132.5}, {12770.2, 114.2}, {12906.6, 108.6}, {13055.5, 103.5}, {13120.1, 101.1},
    {13238.7, 96.7},  {13562.7, 85.7},  {13701.8, 81.8},  {13808.2, 78.2},  {13985.2, 74.2},
    {14360.2, 64.2},  {14503.7, 60.7},  {14720.9, 56.9},  {14897.0, 54.0},  {15082.2, 50.2},
    {15228.7, 47.7},  {15463.2, 44.2},  {15871.5, 39.5},  {15981.3, 37.3},  {16297.1, 34.1},
    {16424.9, 32.9},  {16849.4, 28.4},  {17071.4, 26.4},  {17186.8, 25.8},  {17584.6, 23.6},
    {17669.7, 23.7},  {17876.2, 22.2},  {18071.4, 20.4},  {18367.0, 18.0},  {18567.7, 16.7},
    {18808.8, 15.8},  {19184.5, 14.5},  {19308.1, 13.1},  {19382.5, 12.5},  {19442.6, 12.6},
    {19643.5, 10.5},  {20023.8, 9.8},   {20120.9, 9.9},   {20223.7, 9.7},   {20435.8, 8.8}};

/// Beyond so many times the buckets nothing is corrected.
constexpr double kCorrectedBuckets = 5;

}  // namespace

double HyperLogLogBias(double raw, int index_bits) {
  const double scale = std::ldexp(1.0, index_bits) / kMeasuredBuckets;
  const double at = raw / scale;
  if (at > kCorrectedBuckets * kMeasuredBuckets) return 0;
  const Point* right = std::ranges::lower_bound(kMeasured, at, {}, &Point::raw);
  // Before the first and behind the last point the nearest line goes on.
  right = std::clamp(right, std::begin(kMeasured) + 1, std::end(kMeasured) - 1);
  const Point& left = right[-1];
  const double slope = (right->bias - left.bias) / (right->raw - left.raw);
  return scale * (left.bias + (at - left.raw) * slope);
}

}  // namespace owlet::engine
