#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/store/extents.h"
#include "core/store/object_store.h"
#include "core/store/records.h"

// The inside of ObjectStore, Publication and BodyWriter; only this folder's .cc files include it.

namespace owlet::store {

/// A run of bytes of a pinned extent.
struct PinnedSlice {
  std::shared_ptr<const PinnedExtent> extent;
  std::uint64_t offset = 0;  // in the extent
  std::uint64_t size = 0;
};

/// The extents of one open object, in order.
class PinnedExtents {
 public:
  explicit PinnedExtents(std::vector<PinnedSlice> slices);
  [[nodiscard]] const std::vector<PinnedSlice>& slices() const { return slices_; }
  /// Where each slice begins in the object, and last the object's size.
  [[nodiscard]] const std::vector<std::uint64_t>& starts() const { return starts_; }
  /// The index of the slice that holds the byte at `offset`, which is inside the object.
  [[nodiscard]] std::size_t Find(std::uint64_t offset) const;

 private:
  std::vector<PinnedSlice> slices_;
  std::vector<std::uint64_t> starts_;
};

struct StagedBody::State {
  State() = default;
  ~State();
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  // Either bytes of its own or shared ones.
  std::optional<FreshExtent> fresh;
  std::vector<PinnedSlice> shared;
  std::uint64_t size = 0;
  std::string md5;   // raw
  std::string etag;  // when it is not md5's: a copy of a multipart object
  std::optional<Checksum> checksum;
  std::vector<records::Part> parts;  // of the copied object
};

struct ObjectStore::Impl {
  Impl(Options given, kv::KeyValueStore& kv_store, const access::Authorizer& decider,
       const Clock& time)
      : options(std::move(given)), kv(kv_store), authorizer(decider), clock(time) {}

  using Getter = std::function<Result<std::optional<std::string>>(kv::Column, std::string_view)>;

  [[nodiscard]] Getter Committed() const;
  [[nodiscard]] static Getter Within(kv::Transaction& transaction);

  /// kBucketNotFound.
  [[nodiscard]] static Result<records::Bucket> FindBucket(const Getter& get,
                                                          const BucketName& bucket);
  [[nodiscard]] static Result<std::optional<records::Object>> FindObject(const Getter& get,
                                                                         std::uint64_t bucket,
                                                                         std::string_view key);
  /// kUploadNotFound.
  [[nodiscard]] static Result<records::Upload> FindUpload(const Getter& get, std::uint64_t bucket,
                                                          std::string_view key,
                                                          std::string_view upload_id);

  /// Asks the Authorizer about the bucket (empty key) or an object, with the bucket's own policy,
  /// then answers the bucket.
  [[nodiscard]] Result<records::Bucket> Enter(const access::Principal& who,
                                              const BucketName& bucket, std::string_view key,
                                              std::string_view action,
                                              const access::AccessContext& context = {}) const;

  /// Files get their names; call before the transaction.
  [[nodiscard]] Status Name(std::span<StagedBody::State* const> bodies);
  void Unname(std::span<StagedBody::State* const> bodies);
  /// Adds the references, and the slices to `record`.
  template <class Record>
  [[nodiscard]] static Status Reference(kv::Transaction& transaction, const StagedBody::State& body,
                                        Record& record);
  template <class Record>
  [[nodiscard]] static Status Release(kv::Transaction& transaction, const Record& record,
                                      std::vector<std::uint64_t>& unreferenced);

  /// Under extents->Guard().
  [[nodiscard]] Result<std::shared_ptr<const PinnedExtents>> Pin(
      const records::Object& record) const;

  Options options;
  kv::KeyValueStore& kv;
  const access::Authorizer& authorizer;
  const Clock& clock;
  std::unique_ptr<ExtentStore> extents;
};

template <class Record>
Status ObjectStore::Impl::Reference(kv::Transaction& transaction, const StagedBody::State& body,
                                    Record& record) {
  const auto add = [&](std::uint64_t id, std::uint64_t offset, std::uint64_t size,
                       std::uint64_t extent_size, std::uint32_t crc32c, bool in_kv) {
    records::Slice* slice = record.add_slices();
    slice->set_extent(id);
    slice->set_offset(offset);
    slice->set_size(size);
    slice->set_extent_size(extent_size);
    slice->set_extent_crc32c(crc32c);
    slice->set_in_kv(in_kv);
  };
  if (body.fresh) {
    const FreshExtent& extent = *body.fresh;
    ExtentStore::AddFresh(transaction, extent);
    add(extent.id, 0, extent.size, extent.size, extent.crc32c, !extent.file.valid());
  }
  for (const PinnedSlice& slice : body.shared) {
    OWLET_CHECK_OK(ExtentStore::AddReference(transaction, *slice.extent));
    add(slice.extent->id(), slice.offset, slice.size, slice.extent->size(), slice.extent->crc32c(),
        slice.extent->in_kv());
  }
  return {};
}

template <class Record>
Status ObjectStore::Impl::Release(kv::Transaction& transaction, const Record& record,
                                  std::vector<std::uint64_t>& unreferenced) {
  std::vector<const records::Slice*> slices;
  slices.reserve(static_cast<std::size_t>(record.slices_size()));
  for (const records::Slice& slice : record.slices()) slices.push_back(&slice);
  return ExtentStore::Release(transaction, slices, unreferenced);
}

/// Whether `conditions` let a write to a key with this present object happen.
[[nodiscard]] Status CheckWriteConditions(const WriteConditions& conditions,
                                          const std::optional<records::Object>& present,
                                          std::string_view key);

[[nodiscard]] Error KeyNotFound(std::string_view key);

[[nodiscard]] std::string BucketArn(const BucketName& bucket, std::string_view key = {});

}  // namespace owlet::store
