#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace owlet::store {

/// A bucket's name that keeps the rules of general purpose buckets (S3 User Guide, "Bucket naming
/// rules"): 3 to 63 of a-z 0-9 . -, beginning and ending with a letter or digit, not like an IP
/// address, none of the reserved prefixes and suffixes.
class BucketName {
 public:
  /// kInvalidBucketName.
  [[nodiscard]] static Result<BucketName> Parse(std::string_view text);
  /// A bucket that is no client's: the file system of a cluster (hdfs://ID/). Its name keeps none
  /// of the rules, so that no name a client gives can be it. kInvalidBucketName for an empty id or
  /// one with other characters than letters, digits, `.`, `-` and `_`.
  [[nodiscard]] static Result<BucketName> Scratch(std::string_view id);
  [[nodiscard]] bool IsScratch() const { return text_.starts_with(kScratchMark); }
  /// No bucket either: the machine's own files (file:///), local_disk.h.
  [[nodiscard]] static BucketName LocalDisk() { return BucketName(std::string(kDiskMark)); }
  [[nodiscard]] bool IsLocalDisk() const { return text_ == kDiskMark; }
  [[nodiscard]] const std::string& text() const { return text_; }
  auto operator<=>(const BucketName&) const = default;
  static constexpr std::string_view kScratchMark = "hdfs:";
  static constexpr std::string_view kDiskMark = "file:";

 private:
  explicit BucketName(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

/// A key: 1 to 1,024 bytes of valid UTF-8. No byte has a meaning of its own: `a`, `a/` and `a/b`
/// are three keys that can stand together; order is byte order.
class ObjectKey {
 public:
  /// kKeyTooLong, kInvalidArgument (empty, or not UTF-8).
  [[nodiscard]] static Result<ObjectKey> Parse(std::string_view text);
  [[nodiscard]] const std::string& text() const { return text_; }
  auto operator<=>(const ObjectKey&) const = default;

 private:
  explicit ObjectKey(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

/// "s3://bucket", "hdfs://id" of a scratch bucket, "file://" of the local disk.
[[nodiscard]] std::string BucketUri(const BucketName& bucket);

/// The bucket of "s3://bucket/..." (also s3a://, s3n://), "hdfs://id/..." or "file:///..." and what
/// stands behind its slash. kInvalidArgument for any other address.
struct BucketAddress {
  BucketName bucket;
  std::string rest;
  [[nodiscard]] static Result<BucketAddress> Parse(std::string_view uri);
};

/// Where an object is.
struct ObjectPath {
  BucketName bucket;
  ObjectKey key;
  /// As BucketAddress, with a key.
  [[nodiscard]] static Result<ObjectPath> ParseUri(std::string_view uri);
  [[nodiscard]] std::string Uri() const { return BucketUri(bucket) + "/" + key.text(); }
  auto operator<=>(const ObjectPath&) const = default;
};

}  // namespace owlet::store
