#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "core/store/keys.h"
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

}  // namespace

Result<ListPage> ObjectStore::List(const access::Principal& who, const BucketName& bucket,
                                   const ListRequest& request) const {
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
      page.truncated = true;
      break;
    }
    if (auto rolled = CommonPrefix(*key, request.prefix, request.delimiter)) {
      // The next key that is not below it: one seek, however many there are.
      rows.Seek(kv::PrefixEnd(ObjectRowPrefix(id, *rolled)));
      page.next = *rolled;
      page.common_prefixes.push_back(*std::move(rolled));
      continue;
    }
    OWLET_TRY(const auto record, ParseRecord<records::Object>(rows.value(), *key));
    page.next = *key;
    page.objects.push_back(FromRecord(*std::move(key), record));
    rows.Next();
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
