#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "core/kv/key_value_store.h"
#include "core/store/object_info.h"
#include "core/store/publication.h"
#include "core/store/records.pb.h"

// The versions of an object: which one is the latest, and how a write or a deletion changes them.
// Only this folder's .cc files include it.

namespace owlet::store {

/// Reads rows, of what is committed or inside a transaction.
class RowView {
 public:
  explicit RowView(const kv::KeyValueStore& store) : store_(&store) {}
  explicit RowView(kv::Transaction& transaction) : transaction_(&transaction) {}
  [[nodiscard]] Result<std::optional<std::string>> Get(kv::Column column,
                                                       std::string_view key) const;
  /// Sees what is committed, in a transaction too.
  [[nodiscard]] kv::Scanner Scan(kv::Column column, std::string_view lower,
                                 std::string_view upper) const;

 private:
  const kv::KeyValueStore* store_ = nullptr;
  kv::Transaction* transaction_ = nullptr;
};

struct FoundVersion {
  std::uint64_t version = 0;
  records::Object record;
};

/// Whether the bucket keeps versions, or once did.
[[nodiscard]] bool IsVersioned(const records::Bucket& bucket);
[[nodiscard]] bool KeepsVersions(const records::Bucket& bucket);  // now

/// The latest version, a delete marker too; nothing when the key has none.
[[nodiscard]] Result<std::optional<FoundVersion>> FindLatest(const RowView& view,
                                                             const records::Bucket& bucket,
                                                             std::string_view key);
[[nodiscard]] Result<std::optional<FoundVersion>> FindVersion(const RowView& view,
                                                              const records::Bucket& bucket,
                                                              std::string_view key,
                                                              std::uint64_t version);
/// With the version's id, in a bucket that has such.
[[nodiscard]] ObjectInfo InfoOf(std::string key, const records::Bucket& bucket,
                                const FoundVersion& found);

/// The key's state as conditions see it: a delete marker is no object.
[[nodiscard]] std::optional<records::Object> PresentOf(const std::optional<FoundVersion>& latest);

/// All versions of the key on whose first row `rows` stands, newest first; `rows` goes to the next
/// key.
[[nodiscard]] Result<std::vector<FoundVersion>> TakeVersions(kv::Scanner& rows,
                                                             const records::Bucket& bucket,
                                                             std::string_view key);

/// kAccessDenied while the version is under retention or legal hold.
[[nodiscard]] Status CheckNotLocked(const records::Object& object, bool bypass_governance,
                                    Timestamp now);

/// Changes the versions of one bucket's keys inside one transaction. Generations that it gives to
/// new records grow, so that the newest of a key is the one with the greatest.
class VersionEdit {
 public:
  VersionEdit(kv::Transaction& transaction, const records::Bucket& bucket, Timestamp now,
              std::vector<std::uint64_t>& unreferenced)
      : transaction_(transaction), bucket_(bucket), now_(now), unreferenced_(unreferenced) {}

  [[nodiscard]] Result<std::optional<FoundVersion>> Latest(std::string_view key) const;
  /// Makes the record, whose references are already counted, the key's newest version: a further
  /// one, or in place of what a bucket without versions has.
  [[nodiscard]] Result<FoundVersion> Insert(std::string_view key, records::Object record,
                                            const std::optional<FoundVersion>& latest);
  /// A delete marker on top, or the object gone.
  [[nodiscard]] Result<DeleteOutcome> Delete(std::string_view key, std::uint64_t generation,
                                             const std::optional<FoundVersion>& latest);
  /// That version is gone; nothing happens when there is none.
  [[nodiscard]] Result<DeleteOutcome> DeleteVersion(std::string_view key, std::uint64_t version,
                                                    bool bypass_governance);

 private:
  [[nodiscard]] Status Release(const records::Object& object);

  kv::Transaction& transaction_;
  const records::Bucket& bucket_;
  Timestamp now_;
  std::vector<std::uint64_t>& unreferenced_;
  std::uint64_t last_generation_ = 0;
};

}  // namespace owlet::store
