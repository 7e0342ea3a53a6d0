#include "core/engine/place_path.h"

#include <gtest/gtest.h>

namespace owlet::engine {
namespace {

plan::SessionSettings Spark() {
  plan::SessionSettings session;
  session.file_system = "hdfs://j-1";
  return session;
}

TEST(PlacePath, KeepsBuckets) {
  EXPECT_EQ(PlacePath("s3://b/k//x", Spark()).value(), "s3://b/k//x");
  EXPECT_EQ(PlacePath("s3a://b/k", Spark()).value(), "s3a://b/k");
}

TEST(PlacePath, PutsTheRestIntoTheClustersFileSystem) {
  EXPECT_EQ(PlacePath("/tmp/x/", Spark()).value(), "hdfs://j-1/tmp/x");
  EXPECT_EQ(PlacePath("out/./a/../b", Spark()).value(), "hdfs://j-1/user/hadoop/out/b");
  EXPECT_EQ(PlacePath("hdfs:///tmp/x", Spark()).value(), "hdfs://j-1/tmp/x");
  EXPECT_EQ(PlacePath("hdfs://other:8020/tmp/x", Spark()).value(), "hdfs://j-1/tmp/x");
  EXPECT_EQ(PlacePath("hdfs:/tmp/x", Spark()).value(), "hdfs://j-1/tmp/x");
  EXPECT_EQ(PlacePath("a:b", Spark()).value(), "hdfs://j-1/user/hadoop/a:b");
}

TEST(PlacePath, SpellsFilesOfTheLocalDiskOneWay) {
  EXPECT_EQ(PlacePath("file:///tmp//x/", Spark()).value(), "file:///tmp/x");
  EXPECT_EQ(PlacePath("file:/tmp/../etc/./x", Spark()).value(), "file:///etc/x");
  EXPECT_EQ(PlacePath("file:///", Spark()).value(), "file:///");
}

TEST(PlacePath, RefusesOtherFileSystems) {
  const auto refused = PlacePath("gs://b/k", Spark());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "No FileSystem for scheme \"gs\": gs://b/k");
  EXPECT_FALSE(PlacePath("file:x", Spark()));
}

}  // namespace
}  // namespace owlet::engine
