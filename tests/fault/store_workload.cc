#include "store_workload.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <map>
#include <random>
#include <set>
#include <thread>
#include <vector>

#include "base/check.h"

namespace owlet::fault {
namespace {

using store::BucketName;
using store::ObjectKey;

constexpr std::uint32_t kWorkers = 4;
constexpr std::uint32_t kSlots = 6;  // keys of a worker; the last one is a folder of its own
constexpr std::uint32_t kFiles = 3;  // of a publication
constexpr std::size_t kPartSize = 5 << 20;

/// One line of the log. `seed` 0 stands for "no object".
struct Record {
  char kind = 0;  // 'i' intent, 'a' acknowledged
  std::uint32_t worker = 0;
  std::uint32_t slot = 0;
  std::uint64_t seed = 0;
};

BucketName Bucket() { return BucketName::Parse("bucket").value(); }
ObjectKey KeyOf(std::uint32_t worker, std::uint32_t slot) {
  return ObjectKey::Parse(fmt::format("w{}/k{}", worker, slot)).value();
}
std::string FolderOf(std::uint32_t worker) { return fmt::format("w{}/out/", worker); }

/// The bytes that a seed stands for; sizes on both sides of every border of the store.
std::string BytesOf(std::uint64_t seed) {
  static constexpr std::size_t kSizes[] = {0, 1, 1000, 65536, 65537, 300'000, 0, 900'000};
  std::mt19937_64 random(seed);
  std::size_t size = kSizes[random() % std::size(kSizes)];
  if (seed % 16 == 5) size = kPartSize + 1000;  // an upload in two parts
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i + 8 <= size; i += 8) {
    const std::uint64_t word = random();
    std::copy_n(reinterpret_cast<const char*>(&word), 8, bytes.data() + i);
  }
  return bytes;
}

class Worker {
 public:
  Worker(OpenStore& store, int log, std::uint32_t number, std::uint32_t round)
      : store_(*store.store), log_(log), number_(number), random_(round * 1000 + number) {}

  [[noreturn]] void Run() {
    for (std::uint64_t step = 1;; ++step) {
      const auto slot = static_cast<std::uint32_t>(random_() % kSlots);
      const std::uint64_t seed = random_() | 1 << 4 | step << 40;
      if (slot == kSlots - 1) {
        Step(slot, seed, [&] { return Publish(seed); });
      } else if (seed % 7 == 0) {
        Step(slot, 0, [&] { return store_.Delete(who_, bucket_, KeyOf(number_, slot)); });
      } else if (seed % 16 == 5) {
        Step(slot, seed, [&] { return Upload(slot, seed); });
      } else {
        Step(slot, seed, [&] { return Put(slot, seed); });
      }
    }
  }

 private:
  template <class Do>
  void Step(std::uint32_t slot, std::uint64_t seed, Do&& act) {
    Write({.kind = 'i', .worker = number_, .slot = slot, .seed = seed});
    const auto status = act();
    OWLET_CHECK(status.has_value());
    Write({.kind = 'a', .worker = number_, .slot = slot, .seed = seed});
  }
  void Write(const Record& record) {
    OWLET_CHECK(write(log_, &record, sizeof record) == sizeof record);
  }

  Result<store::StagedBody> Stage(std::string_view bytes) {
    OWLET_TRY(auto writer, store_.NewBody());
    OWLET_CHECK_OK(writer.Append(std::as_bytes(std::span(bytes))));
    return writer.Finish();
  }

  /// By way of a copy, every other time: the source goes at once.
  Status Put(std::uint32_t slot, std::uint64_t seed) {
    OWLET_TRY(auto body, Stage(BytesOf(seed)));
    if (random_() % 2 == 0) {
      OWLET_TRY(const auto put, store_.Put(who_, bucket_, KeyOf(number_, slot), std::move(body)));
      return {};
    }
    const auto from = ObjectKey::Parse(fmt::format("tmp/{}", number_)).value();
    OWLET_TRY(const auto source, store_.Put(who_, bucket_, from, std::move(body)));
    OWLET_TRY(const auto reader, store_.Open(who_, bucket_, from));
    OWLET_TRY(auto copy, store_.ShareBody(reader, 0, reader.size()));
    auto publication = store_.Begin(who_);
    publication.Put(bucket_, KeyOf(number_, slot), std::move(copy));
    publication.Delete(bucket_, from);
    OWLET_TRY(const auto published, publication.Commit());
    return {};
  }

  Status Upload(std::uint32_t slot, std::uint64_t seed) {
    const std::string bytes = BytesOf(seed);
    const ObjectKey key = KeyOf(number_, slot);
    OWLET_TRY(const auto upload, store_.CreateUpload(who_, bucket_, key, {}));
    std::vector<store::CompletedPart> parts;
    for (std::uint32_t number = 1; number <= 2; ++number) {
      const std::string_view part = number == 1 ? std::string_view(bytes).substr(0, kPartSize)
                                                : std::string_view(bytes).substr(kPartSize);
      OWLET_TRY(auto body, Stage(part));
      OWLET_TRY(const auto info,
                store_.PutPart(who_, bucket_, key, upload.upload_id, number, std::move(body)));
      parts.push_back({.number = number, .etag = info.etag, .checksum = {}});
    }
    OWLET_TRY(const auto done,
              store_.CompleteUpload(who_, bucket_, key, upload.upload_id, parts, {}));
    return {};
  }

  /// As a job overwrites its output: new part files under new names, the old ones gone.
  Status Publish(std::uint64_t seed) {
    auto publication = store_.Begin(who_);
    publication.DeletePrefix(bucket_, FolderOf(number_));
    for (std::uint32_t file = 0; file < kFiles; ++file) {
      OWLET_TRY(auto body, Stage(BytesOf(seed + file * 16)));
      const auto key =
          ObjectKey::Parse(fmt::format("{}part-{}-{}", FolderOf(number_), file, seed)).value();
      publication.Put(bucket_, key, std::move(body));
    }
    OWLET_TRY(auto success, Stage(""));
    publication.Put(bucket_, ObjectKey::Parse(FolderOf(number_) + "_SUCCESS").value(),
                    std::move(success));
    OWLET_TRY(const auto published, publication.Commit());
    return {};
  }

  store::ObjectStore& store_;
  int log_;
  std::uint32_t number_;
  std::mt19937_64 random_;
  access::Principal who_;
  BucketName bucket_ = Bucket();
};

/// The seeds that a place may have: what was acknowledged last, and what was under way.
struct Expectation {
  std::uint64_t acknowledged = 0;
  std::vector<std::uint64_t> under_way;
};

/// A round that ended leaves its intents possible until the next acknowledgement.
std::map<std::pair<std::uint32_t, std::uint32_t>, Expectation> ReadLog(
    const std::filesystem::path& path, std::size_t& acknowledged) {
  std::map<std::pair<std::uint32_t, std::uint32_t>, Expectation> places;
  std::ifstream log(path, std::ios::binary);
  Record record;
  while (log.read(reinterpret_cast<char*>(&record), sizeof record)) {
    Expectation& place = places[{record.worker, record.slot}];
    if (record.kind == 'i') {
      place.under_way.push_back(record.seed);
    } else {
      place.acknowledged = record.seed;
      place.under_way.clear();
      ++acknowledged;
    }
  }
  return places;
}

std::vector<std::uint64_t> Allowed(const Expectation& place) {
  std::vector<std::uint64_t> seeds = place.under_way;
  seeds.push_back(place.acknowledged);
  return seeds;
}

void VerifyKey(OpenStore& store, std::uint32_t worker, std::uint32_t slot,
               const Expectation& place) {
  const ObjectKey key = KeyOf(worker, slot);
  auto reader = store.store->Open({}, Bucket(), key);
  bool matches = false;
  for (const std::uint64_t seed : Allowed(place)) {
    if (seed == 0) {
      matches |= !reader && reader.error().reason == Reason::kObjectNotFound;
    } else if (reader) {
      const auto bytes = reader->ReadAll();
      matches |= bytes && *bytes == BytesOf(seed);
    }
  }
  EXPECT_TRUE(matches) << key.text() << ": neither the acknowledged bytes nor those under way"
                       << (reader ? "" : ", but: " + reader.error().message);
}

void VerifyFolder(OpenStore& store, std::uint32_t worker, const Expectation& place) {
  const auto page = store.store->List({}, Bucket(), {.prefix = FolderOf(worker)}).value();
  std::set<std::string> keys;
  for (const auto& info : page.objects) keys.insert(info.key);
  bool matches = false;
  for (const std::uint64_t seed : Allowed(place)) {
    if (seed == 0) {
      matches |= keys.empty();
      continue;
    }
    std::set<std::string> wanted = {FolderOf(worker) + "_SUCCESS"};
    for (std::uint32_t file = 0; file < kFiles; ++file) {
      wanted.insert(fmt::format("{}part-{}-{}", FolderOf(worker), file, seed));
    }
    if (keys != wanted) continue;
    matches = true;
    for (std::uint32_t file = 0; file < kFiles; ++file) {
      const auto key =
          ObjectKey::Parse(fmt::format("{}part-{}-{}", FolderOf(worker), file, seed)).value();
      auto reader = store.store->Open({}, Bucket(), key);
      ASSERT_TRUE(reader) << reader.error().message;
      const auto bytes = reader->ReadAll();
      ASSERT_TRUE(bytes) << bytes.error().message;
      EXPECT_EQ(*bytes, BytesOf(seed + file * 16));
    }
  }
  EXPECT_TRUE(matches) << FolderOf(worker)
                       << " holds a mixture of two publications: " << testing::PrintToString(keys);
}

}  // namespace

OpenStore::OpenStore(const std::filesystem::path& root)
    : folder(kv::DataFolder::Open(root).value()),
      kv(kv::KeyValueStore::Open({.folder = folder.kv()}).value()),
      store(store::ObjectStore::Open({.blobs = folder.blobs()}, *kv, authorizer, clock).value()) {}

void PrepareBucket(OpenStore& store) {
  const Status status = store.store->CreateBucket({}, Bucket());
  OWLET_CHECK(status || status.error().reason == Reason::kBucketAlreadyExists);
}

void RunWorkload(OpenStore& store, const std::filesystem::path& log, std::uint32_t round) {
  const int fd = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  OWLET_CHECK(fd >= 0);
  std::vector<std::jthread> threads;
  for (std::uint32_t worker = 1; worker < kWorkers; ++worker) {
    threads.emplace_back([&store, fd, worker, round] { Worker(store, fd, worker, round).Run(); });
  }
  Worker(store, fd, 0, round).Run();
}

std::size_t VerifyWorkload(OpenStore& store, const std::filesystem::path& log) {
  std::size_t acknowledged = 0;
  for (const auto& [place, expected] : ReadLog(log, acknowledged)) {
    if (place.second == kSlots - 1) {
      VerifyFolder(store, place.first, expected);
    } else {
      VerifyKey(store, place.first, place.second, expected);
    }
  }
  return acknowledged;
}

}  // namespace owlet::fault
