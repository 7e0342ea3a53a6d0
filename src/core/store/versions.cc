#include "core/store/versions.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "core/store/keys.h"
#include "core/store/store_impl.h"

namespace owlet::store {

using kv::Column;

Result<std::optional<std::string>> RowView::Get(Column column, std::string_view key) const {
  return transaction_ != nullptr ? transaction_->Get(column, key) : store_->Get(column, key);
}

kv::Scanner RowView::Scan(Column column, std::string_view lower, std::string_view upper) const {
  return transaction_ != nullptr ? transaction_->Scan(column, lower, upper)
                                 : store_->Scan(column, lower, upper);
}

namespace {

const std::string* VersioningOf(const records::Bucket& bucket) {
  const auto found = bucket.settings().find(static_cast<std::uint32_t>(BucketSetting::kVersioning));
  return found == bucket.settings().end() ? nullptr : &found->second;
}

}  // namespace

bool IsVersioned(const records::Bucket& bucket) { return VersioningOf(bucket) != nullptr; }

bool KeepsVersions(const records::Bucket& bucket) {
  const std::string* state = VersioningOf(bucket);
  return state != nullptr && *state == "Enabled";
}

Result<std::optional<FoundVersion>> FindVersion(const RowView& view, const records::Bucket& bucket,
                                                std::string_view key, std::uint64_t version) {
  OWLET_TRY(const auto value, view.Get(Column::kObjects, ObjectRowKey(bucket.id(), key, version)));
  if (!value) return std::nullopt;
  OWLET_TRY(records::Object record, ParseRecord<records::Object>(*value, key));
  return FoundVersion{.version = version, .record = std::move(record)};
}

Result<std::optional<FoundVersion>> FindLatest(const RowView& view, const records::Bucket& bucket,
                                               std::string_view key) {
  OWLET_TRY(auto null_version, FindVersion(view, bucket, key, kNullVersion));
  if (!IsVersioned(bucket)) return null_version;
  // The null version has the last row, whenever it was written; the others stand newest first.
  const kv::Scanner rows = view.Scan(Column::kObjects, VersionRowsOf(bucket.id(), key),
                                     BehindObjectRows(bucket.id(), key));
  if (!rows.Valid()) {
    OWLET_CHECK_OK(rows.status());
    return null_version;
  }
  const std::uint64_t version = VersionOfRow(rows.key());
  if (version == kNullVersion) return null_version;
  OWLET_TRY(records::Object record, ParseRecord<records::Object>(rows.value(), key));
  if (null_version && null_version->record.generation() > record.generation()) return null_version;
  return FoundVersion{.version = version, .record = std::move(record)};
}

ObjectInfo InfoOf(std::string key, const records::Bucket& bucket, const FoundVersion& found) {
  ObjectInfo info = FromRecord(std::move(key), found.record);
  if (IsVersioned(bucket)) info.version_id = VersionIdText(found.version);
  if (info.owner_account.empty()) info.owner_account = bucket.owner();
  return info;
}

std::optional<records::Object> PresentOf(const std::optional<FoundVersion>& latest) {
  if (!latest || latest->record.delete_marker()) return std::nullopt;
  return latest->record;
}

Result<std::vector<FoundVersion>> TakeVersions(kv::Scanner& rows, const records::Bucket& bucket,
                                               std::string_view key) {
  std::vector<FoundVersion> versions;
  const std::string end = BehindObjectRows(bucket.id(), key);
  for (; rows.Valid() && rows.key() < end; rows.Next()) {
    FoundVersion& version = versions.emplace_back();
    version.version = VersionOfRow(rows.key());
    OWLET_TRY(version.record, ParseRecord<records::Object>(rows.value(), key));
  }
  std::ranges::sort(versions, std::greater<>(),
                    [](const FoundVersion& version) { return version.record.generation(); });
  return versions;
}

Status CheckNotLocked(const records::Object& object, bool bypass_governance, Timestamp now) {
  const records::Attributes& attributes = object.attributes();
  const bool retained = !attributes.lock_mode().empty() &&
                        FromMicros(attributes.retain_until_us()) > now &&
                        !(attributes.lock_mode() == "GOVERNANCE" && bypass_governance);
  if (!attributes.legal_hold() && !retained) return {};
  return Fail(Reason::kAccessDenied, "Access Denied because object protected by object lock.",
              "AccessDenied");
}

Result<std::optional<FoundVersion>> VersionEdit::Latest(std::string_view key) const {
  return FindLatest(RowView(transaction_), bucket_, key);
}

Status VersionEdit::Release(const records::Object& object) {
  return ObjectStore::Impl::Release(transaction_, object, unreferenced_);
}

Result<FoundVersion> VersionEdit::Insert(std::string_view key, records::Object record,
                                         const std::optional<FoundVersion>& latest) {
  std::uint64_t generation = std::max(record.generation(), last_generation_ + 1);
  if (latest) generation = std::max(generation, latest->record.generation() + 1);
  last_generation_ = generation;
  record.set_generation(generation);
  const std::uint64_t version = KeepsVersions(bucket_) ? generation : kNullVersion;
  if (version == kNullVersion) {
    OWLET_TRY(const auto before, FindVersion(RowView(transaction_), bucket_, key, kNullVersion));
    if (before) OWLET_CHECK_OK(Release(before->record));
  }
  transaction_.Put(Column::kObjects, ObjectRowKey(bucket_.id(), key, version),
                   record.SerializeAsString());
  return FoundVersion{.version = version, .record = std::move(record)};
}

Result<DeleteOutcome> VersionEdit::Delete(std::string_view key, std::uint64_t generation,
                                          const std::optional<FoundVersion>& latest) {
  if (!IsVersioned(bucket_)) {
    if (!latest) return DeleteOutcome();
    OWLET_CHECK_OK(Release(latest->record));
    transaction_.Delete(Column::kObjects, ObjectRowKey(bucket_.id(), key));
    return DeleteOutcome();
  }
  records::Object marker;
  marker.set_delete_marker(true);
  marker.set_modified_us(ToMicros(now_));
  marker.set_generation(generation);
  OWLET_TRY(const FoundVersion made, Insert(key, std::move(marker), latest));
  return DeleteOutcome{.version_id = VersionIdText(made.version), .delete_marker = true};
}

Result<DeleteOutcome> VersionEdit::DeleteVersion(std::string_view key, std::uint64_t version,
                                                 bool bypass_governance) {
  DeleteOutcome outcome;
  if (IsVersioned(bucket_)) outcome.version_id = VersionIdText(version);
  OWLET_TRY(const auto found, FindVersion(RowView(transaction_), bucket_, key, version));
  if (!found) return outcome;
  OWLET_CHECK_OK(CheckNotLocked(found->record, bypass_governance, now_));
  outcome.delete_marker = found->record.delete_marker();
  OWLET_CHECK_OK(Release(found->record));
  transaction_.Delete(Column::kObjects, ObjectRowKey(bucket_.id(), key, version));
  return outcome;
}

}  // namespace owlet::store
