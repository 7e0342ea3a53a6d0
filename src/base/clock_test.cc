#include "base/clock.h"

#include <gtest/gtest.h>

namespace owlet {
namespace {

// `date -u -d @1442016000` says Sat Sep 12 00:00:00 UTC 2015.
constexpr Timestamp kWikipediaDay{std::chrono::microseconds{1442016000'123456}};

TEST(Clock, FormatsTheFormsOfTheWire) {
  EXPECT_EQ(FormatIso8601Millis(kWikipediaDay), "2015-09-12T00:00:00.123Z");
  EXPECT_EQ(FormatHttpDate(kWikipediaDay), "Sat, 12 Sep 2015 00:00:00 GMT");
  EXPECT_EQ(FormatBasicIso8601(kWikipediaDay), "20150912T000000Z");
}

TEST(Clock, FormatsTimesBefore1970) {
  EXPECT_EQ(FormatIso8601Millis(Timestamp{std::chrono::microseconds{-1}}),
            "1969-12-31T23:59:59.999Z");
}

}  // namespace
}  // namespace owlet
