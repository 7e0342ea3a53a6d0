#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "core/store/access_control_list.h"
#include "core/store/checksum.h"
#include "core/store/encryption.h"

namespace owlet::store {

/// Until when one version of an object may not be deleted (object lock).
struct Retention {
  std::string mode;  // "GOVERNANCE" or "COMPLIANCE"
  Timestamp until;
};

/// What a client says about an object and gets back unchanged. Empty strings are absent.
struct ObjectAttributes {
  std::string content_type;
  std::string content_encoding;
  std::string content_disposition;
  std::string content_language;
  std::string cache_control;
  std::string expires;
  std::string website_redirect;
  std::string storage_class;                // empty: STANDARD
  std::map<std::string, std::string> user;  // x-amz-meta-*, names in lower case
  std::map<std::string, std::string> tags;
  /// With neither, the owner alone has FULL_CONTROL. A canned one is resolved when it is written.
  AccessControlList acl;
  std::string canned_acl;
  std::optional<Retention> retention;
  bool legal_hold = false;
  Encryption encryption;
};

/// One part of an object made by multipart upload.
struct PartInfo {
  std::uint32_t number = 0;
  std::uint64_t size = 0;
  std::string etag;  // hex MD5, without quotes
  std::optional<Checksum> checksum;
  Timestamp modified;
};

/// What is known of one object, without its bytes.
struct ObjectInfo {
  std::string key;
  std::uint64_t size = 0;
  Timestamp modified;
  /// Without quotes: the hex MD5 of the body, or "<hex>-<parts>".
  std::string etag;
  std::optional<Checksum> checksum;
  ObjectAttributes attributes;
  std::vector<PartInfo> parts;  // empty: made by one PUT
  /// A number that no two states of one key share: the identity for caches; 0 of the local disk.
  std::uint64_t generation = 0;
  /// "null", or the version's own id; empty in a bucket that never kept versions.
  std::string version_id;
  bool is_latest = true;
  /// Stands for a deletion: there are no bytes.
  bool delete_marker = false;
  std::string owner_account;
};

struct BucketInfo {
  std::string name;
  std::string region;
  Timestamp created;
  std::string owner_account;
};

}  // namespace owlet::store
