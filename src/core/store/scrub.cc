#include <algorithm>
#include <memory>
#include <span>
#include <vector>

#include "base/crc.h"
#include "core/store/keys.h"
#include "core/store/slice_walk.h"
#include "core/store/store_impl.h"

namespace owlet::store {
namespace {

/// Whether the bytes of a file on disk have the checksum that was kept.
bool FileIsWhole(const PinnedExtent& extent, std::span<std::byte> buffer) {
  std::uint32_t crc = 0;
  for (std::uint64_t at = 0; at < extent.size();) {
    const auto piece = buffer.first(
        static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), extent.size() - at)));
    if (!extent.ReadAt(at, piece)) return false;
    crc = Crc32c(crc, piece);
    at += piece.size();
  }
  return crc == extent.crc32c();
}

}  // namespace

Result<ScrubReport> ObjectStore::Scrub(const std::function<void(const ScrubReport&)>& progress,
                                       const std::stop_token& stop) const {
  std::vector<std::byte> buffer(1 << 20);
  const auto check = [&](const records::Slice& slice) -> Result<bool> {
    // Pinning an extent of the key-value store compares its bytes.
    const auto extent = impl_->extents->Pin(slice);
    if (extent && ((*extent)->in_kv() || FileIsWhole(**extent, buffer))) return true;
    // Rows are read at the moment the walk began: what has gone since is no damage.
    OWLET_TRY(const auto row, impl_->kv.Get(kv::Column::kExtents, ExtentRowKey(slice.extent())));
    return !row;
  };
  return SliceWalk(impl_->kv, check, progress, stop).Run();
}

}  // namespace owlet::store
