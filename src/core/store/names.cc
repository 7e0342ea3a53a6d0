#include "core/store/names.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace owlet::store {
namespace {

constexpr std::size_t kMaxKeyBytes = 1024;

bool IsLowerOrDigit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool LooksLikeIpAddress(std::string_view text) {
  int groups = 1;
  std::size_t digits = 0;
  for (const char c : text) {
    if (c == '.') {
      if (digits == 0) return false;
      ++groups;
      digits = 0;
    } else if (c >= '0' && c <= '9' && digits < 3) {
      ++digits;
    } else {
      return false;
    }
  }
  return groups == 4 && digits > 0;
}

bool IsBucketName(std::string_view text) {
  if (text.size() < 3 || text.size() > 63) return false;
  if (!IsLowerOrDigit(text.front()) || !IsLowerOrDigit(text.back())) return false;
  if (!std::ranges::all_of(text,
                           [](char c) { return IsLowerOrDigit(c) || c == '.' || c == '-'; })) {
    return false;
  }
  if (text.find("..") != std::string_view::npos || LooksLikeIpAddress(text)) return false;
  static constexpr std::array<std::string_view, 3> kPrefixes = {"xn--", "sthree-", "amzn-s3-demo-"};
  static constexpr std::array<std::string_view, 5> kSuffixes = {"-s3alias", "--ol-s3", ".mrap",
                                                                "--x-s3", "--table-s3"};
  return std::ranges::none_of(kPrefixes, [&](auto end) { return text.starts_with(end); }) &&
         std::ranges::none_of(kSuffixes, [&](auto end) { return text.ends_with(end); });
}

/// RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
bool IsUtf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead < 0x80) {
      ++i;
      continue;
    }
    const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || i + length > text.size()) return false;
    std::uint32_t code = lead & (0xffU >> (length + 1));
    for (std::size_t j = 1; j < length; ++j) {
      const auto next = static_cast<unsigned char>(text[i + j]);
      if ((next & 0xc0) != 0x80) return false;
      code = code << 6 | (next & 0x3fU);
    }
    if (length == 3 && (code < 0x800 || (code >= 0xd800 && code < 0xe000))) return false;
    if (length == 4 && (code < 0x10000 || code > 0x10ffff)) return false;
    i += length;
  }
  return true;
}

}  // namespace

Result<BucketName> BucketName::Parse(std::string_view text) {
  if (!IsBucketName(text)) {
    return Fail(Reason::kInvalidBucketName,
                fmt::format("The specified bucket is not valid: {}", text));
  }
  return BucketName(std::string(text));
}

Result<ObjectKey> ObjectKey::Parse(std::string_view text) {
  if (text.empty()) return Fail(Reason::kInvalidArgument, "An object's key may not be empty");
  if (text.size() > kMaxKeyBytes) {
    return Fail(Reason::kKeyTooLong, fmt::format("Your key is too long: {} bytes of at most {}",
                                                 text.size(), kMaxKeyBytes));
  }
  if (!IsUtf8(text)) return Fail(Reason::kInvalidArgument, "An object's key must be UTF-8");
  return ObjectKey(std::string(text));
}

Result<BucketName> BucketName::Scratch(std::string_view id) {
  const bool good = !id.empty() && std::ranges::all_of(id, [](char c) {
    return IsLowerOrDigit(c) || (c >= 'A' && c <= 'Z') || c == '.' || c == '-' || c == '_';
  });
  if (!good) {
    return Fail(Reason::kInvalidBucketName, fmt::format("no file system is called so: {}", id));
  }
  return BucketName(std::string(kScratchMark) + std::string(id));
}

std::string BucketUri(const BucketName& bucket) {
  if (bucket.IsLocalDisk()) return "file://";
  if (!bucket.IsScratch()) return "s3://" + bucket.text();
  return "hdfs://" + bucket.text().substr(BucketName::kScratchMark.size());
}

Result<BucketAddress> BucketAddress::Parse(std::string_view uri) {
  if (constexpr std::string_view kDisk = "file:///"; uri.starts_with(kDisk)) {
    return BucketAddress{BucketName::LocalDisk(), std::string(uri.substr(kDisk.size()))};
  }
  for (const std::string_view scheme : {"s3://", "s3a://", "s3n://", "hdfs://"}) {
    if (!uri.starts_with(scheme)) continue;
    const std::string_view rest = uri.substr(scheme.size());
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    const std::string_view name = rest.substr(0, slash);
    OWLET_TRY(BucketName bucket,
              scheme == "hdfs://" ? BucketName::Scratch(name) : BucketName::Parse(name));
    return BucketAddress{std::move(bucket),
                         std::string(slash < rest.size() ? rest.substr(slash + 1) : "")};
  }
  return Fail(Reason::kInvalidArgument, fmt::format("not an S3 address: {}", uri));
}

Result<ObjectPath> ObjectPath::ParseUri(std::string_view uri) {
  OWLET_TRY(BucketAddress address, BucketAddress::Parse(uri));
  OWLET_TRY(ObjectKey key, ObjectKey::Parse(address.rest));
  return ObjectPath{std::move(address.bucket), std::move(key)};
}

}  // namespace owlet::store
