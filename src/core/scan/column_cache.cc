#include "core/scan/column_cache.h"

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <set>
#include <span>

#include "base/crc.h"
#include "base/file_descriptor.h"

namespace owlet::scan {

namespace {

constexpr std::uint32_t kNoName = UINT32_MAX;
// What a node of a map and its vectors take, about.
constexpr std::uint64_t kBlockOverhead = 160;

std::string KeyOf(const InputFile& file, const std::string& form) {
  return file.name + '\0' + form;
}

/// A file that goes with its last descriptor.
FileDescriptor OpenUnnamed(const std::filesystem::path& folder) {
  FileDescriptor file(open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (file.valid()) return file;
  std::string name = (folder / "columns-XXXXXX").string();  // this file system has none
  file = FileDescriptor(mkostemp(name.data(), O_CLOEXEC));
  if (file.valid()) unlink(name.c_str());
  return file;
}

std::uint32_t ChecksumOf(const char* bytes, std::size_t size) {
  return Crc32c(0, std::as_bytes(std::span(bytes, size)));
}

std::uint32_t NameOf(const std::vector<std::string>& names, const std::string& name) {
  const auto found = std::ranges::find(names, name);
  return found == names.end() ? kNoName : static_cast<std::uint32_t>(found - names.begin());
}

}  // namespace

/// A file without a name that holds columns of many blocks. Bytes are written once, at places that
/// are given out under the cache's mutex.
class CachePack {
 public:
  explicit CachePack(FileDescriptor file) : file_(std::move(file)) {}

  [[nodiscard]] bool Write(std::uint64_t offset, std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t part =
          pwrite(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
      if (part < 0 && errno == EINTR) continue;
      if (part <= 0) return false;
      offset += static_cast<std::uint64_t>(part);
      bytes.remove_prefix(static_cast<std::size_t>(part));
    }
    return true;
  }

  [[nodiscard]] bool Read(std::uint64_t offset, char* out, std::size_t wanted) const {
    while (wanted > 0) {
      const ssize_t part = pread(file_.get(), out, wanted, static_cast<off_t>(offset));
      if (part < 0 && errno == EINTR) continue;
      if (part <= 0) return false;
      offset += static_cast<std::uint64_t>(part);
      out += part;
      wanted -= static_cast<std::size_t>(part);
    }
    return true;
  }

  // Of the cache, under its mutex:
  std::uint64_t size = 0;
  std::uint64_t last_scan = 0;
  std::set<std::string> files;

 private:
  FileDescriptor file_;
};

bool CachedBlock::Read(std::size_t column, char* out) const {
  const Piece& piece = pieces[column];
  return piece.pack->Read(piece.offset, out, piece.size) &&
         ChecksumOf(out, piece.size) == piece.checksum;
}

bool CachedFile::complete() const {
  if (!plain_size) return false;
  std::uint64_t end = 0;
  for (const CachedBlock& block : blocks) {
    if (block.place.begin != end) return false;
    end = block.place.end;
  }
  return end >= *plain_size;
}

ColumnCache::ColumnCache(Options options) : options_(std::move(options)) {
  if (!options_.memory) return;
  if (auto reserved = options_.memory->Reserve(MemoryShare::kScan, 0)) {
    index_memory_ = *std::move(reserved);
  }
}

ColumnCache::~ColumnCache() = default;

std::uint64_t ColumnCache::BeginScan() {
  MutexLock lock(mutex_);
  return ++scans_;
}

std::uint64_t ColumnCache::disk_bytes() const {
  MutexLock lock(mutex_);
  return disk_bytes_;
}

ColumnCache::File* ColumnCache::FindFile(const InputFile& file, const std::string& form) {
  const auto found = files_.find(KeyOf(file, form));
  if (found == files_.end()) return nullptr;
  File& known = found->second;
  return known.version == file.version && known.size == file.size ? &known : nullptr;
}

std::optional<CachedBlock> ColumnCache::Gather(const Block& block,
                                               const std::vector<WantedColumn>& wanted,
                                               const std::vector<std::uint32_t>& members,
                                               const std::vector<std::uint32_t>& typed,
                                               std::uint64_t scan) {
  CachedBlock gathered{.place = block.place, .pieces = {}};
  gathered.pieces.reserve(wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const auto fits = [&](const Chunk& chunk) {
      if (chunk.kind == ColumnKind::kTyped) return chunk.name == typed[i];
      return chunk.name == members[i] &&
             (chunk.kind == ColumnKind::kNulls || chunk.kind == wanted[i].plain) &&
             chunk.kind != ColumnKind::kOther;
    };
    bool found = false;
    for (const Part& part : block.parts) {
      // Columns come in the same order mostly.
      const auto chunk = std::ranges::find_if(part.chunks, fits);
      if (chunk != part.chunks.end()) {
        gathered.pieces.push_back(
            {part.pack, part.offset + chunk->offset, chunk->size, chunk->checksum});
        if (chunk->kind == ColumnKind::kNulls) gathered.pieces.back() = {};
        part.pack->last_scan = std::max(part.pack->last_scan, scan);
        found = true;
        break;
      }
      const bool named = std::ranges::any_of(
          part.chunks, [&](const Chunk& known) { return known.name == members[i]; });
      if (part.all_members && !named) {
        gathered.pieces.emplace_back();
        found = true;
        break;
      }
    }
    if (!found) return std::nullopt;
  }
  return gathered;
}

std::shared_ptr<const CachedFile> ColumnCache::Find(const InputFile& file, const std::string& form,
                                                    const std::vector<WantedColumn>& wanted,
                                                    std::uint64_t scan) {
  if (file.version == 0) return nullptr;
  MutexLock lock(mutex_);
  const File* const known = FindFile(file, form);
  if (known == nullptr) return nullptr;
  std::vector<std::uint32_t> members, typed;
  for (const WantedColumn& column : wanted) {
    members.push_back(NameOf(known->names, column.member));
    typed.push_back(NameOf(known->names, column.typed));
  }
  auto result = std::make_shared<CachedFile>();
  result->plain_size = known->plain_size;
  for (const auto& [begin, block] : known->blocks) {
    if (auto gathered = Gather(block, wanted, members, typed, scan)) {
      result->blocks.push_back(*std::move(gathered));
    }
  }
  if (result->blocks.empty()) return nullptr;
  return result;
}

bool ColumnCache::DiskHasRoom() const {
  // Data that cannot be made again needs the rest.
  constexpr std::uint64_t kLeast = 256ULL << 20;
  struct statvfs disk{};
  if (statvfs(options_.folder.c_str(), &disk) != 0) return false;
  const std::uint64_t free = std::uint64_t{disk.f_bavail} * disk.f_frsize;
  const std::uint64_t all = std::uint64_t{disk.f_blocks} * disk.f_frsize;
  return free > std::max(kLeast, all / 20) + options_.pack_bytes;
}

void ColumnCache::DropFile(FileMap::iterator file) {
  index_bytes_ -= file->second.index_bytes;
  if (options_.memory) static_cast<void>(index_memory_.Resize(index_bytes_));
  files_.erase(file);
}

void ColumnCache::DropAll() {
  files_.clear();
  packs_.clear();
  disk_bytes_ = index_bytes_ = 0;
  if (options_.memory) static_cast<void>(index_memory_.Resize(0));
}

void ColumnCache::Clear() {
  MutexLock lock(mutex_);
  DropAll();
}

/// Of the packs that no scan since `scan` has used, the one that was used longest ago.
bool ColumnCache::DropOldest(std::uint64_t scan) {
  const auto oldest = std::ranges::min_element(
      packs_, {}, [](const std::shared_ptr<CachePack>& pack) { return pack->last_scan; });
  if (oldest == packs_.end() || (*oldest)->last_scan >= scan) return false;
  for (const std::string& key : (*oldest)->files) {
    const auto file = files_.find(key);
    if (file != files_.end()) DropFile(file);
  }
  disk_bytes_ -= (*oldest)->size;
  packs_.erase(oldest);
  return true;
}

/// The pack that has room for so much more; null when there is none to be had.
std::shared_ptr<CachePack> ColumnCache::RoomFor(std::uint64_t bytes, std::uint64_t scan) {
  while (disk_bytes_ + bytes > options_.disk_bytes) {
    if (!DropOldest(scan)) return nullptr;
  }
  if (!packs_.empty() && packs_.back()->size + bytes <= options_.pack_bytes) return packs_.back();
  if (!DiskHasRoom()) {
    DropAll();
    return nullptr;
  }
  FileDescriptor file = OpenUnnamed(options_.folder);
  if (!file.valid()) return nullptr;
  packs_.push_back(std::make_shared<CachePack>(std::move(file)));
  return packs_.back();
}

bool ColumnCache::GrowIndex(std::uint64_t bytes, std::uint64_t scan) {
  for (;;) {
    const bool small =
        !options_.memory || index_bytes_ + bytes <= options_.memory->limit(MemoryShare::kScan) / 2;
    if (small && (!options_.memory || index_memory_.Resize(index_bytes_ + bytes))) {
      index_bytes_ += bytes;
      return true;
    }
    if (!DropOldest(scan)) return false;
  }
}

bool ColumnCache::Keep(const InputFile& file, const std::string& form, BlockColumns block,
                       std::uint64_t scan) {
  if (file.version == 0) return false;
  Part part{.all_members = block.all_members};
  for (const BlockColumns::Column& column : block.columns) {
    const bool stored = column.kind != ColumnKind::kNulls && column.kind != ColumnKind::kOther;
    part.chunks.push_back(
        {.kind = column.kind,
         .offset = column.offset,
         .size = column.size,
         .checksum = stored ? ChecksumOf(block.bytes.data() + column.offset, column.size) : 0});
  }
  const std::string key = KeyOf(file, form);
  {
    MutexLock lock(mutex_);
    part.pack = RoomFor(block.bytes.size(), scan);
    if (!part.pack) return false;
    part.offset = part.pack->size;
    part.pack->size += block.bytes.size();
    part.pack->last_scan = std::max(part.pack->last_scan, scan);
    part.pack->files.insert(key);
    disk_bytes_ += block.bytes.size();
  }
  const bool written = part.pack->Write(part.offset, block.bytes);
  MutexLock lock(mutex_);
  if (!written) {
    DropAll();
    return false;
  }
  if (std::ranges::find(packs_, part.pack) == packs_.end()) return true;  // dropped meanwhile
  auto found = files_.find(key);
  if (found != files_.end() &&
      (found->second.version != file.version || found->second.size != file.size)) {
    // A scan of an older state must not drive out a newer one's columns.
    if (found->second.version > file.version) return false;
    DropFile(found);
    found = files_.end();
  }
  const std::uint64_t index_bytes = kBlockOverhead + part.chunks.size() * sizeof(Chunk);
  if (!GrowIndex(index_bytes, scan)) return false;
  found = files_.try_emplace(key).first;  // making room may have dropped it
  File& known = found->second;
  known.version = file.version;
  known.size = file.size;
  known.index_bytes += index_bytes;
  if (CompressionOf(file.name) == Compression::kNone) known.plain_size = file.size;
  for (std::size_t i = 0; i < part.chunks.size(); ++i) {
    // Blocks have the same columns mostly.
    const bool expected = i < known.names.size() && known.names[i] == block.columns[i].name;
    part.chunks[i].name =
        expected ? static_cast<std::uint32_t>(i) : NameOf(known.names, block.columns[i].name);
    if (part.chunks[i].name != kNoName) continue;
    part.chunks[i].name = static_cast<std::uint32_t>(known.names.size());
    known.names.push_back(std::move(block.columns[i].name));
  }
  // Blocks are cut alike by each scan; one that was cut otherwise is none that could be used.
  const auto after = known.blocks.lower_bound(block.place.begin);
  const bool same = after != known.blocks.end() && after->first == block.place.begin;
  if (same) {
    const BlockPlace& place = after->second.place;
    if (place.end != block.place.end || place.rows != block.place.rows) return true;
    after->second.parts.push_back(std::move(part));
    return true;
  }
  if (after != known.blocks.end() && after->first < block.place.end) return true;
  if (after != known.blocks.begin() && std::prev(after)->second.place.end > block.place.begin) {
    return true;
  }
  Block& added = known.blocks[block.place.begin];
  added.place = block.place;
  added.parts.push_back(std::move(part));
  return true;
}

void ColumnCache::KeepPlainSize(const InputFile& file, const std::string& form,
                                std::uint64_t plain_size) {
  MutexLock lock(mutex_);
  if (File* const known = FindFile(file, form)) known->plain_size = plain_size;
}

void ColumnCache::Forget(const InputFile& file, const std::string& form) {
  MutexLock lock(mutex_);
  const auto found = files_.find(KeyOf(file, form));
  if (found != files_.end()) DropFile(found);
}

}  // namespace owlet::scan
