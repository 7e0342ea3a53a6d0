#include <algorithm>
#include <functional>
#include <utility>

#include "base/log.h"
#include "core/store/keys.h"
#include "core/store/lifecycle.h"
#include "core/store/store_impl.h"

// What a lifecycle's rules do to the objects of one bucket.

namespace owlet::store {
namespace {

using kv::Column;

/// Changes of one key that are due, noted while reading and made in one write with others.
struct DueChange {
  std::string key;
  std::uint64_t current = 0;  // the version that was the latest when this was noted
  bool expire_current = false;
  std::string move_to;  // a storage class
  std::vector<std::uint64_t> remove;
};

bool IsDue(Timestamp since, int days, std::chrono::seconds day, Timestamp now) {
  const auto age = (since + days * day).time_since_epoch();
  return Timestamp((age / day + 1) * day) <= now;
}

/// What is due for one key.
DueChange Judge(const std::vector<LifecycleRule>& rules, std::string key,
                const records::Bucket& bucket, const std::vector<FoundVersion>& versions,
                std::chrono::seconds day, Timestamp now) {
  DueChange due{.key = std::move(key), .current = versions.front().version};
  const ObjectInfo current = InfoOf(due.key, bucket, versions.front());
  if (current.delete_marker) {
    // A marker with nothing under it marks nothing.
    for (const LifecycleRule& rule : rules) {
      if (versions.size() > 1 || !current.key.starts_with(rule.prefix)) continue;
      const bool old = rule.expire_days && IsDue(current.modified, *rule.expire_days, day, now);
      const bool dated = rule.expire_date && *rule.expire_date <= now;
      if (!rule.remove_lone_markers && !old && !dated) continue;
      due.remove.push_back(due.current);
      break;
    }
  } else {
    const auto expiry = ExpiryOf(rules, current, day);
    due.expire_current = expiry && expiry->when <= now;
    for (const LifecycleRule& rule : rules) {
      if (rule.transition_class.empty() || !rule.Covers(current)) continue;
      const bool moves =
          (rule.transition_days && IsDue(current.modified, *rule.transition_days, day, now)) ||
          (rule.transition_date && *rule.transition_date <= now);
      if (moves && current.attributes.storage_class != rule.transition_class) {
        due.move_to = rule.transition_class;
      }
    }
  }
  for (std::size_t i = 1; i < versions.size(); ++i) {
    const ObjectInfo info = InfoOf(due.key, bucket, versions[i]);
    const Timestamp replaced = FromMicros(versions[i - 1].record.modified_us());
    const bool goes = std::ranges::any_of(rules, [&](const LifecycleRule& rule) {
      return rule.noncurrent_days && rule.Covers(info) &&
             i > static_cast<std::size_t>(rule.keep_noncurrent) &&
             IsDue(replaced, *rule.noncurrent_days, day, now);
    });
    if (goes) due.remove.push_back(versions[i].version);
  }
  return due;
}

/// Makes the noted changes, where the key's latest version is still the one that was seen.
Status Apply(kv::Transaction& transaction, const records::Bucket& bucket,
             const std::vector<DueChange>& changes, Timestamp now,
             std::vector<std::uint64_t>& unreferenced) {
  VersionEdit edit(transaction, bucket, now, unreferenced);
  for (const DueChange& change : changes) {
    OWLET_TRY(auto latest, edit.Latest(change.key));
    if (!latest || latest->version != change.current) continue;
    for (const std::uint64_t version : change.remove) {
      // What is locked stays, whatever a rule says.
      const auto removed = edit.DeleteVersion(change.key, version, /*bypass_governance=*/false);
      if (!removed && removed.error().reason != Reason::kAccessDenied) {
        return Fail(Error(removed.error()));
      }
    }
    if (change.expire_current) {
      OWLET_CHECK_OK(edit.Delete(change.key, latest->record.generation() + 1, latest));
    } else if (!change.move_to.empty()) {
      latest->record.mutable_attributes()->set_storage_class(change.move_to);
      transaction.Put(Column::kObjects, ObjectRowKey(bucket.id(), change.key, latest->version),
                      latest->record.SerializeAsString());
    }
  }
  return {};
}

}  // namespace

Status ObjectStore::Impl::SweepObjects(const BucketName& name, const records::Bucket& bucket,
                                       const std::vector<LifecycleRule>& rules,
                                       std::chrono::seconds day, const std::stop_token& stop) {
  constexpr std::size_t kBatch = 200;
  const Timestamp now = clock.Now();
  const std::string lower = ObjectRowPrefix(bucket.id(), {});
  std::vector<DueChange> changes;
  const auto flush = [&]() -> Status {
    if (changes.empty()) return {};
    std::vector<std::uint64_t> unreferenced;
    OWLET_CHECK_OK(kv.Update(
        [&](kv::Transaction& transaction) -> Status {
          OWLET_TRY(const auto present, FindBucket(Within(transaction), name));
          if (present.id() != bucket.id()) return {};
          return Apply(transaction, present, changes, now, unreferenced);
        },
        kv::Reserve::kUse));
    extents->Collect(unreferenced);
    changes.clear();
    return {};
  };
  kv::Scanner rows = kv.Scan(Column::kObjects, lower, kv::PrefixEnd(lower));
  while (rows.Valid() && !stop.stop_requested()) {
    auto key = ObjectKeyOfRow(rows.key());
    if (!key) return Fail(Reason::kCorruption, "a row of the object index is damaged");
    const std::string text = *key;
    OWLET_TRY(const auto versions, TakeVersions(rows, bucket, text));
    if (versions.empty()) continue;
    DueChange due = Judge(rules, *std::move(key), bucket, versions, day, now);
    if (!due.expire_current && due.move_to.empty() && due.remove.empty()) continue;
    changes.push_back(std::move(due));
    if (changes.size() >= kBatch) OWLET_CHECK_OK(flush());
  }
  OWLET_CHECK_OK(rows.status());
  return flush();
}

Status ObjectStore::ApplyLifecycle(std::chrono::seconds day, const std::stop_token& stop) {
  kv::Scanner rows = impl_->kv.Scan(Column::kBuckets, {}, {});
  for (; rows.Valid() && !stop.stop_requested(); rows.Next()) {
    OWLET_TRY(const auto bucket, ParseRecord<records::Bucket>(rows.value(), rows.key()));
    const auto setting =
        bucket.settings().find(static_cast<std::uint32_t>(BucketSetting::kLifecycle));
    if (setting == bucket.settings().end()) continue;
    OWLET_TRY(const auto name, BucketName::Parse(rows.key()));
    OWLET_TRY(const auto rules, ReadLifecycle(setting->second));
    OWLET_CHECK_OK(impl_->SweepObjects(name, bucket, rules, day, stop));
    OWLET_CHECK_OK(AbortOldUploads(name, rules, day));
  }
  return rows.status();
}

Status ObjectStore::AbortOldUploads(const BucketName& bucket,
                                    const std::vector<LifecycleRule>& rules,
                                    std::chrono::seconds day) {
  const Timestamp now = impl_->clock.Now();
  OWLET_TRY(const auto record, Impl::FindBucket(impl_->Committed(), bucket));
  const std::string prefix = UploadRowPrefix(record.id(), {});
  kv::Scanner rows = impl_->kv.Scan(Column::kUploads, prefix, kv::PrefixEnd(prefix));
  for (; rows.Valid(); rows.Next()) {
    const auto row = ParseUploadRow(rows.key());
    if (!row) return Fail(Reason::kCorruption, "a row of the uploads is damaged");
    OWLET_TRY(const auto upload, ParseRecord<records::Upload>(rows.value(), row->key));
    const bool old = std::ranges::any_of(rules, [&](const LifecycleRule& rule) {
      return rule.abort_upload_days && row->key.starts_with(rule.prefix) &&
             IsDue(FromMicros(upload.initiated_us()), *rule.abort_upload_days, day, now);
    });
    if (!old) continue;
    OWLET_TRY(const auto key, ObjectKey::Parse(row->key));
    const Status gone = RemoveUpload(bucket, key, row->upload_id);
    if (!gone && gone.error().reason != Reason::kUploadNotFound) return gone;
  }
  return rows.status();
}

}  // namespace owlet::store
