#include "base/file_descriptor.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace owlet {

FileDescriptor::~FileDescriptor() {
  if (fd_ >= 0) close(fd_);
}

Error FileError(int code, std::string_view doing, const std::filesystem::path& path) {
  Reason reason = Reason::kInternal;
  switch (code) {
    case ENOSPC:
    case EDQUOT:
      reason = Reason::kStorageFull;
      break;
    case EROFS:
      reason = Reason::kReadOnly;
      break;
    case EACCES:
    case EPERM:
      reason = Reason::kAccessDenied;
      break;
    case ENOTDIR:
    case EEXIST:
      reason = Reason::kInvalidArgument;
      break;
    case EMFILE:
    case ENFILE:
      reason = Reason::kOverloaded;
      break;
    default:
      break;
  }
  return {.reason = reason,
          .message = fmt::format("cannot {} {}: {}", doing, path.string(),
                                 std::generic_category().message(code))};
}

Status SyncFolder(const std::filesystem::path& path) {
  const FileDescriptor folder(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.valid() || fsync(folder.get()) != 0) {
    return Fail(FileError(errno, "sync the folder", path));
  }
  return {};
}

Status MakeFolder(const std::filesystem::path& path) {
  std::error_code code;
  std::filesystem::create_directories(path, code);
  if (code) return Fail(FileError(code.value(), "make the folder", path));
  return {};
}

}  // namespace owlet
