#include "protocol/s3/setting_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <set>
#include <string>
#include <string_view>

namespace owlet::s3 {
namespace {

std::unexpected<Error> MalformedXml() {
  return Fail(Reason::kMalformedRequest,
              "The XML you provided was not well-formed or did not validate against our published "
              "schema",
              "MalformedXML");
}

std::unexpected<Error> Invalid(std::string message) {
  return Fail(Reason::kInvalidArgument, std::move(message));
}

std::unexpected<Error> InvalidRequest(std::string message) {
  return Fail(Reason::kInvalidArgument, std::move(message), "InvalidRequest");
}

bool IsMidnight(Timestamp time) {
  return time.time_since_epoch() % std::chrono::days(1) == std::chrono::microseconds(0);
}

Status CheckExpiration(const aws::s3::LifecycleExpiration& expiration) {
  const int said = expiration.days.has_value() + expiration.date.has_value() +
                   expiration.expired_object_delete_marker.has_value();
  if (said != 1) return MalformedXml();
  if (expiration.days && *expiration.days <= 0) {
    return Invalid("'Days' for Expiration action must be a positive integer");
  }
  if (expiration.date && !IsMidnight(*expiration.date)) {
    return Invalid("'Date' must be at midnight GMT");
  }
  return {};
}

Status CheckTransitions(const aws::s3::LifecycleRule& rule) {
  if (rule.transitions) {
    for (const aws::s3::Transition& transition : *rule.transitions) {
      if (transition.days.has_value() == transition.date.has_value() || !transition.storage_class) {
        return MalformedXml();
      }
      if (transition.days && *transition.days < 0) {
        return Invalid("'Days' in Transition action must be nonnegative");
      }
      if (transition.date && !IsMidnight(*transition.date)) {
        return Invalid("'Date' must be at midnight GMT");
      }
    }
  }
  if (!rule.noncurrent_version_transitions) return {};
  for (const auto& transition : *rule.noncurrent_version_transitions) {
    if (!transition.noncurrent_days || !transition.storage_class) return MalformedXml();
    if (*transition.noncurrent_days < 0) {
      return Invalid("'NoncurrentDays' in NoncurrentVersionTransition action must be nonnegative");
    }
  }
  return {};
}

Status CheckRule(const aws::s3::LifecycleRule& rule) {
  constexpr std::size_t kMaxId = 255;
  if (rule.status != "Enabled" && rule.status != "Disabled") return MalformedXml();
  if (rule.id && rule.id->size() > kMaxId) {
    return Invalid(fmt::format("ID length should not exceed allowed limit of {}", kMaxId));
  }
  if (rule.prefix.has_value() == rule.filter.has_value()) return MalformedXml();
  const bool acts = rule.expiration || rule.transitions || rule.noncurrent_version_expiration ||
                    rule.noncurrent_version_transitions || rule.abort_incomplete_multipart_upload;
  if (!acts) return InvalidRequest("At least one action needs to be specified in a rule");
  if (rule.expiration) OWLET_CHECK_OK(CheckExpiration(*rule.expiration));
  OWLET_CHECK_OK(CheckTransitions(rule));
  if (rule.noncurrent_version_expiration) {
    const auto& expiration = *rule.noncurrent_version_expiration;
    if (!expiration.noncurrent_days) return MalformedXml();
    if (*expiration.noncurrent_days <= 0) {
      return Invalid(
          "'NoncurrentDays' for NoncurrentVersionExpiration action must be a positive integer");
    }
  }
  if (rule.abort_incomplete_multipart_upload) {
    const auto days = rule.abort_incomplete_multipart_upload->days_after_initiation;
    if (!days) return MalformedXml();
    if (*days <= 0) {
      return Invalid(
          "'DaysAfterInitiation' for AbortIncompleteMultipartUpload action must be a positive "
          "integer");
    }
  }
  return {};
}

}  // namespace

Status CheckCors(const aws::s3::PutBucketCorsRequest& request) {
  constexpr std::size_t kMaxRules = 100;
  static constexpr std::array<std::string_view, 5> kMethods = {"GET", "PUT", "HEAD", "POST",
                                                               "DELETE"};
  const auto& rules = request.cors_configuration.cors_rules;
  if (rules.empty() || rules.size() > kMaxRules) return MalformedXml();
  for (const aws::s3::CORSRule& rule : rules) {
    if (rule.allowed_methods.empty() || rule.allowed_origins.empty()) return MalformedXml();
    for (const std::string& method : rule.allowed_methods) {
      if (std::ranges::find(kMethods, method) != kMethods.end()) continue;
      return InvalidRequest(fmt::format(
          "Found unsupported HTTP method in CORS config. Unsupported method is {}", method));
    }
    for (const std::string& origin : rule.allowed_origins) {
      if (std::ranges::count(origin, '*') <= 1) continue;
      return InvalidRequest(
          fmt::format("AllowedOrigin \"{}\" can not have more than one wildcard.", origin));
    }
  }
  return {};
}

Status CheckWebsite(const aws::s3::PutBucketWebsiteRequest& request) {
  const auto& website = request.website_configuration;
  if (website.redirect_all_requests_to) {
    if (website.index_document || website.error_document || website.routing_rules) {
      return Invalid(
          "RedirectAllRequestsTo cannot be provided in conjunction with other Routing Rules.");
    }
    return {};
  }
  if (!website.index_document) {
    return Invalid(
        "A value for IndexDocument Suffix must be provided if RedirectAllRequestsTo is "
        "empty");
  }
  const std::string& suffix = website.index_document->suffix;
  if (suffix.empty() || suffix.find('/') != std::string::npos) {
    return Invalid("The IndexDocument Suffix is not well formed");
  }
  return {};
}

Status CheckLifecycle(const aws::s3::PutBucketLifecycleConfigurationRequest& request) {
  constexpr std::size_t kMaxRules = 1000;
  if (!request.lifecycle_configuration) return MalformedXml();
  const auto& rules = request.lifecycle_configuration->rules;
  if (rules.empty() || rules.size() > kMaxRules) return MalformedXml();
  std::set<std::string> ids;
  for (const aws::s3::LifecycleRule& rule : rules) {
    OWLET_CHECK_OK(CheckRule(rule));
    if (rule.id && !rule.id->empty() && !ids.insert(*rule.id).second) {
      return Invalid("Rule ID must be unique. Found same ID for one or more rules");
    }
  }
  return {};
}

Status CheckEncryption(const aws::s3::PutBucketEncryptionRequest& request) {
  const auto& rules = request.server_side_encryption_configuration.rules;
  if (rules.size() != 1) return MalformedXml();
  const auto& chosen = rules.front().apply_server_side_encryption_by_default;
  if (!chosen) return {};
  static constexpr std::array<std::string_view, 3> kAlgorithms = {"AES256", "aws:kms",
                                                                  "aws:kms:dsse"};
  if (std::ranges::find(kAlgorithms, chosen->sse_algorithm) == kAlgorithms.end()) {
    return MalformedXml();
  }
  if (chosen->sse_algorithm == "AES256" && chosen->kms_master_key_id) {
    return Invalid(
        "a KMSMasterKeyID is not applicable if the default sse algorithm is not "
        "aws:kms or aws:kms:dsse");
  }
  return {};
}

Status CheckLogging(ObjectStore& store, const Context& context,
                    const aws::s3::PutBucketLoggingRequest& request) {
  const auto& enabled = request.bucket_logging_status.logging_enabled;
  if (!enabled) return {};
  const auto refused = [] {
    return Fail(Reason::kInvalidArgument,
                "The target bucket for logging does not exist or does not belong to you",
                "InvalidTargetBucketForLogging");
  };
  const auto target = store::BucketName::Parse(enabled->target_bucket);
  if (!target) return refused();
  const auto target_terms = store.FindBucketTerms(*target);
  OWLET_TRY(const auto source, store::BucketName::Parse(request.bucket));
  OWLET_TRY(const auto source_terms, store.FindBucketTerms(source));
  if (!target_terms || target_terms->owner_account != source_terms.owner_account) return refused();
  (void)context;
  return {};
}

Status CheckAccelerate(const aws::s3::PutBucketAccelerateConfigurationRequest& request) {
  if (request.bucket.find('.') == std::string::npos) return {};
  return InvalidRequest(
      "S3 Transfer Acceleration is not supported for buckets with periods (.) in "
      "their names");
}

Status CheckRequestPayment(const aws::s3::PutBucketRequestPaymentRequest& request) {
  const std::string& payer = request.request_payment_configuration.payer;
  if (payer == "BucketOwner" || payer == "Requester") return {};
  return MalformedXml();
}

}  // namespace owlet::s3
