#include <gtest/gtest.h>

#include "protocol/s3/attribute_fields.h"
#include "protocol/s3/byte_range.h"
#include "protocol/s3/conditions.h"
#include "protocol/s3/error_map.h"
#include "protocol/s3/request_names.h"
#include "protocol/s3/tag_set.h"

namespace owlet::s3 {
namespace {

TEST(ByteRangeTest, Ranges) {
  using Range = std::optional<ByteRange>;
  EXPECT_EQ(ParseRange("bytes=0-3", 10).value(), (Range{{.offset = 0, .size = 4}}));
  EXPECT_EQ(ParseRange("bytes=4-", 10).value(), (Range{{.offset = 4, .size = 6}}));
  EXPECT_EQ(ParseRange("bytes=-3", 10).value(), (Range{{.offset = 7, .size = 3}}));
  EXPECT_EQ(ParseRange("bytes=-30", 10).value(), (Range{{.offset = 0, .size = 10}}));
  EXPECT_EQ(ParseRange("bytes=9-99", 10).value(), (Range{{.offset = 9, .size = 1}}));
  EXPECT_EQ(ParseRange("bytes=0-18446744073709551615", 10).value(),
            (Range{{.offset = 0, .size = 10}}));
  for (const char* ignored : {"", "bytes=", "bytes=-", "bytes=a-b", "bytes=3-1", "lines=0-1",
                              "bytes=0-1,3-4", "bytes=0-99999999999999999999"}) {
    EXPECT_EQ(ParseRange(ignored, 10).value(), std::nullopt) << ignored;
  }
  for (const char* bad : {"bytes=10-", "bytes=10-20", "bytes=-0"}) {
    EXPECT_EQ(ParseRange(bad, 10).error().reason, Reason::kRangeNotSatisfiable) << bad;
  }
  EXPECT_FALSE(ParseRange("bytes=-1", 0));
  EXPECT_EQ(ContentRange({.offset = 2, .size = 3}, 10), "bytes 2-4/10");
}

TEST(ByteRangeTest, CopyRangesAreStrict) {
  EXPECT_EQ(ParseCopyRange("bytes=2-9", 10).value(), (ByteRange{.offset = 2, .size = 8}));
  for (const char* bad : {"bytes=2-10", "bytes=2-", "bytes=-2", "2-3", ""}) {
    EXPECT_EQ(ParseCopyRange(bad, 10).error().reason, Reason::kInvalidArgument) << bad;
  }
}

TEST(RequestNamesTest, CopySources) {
  for (const char* good : {"bucket/a%20b/c", "/bucket/a%20b/c", "bucket/a%20b/c?versionId=null"}) {
    const auto target = ParseCopySource(good);
    ASSERT_TRUE(target) << good;
    EXPECT_EQ(target->bucket.text(), "bucket");
    EXPECT_EQ(target->key.text(), "a b/c");
  }
  EXPECT_EQ(ParseCopySource("bucket/k?versionId=7")->version_id, "7");
  for (const char* bad : {"", "bucket", "bucket/", "/bucket", "bucket/%zz"}) {
    EXPECT_FALSE(ParseCopySource(bad)) << bad;
  }
}

TEST(ConditionsTest, EntityTags) {
  EXPECT_EQ(Unquote("\"abc\""), "abc");
  EXPECT_EQ(Unquote(" W/\"abc\" "), "abc");
  EXPECT_EQ(Unquote("abc"), "abc");
  EXPECT_EQ(ParseEtags("\"a\", \"b\""), (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(ParseEtags(std::nullopt).empty());
  EXPECT_TRUE(ParseWriteConditions(std::nullopt, "*")->if_absent);
  EXPECT_EQ(ParseWriteConditions(std::nullopt, "\"a\"").error().reason, Reason::kNotImplemented);
}

TEST(AttributesTest, TheTransfersOwnCodingIsNotKept) {
  EXPECT_EQ(ObjectContentEncoding("aws-chunked"), "");
  EXPECT_EQ(ObjectContentEncoding("gzip,aws-chunked"), "gzip");
  EXPECT_EQ(ObjectContentEncoding("deflate, aws-chunked, gzip"), "deflate, gzip");
  EXPECT_EQ(ObjectContentEncoding("gzip"), "gzip");
}

TEST(TagSetTest, Rules) {
  EXPECT_EQ(ParseTaggingHeader("a=1&b=x%20y").value(), (Tags{{"a", "1"}, {"b", "x y"}}));
  EXPECT_EQ(ParseTaggingHeader("a=1&a=2").error().condition, "InvalidTag");
  EXPECT_EQ(CheckTags({{"aws:x", ""}}, 10).error().condition, "InvalidTag");
  EXPECT_FALSE(CheckTags({{std::string(129, 'k'), ""}}, 10));
  EXPECT_TRUE(CheckTags({{"k", ""}}, 1));
  EXPECT_FALSE(CheckTags({{"k", ""}, {"l", ""}}, 1));
}

TEST(ErrorMapTest, ConditionsAreCodesAndInternalsStayInside) {
  EXPECT_EQ(MapError({.reason = Reason::kObjectNotFound, .message = "x"}).code, "NoSuchKey");
  const auto absent =
      MapError({.reason = Reason::kEntityNotFound, .message = "no", .condition = "NoSuchTagSet"});
  EXPECT_EQ(absent.code, "NoSuchTagSet");
  EXPECT_EQ(absent.status, 404);
  const auto internal = MapError({.reason = Reason::kInternal, .message = "/secret/path"});
  EXPECT_EQ(internal.status, 500);
  EXPECT_EQ(internal.message.find("secret"), std::string::npos);
  Error unchanged{.reason = Reason::kNotModified};
  unchanged.parameters = {{"ETag", "\"e\""}};
  EXPECT_EQ(MapError(unchanged).headers.Get("ETag"), "\"e\"");
}

}  // namespace
}  // namespace owlet::s3
