#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "core/store/object_info.h"

namespace owlet::store {

class LocalFile;
class PinnedExtents;

/// A piece of a body in an open file. `keep_alive` keeps the descriptor open and the bytes in
/// place.
struct FileSlice {
  int fd = -1;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  std::shared_ptr<const void> keep_alive;
};
/// A piece of a body, in memory or in a file.
using BodySlice = std::variant<std::string, FileSlice>;

/// One version of one object, open for reading. It stays readable, byte for byte, for as long as
/// the reader lives, whatever happens to the key meanwhile (a file of the local disk is read as it
/// is at that moment). Copies share the same object.
/// Thread-safe.
///
/// Errors: kCorruption (an extent's bytes are not those written), kInternal (I/O).
class ObjectReader {
 public:
  [[nodiscard]] const ObjectInfo& info() const { return *info_; }
  [[nodiscard]] std::uint64_t size() const { return info_->size; }

  /// Fills `out` from `offset`; the number of bytes read, less than asked only at the end. An
  /// extent that is read whole by one call is checked against its checksum.
  [[nodiscard]] Result<std::size_t> ReadAt(std::uint64_t offset, std::span<std::byte> out) const;

  /// The whole body; for small documents. kRequestTooLarge when it is larger than `limit`.
  [[nodiscard]] Result<std::string> ReadAll(std::uint64_t limit = 64ULL << 20) const;

  /// Hands the bytes of [offset, offset + size) to `sink` in order, with every whole extent
  /// checked.
  [[nodiscard]] Status Stream(std::uint64_t offset, std::uint64_t size,
                              const std::function<Status(std::span<const std::byte>)>& sink) const;

  /// Makes sure of the bytes of a range before they are sent unseen: what it touches of extents up
  /// to 8 MiB is compared with their checksums, where that was not done, nor they written, of late.
  /// True: all is well, Slices may be used. False: larger extents lie whole inside that were not
  /// compared of late: use CheckedBytes, which compares them on the way. kCorruption.
  [[nodiscard]] Result<bool> Prove(std::uint64_t offset, std::uint64_t size) const;

  /// Its bytes on disk are encrypted: Slices cannot tell where they are.
  [[nodiscard]] bool encrypted() const;

  /// Only of what is not encrypted: where the bytes of [offset, offset + size) are, for
  /// sendfile(2). Adjacent files are not joined.
  [[nodiscard]] Result<std::vector<BodySlice>> Slices(std::uint64_t offset,
                                                      std::uint64_t size) const;

 private:
  friend class CheckedBytes;
  friend class ObjectStore;
  friend class Publication;
  ObjectReader(std::shared_ptr<const ObjectInfo> info, std::shared_ptr<const PinnedExtents> extents)
      : info_(std::move(info)), extents_(std::move(extents)) {}
  ObjectReader(std::shared_ptr<const ObjectInfo> info, std::shared_ptr<const LocalFile> file)
      : info_(std::move(info)), file_(std::move(file)) {}
  std::shared_ptr<const ObjectInfo> info_;
  std::shared_ptr<const PinnedExtents> extents_;  // null: of the local disk
  std::shared_ptr<const LocalFile> file_;
};

/// The bytes of a range of an object, in pieces and in order. Every extent that lies whole inside
/// the range is compared with its checksum before its last bytes are handed out. For one thread.
class CheckedBytes {
 public:
  /// The range must lie inside the object.
  CheckedBytes(ObjectReader reader, std::uint64_t offset, std::uint64_t size);

  /// Empty at the end; good until the next call. kCorruption.
  [[nodiscard]] Result<std::span<const std::byte>> Next();

 private:
  ObjectReader reader_;
  std::uint64_t offset_;
  const std::uint64_t end_;
  std::size_t index_ = 0;  // of the extent that offset_ is in
  bool compare_ = false;   // that extent's bytes, from its start on
  std::uint32_t crc_ = 0;
  std::vector<std::byte> buffer_;
};

}  // namespace owlet::store
