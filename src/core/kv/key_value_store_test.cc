#include "core/kv/key_value_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <thread>

#include "core/kv/data_folder.h"

namespace owlet::kv {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class KeyValueStoreTest : public testing::Test {
 protected:
  KeyValueStoreTest() {
    folder_ =
        fs::temp_directory_path() / ("owlet-kv-" + std::to_string(getpid()) + "-" +
                                     testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(folder_);
  }
  ~KeyValueStoreTest() override { fs::remove_all(folder_); }

  static std::vector<std::string> Keys(Scanner scanner) {
    std::vector<std::string> keys;
    for (; scanner.Valid(); scanner.Next()) keys.emplace_back(scanner.key());
    EXPECT_TRUE(scanner.status());
    return keys;
  }
  static void Put(KeyValueStore& store, std::string_view key, std::string_view value) {
    ASSERT_TRUE(store.Update([&](Transaction& t) -> Status {
      t.Put(Column::kCatalog, key, value);
      return {};
    }));
  }

  fs::path folder_;
};

TEST_F(KeyValueStoreTest, WritesAreThereAfterReopening) {
  {
    auto store = KeyValueStore::Open({.folder = folder_});
    ASSERT_TRUE(store) << store.error().message;
    Put(**store, "a", "1");
    Put(**store, "b", "");
  }
  auto store = KeyValueStore::Open({.folder = folder_});
  ASSERT_TRUE(store);
  EXPECT_EQ((*store)->Get(Column::kCatalog, "a").value(), "1");
  EXPECT_EQ((*store)->Get(Column::kCatalog, "b").value(), "");
  EXPECT_EQ((*store)->Get(Column::kCatalog, "c").value(), std::nullopt);
  EXPECT_EQ((*store)->Get(Column::kObjects, "a").value(), std::nullopt);
}

TEST_F(KeyValueStoreTest, AFailedUpdateWritesNothing) {
  auto store = KeyValueStore::OpenInMemory().value();
  const Status status = store->Update([](Transaction& t) -> Status {
    t.Put(Column::kCatalog, "a", "1");
    return Fail(Reason::kPreconditionFailed, "no");
  });
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().reason, Reason::kPreconditionFailed);
  EXPECT_EQ(store->Get(Column::kCatalog, "a").value(), std::nullopt);
}

TEST_F(KeyValueStoreTest, ATransactionSeesItsOwnWrites) {
  auto store = KeyValueStore::OpenInMemory().value();
  Put(*store, "a", "1");
  Put(*store, "b", "2");
  ASSERT_TRUE(store->Update([](Transaction& t) -> Status {
    EXPECT_EQ(t.Get(Column::kCatalog, "a").value(), "1");
    t.Put(Column::kCatalog, "a", "10");
    EXPECT_EQ(t.Get(Column::kCatalog, "a").value(), "10");
    t.DeleteRange(Column::kCatalog, "a", "c");
    EXPECT_EQ(t.Get(Column::kCatalog, "a").value(), std::nullopt);
    EXPECT_EQ(t.Get(Column::kCatalog, "b").value(), std::nullopt);
    t.Put(Column::kCatalog, "b", "20");
    EXPECT_EQ(t.Get(Column::kCatalog, "b").value(), "20");
    t.Put(Column::kCatalog, "d", "4");
    t.Delete(Column::kCatalog, "d");
    EXPECT_EQ(t.Get(Column::kCatalog, "d").value(), std::nullopt);
    return {};
  }));
  EXPECT_THAT(Keys(store->Scan(Column::kCatalog, "", "")), ElementsAre("b"));
  EXPECT_EQ(store->Get(Column::kCatalog, "b").value(), "20");
}

TEST_F(KeyValueStoreTest, ScansStayInTheirBounds) {
  auto store = KeyValueStore::OpenInMemory().value();
  for (const char* key : {"a", "ab", "b", "b\xff", "c"}) Put(*store, key, "x");
  EXPECT_THAT(Keys(store->Scan(Column::kCatalog, "b", PrefixEnd("b"))), ElementsAre("b", "b\xff"));
  EXPECT_THAT(Keys(store->Scan(Column::kCatalog, "ab", "")), ElementsAre("ab", "b", "b\xff", "c"));
  Scanner scanner = store->Scan(Column::kCatalog, "ab", "c");
  scanner.SeekToLast();
  EXPECT_EQ(scanner.key(), "b\xff");
  scanner.Seek("b");
  EXPECT_EQ(scanner.key(), "b");
}

TEST_F(KeyValueStoreTest, ASnapshotStandsStill) {
  auto store = KeyValueStore::OpenInMemory().value();
  Put(*store, "a", "1");
  const Snapshot before = store->TakeSnapshot();
  Put(*store, "a", "2");
  Put(*store, "b", "2");
  EXPECT_EQ(store->Get(Column::kCatalog, "a", &before).value(), "1");
  EXPECT_THAT(Keys(store->Scan(Column::kCatalog, "", "", &before)), ElementsAre("a"));
}

TEST_F(KeyValueStoreTest, WritersDoNotLoseEachOthersUpdates) {
  auto store = KeyValueStore::Open({.folder = folder_}).value();
  constexpr int kEach = 50;
  {
    std::vector<std::jthread> writers;
    for (int w = 0; w < 4; ++w) {
      writers.emplace_back([&] {
        for (int i = 0; i < kEach; ++i) {
          const Status status = store->Update([](Transaction& t) -> Status {
            OWLET_TRY(auto old, t.Get(Column::kMeta, "n"));
            t.Put(Column::kMeta, "n", std::to_string(old ? std::stoi(*old) + 1 : 1));
            return {};
          });
          EXPECT_TRUE(status);
        }
      });
    }
  }
  EXPECT_EQ(store->Get(Column::kMeta, "n").value(), std::to_string(4 * kEach));
}

TEST_F(KeyValueStoreTest, BigEndianKeepsTheOrder) {
  std::string low, high;
  AppendBigEndian(low, 255);
  AppendBigEndian(high, 256);
  EXPECT_LT(low, high);
  EXPECT_EQ(ReadBigEndian(high), 256U);
}

using DataFolderTest = KeyValueStoreTest;

TEST_F(DataFolderTest, ASecondOneNamesWhoHoldsIt) {
  auto first = DataFolder::Open(folder_);
  ASSERT_TRUE(first) << first.error().message;
  auto second = DataFolder::Open(folder_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().reason, Reason::kUnavailable);
  EXPECT_THAT(second.error().message, HasSubstr(std::to_string(getpid())));
}

TEST_F(DataFolderTest, ANewerFormatIsRefused) {
  {
    ASSERT_TRUE(DataFolder::Open(folder_, 7, {}));
  }
  auto folder = DataFolder::Open(folder_);
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().reason, Reason::kVersionMismatch);
}

TEST_F(DataFolderTest, AnOlderFormatMigratesAfterACheckpoint) {
  {
    auto folder = DataFolder::Open(folder_, 1, {});
    ASSERT_TRUE(folder);
    auto store = KeyValueStore::Open({.folder = folder->kv()}).value();
    Put(*store, "a", "old");
  }
  {
    const Migrations migrations = {{1, [](const fs::path& root) -> Status {
                                      OWLET_TRY(auto store,
                                                KeyValueStore::Open({.folder = root / "kv"}));
                                      Put(*store, "a", "new");
                                      return {};
                                    }}};
    auto folder = DataFolder::Open(folder_, 2, migrations);
    ASSERT_TRUE(folder) << folder.error().message;
    auto store = KeyValueStore::Open({.folder = folder->kv()}).value();
    EXPECT_EQ(store->Get(Column::kCatalog, "a").value(), "new");
    auto copy = KeyValueStore::Open({.folder = folder_ / "before-format-2"}).value();
    EXPECT_EQ(copy->Get(Column::kCatalog, "a").value(), "old");
  }
  EXPECT_FALSE(DataFolder::Open(folder_, 1, {}));
}

TEST_F(DataFolderTest, SpillIsEmptiedAndDataWithoutFormatIsRefused) {
  {
    auto folder = DataFolder::Open(folder_);
    ASSERT_TRUE(folder);
    fs::create_directory(folder->spill() / "old");
    auto store = KeyValueStore::Open({.folder = folder->kv()}).value();
  }
  {
    auto folder = DataFolder::Open(folder_);
    ASSERT_TRUE(folder);
    EXPECT_TRUE(fs::is_empty(folder->spill()));
  }
  fs::remove(folder_ / "FORMAT");
  auto folder = DataFolder::Open(folder_);
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().reason, Reason::kCorruption);
}

TEST_F(DataFolderTest, AFileInItsPlaceIsAnError) {
  {
    std::fclose(std::fopen(folder_.c_str(), "w"));
  }
  EXPECT_FALSE(DataFolder::Open(folder_));
}

}  // namespace
}  // namespace owlet::kv
