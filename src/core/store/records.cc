#include "core/store/records.h"

#include <utility>

#include "base/encoding.h"

namespace owlet::store {

std::int64_t ToMicros(Timestamp time) { return time.time_since_epoch().count(); }
Timestamp FromMicros(std::int64_t micros) { return Timestamp(std::chrono::microseconds(micros)); }

void ToRecord(const Checksum& checksum, records::Checksum& record) {
  record.set_algorithm(static_cast<std::uint32_t>(checksum.algorithm));
  record.set_type(static_cast<std::uint32_t>(checksum.type));
  record.set_value(checksum.value);
  record.set_num_parts(checksum.num_parts);
}

std::optional<Checksum> FromRecord(const records::Checksum& record) {
  if (record.algorithm() == 0) return std::nullopt;
  return Checksum{.algorithm = static_cast<ChecksumAlgorithm>(record.algorithm()),
                  .type = static_cast<ChecksumType>(record.type()),
                  .value = record.value(),
                  .num_parts = record.num_parts()};
}

void ToRecord(const ObjectAttributes& attributes, records::Attributes& record) {
  record.set_content_type(attributes.content_type);
  record.set_content_encoding(attributes.content_encoding);
  record.set_content_disposition(attributes.content_disposition);
  record.set_content_language(attributes.content_language);
  record.set_cache_control(attributes.cache_control);
  record.set_expires(attributes.expires);
  record.set_website_redirect(attributes.website_redirect);
  record.set_storage_class(attributes.storage_class);
  record.mutable_user()->insert(attributes.user.begin(), attributes.user.end());
  record.mutable_tags()->clear();
  record.mutable_tags()->insert(attributes.tags.begin(), attributes.tags.end());
  ToEntries(attributes.acl, *record.mutable_acl());
  record.set_canned_acl(attributes.canned_acl);
  record.set_lock_mode(attributes.retention ? attributes.retention->mode : std::string());
  record.set_retain_until_us(attributes.retention ? ToMicros(attributes.retention->until) : 0);
  record.set_legal_hold(attributes.legal_hold);
  if (attributes.encryption.mode != EncryptionMode::kNone) {
    ToRecord(attributes.encryption, *record.mutable_encryption());
  }
}

void ToRecord(const Encryption& encryption, records::Encryption& record) {
  record.set_mode(static_cast<std::uint32_t>(encryption.mode));
  record.set_kms_key_id(encryption.kms_key_id);
  record.set_kms_context(encryption.kms_context);
  record.set_bucket_key(encryption.bucket_key);
  record.set_customer_key_md5(encryption.customer_key_md5);
}

Encryption FromRecord(const records::Encryption& record) {
  return {.mode = static_cast<EncryptionMode>(record.mode()),
          .kms_key_id = record.kms_key_id(),
          .kms_context = record.kms_context(),
          .bucket_key = record.bucket_key(),
          .customer_key_md5 = record.customer_key_md5()};
}

ObjectAttributes FromRecord(const records::Attributes& record) {
  ObjectAttributes attributes{.content_type = record.content_type(),
                              .content_encoding = record.content_encoding(),
                              .content_disposition = record.content_disposition(),
                              .content_language = record.content_language(),
                              .cache_control = record.cache_control(),
                              .expires = record.expires(),
                              .website_redirect = record.website_redirect(),
                              .storage_class = record.storage_class(),
                              .user = {record.user().begin(), record.user().end()},
                              .tags = {record.tags().begin(), record.tags().end()},
                              .acl = FromEntries(record.acl()),
                              .canned_acl = record.canned_acl(),
                              .legal_hold = record.legal_hold(),
                              .encryption = FromRecord(record.encryption())};
  if (!record.lock_mode().empty()) {
    attributes.retention = {.mode = record.lock_mode(),
                            .until = FromMicros(record.retain_until_us())};
  }
  return attributes;
}

PartInfo FromRecord(const records::Part& record) {
  return {.number = record.number(),
          .size = record.size(),
          .etag = EncodeHex(record.md5()),
          .checksum = FromRecord(record.checksum()),
          .modified = FromMicros(record.modified_us())};
}

ObjectInfo FromRecord(std::string key, const records::Object& record) {
  ObjectInfo info{.key = std::move(key),
                  .size = record.size(),
                  .modified = FromMicros(record.modified_us()),
                  .etag = record.etag(),
                  .checksum = FromRecord(record.checksum()),
                  .attributes = FromRecord(record.attributes()),
                  .generation = record.generation(),
                  .delete_marker = record.delete_marker(),
                  .owner_account = record.owner()};
  info.parts.reserve(static_cast<std::size_t>(record.parts_size()));
  for (const records::Part& part : record.parts()) info.parts.push_back(FromRecord(part));
  return info;
}

UploadInfo FromRecord(std::string key, std::string upload_id, const records::Upload& record) {
  UploadInfo info{.key = std::move(key),
                  .owner_account = record.owner(),
                  .initiator = record.initiator(),
                  .upload_id = std::move(upload_id),
                  .initiated = FromMicros(record.initiated_us()),
                  .attributes = FromRecord(record.attributes()),
                  .checksum_type = static_cast<ChecksumType>(record.checksum_type())};
  if (record.checksum_algorithm() != 0) {
    info.checksum_algorithm = static_cast<ChecksumAlgorithm>(record.checksum_algorithm());
  }
  return info;
}

}  // namespace owlet::store
