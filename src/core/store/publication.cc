#include "core/store/publication.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <utility>

#include "base/check.h"
#include "base/encoding.h"
#include "base/mutex.h"
#include "core/store/keys.h"
#include "core/store/local_disk.h"
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
  access::AccessContext context;
};
struct DeleteNote {
  BucketName bucket;
  ObjectKey key;
  WriteConditions conditions;
  std::optional<std::string> version_id;
  bool bypass_governance = false;
  access::AccessContext context;
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
  const auto failed = [](std::string_view which) {
    Error error{.reason = Reason::kPreconditionFailed,
                .message = "At least one of the pre-conditions you specified did not hold"};
    error.parameters = {{"Condition", std::string(which)}};
    return Fail(std::move(error));
  };
  if (conditions.if_match) {
    if (!present) return Fail(KeyNotFound(key));
    if (*conditions.if_match != "*" && *conditions.if_match != present->etag()) {
      return failed("If-Match");
    }
  }
  if (conditions.if_modified && present &&
      std::chrono::floor<std::chrono::seconds>(FromMicros(present->modified_us())) !=
          std::chrono::floor<std::chrono::seconds>(*conditions.if_modified)) {
    return failed("x-amz-if-match-last-modified-time");
  }
  if (conditions.if_size && present && *conditions.if_size != present->size()) {
    return failed("x-amz-if-match-size");
  }
  return {};
}

struct Publication::State {
  State(ObjectStore::Impl& owner, access::Principal principal)
      : store(owner), who(std::move(principal)) {}

  /// What goes to the local disk goes there alone, and before the edits: no transaction holds it.
  [[nodiscard]] bool IsLocal() const {
    const auto local = [](const auto& note) { return note.bucket.IsLocalDisk(); };
    return std::ranges::any_of(puts, local) || std::ranges::any_of(deletes, local) ||
           std::ranges::any_of(prefixes, local);
  }

  Status WriteLocal() {
    OWLET_CHECK_OK(CheckLocalDisk(who));
    std::vector<LocalPut> files;
    std::vector<std::string> gone;
    std::vector<std::string> below;
    const auto foreign = [](const auto& note) { return !note.bucket.IsLocalDisk(); };
    if (std::ranges::any_of(puts, foreign) || std::ranges::any_of(deletes, foreign) ||
        std::ranges::any_of(prefixes, foreign)) {
      return Fail(Reason::kNotImplemented, "one write to both file:// and a bucket");
    }
    for (const PutNote& put : puts) {
      const StagedBody::State& body = *put.body.state_;
      OWLET_CHECK(body.shared.empty() && body.sealed_key.empty());
      LocalPut file{.key = put.key.text()};  // an empty body has no extent
      if (body.fresh && body.fresh->file.valid()) file.file = &body.fresh->file;
      if (body.fresh) file.bytes = body.fresh->bytes;
      files.push_back(std::move(file));
    }
    for (const DeleteNote& note : deletes) gone.push_back(note.key.text());
    for (const PrefixNote& note : prefixes) below.push_back(note.prefix);
    OWLET_CHECK_OK(PublishLocalFiles(files, below, gone));
    for (const PutNote& put : puts) {
      OWLET_TRY(ObjectInfo info, HeadLocalFile(put.key.text()));
      published.push_back(std::move(info));
    }
    outcomes.resize(deletes.size());
    puts.clear();
    deletes.clear();
    prefixes.clear();
    return {};
  }

  /// Everything that does not need the writers' lock.
  Status Prepare() {
    if (IsLocal()) OWLET_CHECK_OK(WriteLocal());
    for (const PutNote& put : puts) {
      OWLET_TRY(const auto bucket,
                store.Enter(who, put.bucket, put.key.text(), "s3:PutObject", put.context));
      OWLET_CHECK_OK(CheckFurther(bucket, put));
      bodies.push_back(put.body.state_.get());
    }
    for (const DeleteNote& note : deletes) {
      access::AccessContext context = note.context;
      if (note.version_id) context.Set("s3:VersionId", *note.version_id);
      OWLET_TRY(
          const auto bucket,
          store.Enter(who, note.bucket, note.key.text(),
                      note.version_id ? "s3:DeleteObjectVersion" : "s3:DeleteObject", context));
      if (!note.bypass_governance) continue;
      OWLET_CHECK_OK(store.Decide(who, bucket, note.bucket, note.key.text(),
                                  "s3:BypassGovernanceRetention", context, nullptr));
    }
    for (const PrefixNote& note : prefixes) {
      OWLET_TRY(const auto bucket,
                store.Enter(who, note.bucket, note.prefix + "*", "s3:DeleteObject"));
    }
    for (std::size_t i = 0; i < puts.size() + deletes.size(); ++i) {
      OWLET_TRY(const std::uint64_t generation, store.extents->NextId());
      generations.push_back(generation);
    }
    return store.Name(bodies);
  }

  /// What a PUT asks for beside the object itself has actions of its own.
  Status CheckFurther(const records::Bucket& bucket, const PutNote& put) const {
    const auto ask = [&](std::string_view action) {
      return store.Decide(who, bucket, put.bucket, put.key.text(), action, put.context, nullptr);
    };
    if (!put.attributes.tags.empty()) OWLET_CHECK_OK(ask("s3:PutObjectTagging"));
    if (put.attributes.retention) OWLET_CHECK_OK(ask("s3:PutObjectRetention"));
    if (put.attributes.legal_hold) OWLET_CHECK_OK(ask("s3:PutObjectLegalHold"));
    return {};
  }

  Status Write(kv::Transaction& transaction) {
    now = store.clock.Now();
    for (const Step& check : checks) OWLET_CHECK_OK(check(transaction));
    std::set<std::pair<BucketName, std::string>> kept;
    for (const PutNote& put : puts) kept.emplace(put.bucket, put.key.text());
    for (std::size_t i = 0; i < deletes.size(); ++i) {
      const DeleteNote& note = deletes[i];
      OWLET_TRY(auto* const edit, EditOf(transaction, note.bucket));
      if (note.version_id) {
        OWLET_TRY(const std::uint64_t version, VersionOf(*note.version_id));
        OWLET_TRY(auto outcome,
                  edit->DeleteVersion(note.key.text(), version, note.bypass_governance));
        outcomes.push_back(std::move(outcome));
        continue;
      }
      OWLET_TRY(const auto latest, edit->Latest(note.key.text()));
      OWLET_CHECK_OK(CheckWriteConditions(note.conditions, PresentOf(latest), note.key.text()));
      DeleteOutcome outcome;
      if (!kept.contains({note.bucket, note.key.text()})) {
        OWLET_TRY(outcome, edit->Delete(note.key.text(), generations[puts.size() + i], latest));
      }
      outcomes.push_back(std::move(outcome));
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

  Result<VersionEdit*> EditOf(kv::Transaction& transaction, const BucketName& bucket) {
    if (const auto known = buckets.find(bucket); known != buckets.end()) {
      return &known->second->edit;
    }
    OWLET_TRY(records::Bucket record,
              ObjectStore::Impl::FindBucket(ObjectStore::Impl::Within(transaction), bucket));
    auto opened = std::make_unique<OpenBucket>(std::move(record), transaction, now, unreferenced);
    return &buckets.emplace(bucket, std::move(opened)).first->second->edit;
  }

  Status RemovePrefix(kv::Transaction& transaction, const PrefixNote& note,
                      const std::set<std::pair<BucketName, std::string>>& kept) {
    OWLET_TRY(VersionEdit* const edit, EditOf(transaction, note.bucket));
    const std::uint64_t bucket = buckets.at(note.bucket)->record.id();
    const std::string lower = ObjectRowPrefix(bucket, note.prefix);
    kv::Scanner rows = transaction.Scan(Column::kObjects, lower, kv::PrefixEnd(lower));
    while (rows.Valid()) {
      const std::optional<std::string> key = ObjectKeyOfRow(rows.key());
      if (!key) return Fail(Reason::kCorruption, "a row of the object index is damaged");
      rows.Seek(BehindObjectRows(bucket, *key));
      if (kept.contains({note.bucket, *key})) continue;
      // It may have gone already, by a Delete or an overlapping prefix.
      OWLET_TRY(const auto latest, edit->Latest(*key));
      if (!PresentOf(latest)) continue;
      OWLET_TRY(const auto outcome, edit->Delete(*key, latest->record.generation() + 1, latest));
    }
    return rows.status();
  }

  Status Store(kv::Transaction& transaction, const PutNote& put, std::uint64_t generation) {
    OWLET_TRY(VersionEdit* const edit, EditOf(transaction, put.bucket));
    const records::Bucket& bucket = buckets.at(put.bucket)->record;
    OWLET_TRY(const auto latest, edit->Latest(put.key.text()));
    OWLET_CHECK_OK(CheckWriteConditions(put.conditions, PresentOf(latest), put.key.text()));
    const StagedBody::State& body = *put.body.state_;
    records::Object record;
    record.set_size(body.size);
    record.set_modified_us(ToMicros(now));
    record.set_etag(body.etag.empty() ? EncodeHex(body.md5) : body.etag);
    if (body.checksum) ToRecord(*body.checksum, *record.mutable_checksum());
    ToRecord(put.attributes, *record.mutable_attributes());
    record.set_generation(generation);
    for (const records::Part& part : body.parts) *record.add_parts() = part;
    OWLET_CHECK_OK(
        store.AdoptNew(bucket, store.OwnerOfNew(who, bucket, record.attributes()), now, record));
    // First the new references: a copy of the object onto itself must not lose its extents.
    OWLET_CHECK_OK(ObjectStore::Impl::Reference(transaction, body, record));
    OWLET_TRY(const FoundVersion made, edit->Insert(put.key.text(), std::move(record), latest));
    published.push_back(InfoOf(put.key.text(), bucket, made));
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
  Timestamp now;
  struct OpenBucket {
    OpenBucket(records::Bucket given, kv::Transaction& transaction, Timestamp time,
               std::vector<std::uint64_t>& gone)
        : record(std::move(given)), edit(transaction, record, time, gone) {}
    records::Bucket record;
    VersionEdit edit;
  };
  std::map<BucketName, std::unique_ptr<OpenBucket>> buckets;
  std::vector<DeleteOutcome> outcomes;
  std::vector<std::uint64_t> unreferenced;
  std::vector<ObjectInfo> published;
};

Publication::Publication(std::unique_ptr<State> state) : state_(std::move(state)) {}
Publication::Publication(Publication&&) noexcept = default;
Publication& Publication::operator=(Publication&&) noexcept = default;
Publication::~Publication() = default;

void Publication::Put(const BucketName& bucket, const ObjectKey& key, StagedBody body,
                      ObjectAttributes attributes, WriteConditions conditions,
                      access::AccessContext context) {
  MutexLock lock(state_->mutex);
  state_->puts.push_back({bucket, key, std::move(body), std::move(attributes),
                          std::move(conditions), std::move(context)});
}

void Publication::Delete(const BucketName& bucket, const ObjectKey& key, WriteConditions conditions,
                         std::optional<std::string> version_id, bool bypass_governance,
                         access::AccessContext context) {
  MutexLock lock(state_->mutex);
  state_->deletes.push_back({bucket, key, std::move(conditions), std::move(version_id),
                             bypass_governance, std::move(context)});
}

const std::vector<DeleteOutcome>& Publication::deleted() const { return state_->outcomes; }

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

Result<BucketTerms> ObjectStore::CheckPut(const access::Principal& who, const BucketName& bucket,
                                          const ObjectKey& key,
                                          const access::AccessContext& context) const {
  OWLET_TRY(const auto entered, impl_->Enter(who, bucket, key.text(), "s3:PutObject", context));
  return TermsOf(bucket, entered, impl_->options.account_id);
}

Status ObjectStore::CheckAction(const access::Principal& who, const BucketName& bucket,
                                const ObjectKey& key, std::string_view action,
                                const access::AccessContext& context) const {
  OWLET_CHECK_OK(impl_->Enter(who, bucket, key.text(), action, context));
  return {};
}

Result<ObjectInfo> ObjectStore::Put(const access::Principal& who, const BucketName& bucket,
                                    const ObjectKey& key, StagedBody body,
                                    ObjectAttributes attributes, WriteConditions conditions,
                                    access::AccessContext context) {
  Publication publication = Begin(who);
  publication.Put(bucket, key, std::move(body), std::move(attributes), std::move(conditions),
                  std::move(context));
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

Result<DeleteOutcome> ObjectStore::Delete(const access::Principal& who, const BucketName& bucket,
                                          const ObjectKey& key, DeleteOptions options) {
  Publication publication = Begin(who);
  publication.Delete(bucket, key, std::move(options.conditions), std::move(options.version_id),
                     options.bypass_governance, std::move(options.context));
  OWLET_TRY(const auto published, publication.Commit());
  return publication.deleted().front();
}

}  // namespace owlet::store
