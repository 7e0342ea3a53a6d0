#include "core/jobs/athena_value_text.h"

#include <gtest/gtest.h>
#include <nanoarrow/nanoarrow.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "core/plan/literal.h"

namespace owlet::jobs {
namespace {

using plan::Type;
using plan::TypeId;

/// A column of fixed-size values over memory that the test owns.
template <class T>
ArrowArray Column(const std::vector<T>& values, std::vector<const void*>& buffers) {
  buffers = {nullptr, values.data()};
  ArrowArray array{};
  array.length = static_cast<std::int64_t>(values.size());
  array.n_buffers = 2;
  array.buffers = buffers.data();
  return array;
}

template <class T>
std::string Text(T value, const Type& type) {
  const std::vector<T> values = {value};
  std::vector<const void*> buffers;
  const ArrowArray array = Column(values, buffers);
  std::string text;
  EXPECT_TRUE(AppendAthenaText(array, type, 0, text));
  return text;
}

TEST(AthenaValueTextTest, DoublesAsJavaWritesThem) {
  EXPECT_EQ(JavaDouble(0), "0.0");
  EXPECT_EQ(JavaDouble(-0.0), "-0.0");
  EXPECT_EQ(JavaDouble(1), "1.0");
  EXPECT_EQ(JavaDouble(123456.789), "123456.789");
  EXPECT_EQ(JavaDouble(9999999), "9999999.0");
  EXPECT_EQ(JavaDouble(1e7), "1.0E7");
  EXPECT_EQ(JavaDouble(0.001), "0.001");
  EXPECT_EQ(JavaDouble(0.00012), "1.2E-4");
  EXPECT_EQ(JavaDouble(-1.5e300), "-1.5E300");
  EXPECT_EQ(JavaDouble(std::nan("")), "NaN");
  EXPECT_EQ(JavaDouble(-std::numeric_limits<double>::infinity()), "-Infinity");
  EXPECT_EQ(JavaFloat(0.1F), "0.1");
}

TEST(AthenaValueTextTest, TimesAndDecimals) {
  EXPECT_EQ(Text<std::int32_t>(19723, Type(TypeId::kDate)), "2024-01-01");
  EXPECT_EQ(Text<std::int32_t>(-1, Type(TypeId::kDate)), "1969-12-31");
  EXPECT_EQ(Text<std::int64_t>(1'704'067'200'123'456, Type::Timestamp(3)),
            "2024-01-01 00:00:00.123");
  EXPECT_EQ(Text<std::int64_t>(0, Type::Timestamp(0)), "1970-01-01 00:00:00.000");
  EXPECT_EQ(Text<std::int64_t>(-1, Type::Timestamp(6)), "1969-12-31 23:59:59.999999");
  EXPECT_EQ(Text<std::int64_t>(3'723'000'000, Type::Time(3)), "01:02:03.000");
  EXPECT_EQ(Text<plan::Int128>(-5, Type::Decimal(10, 2)), "-0.05");
  EXPECT_EQ(Text<plan::Int128>(12345, Type::Decimal(10, 2)), "123.45");
  EXPECT_EQ(Text<plan::Int128>(0, Type::Decimal(3, 0)), "0");
  EXPECT_EQ(Text<std::int32_t>(14, Type::IntervalYearMonth(plan::IntervalField::kYear,
                                                           plan::IntervalField::kMonth)),
            "1-2");
}

TEST(AthenaValueTextTest, ArraysWithNulls) {
  const std::vector<std::int32_t> items = {1, 2, 3};
  std::vector<const void*> item_buffers;
  ArrowArray child = Column(items, item_buffers);
  const std::uint8_t validity = 0b101;
  item_buffers[0] = &validity;
  child.null_count = 1;
  ArrowArray* children[] = {&child};
  const std::vector<std::int32_t> offsets = {0, 3, 3};
  std::vector<const void*> buffers;
  ArrowArray list = Column(offsets, buffers);
  list.length = 2;
  list.n_children = 1;
  list.children = children;
  const Type type = Type::Array(Type(TypeId::kInteger));
  std::string text;
  EXPECT_TRUE(AppendAthenaText(list, type, 0, text));
  EXPECT_TRUE(AppendAthenaText(list, type, 1, text));
  EXPECT_EQ(text, "[1, null, 3][]");
  EXPECT_FALSE(AppendAthenaText(child, Type(TypeId::kInteger), 1, text));
}

TEST(AthenaValueTextTest, DescribesColumns) {
  EXPECT_EQ(DescribeColumn("a", Type(TypeId::kBigint)).precision, 19);
  EXPECT_EQ(DescribeColumn("a", Type::Varchar()).precision, 2147483647);
  EXPECT_EQ(DescribeColumn("a", Type::Decimal(12, 3)).scale, 3);
  EXPECT_EQ(DescribeColumn("a", Type::Array(Type::Varchar())).type, "array");
}

}  // namespace
}  // namespace owlet::jobs
