#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
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

struct LifecycleRule;

/// Conditions of a read (RFC 9110, 13.1). ETags without quotes; "*" matches any object.
struct ReadConditions {
  std::vector<std::string> if_match;
  std::vector<std::string> if_none_match;
  std::optional<Timestamp> if_modified_since;
  std::optional<Timestamp> if_unmodified_since;
};

/// Which version is read, and what that needs.
struct ReadOptions {
  std::optional<std::string> version_id = std::nullopt;  // nothing: the latest
  std::string customer_key = {};                         // SSE-C
  access::AccessContext context = {};                    // condition keys of the request
  /// Asked for; with a version its counterpart ("s3:GetObjectVersion").
  std::string_view action = "s3:GetObject";
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

/// One page of all versions: of each key the newest first.
struct ListVersionsRequest {
  std::string prefix;
  std::string delimiter;
  std::string key_marker;         // behind this key,
  std::string version_id_marker;  // or behind this version of it
  std::size_t limit = 1000;
};
struct VersionsPage {
  std::vector<ObjectInfo> versions;
  std::vector<std::string> common_prefixes;
  bool truncated = false;
  std::string next_key;
  std::string next_version_id;
};

struct DeleteOptions {
  WriteConditions conditions = {};
  std::optional<std::string> version_id = std::nullopt;  // this one is gone for good
  bool bypass_governance = false;
  access::AccessContext context = {};
};

struct CreateBucketOptions {
  std::string region = {};
  ObjectOwnership ownership = ObjectOwnership::kBucketOwnerEnforced;
  AccessControlList acl = {};
  std::string canned_acl = {};
  bool object_lock = false;
};

/// A multipart upload that is under way.
struct UploadInfo {
  std::string key;
  std::string owner_account;
  std::string initiator;  // an ARN
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
  access::AccessContext context = {};
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
  kVersioning,  // "Enabled" or "Suspended"; absent: never
};

/// A bucket with all that is set for it.
struct BucketTerms {
  std::uint64_t id = 0;
  std::string name;
  std::string owner_account;
  AccessControlList acl;
  std::map<BucketSetting, std::string> settings;

  [[nodiscard]] const std::string* Find(BucketSetting setting) const {
    const auto found = settings.find(setting);
    return found == settings.end() ? nullptr : &found->second;
  }
  [[nodiscard]] ObjectOwnership ownership() const;
  [[nodiscard]] bool versioned() const { return Find(BucketSetting::kVersioning) != nullptr; }
  [[nodiscard]] bool object_lock() const { return Find(BucketSetting::kObjectLock) != nullptr; }
};

/// What Scrub or Backup has read.
struct ScrubReport {
  std::uint64_t extents = 0;
  std::uint64_t bytes = 0;
  /// "s3://bucket/key" (with "?versionId=" or "?uploadId=") of what cannot be read back whole.
  std::vector<std::string> damaged;
};

/// Buckets and objects of one data folder: the objects' index in the key-value store, small bodies
/// (up to 64 KiB) beside it, larger ones in files of `blobs/`. An object is a list of
/// reference-counted extents, so that copies and completed uploads move no bytes. Everything that
/// is acknowledged is on disk.
///
/// A bucket that keeps versions keeps every object that a write replaces, and a deletion puts a
/// marker on top; whatever names no version means the latest.
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
    std::string account_id{access::kDefaultAccount};  // owns what names no owner
    ObjectOwnership default_ownership = ObjectOwnership::kBucketOwnerEnforced;
  };

  /// Opens and sweeps: files that no object names are removed. The three must outlive the store.
  [[nodiscard]] static Result<std::unique_ptr<ObjectStore>> Open(
      const Options& options, kv::KeyValueStore& kv, const access::Authorizer& authorizer,
      const Clock& clock);
  ~ObjectStore();
  ObjectStore(const ObjectStore&) = delete;
  ObjectStore& operator=(const ObjectStore&) = delete;

  /// Of new buckets that are asked for without one.
  [[nodiscard]] ObjectOwnership default_ownership() const;

  // --- Buckets ---
  /// kBucketAlreadyExists; with the condition "BucketAlreadyExists" when it is another account's.
  [[nodiscard]] Status CreateBucket(const access::Principal& who, const BucketName& bucket,
                                    CreateBucketOptions options = {});
  /// kBucketNotEmpty. Uploads under way end with the bucket.
  [[nodiscard]] Status DeleteBucket(const access::Principal& who, const BucketName& bucket);
  /// The file system of a cluster is there afterwards; BucketName::Scratch says what it is.
  [[nodiscard]] Status OpenScratch(const BucketName& bucket);
  /// It and all it holds are gone; nothing happens when it is not there.
  [[nodiscard]] Status DropScratch(const BucketName& bucket);
  [[nodiscard]] Result<BucketInfo> HeadBucket(const access::Principal& who,
                                              const BucketName& bucket) const;
  /// Those that the caller's account owns.
  [[nodiscard]] Result<std::vector<BucketInfo>> ListBuckets(const access::Principal& who) const;
  [[nodiscard]] Result<BucketTerms> DescribeBucket(const access::Principal& who,
                                                   const BucketName& bucket,
                                                   std::string_view action) const;
  /// For the service's own work, decided for nobody: preflights, logs, the website.
  [[nodiscard]] Result<BucketTerms> FindBucketTerms(const BucketName& bucket) const;
  /// All buckets that have that setting; for nobody too.
  [[nodiscard]] Result<std::vector<BucketTerms>> BucketsWith(BucketSetting setting) const;
  [[nodiscard]] Status SetBucketAcl(const access::Principal& who, const BucketName& bucket,
                                    AccessControlList acl, const std::string& canned,
                                    const access::AccessContext& context = {});
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
  /// kPreconditionFailed, kNotModified; kMethodNotAllowed for the version of a delete marker;
  /// kInvalidArgument "InvalidRequest" for SSE-C without its key or with another.
  [[nodiscard]] Result<ObjectReader> Open(const access::Principal& who, const BucketName& bucket,
                                          const ObjectKey& key,
                                          const ReadConditions& conditions = {},
                                          const ReadOptions& options = {}) const;
  [[nodiscard]] Result<ObjectInfo> Head(const access::Principal& who, const BucketName& bucket,
                                        const ObjectKey& key, const ReadConditions& conditions = {},
                                        const ReadOptions& options = {}) const;
  [[nodiscard]] Result<ListPage> List(const access::Principal& who, const BucketName& bucket,
                                      const ListRequest& request) const;
  [[nodiscard]] Result<VersionsPage> ListVersions(const access::Principal& who,
                                                  const BucketName& bucket,
                                                  const ListVersionsRequest& request) const;

  // --- Writing ---
  /// Whether a Put would be let in, to refuse before its body is read.
  [[nodiscard]] Result<BucketTerms> CheckPut(const access::Principal& who, const BucketName& bucket,
                                             const ObjectKey& key,
                                             const access::AccessContext& context = {}) const;
  /// Whether some other action on the bucket (empty key) or a key is allowed.
  [[nodiscard]] Status CheckAction(const access::Principal& who, const BucketName& bucket,
                                   const ObjectKey& key, std::string_view action,
                                   const access::AccessContext& context = {}) const;
  /// `checksum` is computed on the way and kept with the object; CRC64NVME when not given. The
  /// bytes are encrypted as `encryption` says; `customer_key` is that of SSE-C.
  [[nodiscard]] Result<BodyWriter> NewBody(std::optional<ChecksumAlgorithm> checksum = std::nullopt,
                                           const Encryption& encryption = {},
                                           std::string_view customer_key = {});
  /// A body that shares the source's bytes: nothing is moved, but where either side is encrypted.
  /// The range must lie inside the source.
  [[nodiscard]] Result<StagedBody> ShareBody(const ObjectReader& source, std::uint64_t offset,
                                             std::uint64_t size,
                                             std::optional<ChecksumAlgorithm> checksum = {},
                                             const Encryption& encryption = {},
                                             std::string_view customer_key = {});
  [[nodiscard]] Publication Begin(const access::Principal& who);
  /// A publication of one object.
  [[nodiscard]] Result<ObjectInfo> Put(const access::Principal& who, const BucketName& bucket,
                                       const ObjectKey& key, StagedBody body,
                                       ObjectAttributes attributes = {},
                                       WriteConditions conditions = {},
                                       access::AccessContext context = {});
  /// Of bytes in memory; for small documents.
  [[nodiscard]] Result<ObjectInfo> PutBytes(const access::Principal& who, const BucketName& bucket,
                                            const ObjectKey& key, std::string_view bytes,
                                            ObjectAttributes attributes = {});
  /// The key need not exist. kAccessDenied for a version under retention or legal hold.
  [[nodiscard]] Result<DeleteOutcome> Delete(const access::Principal& who, const BucketName& bucket,
                                             const ObjectKey& key, DeleteOptions options = {});
  /// Changes what is said of one version (tags, ACL, retention), not its bytes: `edit` runs inside
  /// the write.
  using Edit = std::function<Status(const ObjectInfo& info, ObjectAttributes& attributes)>;
  [[nodiscard]] Result<ObjectInfo> EditObject(const access::Principal& who,
                                              const BucketName& bucket, const ObjectKey& key,
                                              const ReadOptions& options, const Edit& edit);

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

  // --- Upkeep ---
  /// Applies the lifecycle rules of all buckets, decided for nobody; `day` is 24 hours but in
  /// tests. For LifecycleSweeper.
  [[nodiscard]] Status ApplyLifecycle(std::chrono::seconds day, const std::stop_token& stop = {});
  /// Reads the bytes of every extent and compares them with their checksum, while others read and
  /// write. kCancelled by `stop`.
  [[nodiscard]] Result<ScrubReport> Scrub(
      const std::function<void(const ScrubReport& so_far)>& progress = {},
      const std::stop_token& stop = {}) const;
  /// Makes `folder`, which must be absent or empty, a data folder with everything that is
  /// acknowledged when this begins, on disk when it returns; others read and write meanwhile. The
  /// bytes are the copy's own and are compared with their checksums on the way: what is damaged is
  /// copied as it is, and told. kInvalidArgument; kCancelled by `stop`.
  [[nodiscard]] Result<ScrubReport> Backup(const std::filesystem::path& folder,
                                           const std::stop_token& stop = {}) const;

  struct Impl;
  /// Use Open.
  explicit ObjectStore(std::unique_ptr<Impl> impl);

 private:
  friend class Publication;
  [[nodiscard]] Status AbortOldUploads(const BucketName& bucket,
                                       const std::vector<LifecycleRule>& rules,
                                       std::chrono::seconds day);
  [[nodiscard]] Status RemoveUpload(const BucketName& bucket, const ObjectKey& key,
                                    std::string_view upload_id);
  std::unique_ptr<Impl> impl_;
};

}  // namespace owlet::store
