#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/access/authorizer.h"
#include "core/access/principal.h"
#include "core/kv/key_value_store.h"
#include "core/store/names.h"
#include "core/store/object_info.h"
#include "core/store/object_reader.h"

namespace owlet::store {

class ObjectStore;

/// What must be true of a key's present object for a write or a deletion to happen
/// (RFC 9110, 13.1; S3 User Guide, "Conditional writes"). ETags without quotes.
struct WriteConditions {
  bool if_absent = false;                // If-None-Match: *
  std::optional<std::string> if_match;   // an ETag, or "*" for any object
  std::optional<Timestamp> if_modified;  // x-amz-if-match-last-modified-time, in seconds
  std::optional<std::uint64_t> if_size;  // x-amz-if-match-size
};

/// What a deletion did.
struct DeleteOutcome {
  std::string version_id;      // of the marker that was made, or of the version that is gone
  bool delete_marker = false;  // it was, or is now, a marker
};

/// What the sender says of a body; checked at Finish. Raw bytes.
struct ExpectedDigests {
  std::optional<std::string> md5;    // Content-MD5
  std::optional<Checksum> checksum;  // x-amz-checksum-*
  std::optional<std::uint64_t> size;
};

/// A body that is complete and on disk but that no object names yet. Dropped unused, it leaves
/// nothing behind. Move-only.
class StagedBody {
 public:
  StagedBody(StagedBody&&) noexcept;
  StagedBody& operator=(StagedBody&&) noexcept;
  ~StagedBody();

  [[nodiscard]] std::uint64_t size() const;
  [[nodiscard]] const std::string& md5() const;  // raw
  [[nodiscard]] const std::optional<Checksum>& checksum() const;

 private:
  friend class BodyWriter;
  friend class ObjectStore;
  friend class Publication;
  struct State;
  explicit StagedBody(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Takes the bytes of one body in order, straight to disk when they are more than a few; memory
/// does not grow with the body. Not thread-safe, but many writers may run at once. Dropped before
/// Finish, it leaves nothing behind.
///
/// Errors: kStorageFull, kReadOnly, kRequestTooLarge (more than 5 TiB); at Finish also
/// kDigestMismatch (MD5), kChecksumMismatch, kIncompleteBody (size).
class BodyWriter {
 public:
  BodyWriter(BodyWriter&&) noexcept;
  BodyWriter& operator=(BodyWriter&&) noexcept;
  ~BodyWriter();

  [[nodiscard]] Status Append(std::span<const std::byte> bytes);
  [[nodiscard]] std::uint64_t size() const;
  /// Syncs the bytes and checks them against what was expected.
  [[nodiscard]] Result<StagedBody> Finish(const ExpectedDigests& expected = {});

 private:
  friend class ObjectStore;
  class Impl;
  explicit BodyWriter(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// The one way to change objects: collect what shall happen, then Commit makes all of it true at
/// one moment, durably, or nothing. Readers see the state before or the state after. Of two
/// publications that overwrite the same place, the later Commit wins whole.
///
///     Publication publication = store.Begin(principal);
///     publication.DeletePrefix(bucket, "out/");            // mode("overwrite")
///     OWLET_TRY(BodyWriter writer, store.NewBody());
///     OWLET_CHECK_OK(writer.Append(bytes));
///     OWLET_TRY(StagedBody body, writer.Finish());
///     publication.Put(bucket, key, std::move(body));
///     OWLET_TRY(auto published, publication.Commit());
///
/// Put, Delete, DeletePrefix and Edit only take notes and may be called from several threads at
/// once; access, buckets and conditions are looked at by Commit. A key that is put is not deleted
/// by the same publication's Delete or DeletePrefix. Dropped without Commit, nothing has happened.
/// Must end before its store.
class Publication {
 public:
  Publication(Publication&&) noexcept;
  Publication& operator=(Publication&&) noexcept;
  ~Publication();

  void Put(const BucketName& bucket, const ObjectKey& key, StagedBody body,
           ObjectAttributes attributes = {}, WriteConditions conditions = {},
           access::AccessContext context = {});
  /// The key need not exist, unless a condition says so. With a version that one is gone for good.
  void Delete(const BucketName& bucket, const ObjectKey& key, WriteConditions conditions = {},
              std::optional<std::string> version_id = std::nullopt, bool bypass_governance = false,
              access::AccessContext context = {});
  /// All keys that start with `prefix` when Commit runs, also those that came since Begin.
  void DeletePrefix(const BucketName& bucket, std::string prefix);
  /// Runs inside Commit's write, behind the objects' own checks: edits of other columns (the
  /// catalog) that become true with the objects. An error stops the whole publication.
  void Edit(std::function<Status(kv::Transaction&)> edit);
  /// Runs first, before anything is written: an error stops the whole publication.
  void Require(std::function<Status(kv::Transaction&)> check);

  /// What the puts became, in the order of the calls. Once only. Errors: kBucketNotFound,
  /// kAccessDenied, kPreconditionFailed, kObjectNotFound (if_match on an absent key), kStorageFull,
  /// and whatever a function of the caller gave.
  [[nodiscard]] Result<std::vector<ObjectInfo>> Commit();
  /// After Commit: what the calls of Delete did, in their order.
  [[nodiscard]] const std::vector<DeleteOutcome>& deleted() const;

 private:
  friend class ObjectStore;
  struct State;
  explicit Publication(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace owlet::store
