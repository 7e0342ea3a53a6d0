#include "base/time_zone.h"

#include <gtest/gtest.h>

namespace owlet {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kHour = 3600 * kSecond;
// 2024-03-31T01:00:00Z: clocks in Zurich went from 02:00 to 03:00. 2024-10-27T01:00:00Z: back.
constexpr std::int64_t kSpring = 1711846800 * kSecond;
constexpr std::int64_t kAutumn = 1729990800 * kSecond;

TEST(TimeZone, ReadsOffsets) {
  EXPECT_EQ(TimeZone::Find("+02:00")->OffsetAt(0).count(), 7200);
  EXPECT_EQ(TimeZone::Find("-0330")->OffsetAt(0).count(), -12600);
  EXPECT_EQ(TimeZone::Find("UTC+2")->OffsetAt(0).count(), 7200);
  EXPECT_EQ(TimeZone::Find("GMT-03:30")->OffsetAt(0).count(), -12600);
  EXPECT_TRUE(TimeZone::Find("UTC")->IsUtc());
  EXPECT_TRUE(TimeZone::Find("Z")->IsUtc());
}

TEST(TimeZone, RefusesWhatIsNoZone) {
  for (const char* name : {"", "Nowhere/Land", "+19:00", "+1:2:3:4", "+", "+ab", "+18:30"}) {
    EXPECT_FALSE(TimeZone::Find(name)) << name;
  }
}

TEST(TimeZone, FollowsTheRulesOfItsPlace) {
  const TimeZone zurich = *TimeZone::Find("Europe/Zurich");
  EXPECT_EQ(zurich.OffsetAt(kSpring - 1).count(), 3600);
  EXPECT_EQ(zurich.OffsetAt(kSpring).count(), 7200);
  EXPECT_EQ(zurich.ToLocal(kSpring), kSpring + 2 * kHour);
  EXPECT_EQ(zurich.Abbreviation(kSpring), "CEST");
}

TEST(TimeZone, MovesOnInAGapAndTakesTheEarlierOfTwo) {
  const TimeZone zurich = *TimeZone::Find("Europe/Zurich");
  // 02:30 does not exist on 2024-03-31: it is read as 03:30 CEST.
  EXPECT_EQ(zurich.ToUtc(kSpring + kHour + kHour / 2), kSpring + kHour / 2);
  // 02:30 exists twice on 2024-10-27: CEST comes first.
  EXPECT_EQ(zurich.ToUtc(kAutumn + kHour + kHour / 2), kAutumn - kHour / 2);
}

}  // namespace
}  // namespace owlet
