#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// The bytes of the keys in core/store's columns. All are ordered as S3 lists: a text is written
// with 0x00 as 0x00 0xff and ends with 0x00 0x01, so that "a" stands before "a\0" and that before
// "a\1".
//
//   kBuckets  name
//   kObjects  bucket id | text(key) | inverted version (8 bytes; all ones: the null version)
//   kUploads  'u' | bucket id | text(key) | upload id       an upload
//             'p' | upload id | part number (4 bytes)       one of its parts
//   kExtents, kBodies   extent id

namespace owlet::store {

/// Of the one version that an object has as long as its bucket keeps no versions.
inline constexpr std::uint64_t kNullVersion = 0;

[[nodiscard]] std::string ObjectRowKey(std::uint64_t bucket, std::string_view key,
                                       std::uint64_t version = kNullVersion);
/// Begins the rows of the versions of `key`.
[[nodiscard]] std::string VersionRowsOf(std::uint64_t bucket, std::string_view key);
/// The version of a row.
[[nodiscard]] std::uint64_t VersionOfRow(std::string_view row);
/// "null", or 32 hexadecimal digits.
[[nodiscard]] std::string VersionIdText(std::uint64_t version);
[[nodiscard]] std::optional<std::uint64_t> ParseVersionId(std::string_view text);
/// Begins the rows of all keys that begin with `key_prefix`.
[[nodiscard]] std::string ObjectRowPrefix(std::uint64_t bucket, std::string_view key_prefix);
/// Stands behind all versions of `key` and before every other key that follows.
[[nodiscard]] std::string BehindObjectRows(std::uint64_t bucket, std::string_view key);
/// The key of a row; nothing when the row is none of ours.
[[nodiscard]] std::optional<std::string> ObjectKeyOfRow(std::string_view row);

inline constexpr std::size_t kUploadIdSize = 32;
[[nodiscard]] std::string UploadRowKey(std::uint64_t bucket, std::string_view key,
                                       std::string_view upload_id);
[[nodiscard]] std::string UploadRowPrefix(std::uint64_t bucket, std::string_view key_prefix);
[[nodiscard]] std::string BehindUploadRows(std::uint64_t bucket, std::string_view key);
struct UploadRow {
  std::string key;
  std::string upload_id;
};
[[nodiscard]] std::optional<UploadRow> ParseUploadRow(std::string_view row);
[[nodiscard]] std::string PartRowKey(std::string_view upload_id, std::uint32_t number);
[[nodiscard]] std::string PartRowPrefix(std::string_view upload_id);

[[nodiscard]] std::string ExtentRowKey(std::uint64_t extent);

}  // namespace owlet::store
