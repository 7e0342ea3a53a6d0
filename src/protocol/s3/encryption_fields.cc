#include "protocol/s3/encryption_fields.h"

#include <fmt/format.h>

#include "base/digest.h"
#include "base/encoding.h"
#include "protocol/s3/bucket_documents.h"

namespace owlet::s3 {
namespace {

using store::EncryptionMode;

std::optional<EncryptionMode> ParseMode(std::string_view name) {
  if (name == "AES256") return EncryptionMode::kS3;
  if (name == "aws:kms") return EncryptionMode::kKms;
  if (name == "aws:kms:dsse") return EncryptionMode::kKmsDsse;
  return std::nullopt;
}

/// What S3 calls the key that it makes for an account by itself.
std::string DefaultKmsKey(const store::BucketTerms& bucket) {
  return fmt::format("arn:aws:kms:us-east-1:{}:alias/aws/s3", bucket.owner_account);
}

Result<store::Encryption> DefaultOf(const store::BucketTerms& bucket) {
  const std::string* document = bucket.Find(store::BucketSetting::kEncryption);
  if (document == nullptr) return store::Encryption();
  OWLET_TRY(const auto configuration, ReadEncryptionDocument(*document));
  for (const auto& rule : configuration.rules) {
    if (!rule.apply_server_side_encryption_by_default) continue;
    const auto& chosen = *rule.apply_server_side_encryption_by_default;
    store::Encryption encryption;
    encryption.mode = ParseMode(chosen.sse_algorithm).value_or(EncryptionMode::kS3);
    encryption.bucket_key = rule.bucket_key_enabled.value_or(false);
    if (encryption.mode != EncryptionMode::kS3) {
      encryption.kms_key_id = chosen.kms_master_key_id.value_or(DefaultKmsKey(bucket));
    }
    return encryption;
  }
  return store::Encryption();
}

}  // namespace

Result<std::string> ParseCustomerKey(const std::optional<std::string>& algorithm,
                                     const std::optional<std::string>& key,
                                     const std::optional<std::string>& key_md5) {
  if (!algorithm && !key && !key_md5) return std::string();
  if (!algorithm) {
    return Fail(Reason::kInvalidArgument,
                "Requests specifying Server Side Encryption with Customer provided keys must "
                "provide a valid encryption algorithm.");
  }
  if (*algorithm != "AES256") {
    return Fail(Reason::kInvalidArgument,
                "The encryption request you specified is not valid. "
                "Supported value: AES256.",
                "InvalidEncryptionAlgorithmError");
  }
  if (!key || !key_md5) {
    return Fail(Reason::kInvalidArgument,
                "Requests specifying Server Side Encryption with Customer provided keys must "
                "provide an appropriate secret key.");
  }
  auto bytes = DecodeBase64(*key);
  if (!bytes || bytes->size() != store::kEncryptionKeySize) {
    return Fail(Reason::kInvalidArgument,
                "The secret key was invalid for the specified algorithm.");
  }
  if (EncodeBase64(Digest::Of(DigestKind::kMd5, *bytes)) != *key_md5) {
    return Fail(Reason::kInvalidArgument,
                "The calculated MD5 hash of the key did not match the hash that was provided.");
  }
  return *std::move(bytes);
}

Result<store::Encryption> ChooseEncryption(const EncryptionRequest& request,
                                           const std::string& customer_key,
                                           const store::BucketTerms& bucket) {
  if (!customer_key.empty()) {
    if (request.algorithm || request.kms_key_id) {
      return Fail(Reason::kInvalidArgument,
                  "Server Side Encryption with Customer provided key is incompatible with the "
                  "encryption method specified");
    }
    return store::Encryption{
        .mode = EncryptionMode::kCustomer,
        .customer_key_md5 = EncodeBase64(Digest::Of(DigestKind::kMd5, customer_key))};
  }
  if (!request.algorithm) {
    if (request.kms_key_id) {
      return Fail(Reason::kInvalidArgument,
                  "Server Side Encryption with AWS KMS managed key requires HTTP header "
                  "x-amz-server-side-encryption : aws:kms");
    }
    return DefaultOf(bucket);
  }
  const auto mode = ParseMode(*request.algorithm);
  if (!mode) {
    return Fail(Reason::kInvalidArgument,
                "The encryption request you specified is not valid. The valid value is AES256.",
                "InvalidEncryptionAlgorithmError");
  }
  store::Encryption encryption{.mode = *mode};
  if (*mode == EncryptionMode::kS3) {
    if (request.kms_key_id) {
      return Fail(Reason::kInvalidArgument,
                  "Server Side Encryption with AWS KMS managed key requires HTTP header "
                  "x-amz-server-side-encryption : aws:kms");
    }
    return encryption;
  }
  encryption.kms_key_id = request.kms_key_id.value_or(DefaultKmsKey(bucket));
  encryption.kms_context = request.kms_context.value_or("");
  encryption.bucket_key = request.bucket_key.value_or(false);
  return encryption;
}

Status CheckPartKey(const store::Encryption& upload, const std::string& customer_key) {
  const bool needs_key = upload.mode == EncryptionMode::kCustomer;
  if (needs_key && customer_key.empty()) {
    return Fail(Reason::kInvalidArgument,
                "The multipart upload initiate requested encryption. Subsequent part requests must "
                "include the appropriate encryption parameters.",
                "InvalidRequest");
  }
  if (!needs_key && !customer_key.empty()) {
    return Fail(Reason::kInvalidArgument,
                "The multipart upload initiate did not request encryption. Please resend the "
                "request without sending encryption parameters.",
                "InvalidRequest");
  }
  if (!needs_key ||
      EncodeBase64(Digest::Of(DigestKind::kMd5, customer_key)) == upload.customer_key_md5) {
    return {};
  }
  return Fail(Reason::kInvalidArgument,
              "The provided encryption parameters did not match the ones used originally.",
              "InvalidRequest");
}

Status CheckNoEncryptionHeaders(const net::HttpRequest& http) {
  if (!http.headers.Has("x-amz-server-side-encryption") &&
      !http.headers.Has("x-amz-server-side-encryption-aws-kms-key-id")) {
    return {};
  }
  return Fail(Reason::kInvalidArgument,
              "x-amz-server-side-encryption header is not supported for this operation.");
}

std::string_view EncryptionName(EncryptionMode mode) {
  switch (mode) {
    case EncryptionMode::kS3:
      return "AES256";
    case EncryptionMode::kKms:
      return "aws:kms";
    case EncryptionMode::kKmsDsse:
      return "aws:kms:dsse";
    case EncryptionMode::kNone:
    case EncryptionMode::kCustomer:
      break;
  }
  return {};
}

}  // namespace owlet::s3
