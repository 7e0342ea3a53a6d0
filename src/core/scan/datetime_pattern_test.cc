#include "core/scan/datetime_pattern.h"

#include <gtest/gtest.h>

#include "core/scan/text_values.h"

namespace owlet::scan {
namespace {

constexpr std::int64_t kMicros = 1'577'934'245'123'000;  // 2020-01-02T03:04:05.123Z

TEST(DateTimePatternTest, WritesAsJavaDoes) {
  const auto write = [](std::string_view pattern, std::string_view zone = "UTC") {
    const TimeZone in = *TimeZone::Find(zone);
    return DateTimePattern::Parse(pattern)->Write(in.ToLocal(kMicros), kMicros, in);
  };
  EXPECT_EQ(write("yyyy-MM-dd'T'HH:mm:ss[.SSS][XXX]"), "2020-01-02T03:04:05.123Z");
  EXPECT_EQ(write("yyyy-MM-dd'T'HH:mm:ss[.SSS][XXX]", "+01:00"), "2020-01-02T04:04:05.123+01:00");
  EXPECT_EQ(write("d/M/yy h:mm a, EEE, MMM"), "2/1/20 3:04 AM, Thu, Jan");
  EXPECT_EQ(write("''yyyy''"), "'2020'");
}

TEST(DateTimePatternTest, ReadsWhatFits) {
  const auto read = [](std::string_view pattern, std::string_view text) {
    return DateTimePattern::Parse(pattern)->Read(text);
  };
  EXPECT_EQ(read("yyyy-MM-dd HH:mm:ss.SSS", "2020-01-02 03:04:05.123")->micros, kMicros);
  EXPECT_EQ(read("dd/MM/yyyy[ HH:mm]", "02/01/2020")->micros, 1'577'923'200'000'000);
  EXPECT_TRUE(read("yyyy-MM-dd'T'HH:mmXXX", "2020-01-02T03:04+01:00")->is_instant);
  EXPECT_FALSE(read("dd/MM/yyyy", "2020-01-02"));
  EXPECT_FALSE(read("yyyy-MM-dd", "2020-02-30"));
  EXPECT_FALSE(DateTimePattern::Parse("yyyy-MM-dd w"));
}

TEST(TextValuesTest, ReadsSparksForms) {
  EXPECT_EQ(ParseSparkDate("2020-1-2"), 18263);
  EXPECT_EQ(ParseSparkDate("2020-01-02T10:00:00"), 18263);
  EXPECT_FALSE(ParseSparkDate("02/01/2020"));
  EXPECT_EQ(ParseSparkTimestamp("2020-01-02T03:04:05.123Z", {}), kMicros);
  EXPECT_EQ(ParseSparkTimestamp("2020-01-02 04:04:05.123+01:00", {}), kMicros);
  EXPECT_FALSE(ParseSparkTimestamp("2020-01-02 25:00", {}));
  EXPECT_FALSE(ParseSparkTimestampNtz("2020-01-02T03:04:05Z"));
  EXPECT_TRUE(ParseDecimal("1.256", 5, 2) == plan::Int128{126});
  EXPECT_FALSE(ParseDecimal("12345678901", 5, 2));
  EXPECT_EQ(ParseDouble(" 2 "), 2.0);
  EXPECT_FALSE(ParseDouble("0x1"));
}

}  // namespace
}  // namespace owlet::scan
