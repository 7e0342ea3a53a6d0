#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>

#include "core/store/object_lock.h"
#include "core/store/object_store.h"

namespace owlet::store {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

class VersionTest : public testing::Test {
 protected:
  VersionTest() {
    fs::remove_all(folder_);
    store_ = ObjectStore::Open({.blobs = folder_}, *kv_, allow_, clock_).value();
    EXPECT_TRUE(store_->CreateBucket(root_, bucket_));
  }
  ~VersionTest() override {
    store_.reset();
    fs::remove_all(folder_);
  }

  static ObjectKey Key(std::string_view key) { return ObjectKey::Parse(key).value(); }

  void Versioning(std::string state) {
    ASSERT_TRUE(store_->SetBucketSetting(root_, bucket_, BucketSetting::kVersioning,
                                         std::move(state), "s3:PutBucketVersioning"));
  }
  std::string Put(std::string_view key, std::string_view bytes) {
    clock_.Advance(std::chrono::seconds(1));
    auto info = store_->PutBytes(root_, bucket_, Key(key), bytes);
    EXPECT_TRUE(info) << info.error().message;
    return info->version_id;
  }
  std::string Get(std::string_view key, std::optional<std::string> version = std::nullopt) {
    auto reader = store_->Open(root_, bucket_, Key(key), {}, {.version_id = std::move(version)});
    if (!reader) {
      return reader.error().condition.empty() ? std::string(ReasonName(reader.error().reason))
                                              : reader.error().condition;
    }
    return reader->ReadAll().value();
  }
  DeleteOutcome Delete(std::string_view key, std::optional<std::string> version = std::nullopt) {
    clock_.Advance(std::chrono::seconds(1));
    return store_->Delete(root_, bucket_, Key(key), {.version_id = std::move(version)}).value();
  }
  std::vector<std::string> Keys(ListRequest request = {}) {
    std::vector<std::string> keys;
    const ListPage page = store_->List(root_, bucket_, request).value();
    for (const ObjectInfo& info : page.objects) keys.push_back(info.key);
    for (const std::string& prefix : page.common_prefixes) keys.push_back(prefix);
    return keys;
  }
  /// "key version" of all, with * at the latest and ! at delete markers, over pages of `limit`.
  std::vector<std::string> Versions(std::size_t limit = 1000) {
    std::vector<std::string> all;
    ListVersionsRequest request{.limit = limit};
    while (true) {
      const VersionsPage page = store_->ListVersions(root_, bucket_, request).value();
      for (const ObjectInfo& info : page.versions) {
        all.push_back(info.key + " " + info.version_id + (info.is_latest ? "*" : "") +
                      (info.delete_marker ? "!" : ""));
      }
      if (!page.truncated) return all;
      request.key_marker = page.next_key;
      request.version_id_marker = page.next_version_id;
    }
  }
  std::size_t CountExtents() {
    std::size_t count = 0;
    kv::Scanner rows = kv_->Scan(kv::Column::kExtents, {}, {});
    for (; rows.Valid(); rows.Next()) ++count;
    return count;
  }

  fs::path folder_ =
      fs::temp_directory_path() / ("owlet-version-" + std::to_string(getpid()) + "-" +
                                   testing::UnitTest::GetInstance()->current_test_info()->name());
  std::unique_ptr<kv::KeyValueStore> kv_ = kv::KeyValueStore::OpenInMemory().value();
  access::AllowAll allow_;
  ManualClock clock_{Timestamp(std::chrono::seconds(1'700'000'000))};
  access::Principal root_ = access::Principal::Root();
  BucketName bucket_ = BucketName::Parse("bucket").value();
  std::unique_ptr<ObjectStore> store_;
};

TEST_F(VersionTest, EachPutIsAVersionAndADeletionIsAMarker) {
  Versioning("Enabled");
  const std::string first = Put("k", "one");
  const std::string second = Put("k", "two");
  EXPECT_NE(first, second);
  EXPECT_EQ(Get("k"), "two");
  EXPECT_EQ(Get("k", first), "one");
  const DeleteOutcome deleted = Delete("k");
  EXPECT_TRUE(deleted.delete_marker);
  EXPECT_EQ(Get("k"), "ObjectNotFound");
  EXPECT_EQ(Get("k", deleted.version_id), "MethodNotAllowed");
  EXPECT_EQ(Get("k", second), "two");
  EXPECT_THAT(Keys(), IsEmpty());
  EXPECT_THAT(Versions(1),
              ElementsAre("k " + deleted.version_id + "*!", "k " + second, "k " + first));
  EXPECT_TRUE(Delete("k", deleted.version_id).delete_marker);
  EXPECT_EQ(Get("k"), "two");
  EXPECT_FALSE(Delete("k", second).delete_marker);
  EXPECT_EQ(Get("k"), "one");
  EXPECT_EQ(Get("k", second), "NoSuchVersion");
  EXPECT_EQ(Get("k", "nonsense"), "InvalidArgument");
  Delete("k", first);
  EXPECT_THAT(Versions(), IsEmpty());
  EXPECT_EQ(CountExtents(), 0U);
}

TEST_F(VersionTest, TheNullVersionIsWhatABucketHadAndWhatASuspendedOneWrites) {
  EXPECT_EQ(Put("k", "old"), "");
  Versioning("Enabled");
  EXPECT_EQ(Get("k", "null"), "old");
  const std::string middle = Put("k", "middle");
  Versioning("Suspended");
  EXPECT_EQ(Put("k", "new"), "null");
  EXPECT_EQ(Get("k"), "new");
  EXPECT_EQ(Get("k", middle), "middle");
  EXPECT_THAT(Versions(), ElementsAre("k null*", "k " + middle));
  EXPECT_THAT(Keys(), ElementsAre("k"));
  // In a suspended bucket a deletion replaces the null version by a marker.
  EXPECT_EQ(Delete("k").version_id, "null");
  EXPECT_THAT(Versions(), ElementsAre("k null*!", "k " + middle));
  EXPECT_THAT(Keys(), IsEmpty());
  Delete("k", "null");
  EXPECT_EQ(Get("k"), "middle");
  Versioning("Enabled");
  const std::string last = Put("k", "last");
  EXPECT_EQ(Get("k"), "last");
  EXPECT_EQ(Get("k", last), "last");
}

TEST_F(VersionTest, ListsAndPagesSeeTheLatestOnly) {
  Versioning("Enabled");
  for (const char* key : {"a", "b/1", "b/2", "c", "d/1"}) {
    Put(key, "1");
    Put(key, "2");
  }
  Delete("c");
  Delete("d/1");
  EXPECT_THAT(Keys({.delimiter = "/"}), ElementsAre("a", "b/"));
  const ListPage page = store_->List(root_, bucket_, {.delimiter = "/", .limit = 2}).value();
  EXPECT_FALSE(page.truncated);
  EXPECT_EQ(Versions(3).size(), 12U);
  EXPECT_EQ(Versions(3), Versions());
}

TEST_F(VersionTest, PublicationsKeepWhatTheyReplace) {
  Versioning("Enabled");
  const std::string old = Put("out/1", "old");
  Publication publication = store_->Begin(root_);
  publication.DeletePrefix(bucket_, "out/");
  BodyWriter writer = store_->NewBody().value();
  publication.Put(bucket_, Key("out/2"), writer.Finish().value());
  ASSERT_TRUE(publication.Commit());
  EXPECT_THAT(Keys(), ElementsAre("out/2"));
  EXPECT_EQ(Get("out/1", old), "old");
  EXPECT_EQ(Get("out/1"), "ObjectNotFound");
}

TEST_F(VersionTest, ConditionsSeeADeletedKeyAsAbsent) {
  Versioning("Enabled");
  Put("k", "one");
  Delete("k");
  BodyWriter writer = store_->NewBody().value();
  EXPECT_TRUE(
      store_->Put(root_, bucket_, Key("k"), writer.Finish().value(), {}, {.if_absent = true}));
  BodyWriter again = store_->NewBody().value();
  EXPECT_EQ(store_->Put(root_, bucket_, Key("k"), again.Finish().value(), {}, {.if_absent = true})
                .error()
                .reason,
            Reason::kPreconditionFailed);
}

TEST_F(VersionTest, ALockedVersionStaysAndAMarkerMayStandOnIt) {
  const BucketName locked = BucketName::Parse("locked").value();
  ASSERT_TRUE(store_->CreateBucket(root_, locked, {.object_lock = true}));
  ASSERT_TRUE(store_->SetBucketSetting(root_, locked, BucketSetting::kObjectLock,
                                       WriteDefaultRetention({.mode = "GOVERNANCE", .days = 1}),
                                       "s3:PutBucketObjectLockConfiguration"));
  const ObjectInfo info = store_->PutBytes(root_, locked, Key("k"), "bytes").value();
  ASSERT_TRUE(info.attributes.retention);
  EXPECT_EQ(info.attributes.retention->until, clock_.Now() + std::chrono::days(1));
  EXPECT_EQ(store_->Delete(root_, locked, Key("k"), {.version_id = info.version_id}).error().reason,
            Reason::kAccessDenied);
  EXPECT_TRUE(store_->Delete(root_, locked, Key("k")));
  EXPECT_TRUE(store_->Delete(root_, locked, Key("k"),
                             {.version_id = info.version_id, .bypass_governance = true}));
}

TEST_F(VersionTest, RetentionOnlyGrows) {
  const Timestamp now = clock_.Now();
  const auto until = [&](std::string mode, int days) {
    return Retention{.mode = std::move(mode), .until = now + std::chrono::days(days)};
  };
  EXPECT_TRUE(CheckRetentionChange(std::nullopt, until("COMPLIANCE", 1), false, now));
  EXPECT_TRUE(CheckRetentionChange(until("COMPLIANCE", 1), until("COMPLIANCE", 2), false, now));
  EXPECT_FALSE(CheckRetentionChange(until("COMPLIANCE", 2), until("COMPLIANCE", 1), true, now));
  EXPECT_FALSE(CheckRetentionChange(until("COMPLIANCE", 2), until("GOVERNANCE", 3), true, now));
  EXPECT_FALSE(CheckRetentionChange(until("GOVERNANCE", 2), until("GOVERNANCE", 1), false, now));
  EXPECT_TRUE(CheckRetentionChange(until("GOVERNANCE", 2), until("GOVERNANCE", 1), true, now));
  EXPECT_TRUE(CheckRetentionChange(until("COMPLIANCE", -1), std::nullopt, false, now));
}

}  // namespace
}  // namespace owlet::store
