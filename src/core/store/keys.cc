#include "core/store/keys.h"

#include "base/encoding.h"
#include "core/kv/key_value_store.h"

namespace owlet::store {
namespace {

constexpr char kEscape = '\0';
constexpr char kEscapedZero = '\xff';
constexpr char kEnd = '\x01';
constexpr char kBehind = '\x02';
constexpr std::size_t kIdSize = 8;

void AppendText(std::string& out, std::string_view text) {
  for (const char c : text) {
    out.push_back(c);
    if (c == kEscape) out.push_back(kEscapedZero);
  }
}

/// Reads a text and its end; what follows stays in `rest`.
std::optional<std::string> TakeText(std::string_view& rest) {
  std::string text;
  for (std::size_t i = 0; i < rest.size(); ++i) {
    if (rest[i] != kEscape) {
      text.push_back(rest[i]);
      continue;
    }
    if (++i == rest.size()) return std::nullopt;
    if (rest[i] == kEnd) {
      rest.remove_prefix(i + 1);
      return text;
    }
    text.push_back(kEscape);
  }
  return std::nullopt;
}

std::string WithEnd(std::string row, char end) {
  row.push_back(kEscape);
  row.push_back(end);
  return row;
}

}  // namespace

std::string ObjectRowPrefix(std::uint64_t bucket, std::string_view key_prefix) {
  std::string row;
  row.reserve(key_prefix.size() + 2 * kIdSize + 2);
  kv::AppendBigEndian(row, bucket);
  AppendText(row, key_prefix);
  return row;
}

std::string ObjectRowKey(std::uint64_t bucket, std::string_view key, std::uint64_t version) {
  std::string row = WithEnd(ObjectRowPrefix(bucket, key), kEnd);
  kv::AppendBigEndian(row, ~version);
  return row;
}

std::string VersionRowsOf(std::uint64_t bucket, std::string_view key) {
  return WithEnd(ObjectRowPrefix(bucket, key), kEnd);
}

std::uint64_t VersionOfRow(std::string_view row) {
  return ~kv::ReadBigEndian(row.substr(row.size() - kIdSize));
}

std::string VersionIdText(std::uint64_t version) {
  if (version == kNullVersion) return "null";
  std::string bytes;
  kv::AppendBigEndian(bytes, version);
  // As long as S3's own ids; the second half follows from the first.
  kv::AppendBigEndian(bytes, version * 0x9e3779b97f4a7c15ULL);
  return EncodeHex(bytes);
}

std::optional<std::uint64_t> ParseVersionId(std::string_view text) {
  if (text == "null") return kNullVersion;
  const auto bytes = DecodeHex(text);
  if (!bytes || bytes->size() != 2 * kIdSize) return std::nullopt;
  const std::uint64_t version = kv::ReadBigEndian(*bytes);
  if (version == kNullVersion || VersionIdText(version) != text) return std::nullopt;
  return version;
}

std::string BehindObjectRows(std::uint64_t bucket, std::string_view key) {
  return WithEnd(ObjectRowPrefix(bucket, key), kBehind);
}

std::optional<std::string> ObjectKeyOfRow(std::string_view row) {
  if (row.size() < kIdSize) return std::nullopt;
  row.remove_prefix(kIdSize);
  return TakeText(row);
}

std::string UploadRowPrefix(std::uint64_t bucket, std::string_view key_prefix) {
  return "u" + ObjectRowPrefix(bucket, key_prefix);
}

std::string UploadRowKey(std::uint64_t bucket, std::string_view key, std::string_view upload_id) {
  return WithEnd(UploadRowPrefix(bucket, key), kEnd).append(upload_id);
}

std::string BehindUploadRows(std::uint64_t bucket, std::string_view key) {
  return WithEnd(UploadRowPrefix(bucket, key), kBehind);
}

std::optional<UploadRow> ParseUploadRow(std::string_view row) {
  if (row.size() < 1 + kIdSize || row.front() != 'u') return std::nullopt;
  row.remove_prefix(1 + kIdSize);
  std::optional<std::string> key = TakeText(row);
  if (!key) return std::nullopt;
  return UploadRow{.key = *std::move(key), .upload_id = std::string(row)};
}

std::string PartRowPrefix(std::string_view upload_id) { return "p" + std::string(upload_id); }

std::string PartRowKey(std::string_view upload_id, std::uint32_t number) {
  std::string row = PartRowPrefix(upload_id);
  for (int shift = 24; shift >= 0; shift -= 8) row.push_back(static_cast<char>(number >> shift));
  return row;
}

std::string ExtentRowKey(std::uint64_t extent) {
  std::string row;
  kv::AppendBigEndian(row, extent);
  return row;
}

}  // namespace owlet::store
