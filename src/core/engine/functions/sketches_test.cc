#include <gtest/gtest.h>

#include <cmath>

#include "core/engine/functions/hyper_log_log.h"
#include "core/engine/functions/numeric_histogram.h"
#include "core/engine/functions/quantile_digest.h"
#include "core/engine/functions/t_digest.h"

namespace owlet::engine {
namespace {

/// Numbers spread over all 64 bits.
std::uint64_t Spread(std::uint64_t value) {
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
  return value ^ (value >> 31);
}

HyperLogLog Counted(std::uint64_t first, std::uint64_t count) {
  HyperLogLog sketch(12);
  for (std::uint64_t i = first; i < first + count; ++i) sketch.Add(Spread(i + 1));
  return sketch;
}

TEST(HyperLogLog, CountsFewExactlyAndManyWithinItsError) {
  EXPECT_EQ(HyperLogLog(12).Cardinality(), 0);
  EXPECT_EQ(Counted(0, 300).Cardinality(), 300);
  for (const std::uint64_t count : {3'000U, 9'000U, 15'000U, 100'000U}) {
    const auto error =
        std::abs(static_cast<double>(Counted(0, count).Cardinality()) - static_cast<double>(count));
    EXPECT_LT(error / static_cast<double>(count), 4 * 0.01625) << count;
  }
}

TEST(HyperLogLog, MergesWhatOverlapsOnce) {
  for (const std::uint64_t count : {100U, 400U, 5'000U}) {
    HyperLogLog both = Counted(0, count);
    ASSERT_TRUE(both.Merge(Counted(count / 2, count)));
    EXPECT_EQ(both.Serialize(), Counted(0, count + count / 2).Serialize()) << count;
  }
  HyperLogLog other(11);
  EXPECT_FALSE(other.Merge(Counted(0, 1)));
}

TEST(HyperLogLog, ReadsItsOwnBytesAndRefusesOthers) {
  for (const std::uint64_t count : {0U, 10U, 2'000U, 1'000'000U}) {
    const std::string bytes = Counted(0, count).Serialize();
    const auto read = HyperLogLog::Parse(bytes);
    ASSERT_TRUE(read.has_value()) << count;
    EXPECT_EQ(read->Serialize(), bytes);
    EXPECT_FALSE(HyperLogLog::Parse(bytes.substr(0, bytes.size() - 1)).has_value());
  }
  EXPECT_FALSE(HyperLogLog::Parse("").has_value());
  EXPECT_FALSE(HyperLogLog::Parse("nothing of ours").has_value());
}

TEST(TDigest, KnowsTheQuantilesOfFewValues) {
  TDigest digest;
  for (int i = 1; i <= 100; ++i) digest.Add(i, 1);
  EXPECT_EQ(digest.ValuesAt({0, 0.25, 0.5, 0.9, 1}), (std::vector<double>{1, 26, 50.5, 91, 100}));
  EXPECT_TRUE(std::isnan(TDigest().ValuesAt({0.5})[0]));
}

TEST(TDigest, StaysNearForMany) {
  TDigest digest;
  TDigest other;
  for (int i = 0; i < 200'000; ++i) {
    (i % 2 == 0 ? digest : other)
        .Add(static_cast<double>(Spread(static_cast<std::uint64_t>(i)) % 1'000'000), 1);
  }
  digest.Merge(other);
  const auto values = digest.ValuesAt({0.1, 0.5, 0.99});
  EXPECT_NEAR(values[0], 100'000, 10'000);
  EXPECT_NEAR(values[1], 500'000, 10'000);
  EXPECT_NEAR(values[2], 990'000, 5'000);
  const std::string bytes = digest.Serialize();
  auto read = TDigest::Parse(bytes);
  ASSERT_TRUE(read.has_value());
  EXPECT_NEAR(read->ValuesAt({0.5})[0], 500'000, 10'000);
  EXPECT_FALSE(TDigest::Parse(bytes.substr(1)).has_value());
}

TEST(QuantileDigest, KeepsItsAccuracy) {
  QuantileDigest digest(0.01);
  QuantileDigest other(0.01);
  for (int i = 1; i <= 100'000; ++i) (i % 3 == 0 ? digest : other).Add(i, 1);
  digest.Merge(other);
  EXPECT_EQ(digest.Count(), 100'000);
  EXPECT_NEAR(static_cast<double>(digest.ValuesAt({0.5})[0]), 50'000, 1'500);
  EXPECT_NEAR(digest.QuantileAt(25'000).value_or(0), 0.25, 0.02);
  EXPECT_FALSE(digest.QuantileAt(0).has_value());
  const std::string bytes = digest.Serialize();
  auto read = QuantileDigest::Parse(bytes);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->Count(), 100'000);
  EXPECT_NEAR(static_cast<double>(read->ValuesAt({0.5})[0]), 50'000, 1'500);
  EXPECT_FALSE(QuantileDigest::Parse(bytes.substr(0, bytes.size() - 3)).has_value());
}

TEST(QuantileDigest, OrdersDoublesByTheirBits) {
  const double values[] = {-1e300, -1.5, -0.0, 0.0, 1e-300, 2, 1e300};
  for (std::size_t i = 1; i < std::size(values); ++i) {
    EXPECT_LT(QuantileDigest::SortableBits(values[i - 1]), QuantileDigest::SortableBits(values[i]));
  }
  EXPECT_EQ(QuantileDigest::FromSortableBits(QuantileDigest::SortableBits(-1.5)), -1.5);
}

TEST(NumericHistogram, JoinsTheNearestNeighbours) {
  NumericHistogram histogram(2);
  for (const double value : {1.0, 2.0, 10.0, 11.0}) histogram.Add(value, 1);
  EXPECT_EQ(histogram.Buckets(), (std::vector<NumericHistogram::Bucket>{{1.5, 2}, {10.5, 2}}));
}

}  // namespace
}  // namespace owlet::engine
