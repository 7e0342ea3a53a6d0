#pragma once

#include <cstdint>
#include <filesystem>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/memory_budget.h"
#include "base/mutex.h"
#include "base/result.h"
#include "core/plan/types.h"
#include "core/scan/byte_source.h"
#include "core/scan/column_kind.h"

namespace owlet::scan {

/// The lines of a file that begin in [begin, end) of its plain bytes, each of which is one row.
struct BlockPlace {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  std::size_t rows = 0;
};

/// Columns of one block on their way into the cache.
struct BlockColumns {
  struct Column {
    std::string name;  // of the member; of a kTyped column also its type and options
    ColumnKind kind = ColumnKind::kOther;
    std::uint32_t offset = 0;  // in `bytes`
    std::uint32_t size = 0;
  };

  BlockPlace place;
  /// Members that are no columns here do not occur in the block.
  bool all_members = false;
  std::vector<Column> columns;
  std::string bytes;
};

/// A column that a scan asks for.
struct WantedColumn {
  std::string member;                     // its name in the text
  std::string typed;                      // its name as a kTyped column
  ColumnKind plain = ColumnKind::kOther;  // the plain kind that its type reads; kOther: none
};

class CachePack;  // column_cache.cc

/// A block of which the cache has all columns that were asked for, in their order. A value; it
/// stays readable, whatever becomes of the cache. Thread-safe.
class CachedBlock {
 public:
  BlockPlace place;

  /// A column's bytes: empty for one without values.
  struct Piece {
    std::shared_ptr<const CachePack> pack;  // null: NULLs alone
    std::uint64_t offset = 0;
    std::uint32_t size = 0;
    std::uint32_t checksum = 0;
  };
  std::vector<Piece> pieces;

  /// Reads the column's bytes into `out`, which has room for them; false when they are not what was
  /// written.
  [[nodiscard]] bool Read(std::size_t column, char* out) const;
};

/// What the cache has of one state of a file, in order; blocks may lack.
struct CachedFile {
  std::vector<CachedBlock> blocks;
  /// Of the plain bytes; nothing where it is not known yet.
  std::optional<std::uint64_t> plain_size;

  /// Whether the blocks are the whole file.
  [[nodiscard]] bool complete() const;
};

/// Columns of text files that were read before: by the state of the file, its blocks and their
/// columns. It is filled by who reads the text and read instead of the text. All is in files
/// without names, as many bytes as `disk_bytes` at most, so that nothing is left when the process
/// ends; the page cache of the system is its memory. What was used longest ago makes room; a scan
/// never drives out what it has itself brought. Its index takes memory of the scans' share and
/// makes room when there is none. A full disk empties it. Thread-safe.
class ColumnCache {
 public:
  struct Options {
    std::filesystem::path folder;
    std::uint64_t disk_bytes = 0;
    std::shared_ptr<MemoryBudget> memory;  // null: the index is not counted
    std::uint64_t pack_bytes = 64ULL << 20;
  };
  explicit ColumnCache(Options options);
  ~ColumnCache();

  /// One scan's view of time: what it uses or brings is younger than all before.
  [[nodiscard]] std::uint64_t BeginScan();

  /// What there is of `file` with all of `wanted`, read as `form` says. Null when there is nothing.
  [[nodiscard]] std::shared_ptr<const CachedFile> Find(const InputFile& file,
                                                       const std::string& form,
                                                       const std::vector<WantedColumn>& wanted,
                                                       std::uint64_t scan);

  /// Keeps columns of a block of `file`, if there is room. False: the scan need not try again.
  bool Keep(const InputFile& file, const std::string& form, BlockColumns block, std::uint64_t scan);
  /// A compressed file ends there.
  void KeepPlainSize(const InputFile& file, const std::string& form, std::uint64_t plain_size);

  /// Forgets the file, whose bytes turned out to be damaged.
  void Forget(const InputFile& file, const std::string& form);
  void Clear();

  [[nodiscard]] std::uint64_t disk_bytes() const;

 private:
  struct Chunk {
    std::uint32_t name = 0;  // of names_
    ColumnKind kind = ColumnKind::kOther;
    std::uint32_t offset = 0;
    std::uint32_t size = 0;
    std::uint32_t checksum = 0;
  };
  struct Part {  // what one Keep brought
    std::shared_ptr<CachePack> pack;
    std::uint64_t offset = 0;
    bool all_members = false;
    std::vector<Chunk> chunks;
  };
  struct Block {
    BlockPlace place;
    std::vector<Part> parts;
  };
  struct File {
    std::uint64_t version = 0;
    std::uint64_t size = 0;
    std::optional<std::uint64_t> plain_size;
    std::vector<std::string> names;
    std::map<std::uint64_t, Block> blocks;  // by their beginnings
    std::uint64_t index_bytes = 0;
  };
  using FileMap = std::map<std::string, File, std::less<>>;

  [[nodiscard]] File* FindFile(const InputFile& file, const std::string& form) REQUIRES(mutex_);
  [[nodiscard]] std::shared_ptr<CachePack> RoomFor(std::uint64_t bytes, std::uint64_t scan)
      REQUIRES(mutex_);
  [[nodiscard]] bool GrowIndex(std::uint64_t bytes, std::uint64_t scan) REQUIRES(mutex_);
  [[nodiscard]] bool DropOldest(std::uint64_t scan) REQUIRES(mutex_);
  void DropFile(FileMap::iterator file) REQUIRES(mutex_);
  void DropAll() REQUIRES(mutex_);
  [[nodiscard]] bool DiskHasRoom() const;
  [[nodiscard]] static std::optional<CachedBlock> Gather(const Block& block,
                                                         const std::vector<WantedColumn>& wanted,
                                                         const std::vector<std::uint32_t>& members,
                                                         const std::vector<std::uint32_t>& typed,
                                                         std::uint64_t scan);

  const Options options_;
  mutable Mutex mutex_;
  FileMap files_ GUARDED_BY(mutex_);                                // by name and form
  std::list<std::shared_ptr<CachePack>> packs_ GUARDED_BY(mutex_);  // the newest last
  std::uint64_t scans_ GUARDED_BY(mutex_) = 0;
  std::uint64_t disk_bytes_ GUARDED_BY(mutex_) = 0;
  std::uint64_t index_bytes_ GUARDED_BY(mutex_) = 0;
  MemoryBudget::Reservation index_memory_ GUARDED_BY(mutex_);
};

}  // namespace owlet::scan
