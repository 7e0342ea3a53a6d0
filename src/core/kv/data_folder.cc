#include "core/kv/data_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <string>
#include <system_error>
#include <utility>

#include "base/file_descriptor.h"
#include "base/log.h"
#include "core/kv/key_value_store.h"

namespace owlet::kv {
namespace {

namespace fs = std::filesystem;

std::string ReadSmallFile(int fd) {
  char text[64];
  const ssize_t size = pread(fd, text, sizeof text, 0);
  return {text, size > 0 ? static_cast<std::size_t>(size) : 0};
}

/// The lock's descriptor, with our pid in the file.
Result<int> Lock(const fs::path& path) {
  FileDescriptor file(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (file.get() < 0) return Fail(FileError(errno, "open", path));
  // A lock of the open file: it ends with the process however that ends, and others can ask for it
  // without taking it (F_OFD_GETLK).
  struct flock whole{};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  if (fcntl(file.get(), F_OFD_SETLK, &whole) != 0) {
    if (errno != EAGAIN && errno != EACCES) return Fail(FileError(errno, "lock", path));
    std::string pid = ReadSmallFile(file.get());
    while (!pid.empty() && pid.back() == '\n') pid.pop_back();
    return Fail(Reason::kUnavailable,
                fmt::format("the data folder is in use by another owlet (process {}): stop it or "
                            "give another folder: {}",
                            pid.empty() ? "unknown" : pid, path.parent_path().string()));
  }
  const std::string pid = fmt::format("{}\n", getpid());
  if (ftruncate(file.get(), 0) != 0 ||
      pwrite(file.get(), pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size())) {
    return Fail(FileError(errno, "write", path));
  }
  return file.Release();
}

Status WriteFormat(const fs::path& root, int format) {
  const fs::path path = root / "FORMAT";
  const fs::path fresh = root / "FORMAT.new";
  const FileDescriptor file(open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  const std::string text = fmt::format("{}\n", format);
  if (file.get() < 0 ||
      write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
      fsync(file.get()) != 0 || rename(fresh.c_str(), path.c_str()) != 0) {
    return Fail(FileError(errno, "write", path));
  }
  return SyncFolder(root);
}

/// Nothing when the folder has no FORMAT.
Result<std::optional<int>> ReadFormat(const fs::path& root) {
  const fs::path path = root / "FORMAT";
  const FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) {
    if (errno == ENOENT) return std::nullopt;
    return Fail(FileError(errno, "read", path));
  }
  const std::string text = ReadSmallFile(file.get());
  int format = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), format);
  if (error != std::errc() || format < 1) {
    return Fail(Reason::kCorruption, fmt::format("not a format version: {}", path.string()));
  }
  return format;
}

Status Migrate(const fs::path& root, int from, int to, const Migrations& migrations) {
  const fs::path copy = root / fmt::format("before-format-{}", from + 1);
  std::error_code ignored;
  fs::remove_all(copy, ignored);  // of an attempt that did not end
  {
    OWLET_TRY(auto store, KeyValueStore::Open({.folder = root / "kv"}));
    OWLET_CHECK_OK(store->Checkpoint(copy));
  }
  for (int format = from; format < to; ++format) {
    const auto migration = migrations.find(format);
    if (migration == migrations.end()) {
      return Fail(Reason::kVersionMismatch,
                  fmt::format("no way from format {} to {}: {}", format, to, root.string()));
    }
    OWLET_CHECK_OK(migration->second(root));
    OWLET_CHECK_OK(WriteFormat(root, format + 1));
    log::info("the data folder has format {} now; the index before it is kept in {}", format + 1,
              copy.string());
  }
  return {};
}

}  // namespace

Result<DataFolder> DataFolder::Open(const fs::path& root) {
  return Open(root, kFormat, Migrations{});
}

Result<DataFolder> DataFolder::Open(const fs::path& root, int format,
                                    const Migrations& migrations) {
  OWLET_CHECK_OK(MakeFolder(root));
  OWLET_TRY(const int lock, Lock(root / "LOCK"));
  DataFolder folder(root, lock);
  OWLET_TRY(const std::optional<int> found, ReadFormat(root));
  if (!found) {
    std::error_code code;
    if (fs::exists(folder.kv() / "CURRENT", code)) {
      return Fail(Reason::kCorruption,
                  fmt::format("the data folder has data but no FORMAT: {}", root.string()));
    }
    OWLET_CHECK_OK(WriteFormat(root, format));
  } else if (*found > format) {
    return Fail(
        Reason::kVersionMismatch,
        fmt::format("a newer owlet wrote this data folder (format {}, this one knows {}): {}",
                    *found, format, root.string()));
  } else if (*found < format) {
    OWLET_CHECK_OK(Migrate(root, *found, format, migrations));
  }
  std::error_code ignored;
  fs::remove_all(folder.spill(), ignored);
  for (const fs::path& path :
       {folder.kv(), folder.blobs(), folder.cache(), folder.spill(), folder.work()}) {
    OWLET_CHECK_OK(MakeFolder(path));
  }
  // The identities' secret keys are in there.
  std::error_code code;
  fs::permissions(folder.kv(), fs::perms::owner_all, code);
  if (code) {
    return Fail(Reason::kReadOnly, fmt::format("cannot close {} to other users: {}",
                                               folder.kv().string(), code.message()));
  }
  OWLET_CHECK_OK(SyncFolder(root));
  return folder;
}

Status DataFolder::MarkComplete(const fs::path& root) { return WriteFormat(root, kFormat); }

DataFolder::~DataFolder() {
  if (lock_ >= 0) close(lock_);
}
DataFolder::DataFolder(DataFolder&& other) noexcept
    : root_(std::move(other.root_)), lock_(std::exchange(other.lock_, -1)) {}
DataFolder& DataFolder::operator=(DataFolder&& other) noexcept {
  std::swap(root_, other.root_);
  std::swap(lock_, other.lock_);
  return *this;
}

}  // namespace owlet::kv
