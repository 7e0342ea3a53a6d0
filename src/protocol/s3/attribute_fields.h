#pragma once

#include <string>
#include <string_view>

#include "base/ascii.h"
#include "base/result.h"
#include "core/store/object_info.h"
#include "core/store/object_store.h"
#include "protocol/s3/acl_fields.h"
#include "protocol/s3/encryption_fields.h"
#include "protocol/s3/tag_set.h"

// The members for an object's own headers that many shapes of the model share.

namespace owlet::s3 {

inline constexpr std::string_view kDefaultContentType = "binary/octet-stream";

/// The retention and legal hold that a request's headers ask for. kInvalidArgument.
struct LockRequest {
  const std::optional<std::string>& mode;
  const std::optional<Timestamp>& until;
  const std::optional<std::string>& legal_hold;
};
[[nodiscard]] Status ReadLockHeaders(const LockRequest& request, Timestamp now,
                                     const store::BucketTerms& bucket,
                                     store::ObjectAttributes& attributes);
[[nodiscard]] Status CheckStorageClass(const std::optional<std::string>& storage_class);
/// At most 2 KiB of names and values together. kRequestTooLarge, condition "MetadataTooLarge".
[[nodiscard]] Status CheckUserMetadata(const std::map<std::string, std::string>& metadata);
/// Without "aws-chunked", which tells of the transfer alone.
[[nodiscard]] std::string ObjectContentEncoding(std::string_view header);

/// From PutObject, CreateMultipartUpload or CopyObject, for an object of that bucket.
template <class Request>
[[nodiscard]] Result<store::ObjectAttributes> AttributesOf(const Request& request,
                                                           const store::BucketTerms& bucket,
                                                           Timestamp now) {
  OWLET_CHECK_OK(CheckStorageClass(request.storage_class));
  store::ObjectAttributes attributes{
      .content_type = request.content_type.value_or(""),
      .content_encoding = ObjectContentEncoding(request.content_encoding.value_or("")),
      .content_disposition = request.content_disposition.value_or(""),
      .content_language = request.content_language.value_or(""),
      .cache_control = request.cache_control.value_or(""),
      .expires = request.expires.value_or(""),
      .website_redirect = request.website_redirect_location.value_or(""),
      .storage_class = request.storage_class.value_or("")};
  if (attributes.storage_class == "STANDARD") attributes.storage_class.clear();
  if (request.metadata) {
    OWLET_CHECK_OK(CheckUserMetadata(*request.metadata));
    for (const auto& [name, value] : *request.metadata) {
      attributes.user.insert_or_assign(ToLowerAscii(name), value);
    }
  }
  if (request.tagging) {
    OWLET_TRY(attributes.tags, ParseTaggingHeader(*request.tagging));
  }
  OWLET_TRY(const AclRequest acl, AclHeadersOf(request));
  OWLET_CHECK_OK(CheckAclAllowed(acl, bucket));
  attributes.canned_acl = acl.canned;
  if (acl.list) attributes.acl = *acl.list;
  OWLET_CHECK_OK(ReadLockHeaders({.mode = request.object_lock_mode,
                                  .until = request.object_lock_retain_until_date,
                                  .legal_hold = request.object_lock_legal_hold_status},
                                 now, bucket, attributes));
  OWLET_TRY(const std::string customer_key, CustomerKeyOf(request));
  OWLET_TRY(attributes.encryption, EncryptionOf(request, customer_key, bucket));
  return attributes;
}

/// Into GetObject's or HeadObject's reply.
template <class Reply>
void SetAttributes(Reply& reply, const store::ObjectAttributes& attributes) {
  const auto set = [](std::optional<std::string>& field, const std::string& value) {
    if (!value.empty()) field = value;
  };
  reply.content_type =
      attributes.content_type.empty() ? std::string(kDefaultContentType) : attributes.content_type;
  set(reply.content_encoding, attributes.content_encoding);
  set(reply.content_disposition, attributes.content_disposition);
  set(reply.content_language, attributes.content_language);
  set(reply.cache_control, attributes.cache_control);
  set(reply.expires, attributes.expires);
  set(reply.website_redirect_location, attributes.website_redirect);
  set(reply.storage_class, attributes.storage_class);
  if (!attributes.user.empty()) reply.metadata = attributes.user;
  if (!attributes.tags.empty()) {
    reply.tag_count = static_cast<std::int32_t>(attributes.tags.size());
  }
  if (attributes.retention) {
    reply.object_lock_mode = attributes.retention->mode;
    reply.object_lock_retain_until_date = attributes.retention->until;
  }
  if (attributes.legal_hold) reply.object_lock_legal_hold_status = "ON";
  SetEncryption(reply, attributes.encryption);
}

}  // namespace owlet::s3
