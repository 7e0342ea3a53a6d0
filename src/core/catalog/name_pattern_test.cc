#include "core/catalog/name_pattern.h"

#include <gtest/gtest.h>

namespace owlet::catalog {
namespace {

bool Matches(std::string_view pattern, std::string_view name) {
  const auto parsed = NamePattern::Parse(pattern);
  EXPECT_TRUE(parsed) << pattern;
  return parsed && parsed->Matches(name);
}

TEST(NamePatternTest, RegularExpressionsMatchWholeNames) {
  EXPECT_TRUE(Matches("ab.*", "abc"));
  EXPECT_TRUE(Matches("a[bc]*", "abcb"));
  EXPECT_TRUE(Matches("x|abc", "ABC"));
  EXPECT_FALSE(Matches("ab", "abc"));
}

// awswrangler's get_tables sends "prefix*", "*suffix" and "*part*".
TEST(NamePatternTest, AStarAloneIsAnyText) {
  EXPECT_TRUE(Matches("ab*", "abxyz"));
  EXPECT_TRUE(Matches("*yz", "abxyz"));
  EXPECT_TRUE(Matches("*bx*", "abxyz"));
  EXPECT_FALSE(Matches("ab*", "xab"));
}

TEST(NamePatternTest, WhatIsNone) { EXPECT_FALSE(NamePattern::Parse("a(").has_value()); }

}  // namespace
}  // namespace owlet::catalog
