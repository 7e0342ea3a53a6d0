#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

// The one key-value store. Only this folder knows which library keeps it.

namespace owlet::kv {

/// What a key belongs to. Each kind is kept apart (RocksDB: a column family), and each owner
/// defines the bytes of its own keys and values. The numbers are the data folder's format: only
/// append.
enum class Column : std::uint8_t {
  kMeta = 0,      // the format itself, counters, keys made at the first start
  kBuckets = 1,   // core/store
  kObjects = 2,   // core/store: bucket id | key | inverted version
  kUploads = 3,   // core/store: multipart uploads and their parts
  kExtents = 4,   // core/store: reference counts
  kBodies = 5,    // core/store: bytes of small extents
  kCatalog = 6,   // core/catalog
  kQueries = 7,   // core/jobs
  kClusters = 8,  // core/jobs
  kIdentity = 9,  // core/access
};
inline constexpr int kColumnCount = 10;

/// The least key behind every key that starts with `prefix`, or "" (no end) for none: the upper
/// bound of a scan over a prefix.
std::string PrefixEnd(std::string_view prefix);

/// Big-endian, so that byte order is number order.
void AppendBigEndian(std::string& out, std::uint64_t value);
[[nodiscard]] std::uint64_t ReadBigEndian(std::string_view bytes);  // the first 8 bytes

/// The state of the store at one moment. It keeps old values alive: hold it for one request, not
/// longer. Must end before its store. Thread-safe.
class Snapshot {
 public:
  ~Snapshot();
  Snapshot(Snapshot&&) noexcept;
  Snapshot& operator=(Snapshot&&) noexcept;

 private:
  friend class KeyValueStore;
  class Impl;
  explicit Snapshot(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// Walks the keys of one column inside [lower, upper) in byte order, over the state of the moment
/// it was made. Must end before its store. Not thread-safe.
///
///   for (auto it = store.Scan(Column::kObjects, lower, upper); it.Valid(); it.Next()) ...
///   (then look at it.status())
class Scanner {
 public:
  ~Scanner();
  Scanner(Scanner&&) noexcept;
  Scanner& operator=(Scanner&&) noexcept;

  [[nodiscard]] bool Valid() const;
  void Next();
  /// To the first key at or behind `key`.
  void Seek(std::string_view key);
  /// To the last key of the range.
  void SeekToLast();
  /// Both are good until the next move.
  [[nodiscard]] std::string_view key() const;
  [[nodiscard]] std::string_view value() const;
  /// An error ends the walk as if the range ended: look here behind the loop.
  [[nodiscard]] Status status() const;

 private:
  friend class KeyValueStore;
  class Impl;
  explicit Scanner(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// What one Update reads and writes. Reads see the transaction's own writes; no other writer runs
/// meanwhile, so what was read is still true when it commits. Not thread-safe; lives inside Update.
class Transaction {
 public:
  virtual ~Transaction() = default;
  [[nodiscard]] virtual Result<std::optional<std::string>> Get(Column column,
                                                               std::string_view key) = 0;
  virtual void Put(Column column, std::string_view key, std::string_view value) = 0;
  virtual void Delete(Column column, std::string_view key) = 0;
  /// All keys in [lower, upper); both bounds must be given.
  virtual void DeleteRange(Column column, std::string_view lower, std::string_view upper) = 0;
  /// Sees what is committed, not this transaction's own writes.
  [[nodiscard]] virtual Scanner Scan(Column column, std::string_view lower,
                                     std::string_view upper) = 0;
};

/// Whether an Update may use the last few megabytes of the disk, which others leave alone: for
/// those that delete, as the way out of a full disk.
enum class Reserve : std::uint8_t { kKeep, kUse };

struct OpenOptions {
  /// The data folder's kv/ folder; made when absent. Locked against a second process.
  std::filesystem::path folder;
  std::uint64_t block_cache_bytes = 32ULL << 20;
  std::uint64_t write_buffer_bytes = 32ULL << 20;  // all columns together
};

/// An ordered map of bytes to bytes per Column, durable: when Update returns, its writes are on
/// disk (synced), all of them or none. Thread-safe. Destroying it closes it; nothing may use it
/// then.
///
/// Errors: kStorageFull, kReadOnly, kCorruption, kUnavailable (locked by another process).
class KeyValueStore {
 private:
  class Impl;
  class UpdateTransaction;

 public:
  [[nodiscard]] static Result<std::unique_ptr<KeyValueStore>> Open(const OpenOptions& options);
  /// Keeps everything in memory; for tests.
  [[nodiscard]] static Result<std::unique_ptr<KeyValueStore>> OpenInMemory();

  ~KeyValueStore();
  KeyValueStore(const KeyValueStore&) = delete;
  KeyValueStore& operator=(const KeyValueStore&) = delete;

  /// The value, or nothing when the key is absent.
  [[nodiscard]] Result<std::optional<std::string>> Get(Column column, std::string_view key,
                                                       const Snapshot* snapshot = nullptr) const;
  /// An empty `upper` means the column's end. Positioned on the first key.
  [[nodiscard]] Scanner Scan(Column column, std::string_view lower, std::string_view upper,
                             const Snapshot* snapshot = nullptr) const;
  [[nodiscard]] Snapshot TakeSnapshot() const;

  /// Runs `body` as the only writer: it reads, checks and writes through the transaction. When it
  /// returns an error nothing is written and the error is passed on. Otherwise the writes become
  /// visible together, and Update returns when they are synced; writers that wait for the disk at
  /// the same time share one sync. Keep `body` short: no I/O of its own, no call of Update.
  [[nodiscard]] Status Update(const std::function<Status(Transaction&)>& body,
                              Reserve reserve = Reserve::kKeep);

  /// A consistent copy for a migration, by hard links where possible; `target` must not exist.
  [[nodiscard]] Status Checkpoint(const std::filesystem::path& target) const;

  /// For Open and OpenInMemory.
  explicit KeyValueStore(std::unique_ptr<Impl> impl);

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace owlet::kv
