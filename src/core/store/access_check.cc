#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/store/store_impl.h"

// What a bucket's own side says about a request: its policy, its and its objects' access control
// lists, object ownership and the public access block.

namespace owlet::store {
namespace {

struct AclRule {
  std::string_view action;
  AclPermission permission;
  bool of_object;
};

/// S3 User Guide, "Mapping of ACL permissions and access policy permissions".
constexpr std::array kAclRules = {
    AclRule{"s3:ListBucket", AclPermission::kRead, false},
    AclRule{"s3:ListBucketVersions", AclPermission::kRead, false},
    AclRule{"s3:ListBucketMultipartUploads", AclPermission::kRead, false},
    AclRule{"s3:PutObject", AclPermission::kWrite, false},
    AclRule{"s3:DeleteObject", AclPermission::kWrite, false},
    AclRule{"s3:AbortMultipartUpload", AclPermission::kWrite, false},
    AclRule{"s3:ListMultipartUploadParts", AclPermission::kWrite, false},
    AclRule{"s3:GetBucketAcl", AclPermission::kReadAcp, false},
    AclRule{"s3:PutBucketAcl", AclPermission::kWriteAcp, false},
    AclRule{"s3:GetObject", AclPermission::kRead, true},
    AclRule{"s3:GetObjectVersion", AclPermission::kRead, true},
    AclRule{"s3:GetObjectAcl", AclPermission::kReadAcp, true},
    AclRule{"s3:GetObjectVersionAcl", AclPermission::kReadAcp, true},
    AclRule{"s3:PutObjectAcl", AclPermission::kWriteAcp, true},
    AclRule{"s3:PutObjectVersionAcl", AclPermission::kWriteAcp, true},
};

const AclRule* RuleOf(std::string_view action) {
  for (const AclRule& rule : kAclRules) {
    if (rule.action == action) return &rule;
  }
  return nullptr;
}

const std::string* SettingOf(const records::Bucket& bucket, BucketSetting setting) {
  const auto found = bucket.settings().find(static_cast<std::uint32_t>(setting));
  return found == bucket.settings().end() ? nullptr : &found->second;
}

access::AclGrant GrantOf(AclReach reach) {
  switch (reach) {
    case AclReach::kNone:
      return access::AclGrant::kNone;
    case AclReach::kAccount:
      return access::AclGrant::kAccount;
    case AclReach::kEverybody:
      return access::AclGrant::kEverybody;
  }
  return access::AclGrant::kNone;
}

bool BlocksPublic(const records::Bucket& bucket, const char* which) {
  const std::string* document = SettingOf(bucket, BucketSetting::kPublicAccess);
  if (document == nullptr) return false;
  const auto parsed = nlohmann::json::parse(*document, nullptr, /*allow_exceptions=*/false);
  return parsed.is_object() && parsed.value(which, false);
}

}  // namespace

ObjectOwnership OwnershipOf(const records::Bucket& bucket) {
  const std::string* name = SettingOf(bucket, BucketSetting::kOwnership);
  if (name == nullptr) return ObjectOwnership::kBucketOwnerEnforced;
  // Controls that were taken away leave the lists to count.
  return ParseOwnership(*name).value_or(ObjectOwnership::kObjectWriter);
}

Result<std::shared_ptr<const access::PolicyDocument>> ObjectStore::Impl::PolicyOf(
    const records::Bucket& bucket) const {
  const std::string* text = SettingOf(bucket, BucketSetting::kPolicy);
  if (text == nullptr) return nullptr;
  constexpr std::size_t kMaxParsed = 64;
  {
    MutexLock lock(policies_mutex);
    if (const auto found = policies.find(*text); found != policies.end()) return found->second;
  }
  OWLET_TRY(auto policy, access::PolicyDocument::Parse(*text, access::PolicyUse::kResource));
  MutexLock lock(policies_mutex);
  if (policies.size() >= kMaxParsed) policies.clear();
  policies.emplace(*text, policy);
  return policy;
}

Status ObjectStore::Impl::Decide(const access::Principal& who, const records::Bucket& bucket,
                                 const BucketName& name, std::string_view key,
                                 std::string_view action, const access::AccessContext& context,
                                 const records::Object* object) const {
  // Who works on a cluster may use its file system: no policy speaks of it.
  if (name.IsScratch()) return {};
  OWLET_TRY(const auto policy, PolicyOf(bucket));
  const std::string& bucket_owner = bucket.owner().empty() ? options.account_id : bucket.owner();
  std::string_view owner = bucket_owner;
  AclReach reach = AclReach::kNone;
  const AclRule* rule = RuleOf(action);
  const bool acl_counts = OwnershipOf(bucket) != ObjectOwnership::kBucketOwnerEnforced;
  if (object != nullptr && acl_counts && !object->owner().empty()) owner = object->owner();
  if (rule != nullptr && acl_counts && (!rule->of_object || object != nullptr)) {
    const AccessControlList list =
        FromEntries(rule->of_object ? object->attributes().acl() : bucket.acl());
    reach = ReachOf(list, CanonicalId(rule->of_object ? owner : std::string_view(bucket_owner)),
                    who, rule->permission, BlocksPublic(bucket, "IgnorePublicAcls"));
  }
  const bool foreign = who.account_id != bucket_owner;
  access::AccessContext whole = context;
  if (policy != nullptr && object != nullptr) {
    for (const auto& [tag, value] : object->attributes().tags()) {
      whole.Set("s3:ExistingObjectTag/" + tag, value);
    }
  }
  const bool only_denies =
      owner != bucket_owner || (foreign && policy != nullptr && access::IsPublicPolicy(*policy) &&
                                BlocksPublic(bucket, "RestrictPublicBuckets"));
  return authorizer.Decide(
      who, action, BucketArn(name, key), whole,
      {.policy = policy.get(),
       .owner_account = who.account_id.empty() && !who.IsAnonymous() ? std::string_view() : owner,
       .acl = GrantOf(reach),
       .policy_only_denies = only_denies});
}

Result<records::Bucket> ObjectStore::Impl::Enter(const access::Principal& who,
                                                 const BucketName& bucket, std::string_view key,
                                                 std::string_view action,
                                                 const access::AccessContext& context) const {
  // Whether a bucket exists is no secret.
  OWLET_TRY(records::Bucket record, FindBucket(Committed(), bucket));
  OWLET_CHECK_OK(Decide(who, record, bucket, key, action, context, nullptr));
  return record;
}

std::string VersionAction(std::string_view action) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kPairs = {{
      {"s3:GetObject", "s3:GetObjectVersion"},
      {"s3:GetObjectAcl", "s3:GetObjectVersionAcl"},
      {"s3:PutObjectAcl", "s3:PutObjectVersionAcl"},
      {"s3:GetObjectTagging", "s3:GetObjectVersionTagging"},
      {"s3:PutObjectTagging", "s3:PutObjectVersionTagging"},
      {"s3:DeleteObjectTagging", "s3:DeleteObjectVersionTagging"},
      {"s3:GetObjectAttributes", "s3:GetObjectVersionAttributes"},
      {"s3:DeleteObject", "s3:DeleteObjectVersion"},
  }};
  for (const auto& [plain, versioned] : kPairs) {
    if (plain == action) return std::string(versioned);
  }
  return std::string(action);
}

Result<ObjectStore::Impl::EnteredObject> ObjectStore::Impl::EnterObject(
    const access::Principal& who, const BucketName& bucket, const ObjectKey& key,
    const ReadOptions& read) const {
  OWLET_TRY(records::Bucket record, FindBucket(Committed(), bucket));
  std::optional<FoundVersion> found;
  std::string action(read.action);
  access::AccessContext context = read.context;
  if (read.version_id) {
    action = VersionAction(action);
    context.Set("s3:VersionId", *read.version_id);
    OWLET_TRY(const std::uint64_t version, VersionOf(*read.version_id));
    OWLET_TRY(found, FindVersion(RowView(kv), record, key.text(), version));
  } else {
    OWLET_TRY(found, FindLatest(RowView(kv), record, key.text()));
  }
  if (!found || (found->record.delete_marker() && !read.version_id)) {
    // Whoever may not list the bucket may not learn what is absent; whoever may list it may.
    access::AccessContext listing;
    listing.Set("s3:prefix", key.text());
    OWLET_CHECK_OK(Decide(who, record, bucket, {}, "s3:ListBucket", listing, nullptr));
    if (found) return Fail(Marked(KeyNotFound(key.text()), record, *found));
    if (!read.version_id) return Fail(KeyNotFound(key.text()));
    return Fail(NoSuchVersion(key.text(), *read.version_id));
  }
  OWLET_CHECK_OK(Decide(who, record, bucket, key.text(), action, context, &found->record));
  return EnteredObject{.bucket = std::move(record), .found = *std::move(found)};
}

Result<std::uint64_t> VersionOf(std::string_view version_id) {
  const auto version = ParseVersionId(version_id);
  if (version) return *version;
  return Fail(Reason::kInvalidArgument, "Invalid version id specified", "InvalidArgument");
}

Error NoSuchVersion(std::string_view key, std::string_view version_id) {
  Error error{.reason = Reason::kObjectNotFound,
              .message = "The specified version does not exist.",
              .condition = "NoSuchVersion"};
  error.parameters = {{"Key", std::string(key)}, {"VersionId", std::string(version_id)}};
  return error;
}

Error Marked(Error error, const records::Bucket& bucket, const FoundVersion& found) {
  error.parameters.emplace_back("DeleteMarker", "true");
  if (IsVersioned(bucket)) {
    error.parameters.emplace_back("MarkerVersionId", VersionIdText(found.version));
  }
  error.parameters.emplace_back("MarkerModified",
                                FormatHttpDate(FromMicros(found.record.modified_us())));
  return error;
}

}  // namespace owlet::store
