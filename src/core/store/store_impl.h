#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/mutex.h"
#include "core/store/encryption.h"
#include "core/store/extents.h"
#include "core/store/keys.h"
#include "core/store/object_store.h"
#include "core/store/records.h"
#include "core/store/versions.h"

// The inside of ObjectStore, Publication and BodyWriter; only this folder's .cc files include it.

namespace owlet::store {

/// A run of bytes of a pinned extent.
struct PinnedSlice {
  std::shared_ptr<const PinnedExtent> extent;
  std::uint64_t offset = 0;  // in the extent, of plain bytes
  std::uint64_t size = 0;
  std::optional<ExtentKey> key;  // of an encrypted extent

  /// The plain size of the whole extent.
  [[nodiscard]] std::uint64_t ExtentSize() const {
    return key ? PlainSize(extent->size()) : extent->size();
  }
  /// Fills `out` from that place of the extent with plain bytes. Pieces of an encrypted extent are
  /// checked by their tags; nothing else is.
  [[nodiscard]] Status ReadAt(std::uint64_t place, std::span<std::byte> out) const;
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
  std::string sealed_key;           // of an encrypted fresh extent
  std::vector<PinnedSlice> shared;  // never encrypted
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
  /// kUploadNotFound.
  [[nodiscard]] static Result<records::Upload> FindUpload(const Getter& get, std::uint64_t bucket,
                                                          std::string_view key,
                                                          std::string_view upload_id);

  [[nodiscard]] Result<std::shared_ptr<const access::PolicyDocument>> PolicyOf(
      const records::Bucket& bucket) const;
  /// Asks the Authorizer about the bucket (empty key) or an object of it, with what the bucket's
  /// side says: policy, ACLs, public access block. `object` is the one whose own list counts.
  [[nodiscard]] Status Decide(const access::Principal& who, const records::Bucket& bucket,
                              const BucketName& name, std::string_view key, std::string_view action,
                              const access::AccessContext& context,
                              const records::Object* object) const;
  struct EnteredObject {
    records::Bucket bucket;
    FoundVersion found;
  };
  /// Decides about one version of an object, then answers it; a delete marker only where its
  /// version was named.
  [[nodiscard]] Result<EnteredObject> EnterObject(const access::Principal& who,
                                                  const BucketName& bucket, const ObjectKey& key,
                                                  const ReadOptions& read) const;
  /// Decides about the bucket (empty key) or a key to be written, then answers the bucket.
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
      const records::Object& record, std::string_view customer_key) const;

  /// The key that seals the keys of extents.
  [[nodiscard]] Result<std::string> SealingKey(const Encryption& encryption,
                                               std::string_view customer_key) const;
  /// kInvalidArgument "InvalidRequest" when the client's key is absent, superfluous or another.
  [[nodiscard]] static Status CheckCustomerKey(const records::Object& object,
                                               std::string_view customer_key);
  [[nodiscard]] Status LoadMasterKey();
  [[nodiscard]] Status SweepObjects(const BucketName& name, const records::Bucket& bucket,
                                    const std::vector<LifecycleRule>& rules,
                                    std::chrono::seconds day, const std::stop_token& stop);

  /// The account that a new object belongs to.
  [[nodiscard]] std::string OwnerOfNew(const access::Principal& who, const records::Bucket& bucket,
                                       const records::Attributes& attributes) const;
  /// Sets the owner and writes a canned list out.
  [[nodiscard]] Status Adopt(const records::Bucket& bucket, std::string owner,
                             records::Object& object) const;
  /// That and the bucket's default retention, for a new object.
  [[nodiscard]] Status AdoptNew(const records::Bucket& bucket, std::string owner, Timestamp now,
                                records::Object& object) const;

  Options options;
  kv::KeyValueStore& kv;
  const access::Authorizer& authorizer;
  const Clock& clock;
  std::unique_ptr<ExtentStore> extents;
  std::string master_key;
  mutable Mutex policies_mutex;
  mutable std::map<std::string, std::shared_ptr<const access::PolicyDocument>> policies
      GUARDED_BY(policies_mutex);
};

[[nodiscard]] ObjectOwnership OwnershipOf(const records::Bucket& bucket);
/// "s3:GetObject" to "s3:GetObjectVersion".
[[nodiscard]] std::string VersionAction(std::string_view action);
/// kInvalidArgument for what is no version's id.
[[nodiscard]] Result<std::uint64_t> VersionOf(std::string_view version_id);
[[nodiscard]] Error NoSuchVersion(std::string_view key, std::string_view version_id);
/// With what the reply says about the delete marker that was found.
[[nodiscard]] Error Marked(Error error, const records::Bucket& bucket, const FoundVersion& found);
[[nodiscard]] BucketTerms TermsOf(const BucketName& name, const records::Bucket& bucket,
                                  const std::string& default_owner);

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
    add(extent.id, 0, body.size, extent.size, extent.crc32c, !extent.file.valid());
    if (!body.sealed_key.empty()) {
      record.mutable_slices(record.slices_size() - 1)->set_sealed_key(body.sealed_key);
    }
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
