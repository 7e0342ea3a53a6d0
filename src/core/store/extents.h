#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <shared_mutex>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/file_descriptor.h"
#include "base/mutex.h"
#include "base/result.h"
#include "core/kv/key_value_store.h"

namespace owlet::store {

namespace records {
class Slice;
}
class ExtentStore;

/// Bodies up to this size live in the key-value store.
inline constexpr std::size_t kMaxBodyInKv = 64 << 10;

/// An extent held readable: its bytes stay as long as one of these is there, whatever becomes of
/// the objects that named it. Thread-safe.
class PinnedExtent {
 public:
  PinnedExtent(ExtentStore& store, std::uint64_t id, std::uint64_t size, std::uint32_t crc32c)
      : store_(store), id_(id), size_(size), crc32c_(crc32c) {}
  ~PinnedExtent();
  PinnedExtent(const PinnedExtent&) = delete;
  PinnedExtent& operator=(const PinnedExtent&) = delete;

  [[nodiscard]] std::uint64_t id() const { return id_; }
  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] std::uint32_t crc32c() const { return crc32c_; }
  /// Its bytes are in memory: `bytes` has them all.
  [[nodiscard]] bool in_kv() const { return in_kv_; }
  [[nodiscard]] const std::string& bytes() const { return bytes_; }
  /// The open file, opened at the first call.
  [[nodiscard]] Result<int> File() const;
  /// Reads all of `out`. No checksum is looked at.
  [[nodiscard]] Status ReadAt(std::uint64_t offset, std::span<std::byte> out) const;
  /// Whether all its bytes were compared with their checksum, or written, in the last ten minutes,
  /// and the file was not written to since. Always true in memory.
  [[nodiscard]] bool IsProven() const;
  /// They have just been.
  void SetProven() const;
  /// Compares them now; kCorruption.
  [[nodiscard]] Status Prove() const;

 private:
  friend class ExtentStore;
  ExtentStore& store_;
  std::uint64_t id_;
  std::uint64_t size_;
  std::uint32_t crc32c_;
  bool in_kv_ = false;
  std::string bytes_;
  mutable Mutex mutex_;
  mutable FileDescriptor file_ GUARDED_BY(mutex_);
};

/// A new extent that no row names yet: bytes for the key-value store or a file without a name.
struct FreshExtent {
  std::uint64_t id = 0;
  std::uint64_t size = 0;
  std::uint32_t crc32c = 0;
  std::string bytes;              // when file is not valid
  FileDescriptor file;            // synced
  std::filesystem::path unnamed;  // its temporary name on a file system without O_TMPFILE
};

/// The extents of one data folder: their ids, files, reference counts and pins. The kv column
/// kExtents counts the references; an extent without a row is nobody's, and its file is removed
/// when the last pin goes. Thread-safe.
class ExtentStore {
 public:
  /// Use Open.
  ExtentStore(std::filesystem::path folder, kv::KeyValueStore& kv)
      : folder_(std::move(folder)), kv_(kv) {}
  [[nodiscard]] static Result<std::unique_ptr<ExtentStore>> Open(std::filesystem::path folder,
                                                                 kv::KeyValueStore& kv);

  /// A number never given before in this data folder.
  [[nodiscard]] Result<std::uint64_t> NextId();

  /// An empty file without a name in the folder's file system.
  [[nodiscard]] Result<FreshExtent> NewFile();
  /// Removes the temporary name of a file that shall not be kept.
  static void Forget(const FreshExtent& extent);

  /// Gives the files their names and syncs the folders: call before the rows are written.
  [[nodiscard]] Status Name(std::span<FreshExtent* const> extents);
  /// Removes the files of extents whose rows were not written after all.
  void Unname(std::span<FreshExtent* const> extents);

  /// Rows of a fresh extent with one reference.
  static void AddFresh(kv::Transaction& transaction, const FreshExtent& extent);
  /// One more reference to a pinned extent; brings the row back when its last object has just gone.
  [[nodiscard]] static Status AddReference(kv::Transaction& transaction,
                                           const PinnedExtent& extent);
  /// One reference less for each; the ids without any are appended to `unreferenced`, to be given
  /// to Collect when the transaction is committed.
  [[nodiscard]] static Status Release(kv::Transaction& transaction,
                                      std::span<const records::Slice* const> slices,
                                      std::vector<std::uint64_t>& unreferenced);
  /// Removes files that are neither referenced nor pinned, now or when the last pin goes.
  void Collect(std::span<const std::uint64_t> extents);

  /// Held shared from reading an object's row until its extents are pinned: meanwhile no file goes.
  [[nodiscard]] std::shared_lock<std::shared_mutex> Guard() const {
    return std::shared_lock(gate_);
  }
  /// Only under Guard.
  [[nodiscard]] Result<std::shared_ptr<const PinnedExtent>> Pin(const records::Slice& slice);

  /// Removes all files that no row names; the number of them. Only before anything else.
  [[nodiscard]] Result<std::size_t> Sweep();

  /// While one of these lives no file is removed: a copy of the rows made meanwhile finds them all.
  /// What was to be removed is when the last one goes. Must end before the store.
  class RemovalHold {
   public:
    explicit RemovalHold(ExtentStore& store);
    ~RemovalHold();
    RemovalHold(const RemovalHold&) = delete;
    RemovalHold& operator=(const RemovalHold&) = delete;

   private:
    ExtentStore& store_;
  };

  /// Where an extent's file lies below the folder of the blobs.
  [[nodiscard]] static std::filesystem::path PlaceOf(std::uint64_t id);

 private:
  friend class PinnedExtent;

  [[nodiscard]] std::filesystem::path PathOf(std::uint64_t id) const;
  [[nodiscard]] Status NameOne(FreshExtent& extent);
  void Unpinned(std::uint64_t id);
  /// A file whose bytes were right: when that was seen, and its time of change then.
  struct Proof {
    std::chrono::steady_clock::time_point seen;
    std::int64_t changed_ns = 0;
  };
  void KeepProof(std::uint64_t id, int fd);
  void RemoveUnlessReferenced(std::uint64_t id);

  std::filesystem::path folder_;
  kv::KeyValueStore& kv_;
  bool has_unnamed_files_ = true;
  mutable std::shared_mutex gate_;
  Mutex ids_mutex_;
  std::uint64_t next_id_ GUARDED_BY(ids_mutex_) = 1;
  std::uint64_t reserved_ GUARDED_BY(ids_mutex_) = 1;
  Mutex pins_mutex_;
  std::unordered_map<std::uint64_t, std::weak_ptr<const PinnedExtent>> pins_
      GUARDED_BY(pins_mutex_);
  // Gone from all objects, but read by someone.
  std::unordered_set<std::uint64_t> waiting_ GUARDED_BY(pins_mutex_);
  std::unordered_map<std::uint64_t, Proof> proofs_ GUARDED_BY(pins_mutex_);
  std::size_t num_holds_ GUARDED_BY(pins_mutex_) = 0;
  std::vector<std::uint64_t> held_ GUARDED_BY(pins_mutex_);
};

}  // namespace owlet::store
