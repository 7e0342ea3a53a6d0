#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <span>
#include <system_error>
#include <vector>

#include "base/crc.h"
#include "base/file_descriptor.h"
#include "core/kv/data_folder.h"
#include "core/store/keys.h"
#include "core/store/slice_walk.h"
#include "core/store/store_impl.h"

namespace owlet::store {
namespace {

namespace fs = std::filesystem;

Status WriteAll(int fd, std::span<const std::byte> bytes, const fs::path& path) {
  while (!bytes.empty()) {
    const ssize_t wrote = write(fd, bytes.data(), bytes.size());
    if (wrote < 0) {
      if (errno == EINTR) continue;
      return Fail(FileError(errno, "write", path));
    }
    bytes = bytes.subspan(static_cast<std::size_t>(wrote));
  }
  return {};
}

Status MakeEmptyFolder(const fs::path& folder) {
  std::error_code code;
  if (fs::exists(folder, code) && !(fs::is_directory(folder, code) && fs::is_empty(folder, code))) {
    return Fail(Reason::kInvalidArgument,
                fmt::format("a backup goes into a new or empty folder: {}", folder.string()));
  }
  OWLET_CHECK_OK(MakeFolder(folder));
  // The identities' secret keys will be in there.
  if (chmod(folder.c_str(), S_IRWXU) != 0) return Fail(FileError(errno, "close", folder));
  return {};
}

/// A checkpoint shares its files with the store by hard links; a copy is to outlive its disk block.
Status UnshareFiles(const fs::path& folder) {
  std::error_code code;
  std::vector<fs::path> shared;
  for (const fs::directory_entry& file : fs::directory_iterator(folder, code)) {
    if (file.is_regular_file(code) && file.hard_link_count(code) > 1) shared.push_back(file.path());
  }
  for (const fs::path& path : shared) {
    const fs::path copy = path.string() + ".copy";
    if (!code) fs::copy_file(path, copy, code);
    if (!code) fs::rename(copy, path, code);
  }
  if (code) return Fail(FileError(code.value(), "copy", folder));
  return {};
}

/// Copies the files of extents as they are, comparing their bytes with the checksums on the way.
class ExtentCopy {
 public:
  ExtentCopy(ExtentStore& extents, fs::path target)
      : extents_(extents), target_(std::move(target)), buffer_(1 << 20) {}

  /// False when the bytes are not those written.
  Result<bool> Copy(const records::Slice& slice) {
    OWLET_TRY(const auto extent, extents_.Pin(slice));
    const fs::path path = target_ / ExtentStore::PlaceOf(slice.extent());
    OWLET_CHECK_OK(MakeFolder(path.parent_path()));
    const FileDescriptor file(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
    if (!file.valid()) return Fail(FileError(errno, "make", path));
    std::uint32_t crc = 0;
    for (std::uint64_t at = 0; at < extent->size();) {
      const auto piece = std::span(buffer_).first(
          static_cast<std::size_t>(std::min<std::uint64_t>(buffer_.size(), extent->size() - at)));
      if (!extent->ReadAt(at, piece)) return false;
      crc = Crc32c(crc, piece);
      OWLET_CHECK_OK(WriteAll(file.get(), piece, path));
      at += piece.size();
    }
    return crc == extent->crc32c();
  }

 private:
  ExtentStore& extents_;
  const fs::path target_;
  std::vector<std::byte> buffer_;
};

/// Whether an extent of the copied store has its bytes beside it.
Result<bool> BodyIsWhole(const kv::KeyValueStore& kv, const records::Slice& slice) {
  OWLET_TRY(const auto bytes, kv.Get(kv::Column::kBodies, ExtentRowKey(slice.extent())));
  return bytes && bytes->size() == slice.extent_size() &&
         Crc32c(0, std::as_bytes(std::span(*bytes))) == slice.extent_crc32c();
}

}  // namespace

Result<ScrubReport> ObjectStore::Backup(const fs::path& folder, const std::stop_token& stop) const {
  OWLET_CHECK_OK(MakeEmptyFolder(folder));
  ScrubReport report;
  {
    // The files that the copied rows name stay until they are copied too.
    const ExtentStore::RemovalHold hold(*impl_->extents);
    OWLET_CHECK_OK(impl_->kv.Checkpoint(folder / "kv"));
    OWLET_CHECK_OK(UnshareFiles(folder / "kv"));
    OWLET_TRY(const auto copied, kv::KeyValueStore::Open({.folder = folder / "kv"}));
    ExtentCopy files(*impl_->extents, folder / "blobs");
    const auto check = [&](const records::Slice& slice) {
      return slice.in_kv() ? BodyIsWhole(*copied, slice) : files.Copy(slice);
    };
    OWLET_TRY(report, SliceWalk(*copied, check, {}, stop).Run());
  }
  const FileDescriptor root(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!root.valid() || syncfs(root.get()) != 0) return Fail(FileError(errno, "sync", folder));
  // What makes it a data folder comes last: a copy that was cut off is none.
  OWLET_CHECK_OK(kv::DataFolder::MarkComplete(folder));
  return report;
}

}  // namespace owlet::store
