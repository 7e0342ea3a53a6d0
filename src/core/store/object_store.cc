#include "core/store/object_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/log.h"
#include "core/store/keys.h"
#include "core/store/store_impl.h"

namespace owlet::store {
namespace {

using kv::Column;

std::chrono::sys_seconds Seconds(Timestamp time) {
  return std::chrono::floor<std::chrono::seconds>(time);
}

bool Matches(const std::vector<std::string>& etags, std::string_view etag) {
  return std::ranges::any_of(etags, [&](const std::string& e) { return e == "*" || e == etag; });
}

/// RFC 9110, 13.2.2: the order of evaluation. Times of the wire have seconds.
Status CheckReadConditions(const ReadConditions& conditions, const ObjectInfo& info) {
  const auto failed = [](std::string_view which) {
    Error error{.reason = Reason::kPreconditionFailed,
                .message = "At least one of the pre-conditions you specified did not hold"};
    error.parameters = {{"Condition", std::string(which)}};
    return Fail(std::move(error));
  };
  const auto not_modified = [&] {
    Error error{.reason = Reason::kNotModified, .message = "Not Modified"};
    error.parameters = {{"ETag", '"' + info.etag + '"'},
                        {"Last-Modified", FormatHttpDate(info.modified)}};
    return Fail(std::move(error));
  };
  if (!conditions.if_match.empty()) {
    if (!Matches(conditions.if_match, info.etag)) return failed("If-Match");
  } else if (conditions.if_unmodified_since &&
             Seconds(info.modified) > Seconds(*conditions.if_unmodified_since)) {
    return failed("If-Unmodified-Since");
  }
  if (!conditions.if_none_match.empty()) {
    if (Matches(conditions.if_none_match, info.etag)) {
      return not_modified();
    }
  } else if (conditions.if_modified_since &&
             Seconds(info.modified) <= Seconds(*conditions.if_modified_since)) {
    return not_modified();
  }
  return {};
}

BucketInfo ToInfo(std::string name, const records::Bucket& record) {
  return {.name = std::move(name),
          .region = record.region(),
          .created = FromMicros(record.created_us())};
}

}  // namespace

Error KeyNotFound(std::string_view key) {
  Error error{.reason = Reason::kObjectNotFound,
              .message = fmt::format("The specified key does not exist: {}", key)};
  error.parameters = {{"Key", std::string(key)}};
  return error;
}

std::string BucketArn(const BucketName& bucket, std::string_view key) {
  return key.empty() ? fmt::format("arn:aws:s3:::{}", bucket.text())
                     : fmt::format("arn:aws:s3:::{}/{}", bucket.text(), key);
}

// --- Impl ---

ObjectStore::Impl::Getter ObjectStore::Impl::Committed() const {
  return [this](Column column, std::string_view key) { return kv.Get(column, key); };
}

ObjectStore::Impl::Getter ObjectStore::Impl::Within(kv::Transaction& transaction) {
  return
      [&transaction](Column column, std::string_view key) { return transaction.Get(column, key); };
}

Result<records::Bucket> ObjectStore::Impl::FindBucket(const Getter& get, const BucketName& bucket) {
  OWLET_TRY(const auto value, get(Column::kBuckets, bucket.text()));
  if (!value) {
    Error error{.reason = Reason::kBucketNotFound,
                .message = fmt::format("The specified bucket does not exist: {}", bucket.text())};
    error.parameters = {{"BucketName", bucket.text()}};
    return Fail(std::move(error));
  }
  return ParseRecord<records::Bucket>(*value, bucket.text());
}

Result<std::optional<records::Object>> ObjectStore::Impl::FindObject(const Getter& get,
                                                                     std::uint64_t bucket,
                                                                     std::string_view key) {
  OWLET_TRY(const auto value, get(Column::kObjects, ObjectRowKey(bucket, key)));
  if (!value) return std::nullopt;
  OWLET_TRY(records::Object record, ParseRecord<records::Object>(*value, key));
  return record;
}

Result<records::Bucket> ObjectStore::Impl::Enter(const access::Principal& who,
                                                 const BucketName& bucket, std::string_view key,
                                                 std::string_view action,
                                                 const access::AccessContext& context) const {
  const Result<records::Bucket> record = FindBucket(Committed(), bucket);
  // Who works on a cluster may use its file system: no policy speaks of it.
  if (bucket.IsScratch()) return record;
  std::shared_ptr<const access::PolicyDocument> policy;
  if (record) {
    const auto& settings = record->settings();
    const auto setting = settings.find(static_cast<std::uint32_t>(BucketSetting::kPolicy));
    if (setting != settings.end()) {
      OWLET_TRY(policy,
                access::PolicyDocument::Parse(setting->second, access::PolicyUse::kResource));
    }
  }
  OWLET_CHECK_OK(
      authorizer.Decide(who, action, BucketArn(bucket, key), context, {.policy = policy.get()}));
  return record;
}

Status ObjectStore::Impl::Name(std::span<StagedBody::State* const> bodies) {
  std::vector<FreshExtent*> fresh;
  for (StagedBody::State* body : bodies) {
    if (body->fresh) fresh.push_back(&*body->fresh);
  }
  return extents->Name(fresh);
}

void ObjectStore::Impl::Unname(std::span<StagedBody::State* const> bodies) {
  std::vector<FreshExtent*> fresh;
  for (StagedBody::State* body : bodies) {
    if (body->fresh) fresh.push_back(&*body->fresh);
  }
  extents->Unname(fresh);
}

Result<std::shared_ptr<const PinnedExtents>> ObjectStore::Impl::Pin(
    const records::Object& record) const {
  std::vector<PinnedSlice> slices;
  slices.reserve(static_cast<std::size_t>(record.slices_size()));
  for (const records::Slice& slice : record.slices()) {
    OWLET_TRY(auto extent, extents->Pin(slice));
    slices.push_back({.extent = std::move(extent), .offset = slice.offset(), .size = slice.size()});
  }
  return std::make_shared<const PinnedExtents>(std::move(slices));
}

// --- Opening ---

ObjectStore::ObjectStore(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ObjectStore::~ObjectStore() = default;

Result<std::unique_ptr<ObjectStore>> ObjectStore::Open(const Options& options,
                                                       kv::KeyValueStore& kv,
                                                       const access::Authorizer& authorizer,
                                                       const Clock& clock) {
  auto impl = std::make_unique<Impl>(options, kv, authorizer, clock);
  OWLET_TRY(impl->extents, ExtentStore::Open(options.blobs, kv));
  OWLET_TRY(const std::size_t removed, impl->extents->Sweep());
  if (removed > 0) log::info("removed {} files of writes that were never acknowledged", removed);
  return std::make_unique<ObjectStore>(std::move(impl));
}

// --- Buckets ---

Status ObjectStore::CreateBucket(const access::Principal& who, const BucketName& bucket,
                                 std::string region) {
  OWLET_CHECK_OK(impl_->authorizer.Decide(who, "s3:CreateBucket", BucketArn(bucket)));
  OWLET_TRY(const std::uint64_t id, impl_->extents->NextId());
  return impl_->kv.Update([&](kv::Transaction& transaction) -> Status {
    OWLET_TRY(const auto present, transaction.Get(Column::kBuckets, bucket.text()));
    if (present) {
      return Fail(Reason::kBucketAlreadyExists,
                  "Your previous request to create the named bucket succeeded and you already own "
                  "it.");
    }
    records::Bucket record;
    record.set_id(id);
    record.set_created_us(ToMicros(impl_->clock.Now()));
    record.set_region(region.empty() ? impl_->options.region : region);
    transaction.Put(Column::kBuckets, bucket.text(), record.SerializeAsString());
    return {};
  });
}

Status ObjectStore::OpenScratch(const BucketName& bucket) {
  if (!bucket.IsScratch()) return Fail(Reason::kInternal, "no scratch bucket: " + bucket.text());
  const auto present = impl_->FindBucket(impl_->Committed(), bucket);
  if (present || present.error().reason != Reason::kBucketNotFound) {
    return present ? Status{} : Fail(present.error());
  }
  OWLET_TRY(const std::uint64_t id, impl_->extents->NextId());
  return impl_->kv.Update([&](kv::Transaction& transaction) -> Status {
    OWLET_TRY(const auto known, transaction.Get(Column::kBuckets, bucket.text()));
    if (known) return {};
    records::Bucket record;
    record.set_id(id);
    record.set_created_us(ToMicros(impl_->clock.Now()));
    record.set_region(impl_->options.region);
    transaction.Put(Column::kBuckets, bucket.text(), record.SerializeAsString());
    return {};
  });
}

Status ObjectStore::DropScratch(const BucketName& bucket) {
  const auto present = impl_->FindBucket(impl_->Committed(), bucket);
  if (!present || !bucket.IsScratch()) return {};
  const access::Principal root = access::Principal::Root();
  Publication publication = Begin(root);
  publication.DeletePrefix(bucket, "");
  OWLET_TRY([[maybe_unused]] const auto published, publication.Commit());
  return DeleteBucket(root, bucket);
}

Result<BucketInfo> ObjectStore::HeadBucket(const access::Principal& who,
                                           const BucketName& bucket) const {
  OWLET_TRY(const auto record, impl_->Enter(who, bucket, {}, "s3:ListBucket"));
  return ToInfo(bucket.text(), record);
}

Result<std::vector<BucketInfo>> ObjectStore::ListBuckets(const access::Principal& who) const {
  OWLET_CHECK_OK(impl_->authorizer.Decide(who, "s3:ListAllMyBuckets", "arn:aws:s3:::*"));
  std::vector<BucketInfo> buckets;
  kv::Scanner rows = impl_->kv.Scan(Column::kBuckets, {}, {});
  for (; rows.Valid(); rows.Next()) {
    if (rows.key().starts_with(BucketName::kScratchMark)) continue;
    OWLET_TRY(const auto record, ParseRecord<records::Bucket>(rows.value(), rows.key()));
    buckets.push_back(ToInfo(std::string(rows.key()), record));
  }
  OWLET_CHECK_OK(rows.status());
  return buckets;
}

Result<std::optional<std::string>> ObjectStore::GetBucketSetting(const access::Principal& who,
                                                                 const BucketName& bucket,
                                                                 BucketSetting setting,
                                                                 std::string_view action) const {
  OWLET_TRY(const auto record, impl_->Enter(who, bucket, {}, action));
  const auto found = record.settings().find(static_cast<std::uint32_t>(setting));
  if (found == record.settings().end()) return std::nullopt;
  return found->second;
}

Status ObjectStore::SetBucketSetting(const access::Principal& who, const BucketName& bucket,
                                     BucketSetting setting, std::optional<std::string> document,
                                     std::string_view action) {
  OWLET_TRY(const auto entered, impl_->Enter(who, bucket, {}, action));
  return impl_->kv.Update([&](kv::Transaction& transaction) -> Status {
    OWLET_TRY(auto record, Impl::FindBucket(Impl::Within(transaction), bucket));
    auto& settings = *record.mutable_settings();
    if (document) {
      settings[static_cast<std::uint32_t>(setting)] = *document;
    } else {
      settings.erase(static_cast<std::uint32_t>(setting));
    }
    transaction.Put(Column::kBuckets, bucket.text(), record.SerializeAsString());
    return {};
  });
}

// --- Reading ---

Result<ObjectReader> ObjectStore::Open(const access::Principal& who, const BucketName& bucket,
                                       const ObjectKey& key,
                                       const ReadConditions& conditions) const {
  OWLET_TRY(const auto entered, impl_->Enter(who, bucket, key.text(), "s3:GetObject"));
  const auto guard = impl_->extents->Guard();
  OWLET_TRY(const auto record, Impl::FindObject(impl_->Committed(), entered.id(), key.text()));
  if (!record) {
    // Whoever may not list the bucket may not learn what is absent either.
    OWLET_TRY(const auto listed, impl_->Enter(who, bucket, {}, "s3:ListBucket"));
    return Fail(KeyNotFound(key.text()));
  }
  auto info = std::make_shared<const ObjectInfo>(FromRecord(key.text(), *record));
  OWLET_CHECK_OK(CheckReadConditions(conditions, *info));
  OWLET_TRY(auto extents, impl_->Pin(*record));
  return ObjectReader(std::move(info), std::move(extents));
}

Result<ObjectInfo> ObjectStore::Head(const access::Principal& who, const BucketName& bucket,
                                     const ObjectKey& key, const ReadConditions& conditions) const {
  OWLET_TRY(const auto entered, impl_->Enter(who, bucket, key.text(), "s3:GetObject"));
  OWLET_TRY(const auto record, Impl::FindObject(impl_->Committed(), entered.id(), key.text()));
  if (!record) {
    OWLET_TRY(const auto listed, impl_->Enter(who, bucket, {}, "s3:ListBucket"));
    return Fail(KeyNotFound(key.text()));
  }
  ObjectInfo info = FromRecord(key.text(), *record);
  OWLET_CHECK_OK(CheckReadConditions(conditions, info));
  return info;
}

Status ObjectStore::SetTags(const access::Principal& who, const BucketName& bucket,
                            const ObjectKey& key, std::map<std::string, std::string> tags) {
  OWLET_TRY(const auto entered,
            impl_->Enter(who, bucket, key.text(),
                         tags.empty() ? "s3:DeleteObjectTagging" : "s3:PutObjectTagging"));
  return impl_->kv.Update([&](kv::Transaction& transaction) -> Status {
    OWLET_TRY(const auto bucket_record, Impl::FindBucket(Impl::Within(transaction), bucket));
    OWLET_TRY(auto record,
              Impl::FindObject(Impl::Within(transaction), bucket_record.id(), key.text()));
    if (!record) {
      return Fail(KeyNotFound(key.text()));
    }
    auto& kept = *record->mutable_attributes()->mutable_tags();
    kept.clear();
    kept.insert(tags.begin(), tags.end());
    transaction.Put(Column::kObjects, ObjectRowKey(bucket_record.id(), key.text()),
                    record->SerializeAsString());
    return {};
  });
}

}  // namespace owlet::store
