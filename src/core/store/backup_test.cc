#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "core/kv/data_folder.h"
#include "core/store/object_store.h"

// Scrub and Backup over a data folder on disk.

namespace owlet::store {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

BucketName Bucket(std::string_view name) { return BucketName::Parse(name).value(); }
ObjectKey Key(std::string_view key) { return ObjectKey::Parse(key).value(); }

/// A store over a data folder.
struct OpenFolder {
  kv::DataFolder folder;
  std::unique_ptr<kv::KeyValueStore> kv;
  std::unique_ptr<ObjectStore> store;
};

class BackupTest : public testing::Test {
 protected:
  BackupTest() {
    root_folder_ =
        fs::temp_directory_path() / ("owlet-backup-" + std::to_string(getpid()) + "-" +
                                     testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(root_folder_);
    fs::create_directories(root_folder_);
    live_.emplace(Open("live"));
    EXPECT_TRUE(live_->store->CreateBucket(root_, bucket_));
  }
  ~BackupTest() override {
    live_.reset();
    fs::remove_all(root_folder_);
  }

  OpenFolder Open(const std::string& name) {
    kv::DataFolder folder = kv::DataFolder::Open(root_folder_ / name).value();
    auto kv = kv::KeyValueStore::Open({.folder = folder.kv()}).value();
    auto store = ObjectStore::Open({.blobs = folder.blobs()}, *kv, allow_, clock_).value();
    return {std::move(folder), std::move(kv), std::move(store)};
  }
  std::string Get(const OpenFolder& from, std::string_view key) {
    auto reader = from.store->Open(root_, bucket_, Key(key));
    if (!reader) return std::string(ReasonName(reader.error().reason));
    return reader->ReadAll().value_or("damaged");
  }
  void Put(std::string_view key, std::string_view bytes) {
    ASSERT_TRUE(live_->store->PutBytes(root_, bucket_, Key(key), bytes));
  }
  static std::vector<fs::path> Blobs(const OpenFolder& of) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(of.folder.blobs())) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
    return files;
  }
  static void FlipBit(const fs::path& path) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(1000);
    const int byte = file.get();
    file.seekp(1000);
    file.put(static_cast<char>(byte ^ 1));
  }

  fs::path root_folder_;
  access::AllowAll allow_;
  ManualClock clock_{Timestamp(std::chrono::seconds(1'700'000'000))};
  access::Principal root_ = access::Principal::Root();
  BucketName bucket_ = Bucket("bucket");
  const std::string large_ = std::string(200'000, 'L');
  std::optional<OpenFolder> live_;
};

TEST_F(BackupTest, ABackupIsADataFolderOfItsOwn) {
  Put("small", "s");
  Put("large", large_);
  const UploadInfo upload = live_->store->CreateUpload(root_, bucket_, Key("up"), {}).value();
  auto writer = live_->store->NewBody().value();
  ASSERT_TRUE(writer.Append(std::as_bytes(std::span(large_))));
  ASSERT_TRUE(live_->store->PutPart(root_, bucket_, Key("up"), upload.upload_id, 1,
                                    writer.Finish().value()));

  const ScrubReport report = live_->store->Backup(root_folder_ / "copy").value();
  EXPECT_EQ(report.extents, 3U);
  EXPECT_THAT(report.damaged, IsEmpty());

  // What happens to the one does not touch the other, not even its disk blocks.
  FlipBit(Blobs(*live_).front());
  Put("small", "changed");
  ASSERT_TRUE(live_->store->Delete(root_, bucket_, Key("large")));
  const OpenFolder copy = Open("copy");
  EXPECT_EQ(Get(copy, "small"), "s");
  EXPECT_EQ(Get(copy, "large"), large_);
  EXPECT_EQ(copy.store->ListParts(root_, bucket_, Key("up"), upload.upload_id, 0, 10)
                .value()
                .parts.size(),
            1U);
  EXPECT_THAT(copy.store->Scrub().value().damaged, IsEmpty());
}

TEST_F(BackupTest, ABackupNeedsAFolderOfItsOwn) {
  const auto refused = live_->store->Backup(live_->folder.root());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, Reason::kInvalidArgument);
}

TEST_F(BackupTest, AStoppedBackupIsNoDataFolder) {
  Put("large", large_);
  std::stop_source stop;
  stop.request_stop();
  const auto stopped = live_->store->Backup(root_folder_ / "copy", stop.get_token());
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().reason, Reason::kCancelled);
  EXPECT_FALSE(fs::exists(root_folder_ / "copy/FORMAT"));
  EXPECT_FALSE(kv::DataFolder::Open(root_folder_ / "copy"));
}

TEST_F(BackupTest, FilesThatGoMeanwhileGoAfterwards) {
  Put("large", large_);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(live_->store->Backup(root_folder_ / std::to_string(i)));
    Put("large", large_);
  }
  EXPECT_EQ(Blobs(*live_).size(), 1U);
}

TEST_F(BackupTest, ScrubAndBackupNameWhatIsDamaged) {
  Put("a", large_);
  ASSERT_EQ(Blobs(*live_).size(), 1U);
  FlipBit(Blobs(*live_).front());
  Put("b", "whole");
  EXPECT_THAT(live_->store->Scrub().value().damaged, ElementsAre("s3://bucket/a"));
  const auto report = live_->store->Backup(root_folder_ / "copy");
  ASSERT_TRUE(report);
  EXPECT_THAT(report->damaged, ElementsAre("s3://bucket/a"));
  fs::remove(Blobs(*live_).front());
  EXPECT_THAT(live_->store->Scrub().value().damaged, ElementsAre("s3://bucket/a"));
}

TEST_F(BackupTest, CopiesThatShareDamageAreAllNamed) {
  Put("a", large_);
  const ObjectReader source = live_->store->Open(root_, bucket_, Key("a")).value();
  ASSERT_TRUE(live_->store->Put(root_, bucket_, Key("b"),
                                live_->store->ShareBody(source, 0, source.size()).value()));
  FlipBit(Blobs(*live_).front());
  const ScrubReport report = live_->store->Scrub().value();
  EXPECT_EQ(report.extents, 1U);
  EXPECT_THAT(report.damaged, ElementsAre("s3://bucket/a", "s3://bucket/b"));
}

}  // namespace
}  // namespace owlet::store
