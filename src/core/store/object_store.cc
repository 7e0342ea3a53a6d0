#include "core/store/object_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/log.h"
#include "core/store/keys.h"
#include "core/store/local_disk.h"
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
          .created = FromMicros(record.created_us()),
          .owner_account = record.owner()};
}

Error MarkerRefused() {
  return {.reason = Reason::kMethodNotAllowed,
          .message = "The specified method is not allowed against this resource."};
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
    const records::Object& record, std::string_view customer_key) const {
  std::string sealing_key;
  const Encryption encryption = FromRecord(record.attributes().encryption());
  if (encryption.mode != EncryptionMode::kNone) {
    OWLET_TRY(sealing_key, SealingKey(encryption, customer_key));
  }
  std::vector<PinnedSlice> slices;
  slices.reserve(static_cast<std::size_t>(record.slices_size()));
  for (const records::Slice& slice : record.slices()) {
    OWLET_TRY(auto extent, extents->Pin(slice));
    slices.push_back({.extent = std::move(extent), .offset = slice.offset(), .size = slice.size()});
    if (slice.sealed_key().empty()) continue;
    OWLET_TRY(slices.back().key, ExtentKey::Unseal(slice.sealed_key(), sealing_key));
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
  OWLET_CHECK_OK(impl->LoadMasterKey());
  OWLET_TRY(const std::size_t removed, impl->extents->Sweep());
  if (removed > 0) log::info("removed {} files of writes that were never acknowledged", removed);
  return std::make_unique<ObjectStore>(std::move(impl));
}

ObjectOwnership ObjectStore::default_ownership() const { return impl_->options.default_ownership; }

// --- Buckets ---

Status ObjectStore::CreateBucket(const access::Principal& who, const BucketName& bucket,
                                 CreateBucketOptions options) {
  OWLET_CHECK_OK(impl_->authorizer.Decide(who, "s3:CreateBucket", BucketArn(bucket)));
  OWLET_TRY(const std::uint64_t id, impl_->extents->NextId());
  const std::string owner = who.account_id.empty() ? impl_->options.account_id : who.account_id;
  if (!options.canned_acl.empty()) {
    const std::string owner_id = CanonicalId(owner);
    auto list = ExpandCannedAcl(options.canned_acl, owner_id, owner_id);
    if (!list) return Fail(Reason::kInvalidArgument, "Unknown canned ACL");
    options.acl = *std::move(list);
  }
  return impl_->kv.Update([&](kv::Transaction& transaction) -> Status {
    OWLET_TRY(const auto present, transaction.Get(Column::kBuckets, bucket.text()));
    if (present) {
      OWLET_TRY(const auto other, ParseRecord<records::Bucket>(*present, bucket.text()));
      if ((other.owner().empty() ? impl_->options.account_id : other.owner()) != owner) {
        return Fail(Reason::kBucketAlreadyExists,
                    "The requested bucket name is not available. The bucket namespace is shared by "
                    "all users of the system. Please select a different name and try again.",
                    "BucketAlreadyExists");
      }
      return Fail(Reason::kBucketAlreadyExists,
                  "Your previous request to create the named bucket succeeded and you already own "
                  "it.");
    }
    records::Bucket record;
    record.set_id(id);
    record.set_created_us(ToMicros(impl_->clock.Now()));
    record.set_region(options.region.empty() ? impl_->options.region : options.region);
    record.set_owner(owner);
    ToEntries(options.acl, *record.mutable_acl());
    auto& settings = *record.mutable_settings();
    if (options.ownership != ObjectOwnership::kBucketOwnerEnforced) {
      settings[static_cast<std::uint32_t>(BucketSetting::kOwnership)] =
          OwnershipName(options.ownership);
    }
    if (options.object_lock) {
      settings[static_cast<std::uint32_t>(BucketSetting::kObjectLock)] = "{}";
      settings[static_cast<std::uint32_t>(BucketSetting::kVersioning)] = "Enabled";
    }
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
    const std::string& owner = record.owner().empty() ? impl_->options.account_id : record.owner();
    if (!who.account_id.empty() && who.account_id != owner) continue;
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

ObjectOwnership BucketTerms::ownership() const {
  const std::string* text = Find(BucketSetting::kOwnership);
  if (text == nullptr) return ObjectOwnership::kBucketOwnerEnforced;
  // Controls that were taken away leave the lists to count.
  return ParseOwnership(*text).value_or(ObjectOwnership::kObjectWriter);
}

BucketTerms TermsOf(const BucketName& name, const records::Bucket& bucket,
                    const std::string& default_owner) {
  BucketTerms terms{.id = bucket.id(),
                    .name = name.text(),
                    .owner_account = bucket.owner().empty() ? default_owner : bucket.owner(),
                    .acl = FromEntries(bucket.acl())};
  for (const auto& [setting, document] : bucket.settings()) {
    terms.settings.emplace(static_cast<BucketSetting>(setting), document);
  }
  return terms;
}

Result<BucketTerms> ObjectStore::DescribeBucket(const access::Principal& who,
                                                const BucketName& bucket,
                                                std::string_view action) const {
  OWLET_TRY(const auto record, impl_->Enter(who, bucket, {}, action));
  return TermsOf(bucket, record, impl_->options.account_id);
}

Result<BucketTerms> ObjectStore::FindBucketTerms(const BucketName& bucket) const {
  OWLET_TRY(const auto record, Impl::FindBucket(impl_->Committed(), bucket));
  return TermsOf(bucket, record, impl_->options.account_id);
}

Result<std::vector<BucketTerms>> ObjectStore::BucketsWith(BucketSetting setting) const {
  std::vector<BucketTerms> found;
  kv::Scanner rows = impl_->kv.Scan(Column::kBuckets, {}, {});
  for (; rows.Valid(); rows.Next()) {
    OWLET_TRY(const auto record, ParseRecord<records::Bucket>(rows.value(), rows.key()));
    if (!record.settings().contains(static_cast<std::uint32_t>(setting))) continue;
    const auto name = BucketName::Parse(rows.key());
    if (name) found.push_back(TermsOf(*name, record, impl_->options.account_id));
  }
  OWLET_CHECK_OK(rows.status());
  return found;
}

Status ObjectStore::SetBucketAcl(const access::Principal& who, const BucketName& bucket,
                                 AccessControlList acl, const std::string& canned,
                                 const access::AccessContext& context) {
  OWLET_TRY(const auto entered, impl_->Enter(who, bucket, {}, "s3:PutBucketAcl", context));
  return impl_->kv.Update([&](kv::Transaction& transaction) -> Status {
    OWLET_TRY(auto record, Impl::FindBucket(Impl::Within(transaction), bucket));
    if (!canned.empty()) {
      const std::string owner_id =
          CanonicalId(record.owner().empty() ? impl_->options.account_id : record.owner());
      auto list = ExpandCannedAcl(canned, owner_id, owner_id);
      if (!list) return Fail(Reason::kInvalidArgument, "Unknown canned ACL");
      acl = *std::move(list);
    }
    ToEntries(acl, *record.mutable_acl());
    transaction.Put(Column::kBuckets, bucket.text(), record.SerializeAsString());
    return {};
  });
}

// --- Reading ---

Result<ObjectReader> ObjectStore::Open(const access::Principal& who, const BucketName& bucket,
                                       const ObjectKey& key, const ReadConditions& conditions,
                                       const ReadOptions& options) const {
  if (bucket.IsLocalDisk()) {
    OWLET_CHECK_OK(CheckLocalDisk(who));
    OWLET_TRY(ObjectInfo info, HeadLocalFile(key.text()));
    OWLET_TRY(auto file, OpenLocalFile(key.text()));
    return ObjectReader(std::make_shared<const ObjectInfo>(std::move(info)), std::move(file));
  }
  const auto guard = impl_->extents->Guard();
  OWLET_TRY(const auto entered, impl_->EnterObject(who, bucket, key, options));
  if (entered.found.record.delete_marker()) {
    return Fail(Marked(MarkerRefused(), entered.bucket, entered.found));
  }
  auto info = std::make_shared<const ObjectInfo>(InfoOf(key.text(), entered.bucket, entered.found));
  OWLET_CHECK_OK(Impl::CheckCustomerKey(entered.found.record, options.customer_key));
  OWLET_CHECK_OK(CheckReadConditions(conditions, *info));
  OWLET_TRY(auto extents, impl_->Pin(entered.found.record, options.customer_key));
  return ObjectReader(std::move(info), std::move(extents));
}

Result<ObjectInfo> ObjectStore::Head(const access::Principal& who, const BucketName& bucket,
                                     const ObjectKey& key, const ReadConditions& conditions,
                                     const ReadOptions& options) const {
  if (bucket.IsLocalDisk()) {
    OWLET_CHECK_OK(CheckLocalDisk(who));
    return HeadLocalFile(key.text());
  }
  OWLET_TRY(const auto entered, impl_->EnterObject(who, bucket, key, options));
  if (entered.found.record.delete_marker()) {
    return Fail(Marked(MarkerRefused(), entered.bucket, entered.found));
  }
  ObjectInfo info = InfoOf(key.text(), entered.bucket, entered.found);
  if (options.action == "s3:GetObject" || options.action == "s3:GetObjectAttributes") {
    OWLET_CHECK_OK(Impl::CheckCustomerKey(entered.found.record, options.customer_key));
  }
  OWLET_CHECK_OK(CheckReadConditions(conditions, info));
  return info;
}

Result<ObjectInfo> ObjectStore::EditObject(const access::Principal& who, const BucketName& bucket,
                                           const ObjectKey& key, const ReadOptions& options,
                                           const Edit& edit) {
  OWLET_TRY(const auto entered, impl_->EnterObject(who, bucket, key, options));
  ObjectInfo info;
  const auto write = [&](kv::Transaction& transaction) -> Status {
    const RowView view(transaction);
    OWLET_TRY(const auto record, Impl::FindBucket(Impl::Within(transaction), bucket));
    std::optional<FoundVersion> found;
    if (options.version_id) {
      OWLET_TRY(found, FindVersion(view, record, key.text(), entered.found.version));
    } else {
      OWLET_TRY(found, FindLatest(view, record, key.text()));
    }
    if (!found) return Fail(KeyNotFound(key.text()));
    if (found->record.delete_marker()) return Fail(Marked(MarkerRefused(), record, *found));
    info = InfoOf(key.text(), record, *found);
    ObjectAttributes attributes = info.attributes;
    OWLET_CHECK_OK(edit(info, attributes));
    ToRecord(attributes, *found->record.mutable_attributes());
    OWLET_CHECK_OK(impl_->Adopt(record, found->record.owner(), found->record));
    transaction.Put(Column::kObjects, ObjectRowKey(record.id(), key.text(), found->version),
                    found->record.SerializeAsString());
    info = InfoOf(key.text(), record, *found);
    return {};
  };
  OWLET_CHECK_OK(impl_->kv.Update(write));
  return info;
}

// --- What a new object gets from its bucket ---

std::string ObjectStore::Impl::OwnerOfNew(const access::Principal& who,
                                          const records::Bucket& bucket,
                                          const records::Attributes& attributes) const {
  const std::string& bucket_owner = bucket.owner().empty() ? options.account_id : bucket.owner();
  const ObjectOwnership ownership = OwnershipOf(bucket);
  const bool gives_away = ownership == ObjectOwnership::kBucketOwnerEnforced ||
                          (ownership == ObjectOwnership::kBucketOwnerPreferred &&
                           attributes.canned_acl() == "bucket-owner-full-control");
  if (gives_away || who.account_id.empty()) return bucket_owner;
  return who.account_id;
}

Status ObjectStore::Impl::Adopt(const records::Bucket& bucket, std::string owner,
                                records::Object& object) const {
  const std::string& bucket_owner = bucket.owner().empty() ? options.account_id : bucket.owner();
  if (owner.empty()) owner = bucket_owner;
  records::Attributes& attributes = *object.mutable_attributes();
  if (!attributes.canned_acl().empty()) {
    const auto list =
        ExpandCannedAcl(attributes.canned_acl(), CanonicalId(owner), CanonicalId(bucket_owner));
    if (!list) return Fail(Reason::kInvalidArgument, "Unknown canned ACL");
    ToEntries(*list, *attributes.mutable_acl());
    attributes.clear_canned_acl();
  }
  object.set_owner(std::move(owner));
  return {};
}

}  // namespace owlet::store
