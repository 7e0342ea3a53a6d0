#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "core/store/checksum.h"

namespace owlet::store {

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
  /// A number that no two states of one key share: the identity for caches.
  std::uint64_t generation = 0;
};

struct BucketInfo {
  std::string name;
  std::string region;
  Timestamp created;
};

}  // namespace owlet::store
