#include "core/store/publication.h"

#include <fmt/format.h>

#include <map>
#include <set>
#include <utility>

#include "base/check.h"
#include "base/encoding.h"
#include "base/mutex.h"
#include "core/store/keys.h"
#include "core/store/store_impl.h"

namespace owlet::store {
namespace {

using kv::Column;

struct PutNote {
  BucketName bucket;
  ObjectKey key;
  StagedBody body;
  ObjectAttributes attributes;
  WriteConditions conditions;
};
struct DeleteNote {
  BucketName bucket;
  ObjectKey key;
  WriteConditions conditions;
};
struct PrefixNote {
  BucketName bucket;
  std::string prefix;
};
using Step = std::function<Status(kv::Transaction&)>;

}  // namespace

Status CheckWriteConditions(const WriteConditions& conditions,
                            const std::optional<records::Object>& present, std::string_view key) {
  if (conditions.if_absent && present) {
    Error error{.reason = Reason::kPreconditionFailed,
                .message = "At least one of the pre-conditions you specified did not hold"};
    error.parameters = {{"Condition", "If-None-Match"}};
    return Fail(std::move(error));
  }
  if (!conditions.if_match) return {};
  if (!present) {
    return Fail(KeyNotFound(key));
  }
  if (*conditions.if_match != "*" && *conditions.if_match != present->etag()) {
    Error error{.reason = Reason::kPreconditionFailed,
                .message = "At least one of the pre-conditions you specified did not hold"};
    error.parameters = {{"Condition", "If-Match"}};
    return Fail(std::move(error));
  }
  return {};
}

struct Publication::State {
  State(ObjectStore::Impl& owner, access::Principal principal)
      : store(owner), who(std::move(principal)) {}

  /// Everything that does not need the writers' lock.
  Status Prepare() {
    for (const PutNote& put : puts) {
      OWLET_TRY(const auto bucket, store.Enter(who, put.bucket, put.key.text(), "s3:PutObject"));
      if (!put.attributes.tags.empty()) {
        OWLET_TRY(const auto tagged,
                  store.Enter(who, put.bucket, put.key.text(), "s3:PutObjectTagging"));
      }
      bodies.push_back(put.body.state_.get());
    }
    for (const DeleteNote& note : deletes) {
      OWLET_TRY(const auto bucket,
                store.Enter(who, note.bucket, note.key.text(), "s3:DeleteObject"));
    }
    for (const PrefixNote& note : prefixes) {
      OWLET_TRY(const auto bucket,
                store.Enter(who, note.bucket, note.prefix + "*", "s3:DeleteObject"));
    }
    for (std::size_t i = 0; i < puts.size(); ++i) {
      OWLET_TRY(const std::uint64_t generation, store.extents->NextId());
      generations.push_back(generation);
    }
    return store.Name(bodies);
  }

  Status Write(kv::Transaction& transaction) {
    for (const Step& check : checks) OWLET_CHECK_OK(check(transaction));
    std::set<std::pair<BucketName, std::string>> kept;
    for (const PutNote& put : puts) kept.emplace(put.bucket, put.key.text());
    for (const DeleteNote& note : deletes) {
      OWLET_TRY(const std::uint64_t bucket, BucketId(transaction, note.bucket));
      OWLET_TRY(const auto present,
                ObjectStore::Impl::FindObject(ObjectStore::Impl::Within(transaction), bucket,
                                              note.key.text()));
      OWLET_CHECK_OK(CheckWriteConditions(note.conditions, present, note.key.text()));
      if (!present || kept.contains({note.bucket, note.key.text()})) continue;
      OWLET_CHECK_OK(Remove(transaction, bucket, note.key.text(), *present));
    }
    for (const PrefixNote& note : prefixes) {
      OWLET_CHECK_OK(RemovePrefix(transaction, note, kept));
    }
    for (std::size_t i = 0; i < puts.size(); ++i) {
      OWLET_CHECK_OK(Store(transaction, puts[i], generations[i]));
    }
    for (const Step& edit : edits) OWLET_CHECK_OK(edit(transaction));
    handed_over = true;
    return {};
  }

  Result<std::uint64_t> BucketId(kv::Transaction& transaction, const BucketName& bucket) {
    if (const auto known = buckets.find(bucket); known != buckets.end()) return known->second;
    OWLET_TRY(const records::Bucket record,
              ObjectStore::Impl::FindBucket(ObjectStore::Impl::Within(transaction), bucket));
    buckets.emplace(bucket, record.id());
    return record.id();
  }

  Status Remove(kv::Transaction& transaction, std::uint64_t bucket, std::string_view key,
                const records::Object& object) {
    OWLET_CHECK_OK(ObjectStore::Impl::Release(transaction, object, unreferenced));
    transaction.Delete(Column::kObjects, ObjectRowKey(bucket, key));
    return {};
  }

  Status RemovePrefix(kv::Transaction& transaction, const PrefixNote& note,
                      const std::set<std::pair<BucketName, std::string>>& kept) {
    OWLET_TRY(const std::uint64_t bucket, BucketId(transaction, note.bucket));
    const std::string lower = ObjectRowPrefix(bucket, note.prefix);
    kv::Scanner rows = transaction.Scan(Column::kObjects, lower, kv::PrefixEnd(lower));
    for (; rows.Valid(); rows.Next()) {
      const std::optional<std::string> key = ObjectKeyOfRow(rows.key());
      if (!key) return Fail(Reason::kCorruption, "a row of the object index is damaged");
      if (kept.contains({note.bucket, *key})) continue;
      // It may have gone already, by a Delete or an overlapping prefix.
      OWLET_TRY(const auto value, transaction.Get(Column::kObjects, rows.key()));
      if (!value) continue;
      OWLET_TRY(const auto object, ParseRecord<records::Object>(*value, *key));
      OWLET_CHECK_OK(Remove(transaction, bucket, *key, object));
    }
    return rows.status();
  }

  Status Store(kv::Transaction& transaction, const PutNote& put, std::uint64_t generation) {
    OWLET_TRY(const std::uint64_t bucket, BucketId(transaction, put.bucket));
    OWLET_TRY(const auto present,
              ObjectStore::Impl::FindObject(ObjectStore::Impl::Within(transaction), bucket,
                                            put.key.text()));
    OWLET_CHECK_OK(CheckWriteConditions(put.conditions, present, put.key.text()));
    const StagedBody::State& body = *put.body.state_;
    records::Object record;
    record.set_size(body.size);
    record.set_modified_us(ToMicros(store.clock.Now()));
    record.set_etag(body.etag.empty() ? EncodeHex(body.md5) : body.etag);
    if (body.checksum) ToRecord(*body.checksum, *record.mutable_checksum());
    ToRecord(put.attributes, *record.mutable_attributes());
    record.set_generation(generation);
    for (const records::Part& part : body.parts) *record.add_parts() = part;
    // First the new references: a copy of the object onto itself must not lose its extents.
    OWLET_CHECK_OK(ObjectStore::Impl::Reference(transaction, body, record));
    if (present) {
      OWLET_CHECK_OK(ObjectStore::Impl::Release(transaction, *present, unreferenced));
    }
    transaction.Put(Column::kObjects, ObjectRowKey(bucket, put.key.text()),
                    record.SerializeAsString());
    published.push_back(FromRecord(put.key.text(), record));
    return {};
  }

  ObjectStore::Impl& store;
  access::Principal who;
  Mutex mutex;  // for the notes, while they are taken
  std::vector<PutNote> puts;
  std::vector<DeleteNote> deletes;
  std::vector<PrefixNote> prefixes;
  std::vector<Step> checks;
  std::vector<Step> edits;

  // Of Commit.
  bool committed = false;
  bool handed_over = false;
  std::vector<StagedBody::State*> bodies;
  std::vector<std::uint64_t> generations;
  std::map<BucketName, std::uint64_t> buckets;
  std::vector<std::uint64_t> unreferenced;
  std::vector<ObjectInfo> published;
};

Publication::Publication(std::unique_ptr<State> state) : state_(std::move(state)) {}
Publication::Publication(Publication&&) noexcept = default;
Publication& Publication::operator=(Publication&&) noexcept = default;
Publication::~Publication() = default;

void Publication::Put(const BucketName& bucket, const ObjectKey& key, StagedBody body,
                      ObjectAttributes attributes, WriteConditions conditions) {
  MutexLock lock(state_->mutex);
  state_->puts.push_back(
      {bucket, key, std::move(body), std::move(attributes), std::move(conditions)});
}

void Publication::Delete(const BucketName& bucket, const ObjectKey& key,
                         WriteConditions conditions) {
  MutexLock lock(state_->mutex);
  state_->deletes.push_back({bucket, key, std::move(conditions)});
}

void Publication::DeletePrefix(const BucketName& bucket, std::string prefix) {
  MutexLock lock(state_->mutex);
  state_->prefixes.push_back({bucket, std::move(prefix)});
}

void Publication::Edit(std::function<Status(kv::Transaction&)> edit) {
  MutexLock lock(state_->mutex);
  state_->edits.push_back(std::move(edit));
}

void Publication::Require(std::function<Status(kv::Transaction&)> check) {
  MutexLock lock(state_->mutex);
  state_->checks.push_back(std::move(check));
}

Result<std::vector<ObjectInfo>> Publication::Commit() {
  State& state = *state_;
  OWLET_CHECK(!std::exchange(state.committed, true));
  Status status = state.Prepare();
  if (status) {
    status = state.store.kv.Update(
        [&](kv::Transaction& transaction) { return state.Write(transaction); },
        state.puts.empty() ? kv::Reserve::kUse : kv::Reserve::kKeep);
  }
  if (!status) {
    // When the rows were handed to the disk, whether they are there is in doubt: then the files
    // stay, and the next start's sweep decides.
    if (!state.handed_over) state.store.Unname(state.bodies);
    return std::unexpected(std::move(status).error());
  }
  state.store.extents->Collect(state.unreferenced);
  return std::move(state.published);
}

Publication ObjectStore::Begin(const access::Principal& who) {
  return Publication(std::make_unique<Publication::State>(*impl_, who));
}

Status ObjectStore::CheckPut(const access::Principal& who, const BucketName& bucket,
                             const ObjectKey& key) const {
  OWLET_TRY(const auto entered, impl_->Enter(who, bucket, key.text(), "s3:PutObject"));
  return {};
}

Result<ObjectInfo> ObjectStore::Put(const access::Principal& who, const BucketName& bucket,
                                    const ObjectKey& key, StagedBody body,
                                    ObjectAttributes attributes, WriteConditions conditions) {
  Publication publication = Begin(who);
  publication.Put(bucket, key, std::move(body), std::move(attributes), std::move(conditions));
  OWLET_TRY(auto published, publication.Commit());
  return std::move(published.front());
}

Result<ObjectInfo> ObjectStore::PutBytes(const access::Principal& who, const BucketName& bucket,
                                         const ObjectKey& key, std::string_view bytes,
                                         ObjectAttributes attributes) {
  OWLET_TRY(BodyWriter writer, NewBody());
  OWLET_CHECK_OK(writer.Append(std::as_bytes(std::span(bytes))));
  OWLET_TRY(StagedBody body, writer.Finish());
  return Put(who, bucket, key, std::move(body), std::move(attributes));
}

Status ObjectStore::Delete(const access::Principal& who, const BucketName& bucket,
                           const ObjectKey& key, WriteConditions conditions) {
  Publication publication = Begin(who);
  publication.Delete(bucket, key, std::move(conditions));
  OWLET_TRY(const auto published, publication.Commit());
  return {};
}

}  // namespace owlet::store
