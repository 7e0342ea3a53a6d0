#include "core/scan/column_cache.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <thread>

namespace owlet::scan {
namespace {

class ColumnCacheTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        std::filesystem::temp_directory_path() / ("owlet-column-cache-" + std::to_string(getpid()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  ColumnCache::Options Options(std::uint64_t disk_bytes = 1 << 20) const {
    return {.folder = folder_, .disk_bytes = disk_bytes, .pack_bytes = 4096};
  }

  static InputFile File(const std::string& name, std::uint64_t version, std::uint64_t size = 100) {
    return {.name = name, .size = size, .version = version, .open = nullptr};
  }

  /// A block with one column of strings.
  static BlockColumns Block(std::uint64_t begin, std::uint64_t end, const std::string& bytes,
                            const std::string& name = "a") {
    BlockColumns block{.place = {begin, end, 3}, .columns = {}, .bytes = bytes};
    block.columns.push_back({.name = name,
                             .kind = ColumnKind::kString,
                             .offset = 0,
                             .size = static_cast<std::uint32_t>(bytes.size())});
    return block;
  }

  static WantedColumn Wanted(const std::string& name) {
    return {.member = name, .typed = name + " typed", .plain = ColumnKind::kString};
  }

  static std::string BytesOf(const CachedFile& file, std::size_t block, std::size_t column = 0) {
    std::string bytes(file.blocks[block].pieces[column].size, '\0');
    return file.blocks[block].Read(column, bytes.data()) ? bytes : "damaged";
  }

  std::filesystem::path folder_;
};

TEST_F(ColumnCacheTest, GivesWhatWasKeptOfThatVersionAlone) {
  ColumnCache cache(Options());
  const auto scan = cache.BeginScan();
  ASSERT_TRUE(cache.Keep(File("x", 7), "json", Block(0, 40, "first"), scan));
  ASSERT_TRUE(cache.Keep(File("x", 7), "json", Block(40, 100, "second"), scan));
  const auto found = cache.Find(File("x", 7), "json", {Wanted("a")}, scan);
  ASSERT_TRUE(found);
  ASSERT_EQ(found->blocks.size(), 2);
  EXPECT_TRUE(found->complete());
  EXPECT_EQ(BytesOf(*found, 0), "first");
  EXPECT_EQ(BytesOf(*found, 1), "second");
  EXPECT_FALSE(cache.Find(File("x", 8), "json", {Wanted("a")}, scan));
  EXPECT_FALSE(cache.Find(File("x", 7, 101), "json", {Wanted("a")}, scan));
  EXPECT_FALSE(cache.Find(File("x", 7), "hive", {Wanted("a")}, scan));
  EXPECT_FALSE(cache.Find(File("y", 7), "json", {Wanted("a")}, scan));
  EXPECT_FALSE(cache.Find(File("x", 7), "json", {Wanted("b")}, scan));
}

TEST_F(ColumnCacheTest, AFileWithoutAVersionIsNotKept) {
  ColumnCache cache(Options());
  EXPECT_FALSE(cache.Keep(File("x", 0), "json", Block(0, 100, "a"), cache.BeginScan()));
  EXPECT_FALSE(cache.Find(File("x", 0), "json", {}, 1));
}

TEST_F(ColumnCacheTest, ANewerVersionReplacesTheOlderAndNotTheOtherWay) {
  ColumnCache cache(Options());
  const auto scan = cache.BeginScan();
  ASSERT_TRUE(cache.Keep(File("x", 2), "json", Block(0, 100, "new"), scan));
  EXPECT_FALSE(cache.Keep(File("x", 1), "json", Block(0, 100, "old"), scan));
  EXPECT_TRUE(cache.Find(File("x", 2), "json", {Wanted("a")}, scan));
  ASSERT_TRUE(cache.Keep(File("x", 3), "json", Block(0, 100, "newer"), scan));
  EXPECT_FALSE(cache.Find(File("x", 2), "json", {Wanted("a")}, scan));
}

TEST_F(ColumnCacheTest, ColumnsOfSeveralScansComeTogether) {
  ColumnCache cache(Options());
  const auto scan = cache.BeginScan();
  ASSERT_TRUE(cache.Keep(File("x", 7), "json", Block(0, 100, "of a", "a"), scan));
  ASSERT_TRUE(cache.Keep(File("x", 7), "json", Block(0, 100, "of b", "b"), scan));
  // Cut otherwise, or with other rows: of no use to the first.
  ASSERT_TRUE(cache.Keep(File("x", 7), "json", Block(0, 50, "of c", "c"), scan));
  ASSERT_TRUE(cache.Keep(File("x", 7), "json", Block(50, 100, "of c", "c"), scan));
  const auto found = cache.Find(File("x", 7), "json", {Wanted("b"), Wanted("a")}, scan);
  ASSERT_TRUE(found);
  EXPECT_EQ(BytesOf(*found, 0, 0), "of b");
  EXPECT_EQ(BytesOf(*found, 0, 1), "of a");
  EXPECT_FALSE(cache.Find(File("x", 7), "json", {Wanted("c")}, scan));
}

TEST_F(ColumnCacheTest, KindsAndMembersThatDoNotOccur) {
  ColumnCache cache(Options());
  const auto scan = cache.BeginScan();
  BlockColumns block = Block(0, 100, "text");
  block.columns.push_back({.name = "n", .kind = ColumnKind::kNulls});
  block.columns.push_back({.name = "o", .kind = ColumnKind::kOther});
  block.all_members = true;
  ASSERT_TRUE(cache.Keep(File("x", 7), "json", block, scan));
  WantedColumn number = Wanted("a");
  number.plain = ColumnKind::kInteger;
  EXPECT_FALSE(cache.Find(File("x", 7), "json", {number}, scan));
  EXPECT_FALSE(cache.Find(File("x", 7), "json", {Wanted("o")}, scan));
  const auto found = cache.Find(File("x", 7), "json", {Wanted("n"), Wanted("none")}, scan);
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->blocks[0].pieces[0].pack);
  EXPECT_FALSE(found->blocks[0].pieces[1].pack);
  // A typed column is found by its whole name alone.
  ASSERT_TRUE(cache.Keep(File("y", 7), "json", Block(0, 100, "t", "a typed"), scan));
  EXPECT_FALSE(cache.Find(File("y", 7), "json", {Wanted("a")}, scan));
  BlockColumns typed = Block(0, 100, "t", "a typed");
  typed.columns[0].kind = ColumnKind::kTyped;
  ASSERT_TRUE(cache.Keep(File("z", 7), "json", typed, scan));
  EXPECT_TRUE(cache.Find(File("z", 7), "json", {Wanted("a")}, scan));
}

TEST_F(ColumnCacheTest, WhatWasUsedLongestAgoMakesRoom) {
  ColumnCache cache(Options(4 * 4096));
  const std::string bytes(4000, 'x');
  for (int i = 0; i < 4; ++i) {
    const auto scan = cache.BeginScan();
    ASSERT_TRUE(cache.Keep(File("f" + std::to_string(i), 1), "json", Block(0, 100, bytes), scan));
  }
  const auto scan = cache.BeginScan();
  EXPECT_TRUE(cache.Find(File("f0", 1), "json", {Wanted("a")}, scan));
  ASSERT_TRUE(cache.Keep(File("f4", 1), "json", Block(0, 100, bytes), scan));
  EXPECT_TRUE(cache.Find(File("f0", 1), "json", {Wanted("a")}, scan));
  EXPECT_FALSE(cache.Find(File("f1", 1), "json", {Wanted("a")}, scan));
  EXPECT_LE(cache.disk_bytes(), 4 * 4096);
}

TEST_F(ColumnCacheTest, AScanDrivesOutNothingOfItsOwn) {
  ColumnCache cache(Options(4 * 4096));
  const auto scan = cache.BeginScan();
  const std::string bytes(4000, 'x');
  int kept = 0;
  for (int i = 0; i < 20; ++i) {
    kept += cache.Keep(File("f" + std::to_string(i), 1), "json", Block(0, 100, bytes), scan);
  }
  EXPECT_EQ(kept, 4);
  EXPECT_TRUE(cache.Find(File("f0", 1), "json", {Wanted("a")}, scan));
}

TEST_F(ColumnCacheTest, WhatIsBeingReadStaysReadable) {
  ColumnCache cache(Options());
  const auto scan = cache.BeginScan();
  ASSERT_TRUE(cache.Keep(File("x", 7), "json", Block(0, 100, "bytes"), scan));
  const auto found = cache.Find(File("x", 7), "json", {Wanted("a")}, scan);
  cache.Clear();
  std::filesystem::remove_all(folder_);
  EXPECT_EQ(BytesOf(*found, 0), "bytes");
  EXPECT_EQ(cache.disk_bytes(), 0);
  // Its folder is gone: nothing is kept any more, and nothing breaks.
  EXPECT_FALSE(cache.Keep(File("x", 7), "json", Block(0, 100, "bytes"), cache.BeginScan()));
}

TEST_F(ColumnCacheTest, ChangedBytesAreNoticed) {
  ColumnCache cache(Options());
  const auto scan = cache.BeginScan();
  ASSERT_TRUE(cache.Keep(File("x", 7), "json", Block(0, 100, "some bytes"), scan));
  // The file has no name; this process's descriptor of it is the only way to it.
  int changed = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code ignored;
    const std::string target = std::filesystem::read_symlink(entry.path(), ignored).string();
    if (!target.starts_with(folder_.string())) continue;
    changed += static_cast<int>(pwrite(std::stoi(entry.path().filename()), "X", 1, 3));
  }
  ASSERT_EQ(changed, 1);
  const auto found = cache.Find(File("x", 7), "json", {Wanted("a")}, scan);
  ASSERT_TRUE(found);
  EXPECT_EQ(BytesOf(*found, 0), "damaged");
  cache.Forget(File("x", 7), "json");
  EXPECT_FALSE(cache.Find(File("x", 7), "json", {Wanted("a")}, scan));
}

TEST_F(ColumnCacheTest, TheIndexKeepsToTheScansShare) {
  ColumnCache::Options options = Options(64 << 20);
  options.memory = std::make_shared<MemoryBudget>(1 << 20);
  const std::uint64_t share = options.memory->limit(MemoryShare::kScan);
  ColumnCache cache(options);
  int kept = 0;
  for (int i = 0; i < 5000; ++i) {
    const auto scan = cache.BeginScan();
    kept += cache.Keep(File("f" + std::to_string(i), 1), "json", Block(0, 100, "b"), scan);
    ASSERT_LE(options.memory->used(MemoryShare::kScan), share);
  }
  EXPECT_GT(kept, 100);
  EXPECT_GT(options.memory->used(MemoryShare::kScan), 0);
  // Who else needs the share gets what is left of it.
  cache.Clear();
  EXPECT_EQ(options.memory->used(MemoryShare::kScan), 0);
}

TEST_F(ColumnCacheTest, ManyThreadsAtOnce) {
  ColumnCache cache(Options(40 * 4096));
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&cache, t] {
      for (int i = 0; i < 400; ++i) {
        const auto scan = cache.BeginScan();
        const std::string name = "f" + std::to_string((i + t) % 30);
        const std::string bytes = name + std::string(500 + static_cast<std::size_t>(i), 'x');
        cache.Keep(File(name, 1), "json", Block(0, 100, bytes, "c" + std::to_string(i % 3)), scan);
        const auto found = cache.Find(File(name, 1), "json", {Wanted("c1")}, scan);
        if (found) {
          EXPECT_TRUE(BytesOf(*found, 0).starts_with(name));
        }
        if (i % 100 == 99) cache.Clear();
      }
    });
  }
}

}  // namespace
}  // namespace owlet::scan
