#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

#include <cstring>
#include <filesystem>
#include <map>
#include <random>
#include <thread>

#include "core/scan/json_decoder.h"
#include "core/scan/json_inference.h"
#include "core/scan/json_line_decoder.h"
#include "core/scan/json_lines_fixture.h"
#include "core/scan/text_scanner.h"

// Scans with a column cache answer as scans without one, whatever was read before and whatever
// became of the files and of the cache meanwhile.

namespace owlet::scan {
namespace {

using plan::Type;
using plan::TypeId;

struct StoredFile {
  std::string bytes;
  std::uint64_t version = 0;
};

class StoredSource final : public ByteSource {
 public:
  explicit StoredSource(StoredFile file) : file_(std::move(file)) {}
  Result<std::size_t> ReadAt(std::uint64_t offset, std::span<std::byte> out) override {
    if (offset >= file_.bytes.size()) return std::size_t{0};
    const std::size_t size = std::min<std::size_t>(out.size(), file_.bytes.size() - offset);
    std::memcpy(out.data(), file_.bytes.data() + offset, size);
    ++reads;
    return size;
  }
  std::uint64_t version() const override { return file_.version; }

  static inline std::atomic<int> reads = 0;

 private:
  StoredFile file_;
};

std::string Gzip(const std::string& text) {
  z_stream stream{};
  deflateInit2(&stream, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

/// Files that change, as a store has them.
class FileStore {
 public:
  void Put(const std::string& name, const std::string& text) {
    files_[name] = {name.ends_with(".gz") ? Gzip(text) : text, ++version_};
  }
  [[nodiscard]] std::vector<InputFile> List() const {
    std::vector<InputFile> inputs;
    for (const auto& [name, file] : files_) {
      inputs.push_back({name, file.bytes.size(), file.version,
                        [this, name = name]() -> Result<std::unique_ptr<ByteSource>> {
                          const auto found = files_.find(name);
                          if (found == files_.end()) return Fail(Reason::kObjectNotFound, name);
                          return std::make_unique<StoredSource>(found->second);
                        }});
    }
    return inputs;
  }
  void Delete(const std::string& name) { files_.erase(name); }

 private:
  std::map<std::string, StoredFile> files_;
  std::uint64_t version_ = 0;
};

class CachedScanTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() /
              ("owlet-cached-scan-" + std::to_string(getpid()) + "-" +
               testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(folder_);
    cache_ = NewCache(64 << 20);
  }
  void TearDown() override {
    cache_.reset();
    std::filesystem::remove_all(folder_);
  }

  std::shared_ptr<ColumnCache> NewCache(std::uint64_t disk_bytes) const {
    return std::make_shared<ColumnCache>(ColumnCache::Options{
        .folder = folder_, .disk_bytes = disk_bytes, .memory = nullptr, .pack_bytes = 1 << 16});
  }

  static TextScan Scan(std::vector<InputFile> files, plan::Schema columns, ParseMode mode,
                       std::vector<ColumnFilter> filters, std::shared_ptr<ColumnCache> cache) {
    auto options = std::make_shared<JsonOptions>();
    options->mode = mode;
    TextScan scan;
    scan.files = std::move(files);
    scan.columns = columns;
    scan.filters = filters;
    scan.make_block_decoder = [=] {
      return std::make_unique<JsonLineDecoder>(columns, options, filters);
    };
    scan.make_decoder = [=] { return std::make_unique<JsonDecoder>(columns, options); };
    scan.cache = std::move(cache);
    scan.cache_form = "json";
    for (const plan::Field& field : columns) {
      WantedColumn wanted{.member = field.name, .typed = field.name + " typed"};
      if (field.type.id() == TypeId::kVarchar) wanted.plain = ColumnKind::kString;
      if (field.type.id() == TypeId::kBigint) wanted.plain = ColumnKind::kInteger;
      if (field.type.id() == TypeId::kBoolean) wanted.plain = ColumnKind::kBoolean;
      scan.wanted.push_back(std::move(wanted));
    }
    return scan;
  }

  /// All rows that pass the filters, in order.
  static std::vector<std::string> RowsOf(TextScan scan, int threads = 1) {
    TextScanner scanner(std::move(scan));
    Mutex mutex;
    std::multimap<std::uint64_t, std::string> rows;
    const auto work = [&] {
      TextScanner::Cursor cursor(scanner);
      ColumnBatch batch(scanner.scan().columns);
      for (;;) {
        auto more = cursor.Next(batch);
        if (!more) {
          MutexLock lock(mutex);
          rows.emplace(0, "error");
          return;
        }
        if (!*more) return;
        const auto texts = Rows(batch);
        MutexLock lock(mutex);
        for (std::size_t row = 0; row < batch.rows; ++row) {
          bool passes = true;
          for (std::size_t i = 0; i < scanner.scan().filters.size(); ++i) {
            passes &= scanner.scan().filters[i].Passes(batch.columns[i], row);
          }
          if (passes) rows.emplace(cursor.order(), texts[row]);
        }
      }
    };
    {
      std::vector<std::jthread> helpers;
      for (int i = 1; i < threads; ++i) helpers.emplace_back(work);
      work();
    }
    std::vector<std::string> all;
    for (auto& [order, row] : rows) all.push_back(std::move(row));
    return all;
  }

  void Infer(const std::vector<InputFile>& files) const {
    const JsonOptions options;
    ASSERT_TRUE(InferJsonSchema(files, options, 2, {}, cache_.get(), "json"));
  }

  /// Overwrites bytes of the cache's files, which have no names.
  void Damage() const {
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
      std::error_code ignored;
      const auto target = std::filesystem::read_symlink(entry.path(), ignored).string();
      if (!target.starts_with(folder_.string())) continue;
      const std::string noise(997, '\x5a');
      for (off_t at = 100; at < 1 << 16; at += 4096) {
        ASSERT_GT(pwrite(std::stoi(entry.path().filename()), noise.data(), noise.size(), at), 0);
      }
    }
  }

  std::filesystem::path folder_;
  std::shared_ptr<ColumnCache> cache_;
};

plan::Schema Some(std::mt19937_64& random) {
  plan::Schema all = LineColumns(false);
  std::shuffle(all.begin(), all.end(), random);
  all.resize(random() % all.size());
  return all;
}

std::vector<ColumnFilter> SomeFilters(const plan::Schema& columns, std::mt19937_64& random) {
  if (random() % 2 == 0) return {};
  std::vector<ColumnFilter> filters(columns.size());
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].type.IsNested() || columns[i].type.id() == TypeId::kDecimal) continue;
    if (random() % 3 == 0) filters[i].kind = static_cast<ColumnFilter::Kind>(random() % 9);
    filters[i].text = "plain";
    filters[i].integer = 1;
  }
  return filters;
}

TEST_F(CachedScanTest, AnswersAsWithoutWhateverHappens) {
  for (unsigned seed = 0; seed < 16; ++seed) {
    std::mt19937_64 random(seed);
    cache_ = NewCache(seed % 4 == 0 ? 1 << 17 : 64 << 20);
    FileStore store;
    LineMaker lines(seed);
    const auto put = [&] {
      const std::string name = "f" + std::to_string(random() % 4) + (random() % 2 ? ".gz" : "");
      store.Put(name, lines.Block(1 + static_cast<int>(random() % 1500), random() % 3 > 0));
    };
    for (int i = 0; i < 4; ++i) put();
    for (int step = 0; step < 12; ++step) {
      if (random() % 3 == 0) put();
      if (random() % 8 == 0) Infer(store.List());
      if (random() % 16 == 0) cache_->Clear();
      if (random() % 16 == 0) Damage();
      const plan::Schema columns = Some(random);
      const auto mode = static_cast<ParseMode>(random() % 2);  // FAILFAST ends at its first error
      const auto filters = SomeFilters(columns, random);
      const auto expected = RowsOf(Scan(store.List(), columns, mode, filters, nullptr));
      ASSERT_EQ(RowsOf(Scan(store.List(), columns, mode, filters, cache_)), expected)
          << "seed " << seed << ", step " << step;
      ASSERT_EQ(RowsOf(Scan(store.List(), columns, mode, filters, cache_)), expected)
          << "again: seed " << seed << ", step " << step;
    }
  }
}

std::string Clean(unsigned seed, int count) { return LineMaker(seed).Block(count, true); }

const plan::Schema kTwo = {{.name = "name", .type = Type::Varchar()},
                           {.name = "id", .type = Type(TypeId::kDouble)}};

/// Lines whose members are all of plain kinds.
std::string Plain(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) {
    text += "{\"name\":\"n" + std::to_string(i % 7) + "\",\"id\":" + std::to_string(i) +
            ",\"late\":" + (i > 5 ? "true" : "null") + "}\n";
  }
  return text;
}

plan::Schema PlainColumns() {
  return {{.name = "id", .type = Type(TypeId::kBigint)},
          {.name = "late", .type = Type(TypeId::kBoolean)},
          {.name = "name", .type = Type::Varchar()},
          {.name = "nowhere", .type = Type(TypeId::kBigint)}};
}

TEST_F(CachedScanTest, WhatInferenceReadIsNotReadAgain) {
  FileStore store;
  store.Put("a.json", Plain(50'000));
  store.Put("b.json.gz", Plain(50'000));
  const auto expected = RowsOf(Scan(store.List(), PlainColumns(), ParseMode::kFailFast, {}, {}));
  Infer(store.List());
  StoredSource::reads = 0;
  EXPECT_EQ(RowsOf(Scan(store.List(), PlainColumns(), ParseMode::kFailFast, {}, cache_)), expected);
  EXPECT_EQ(RowsOf(Scan(store.List(), {}, ParseMode::kPermissive, {}, cache_)).size(), 100'000);
  EXPECT_EQ(StoredSource::reads, 0);
}

TEST_F(CachedScanTest, WhatAScanReadIsNotReadAgain) {
  FileStore store;
  store.Put("a.json", Plain(50'000));
  store.Put("b.json.gz", Plain(50'000));
  const auto first = RowsOf(Scan(store.List(), kTwo, ParseMode::kPermissive, {}, cache_), 2);
  StoredSource::reads = 0;
  const auto again = RowsOf(Scan(store.List(), kTwo, ParseMode::kPermissive, {}, cache_), 2);
  EXPECT_EQ(StoredSource::reads, 0);
  EXPECT_EQ(first, again);
  EXPECT_EQ(again.size(), 100'000);
}

TEST_F(CachedScanTest, AFileThatWasReplacedOrDeletedIsSeenAsItIs) {
  FileStore store;
  store.Put("a.json", Plain(100));
  Infer(store.List());
  const auto listed = store.List();
  store.Put("a.json", "{\"id\":1}\n");
  // Listed before, opened after: the columns of the old state are not given for the new one.
  EXPECT_EQ(RowsOf(Scan(listed, PlainColumns(), ParseMode::kPermissive, {}, cache_)),
            RowsOf(Scan(listed, PlainColumns(), ParseMode::kPermissive, {}, nullptr)));
  EXPECT_EQ(RowsOf(Scan(store.List(), PlainColumns(), ParseMode::kPermissive, {}, cache_)).size(),
            1);
  const auto before = store.List();
  store.Delete("a.json");
  EXPECT_EQ(RowsOf(Scan(before, PlainColumns(), ParseMode::kPermissive, {}, cache_)),
            std::vector<std::string>{"error"});
}

TEST_F(CachedScanTest, DamagedBlocksAreReadFromTheText) {
  FileStore store;
  store.Put("a.json", Plain(60'000));
  store.Put("b.json.gz", Plain(60'000));
  const auto expected = RowsOf(Scan(store.List(), PlainColumns(), ParseMode::kPermissive, {}, {}));
  Infer(store.List());
  Damage();
  StoredSource::reads = 0;
  EXPECT_EQ(RowsOf(Scan(store.List(), PlainColumns(), ParseMode::kPermissive, {}, cache_)),
            expected);
  EXPECT_GT(StoredSource::reads, 0);
}

TEST_F(CachedScanTest, ThreadsThatScanAndFillAtOnce) {
  FileStore store;
  for (int i = 0; i < 4; ++i)
    store.Put("f" + std::to_string(i), Clean(static_cast<unsigned>(i), 4000));
  const auto expected =
      RowsOf(Scan(store.List(), LineColumns(false), ParseMode::kPermissive, {}, {}));
  std::vector<std::jthread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 4; ++i) {
        EXPECT_EQ(
            RowsOf(Scan(store.List(), LineColumns(false), ParseMode::kPermissive, {}, cache_), 2)
                .size(),
            expected.size());
        if (i == 2) cache_->Clear();
      }
    });
  }
}

}  // namespace
}  // namespace owlet::scan
