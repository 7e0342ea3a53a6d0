#include "core/store/local_disk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/store/object_store.h"

namespace owlet::store {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

class LocalDiskTest : public testing::Test {
 protected:
  LocalDiskTest()
      : folder_(fs::temp_directory_path() /
                ("owlet-disk-" + std::to_string(getpid()) + "-" +
                 testing::UnitTest::GetInstance()->current_test_info()->name())) {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    kv_ = kv::KeyValueStore::OpenInMemory().value();
    store_ = ObjectStore::Open({.blobs = folder_ / "blobs"}, *kv_, allow_, clock_).value();
    user_.server_user = true;
    root_ = (folder_ / "files").string().substr(1) + "/";
  }
  ~LocalDiskTest() override {
    store_.reset();
    fs::remove_all(folder_);
  }

  void Make(const std::string& name, const std::string& text) {
    const fs::path path = "/" + root_ + name;
    fs::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
  std::string Text(const std::string& name) {
    std::stringstream text;
    text << std::ifstream("/" + root_ + name).rdbuf();
    return text.str();
  }
  ObjectKey Key(const std::string& name) { return ObjectKey::Parse(root_ + name).value(); }
  std::vector<std::string> Keys(ListRequest request) {
    request.prefix = root_ + request.prefix;
    const auto page = store_->List(user_, disk_, request);
    EXPECT_TRUE(page) << page.error().message;
    std::vector<std::string> keys;
    for (const ObjectInfo& object : page->objects) keys.push_back(object.key.substr(root_.size()));
    return keys;
  }
  StagedBody Stage(const std::string& text) {
    BodyWriter writer = store_->NewBody().value();
    EXPECT_TRUE(writer.Append(std::as_bytes(std::span(text))));
    return writer.Finish().value();
  }

  const BucketName disk_ = BucketName::LocalDisk();
  const fs::path folder_;
  std::string root_;  // of the keys
  SystemClock clock_;
  access::AllowAll allow_;
  std::unique_ptr<kv::KeyValueStore> kv_;
  std::unique_ptr<ObjectStore> store_;
  access::Principal user_ = access::Principal::Root();
};

TEST_F(LocalDiskTest, IsThereForTheServersOwnUserOnly) {
  Make("a", "1");
  const access::Principal root = access::Principal::Root();
  EXPECT_EQ(store_->Head(root, disk_, Key("a")).error().reason, Reason::kAccessDenied);
  EXPECT_EQ(store_->Open(root, disk_, Key("a")).error().reason, Reason::kAccessDenied);
  EXPECT_EQ(store_->List(root, disk_, {.prefix = root_}).error().reason, Reason::kAccessDenied);
  Publication publication = store_->Begin(root);
  publication.Put(disk_, Key("b"), Stage("2"));
  EXPECT_EQ(publication.Commit().error().reason, Reason::kAccessDenied);
  EXPECT_FALSE(fs::exists("/" + root_ + "b"));
}

TEST_F(LocalDiskTest, ReadsFiles) {
  Make("x/a b", "hello");
  EXPECT_EQ(store_->Head(user_, disk_, Key("x/a b"))->size, 5U);
  const auto reader = store_->Open(user_, disk_, Key("x/a b"));
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->ReadAll().value(), "hello");
  EXPECT_EQ(reader->info().generation, 0U);
  EXPECT_EQ(store_->Head(user_, disk_, Key("x")).error().reason, Reason::kObjectNotFound);
  EXPECT_EQ(store_->Open(user_, disk_, Key("y")).error().reason, Reason::kObjectNotFound);
}

TEST_F(LocalDiskTest, ListsInOrderAndByPages) {
  Make("t/b", "1");
  Make("t/a/2", "22");
  Make("t/a/1", "1");
  Make("u", "1");
  EXPECT_THAT(Keys({.prefix = "t/"}), ElementsAre("t/", "t/a/", "t/a/1", "t/a/2", "t/b"));
  EXPECT_THAT(Keys({.prefix = "t/a/2"}), ElementsAre("t/a/2"));
  EXPECT_THAT(Keys({.prefix = "t/", .start_after = root_ + "t/a/1", .limit = 1}),
              ElementsAre("t/a/2"));
  EXPECT_THAT(Keys({.prefix = "nothing/"}), IsEmpty());
}

TEST_F(LocalDiskTest, PublishesAWholeFolder) {
  Make("out/old", "old");
  Make("out/k=1/old", "old");
  Make("out-2/kept", "kept");
  Publication publication = store_->Begin(user_);
  publication.DeletePrefix(disk_, root_ + "out/");
  publication.Put(disk_, Key("out/small"), Stage("small"));
  publication.Put(disk_, Key("out/k=2/large"), Stage(std::string(200'000, 'x')));
  publication.Put(disk_, Key("out/_SUCCESS"), Stage(""));
  const auto done = publication.Commit();
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_THAT(Keys({.prefix = "out"}), ElementsAre("out-2/", "out-2/kept", "out/", "out/_SUCCESS",
                                                   "out/k=2/", "out/k=2/large", "out/small"));
  EXPECT_EQ(Text("out/small"), "small");
  EXPECT_EQ(Text("out/k=2/large"), std::string(200'000, 'x'));
}

TEST_F(LocalDiskTest, AWriteThatFailsLeavesAllAsItWas) {
  Make("out/old", "old");
  Make("file", "1");
  Publication publication = store_->Begin(user_);
  publication.DeletePrefix(disk_, root_ + "out/");
  publication.Put(disk_, Key("out/new"), Stage("new"));
  publication.Put(disk_, Key("file/below"), Stage("new"));  // a file is no folder
  EXPECT_FALSE(publication.Commit());
  EXPECT_EQ(Text("out/old"), "old");
  EXPECT_THAT(Keys({.prefix = "out/"}), ElementsAre("out/", "out/old"));

  Publication everything = store_->Begin(user_);
  everything.DeletePrefix(disk_, "");
  EXPECT_FALSE(everything.Commit());
  EXPECT_EQ(Text("out/old"), "old");
}

}  // namespace
}  // namespace owlet::store
