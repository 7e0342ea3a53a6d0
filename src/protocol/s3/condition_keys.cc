#include "protocol/s3/condition_keys.h"

#include <array>
#include <string>
#include <string_view>

#include "base/ascii.h"
#include "net/uri.h"

namespace owlet::s3 {
namespace {

/// Service Authorization Reference, "Condition keys for Amazon S3": those named like a header.
constexpr std::array<std::string_view, 17> kHeaders = {
    "x-amz-acl",
    "x-amz-content-sha256",
    "x-amz-copy-source",
    "x-amz-grant-full-control",
    "x-amz-grant-read",
    "x-amz-grant-read-acp",
    "x-amz-grant-write",
    "x-amz-grant-write-acp",
    "x-amz-metadata-directive",
    "x-amz-object-ownership",
    "x-amz-server-side-encryption",
    "x-amz-server-side-encryption-aws-kms-key-id",
    "x-amz-server-side-encryption-customer-algorithm",
    "x-amz-storage-class",
    "x-amz-website-redirect-location",
    "if-match",
    "if-none-match"};

constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kRenamed = {{
    {"x-amz-object-lock-mode", "s3:object-lock-mode"},
    {"x-amz-object-lock-retain-until-date", "s3:object-lock-retain-until-date"},
    {"x-amz-object-lock-legal-hold", "s3:object-lock-legal-hold"},
}};

}  // namespace

access::AccessContext ConditionKeys(const net::HttpRequest& http) {
  access::AccessContext context;
  for (const auto& [name, value] : http.headers.fields()) {
    const std::string lower = ToLowerAscii(name);
    for (const std::string_view header : kHeaders) {
      if (header != lower) continue;
      // A copy's source is told without the slash that may stand before it.
      const bool slash = header == "x-amz-copy-source" && value.starts_with('/');
      context.Set("s3:" + lower, slash ? value.substr(1) : value);
    }
    for (const auto& [header, key] : kRenamed) {
      if (header == lower) context.Set(std::string(key), value);
    }
    if (lower != "x-amz-tagging") continue;
    const auto tags = net::ParseQuery(value);
    if (!tags) continue;
    std::vector<std::string> keys;
    for (const auto& [key, tag] : tags->fields()) {
      context.Set("s3:RequestObjectTag/" + key, tag);
      keys.push_back(key);
    }
    context.Set("s3:RequestObjectTagKeys", std::move(keys));
  }
  return context;
}

}  // namespace owlet::s3
