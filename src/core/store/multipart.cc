#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/digest.h"
#include "base/encoding.h"
#include "core/store/keys.h"
#include "core/store/object_store.h"
#include "core/store/store_impl.h"

namespace owlet::store {
namespace {

using kv::Column;

constexpr std::uint64_t kMinPartSize = 5ULL << 20;
constexpr std::uint32_t kMaxPartNumber = 10000;

Error NoSuchUpload(std::string_view upload_id) {
  return {
      .reason = Reason::kUploadNotFound,
      .message = fmt::format("The specified upload does not exist. The upload ID may be invalid, "
                             "or the upload may have been aborted or completed: {}",
                             upload_id)};
}

/// Ids sort by their time: uploads of one key are listed in the order of their start.
std::string NewUploadId(Timestamp now) {
  std::string bytes;
  kv::AppendBigEndian(bytes, static_cast<std::uint64_t>(now.time_since_epoch().count()));
  return EncodeHex(bytes + RandomBytes(8));
}

/// All parts of an upload, in the order of their numbers.
Result<std::vector<records::Part>> PartsOf(kv::Transaction& transaction,
                                           std::string_view upload_id) {
  std::vector<records::Part> parts;
  const std::string prefix = PartRowPrefix(upload_id);
  kv::Scanner rows = transaction.Scan(Column::kUploads, prefix, kv::PrefixEnd(prefix));
  for (; rows.Valid(); rows.Next()) {
    OWLET_TRY(auto part, ParseRecord<records::Part>(rows.value(), "a part"));
    parts.push_back(std::move(part));
  }
  OWLET_CHECK_OK(rows.status());
  return parts;
}

void DeleteUploadRows(kv::Transaction& transaction, std::uint64_t bucket, std::string_view key,
                      std::string_view upload_id) {
  const std::string prefix = PartRowPrefix(upload_id);
  transaction.DeleteRange(Column::kUploads, prefix, kv::PrefixEnd(prefix));
  transaction.Delete(Column::kUploads, UploadRowKey(bucket, key, upload_id));
}

bool SameChecksum(const records::Checksum& kept, const std::optional<Checksum>& given) {
  if (!given) return true;
  return kept.algorithm() == static_cast<std::uint32_t>(given->algorithm) &&
         kept.value() == given->value;
}

/// The parts that the object is made of, in order.
Result<std::vector<const records::Part*>> ChooseParts(const std::vector<records::Part>& uploaded,
                                                      const std::vector<CompletedPart>& named) {
  std::vector<const records::Part*> chosen;
  chosen.reserve(named.size());
  std::uint32_t before = 0;
  for (const CompletedPart& part : named) {
    if (part.number <= before) {
      return Fail(Reason::kPartOrder,
                  "The list of parts was not in ascending order. Parts must be ordered by part "
                  "number.");
    }
    before = part.number;
    const auto found = std::ranges::lower_bound(uploaded, part.number, {}, &records::Part::number);
    if (found == uploaded.end() || found->number() != part.number ||
        EncodeHex(found->md5()) != part.etag || !SameChecksum(found->checksum(), part.checksum)) {
      Error error{.reason = Reason::kPartNotFound,
                  .message =
                      "One or more of the specified parts could not be found. The part may "
                      "not have been uploaded, or the specified entity tag may not match "
                      "the part's entity tag."};
      error.parameters = {{"PartNumber", std::to_string(part.number)}, {"ETag", part.etag}};
      return Fail(std::move(error));
    }
    chosen.push_back(&*found);
  }
  for (std::size_t i = 0; i + 1 < chosen.size(); ++i) {
    if (chosen[i]->size() >= kMinPartSize) continue;
    Error error{.reason = Reason::kPartTooSmall,
                .message = "Your proposed upload is smaller than the minimum allowed size"};
    error.parameters = {{"ETag", EncodeHex(chosen[i]->md5())},
                        {"MinSizeAllowed", std::to_string(kMinPartSize)},
                        {"ProposedSize", std::to_string(chosen[i]->size())},
                        {"PartNumber", std::to_string(chosen[i]->number())}};
    return Fail(std::move(error));
  }
  return chosen;
}

Checksum ChecksumOf(const records::Upload& upload, const std::vector<const records::Part*>& parts) {
  std::vector<std::pair<std::string, std::uint64_t>> values;
  values.reserve(parts.size());
  for (const records::Part* part : parts) {
    values.emplace_back(part->checksum().value(), part->size());
  }
  const auto algorithm = upload.checksum_algorithm() == 0
                             ? ChecksumAlgorithm::kCrc64Nvme
                             : static_cast<ChecksumAlgorithm>(upload.checksum_algorithm());
  return CombineParts(algorithm, static_cast<ChecksumType>(upload.checksum_type()), values);
}

/// The object that the parts become, with their slices: their references go over to it.
Result<records::Object> Assemble(const records::Upload& upload,
                                 const std::vector<const records::Part*>& parts,
                                 const CompleteOptions& options) {
  records::Object object;
  *object.mutable_attributes() = upload.attributes();
  Digest md5s(DigestKind::kMd5);
  std::uint64_t size = 0;
  for (const records::Part* part : parts) {
    md5s.Append(part->md5());
    size += part->size();
    records::Part* kept = object.add_parts();
    *kept = *part;
    kept->clear_slices();
    object.mutable_slices()->MergeFrom(part->slices());
  }
  object.set_size(size);
  object.set_etag(fmt::format("{}-{}", EncodeHex(md5s.Finish()), parts.size()));
  const Checksum checksum = ChecksumOf(upload, parts);
  ToRecord(checksum, *object.mutable_checksum());
  if (options.size && *options.size != size) {
    return Fail(
        Reason::kInvalidArgument,
        fmt::format("The provided object size {} does not match the total size of the parts "
                    "{}",
                    *options.size, size));
  }
  if (options.checksum && (options.checksum->algorithm != checksum.algorithm ||
                           options.checksum->value != checksum.value)) {
    return Fail(Reason::kChecksumMismatch,
                fmt::format("The {} you specified did not match the calculated checksum.",
                            ChecksumName(options.checksum->algorithm)));
  }
  return object;
}

}  // namespace

Result<records::Upload> ObjectStore::Impl::FindUpload(const Getter& get, std::uint64_t bucket,
                                                      std::string_view key,
                                                      std::string_view upload_id) {
  if (upload_id.size() != kUploadIdSize) return Fail(NoSuchUpload(upload_id));
  OWLET_TRY(const auto value, get(Column::kUploads, UploadRowKey(bucket, key, upload_id)));
  if (!value) return Fail(NoSuchUpload(upload_id));
  return ParseRecord<records::Upload>(*value, "an upload");
}

Result<UploadInfo> ObjectStore::CreateUpload(const access::Principal& who, const BucketName& bucket,
                                             const ObjectKey& key, UploadOptions options) {
  OWLET_TRY(const auto entered,
            impl_->Enter(who, bucket, key.text(), "s3:PutObject", options.context));
  const auto algorithm = options.checksum_algorithm.value_or(ChecksumAlgorithm::kCrc64Nvme);
  const bool is_digest = !CanCombine(algorithm);
  const ChecksumType type = options.checksum_type.value_or(
      algorithm == ChecksumAlgorithm::kCrc64Nvme ? ChecksumType::kFullObject
                                                 : ChecksumType::kComposite);
  if ((type == ChecksumType::kFullObject && is_digest) ||
      (type == ChecksumType::kComposite && algorithm == ChecksumAlgorithm::kCrc64Nvme)) {
    return Fail(Reason::kInvalidArgument,
                fmt::format("The {} checksum type cannot be used with the {} checksum algorithm.",
                            type == ChecksumType::kFullObject ? "FULL_OBJECT" : "COMPOSITE",
                            ChecksumName(algorithm)));
  }
  records::Upload record;
  const Timestamp now = impl_->clock.Now();
  record.set_initiated_us(ToMicros(now));
  ToRecord(options.attributes, *record.mutable_attributes());
  if (options.checksum_algorithm) {
    record.set_checksum_algorithm(static_cast<std::uint32_t>(*options.checksum_algorithm));
  }
  record.set_checksum_type(static_cast<std::uint32_t>(type));
  record.set_owner(impl_->OwnerOfNew(who, entered, record.attributes()));
  record.set_initiator(who.arn);
  const std::string upload_id = NewUploadId(now);
  const auto write = [&](kv::Transaction& transaction) -> Status {
    OWLET_TRY(const auto present, Impl::FindBucket(Impl::Within(transaction), bucket));
    transaction.Put(Column::kUploads, UploadRowKey(present.id(), key.text(), upload_id),
                    record.SerializeAsString());
    return {};
  };
  OWLET_CHECK_OK(impl_->kv.Update(write));
  return FromRecord(key.text(), upload_id, record);
}

Result<UploadInfo> ObjectStore::FindUpload(const access::Principal& who, const BucketName& bucket,
                                           const ObjectKey& key, std::string_view upload_id) const {
  OWLET_TRY(const auto entered, impl_->Enter(who, bucket, key.text(), "s3:PutObject"));
  OWLET_TRY(const auto record,
            Impl::FindUpload(impl_->Committed(), entered.id(), key.text(), upload_id));
  return FromRecord(key.text(), std::string(upload_id), record);
}

Result<PartInfo> ObjectStore::PutPart(const access::Principal& who, const BucketName& bucket,
                                      const ObjectKey& key, std::string_view upload_id,
                                      std::uint32_t number, StagedBody body) {
  if (number < 1 || number > kMaxPartNumber) {
    return Fail(Reason::kInvalidArgument,
                "Part number must be an integer between 1 and 10000, inclusive");
  }
  OWLET_TRY(const auto entered, impl_->Enter(who, bucket, key.text(), "s3:PutObject"));
  StagedBody::State* const bodies[] = {body.state_.get()};
  records::Part record;
  record.set_number(number);
  record.set_size(body.size());
  record.set_md5(body.md5());
  record.set_modified_us(ToMicros(impl_->clock.Now()));
  if (body.checksum()) ToRecord(*body.checksum(), *record.mutable_checksum());
  std::vector<std::uint64_t> unreferenced;
  bool handed_over = false;
  Status status = impl_->Name(bodies);
  if (status) {
    status = impl_->kv.Update([&](kv::Transaction& transaction) -> Status {
      OWLET_TRY(const auto present, Impl::FindBucket(Impl::Within(transaction), bucket));
      OWLET_TRY(const auto upload,
                Impl::FindUpload(Impl::Within(transaction), present.id(), key.text(), upload_id));
      OWLET_CHECK_OK(Impl::Reference(transaction, *bodies[0], record));
      const std::string row = PartRowKey(upload_id, number);
      OWLET_TRY(const auto before, transaction.Get(Column::kUploads, row));
      if (before) {
        OWLET_TRY(const auto old, ParseRecord<records::Part>(*before, "a part"));
        OWLET_CHECK_OK(Impl::Release(transaction, old, unreferenced));
      }
      transaction.Put(Column::kUploads, row, record.SerializeAsString());
      handed_over = true;
      return {};
    });
  }
  if (!status) {
    if (!handed_over) impl_->Unname(bodies);
    return std::unexpected(std::move(status).error());
  }
  impl_->extents->Collect(unreferenced);
  return FromRecord(record);
}

Result<ObjectInfo> ObjectStore::CompleteUpload(const access::Principal& who,
                                               const BucketName& bucket, const ObjectKey& key,
                                               std::string_view upload_id,
                                               const std::vector<CompletedPart>& parts,
                                               const CompleteOptions& options) {
  OWLET_TRY(const auto entered, impl_->Enter(who, bucket, key.text(), "s3:PutObject"));
  if (parts.empty()) {
    return Fail(Reason::kMalformedRequest, "You must specify at least one part");
  }
  OWLET_TRY(const std::uint64_t generation, impl_->extents->NextId());
  std::vector<std::uint64_t> unreferenced;
  ObjectInfo info;
  const Timestamp now = impl_->clock.Now();
  const auto write = [&](kv::Transaction& transaction) -> Status {
    const Impl::Getter get = Impl::Within(transaction);
    OWLET_TRY(const auto present, Impl::FindBucket(get, bucket));
    VersionEdit edit(transaction, present, now, unreferenced);
    OWLET_TRY(const auto before, edit.Latest(key.text()));
    const auto upload = Impl::FindUpload(get, present.id(), key.text(), upload_id);
    if (!upload) {
      // The reply to a first, successful call may have been lost.
      if (!before || before->record.upload_id() != upload_id || upload_id.empty()) {
        return Fail(Error(upload.error()));
      }
      info = InfoOf(key.text(), present, *before);
      return {};
    }
    OWLET_CHECK_OK(CheckWriteConditions(options.conditions, PresentOf(before), key.text()));
    OWLET_TRY(const auto uploaded, PartsOf(transaction, upload_id));
    OWLET_TRY(const auto chosen, ChooseParts(uploaded, parts));
    OWLET_TRY(records::Object object, Assemble(*upload, chosen, options));
    object.set_modified_us(ToMicros(now));
    object.set_generation(generation);
    OWLET_CHECK_OK(impl_->AdoptNew(present, upload->owner(), now, object));
    object.set_upload_id(std::string(upload_id));
    for (const records::Part& part : uploaded) {
      if (std::ranges::binary_search(chosen, &part)) continue;  // both are in one order
      OWLET_CHECK_OK(Impl::Release(transaction, part, unreferenced));
    }
    DeleteUploadRows(transaction, present.id(), key.text(), upload_id);
    OWLET_TRY(const FoundVersion made, edit.Insert(key.text(), std::move(object), before));
    info = InfoOf(key.text(), present, made);
    return {};
  };
  OWLET_CHECK_OK(impl_->kv.Update(write));
  impl_->extents->Collect(unreferenced);
  return info;
}

Status ObjectStore::AbortUpload(const access::Principal& who, const BucketName& bucket,
                                const ObjectKey& key, std::string_view upload_id) {
  OWLET_CHECK_OK(impl_->Enter(who, bucket, key.text(), "s3:AbortMultipartUpload"));
  return RemoveUpload(bucket, key, upload_id);
}

Status ObjectStore::RemoveUpload(const BucketName& bucket, const ObjectKey& key,
                                 std::string_view upload_id) {
  std::vector<std::uint64_t> unreferenced;
  const auto write = [&](kv::Transaction& transaction) -> Status {
    const Impl::Getter get = Impl::Within(transaction);
    OWLET_TRY(const auto present, Impl::FindBucket(get, bucket));
    OWLET_TRY(const auto upload, Impl::FindUpload(get, present.id(), key.text(), upload_id));
    OWLET_TRY(const auto parts, PartsOf(transaction, upload_id));
    for (const records::Part& part : parts) {
      OWLET_CHECK_OK(Impl::Release(transaction, part, unreferenced));
    }
    DeleteUploadRows(transaction, present.id(), key.text(), upload_id);
    return {};
  };
  OWLET_CHECK_OK(impl_->kv.Update(write, kv::Reserve::kUse));
  impl_->extents->Collect(unreferenced);
  return {};
}

Status ObjectStore::DeleteBucket(const access::Principal& who, const BucketName& bucket) {
  OWLET_TRY(const auto entered, impl_->Enter(who, bucket, {}, "s3:DeleteBucket"));
  std::vector<std::uint64_t> unreferenced;
  const auto write = [&](kv::Transaction& transaction) -> Status {
    OWLET_TRY(const auto record, Impl::FindBucket(Impl::Within(transaction), bucket));
    const std::string objects = ObjectRowPrefix(record.id(), {});
    if (transaction.Scan(Column::kObjects, objects, kv::PrefixEnd(objects)).Valid()) {
      return Fail(Reason::kBucketNotEmpty, "The bucket you tried to delete is not empty");
    }
    const std::string prefix = UploadRowPrefix(record.id(), {});
    kv::Scanner uploads = transaction.Scan(Column::kUploads, prefix, kv::PrefixEnd(prefix));
    for (; uploads.Valid(); uploads.Next()) {
      const std::optional<UploadRow> upload = ParseUploadRow(uploads.key());
      if (!upload) return Fail(Reason::kCorruption, "a row of the uploads is damaged");
      OWLET_TRY(const auto parts, PartsOf(transaction, upload->upload_id));
      for (const records::Part& part : parts) {
        OWLET_CHECK_OK(Impl::Release(transaction, part, unreferenced));
      }
      DeleteUploadRows(transaction, record.id(), upload->key, upload->upload_id);
    }
    OWLET_CHECK_OK(uploads.status());
    transaction.Delete(Column::kBuckets, bucket.text());
    return {};
  };
  OWLET_CHECK_OK(impl_->kv.Update(write, kv::Reserve::kUse));
  impl_->extents->Collect(unreferenced);
  return {};
}

Result<PartsPage> ObjectStore::ListParts(const access::Principal& who, const BucketName& bucket,
                                         const ObjectKey& key, std::string_view upload_id,
                                         std::uint32_t after, std::size_t limit) const {
  OWLET_TRY(const auto entered,
            impl_->Enter(who, bucket, key.text(), "s3:ListMultipartUploadParts"));
  OWLET_TRY(const auto upload,
            Impl::FindUpload(impl_->Committed(), entered.id(), key.text(), upload_id));
  PartsPage page;
  page.upload = FromRecord(key.text(), std::string(upload_id), upload);
  const std::string end = kv::PrefixEnd(PartRowPrefix(upload_id));
  kv::Scanner rows = impl_->kv.Scan(Column::kUploads, PartRowKey(upload_id, after + 1), end);
  for (; rows.Valid(); rows.Next()) {
    if (page.parts.size() == limit) {
      page.truncated = true;
      break;
    }
    OWLET_TRY(const auto part, ParseRecord<records::Part>(rows.value(), "a part"));
    page.parts.push_back(FromRecord(part));
    page.next_part_number = part.number();
  }
  OWLET_CHECK_OK(rows.status());
  return page;
}

}  // namespace owlet::store
