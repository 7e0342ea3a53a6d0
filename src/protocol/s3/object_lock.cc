#include "core/store/object_lock.h"

#include "protocol/s3/condition_keys.h"
#include "protocol/s3/operations.h"
#include "protocol/s3/request_names.h"

namespace owlet::s3 {
namespace {

using store::BucketSetting;

std::unexpected<Error> MalformedXml() {
  return Fail(Reason::kMalformedRequest,
              "The XML you provided was not well-formed or did not validate against our published "
              "schema",
              "MalformedXML");
}

std::unexpected<Error> NoObjectLock() {
  return Fail(Reason::kInvalidArgument, "Bucket is missing Object Lock Configuration",
              "InvalidRequest");
}

/// The bucket of a request about one object's lock.
Status CheckHasLock(ObjectStore& store, const store::BucketName& bucket) {
  OWLET_TRY(const auto terms, store.FindBucketTerms(bucket));
  if (!terms.object_lock()) return NoObjectLock();
  return {};
}

std::unexpected<Error> NoSuchLock() {
  return Fail(Reason::kObjectNotFound,
              "The specified object does not have a ObjectLock configuration",
              "NoSuchObjectLockConfiguration");
}

}  // namespace

Result<aws::s3::GetObjectLockConfigurationOutput> GetObjectLockConfiguration(
    ObjectStore& store, const Context& context,
    const aws::s3::GetObjectLockConfigurationRequest& request) {
  OWLET_TRY(const auto bucket, store::BucketName::Parse(request.bucket));
  OWLET_TRY(const auto document,
            store.GetBucketSetting(context.principal, bucket, BucketSetting::kObjectLock,
                                   "s3:GetBucketObjectLockConfiguration"));
  if (!document) {
    return Fail(Reason::kEntityNotFound, "Object Lock configuration does not exist for this bucket",
                "ObjectLockConfigurationNotFoundError");
  }
  aws::s3::GetObjectLockConfigurationOutput reply;
  auto& configuration = reply.object_lock_configuration.emplace();
  configuration.object_lock_enabled = "Enabled";
  const auto kept = store::ReadDefaultRetention(*document);
  if (kept.mode.empty()) return reply;
  auto& retention = configuration.rule.emplace().default_retention.emplace();
  retention.mode = kept.mode;
  if (kept.days > 0) retention.days = kept.days;
  if (kept.years > 0) retention.years = kept.years;
  return reply;
}

Result<aws::s3::PutObjectLockConfigurationOutput> PutObjectLockConfiguration(
    ObjectStore& store, const Context& context,
    const aws::s3::PutObjectLockConfigurationRequest& request) {
  OWLET_TRY(const auto bucket, store::BucketName::Parse(request.bucket));
  OWLET_TRY(const auto terms,
            store.DescribeBucket(context.principal, bucket, "s3:PutBucketObjectLockConfiguration"));
  const std::string* versioning = terms.Find(BucketSetting::kVersioning);
  if (!terms.object_lock() && (versioning == nullptr || *versioning != "Enabled")) {
    return Fail(Reason::kInvalidArgument,
                "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration",
                "InvalidBucketState");
  }
  if (!request.object_lock_configuration ||
      request.object_lock_configuration->object_lock_enabled != "Enabled") {
    return MalformedXml();
  }
  store::DefaultRetention kept;
  if (const auto& rule = request.object_lock_configuration->rule) {
    if (!rule->default_retention || !rule->default_retention->mode) return MalformedXml();
    const auto& given = *rule->default_retention;
    if (given.days.has_value() == given.years.has_value()) return MalformedXml();
    if (given.days.value_or(1) <= 0 || given.years.value_or(1) <= 0) {
      return Fail(Reason::kInvalidArgument,
                  "Default retention period must be a positive integer "
                  "value.",
                  "InvalidRetentionPeriod");
    }
    constexpr int kMaxYears = 100;
    if (given.years.value_or(0) > kMaxYears || given.days.value_or(0) > kMaxYears * 365) {
      return Fail(Reason::kInvalidArgument, "Default retention period too large",
                  "InvalidRetentionPeriod");
    }
    kept = {.mode = *given.mode, .days = given.days.value_or(0), .years = given.years.value_or(0)};
  }
  OWLET_CHECK_OK(store.SetBucketSetting(context.principal, bucket, BucketSetting::kObjectLock,
                                        store::WriteDefaultRetention(kept),
                                        "s3:PutBucketObjectLockConfiguration"));
  return aws::s3::PutObjectLockConfigurationOutput();
}

Result<aws::s3::GetObjectRetentionOutput> GetObjectRetention(
    ObjectStore& store, const Context& context, const aws::s3::GetObjectRetentionRequest& request) {
  OWLET_TRY(const Target target, TargetOf(request));
  OWLET_CHECK_OK(CheckHasLock(store, target.bucket));
  OWLET_TRY(const auto info,
            store.Head(context.principal, target.bucket, target.key, {},
                       {.version_id = request.version_id, .action = "s3:GetObjectRetention"}));
  if (!info.attributes.retention) return NoSuchLock();
  aws::s3::GetObjectRetentionOutput reply;
  auto& retention = reply.retention.emplace();
  retention.mode = info.attributes.retention->mode;
  retention.retain_until_date = info.attributes.retention->until;
  return reply;
}

Result<aws::s3::PutObjectRetentionOutput> PutObjectRetention(
    ObjectStore& store, const Context& context, const aws::s3::PutObjectRetentionRequest& request) {
  OWLET_TRY(const Target target, TargetOf(request));
  OWLET_CHECK_OK(CheckHasLock(store, target.bucket));
  if (!request.retention) return MalformedXml();
  const auto& given = *request.retention;
  if (given.mode.has_value() != given.retain_until_date.has_value()) return MalformedXml();
  std::optional<store::Retention> wanted;
  if (given.mode) {
    if (*given.retain_until_date <= context.now) {
      return Fail(Reason::kInvalidArgument, "The retain until date must be in the future!");
    }
    wanted = {.mode = *given.mode, .until = *given.retain_until_date};
  }
  const bool bypass = request.bypass_governance_retention.value_or(false);
  if (bypass) {
    OWLET_CHECK_OK(store.CheckAction(context.principal, target.bucket, target.key,
                                     "s3:BypassGovernanceRetention"));
  }
  const auto edit = [&](const store::ObjectInfo&, store::ObjectAttributes& attributes) -> Status {
    OWLET_CHECK_OK(store::CheckRetentionChange(attributes.retention, wanted, bypass, context.now));
    attributes.retention = wanted;
    return {};
  };
  OWLET_CHECK_OK(store.EditObject(context.principal, target.bucket, target.key,
                                  {.version_id = request.version_id,
                                   .context = ConditionKeys(*context.http),
                                   .action = "s3:PutObjectRetention"},
                                  edit));
  return aws::s3::PutObjectRetentionOutput();
}

Result<aws::s3::GetObjectLegalHoldOutput> GetObjectLegalHold(
    ObjectStore& store, const Context& context, const aws::s3::GetObjectLegalHoldRequest& request) {
  OWLET_TRY(const Target target, TargetOf(request));
  OWLET_CHECK_OK(CheckHasLock(store, target.bucket));
  OWLET_TRY(const auto info,
            store.Head(context.principal, target.bucket, target.key, {},
                       {.version_id = request.version_id, .action = "s3:GetObjectLegalHold"}));
  aws::s3::GetObjectLegalHoldOutput reply;
  reply.legal_hold.emplace().status = info.attributes.legal_hold ? "ON" : "OFF";
  return reply;
}

Result<aws::s3::PutObjectLegalHoldOutput> PutObjectLegalHold(
    ObjectStore& store, const Context& context, const aws::s3::PutObjectLegalHoldRequest& request) {
  OWLET_TRY(const Target target, TargetOf(request));
  OWLET_CHECK_OK(CheckHasLock(store, target.bucket));
  if (!request.legal_hold || !request.legal_hold->status) return MalformedXml();
  const bool on = *request.legal_hold->status == "ON";
  OWLET_CHECK_OK(store.EditObject(
      context.principal, target.bucket, target.key,
      {.version_id = request.version_id, .action = "s3:PutObjectLegalHold"},
      [&](const store::ObjectInfo&, store::ObjectAttributes& attributes) -> Status {
        attributes.legal_hold = on;
        return {};
      }));
  return aws::s3::PutObjectLegalHoldOutput();
}

}  // namespace owlet::s3
