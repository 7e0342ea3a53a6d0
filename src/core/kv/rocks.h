#pragma once

#include <rocksdb/db.h>
#include <rocksdb/status.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "base/mutex.h"
#include "core/kv/key_value_store.h"

// What the .cc files of this folder share of RocksDB; nobody else includes this.

namespace owlet::kv {

/// `doing` begins the message: "open the key-value store".
[[nodiscard]] Error ToError(const rocksdb::Status& status, std::string_view doing);
[[nodiscard]] inline Status ToStatus(const rocksdb::Status& status, std::string_view doing) {
  if (status.ok()) return {};
  return std::unexpected(ToError(status, doing));
}

inline rocksdb::Slice ToSlice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
inline std::string_view ToView(const rocksdb::Slice& bytes) { return {bytes.data(), bytes.size()}; }

class Snapshot::Impl {
 public:
  Impl(rocksdb::DB* db, const rocksdb::Snapshot* taken) : snapshot(taken), db_(db) {}
  ~Impl() { db_->ReleaseSnapshot(snapshot); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  const rocksdb::Snapshot* snapshot;

 private:
  rocksdb::DB* db_;
};

class Scanner::Impl {
 public:
  Impl(rocksdb::DB* db, rocksdb::ColumnFamilyHandle* column, std::string_view lower,
       std::string_view upper, const rocksdb::Snapshot* snapshot);
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

 private:
  // The iterator keeps pointers to the bounds' slices: they must not move.
  std::string lower_;
  std::string upper_;
  rocksdb::Slice lower_slice_;
  rocksdb::Slice upper_slice_;

 public:
  std::unique_ptr<rocksdb::Iterator> iterator;
};

/// The columns' options and handles of a fresh or existing database.
std::vector<rocksdb::ColumnFamilyDescriptor> DescribeColumns(const OpenOptions& options);
rocksdb::Options DescribeDatabase(const OpenOptions& options);

/// Lets writers that wait for the disk at the same time share one sync: a writer whose bytes an
/// earlier sync has already covered does not sync again. Thread-safe.
class SyncGroup {
 public:
  /// `sync` brings everything written so far to the disk; never called concurrently.
  explicit SyncGroup(std::function<Status()> sync) : sync_(std::move(sync)) {}

  /// Call behind the write, still under the writers' lock: the ticket to wait with.
  [[nodiscard]] std::uint64_t Wrote() { return written_.fetch_add(1) + 1; }
  [[nodiscard]] Status WaitUntilSynced(std::uint64_t ticket);

 private:
  std::function<Status()> sync_;
  std::atomic<std::uint64_t> written_{0};
  Mutex mutex_;
  std::condition_variable done_;
  bool running_ GUARDED_BY(mutex_) = false;
  std::uint64_t synced_ GUARDED_BY(mutex_) = 0;
  // A failed sync answers all that it should have covered: their bytes are in doubt.
  std::uint64_t failed_to_ GUARDED_BY(mutex_) = 0;
  Status failure_ GUARDED_BY(mutex_);
};

}  // namespace owlet::kv
