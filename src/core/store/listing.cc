#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "core/store/keys.h"
#include "core/store/local_disk.h"
#include "core/store/object_store.h"
#include "core/store/store_impl.h"

namespace owlet::store {
namespace {

using kv::Column;

/// The common prefix that `key` is rolled up into, if it is.
std::optional<std::string> CommonPrefix(std::string_view key, std::string_view prefix,
                                        std::string_view delimiter) {
  if (delimiter.empty()) return std::nullopt;
  const std::size_t at = key.find(delimiter, prefix.size());
  if (at == std::string_view::npos) return std::nullopt;
  return std::string(key.substr(0, at + delimiter.size()));
}

/// Of the rows of `key`, on whose first one `rows` stands, the latest version, unless that is a
/// delete marker; `rows` goes to the next key.
Result<std::optional<FoundVersion>> TakeLatest(kv::Scanner& rows, const records::Bucket& bucket,
                                               std::string_view key) {
  FoundVersion latest{.version = VersionOfRow(rows.key())};
  OWLET_TRY(latest.record, ParseRecord<records::Object>(rows.value(), key));
  if (!IsVersioned(bucket)) {
    rows.Next();
    return latest;
  }
  if (latest.version != kNullVersion) {
    // The null version, which may be newer, has the key's last row.
    const std::string null_row = ObjectRowKey(bucket.id(), key, kNullVersion);
    rows.Seek(null_row);
    if (rows.Valid() && rows.key() == null_row) {
      OWLET_TRY(records::Object record, ParseRecord<records::Object>(rows.value(), key));
      if (record.generation() > latest.record.generation()) {
        latest = {.version = kNullVersion, .record = std::move(record)};
      }
      rows.Next();
    }
  } else {
    rows.Next();
  }
  if (latest.record.delete_marker()) return std::nullopt;
  return latest;
}

}  // namespace

Result<VersionsPage> ObjectStore::ListVersions(const access::Principal& who,
                                               const BucketName& bucket,
                                               const ListVersionsRequest& request) const {
  access::AccessContext context;
  context.Set("s3:prefix", request.prefix);
  context.Set("s3:delimiter", request.delimiter);
  OWLET_TRY(const auto entered, impl_->Enter(who, bucket, {}, "s3:ListBucketVersions", context));
  VersionsPage page;
  if (request.limit == 0) return page;
  const std::uint64_t id = entered.id();
  const std::string lower = ObjectRowPrefix(id, request.prefix);
  kv::Scanner rows = impl_->kv.Scan(Column::kObjects, lower, kv::PrefixEnd(lower));
  if (!request.key_marker.empty()) {
    const auto rolled = CommonPrefix(request.key_marker, request.prefix, request.delimiter);
    std::string from;
    if (rolled == request.key_marker && request.key_marker.starts_with(request.prefix)) {
      from = kv::PrefixEnd(ObjectRowPrefix(id, request.key_marker));
    } else if (request.version_id_marker.empty()) {
      from = BehindObjectRows(id, request.key_marker);
    } else {
      from = VersionRowsOf(id, request.key_marker);
    }
    if (from > lower) rows.Seek(from);
  }
  std::optional<std::string> resume_behind;
  if (!request.version_id_marker.empty()) resume_behind = request.version_id_marker;
  while (rows.Valid() && !page.truncated) {
    const std::optional<std::string> key = ObjectKeyOfRow(rows.key());
    if (!key) return Fail(Reason::kCorruption, "a row of the object index is damaged");
    const auto full = [&] {
      return page.versions.size() + page.common_prefixes.size() == request.limit;
    };
    if (full()) {
      page.truncated = true;
      break;
    }
    if (auto rolled = CommonPrefix(*key, request.prefix, request.delimiter)) {
      rows.Seek(kv::PrefixEnd(ObjectRowPrefix(id, *rolled)));
      page.next_key = *rolled;
      page.next_version_id.clear();
      page.common_prefixes.push_back(*std::move(rolled));
      continue;
    }
    OWLET_TRY(const auto versions, TakeVersions(rows, entered, *key));
    bool skipping = resume_behind.has_value() && *key == request.key_marker;
    for (std::size_t i = 0; i < versions.size(); ++i) {
      ObjectInfo info = InfoOf(*key, entered, versions[i]);
      info.is_latest = i == 0;
      if (skipping) {
        skipping = VersionIdText(versions[i].version) != *resume_behind;
        continue;
      }
      if (full()) {
        page.truncated = true;
        break;
      }
      page.next_key = *key;
      page.next_version_id = VersionIdText(versions[i].version);
      page.versions.push_back(std::move(info));
    }
  }
  OWLET_CHECK_OK(rows.status());
  if (!page.truncated) {
    page.next_key.clear();
    page.next_version_id.clear();
  }
  return page;
}

Result<ListPage> ObjectStore::List(const access::Principal& who, const BucketName& bucket,
                                   const ListRequest& request) const {
  if (bucket.IsLocalDisk()) {
    OWLET_CHECK_OK(CheckLocalDisk(who));
    return ListLocalFiles(request);
  }
  access::AccessContext context;
  context.Set("s3:prefix", request.prefix);
  context.Set("s3:delimiter", request.delimiter);
  OWLET_TRY(const auto entered, impl_->Enter(who, bucket, {}, "s3:ListBucket", context));
  ListPage page;
  if (request.limit == 0) return page;

  const std::uint64_t id = entered.id();
  const std::string lower = ObjectRowPrefix(id, request.prefix);
  kv::Scanner rows = impl_->kv.Scan(Column::kObjects, lower, kv::PrefixEnd(lower));
  if (request.start_after > request.prefix) {
    // Behind a common prefix means behind all that it stands for.
    const auto rolled = CommonPrefix(request.start_after, request.prefix, request.delimiter);
    rows.Seek(rolled == request.start_after && request.start_after.starts_with(request.prefix)
                  ? kv::PrefixEnd(ObjectRowPrefix(id, request.start_after))
                  : BehindObjectRows(id, request.start_after));
  } else if (request.start_after == request.prefix && !request.prefix.empty()) {
    rows.Seek(BehindObjectRows(id, request.start_after));
  }
  while (rows.Valid()) {
    std::optional<std::string> key = ObjectKeyOfRow(rows.key());
    if (!key) return Fail(Reason::kCorruption, "a row of the object index is damaged");
    if (page.objects.size() + page.common_prefixes.size() == request.limit) {
      // In a bucket of versions what is left may all be deleted.
      if (IsVersioned(entered)) {
        OWLET_TRY(const auto latest, TakeLatest(rows, entered, *key));
        if (!latest) continue;
      }
      page.truncated = true;
      break;
    }
    if (auto rolled = CommonPrefix(*key, request.prefix, request.delimiter)) {
      if (IsVersioned(entered)) {
        OWLET_TRY(const auto latest, TakeLatest(rows, entered, *key));
        if (!latest) continue;
      }
      // The next key that is not below it: one seek, however many there are.
      rows.Seek(kv::PrefixEnd(ObjectRowPrefix(id, *rolled)));
      page.next = *rolled;
      page.common_prefixes.push_back(*std::move(rolled));
      continue;
    }
    OWLET_TRY(const auto latest, TakeLatest(rows, entered, *key));
    if (!latest) continue;
    page.next = *key;
    page.objects.push_back(InfoOf(*std::move(key), entered, *latest));
  }
  OWLET_CHECK_OK(rows.status());
  if (!page.truncated) page.next.clear();
  return page;
}

Result<UploadsPage> ObjectStore::ListUploads(const access::Principal& who, const BucketName& bucket,
                                             const ListUploadsRequest& request) const {
  OWLET_TRY(const auto entered, impl_->Enter(who, bucket, {}, "s3:ListBucketMultipartUploads"));
  UploadsPage page;
  if (request.limit == 0) return page;
  const std::uint64_t id = entered.id();
  const std::string lower = UploadRowPrefix(id, request.prefix);
  kv::Scanner rows = impl_->kv.Scan(Column::kUploads, lower, kv::PrefixEnd(lower));
  if (!request.key_marker.empty()) {
    const auto rolled = CommonPrefix(request.key_marker, request.prefix, request.delimiter);
    std::string from;
    if (rolled == request.key_marker && request.key_marker.starts_with(request.prefix)) {
      from = kv::PrefixEnd(UploadRowPrefix(id, request.key_marker));
    } else if (request.upload_id_marker.empty()) {
      from = BehindUploadRows(id, request.key_marker);
    } else {
      from = UploadRowKey(id, request.key_marker, request.upload_id_marker) + '\0';
    }
    if (from > lower) rows.Seek(from);
  }
  while (rows.Valid()) {
    std::optional<UploadRow> row = ParseUploadRow(rows.key());
    if (!row) return Fail(Reason::kCorruption, "a row of the uploads is damaged");
    if (page.uploads.size() + page.common_prefixes.size() == request.limit) {
      page.truncated = true;
      break;
    }
    if (auto rolled = CommonPrefix(row->key, request.prefix, request.delimiter)) {
      rows.Seek(kv::PrefixEnd(UploadRowPrefix(id, *rolled)));
      page.next_key = *rolled;
      page.next_upload_id.clear();
      page.common_prefixes.push_back(*std::move(rolled));
      continue;
    }
    OWLET_TRY(const auto record, ParseRecord<records::Upload>(rows.value(), row->key));
    page.next_key = row->key;
    page.next_upload_id = row->upload_id;
    page.uploads.push_back(FromRecord(std::move(row->key), std::move(row->upload_id), record));
    rows.Next();
  }
  OWLET_CHECK_OK(rows.status());
  if (!page.truncated) {
    page.next_key.clear();
    page.next_upload_id.clear();
  }
  return page;
}

}  // namespace owlet::store
