#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "core/access/authorizer.h"
#include "core/access/principal.h"
#include "core/kv/key_value_store.h"
#include "core/store/names.h"
#include "core/store/object_info.h"
#include "core/store/object_reader.h"
#include "core/store/publication.h"

namespace owlet::store {

/// Conditions of a read (RFC 9110, 13.1). ETags without quotes; "*" matches any object.
struct ReadConditions {
  std::vector<std::string> if_match;
  std::vector<std::string> if_none_match;
  std::optional<Timestamp> if_modified_since;
  std::optional<Timestamp> if_unmodified_since;
};

/// One page of a listing, in byte order of the keys.
struct ListRequest {
  std::string prefix;
  std::string delimiter;    // empty: no common prefixes
  std::string start_after;  // keys (and common prefixes) behind this one
  std::size_t limit = 1000;
};
struct ListPage {
  std::vector<ObjectInfo> objects;
  std::vector<std::string> common_prefixes;
  /// There is more: give `next` as start_after to go on.
  bool truncated = false;
  std::string next;
};

/// A multipart upload that is under way.
struct UploadInfo {
  std::string key;
  std::string upload_id;
  Timestamp initiated;
  ObjectAttributes attributes;
  std::optional<ChecksumAlgorithm> checksum_algorithm;
  ChecksumType checksum_type = ChecksumType::kFullObject;
};
struct UploadOptions {
  ObjectAttributes attributes;
  std::optional<ChecksumAlgorithm> checksum_algorithm;
  std::optional<ChecksumType> checksum_type;
};
/// A part as CompleteMultipartUpload names it.
struct CompletedPart {
  std::uint32_t number = 0;
  std::string etag;  // without quotes
  std::optional<Checksum> checksum;
};
struct CompleteOptions {
  WriteConditions conditions;
  std::optional<Checksum> checksum;   // of the whole object
  std::optional<std::uint64_t> size;  // x-amz-mp-object-size
};
struct PartsPage {
  UploadInfo upload;
  std::vector<PartInfo> parts;
  bool truncated = false;
  std::uint32_t next_part_number = 0;  // give as `after` to go on
};
struct ListUploadsRequest {
  std::string prefix;
  std::string delimiter;
  std::string key_marker;
  std::string upload_id_marker;
  std::size_t limit = 1000;
};
struct UploadsPage {
  std::vector<UploadInfo> uploads;
  std::vector<std::string> common_prefixes;
  bool truncated = false;
  std::string next_key;
  std::string next_upload_id;
};

/// What a bucket has beside its objects, each a document of the service's own form.
enum class BucketSetting : std::uint8_t {
  kTagging = 1,
  kPolicy,
  kCors,
  kWebsite,
  kLifecycle,
  kEncryption,
  kOwnership,
  kPublicAccess,
  kNotification,
  kLogging,
  kReplication,
  kAccelerate,
  kRequestPayment,
  kObjectLock,
  kVersioning,
};

/// Buckets and objects of one data folder: the objects' index in the key-value store, small bodies
/// (up to 64 KiB) beside it, larger ones in files of `blobs/`. An object is a list of
/// reference-counted extents, so that copies and completed uploads move no bytes. Everything that
/// is acknowledged is on disk.
///
/// Each operation names who asks, and asks the Authorizer before it says anything about what
/// exists. Thread-safe. Must outlive what it hands out.
///
/// Errors: kAccessDenied, kBucketNotFound, kObjectNotFound, kStorageFull, kReadOnly, kCorruption,
/// and those named at an operation.
class ObjectStore {
 public:
  struct Options {
    std::filesystem::path blobs;  // made when absent
    std::string region = "us-east-1";
  };

  /// Opens and sweeps: files that no object names are removed. The three must outlive the store.
  [[nodiscard]] static Result<std::unique_ptr<ObjectStore>> Open(
      const Options& options, kv::KeyValueStore& kv, const access::Authorizer& authorizer,
      const Clock& clock);
  ~ObjectStore();
  ObjectStore(const ObjectStore&) = delete;
  ObjectStore& operator=(const ObjectStore&) = delete;

  // --- Buckets ---
  /// kBucketAlreadyExists.
  [[nodiscard]] Status CreateBucket(const access::Principal& who, const BucketName& bucket,
                                    std::string region = {});
  /// kBucketNotEmpty. Uploads under way end with the bucket.
  [[nodiscard]] Status DeleteBucket(const access::Principal& who, const BucketName& bucket);
  /// The file system of a cluster is there afterwards; BucketName::Scratch says what it is.
  [[nodiscard]] Status OpenScratch(const BucketName& bucket);
  /// It and all it holds are gone; nothing happens when it is not there.
  [[nodiscard]] Status DropScratch(const BucketName& bucket);
  [[nodiscard]] Result<BucketInfo> HeadBucket(const access::Principal& who,
                                              const BucketName& bucket) const;
  [[nodiscard]] Result<std::vector<BucketInfo>> ListBuckets(const access::Principal& who) const;
  /// `action` is the one to ask for, as "s3:GetBucketTagging".
  [[nodiscard]] Result<std::optional<std::string>> GetBucketSetting(const access::Principal& who,
                                                                    const BucketName& bucket,
                                                                    BucketSetting setting,
                                                                    std::string_view action) const;
  /// Nothing removes the setting.
  [[nodiscard]] Status SetBucketSetting(const access::Principal& who, const BucketName& bucket,
                                        BucketSetting setting, std::optional<std::string> document,
                                        std::string_view action);

  // --- Reading ---
  /// kPreconditionFailed, kNotModified.
  [[nodiscard]] Result<ObjectReader> Open(const access::Principal& who, const BucketName& bucket,
                                          const ObjectKey& key,
                                          const ReadConditions& conditions = {}) const;
  [[nodiscard]] Result<ObjectInfo> Head(const access::Principal& who, const BucketName& bucket,
                                        const ObjectKey& key,
                                        const ReadConditions& conditions = {}) const;
  [[nodiscard]] Result<ListPage> List(const access::Principal& who, const BucketName& bucket,
                                      const ListRequest& request) const;

  // --- Writing ---
  /// Whether a Put would be let in, to refuse before its body is read.
  [[nodiscard]] Status CheckPut(const access::Principal& who, const BucketName& bucket,
                                const ObjectKey& key) const;
  /// `checksum` is computed on the way and kept with the object; CRC64NVME when not given.
  [[nodiscard]] Result<BodyWriter> NewBody(
      std::optional<ChecksumAlgorithm> checksum = std::nullopt);
  /// A body that shares the source's bytes: nothing is moved. The range must lie inside the source.
  [[nodiscard]] Result<StagedBody> ShareBody(const ObjectReader& source, std::uint64_t offset,
                                             std::uint64_t size,
                                             std::optional<ChecksumAlgorithm> checksum = {});
  [[nodiscard]] Publication Begin(const access::Principal& who);
  /// A publication of one object.
  [[nodiscard]] Result<ObjectInfo> Put(const access::Principal& who, const BucketName& bucket,
                                       const ObjectKey& key, StagedBody body,
                                       ObjectAttributes attributes = {},
                                       WriteConditions conditions = {});
  /// Of bytes in memory; for small documents.
  [[nodiscard]] Result<ObjectInfo> PutBytes(const access::Principal& who, const BucketName& bucket,
                                            const ObjectKey& key, std::string_view bytes,
                                            ObjectAttributes attributes = {});
  /// The key need not exist.
  [[nodiscard]] Status Delete(const access::Principal& who, const BucketName& bucket,
                              const ObjectKey& key, WriteConditions conditions = {});
  /// Replaces the object's tags.
  [[nodiscard]] Status SetTags(const access::Principal& who, const BucketName& bucket,
                               const ObjectKey& key, std::map<std::string, std::string> tags);

  // --- Multipart uploads ---
  [[nodiscard]] Result<UploadInfo> CreateUpload(const access::Principal& who,
                                                const BucketName& bucket, const ObjectKey& key,
                                                UploadOptions options);
  /// kUploadNotFound.
  [[nodiscard]] Result<UploadInfo> FindUpload(const access::Principal& who,
                                              const BucketName& bucket, const ObjectKey& key,
                                              std::string_view upload_id) const;
  /// kUploadNotFound; a part of the same number is replaced.
  [[nodiscard]] Result<PartInfo> PutPart(const access::Principal& who, const BucketName& bucket,
                                         const ObjectKey& key, std::string_view upload_id,
                                         std::uint32_t number, StagedBody body);
  /// kUploadNotFound, kPartNotFound, kPartOrder, kPartTooSmall, kChecksumMismatch,
  /// kPreconditionFailed. Asked again after success (the reply was lost), it answers the same.
  [[nodiscard]] Result<ObjectInfo> CompleteUpload(const access::Principal& who,
                                                  const BucketName& bucket, const ObjectKey& key,
                                                  std::string_view upload_id,
                                                  const std::vector<CompletedPart>& parts,
                                                  const CompleteOptions& options);
  [[nodiscard]] Status AbortUpload(const access::Principal& who, const BucketName& bucket,
                                   const ObjectKey& key, std::string_view upload_id);
  [[nodiscard]] Result<PartsPage> ListParts(const access::Principal& who, const BucketName& bucket,
                                            const ObjectKey& key, std::string_view upload_id,
                                            std::uint32_t after, std::size_t limit) const;
  [[nodiscard]] Result<UploadsPage> ListUploads(const access::Principal& who,
                                                const BucketName& bucket,
                                                const ListUploadsRequest& request) const;

  struct Impl;
  /// Use Open.
  explicit ObjectStore(std::unique_ptr<Impl> impl);

 private:
  friend class Publication;
  std::unique_ptr<Impl> impl_;
};

}  // namespace owlet::store
