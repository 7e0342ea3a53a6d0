#include <fmt/format.h>

#include <set>
#include <vector>

#include "base/crc.h"
#include "core/store/keys.h"
#include "core/store/store_impl.h"

namespace owlet::store {
namespace {

using kv::Column;

/// Walks the slices of all objects and parts; each extent is read once, however many share it.
class ScrubWalk {
 public:
  ScrubWalk(ExtentStore& extents, const std::function<void(const ScrubReport&)>& progress)
      : extents_(extents), progress_(progress) {}

  template <class Slices>
  void Check(const Slices& slices, const std::string& name) {
    bool whole = true;
    for (const records::Slice& slice : slices) {
      if (bad_.contains(slice.extent())) whole = false;
      if (!seen_.insert(slice.extent()).second) continue;
      if (!IsWhole(slice)) {
        bad_.insert(slice.extent());
        whole = false;
      }
      ++report_.extents;
      report_.bytes += slice.extent_size();
      if (progress_) progress_(report_);
    }
    if (!whole) report_.damaged.push_back(name);
  }

  ScrubReport report() && { return std::move(report_); }

 private:
  [[nodiscard]] bool IsWhole(const records::Slice& slice) const {
    // Pinning an extent of the key-value store compares its bytes.
    const auto extent = extents_.Pin(slice);
    if (!extent) return false;
    if ((*extent)->in_kv()) return true;
    std::vector<std::byte> buffer(1 << 20);
    std::uint32_t crc = 0;
    for (std::uint64_t at = 0; at < slice.extent_size();) {
      const auto piece = std::span(buffer).first(static_cast<std::size_t>(
          std::min<std::uint64_t>(buffer.size(), slice.extent_size() - at)));
      if (!(*extent)->ReadAt(at, piece)) return false;
      crc = Crc32c(crc, piece);
      at += piece.size();
    }
    return crc == slice.extent_crc32c();
  }

  ExtentStore& extents_;
  const std::function<void(const ScrubReport&)>& progress_;
  ScrubReport report_;
  std::set<std::uint64_t> seen_;
  std::set<std::uint64_t> bad_;
};

}  // namespace

Result<ScrubReport> ObjectStore::Scrub(
    const std::function<void(const ScrubReport&)>& progress) const {
  const auto guard = impl_->extents->Guard();
  ScrubWalk walk(*impl_->extents, progress);
  kv::Scanner buckets = impl_->kv.Scan(Column::kBuckets, {}, {});
  for (; buckets.Valid(); buckets.Next()) {
    OWLET_TRY(const auto bucket, ParseRecord<records::Bucket>(buckets.value(), buckets.key()));
    const std::string start = "s3://" + std::string(buckets.key()) + "/";
    const std::string lower = ObjectRowPrefix(bucket.id(), {});
    kv::Scanner rows = impl_->kv.Scan(Column::kObjects, lower, kv::PrefixEnd(lower));
    for (; rows.Valid(); rows.Next()) {
      const std::string key = ObjectKeyOfRow(rows.key()).value_or("?");
      const std::string name = IsVersioned(bucket)
                                   ? fmt::format("{}{}?versionId={}", start, key,
                                                 VersionIdText(VersionOfRow(rows.key())))
                                   : start + key;
      const auto object = ParseRecord<records::Object>(rows.value(), key);
      if (object) walk.Check(object->slices(), name);
    }
    OWLET_CHECK_OK(rows.status());
    const std::string prefix = UploadRowPrefix(bucket.id(), {});
    kv::Scanner uploads = impl_->kv.Scan(Column::kUploads, prefix, kv::PrefixEnd(prefix));
    for (; uploads.Valid(); uploads.Next()) {
      const auto upload = ParseUploadRow(uploads.key());
      if (!upload) return Fail(Reason::kCorruption, "a row of the uploads is damaged");
      const std::string parts = PartRowPrefix(upload->upload_id);
      kv::Scanner part_rows = impl_->kv.Scan(Column::kUploads, parts, kv::PrefixEnd(parts));
      for (; part_rows.Valid(); part_rows.Next()) {
        OWLET_TRY(const auto part, ParseRecord<records::Part>(part_rows.value(), "a part"));
        walk.Check(part.slices(),
                   fmt::format("{}{}?uploadId={}", start, upload->key, upload->upload_id));
      }
    }
  }
  OWLET_CHECK_OK(buckets.status());
  return std::move(walk).report();
}

}  // namespace owlet::store
