#include "core/store/names.h"

#include <gtest/gtest.h>

namespace owlet::store {
namespace {

TEST(NamesTest, BucketNames) {
  for (const char* good : {"abc", "my-bucket.1", "0ab", "a.b.c", "192.168.5", "1.2.3.4.5"}) {
    EXPECT_TRUE(BucketName::Parse(good)) << good;
  }
  for (const char* bad : {"", "ab", "Abc", "a_b", "-ab", "ab-", ".ab", "a..b", "192.168.5.4",
                          "xn--abc", "abc-s3alias", "a b"}) {
    EXPECT_FALSE(BucketName::Parse(bad)) << bad;
  }
  EXPECT_TRUE(BucketName::Parse(std::string(63, 'a')));
  EXPECT_FALSE(BucketName::Parse(std::string(64, 'a')));
}

TEST(NamesTest, Keys) {
  EXPECT_TRUE(ObjectKey::Parse(std::string(1024, 'k')));
  EXPECT_EQ(ObjectKey::Parse(std::string(1025, 'k')).error().reason, Reason::kKeyTooLong);
  EXPECT_FALSE(ObjectKey::Parse(""));
  for (const char* good : {"/", "a//b", "../x", "\xc3\xa4", "\xf0\x9f\xa6\x89", "\x01"}) {
    EXPECT_TRUE(ObjectKey::Parse(good)) << good;
  }
  for (const char* bad :
       {"\xff", "\xc3", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe0\x80\x80", "\x80"}) {
    EXPECT_FALSE(ObjectKey::Parse(bad)) << bad;
  }
}

TEST(NamesTest, Uris) {
  const auto path = ObjectPath::ParseUri("s3a://bucket/a/b c");
  ASSERT_TRUE(path);
  EXPECT_EQ(path->bucket.text(), "bucket");
  EXPECT_EQ(path->key.text(), "a/b c");
  EXPECT_EQ(path->Uri(), "s3://bucket/a/b c");
  EXPECT_FALSE(ObjectPath::ParseUri("s3://bucket"));
  EXPECT_FALSE(ObjectPath::ParseUri("s3://bucket/"));
  EXPECT_FALSE(ObjectPath::ParseUri("http://bucket/a"));
}

}  // namespace
}  // namespace owlet::store
