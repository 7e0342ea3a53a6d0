#include "core/store/extents.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <set>
#include <system_error>

#include "base/crc.h"
#include "base/log.h"
#include "core/store/keys.h"
#include "core/store/records.pb.h"

namespace owlet::store {
namespace {

namespace fs = std::filesystem;
using kv::Column;

constexpr std::string_view kNextIdKey = "store/next-id";
// Ids are reserved on disk by the block, so that giving one out costs no write.
constexpr std::uint64_t kIdBlock = 1 << 16;
constexpr std::string_view kIncoming = "incoming";

Result<records::Extent> ParseExtent(std::string_view value) {
  records::Extent extent;
  if (!extent.ParseFromArray(value.data(), static_cast<int>(value.size()))) {
    return Fail(Reason::kCorruption, "an extent's record is damaged");
  }
  return extent;
}

void PutExtent(kv::Transaction& transaction, std::uint64_t id, const records::Extent& extent) {
  transaction.Put(Column::kExtents, ExtentRowKey(id), extent.SerializeAsString());
}

Error Damaged(std::uint64_t id) {
  return {.reason = Reason::kCorruption,
          .message = fmt::format("the bytes of extent {:016x} are not those written", id)};
}

// A bit that flips on the disk is seen at the latest this long after the last comparison.
constexpr std::chrono::minutes kProofLasts{10};
constexpr std::size_t kMaxProofs = 1 << 16;

/// Of the file's bytes and of its names.
std::optional<std::int64_t> ChangedNs(int fd) {
  struct stat facts{};
  if (fstat(fd, &facts) != 0) return std::nullopt;
  return facts.st_ctim.tv_sec * std::int64_t{1'000'000'000} + facts.st_ctim.tv_nsec;
}

}  // namespace

PinnedExtent::~PinnedExtent() { store_.Unpinned(id_); }

Result<int> PinnedExtent::File() const {
  MutexLock lock(mutex_);
  if (!file_.valid()) {
    const fs::path path = store_.PathOf(id_);
    file_ = FileDescriptor(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file_.valid()) {
      if (errno == ENOENT) return Fail(Damaged(id_));
      return Fail(FileError(errno, "open", path));
    }
  }
  return file_.get();
}

Status PinnedExtent::ReadAt(std::uint64_t offset, std::span<std::byte> out) const {
  if (in_kv_) {
    std::copy_n(std::as_bytes(std::span(bytes_)).begin() + static_cast<std::ptrdiff_t>(offset),
                out.size(), out.begin());
    return {};
  }
  OWLET_TRY(const int fd, File());
  while (!out.empty()) {
    const ssize_t got = pread(fd, out.data(), out.size(), static_cast<off_t>(offset));
    if (got < 0) {
      if (errno == EINTR) continue;
      return Fail(FileError(errno, "read", store_.PathOf(id_)));
    }
    if (got == 0) return Fail(Damaged(id_));
    out = out.subspan(static_cast<std::size_t>(got));
    offset += static_cast<std::uint64_t>(got);
  }
  return {};
}

bool PinnedExtent::IsProven() const {
  if (in_kv_) return true;
  const auto fd = File();
  const auto changed = fd ? ChangedNs(*fd) : std::nullopt;
  if (!changed) return false;
  MutexLock lock(store_.pins_mutex_);
  const auto proof = store_.proofs_.find(id_);
  return proof != store_.proofs_.end() && proof->second.changed_ns == *changed &&
         std::chrono::steady_clock::now() - proof->second.seen < kProofLasts;
}

void PinnedExtent::SetProven() const {
  if (const auto fd = File()) store_.KeepProof(id_, *fd);
}

void ExtentStore::KeepProof(std::uint64_t id, int fd) {
  const auto changed = ChangedNs(fd);
  if (!changed) return;
  MutexLock lock(pins_mutex_);
  if (proofs_.size() >= kMaxProofs) proofs_.clear();
  proofs_[id] = {.seen = std::chrono::steady_clock::now(), .changed_ns = *changed};
}

Status PinnedExtent::Prove() const {
  constexpr std::size_t kPiece = 256 << 10;
  if (in_kv_) return {};
  std::vector<std::byte> buffer(static_cast<std::size_t>(std::min<std::uint64_t>(kPiece, size_)));
  std::uint32_t crc = 0;
  for (std::uint64_t at = 0; at < size_;) {
    const auto piece = std::span(buffer).first(
        static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), size_ - at)));
    OWLET_CHECK_OK(ReadAt(at, piece));
    crc = Crc32c(crc, piece);
    at += piece.size();
  }
  if (crc != crc32c_) return Fail(Damaged(id_));
  SetProven();
  return {};
}

Result<std::unique_ptr<ExtentStore>> ExtentStore::Open(fs::path folder, kv::KeyValueStore& kv) {
  OWLET_CHECK_OK(MakeFolder(folder / kIncoming));
  auto store = std::make_unique<ExtentStore>(std::move(folder), kv);
  OWLET_TRY(const auto next, kv.Get(Column::kMeta, kNextIdKey));
  {
    MutexLock lock(store->ids_mutex_);
    if (next) store->next_id_ = kv::ReadBigEndian(*next);
    store->reserved_ = store->next_id_;
  }
  const FileDescriptor probe(open(store->folder_.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0644));
  store->has_unnamed_files_ = probe.valid();
  return store;
}

Result<std::uint64_t> ExtentStore::NextId() {
  MutexLock lock(ids_mutex_);
  if (next_id_ == reserved_) {
    const std::uint64_t end = reserved_ + kIdBlock;
    OWLET_CHECK_OK(kv_.Update([&](kv::Transaction& transaction) -> Status {
      std::string value;
      kv::AppendBigEndian(value, end);
      transaction.Put(Column::kMeta, kNextIdKey, value);
      return {};
    }));
    reserved_ = end;
  }
  return next_id_++;
}

// Neighbouring ids share a folder: publishing many files syncs few folders.
fs::path ExtentStore::PlaceOf(std::uint64_t id) {
  return fs::path(fmt::format("{:02x}", id >> 8 & 0xff)) / fmt::format("{:016x}", id);
}
fs::path ExtentStore::PathOf(std::uint64_t id) const { return folder_ / PlaceOf(id); }

Result<FreshExtent> ExtentStore::NewFile() {
  FreshExtent extent;
  OWLET_TRY(extent.id, NextId());
  if (has_unnamed_files_) {
    extent.file = FileDescriptor(open(folder_.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0644));
  } else {
    extent.unnamed = folder_ / kIncoming / fmt::format("{:016x}", extent.id);
    extent.file =
        FileDescriptor(open(extent.unnamed.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  }
  if (!extent.file.valid()) return Fail(FileError(errno, "make a file in", folder_));
  return extent;
}

void ExtentStore::Forget(const FreshExtent& extent) {
  if (!extent.unnamed.empty()) unlink(extent.unnamed.c_str());
}

Status ExtentStore::NameOne(FreshExtent& extent) {
  const fs::path path = PathOf(extent.id);
  for (int attempt = 0;; ++attempt) {
    int failed = 0;
    if (extent.unnamed.empty()) {
      const std::string source = fmt::format("/proc/self/fd/{}", extent.file.get());
      failed = linkat(AT_FDCWD, source.c_str(), AT_FDCWD, path.c_str(), AT_SYMLINK_FOLLOW);
    } else {
      failed = rename(extent.unnamed.c_str(), path.c_str());
    }
    if (failed == 0) break;
    if (errno != ENOENT || attempt > 0) return Fail(FileError(errno, "name the file", path));
    // The first file of its folder.
    OWLET_CHECK_OK(MakeFolder(path.parent_path()));
    OWLET_CHECK_OK(SyncFolder(folder_));
  }
  extent.unnamed.clear();
  return {};
}

Status ExtentStore::Name(std::span<FreshExtent* const> extents) {
  std::set<fs::path> folders;
  for (FreshExtent* extent : extents) {
    if (!extent->file.valid()) continue;
    OWLET_CHECK_OK(NameOne(*extent));
    KeepProof(extent->id, extent->file.get());
    folders.insert(PathOf(extent->id).parent_path());
  }
  for (const fs::path& folder : folders) OWLET_CHECK_OK(SyncFolder(folder));
  return {};
}

void ExtentStore::Unname(std::span<FreshExtent* const> extents) {
  for (const FreshExtent* extent : extents) {
    if (extent->file.valid()) unlink(PathOf(extent->id).c_str());
  }
}

void ExtentStore::AddFresh(kv::Transaction& transaction, const FreshExtent& extent) {
  records::Extent record;
  record.set_references(1);
  record.set_in_kv(!extent.file.valid());
  PutExtent(transaction, extent.id, record);
  if (record.in_kv()) {
    transaction.Put(Column::kBodies, ExtentRowKey(extent.id), extent.bytes);
  }
}

Status ExtentStore::AddReference(kv::Transaction& transaction, const PinnedExtent& extent) {
  OWLET_TRY(const auto value, transaction.Get(Column::kExtents, ExtentRowKey(extent.id())));
  records::Extent record;
  if (value) {
    OWLET_TRY(record, ParseExtent(*value));
  } else {
    record.set_in_kv(extent.in_kv());
    if (extent.in_kv()) {
      transaction.Put(Column::kBodies, ExtentRowKey(extent.id()), extent.bytes());
    }
  }
  record.set_references(record.references() + 1);
  PutExtent(transaction, extent.id(), record);
  return {};
}

Status ExtentStore::Release(kv::Transaction& transaction,
                            std::span<const records::Slice* const> slices,
                            std::vector<std::uint64_t>& unreferenced) {
  for (const records::Slice* slice : slices) {
    const std::string row = ExtentRowKey(slice->extent());
    OWLET_TRY(const auto value, transaction.Get(Column::kExtents, row));
    if (!value) {
      return Fail(Reason::kCorruption,
                  fmt::format("extent {:016x} has no record", slice->extent()));
    }
    OWLET_TRY(records::Extent record, ParseExtent(*value));
    if (record.references() > 1) {
      record.set_references(record.references() - 1);
      PutExtent(transaction, slice->extent(), record);
      continue;
    }
    transaction.Delete(Column::kExtents, row);
    if (record.in_kv()) {
      transaction.Delete(Column::kBodies, row);
    } else {
      unreferenced.push_back(slice->extent());
    }
  }
  return {};
}

void ExtentStore::Collect(std::span<const std::uint64_t> extents) {
  if (extents.empty()) return;
  // Whoever has read a row that named them has pinned them when this is acquired.
  {
    const std::unique_lock all_pinned(gate_);
  }
  for (const std::uint64_t id : extents) {
    {
      MutexLock lock(pins_mutex_);
      if (const auto pin = pins_.find(id); pin != pins_.end()) {
        waiting_.insert(id);
        continue;
      }
    }
    RemoveUnlessReferenced(id);
  }
}

void ExtentStore::RemoveUnlessReferenced(std::uint64_t id) {
  // A copy made through a pin may have brought the row back. Without row and pin no one can.
  const auto row = kv_.Get(Column::kExtents, ExtentRowKey(id));
  if (!row || row->has_value()) return;
  {
    MutexLock lock(pins_mutex_);
    if (num_holds_ > 0) {
      held_.push_back(id);
      return;
    }
  }
  {
    MutexLock lock(pins_mutex_);
    proofs_.erase(id);
  }
  if (unlink(PathOf(id).c_str()) != 0 && errno != ENOENT) {
    log::warn("cannot remove {}: {}", PathOf(id).string(), std::generic_category().message(errno));
  }
}

Result<std::shared_ptr<const PinnedExtent>> ExtentStore::Pin(const records::Slice& slice) {
  const std::uint64_t id = slice.extent();
  if (!slice.in_kv()) {
    MutexLock lock(pins_mutex_);
    auto& place = pins_[id];
    if (auto pinned = place.lock()) return pinned;
    auto fresh =
        std::make_shared<const PinnedExtent>(*this, id, slice.extent_size(), slice.extent_crc32c());
    place = fresh;
    return fresh;
  }
  auto pinned =
      std::make_shared<PinnedExtent>(*this, id, slice.extent_size(), slice.extent_crc32c());
  OWLET_TRY(auto bytes, kv_.Get(Column::kBodies, ExtentRowKey(id)));
  if (!bytes || bytes->size() != slice.extent_size() ||
      Crc32c(0, std::as_bytes(std::span(*bytes))) != slice.extent_crc32c()) {
    return Fail(Damaged(id));
  }
  pinned->in_kv_ = true;
  pinned->bytes_ = *std::move(bytes);
  return pinned;
}

void ExtentStore::Unpinned(std::uint64_t id) {
  {
    MutexLock lock(pins_mutex_);
    const auto pin = pins_.find(id);
    // Absent: it was in the key-value store. Alive: pinned again meanwhile.
    if (pin == pins_.end() || !pin->second.expired()) return;
    pins_.erase(pin);
    if (waiting_.erase(id) == 0) return;
  }
  RemoveUnlessReferenced(id);
}

ExtentStore::RemovalHold::RemovalHold(ExtentStore& store) : store_(store) {
  MutexLock lock(store_.pins_mutex_);
  ++store_.num_holds_;
}

ExtentStore::RemovalHold::~RemovalHold() {
  std::vector<std::uint64_t> held;
  {
    MutexLock lock(store_.pins_mutex_);
    if (--store_.num_holds_ == 0) held.swap(store_.held_);
  }
  for (const std::uint64_t id : held) store_.RemoveUnlessReferenced(id);
}

Result<std::size_t> ExtentStore::Sweep() {
  std::size_t removed = 0;
  std::error_code code;
  for (const fs::directory_entry& folder : fs::directory_iterator(folder_, code)) {
    const bool incoming = folder.path().filename() == kIncoming;
    std::error_code inner;
    for (const fs::directory_entry& file : fs::directory_iterator(folder.path(), inner)) {
      const std::string name = file.path().filename().string();
      std::uint64_t id = 0;
      const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), id, 16);
      if (error != std::errc() || end != name.data() + name.size()) continue;  // not ours
      if (!incoming) {
        OWLET_TRY(const auto row, kv_.Get(Column::kExtents, ExtentRowKey(id)));
        if (row) continue;
      }
      if (unlink(file.path().c_str()) != 0) {
        log::warn("cannot remove {}: {}", file.path().string(),
                  std::generic_category().message(errno));
        continue;
      }
      ++removed;
    }
    if (inner) return Fail(FileError(inner.value(), "list", folder.path()));
  }
  if (code) return Fail(FileError(code.value(), "list", folder_));
  return removed;
}

}  // namespace owlet::store
