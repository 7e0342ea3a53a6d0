#include "protocol/spark_connect/spill_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace owlet::spark_connect {

Result<SpillFile::Place> SpillFile::Append(std::string_view bytes) {
  if (!file_.valid()) {
    file_ = FileDescriptor(open(folder_.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
    if (!file_.valid()) return Fail(FileError(errno, "make a file in", folder_));
  }
  const Place place{size_, bytes.size()};
  std::uint64_t offset = size_;
  while (!bytes.empty()) {
    const ssize_t written =
        pwrite(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return Fail(FileError(written == 0 ? ENOSPC : errno, "spill into", folder_));
    offset += static_cast<std::uint64_t>(written);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  size_ = offset;
  return place;
}

Result<std::string> SpillFile::Read(Place place) const {
  std::string bytes(place.size, '\0');
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t got = pread(file_.get(), bytes.data() + done, bytes.size() - done,
                              static_cast<off_t>(place.offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return Fail(FileError(got == 0 ? EIO : errno, "read back from", folder_));
    done += static_cast<std::size_t>(got);
  }
  return bytes;
}

}  // namespace owlet::spark_connect
