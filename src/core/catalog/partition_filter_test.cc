#include "core/catalog/partition_filter.h"

#include <gtest/gtest.h>

namespace owlet::catalog {
namespace {

const std::vector<Column> kKeys = {{.name = "dt", .type = "string"},
                                   {.name = "hour", .type = "int"}};

bool Keeps(std::string_view expression, std::string dt, std::string hour) {
  const auto filter = CompilePartitionFilter(expression, kKeys);
  EXPECT_TRUE(filter) << expression << ": " << filter.error().message;
  return filter && (*filter)({std::move(dt), std::move(hour)});
}

TEST(PartitionFilterTest, ComparesByTheKeysType) {
  EXPECT_TRUE(Keeps("hour < 10", "a", "9"));
  EXPECT_TRUE(Keeps("hour = 7", "a", "07"));
  EXPECT_TRUE(Keeps("hour > '-3.5'", "a", "-3"));
  EXPECT_FALSE(Keeps("hour < 10", "a", "x"));
  EXPECT_FALSE(Keeps("dt < '10'", "9", "1"));
  EXPECT_TRUE(Keeps("'2024-01-01' <= DT", "2024-01-01", "1"));
  EXPECT_TRUE(Keeps("dt = date '2024-01-01'", "2024-01-01", "1"));
}

TEST(PartitionFilterTest, AllPredicates) {
  EXPECT_TRUE(Keeps("dt IN ('a', 'b') AND hour BETWEEN 1 AND 3", "b", "3"));
  EXPECT_FALSE(Keeps("dt NOT IN ('a', 'b')", "b", "3"));
  EXPECT_TRUE(Keeps("dt LIKE '2024-%' AND NOT (hour = 1 OR hour = 2)", "2024-05", "3"));
  EXPECT_TRUE(Keeps("dt like '_b\\%'", "ab%", "3"));
  EXPECT_TRUE(Keeps("dt <> 'it''s'", "its", "3"));
  EXPECT_TRUE(Keeps("\"dt\" != 'a' and `hour` >= 3", "b", "3"));
}

TEST(PartitionFilterTest, NullIsUnknown) {
  EXPECT_TRUE(Keeps("dt IS NULL", kDefaultPartition, "1"));
  EXPECT_FALSE(Keeps("dt IS NOT NULL", kDefaultPartition, "1"));
  EXPECT_FALSE(Keeps("dt = 'a'", kDefaultPartition, "1"));
  EXPECT_FALSE(Keeps("NOT dt = 'a'", kDefaultPartition, "1"));
  EXPECT_FALSE(Keeps("dt NOT IN ('a')", kDefaultPartition, "1"));
  EXPECT_TRUE(Keeps("dt = 'a' OR hour = 1", kDefaultPartition, "1"));
}

TEST(PartitionFilterTest, RefusesOtherTexts) {
  for (const char* text : {"dt", "dt =", "dt = 'a", "other = 1", "dt = 'a' hour = 1", "(dt = 'a'",
                           "dt + 1 = 2", "lower(dt) = 'a'", "dt NOT = 'a'", ";"}) {
    const auto filter = CompilePartitionFilter(text, kKeys);
    ASSERT_FALSE(filter) << text;
    EXPECT_EQ(filter.error().reason, Reason::kInvalidArgument);
  }
}

}  // namespace
}  // namespace owlet::catalog
