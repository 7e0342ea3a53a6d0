#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_descriptor.h"
#include "base/result.h"
#include "core/access/principal.h"
#include "core/store/names.h"
#include "core/store/object_store.h"

// The machine's own files as the bucket BucketName::LocalDisk shows them: a key is an absolute path
// without its first slash, a folder is a key that ends with one. They are read and written as the
// operating system's user that runs the server, so only for a principal that is this user too
// (Principal::server_user). They are not the store's: nothing is pinned, checksummed or
// versioned, and no generation is known of them (it is 0). Thread-safe.

namespace owlet::store {

/// A file that is open for reading: whoever writes to it meanwhile is seen.
class LocalFile {
 public:
  LocalFile(FileDescriptor file, std::string name)
      : file_(std::move(file)), name_(std::move(name)) {}

  /// Less than asked for only at the end.
  [[nodiscard]] Result<std::size_t> ReadAt(std::uint64_t offset, std::span<std::byte> out) const;
  [[nodiscard]] int fd() const { return file_.get(); }

 private:
  FileDescriptor file_;
  std::string name_;
};

/// A file of a publication: its staged bytes are in an open file, or in memory.
struct LocalPut {
  std::string key;
  const FileDescriptor* file = nullptr;
  std::string_view bytes = {};
};

/// kAccessDenied for everybody but the server's own user.
[[nodiscard]] Status CheckLocalDisk(const access::Principal& who);

/// kObjectNotFound; kAccessDenied where the operating system refuses.
[[nodiscard]] Result<ObjectInfo> HeadLocalFile(std::string_view key);
[[nodiscard]] Result<std::shared_ptr<const LocalFile>> OpenLocalFile(std::string_view key);

/// As ObjectStore::List, without a delimiter. Folders that may not be read are passed over.
/// kLimitExceeded when the folders hold more than a million names.
[[nodiscard]] Result<ListPage> ListLocalFiles(const ListRequest& request);

/// Writes all files beside their places, then removes what lies below `prefixes`, then moves the
/// files to their places in the order given. A failure while writing leaves everything as it was; a
/// crash while moving may leave some files of either state, as it does on any Hadoop local disk.
[[nodiscard]] Status PublishLocalFiles(const std::vector<LocalPut>& puts,
                                       const std::vector<std::string>& prefixes,
                                       const std::vector<std::string>& deletes);

}  // namespace owlet::store
