#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "core/store/encryption.h"
#include "core/store/object_store.h"
#include "net/http.h"

// The members for encryption that many shapes of the model share.

namespace owlet::s3 {

/// A client's own key (SSE-C), checked against its MD5. Empty when none was given.
/// kInvalidArgument.
[[nodiscard]] Result<std::string> ParseCustomerKey(const std::optional<std::string>& algorithm,
                                                   const std::optional<std::string>& key,
                                                   const std::optional<std::string>& key_md5);

template <class Request>
[[nodiscard]] Result<std::string> CustomerKeyOf(const Request& request) {
  return ParseCustomerKey(request.sse_customer_algorithm, request.sse_customer_key,
                          request.sse_customer_key_md5);
}
/// Of the source of a copy.
template <class Request>
[[nodiscard]] Result<std::string> SourceCustomerKeyOf(const Request& request) {
  return ParseCustomerKey(request.copy_source_sse_customer_algorithm,
                          request.copy_source_sse_customer_key,
                          request.copy_source_sse_customer_key_md5);
}

struct EncryptionRequest {
  std::optional<std::string> algorithm;  // x-amz-server-side-encryption
  std::optional<std::string> kms_key_id;
  std::optional<std::string> kms_context;
  std::optional<bool> bucket_key;
};
/// How a new object is encrypted: as the request says, else as its bucket's default does.
/// kInvalidArgument for headers that contradict each other.
[[nodiscard]] Result<store::Encryption> ChooseEncryption(const EncryptionRequest& request,
                                                         const std::string& customer_key,
                                                         const store::BucketTerms& bucket);

/// From PutObject, CopyObject or CreateMultipartUpload.
template <class Request>
[[nodiscard]] Result<store::Encryption> EncryptionOf(const Request& request,
                                                     const std::string& customer_key,
                                                     const store::BucketTerms& bucket) {
  return ChooseEncryption({.algorithm = request.server_side_encryption,
                           .kms_key_id = request.ssekms_key_id,
                           .kms_context = request.ssekms_encryption_context,
                           .bucket_key = request.bucket_key_enabled},
                          customer_key, bucket);
}

/// A part comes with the key that its upload was begun with, if with any. kInvalidArgument.
[[nodiscard]] Status CheckPartKey(const store::Encryption& upload, const std::string& customer_key);

/// A read names no encryption but that of its own key. kInvalidArgument.
[[nodiscard]] Status CheckNoEncryptionHeaders(const net::HttpRequest& http);

/// "AES256", "aws:kms", "aws:kms:dsse"; empty for the others.
[[nodiscard]] std::string_view EncryptionName(store::EncryptionMode mode);

/// What a reply tells of an object's encryption.
template <class Reply>
void SetEncryption(Reply& reply, const store::Encryption& encryption) {
  using Mode = store::EncryptionMode;
  if (encryption.mode == Mode::kNone) return;
  if (encryption.mode == Mode::kCustomer) {
    if constexpr (requires { reply.sse_customer_algorithm; }) {
      reply.sse_customer_algorithm = "AES256";
      reply.sse_customer_key_md5 = encryption.customer_key_md5;
    }
    return;
  }
  reply.server_side_encryption = std::string(EncryptionName(encryption.mode));
  if (encryption.mode == Mode::kS3) return;
  reply.ssekms_key_id = encryption.kms_key_id;
  if (encryption.bucket_key) reply.bucket_key_enabled = true;
}

}  // namespace owlet::s3
