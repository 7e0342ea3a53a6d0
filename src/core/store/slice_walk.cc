#include "core/store/slice_walk.h"

#include <fmt/format.h>

#include <utility>

#include "core/store/keys.h"
#include "core/store/versions.h"

namespace owlet::store {

using kv::Column;

SliceWalk::SliceWalk(const kv::KeyValueStore& kv, Check check, Progress progress,
                     std::stop_token stop)
    : kv_(kv), check_(std::move(check)), progress_(std::move(progress)), stop_(std::move(stop)) {}

Result<ScrubReport> SliceWalk::Run() && {
  kv::Scanner buckets = kv_.Scan(Column::kBuckets, {}, {});
  for (; buckets.Valid(); buckets.Next()) {
    OWLET_TRY(const auto bucket, ParseRecord<records::Bucket>(buckets.value(), buckets.key()));
    OWLET_CHECK_OK(WalkBucket(buckets.key(), bucket));
    OWLET_CHECK_OK(WalkUploads(buckets.key(), bucket));
  }
  OWLET_CHECK_OK(buckets.status());
  return std::move(report_);
}

Status SliceWalk::WalkBucket(std::string_view name, const records::Bucket& bucket) {
  const std::string lower = ObjectRowPrefix(bucket.id(), {});
  kv::Scanner rows = kv_.Scan(Column::kObjects, lower, kv::PrefixEnd(lower));
  for (; rows.Valid(); rows.Next()) {
    const auto place = [&] {
      const std::string key = ObjectKeyOfRow(rows.key()).value_or("?");
      return IsVersioned(bucket) ? fmt::format("s3://{}/{}?versionId={}", name, key,
                                               VersionIdText(VersionOfRow(rows.key())))
                                 : fmt::format("s3://{}/{}", name, key);
    };
    const auto object = ParseRecord<records::Object>(rows.value(), "an object");
    if (!object) {
      report_.damaged.push_back(place());
      continue;
    }
    OWLET_CHECK_OK(Visit(object->slices(), place));
  }
  return rows.status();
}

Status SliceWalk::WalkUploads(std::string_view name, const records::Bucket& bucket) {
  const std::string prefix = UploadRowPrefix(bucket.id(), {});
  kv::Scanner uploads = kv_.Scan(Column::kUploads, prefix, kv::PrefixEnd(prefix));
  for (; uploads.Valid(); uploads.Next()) {
    const auto upload = ParseUploadRow(uploads.key());
    if (!upload) return Fail(Reason::kCorruption, "a row of the uploads is damaged");
    const auto place = [&] {
      return fmt::format("s3://{}/{}?uploadId={}", name, upload->key, upload->upload_id);
    };
    const std::string parts = PartRowPrefix(upload->upload_id);
    kv::Scanner rows = kv_.Scan(Column::kUploads, parts, kv::PrefixEnd(parts));
    for (; rows.Valid(); rows.Next()) {
      const auto part = ParseRecord<records::Part>(rows.value(), "a part");
      if (!part) {
        report_.damaged.push_back(place());
        continue;
      }
      OWLET_CHECK_OK(Visit(part->slices(), place));
    }
    OWLET_CHECK_OK(rows.status());
  }
  return uploads.status();
}

template <class Slices>
Status SliceWalk::Visit(const Slices& slices, const std::function<std::string()>& name) {
  bool whole = true;
  for (const records::Slice& slice : slices) {
    if (stop_.stop_requested()) return Fail(Reason::kCancelled, "the server stops");
    OWLET_TRY(const bool good, VisitOne(slice));
    whole = whole && good;
  }
  if (!whole) report_.damaged.push_back(name());
  return {};
}

Result<bool> SliceWalk::VisitOne(const records::Slice& slice) {
  if (bad_.contains(slice.extent())) return false;
  OWLET_TRY(const auto row, kv_.Get(Column::kExtents, ExtentRowKey(slice.extent())));
  records::Extent extent;
  if (row && !extent.ParseFromArray(row->data(), static_cast<int>(row->size()))) return false;
  if (extent.references() > 1 && !seen_.insert(slice.extent()).second) return true;
  OWLET_TRY(const bool good, check_(slice));
  ++report_.extents;
  report_.bytes += slice.extent_size();
  if (progress_) progress_(report_);
  if (!good) bad_.insert(slice.extent());
  return good;
}

}  // namespace owlet::store
