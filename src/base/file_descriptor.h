#pragma once

#include <filesystem>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "base/result.h"

namespace owlet {

/// Owns an open file.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}
  ~FileDescriptor();
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }

  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool valid() const { return fd_ >= 0; }
  int Release() { return std::exchange(fd_, -1); }

 private:
  int fd_ = -1;
};

/// What `errno` after a failed file operation means: kStorageFull, kReadOnly, kAccessDenied,
/// kOverloaded (too many open files) or kInternal. "cannot <doing> <path>: <why>".
[[nodiscard]] Error FileError(int code, std::string_view doing, const std::filesystem::path& path);

/// Brings a folder's entries to the disk: without it a synced file can lose its name.
[[nodiscard]] Status SyncFolder(const std::filesystem::path& path);

/// Makes the folder and those above it.
[[nodiscard]] Status MakeFolder(const std::filesystem::path& path);

}  // namespace owlet
