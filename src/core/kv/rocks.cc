#include "core/kv/rocks.h"

#include <fmt/format.h>
#include <rocksdb/cache.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>

#include <algorithm>

namespace owlet::kv {

Error ToError(const rocksdb::Status& status, std::string_view doing) {
  const std::string text = status.ToString();
  Reason reason = Reason::kInternal;
  if (status.IsNoSpace()) {
    reason = Reason::kStorageFull;
  } else if (status.IsCorruption()) {
    reason = Reason::kCorruption;
  } else if (text.find("Read-only file system") != std::string::npos) {
    reason = Reason::kReadOnly;
  } else if (text.find("lock") != std::string::npos && status.IsIOError()) {
    reason = Reason::kUnavailable;
  }
  return {.reason = reason, .message = fmt::format("cannot {}: {}", doing, text)};
}

Scanner::Impl::Impl(rocksdb::DB* db, rocksdb::ColumnFamilyHandle* column, std::string_view lower,
                    std::string_view upper, const rocksdb::Snapshot* snapshot)
    : lower_(lower), upper_(upper), lower_slice_(lower_), upper_slice_(upper_) {
  rocksdb::ReadOptions read;
  read.snapshot = snapshot;
  read.iterate_lower_bound = &lower_slice_;
  if (!upper_.empty()) read.iterate_upper_bound = &upper_slice_;
  iterator.reset(db->NewIterator(read, column));
  iterator->SeekToFirst();
}

rocksdb::Options DescribeDatabase(const OpenOptions& options) {
  rocksdb::Options db;
  db.create_if_missing = true;
  db.create_missing_column_families = true;
  db.db_write_buffer_size = options.write_buffer_bytes;
  db.max_total_wal_size = 4 * options.write_buffer_bytes;
  db.max_background_jobs = 2;
  db.max_open_files = 256;
  db.keep_log_file_num = 2;
  db.info_log_level = rocksdb::WARN_LEVEL;
  db.bytes_per_sync = 1 << 20;
  db.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  return db;
}

std::vector<rocksdb::ColumnFamilyDescriptor> DescribeColumns(const OpenOptions& options) {
  // In the order of Column. The first one is RocksDB's own, always there.
  static constexpr const char* kNames[kColumnCount] = {"default",  "buckets", "objects", "uploads",
                                                       "extents",  "bodies",  "catalog", "queries",
                                                       "clusters", "identity"};
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(options.block_cache_bytes);
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.cache_index_and_filter_blocks = true;
  table.format_version = 5;
  const std::shared_ptr<rocksdb::TableFactory> factory(rocksdb::NewBlockBasedTableFactory(table));
  std::vector<rocksdb::ColumnFamilyDescriptor> columns;
  for (int i = 0; i < kColumnCount; ++i) {
    rocksdb::ColumnFamilyOptions column;
    column.table_factory = factory;
    column.compression = rocksdb::kLZ4Compression;
    column.write_buffer_size = options.write_buffer_bytes / 2;
    column.level_compaction_dynamic_level_bytes = true;
    if (static_cast<Column>(i) == Column::kBodies) {
      // Bodies go to RocksDB's blob files: compaction need not move them.
      column.compression = rocksdb::kNoCompression;
      column.enable_blob_files = true;
      column.min_blob_size = 1024;
      column.enable_blob_garbage_collection = true;
    }
    columns.emplace_back(kNames[i], column);
  }
  return columns;
}

Status SyncGroup::WaitUntilSynced(std::uint64_t ticket) {
  {
    MutexLock lock(mutex_);
    while (running_ && synced_ < ticket && failed_to_ < ticket) lock.Wait(done_);
    if (synced_ >= ticket) return {};
    if (failed_to_ >= ticket) return failure_;
    running_ = true;
  }
  const std::uint64_t covers = written_.load();
  Status status = sync_();
  MutexLock lock(mutex_);
  running_ = false;
  if (status) {
    synced_ = std::max(synced_, covers);
  } else {
    failed_to_ = covers;
    failure_ = status;
  }
  done_.notify_all();
  return status;
}

}  // namespace owlet::kv
