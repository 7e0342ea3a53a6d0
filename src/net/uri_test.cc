#include "net/uri.h"

#include <gtest/gtest.h>

namespace owlet::net {
namespace {

TEST(Uri, DecodesPaths) {
  EXPECT_EQ(DecodePath("/a%2Fb/c+d%20%C3%A4").value(), "/a/b/c+d \xC3\xA4");
  EXPECT_EQ(DecodePath("/%").error().reason, Reason::kMalformedRequest);
  EXPECT_EQ(DecodePath("/%4").error().reason, Reason::kMalformedRequest);
  EXPECT_EQ(DecodePath("/%4x").error().reason, Reason::kMalformedRequest);
  EXPECT_EQ(DecodePath("%41").value(), "A");
}

TEST(Uri, ReadsQueries) {
  const auto query = ParseQuery("list-type=2&prefix=a%2Fb+c&uploads&&x=1=2&x=3");
  ASSERT_TRUE(query);
  EXPECT_EQ(query->fields().size(), 5U);
  EXPECT_EQ(query->Get("prefix"), "a/b c");
  EXPECT_TRUE(query->Has("uploads"));
  EXPECT_EQ(query->Get("x"), "1=2");
  EXPECT_FALSE(query->Has("y"));
  EXPECT_FALSE(ParseQuery("a=%zz"));
}

TEST(Uri, EncodesAsSignaturesNeedIt) {
  EXPECT_EQ(PercentEncode("a b/\xC3\xA4~-._"), "a%20b%2F%C3%A4~-._");
  EXPECT_EQ(PercentEncode("/a b/c", true), "/a%20b/c");
}

}  // namespace
}  // namespace owlet::net
